"""Where a query stands: the page in hand, what was taken of it, and where it could go on.

Nothing here sends. What was handed out last decides where a query goes on, and not what was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs

from transactscope.core.queries.plan import QueryPlan
from transactscope.descriptions import describe_key
from transactscope.errors import ConversionError
from transactscope.types import Answer, FrozenRequest, Item

if TYPE_CHECKING:
    from cattrs import Converter


@attrs.define(eq=False)
class Cursor:
    """The state of one query.

    Attributes:
        plan: What is asked for.
        converter: The converter of the database.
        last_evaluated_key: The key behind which everything comes that was not taken yet. None
            before the first item of a query from the beginning, and once there is nothing more.
    """

    plan: QueryPlan
    converter: Converter
    last_evaluated_key: Item | None = attrs.field(init=False)
    _page: Sequence[Item] = attrs.field(default=(), init=False)
    _next: int = attrs.field(default=0, init=False)
    _end: Item | None = attrs.field(init=False)
    _is_last_page: bool = attrs.field(default=False, init=False)
    _taken: int = attrs.field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self.last_evaluated_key = self._end = self.plan.start_after

    @property
    def is_finished(self) -> bool:
        """Whether nothing more can be taken."""
        if self._taken == self.plan.limit:
            return True
        return self._is_last_page and self._next == len(self._page)

    @property
    def needs_page(self) -> bool:
        """Whether a page has to be read before something can be taken."""
        return not self.is_finished and self._next == len(self._page)

    def request(self) -> FrozenRequest:
        """Return the request for the next page."""
        return self.plan.request(self._end, self._taken)

    def accept(self, answer: Answer) -> None:
        """Take the next page in hand. It may be empty and not the last one."""
        self._page, self._next = answer.get("Items") or (), 0
        self._end = answer.get("LastEvaluatedKey") or None
        self._is_last_page = self._end is None
        if not self._page:
            self.last_evaluated_key = self._end

    def take(self) -> Any:
        """Return what the next item of the page in hand becomes, and go on behind it.

        Raises:
            ConversionError: It is no item of the class; the query stays before it.
        """
        item = self._page[self._next]
        value = self._converted(item)
        self._go_behind(item)
        return value

    def take_page(self) -> list[Any]:
        """Return what is left of the page in hand, all of it or nothing.

        Raises:
            ConversionError: One is no item of the class; the query stays before all of them.
        """
        left = None if self.plan.limit is None else self.plan.limit - self._taken
        items = self._page[self._next :][:left]
        values = [self._converted(item) for item in items]
        for item in items:
            self._go_behind(item)
        return values

    def _go_behind(self, item: Item) -> None:
        self._next += 1
        self._taken += 1
        is_end = self._next == len(self._page)
        self.last_evaluated_key = self._end if is_end else self.plan.key_of(item)

    def _converted(self, item: Item) -> Any:
        try:
            return self.plan.value(item, self.converter)
        except ConversionError as error:
            shown = describe_key(self.plan.key_of(item))
            error.add_note(f"transactscope: of an item of table {self.plan.kinds.table}, {shown}")
            raise
