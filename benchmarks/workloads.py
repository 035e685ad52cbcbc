"""What is committed: puts, or a mixture of all that a transaction can do."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from enum import Enum
from typing import Final

from attrs import define, field, frozen

from benchmarks.things import Thing, Things


class Verb(Enum):
    """The four actions of TransactWriteItems."""

    PUT = "put"
    UPDATE = "update"
    DELETE = "delete"
    CHECK = "check"


@frozen
class Step:
    """One action of a commit: what is to be done with which thing.

    `PUT` writes all of it. `UPDATE` sets `label`, `note` and `price` to those of the thing and
    adds its `stock`, if the stored stock is at least `LEAST_STOCK`. `DELETE` demands that the
    stored year is before `LAST_YEAR`, `CHECK` that what is stored is active.
    """

    verb: Verb
    thing: Thing


Commit = tuple[Step, ...]

LEAST_STOCK: Final = 5
LAST_YEAR: Final = 2020

# The same expressions for all that take text, with names, because label and year may be reserved.
UPDATE_TEXT: Final = "SET #l = :l, #n = :n, #p = :p ADD #s :s"
UPDATE_CONDITION: Final = "#s >= :c"
UPDATE_NAMES: Final = {"#l": "label", "#n": "note", "#p": "price", "#s": "stock"}
DELETE_CONDITION: Final = "#y < :y"
DELETE_NAMES: Final = {"#y": "year"}
CHECK_CONDITION: Final = "#a = :a"
CHECK_NAMES: Final = {"#a": "active"}

# Twenty actions, of which 40 % are puts, 30 % updates, 15 % deletes and 15 % checks.
_MIXED: Final = tuple(
    {"p": Verb.PUT, "u": Verb.UPDATE, "d": Verb.DELETE, "c": Verb.CHECK}[letter]
    for letter in "pupdpucpupdpucpupduc"
)
WORKLOADS: Final = {"puts": (Verb.PUT,), "mixed": _MIXED}


@define
class Workload:
    """Makes commits, one after the other, with fresh things in each.

    Args:
        name: One of `WORKLOADS`.
        size: How many actions a commit has.
        things: Where the things come from.
    """

    name: str
    size: int
    things: Things = field(factory=Things)
    _verbs: Iterator[Verb] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._verbs = itertools.cycle(WORKLOADS[self.name])

    def commits(self, count: int) -> list[Commit]:
        """Return so many commits."""
        return [self._commit() for _ in range(count)]

    def _commit(self) -> Commit:
        verbs = itertools.islice(self._verbs, self.size)
        return tuple(Step(verb, self.things.make()) for verb in verbs)
