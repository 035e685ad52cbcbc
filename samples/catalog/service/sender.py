"""Commits the transactions of one session, well or on purpose badly, and says what came of it."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import attrs

from samples.catalog.service.attempts import Attempts
from samples.catalog.service.calls import ScopedCalls
from samples.catalog.service.failures import failed
from samples.catalog.service.mishaps import MISHAPS, Mishap
from samples.catalog.service.outcomes import Committed, Failed, InDoubt, Refused, Sending, TooLate
from samples.catalog.service.pauses import Pauses
from transactscope import CommitResult, TransactScope
from transactscope.errors import ScopeStateError, TransactScopeError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# Unicode Standard Annex 9: embeddings, overrides, isolates and their ends.
_TURNS_TEXT: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NOT_ELSEWHERE: Final = "faults are injected on an engine of this machine only."
_NOT_WITHOUT_TOKENS: Final = (
    "this engine does not know a request again by its token. What is sent again after a lost "
    "answer would meet its own writes, and be called canceled though it was applied."
)


@attrs.define
class Sender:
    """Sends the requests of transactions, and remembers the last one.

    A scope that cannot be committed as it is raises `ScopeStateError`, and is none that was sent.

    Attributes:
        own_client: The client of the session, if it has one: faults can be injected into it.
        keeps_tokens: Whether the engine knows a request again by its token.
        pauses: Those between attempts.
        attempts: Those of commits.
        sent: The scope whose commit was the last one to send a request.
    """

    own_client: DynamoDBClient | None
    keeps_tokens: bool
    pauses: Pauses
    attempts: Attempts
    sent: TransactScope | None = attrs.field(default=None, init=False)

    @property
    def mishaps(self) -> Mapping[str, Mishap]:
        """What can be made to go wrong with a commit on purpose, by name."""
        if self.own_client is None:
            return {}
        return {
            name: each
            for name, each in MISHAPS.items()
            if self.keeps_tokens or not each.needs_tokens
        }

    def commit(self, calls: ScopedCalls, mishap: str | None = None) -> Committed | Failed:
        """Send everything that is staged as one request.

        Args:
            calls: What is staged.
            mishap: What is to go wrong on purpose, one of `MISHAPS`; None for nothing.
        """
        if mishap is None:
            return self._settled(calls, calls.scope.commit)
        if mishap not in self.mishaps:
            why = _NOT_WITHOUT_TOKENS if self.own_client is not None else _NOT_ELSEWHERE
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
        self.attempts.clear()
        try:
            with self._injected(mishap):
                result = settle()
        except ScopeStateError:
            raise
        except TransactScopeError as error:
            outcome = failed(error, scope.staged, calls.asked_on)
            if isinstance(outcome, InDoubt) and not self.attempts.made:
                return TooLate(outcome.client_request_token)
            if isinstance(outcome, Refused | TooLate):
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
        sending = Sending(self.attempts.in_all, tuple(self.pauses.seconds), mishap=mishap)
        if result is None:
            return sending
        return attrs.evolve(
            sending,
            write_units=result.write_units,
            read_units=result.read_units,
            replayed=result.replayed,
        )


def request_of(scope: TransactScope) -> str:
    """Return the request of a scope as JSON. Nothing is sent.

    Characters that would turn the text around them are written as JSON's escapes.
    """
    text = json.dumps(scope.to_request(), indent=2, ensure_ascii=False)
    return _TURNS_TEXT.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
