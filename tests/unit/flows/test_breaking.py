"""A circuit breaker around a flow: what it is asked and told, and that it changes no outcome."""

import asyncio
import logging

import pytest

from transactscope.driver import drive, drive_async
from transactscope.errors import (
    CircuitOpenError,
    CommitOutcomeUnknownError,
    NotSentError,
    TransactScopeError,
)
from transactscope.flows.breaking import breaking
from transactscope.flows.effects import Call, Pause
from transactscope.types import FrozenRequest, Health

REQUEST = FrozenRequest("PutItem", {}, tables=("Account",))
LOGGER = "transactscope.breaker"


class Recording:
    """A breaker that admits everything, or does what it is told; it writes down its calls."""

    def __init__(self, admit=None, report=None):
        self.calls = []
        self._admit, self._report = admit, report

    def admit(self, request):
        """Admit it, or do what was told."""
        self.calls.append(("admit", request.operation))
        return self._do(self._admit, "ticket")

    def report(self, ticket, health):
        """Write it down, or do what was told."""
        self.calls.append(("report", ticket, health.name))
        return self._do(self._report, None)

    def _do(self, told, otherwise):
        if isinstance(told, BaseException):
            raise told
        return otherwise if told is None else told()


class WantedError(Exception):
    """What a user asked to be raised."""


def one_request():
    """Yield one request and return what came of it."""
    return (yield REQUEST)


def judging(then=None):
    """A flow that says what it was told of its request, as a commit does; then it may go on."""
    try:
        answer = yield REQUEST
    except NotSentError:
        error = NotSentError("judged: nothing was sent")
    except Exception:  # noqa: BLE001 - as a flow does
        error = CommitOutcomeUnknownError("judged: in doubt")
    except BaseException as interruption:
        interruption.add_note("judged: interrupted while it was under way")
        raise
    else:
        error = None
    if then is not None:
        yield then
    if error is not None:
        raise error
    return answer


def _run(flow, breaker, transport=lambda _: {"Item": {}}, sleep=lambda _: None):
    return drive(breaking(flow, breaker), transport, sleep)


def _raising(error):
    def send(_):
        raise error

    return send


def test_a_request_is_asked_for_and_reported():
    """The breaker sees the request, and gets its own ticket back."""
    breaker = Recording()

    assert {"Item": {}} == _run(one_request(), breaker)
    assert [("admit", "PutItem"), ("report", "ticket", "GOOD")] == breaker.calls


def test_other_effects_pass():
    """Pauses and calls of users are no requests."""
    pauses = []

    def flow():
        yield Pause(2.0)
        return (yield Call(len, "abc"))

    breaker = Recording()
    assert 3 == _run(flow(), breaker, sleep=pauses.append)
    assert [2.0] == pauses
    assert [] == breaker.calls


def test_an_error_is_reported_and_reaches_the_flow_as_it_is():
    """The flow judges what came back, not the breaker."""
    error = ConnectionResetError()
    breaker = Recording()
    with pytest.raises(ConnectionResetError) as caught:
        _run(one_request(), breaker, _raising(error))

    assert error is caught.value
    assert ("report", "ticket", "OVERLOADED") == breaker.calls[-1]


def test_a_refusal_meets_the_flow_at_its_request_and_nothing_is_sent():
    """For the flow it is an error like any other that says that nothing was sent."""
    sent = []
    refusal = CircuitOpenError("open", retry_after=1.5)

    def flow():
        try:
            yield REQUEST
        except CircuitOpenError as error:
            return error

    breaker = Recording(admit=refusal)
    assert refusal is _run(flow(), breaker, sent.append)
    assert [] == sent
    assert [("admit", "PutItem")] == breaker.calls


@pytest.mark.parametrize("error", [RuntimeError("bug"), TransactScopeError("bug"), StopIteration()])
def test_a_bug_in_admit_is_logged_and_the_request_is_sent(error, caplog):
    """A breaker that is broken must not be what stops a program."""
    breaker = Recording(admit=error)

    assert {"Item": {}} == _run(one_request(), breaker)
    assert [("admit", "PutItem")] == breaker.calls  # it has no ticket to report about
    assert [(LOGGER, logging.ERROR)] == [(r.name, r.levelno) for r in caplog.records]
    assert error is caplog.records[0].exc_info[1]


@pytest.mark.parametrize("transport", [lambda _: {}, _raising(TimeoutError())], ids=["good", "bad"])
def test_a_bug_in_report_is_logged_and_changes_nothing(transport, caplog):
    """What came back is what the flow is told."""
    plain, guarded = one_request(), one_request()

    assert _outcome(lambda: drive(plain, transport, None)) == _outcome(
        lambda: _run(guarded, Recording(report=RuntimeError("bug")), transport)
    )
    assert ["report() failed"] == [r.getMessage()[:15] for r in caplog.records]


def _outcome(work):
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - compared
        return type(error)


def test_an_error_after_a_bug_in_admit_is_the_error(caplog):
    """Also where there is no ticket."""
    with pytest.raises(TimeoutError):
        _run(one_request(), Recording(admit=RuntimeError()), _raising(TimeoutError()))

    assert 1 == len(caplog.records)


async def _later():
    return "ticket"


