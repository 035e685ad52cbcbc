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
from samples.catalog.service.comparisons import Comparison
from samples.catalog.service.mishaps import MISHAPS
from samples.catalog.service.outcomes import (
    Canceled,
    Found,
    Outcome,
    Refused,
    Staged,
    WriteOutcome,
    Written,
)

_NOTHING_RETRIEVED: Final = "Not done: retrieve a product first, and then save what you change."
_NOTHING_CHANGED: Final = "Not done: nothing differs from what was retrieved."
_TOO_OLD: Final = "Not done: these versions are not known any more. Retrieve the product."
_ANOTHER: Final = (
    "Not done: the page on which you pressed does not show the transaction that is open now. Look "
    "at what is staged in it, and press again if you mean it."
)
_STARTED: Final = (
    "Started again from what is stored now. Look at the fields, and save what you want to change."
)
_STARTED_ANEW: Final = "It is not stored any more. What you wanted stands in the form, to be added."

_LONGEST_NUMBER: Final = 9  # digits


@attrs.frozen
class Click:
    """A button, and the form that it was pressed in.

    Attributes:
        browser: The session of the browser.
        draft: The form, with all that was typed.
        row: The key of the listed product that the button belongs to, or None.
        number: The number of whatever else it belongs to: a call, a doubt, a problem.
        transaction: The number of the transaction that the page showed as open, or None.
        report: What the page said that the button was on.
        fault: What is to go wrong with the next commit on purpose, or empty.
    """

    browser: BrowserSession
    draft: Draft
    row: tuple[str, str] | None = None
    number: int = 0
    transaction: int | None = None
    report: Report | None = None
    fault: str = ""

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
    return _ended(click, _committed)


def _committed(click: Click) -> Answer:
    attempted = click.browser.service.staged
    outcome = click.browser.service.commit(click.fault or None)
    click.browser.fault = ""
    return Answer(report_of(outcome, attempted), click.draft, isinstance(outcome, Refused))


def resolve(click: Click) -> Answer:
    """Find out what became of a commit in doubt."""
    return _settled(click, click.browser.service.resolve)


def give_up(click: Click) -> Answer:
    """Do not ask any more what became of a commit in doubt. Nothing is sent."""
    return _settled(click, click.browser.service.give_up)


def unstage(click: Click) -> Answer:
    """Take back one staged call. Nothing is sent."""
    return _told(click, click.browser.service.unstage(click.number))


def start_again(click: Click) -> Answer:
    """Put what is stored now into the form, with the changes that were wanted."""
    return _started_again(click, lambda comparison: comparison.merged)


def start_from_stored(click: Click) -> Answer:
    """Put what is stored now into the form, and nothing else."""
    return _started_again(click, lambda comparison: comparison.theirs)


def roll_back(click: Click) -> Answer:
    """Drop what is staged. Nothing is sent."""
    return _ended(click, lambda each: _told(each, each.browser.service.rollback()))


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
    outcome = click.browser.service.change(product, seen=seen)
    if isinstance(outcome, Canceled) and (found := outcome.problems[0].comparison) is not None:
        return Answer(report_of(outcome), _draft_of(found.theirs, found.merged))
    return _written(click, outcome)


def remove(click: Click) -> Answer:
    """Remove a product."""
    outcome = click.browser.service.remove(click.draft.kind, *click.key, seen=click.draft.seen)
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
    "unstage": unstage,
    "resolve": resolve,
    "give-up": give_up,
    "again": start_again,
    "theirs": start_from_stored,
}
OF_ROWS: Final = frozenset({"retrieve", "remove"})
NUMBERED: Final = frozenset({"unstage", "resolve", "give-up", "again", "theirs"})


def click_of(
    browser: BrowserSession, cls: type[Product], form: Mapping[str, str]
) -> tuple[Action, Click]:
    """Read which button was pressed, and the form around it.

    The value of a button is the name of its action. In the list of products a key follows, and
    a number where there are several things of which one is meant.

    Raises:
        EntryError: There is no such button, no such fault, or no such transaction.
    """
    name, _, row = form.get("do", "").partition(" ")
    if name not in ACTIONS or (row and name not in OF_ROWS | NUMBERED):
        raise EntryError("there is no such button")
    fault = form.get("fault", "")
    if fault and fault not in MISHAPS:
        raise EntryError("there is no such fault")
    view = browser.view(form.get("view"), cls)
    click = Click(
        browser,
        Draft(cls, texts_in(cls, form), view.draft.seen),
        transaction=_number(shown, "transaction") if (shown := form.get("transaction")) else None,
        report=view.report,
        fault=fault,
    )
    if name in NUMBERED:
        return ACTIONS[name], attrs.evolve(click, number=_number(row, "button"))
    return ACTIONS[name], attrs.evolve(click, row=key_from_text(row) if row else None)


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise EntryError(f"there is no such {what}")
    return int(text)


def _ended(click: Click, end: Action) -> Answer:
    """End the transaction that the page shows; if it has ended already, tell again how."""
    browser, number = click.browser, click.transaction
    if (report := browser.end_of(number)) is not None:
        return Answer(report, click.draft)
    if (opened := browser.service.transaction) is None:
        return end(click)
    if opened != number:
        return _not_done(click, _ANOTHER)
    answer = end(click)
    if browser.service.transaction is None:
        browser.keep_end(opened, answer.report)
    return answer


def _settled(click: Click, settle: Callable[[int], Outcome]) -> Answer:
    """Settle the doubt that the button belongs to; if it is settled already, tell again how."""
    browser, number = click.browser, click.number
    if number in [doubt.number for doubt in browser.service.doubts]:
        answer = _told(click, settle(number))
        browser.keep_end(number, answer.report)
        return answer
    if (report := browser.end_of(number)) is not None:
        return Answer(report, click.draft)
    return _told(click, settle(number))


def _started_again(click: Click, wanted: Callable[[Comparison], Product | None]) -> Answer:
    problems = click.report.problems if click.report is not None else ()
    found = problems[click.number].comparison if click.number < len(problems) else None
    if found is None:
        return _not_done(click, _TOO_OLD)
    draft = _draft_of(found.theirs, wanted(found))
    return Answer(Report(_STARTED if found.theirs is not None else _STARTED_ANEW), draft)


def _draft_of(stored: Product | None, wanted: Product | None) -> Draft:
    """Return a form that was retrieved from what is stored, with what is wanted typed into it."""
    shown = wanted or stored
    if shown is None:
        raise ValueError("a comparison has one version at least")
    return Draft(type(shown), facts_of(shown), stored)


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
