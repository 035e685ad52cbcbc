"""Reading the pages of a query, one Query request each."""

from __future__ import annotations

from collections.abc import Callable

from transactscope.core.queries.cursor import Cursor
from transactscope.core.retries import Budget
from transactscope.flows.effects import Flow
from transactscope.flows.read import answered
from transactscope.flows.sealing import readable
from transactscope.types import Answer, Keyring


def fill(
    cursor: Cursor, new_budget: Callable[[], Budget], keyring: Keyring | None = None
) -> Flow[None]:
    """Read pages until there is an item to take, or nothing more; each has a budget of its own."""
    while cursor.needs_page:
        answer = yield from answered(cursor.request(), (), cursor.converter, new_budget())
        cursor.accept((yield from _readable(cursor, answer, keyring)))


def _readable(cursor: Cursor, answer: Answer, keyring: Keyring | None) -> Flow[Answer]:
    """Return an answer whose items have been opened, all of a page at once."""
    if keyring is None:
        return answer
    found = [(cursor.plan.kinds.target, item) for item in answer.get("Items") or ()]
    return {**answer, "Items": (yield from readable(found, keyring))}
