"""Telling observers what becomes of the requests of a flow, while it is performed.

Observers are foreign code and may be interrupted. So what came of a request is told once the flow
has taken it: before it goes on with a pause or another request, or when it has ended. Whatever
happens in an observer then, the flow knows already what became of the data.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeVar

import attrs

from transactscope.core.actions import StagedAction
from transactscope.core.answers import ErrorAnswer
from transactscope.core.consumed import consumed_of
from transactscope.core.states import ScopeState
from transactscope.core.summaries import summary_of
from transactscope.core.transaction import Transaction
from transactscope.errors import CommitOutcomeUnknownError, ScopeStateError, TransactScopeError
from transactscope.flows.effects import Effect, Flow, Pause
from transactscope.types import ActionSummary, Answer, EventKind, FrozenRequest

R = TypeVar("R")

_KIND_OF_STATE: Final = {
    ScopeState.COMMITTED: EventKind.COMMIT,
    ScopeState.IN_DOUBT: EventKind.IN_DOUBT,
}


class Watch(Protocol):
    """Tells the observers of one scope, or of one single call."""

    def now(self) -> float:
        """Return the time in seconds of the database's clock."""
        ...

    def tell(self, kind: EventKind, verb: str, *, time: float | None = None, **facts: Any) -> None:
        """Tell an event; None means that it has happened now."""
        ...


def observed(flow: Flow[R], course: Course) -> Flow[R]:
    """Perform a flow, and tell of its requests, of pauses because of them, and of its end.

    An interruption of an observer meets the flow where it wants to go on, as if what it wants had
    been interrupted; at its end there is nothing left that it could change.
    """
    course.begin()
    step: Any = flow.send
    outcome: Any = None
    while True:
        try:
            effect = step(outcome)
        except StopIteration as stop:
            result: R = stop.value
            break
        except BaseException as error:
            course.end(error)
            raise
        try:
            course.go_on(effect)
        except BaseException as interruption:  # noqa: BLE001 - the flow decides what it means
            step, outcome = flow.throw, interruption
            continue
        try:
            outcome = yield effect
        except BaseException as error:  # noqa: BLE001 - the same
            course.came(effect, error=error)
            step, outcome = flow.throw, error
        else:
            course.came(effect, answer=outcome)
            step = flow.send
    course.end(None)
    return result


def recorded(request: FrozenRequest, course: Course) -> Flow[Answer]:
    """Send one request, and leave it to others to tell of it once they know what it means."""
    course.go_on(request)
    try:
        answer: Answer = yield request
    except BaseException as error:
        course.came(request, error=error)
        raise
    course.came(request, answer=answer)
    return answer


@attrs.frozen(eq=False, slots=False)  # for what is kept once it was asked for
class Sent:
    """One request that was sent, and what came of it.

    Attributes:
        request: The request.
        attempt: The how manieth time it was sent, from 1 on.
        ended: When something came of it.
        seconds: How long that took.
        answer: The answer, or None.
        error: What came instead.
    """

    request: FrozenRequest
    attempt: int
    ended: float
    seconds: float
    answer: Any
    error: BaseException | None

    @property
    def request_id(self) -> str | None:
        """DynamoDB's id of what it answered, also of a refusal."""
        if isinstance(self.answer, Mapping):
            metadata = self.answer.get("ResponseMetadata")
            return metadata.get("RequestId") if isinstance(metadata, Mapping) else None
        refusal = None if self.error is None else ErrorAnswer.of(self.error)
        return None if refusal is None else refusal.request_id

    @property
    def units(self) -> Mapping[str, Mapping[str, float]]:
        """The units that an answer reports, as facts of an event."""
        try:
            read, write = consumed_of(self.answer, self.request.operation)
        except Exception:  # noqa: BLE001 - an answer that cannot be read reports nothing
            return {}
        return {"read_units": MappingProxyType(read), "write_units": MappingProxyType(write)}

    @functools.cached_property
    def facts(self) -> Mapping[str, Any]:
        """What an event about it says: that of the attempt, and that of how all of it ended."""
        return {
            "operation": self.request.operation,
            "tables": self.request.tables,
            "request_id": self.request_id,
            **self.units,
        }


