"""What every request has to pass, and what every answer says to the browser."""

from __future__ import annotations

import hmac
from typing import Final

from flask import Flask, Response, abort, request
from werkzeug.sansio.utils import host_is_trusted

from samples.catalog.frontend.web.visits import here, is_known

HOSTS: Final = ("127.0.0.1", "localhost")

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer, forms would come without their origin
    "Cross-Origin-Opener-Policy": "same-origin",
}

_WRONG_HOST: Final = "This page is served on this machine only, under another name."
_WRONG_TOKEN: Final = "This form is too old, or it was not made by this page. Nothing was done."  # noqa: S105


def install(app: Flask) -> None:
    """Put the guards before every request of an application."""
    app.before_request(_refuse_other_hosts)
    app.before_request(_refuse_forms_of_others)
    app.after_request(_add_headers)


def has_token() -> bool:
    """Whether this form holds the token of its browser's session."""
    token = request.form.get("token", "").encode()
    return is_known() and hmac.compare_digest(token, here().csrf_token.encode())


def comes_from_our_page() -> bool:
    """Whether the browser says that this form was on a page of ours, be it an old one."""
    return request.origin == request.host_url.rstrip("/")


def _refuse_other_hosts() -> None:
    """Refuse a name that somebody else may have pointed at this machine."""
    if not host_is_trusted(request.host, HOSTS):
        abort(400, _WRONG_HOST)


def _refuse_forms_of_others() -> None:
    """Refuse a form without the token of its browser's session, before anything is done.

    A browser without a session gets one only if the form was on a page of ours. With any other
    form it gets no cookie either, which could take the place of the one that it has.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if has_token():
        return
    if request.routing_exception is not None:
        return  # there is no such page, and nothing can be done on it
    if comes_from_our_page():
        here()
    abort(400, _WRONG_TOKEN)


def _add_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    if response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"  # it shows what is true at this moment
    return response
