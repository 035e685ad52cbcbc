"""Asking a circuit breaker before every request of a flow, and telling it what came back.

A breaker may keep a request from being sent, and nothing else: what a flow is told of a request
that was sent is what came back, whatever happens in the breaker.
"""

from __future__ import annotations

import functools
import inspect
import logging
from typing import Any, Final, NoReturn, TypeVar

from transactscope.core.health import health_of
from transactscope.errors import CircuitOpenError, NotSentError, TransactScopeError
from transactscope.flows.effects import Call, Effect, Flow
from transactscope.types import Answer, CircuitBreaker, FrozenRequest, Health
from transactscope.types.records import write_record

R = TypeVar("R")

_logger: Final = logging.getLogger("transactscope.breaker")

_NO_TICKET: Final = object()  # of a request that the breaker failed to judge


def breaking(flow: Flow[R], breaker: CircuitBreaker) -> Flow[R]:
    """Perform a flow, with the breaker's consent to each of its requests.

    A refusal meets the flow where it yielded the request, as an error that nothing was sent.
    """
    step: Any = flow.send
    outcome: Any = None
    while True:
        try:
            effect = step(outcome)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        try:
            step, outcome = flow.send, (yield from _performed(effect, breaker))
        except _InterruptedInBreaker as cut:
            _end(flow, cut)
        except BaseException as error:  # noqa: BLE001 - the flow decides what every one means
            step, outcome = flow.throw, error


class _InterruptedInBreaker(BaseException):
    """A call of the breaker was interrupted; what became of the request is known all the same."""

    def __init__(
        self,
        interruption: BaseException,
        *,
        answer: Answer | None = None,
        error: BaseException | None = None,
    ) -> None:
        self.interruption = interruption
        self.answer = answer
        self.error = error


def _end(flow: Flow[Any], cut: _InterruptedInBreaker) -> NoReturn:
    """Tell the flow what became of its request, and then let the interruption go on.

    It is not the request that was interrupted: a commit that was answered is not in doubt.
    """
    interruption = cut.interruption
    try:
        _tell(flow, cut)
        flow.throw(interruption)  # the flow has more to do, which it may not
    except StopIteration:
        interruption.add_note("transactscope: the request was answered, and its work is done")
    except TransactScopeError as verdict:
        interruption.add_note(f"transactscope: {verdict}")
    except BaseException:  # noqa: BLE001, S110 - it is the interruption, or less urgent
        pass
    raise interruption


def _tell(flow: Flow[Any], cut: _InterruptedInBreaker) -> None:
    if cut.error is None:
        flow.send(cut.answer)
    else:
        flow.throw(cut.error)


def _performed(effect: Effect, breaker: CircuitBreaker) -> Flow[Any]:
    if not isinstance(effect, FrozenRequest):
        return (yield effect)
    ticket = yield from _admitted(effect, breaker)
    try:
        answer: Answer = yield effect
    except GeneratorExit:
        _report_at_once(breaker, ticket)
        raise
    except BaseException as error:
        try:
            yield from _reported(breaker, ticket, health_of(error))
        except BaseException as interruption:  # noqa: BLE001 - raised again by `_end`
            raise _InterruptedInBreaker(interruption, error=error) from None
        raise
    try:
        yield from _reported(breaker, ticket, Health.GOOD)
    except BaseException as interruption:  # noqa: BLE001 - raised again by `_end`
        raise _InterruptedInBreaker(interruption, answer=answer) from None
    return answer


def _admitted(request: FrozenRequest, breaker: CircuitBreaker) -> Flow[Any]:
    """Return the ticket of a request that may be sent."""
    try:
        return _finished((yield Call(breaker.admit, request)))
    except CircuitOpenError:
        raise
    except Exception:  # noqa: BLE001 - it is logged
        write_record(
            _logger,
            logging.ERROR,
            "admit() failed: %s is sent without its consent",
            request.operation,
            exc_info=True,
            facts={
                "operation": request.operation,
                "tables": list(request.tables),
                "token": request.token,
            },
        )
        return _NO_TICKET
    except BaseException as interruption:  # noqa: BLE001 - raised again by `_end`
        msg = f"{request.operation}: nothing was sent; the circuit breaker was still being asked"
        raise _InterruptedInBreaker(interruption, error=NotSentError(msg)) from None


def _reported(breaker: CircuitBreaker, ticket: Any, health: Health) -> Flow[None]:
    """Report on a request that was admitted; only an interruption leaves here."""
    if ticket is _NO_TICKET:
        return
    try:
        _finished((yield Call(functools.partial(breaker.report, ticket), health)))
    except Exception:  # noqa: BLE001 - it is logged
        write_record(
            _logger,
            logging.ERROR,
            "report() failed: the breaker does not know that it was %s",
            health.value,
            exc_info=True,
            facts={"health": health.value},
        )


def _report_at_once(breaker: CircuitBreaker, ticket: Any) -> None:
    """Report that nothing was learned, where nobody is left who could await it."""
    if ticket is _NO_TICKET:
        return
    try:
        _finished(breaker.report(ticket, Health.UNKNOWN))
    except Exception:  # noqa: BLE001 - it is logged
        write_record(
            _logger,
            logging.ERROR,
            "report() failed: the breaker does not know of a request's end",
            exc_info=True,
            facts={"health": Health.UNKNOWN.value},
        )


def _finished(value: Any) -> Any:
    """Refuse what was returned to be awaited, where nobody awaits."""
    if inspect.isawaitable(value):
        if inspect.iscoroutine(value):
            value.close()  # it has not started, and must not be reported as never awaited
        msg = f"it returned {type(value).__name__}, which nobody awaits here"
        raise TypeError(msg)
    return value
