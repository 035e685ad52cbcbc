"""Reading the pages of a query, one Query request each."""

from __future__ import annotations

from collections.abc import Callable

from transactscope.core.queries.cursor import Cursor
from transactscope.core.retries import Budget
from transactscope.flows.effects import Flow
from transactscope.flows.read import answered


def fill(cursor: Cursor, new_budget: Callable[[], Budget]) -> Flow[None]:
    """Read pages until there is an item to take, or nothing more; each has a budget of its own."""
    while cursor.needs_page:
        answer = yield from answered(cursor.request(), (), cursor.converter, new_budget())
        cursor.accept(answer)
