"""What is told to who comes back to a session that has ended: why, and what became of its work."""

from __future__ import annotations

from typing import Final

from samples.catalog.frontend.web.reports import Report
from samples.catalog.service.catalog import CatalogService
from samples.catalog.service.outcomes import counted

UNUSED: Final = "because it was not used for a while"
TOO_MANY: Final = "because too many others were open at once"

_ENDED: Final = "Session ended"

FORGOTTEN: Final = Report(
    "Your earlier session has ended. If a transaction was open in it, it was rolled back: nothing "
    "of it was sent. If one was in doubt, it still is: look at the products.",
    is_good=False,
    kind=_ENDED,
)

_MOST_CALLS: Final = 3  # that are named


def ending_of(service: CatalogService, why: str) -> Report:
    """Tell the end of a session, while it still has what is lost with it.

    Args:
        service: The session, which is closed afterwards.
        why: Why it ends: the rest of a sentence.
    """
    told = [f"Your earlier session has ended, {why}.", _rolled_back(service), _in_doubt(service)]
    return Report(" ".join(each for each in told if each), is_good=False, kind=_ENDED)


def _rolled_back(service: CatalogService) -> str:
    if not service.is_open:
        return "No transaction was open in it."
    calls = counted(len(service.staged), "call")
    return f"The transaction that was open in it, with {calls}, was rolled back: nothing was sent."


def _in_doubt(service: CatalogService) -> str:
    calls = [call for doubt in service.doubts for call in doubt.calls]
    if not calls:
        return ""
    left = len(calls) - _MOST_CALLS
    named = calls[:_MOST_CALLS] + ([f"{left} more"] if left > 0 else [])
    return (
        f"Still in doubt, and not asked for any more, is {', '.join(named)}: it was sent, and may "
        "have been applied. Look at the products."
    )
