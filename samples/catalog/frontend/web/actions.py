"""What each button does: one call of the service, and what stands in the form afterwards.

Whether it is legal is decided by the service, however the buttons look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import attrs

from samples.catalog.frontend.entry import EntryError
from samples.catalog.frontend.web.forms import (
    changed_in,
    key_from_text,
    key_in,
    product_in,
    texts_in,
)
from samples.catalog.frontend.web.reports import Report, report_of
from samples.catalog.frontend.web.sessions import BrowserSession, Draft
from samples.catalog.provider.products import Product, facts_of
from samples.catalog.service.outcomes import (
    Found,
    Outcome,
    Refused,
    Staged,
    WriteOutcome,
    Written,
)

_NOTHING_RETRIEVED: Final = "Not done: retrieve a product first, and then save what you change."
_NOTHING_CHANGED: Final = "Not done: nothing differs from what was retrieved."


@attrs.frozen
class Click:
    """A button, and the form that it was pressed in.

    Attributes:
        browser: The session of the browser.
        draft: The form, with all that was typed.
        row: The key of the listed product that the button belongs to, or None.
    """

    browser: BrowserSession
    draft: Draft
    row: tuple[str, str] | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The key of the product that is meant.

        Raises:
            FormError: It was to be typed, and was not.
        """
        return self.row or key_in(self.draft.kind, self.draft.texts)


@attrs.frozen
class Answer:
    """What a button brought about.

    Attributes:
        report: What came of it.
        draft: What stands in the form afterwards.
        is_refused: Whether it was not done, and nothing was sent.
        errors: What is wrong, by field.
    """

    report: Report
    draft: Draft
    is_refused: bool = False
    errors: Mapping[str, str] = attrs.field(factory=dict)


Action: TypeAlias = Callable[[Click], Answer]


def begin(click: Click) -> Answer:
    """Open a transaction. Nothing is sent."""
    return _told(click, click.browser.service.begin())


def commit(click: Click) -> Answer:
    """Send what is staged."""
    attempted = click.browser.service.staged
    outcome = click.browser.service.commit()
    return Answer(report_of(outcome, attempted), click.draft, isinstance(outcome, Refused))


def roll_back(click: Click) -> Answer:
    """Drop what is staged. Nothing is sent."""
    return _told(click, click.browser.service.rollback())


def open_level(click: Click) -> Answer:
    """Open a level inside the transaction."""
    return _told(click, click.browser.service.savepoint())


def release(click: Click) -> Answer:
    """End the innermost level, and keep what it staged."""
    return _told(click, click.browser.service.release())


def roll_back_level(click: Click) -> Answer:
    """End the innermost level, and drop what it staged."""
    return _told(click, click.browser.service.rollback_level())


def add(click: Click) -> Answer:
    """Add what was typed."""
    product = product_in(click.draft.kind, click.draft.texts)
    return _written(click, click.browser.service.add(product))


def retrieve(click: Click) -> Answer:
    """Put a product into the form."""
    outcome = click.browser.service.retrieve(click.draft.kind, *click.key)
    if not isinstance(outcome, Found):
        return _told(click, outcome)
    product = outcome.product
    return Answer(report_of(outcome), Draft(click.draft.kind, facts_of(product), product))


def save(click: Click) -> Answer:
    """Change what was retrieved into the form to what stands there now."""
    seen = click.draft.seen
    if seen is None:
        return _not_done(click, _NOTHING_RETRIEVED)
    product = changed_in(seen, click.draft.texts)
    if product == seen:
        return _not_done(click, _NOTHING_CHANGED)
    return _written(click, click.browser.service.change(product, seen=seen))


def remove(click: Click) -> Answer:
    """Remove a product."""
    outcome = click.browser.service.remove(click.draft.kind, *click.key)
    return _told(click, outcome) if click.row else _written(click, outcome)


ACTIONS: Final[Mapping[str, Action]] = {
    "begin": begin,
    "commit": commit,
    "rollback": roll_back,
    "savepoint": open_level,
    "release": release,
    "rollback-level": roll_back_level,
    "add": add,
    "retrieve": retrieve,
    "save": save,
    "remove": remove,
}
OF_ROWS: Final = frozenset({"retrieve", "remove"})


def click_of(
    browser: BrowserSession, cls: type[Product], form: Mapping[str, str]
) -> tuple[Action, Click]:
    """Read which button was pressed, and the form around it.

    The value of a button is the name of its action, and in the list of products also the key.

    Raises:
        EntryError: There is no such button.
    """
    name, _, row = form.get("do", "").partition(" ")
    if name not in ACTIONS or (row and name not in OF_ROWS):
        raise EntryError("there is no such button")
    seen = browser.view(form.get("view"), cls).draft.seen
    draft = Draft(cls, texts_in(cls, form), seen)
    return ACTIONS[name], Click(browser, draft, key_from_text(row) if row else None)


def _told(click: Click, outcome: Outcome) -> Answer:
    """Answer without touching what was typed."""
    if not isinstance(outcome, Refused):
        return Answer(report_of(outcome), click.draft)
    errors = {}
    if click.row is None and outcome.field is not None:
        errors[outcome.field] = f"{outcome.why}."
    return Answer(report_of(outcome), click.draft, is_refused=True, errors=errors)


def _written(click: Click, outcome: WriteOutcome) -> Answer:
    """Answer with an empty form if it was done, else with what was typed."""
    if isinstance(outcome, Staged | Written):
        return Answer(report_of(outcome), Draft(click.draft.kind))
    return _told(click, outcome)


def _not_done(click: Click, why: str) -> Answer:
    return Answer(Report(why, is_good=False), click.draft, is_refused=True)
