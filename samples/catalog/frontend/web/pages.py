"""The page: what it shows, and what its one form does."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response as BaseResponse

from samples.catalog.frontend.entry import KINDS, EntryError
from samples.catalog.frontend.web.actions import Action, Answer, Click, click_of
from samples.catalog.frontend.web.forms import FormError, fields_of, key_to_text, label_of
from samples.catalog.frontend.web.lists import list_of
from samples.catalog.frontend.web.reports import Report
from samples.catalog.frontend.web.sessions import BrowserSession, View
from samples.catalog.frontend.web.visits import here, site
from samples.catalog.provider.products import Product, describe, details_of, key_of, name_of
from samples.catalog.service.mishaps import MISHAPS
from samples.catalog.service.plans import MOST_ACTIONS, MOST_BYTES, summed, total_of

_LOOK_AT_FIELDS: Final = Report(
    "Not done: some fields do not hold what they have to. Look for the messages beside them.",
    is_good=False,
)

pages = Blueprint("pages", __name__)


class KindConverter(BaseConverter):
    """Lets only the kinds of products that there are be part of an address."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> type[Product]:
        """Return the class of a kind's word."""
        return KINDS[value]

    def to_url(self, value: type[Product]) -> str:
        """Return the word of a kind's class."""
        return value.__name__.lower()


@pages.get("/")
def home() -> BaseResponse:
    """Lead to the albums."""
    return redirect(url_for(".show", cls=KINDS["album"]))


@pages.get("/<kind:cls>")
def show(cls: type[Product]) -> str:
    """Show the page of one kind of product."""
    browser = here()
    word = request.args.get("view")
    view, is_earlier = browser.view(word, cls), browser.shows_again(word)
    return _page(browser, view, word, request.args.get("at"), is_earlier=is_earlier)


@pages.get("/<kind:cls>/request")
def show_request(cls: type[Product]) -> str:
    """Show the request that a commit would send, and the one that the last commit has sent."""
    service = here().service
    view, at = request.args.get("view"), request.args.get("at")
    return render_template(
        "request.html",
        planned=service.request,
        sent=service.sent_request,
        back=url_for(".show", cls=cls, view=view, at=at),
        engine=site().engine,
    )


@pages.post("/<kind:cls>")
def act(cls: type[Product]) -> BaseResponse | tuple[str, int]:
    """Do what a button says, and lead to the page that shows what came of it."""
    browser = here()
    try:
        action, click = click_of(browser, cls, request.form)
    except EntryError as error:
        abort(HTTPStatus.BAD_REQUEST, f"Nothing was done: {error}.")
    browser.fault = click.fault
    answer, status = _carried_out(action, click)
    browser.notice = None
    browser.actions += 1
    view = View(answer.draft, answer.report, browser.actions)
    at = request.form.get("at")
    if status is HTTPStatus.SEE_OTHER:
        return redirect(address_of(browser, view, at), status)
    return _page(browser, view, request.form.get("view"), at, answer.errors), status


def address_of(browser: BrowserSession, view: View, at: str | None = None) -> str:
    """Return the address of a page that shows a form, with all that stands in it.

    Args:
        browser: The session of the browser.
        view: What the page shows.
        at: The word of the page of the list, or None.
    """
    return url_for("pages.show", cls=view.draft.kind, view=browser.keep(view), at=at or None)


def _carried_out(action: Action, click: Click) -> tuple[Answer, HTTPStatus]:
    """Do it. What was not done is shown at once: doing it again would do no harm."""
    try:
        answer = action(click)
    except FormError as error:
        answer = Answer(_LOOK_AT_FIELDS, click.draft, errors=error.errors)
        return answer, HTTPStatus.UNPROCESSABLE_ENTITY
    return answer, HTTPStatus.CONFLICT if answer.is_refused else HTTPStatus.SEE_OTHER


def _page(
    browser: BrowserSession,
    view: View,
    word: str | None,
    at: str | None,
    errors: Mapping[str, str] | None = None,
    *,
    is_earlier: bool = False,
) -> str:
    """Show a page; its form sends the words that bring back what it shows.

    Args:
        browser: The session of the browser.
        view: What it shows.
        word: What brings that back.
        at: The word of the page of the list, or None.
        errors: What is wrong, by field.
        is_earlier: Whether more has happened since what it reports.
    """
    draft, report, service = view.draft, view.report or browser.notice, browser.service
    is_earlier = is_earlier and view.report is not None
    actions = service.actions
    return render_template(
        "page.html",
        kinds=KINDS.values(),
        kind=draft.kind,
        fields=fields_of(draft.kind, draft.texts, errors or {}, draft.seen),
        is_retrieved=draft.seen is not None,
        view_word=word or "",
        token=browser.csrf_token,
        is_open=service.is_open,
        transaction=service.transaction or "",
        depth=service.depth,
        staged=service.staged,
        actions=actions,
        sum_of_actions=summed(actions),
        total=total_of(actions),
        most_actions=MOST_ACTIONS,
        most_bytes=MOST_BYTES,
        doubts=service.doubts,
        mishaps=service.mishaps,
        has_all_mishaps=len(service.mishaps) == len(MISHAPS),
        fault=browser.fault,
        has_sent=service.has_sent,
        report=report,
        is_earlier=is_earlier,
        headline=report.headline if report and not is_earlier else "",
        listed=list_of(browser, draft.kind, at),
        engine=site().engine,
        describe=describe,
        details_of=details_of,
        key_of=key_of,
        key_to_text=key_to_text,
        label_of=label_of,
        name_of=name_of,
    )
