"""Errors as pages: a sentence for people, and the way back to what they typed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from samples.catalog.frontend.entry import KINDS
from samples.catalog.frontend.web.forms import texts_in
from samples.catalog.frontend.web.guards import comes_from_our_page, has_token
from samples.catalog.frontend.web.pages import address_of
from samples.catalog.frontend.web.sessions import Draft, View
from samples.catalog.frontend.web.visits import here, site

_SENTENCES: Final = {
    HTTPStatus.NOT_FOUND: "There is no page here.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address is not used like that. Nothing was done.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "That is more text than a product can have. "
    "Nothing was done. Your browser can go back to what you typed.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "This program made a mistake, which is told where it was "
    "started. If you were committing or writing, look at the products before you do it again.",
}


def install(app: Flask) -> None:
    """Let an application tell its errors as pages."""
    app.register_error_handler(HTTPException, _tell)


def _tell(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    page = render_template(
        "problem.html",
        title=status.phrase,
        sentence=_SENTENCES.get(status, error.description),
        way_back=_way_back(error),
        engine=site().engine,
    )
    headers = [each for each in error.get_headers() if each[0] != "Content-Type"]
    return Response(page, status, headers)  # the headers say, for example, what is allowed


def _way_back(error: HTTPException) -> str | None:
    """Return the address of the form that was sent, with all that was typed into it."""
    if "browser" not in g or isinstance(error, RequestEntityTooLarge):
        return None
    if not (has_token() or comes_from_our_page()):
        return None
    cls = KINDS.get(request.form.get("kind", ""))
    if cls is None:
        return None
    seen = here().view(request.form.get("view"), cls).draft.seen
    return address_of(here(), View(Draft(cls, texts_in(cls, request.form), seen)))
