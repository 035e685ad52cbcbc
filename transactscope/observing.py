"""The observers of a database, and what tells them of one scope or one single call.

Loaded where a database has observers, which most have not.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from transactscope.errors import InvalidRequestError
from transactscope.flows.observing import CommitCourse, Course, WriteCourse, observed
from transactscope.types import Event, EventKind, Observer
from transactscope.types.records import write_record

if TYPE_CHECKING:
    from transactscope.core.actions import StagedAction
    from transactscope.core.transaction import Transaction
    from transactscope.flows.effects import Flow
    from transactscope.types import Action, FrozenRequest

R = TypeVar("R")

_logger: Final = logging.getLogger("transactscope.observers")

_next_work: Final = itertools.count(1).__next__
"""Numbers scopes and single calls; it is one step of the interpreter, in any thread."""


def checked_observers(observers: Any, clock: Callable[[], float]) -> Observers | None:
    """Return what tells these observers; None where there is none of them.

    Raises:
        InvalidRequestError: They are no functions, or would have to be awaited. Not sent.
    """
    if not isinstance(observers, Iterable):
        msg = f"observers= must be an iterable of functions, not {type(observers).__name__}"
        raise InvalidRequestError(msg)
    given = tuple(observers)
    for number, observer in enumerate(given):
        if not callable(observer):
            msg = f"observers=[{number}] must be a function, not {type(observer).__name__}"
            raise InvalidRequestError(msg)
        if _would_be_awaited(observer):
            name = getattr(observer, "__qualname__", type(observer).__name__)
            msg = (
                f"observers=[{number}] must be a plain function: {name} would have to be awaited, "
                "and nobody waits for an observer"
            )
            raise InvalidRequestError(msg)
    return Observers(given, clock) if given else None


def _would_be_awaited(observer: Any) -> bool:
    while isinstance(observer, functools.partial):
        observer = observer.func
    call = getattr(type(observer), "__call__", None)  # noqa: B004 - it is callable; how?
    kinds = (inspect.iscoroutinefunction, inspect.isasyncgenfunction)
    return any(kind(each) for kind in kinds for each in (observer, call))


@attrs.frozen(eq=False)
class Observers:
    """Those whom one database tells what happens.

    Attributes:
        observers: They.
        clock: The database's clock, in seconds.
    """

    observers: tuple[Observer, ...]
    clock: Callable[[], float]

    def watch(self, *, is_scope: bool = False) -> Watch:
        """Return what tells of one scope, or of one single call."""
        return Watch(self, is_scope)

    def tell(self, event: Event) -> None:
        """Tell all of them; what one of them raises is logged, unless it is an interruption."""
        for observer in self.observers:
            try:
                returned = observer(event)
                if returned is not None:
                    _refuse_unfinished(returned)
            except Exception:  # noqa: BLE001 - it is logged
                write_record(
                    _logger,
                    logging.ERROR,
                    "an observer failed at %s of %s()",
                    event.kind.name,
                    event.verb,
                    exc_info=True,
                    facts={"event": event.kind.value, "verb": event.verb, "work": event.work},
                )


def _refuse_unfinished(value: Any) -> None:
    """Refuse what an observer returned to be awaited, because nobody awaits it."""
    if inspect.isawaitable(value):
        if inspect.iscoroutine(value):
            value.close()  # it has not started, and must not be reported as never awaited
        msg = f"an observer returned {type(value).__name__}, which nobody awaits"
        raise TypeError(msg)


@attrs.define(eq=False)
class Watch:
    """Tells observers what happens in one scope, or in one single call.

    Attributes:
        observers: They.
        is_scope: Whether it is a scope.
        work: Its number.
        token: The client request token of a scope that has begun.
        rerun_of: The number of the scope whose work begins anew in this one.
    """

    observers: Observers
    is_scope: bool
    work: int = attrs.field(init=False, factory=_next_work)
    token: str | None = attrs.field(init=False, default=None)
    rerun_of: int | None = attrs.field(init=False, default=None)
    _attempts: int = attrs.field(init=False, default=0)

    def now(self) -> float:
        """Return the time in seconds of the database's clock."""
        return self.observers.clock()

    def tell(self, kind: EventKind, verb: str, *, time: float | None = None, **facts: Any) -> None:
        """Tell an event; None means that it has happened now."""
        event = Event(
            kind=kind,
            time=self.observers.clock() if time is None else time,
            work=self.work,
            is_scope=self.is_scope,
            verb=verb,
            client_request_token=self.token,
            **facts,
        )
        self.observers.tell(event)

    def begun(self, token: str | None) -> None:
        """Tell that the scope has begun."""
        self.token = token
        self.tell(EventKind.BEGIN, "begin", rerun_of=self.rerun_of)

    def staged(self, action: Action) -> None:
        """Tell that an action was staged."""
        observers = self.observers
        event = Event(  # not by `tell`: a scope has one of these for each of its actions
            kind=EventKind.STAGE,
            time=observers.clock(),
            work=self.work,
            is_scope=True,
            verb=action.verb,
            client_request_token=self.token,
            action=action,
        )
        observers.tell(event)

    def rolled_back(self) -> None:
        """Tell that the scope was rolled back."""
        self.tell(EventKind.ROLLBACK, "rollback")

    def begins_anew(self, number: int, seconds: float, error: BaseException) -> None:
        """Tell that the transaction begins anew, in another scope."""
        self.tell(
            EventKind.RETRY, "commit", attempts=number, seconds=seconds, error=error, is_rerun=True
        )

    def reading(self, verb: str, flow: Flow[R]) -> Flow[R]:
        """Return a flow that writes no item, observed."""
        return observed(flow, Course(self, verb))

    def writing(self, action: StagedAction, flow: Flow[R]) -> Flow[R]:
        """Return the flow of a single write, observed."""
        return observed(flow, WriteCourse(self, action.verb, action=action))

    def settling(self, verb: str, flow: Flow[R], transaction: Transaction) -> Flow[R]:
        """Return the flow of a commit, or of finding out how one has ended, observed."""
        course = CommitCourse(
            self, verb, transaction.request, self._attempts, transaction=transaction
        )
        try:
            return (yield from observed(flow, course))
        finally:
            self._attempts = course.attempts

    def course_of(self, verb: str, request: FrozenRequest, attempts: int) -> Course:
        """Return the course of one request of a batch, which was sent so often before."""
        return Course(self, verb, request, attempts)
