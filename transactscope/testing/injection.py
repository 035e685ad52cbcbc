"""Faults on their way into a client: scripts and dice.

May import `arguments`, `errors`, `faults`, `sending` and `showing`. Must not know what a fault
does.
"""

from __future__ import annotations

import random
import threading
from collections import deque
from types import TracebackType
from typing import Any, Self

import attrs

from transactscope.arguments import reading
from transactscope.errors import InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.testing.faults import Fault
from transactscope.testing.sending import forget, listen, operations_of, send_of, sender_of
from transactscope.testing.showing import shown


@attrs.frozen(eq=False)
class _Dice:
    """Faults that each send meets with some probability."""

    faults: tuple[Fault, ...]
    probability: float
    random: random.Random

    def throw(self) -> Fault | None:
        # Both are drawn for each send, so that another probability keeps the order of the faults.
        drawn, fault = self.random.random(), self.random.choice(self.faults)
        return fault if drawn < self.probability else None


@exported_from("transactscope.testing")
class Faults:
    """Injects faults into the sends of one client. By itself it sends nothing.

    It listens where botocore sends, below the library and below moto. Each attempt is a
    send, also one that botocore repeats by itself. A send that meets an answer, an
    exception or a loss reaches nobody, but for `lost_answer` and what is made with
    `applied=True`. In a with-block, it is taken away at the end.

    Threads and tasks: may be shared; each fault of a script is met once.
    Re-use: after `remove()` it takes no more faults. A client may have several.

    Args:
        client: A DynamoDB client: boto3's, also in `in_threads(...)`, or aiobotocore's.

    Attributes:
        pending: What of the scripts has not happened yet, by operation: empty when every
            script was used up.
        happened: How many faults were injected so far.

    Raises:
        InvalidRequestError: It is no such client. Not sent.

    Example:
        >>> from transactscope.testing import Faults, conflict, error
        >>> item = {"number": {"S": "A-1"}}
        >>> with Faults(client) as faults:
        ...     faults.next("PutItem", conflict(), error("AccessDeniedException"))
        ...     for _ in range(3):
        ...         try:
        ...             answer = client.put_item(TableName="Account", Item=item)
        ...         except client.exceptions.ClientError as refused:
        ...             answer = refused.response
        ...         print(answer.get("Error", {}).get("Code", "stored"))
        TransactionConflictException
        AccessDeniedException
        stored
        >>> faults.pending, faults.happened
        ({}, 2)

    .. versionadded:: 0.1.0
    """

    def __init__(self, client: Any) -> None:
        self._operations = operations_of(client)
        self._client = sender_of(client)
        self._lock = threading.Lock()
        self._scripts: dict[str, deque[Fault]] = {}
        self._dice: dict[str, list[_Dice]] = {}
        self._happened = 0
        self._is_removed = False
        listen(self._client, self._meet)

    def next(self, operation: str, *faults: Fault) -> None:
        """Let the next sends of an operation meet these, one each. Nothing is sent now.

        They come after those that were asked for before; after the last one, sends go on
        normally.

        Args:
            operation: The API's name, for example `TransactWriteItems`.
            faults: What the sends meet, in order.

        Raises:
            InvalidRequestError: There is no such operation, no fault, or something that is
                no fault, or these faults were removed. Not sent.
        """
        with reading("next()"):
            self._check(operation, faults)
        with self._lock:
            self._scripts.setdefault(operation, deque()).extend(faults)

    def at_random(
        self, operation: str, *faults: Fault, probability: float, seed: int | str
    ) -> None:
        """Let each send of an operation meet one of these or none. Nothing is sent now.

        A script goes before: sends that meet a part of it throw no dice. Called again for
        one operation, it adds faults with a probability of their own.

        Args:
            operation: The API's name, for example `TransactWriteItems`.
            faults: One of these is met, each as likely as the others; `every_fault()` makes
                one of every kind.
            probability: That a send meets a fault, from 0 to 1.
            seed: The same seed gives the same faults for the same number of sends.

        Raises:
            InvalidRequestError: As for `next`, or the probability or seed cannot be used.
                Not sent.
        """
        with reading("at_random()"):
            self._check(operation, faults)
            dice = _Dice(faults, _probability(probability), _source(seed))
        with self._lock:
            self._dice.setdefault(operation, []).append(dice)

    @property
    def pending(self) -> dict[str, tuple[Fault, ...]]:
        """What of the scripts has not happened yet, by operation. Nothing is sent."""
        with self._lock:
            return {name: tuple(script) for name, script in self._scripts.items() if script}

    @property
    def happened(self) -> int:
        """How many faults were injected so far. Nothing is sent."""
        with self._lock:
            return self._happened

    def remove(self) -> None:
        """Let the client send normally again. Nothing is sent; a second time does nothing."""
        with self._lock:
            is_removed, self._is_removed = self._is_removed, True
        if not is_removed:
            forget(self._client, self._meet)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.remove()

    def _meet(self, request: Any, event_name: str, **_: Any) -> Any:
        send = send_of(self._client, request, event_name)
        if send.is_being_delivered or send.is_answered:
            return None
        fault = self._draw(send.operation)
        return None if fault is None else send.meet(fault)

    def _draw(self, operation: str) -> Fault | None:
        with self._lock:
            script = self._scripts.get(operation)
            fault = script.popleft() if script else self._throw(operation)
            self._happened += fault is not None
            return fault

    def _throw(self, operation: str) -> Fault | None:
        # Every dice is thrown for every send: what one of them does must not move another.
        thrown = [dice.throw() for dice in self._dice.get(operation, ())]
        return next((fault for fault in thrown if fault is not None), None)

    def _check(self, operation: str, faults: tuple[Any, ...]) -> None:
        if self._is_removed:
            raise InvalidRequestError("these faults were removed from their client")
        if not isinstance(operation, str) or operation not in self._operations:
            raise InvalidRequestError(f"DynamoDB has no operation {shown(operation)}")
        if not faults:
            raise InvalidRequestError(f"name a fault for {operation}")
        for fault in faults:
            if not isinstance(fault, Fault):
                made = "transactscope.testing makes them, as conflict() does"
                raise InvalidRequestError(f"{shown(fault)} is no fault; {made}")


def _probability(probability: Any) -> float:
    if not isinstance(probability, int | float) or not 0 <= probability <= 1:
        raise InvalidRequestError(f"probability={shown(probability)}: expected 0 to 1")
    return float(probability)


def _source(seed: Any) -> random.Random:
    if not isinstance(seed, int | str):
        raise InvalidRequestError(f"seed={shown(seed)}: expected a number or a text")
    try:
        return random.Random(seed)  # noqa: S311 - tests need it repeatable, not secret
    except UnicodeEncodeError:
        msg = f"seed={shown(seed)}: a surrogate without its partner is no Unicode"
        raise InvalidRequestError(msg) from None
