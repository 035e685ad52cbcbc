"""What came of an action, as the page tells it: a sentence, and the products beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from samples.catalog.service.outcomes import (
    Canceled,
    Committed,
    InDoubt,
    Missing,
    Outcome,
    Problem,
    Refused,
    Sending,
    TooLate,
)
from samples.catalog.service.plans import StagedCall

_KINDS: Final[Mapping[type, str]] = {
    InDoubt: "In doubt",
    TooLate: "Still in doubt",
    Refused: "Not done",
    Missing: "Not there",
}


@attrs.frozen
class Report:
    """What the page says at its top.

    Attributes:
        text: What happened.
        is_good: Whether it is what was asked for.
        kind: What it is if it is not, in a few words.
        problems: The products that made it fail.
        others: What was staged beside them, and came to nothing with them.
        sending: How the transaction was sent, where it is about one that was.
    """

    text: str
    is_good: bool = True
    kind: str = attrs.field(default="Not done", kw_only=True)
    problems: tuple[Problem, ...] = ()
    others: tuple[str, ...] = ()
    sending: Sending | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """How the transaction was sent, in sentences."""
        return () if self.sending is None else self.sending.facts

    @property
    def headline(self) -> str:
        """What did not go well, for the title of the page; empty if all did."""
        return "" if self.is_good else self.kind


def report_of(outcome: Outcome, attempted: Sequence[StagedCall] = ()) -> Report:
    """Tell what came of an action.

    Args:
        outcome: What the service answered.
        attempted: What was staged when a commit was tried, in order.
    """
    if isinstance(outcome, Canceled):
        return _canceled(outcome, attempted)
    kind = _KINDS.get(type(outcome))
    sending = outcome.sending if isinstance(outcome, Committed | InDoubt) else None
    return Report(str(outcome), kind is None, kind=kind or "", sending=sending)


def _canceled(outcome: Canceled, attempted: Sequence[StagedCall]) -> Report:
    culprits = {problem.product for problem in outcome.problems}
    return Report(
        "Canceled, nothing was applied."
        + ("" if outcome.problems else " DynamoDB gave no reason."),
        is_good=False,
        kind="Canceled",
        problems=outcome.problems,
        others=tuple(each.text for each in attempted if each.product not in culprits),
        sending=outcome.sending,
    )