def test_what_nobody_awaits_is_a_bug(caplog):
    """In a synchronous database a coroutine would be a ticket that is always there."""
    for breaker in (Recording(admit=_later), Recording(report=_later), Recording(report=_Never)):
        assert {"Item": {}} == _run(one_request(), breaker)

    assert [
        "it returned coroutine, which nobody awaits here",
        "it returned coroutine, which nobody awaits here",
        "it returned _Never, which nobody awaits here",
    ] == [str(record.exc_info[1]) for record in caplog.records]


def test_in_asynchronous_code_both_are_awaited():
    """A breaker may ask somewhere before it answers."""

    async def send(_):
        return {}

    breaker = Recording(admit=_later, report=_later)
    assert {} == asyncio.run(drive_async(breaking(one_request(), breaker), send, None))
    assert ("report", "ticket", "GOOD") == breaker.calls[-1]


def test_an_interrupted_request_is_reported_as_unknown():
    """So that a probe makes room for the next."""
    breaker = Recording()
    with pytest.raises(KeyboardInterrupt) as caught:
        _run(judging(), breaker, _raising(KeyboardInterrupt()))

    assert ("report", "ticket", "UNKNOWN") == breaker.calls[-1]
    assert ["judged: interrupted while it was under way"] == caught.value.__notes__


def test_an_interruption_of_admit_leaves_nothing_in_doubt():
    """Nothing was sent, and that is what the flow is told; the interruption is what leaves."""
    sent = []
    with pytest.raises(KeyboardInterrupt) as caught:
        _run(judging(), Recording(admit=KeyboardInterrupt()), sent.append)

    assert [] == sent
    assert ["transactscope: judged: nothing was sent"] == caught.value.__notes__


def test_an_interruption_of_report_does_not_change_what_was_answered():
    """The commit is applied, and the scope has to know it."""
    with pytest.raises(KeyboardInterrupt) as caught:
        _run(judging(), Recording(report=KeyboardInterrupt()))

    assert 1 == len(caught.value.__notes__)
    assert "the request was answered" in caught.value.__notes__[0]


def test_an_interruption_of_report_does_not_change_what_was_raised():
    """The doubt is that of the request."""
    with pytest.raises(KeyboardInterrupt) as caught:
        _run(judging(), Recording(report=KeyboardInterrupt()), _raising(TimeoutError()))

    assert ["transactscope: judged: in doubt"] == caught.value.__notes__


def test_the_second_interruption_is_the_one_that_leaves():
    """As everywhere in Python."""
    second = SystemExit()
    with pytest.raises(SystemExit) as caught:
        _run(judging(), Recording(report=second), _raising(KeyboardInterrupt()))

    assert second is caught.value


@pytest.mark.parametrize("then", [Pause(1.0), REQUEST], ids=["pause", "request"])
def test_a_flow_does_not_go_on_after_an_interruption(then):
    """Whatever it wants next is what is interrupted."""
    pauses, sent = [], []

    def send(request):
        sent.append(request)
        return {}

    with pytest.raises(KeyboardInterrupt):
        _run(judging(then), Recording(report=KeyboardInterrupt()), send, pauses.append)

    assert [] == pauses
    assert 1 == len(sent)


def test_an_error_of_the_user_does_not_hide_an_interruption():
    """A flow may raise what the user asked for."""

    def flow():
        try:
            yield REQUEST
        except NotSentError:
            raise WantedError from None

    with pytest.raises(KeyboardInterrupt):
        _run(flow(), Recording(admit=KeyboardInterrupt()))


def _closed_while(breaker, effects):
    """Close the driver's coroutine while it awaits the n-th effect."""

    async def forever():
        await _Never()

    async def now():
        return {}

    count = iter(range(100))

    def send(_):
        return forever() if next(count) == effects else now()

    coroutine = drive_async(breaking(judging(), breaker), send, None)
    coroutine.send(None)
    coroutine.close()


class _Never:
    """Awaited, it never comes."""

    def __await__(self):
        yield self


@pytest.mark.parametrize("report", [None, _later, RuntimeError("bug")], ids=["now", "later", "bug"])
def test_a_coroutine_that_is_closed_reports_without_waiting(report, caplog):
    """An event loop that is gone cannot be waited in."""
    breaker = Recording(report=report)
    _closed_while(breaker, 0)

    assert [("admit", "PutItem"), ("report", "ticket", "UNKNOWN")] == breaker.calls
    assert (0 if report is None else 1) == len(caplog.records)


def test_a_coroutine_that_is_closed_has_nothing_to_report_without_a_ticket(caplog):
    """After a bug of admit there is no ticket."""
    breaker = Recording(admit=RuntimeError("bug"))
    _closed_while(breaker, 0)

    assert [("admit", "PutItem")] == breaker.calls


async def _never():
    await _Never()


@pytest.mark.parametrize("where", ["admit", "report"])
def test_a_coroutine_that_is_closed_in_the_breaker_ends(where):
    """It must not ask for anything more, which Python would call ignoring its end."""
    breaker = Recording(**{where: _never})
    _closed_while(breaker, -1)

    assert where == breaker.calls[-1][0]


def test_health_has_three_values():
    """A fourth one would have to be handled by every breaker that users have written."""
    assert ["good", "overloaded", "unknown"] == [health.value for health in Health]
