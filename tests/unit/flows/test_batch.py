"""The flow of a batch, where no engine shows the case: odd answers, and interruptions in pairs."""

import pickle
import time

import attrs
import pytest
from attrs import define

from transactscope import RetryPolicy, TransactScope, entity
from transactscope.core.batches.entries import Entries
from transactscope.core.batches.exchange import WriteExchange
from transactscope.core.batches.schedule import Schedule
from transactscope.core.building import ActionBuilder
from transactscope.core.terms import BatchTerms
from transactscope.crews import Alone, Threads
from transactscope.driver import drive
from transactscope.errors import BatchIncompleteError
from transactscope.flows.batch import Batch, Ended, Source
from transactscope.types import BatchEntry, BatchResult
from transactscope.values import default_converter


@entity("Thing", partition_key="id")
@define
class Thing:
    """An item under a text."""

    id: str


@attrs.define
class FakeCrew:
    """Ends jobs as it was told: with an answer, an exception, or one of its own."""

    ends: list
    under_way: list = attrs.field(factory=list)
    calls: list = attrs.field(factory=list)

    def start(self, job):
        """Begin a job."""
        self.under_way.append(job)

    def collect(self, _):
        """End all jobs, or be interrupted meanwhile."""
        self.calls.append("collect")
        if not self.under_way:
            return []
        end = self.ends.pop(0)
        if isinstance(end, BaseException):
            raise end
        jobs, self.under_way = self.under_way, []
        return [Ended(job, error=end.error, answer=end.answer) for job in jobs]

    def interrupt(self, _):
        """Note it."""
        self.calls.append("interrupt")

    def close(self, _):
        """Note it."""
        self.calls.append("close")

    def abandon(self):
        """Note it."""
        self.calls.append("abandon")


def _came(answer=None, error=None):
    return Ended(None, answer, error)


def _flow(crew, count=3, *, in_flight=2, **terms):
    terms = BatchTerms(chunk=1, in_flight=in_flight, **terms)
    exchange = WriteExchange(Entries(ActionBuilder(default_converter(), wall_clock=time.time)))
    inputs = {"put": [Thing(str(number)) for number in range(count)], "delete": ()}
    source = Source.of(exchange, inputs, terms, is_async=False)
    schedule = Schedule(RetryPolicy(max_attempts=2), lambda: 1.0, in_flight)
    return Batch(exchange, source, schedule, crew, lambda: 0.0, terms).flow()


def _run(crew, count=3, **options):
    def no_transport(request):
        raise AssertionError(request)

    return drive(_flow(crew, count, **options), no_transport, lambda _: None)


def test_an_answer_that_does_not_fit_is_no_answer():
    """Whoever names an item that was not sent may have done anything with the others."""
    odd = {"UnprocessedItems": {"Thing": [{"PutRequest": {"Item": {"id": {"S": "z"}}}}]}}
    crew = FakeCrew([_came(odd), _came(odd)])
    result = _run(crew, 1, raises=False)

    assert (BatchEntry("put", Thing("0")),) == result.unknown
    assert 2 == result.requests


def test_all_that_has_ended_is_learned_before_an_interruption_goes_on():
    """Two requests end together, one of them cut off: the other one is done."""

    class Mixed(FakeCrew):
        def collect(self, _):
            jobs, self.under_way = self.under_way, []
            ends = [_came(error=KeyboardInterrupt()), _came({})]
            return [Ended(job, end.answer, end.error) for job, end in zip(jobs, ends, strict=False)]

    with pytest.raises(KeyboardInterrupt) as caught:
        _run(Mixed([]))

    assert "1 done, 1 under way" in caught.value.__notes__[0]


def test_a_second_interruption_ends_the_waiting():
    """Who presses Ctrl-C twice does not want to wait for an answer."""
    crew = FakeCrew([KeyboardInterrupt("first"), KeyboardInterrupt("second")])
    with pytest.raises(KeyboardInterrupt, match="first") as caught:
        _run(crew)

    assert ["collect", "interrupt", "collect", "abandon"] == crew.calls
    assert "0 done, 2 under way" in caught.value.__notes__[0]


def test_an_interruption_goes_before_an_error():
    """A refusal that is being accounted for must not swallow Ctrl-C."""

    def refuse(_):
        raise LookupError("no bar")

    with pytest.raises(KeyboardInterrupt, match="second"):
        _run(Slow([_came({}), KeyboardInterrupt("second")]), progress=refuse)


class Slow(FakeCrew):
    """Ends one job at a time."""

    def collect(self, _):
        """End the first job only."""
        if not self.under_way:
            return []
        end = self.ends.pop(0)
        if isinstance(end, BaseException):
            raise end
        return [Ended(self.under_way.pop(0), end.answer, end.error)]


def test_a_flow_that_is_closed_lets_go():
    """A coroutine that nobody awaits to its end must not wait by itself."""
    crew = FakeCrew([])
    flow = _flow(crew)
    flow.send(None)
    flow.close()

    assert ["abandon"] == crew.calls


def test_errors_and_results_can_be_pickled():
    """A worker process reports what it could not do."""
    result = BatchResult(done=3, unprocessed=(BatchEntry("put", 1), BatchEntry("delete", 2)))
    error = pickle.loads(pickle.dumps(BatchIncompleteError("x", result=result, retryable=False)))  # noqa: S301

    assert ("x", result, False) == (str(error), error.result, error.retryable)
    assert ((1,), (2,)) == (error.result.puts_left, error.result.deletes_left)


def test_a_scope_has_no_batches():
    """A transaction is never silently replaced by something that is none."""
    assert [] == [name for name in dir(TransactScope) if "batch" in name]


@pytest.mark.parametrize("crew", [Alone(drive), Threads(2, drive)], ids=["alone", "threads"])
def test_a_crew_without_work_has_nothing_to_collect(crew):
    """Waiting for nothing would be for ever."""
    assert [] == crew.collect(None)
    crew.interrupt(None)
    crew.abandon()
    crew.close(None)


def test_an_unhandled_interruption_in_a_thread_is_not_lost():
    """A thread cannot be interrupted by a signal, but what it calls may exit."""

    def leave(_):
        raise SystemExit

    crew = Threads(1, leave)
    job = _first_job()
    crew.start(job)
    (ended,) = crew.collect(None)
    crew.close(None)

    assert job is ended.job
    assert isinstance(ended.error, SystemExit)


def _first_job():
    crew = FakeCrew([])
    flow = _flow(crew, 1)
    call = flow.send(None)
    flow.close()
    return call.argument
