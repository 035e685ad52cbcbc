"""What can be made to go wrong with a commit on purpose, so that one can see what follows.

May import the library's `testing`. A mishap is injected into the client of one session, for one
commit, and taken away afterwards, so nobody else ever meets it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

import attrs

from transactscope import RetryPolicy
from transactscope.testing import (
    Fault,
    Faults,
    conflict,
    lost_answer,
    lost_request,
    throttled,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_EVERY_TIME: Final = RetryPolicy().max_attempts  # the most that the library sends one commit
_OPERATION: Final = "TransactWriteItems"


@attrs.frozen
class Mishap:
    """Something that goes wrong on purpose.

    Attributes:
        label: What it is, to choose from.
        happened: What has happened, as a sentence, once it has; true whatever came of the commit.
        needs_tokens: Whether it shows the truth only where the same request is known again by
            its token.
    """

    label: str
    happened: str
    _make: Callable[[], Fault] = attrs.field(repr=False, eq=False)
    _times: int = 1
    needs_tokens: bool = attrs.field(default=False, kw_only=True)

    @contextlib.contextmanager
    def injected(self, client: DynamoDBClient) -> Iterator[None]:
        """Let it happen to the transactions that a client sends meanwhile."""
        with Faults(client) as faults:
            faults.next(_OPERATION, *[self._make() for _ in range(self._times)])
            yield


MISHAPS: Final[Mapping[str, Mishap]] = {
    "conflict": Mishap(
        "Another transaction is in the way, once",
        "On purpose: the first attempt met another transaction.",
        conflict,
    ),
    "throttling": Mishap(
        "The table has no capacity left, twice",
        "On purpose: the first two attempts found no capacity.",
        throttled,
        2,
    ),
    "lost-request": Mishap(
        "The request gets lost, once",
        "On purpose: the first request was lost, and nothing of it applied.",
        lost_request,
    ),
    "lost-answer": Mishap(
        "It arrives, and the answer gets lost, once",
        "On purpose: the first request arrived, and its answer was lost.",
        lost_answer,
        needs_tokens=True,
    ),
    "conflicts": Mishap(
        "Another transaction is in the way, every time",
        "On purpose: every attempt met another transaction.",
        conflict,
        _EVERY_TIME,
    ),
    "lost-requests": Mishap(
        "Every request gets lost",
        "On purpose: every request was lost. Here it looks the same as if every answer was.",
        lost_request,
        _EVERY_TIME,
    ),
    "lost-answers": Mishap(
        "It arrives, and every answer gets lost",
        "On purpose: every answer was lost. Here it looks the same as if every request was.",
        lost_answer,
        _EVERY_TIME,
        needs_tokens=True,
    ),
}
