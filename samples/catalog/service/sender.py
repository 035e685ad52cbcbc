"""Commits the transactions of one session, well or on purpose badly, and says what came of it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

from samples.catalog.service.calls import ScopedCalls
from samples.catalog.service.failures import failed
from samples.catalog.service.mishaps import MISHAPS, Mishap
from samples.catalog.service.outcomes import Committed, Failed, Refused, Sending
from samples.catalog.service.pauses import Pauses
from transactscope import CommitResult, TransactScope
from transactscope.errors import ScopeStateError, TransactScopeError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@attrs.define
class Sender:
    """Sends the requests of transactions, and remembers the last one.

    A scope that cannot be committed as it is raises `ScopeStateError`, and is none that was sent.

    Attributes:
        own_client: The client of the session, if it has one: faults can be injected into it.
        pauses: Those between attempts.
        sent: The scope whose commit was the last one to send a request.
    """

    own_client: DynamoDBClient | None
    pauses: Pauses
    sent: TransactScope | None = attrs.field(default=None, init=False)

    @property
    def can_fail(self) -> bool:
        """Whether a commit can be made to go wrong on purpose."""
        return self.own_client is not None

    def commit(self, calls: ScopedCalls, mishap: str | None = None) -> Committed | Failed:
        """Send everything that is staged as one request.

        Args:
            calls: What is staged.
            mishap: What is to go wrong on purpose, one of `MISHAPS`; None for nothing.
        """
        if mishap is None:
            return self._settled(calls, calls.scope.commit)
        if self.own_client is None:
            why = "faults are injected on an engine of this machine only."
            return Refused(why, ValueError(mishap))
        return self._settled(calls, calls.scope.commit, MISHAPS[mishap])

    def resolve(self, calls: ScopedCalls) -> Committed | Failed:
        """Send the same request again, whose answer tells what became of it."""
        return self._settled(calls, calls.scope.resolve)

    def close(self) -> None:
        """Close the client, if the session has one of its own."""
        if self.own_client is not None:
            self.own_client.close()

    def _settled(
        self, calls: ScopedCalls, settle: Callable[[], CommitResult], mishap: Mishap | None = None
    ) -> Committed | Failed:
        scope = calls.scope
        happened = "" if mishap is None else mishap.happened
        self.pauses.clear()
        try:
            with self._injected(mishap):
                result = settle()
        except ScopeStateError:
            raise
        except TransactScopeError as error:
            outcome = failed(error, scope.staged, calls.asked_on)
            if isinstance(outcome, Refused):
                return outcome
            self.sent = scope
            return attrs.evolve(outcome, sending=self._sending(happened))
        if not result.sent:
            return Committed(0)
        self.sent = scope
        sending = self._sending(happened, result)
        return Committed(len(scope.to_request()["TransactItems"]), sending)

    def _injected(self, mishap: Mishap | None) -> contextlib.AbstractContextManager[None]:
        if mishap is None or self.own_client is None:
            return contextlib.nullcontext()
        return mishap.injected(self.own_client)

    def _sending(self, mishap: str, result: CommitResult | None = None) -> Sending:
        pauses = tuple(self.pauses.seconds)
        if result is None:
            return Sending(len(pauses) + 1, pauses, mishap=mishap)
        return Sending(
            result.attempts,
            pauses,
            result.write_units,
            result.read_units,
            result.replayed,
            mishap,
        )


def request_of(scope: TransactScope) -> str:
    """Return the request of a scope as JSON. Nothing is sent."""
    return json.dumps(scope.to_request(), indent=2, ensure_ascii=False)