@attrs.define(eq=False)
class Course:
    """What has happened to the requests of one flow, and what is not told of it yet.

    Attributes:
        watch: Tells it.
        verb: The call in which it happens.
        request: What was sent last.
        attempts: How often that was sent.
        error: What the flow has raised in the end, or None.
        is_in_doubt: Whether it may have been applied, if nothing more is learned of it.
    """

    watch: Watch
    verb: str
    request: FrozenRequest | None = None
    attempts: int = 0
    error: BaseException | None = attrs.field(init=False, default=None)
    is_in_doubt: bool = attrs.field(init=False, default=False)
    _since: float = attrs.field(init=False, default=0.0)
    _began: float = attrs.field(init=False, default=0.0)
    _last: Sent | None = attrs.field(init=False, default=None)
    _meaning: TransactScopeError | None = attrs.field(init=False, default=None)
    _untold: list[Callable[[], None]] = attrs.field(init=False, factory=list)

    def begin(self) -> None:
        """Learn that the flow begins."""
        self._began = self.watch.now()

    def go_on(self, effect: Effect) -> None:
        """Learn what the flow wants next: it has taken what came before, which is told now."""
        if isinstance(effect, Pause):
            if effect.error is not None:
                self.is_in_doubt = isinstance(effect.error, CommitOutcomeUnknownError)
                self.tries_again(effect.seconds, effect.error)
            self.tell()
        elif isinstance(effect, FrozenRequest):
            self.tell()
            if effect is not self.request:
                self.request, self.attempts = effect, 0
            self._since = self.watch.now()

    def came(
        self, effect: Effect, *, answer: Any = None, error: BaseException | None = None
    ) -> None:
        """Learn what came of an effect; of one that was a request it will be told."""
        # An error of the library is none of the client's: a breaker or the transport refused.
        if not isinstance(effect, FrozenRequest) or isinstance(error, TransactScopeError):
            return
        self.is_in_doubt = error is not None and not isinstance(error, Exception)
        self.attempts += 1
        self._meaning = None
        now = self.watch.now()
        sent = Sent(effect, self.attempts, now, now - self._since, answer, error)
        self._last = sent
        self._untold.append(functools.partial(self._tell_attempt, sent))

    def tries_again(self, seconds: float, error: BaseException | None) -> None:
        """Learn that it will be sent again, after so many seconds."""
        self._learn_meaning(error)
        if self.request is not None:
            facts: dict[str, Any] = {
                "operation": self.request.operation,
                "tables": self.request.tables,
                "attempts": self.attempts,
                "seconds": seconds,
                "error": error,
            }
            tell = functools.partial(self.watch.tell, EventKind.RETRY, self.verb, **facts)
            self._untold.append(tell)

    def tell(self) -> None:
        """Tell what is not told yet."""
        untold, self._untold = self._untold, []
        for tell in untold:
            tell()

    def end(self, error: BaseException | None) -> None:
        """Learn that the flow has ended; tell all of it, also where that is interrupted.

        Args:
            error: What it has raised, or None.
        """
        self.error = error
        self._learn_meaning(error)
        try:
            try:
                self.tell()
            finally:
                self._tell_end()
        except BaseException as interruption:
            interruption.add_note(f"transactscope: {self._ended}")
            raise

    def _learn_meaning(self, error: BaseException | None) -> None:
        if isinstance(error, TransactScopeError):
            self._meaning = error

    def _tell_attempt(self, sent: Sent) -> None:
        self.watch.tell(
            EventKind.ATTEMPT,
            self.verb,
            time=sent.ended,
            attempts=sent.attempt,
            seconds=sent.seconds,
            error=sent.error,
            meaning=None if sent.error is None else self._meaning,
            **sent.facts,
        )

    def _tell_end(self) -> None:
        """Tell how it has ended; of what only reads there is nothing more to tell."""

    def _tell_kind(self, kind: EventKind, **facts: Any) -> None:
        """Tell of the whole that it has ended like this."""
        if self._last is not None:
            facts |= self._last.facts
        self.watch.tell(
            kind,
            self.verb,
            attempts=self.attempts,
            seconds=self.watch.now() - self._began,
            error=self.error,
            **facts,
        )

    @property
    def _ended(self) -> str:
        """How it has ended, for a program that hears of an interruption only."""
        if self.error is None:
            return f"{self.verb}() was answered, and its work is done"
        return f"{self.verb}() has failed: {type(self.error).__name__}"


@attrs.define(eq=False)
class WriteCourse(Course):
    """The course of a single write.

    Attributes:
        action: What it does.
    """

    action: StagedAction = attrs.field(kw_only=True)

    def _tell_end(self) -> None:
        self._tell_kind(self._kind, list_actions=self._actions)

    @property
    def _ended(self) -> str:
        how = {
            EventKind.COMMIT: "this was applied",
            EventKind.CANCEL: "this was not applied",
            EventKind.IN_DOUBT: "this was sent and may be applied",
        }
        return f"{how[self._kind]}: {self.action.describe()}"

    @property
    def _kind(self) -> EventKind:
        if self.error is None:
            return EventKind.COMMIT
        if isinstance(self.error, Exception):
            is_in_doubt = isinstance(self.error, CommitOutcomeUnknownError)
        else:
            is_in_doubt = self.is_in_doubt  # an interruption says nothing of what it interrupts
        return EventKind.IN_DOUBT if is_in_doubt else EventKind.CANCEL

    def _actions(self) -> tuple[ActionSummary, ...]:
        return (summary_of(self.action),)


@attrs.define(eq=False)
class CommitCourse(Course):
    """The course of a commit, or of finding out how one has ended.

    Attributes:
        transaction: What is committed; its state says how that ends.
    """

    transaction: Transaction = attrs.field(kw_only=True)
    _state: ScopeState = attrs.field(init=False, default=ScopeState.NOT_STARTED)

    def begin(self) -> None:
        """Learn that it begins, and in which state."""
        super().begin()
        self._state = self.transaction.state

    def _tell_end(self) -> None:
        transaction = self.transaction
        if isinstance(self.error, ScopeStateError) and transaction.state is self._state:
            return  # it was refused, and nothing has happened
        result, request = transaction.result, transaction.request
        facts: dict[str, Any] = {}
        if self._last is None and self.attempts and request is not None:  # resolved too late
            facts = {"operation": request.operation, "tables": request.tables}
        self._tell_kind(
            _KIND_OF_STATE.get(transaction.state, EventKind.CANCEL),
            replayed=result is not None and result.replayed,
            list_actions=self._actions,
            **facts,
        )

    @property
    def _ended(self) -> str:
        transaction = self.transaction
        if transaction.state is ScopeState.COMMITTED:
            hooks = f"; {len(transaction.hooks)} on_commit hook(s) did not run"
            return f"the transaction is committed{hooks if transaction.hooks else ''}"
        if transaction.state is ScopeState.IN_DOUBT:
            return f"the commit is in doubt (client request token {transaction.token})"
        return f"the transaction is {transaction.state.value}; nothing was applied"

    def _actions(self) -> tuple[ActionSummary, ...]:
        return self.transaction.summaries()
