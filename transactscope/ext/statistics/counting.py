"""Counters that never need more room than they were given.

Imports nothing of the library; knows nothing of events.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

_Cell = TypeVar("_Cell")
_Name = TypeVar("_Name", bound=Hashable)

OTHERS: Final = "(others)"
"""What is counted when there is no room for another name; no table is called that."""

_LONGEST_NAME: Final = 1024  # characters, as long as the ARN of a table may be


class Cells(Generic[_Cell]):
    """One cell for each of the first names, and one for all others.

    Args:
        limit: How many names have a cell of their own.
        make: Makes a cell.
    """

    def __init__(self, limit: int, make: Callable[[], _Cell]) -> None:
        self._limit = limit
        self._make = make
        self._cells: dict[str, _Cell] = {}

    def of(self, name: str) -> _Cell:
        """Return the cell of a name."""
        found = self._cells.get(name)
        return self._kept(name[:_LONGEST_NAME]) if found is None else found

    def _kept(self, name: str) -> _Cell:
        if name not in self._cells and len(self._cells) >= self._limit:
            name = OTHERS
        if name not in self._cells:  # the cell of the others is one more
            self._cells[name] = self._make()
        return self._cells[name]

    def items(self) -> list[tuple[str, _Cell]]:
        """List the names in their order, the others last."""
        return sorted(self._cells.items(), key=lambda item: (item[0] == OTHERS, item[0]))


class Counts:
    """How often each of the first names came, and all others together."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counts: dict[str, int] = {}

    def add(self, name: str) -> None:
        """Count a name."""
        if name not in self._counts:
            name = name[:_LONGEST_NAME]
            if name not in self._counts and len(self._counts) >= self._limit:
                name = OTHERS
        self._counts[name] = self._counts.get(name, 0) + 1

    def listed(self) -> dict[str, int]:
        """Return the counts, the largest first."""
        return dict(sorted(self._counts.items(), key=lambda item: (-item[1], item[0])))


class Leaders(Generic[_Name]):
    """The names that come most often, of any number of names: "space saving".

    A name without a counter takes over that of the name with the least count. So a count is never
    too small, and too large by no more than what was taken over, which is told and is not over the
    N-th part of all that was counted, for N counters. A name that came more often than that has a
    counter. (Metwally, Agrawal, El Abbadi, "Efficient Computation of Frequent and Top-k Elements
    in Data Streams", 2005.)

    Args:
        limit: How many counters there are.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counts: dict[_Name, int] = {}
        self._over: dict[_Name, int] = {}
        # One entry for each name; its count may be an earlier one. Numbers keep names, which
        # need not be comparable, from being compared.
        self._heap: list[tuple[int, int, _Name]] = []
        self._numbers = itertools.count()

    def add(self, name: _Name) -> None:
        """Count a name."""
        if name in self._counts:
            self._counts[name] += 1
            return
        taken_over = self._make_room() if len(self._counts) >= self._limit else 0
        self._counts[name] = taken_over + 1
        self._over[name] = taken_over
        heapq.heappush(self._heap, (taken_over + 1, next(self._numbers), name))

    def top(self) -> list[tuple[_Name, int, int]]:
        """List names with their counts, and by how much each may be too large; largest first."""
        names = sorted(self._counts, key=lambda name: -self._counts[name])
        return [(name, self._counts[name], self._over[name]) for name in names]

    def _make_room(self) -> int:
        """Forget the name with the least count, and return that."""
        count, number, name = self._heap[0]
        while count < self._counts[name]:
            heapq.heapreplace(self._heap, (self._counts[name], number, name))
            count, number, name = self._heap[0]
        heapq.heappop(self._heap)
        del self._over[name]
        return self._counts.pop(name)
