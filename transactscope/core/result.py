"""What the answer to a commit says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from transactscope.core.consumed import all_consumed
from transactscope.core.versions import Written
from transactscope.errors import InvalidRequestError
from transactscope.types import Answer, CommitResult


def _nothing() -> tuple[Written, ...]:
    return ()


def result_of(
    answer: Answer | None,
    token: str | None,
    *,
    attempts: int = 0,
    written: Callable[[], Iterable[Written]] = _nothing,
) -> CommitResult:
    """Read a successful answer.

    Args:
        answer: The answer; None means that nothing was staged and nothing was sent.
        token: The token of the request.
        attempts: How often it was sent.
        written: Lists the entities that were written.
    """
    # A token that was committed before is charged as a read of the same items
    # [Developer Guide, "DynamoDB transactions: how it works", idempotency, 2026-11].
    capacity, read_units, write_units = all_consumed(answer)
    metadata = (answer or {}).get("ResponseMetadata") or {}
    return CommitResult(
        sent=answer is not None,
        client_request_token=token,
        request_id=metadata.get("RequestId"),
        capacity=capacity,
        replayed=bool(read_units) and not write_units,
        attempts=attempts,
        read_units=read_units,
        write_units=write_units,
        find=_Find(written),
    )


def result_of_replay(token: str, *, request_id: str | None, attempts: int) -> CommitResult:
    """Say that a marker was found as it was to be written: all of this was committed before."""
    return CommitResult(
        sent=True,
        client_request_token=token,
        request_id=request_id,
        replayed=True,
        attempts=attempts,
        find=_Find(_nothing),
    )


class _Find:
    """Finds what a commit has made of an entity; a class, so that results can be pickled."""

    __slots__ = ("_list", "_written")

    def __init__(self, written: Callable[[], Iterable[Written]]) -> None:
        self._list = written
        self._written: tuple[Written, ...] | None = None

    @property
    def written(self) -> tuple[Written, ...]:
        """What was written, listed when it is first asked for."""
        if self._written is None:
            self._written = tuple(self._list())
        return self._written

    def __call__(self, entity: Any) -> Any:
        for each in self.written:
            if each.is_of(entity):
                return each.current
        msg = f"no {type(entity).__name__} of this key was written by this commit"
        raise InvalidRequestError(msg, code="NOT_WRITTEN")

    def __reduce__(self) -> tuple[Any, ...]:
        return _find_in, (self.written,)


def _find_in(written: tuple[Written, ...]) -> _Find:
    return _Find(lambda: written)
