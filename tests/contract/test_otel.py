"""OpenTelemetry is told what really happens, on real engines and in every shell."""

import asyncio

import pytest
from opentelemetry.trace import SpanKind, StatusCode

from tests.contract.doubts import TX, left_in_doubt
from tests.contract.entities import Account
from tests.shells import Database, TransactScope, transactional
from tests.telemetry import Collected
from transactscope import AsyncDatabase, AsyncTransactScope, Attr, RetryPolicy, in_threads
from transactscope.errors import ConditionFailedError
from transactscope.testing import conflict, lost_answer, throttled


@pytest.fixture
def told():
    """What OpenTelemetry is told of the database `seen`."""
    return Collected()


@pytest.fixture
def make(client, table_names, told):
    """Make a database that tells, and never waits."""

    def make(**policy):
        return Database(
            client,
            observers=[told.telemetry],
            retry=RetryPolicy(**policy),
            table_names=table_names,
            sleep=lambda _: None,
        )

    return make


@pytest.fixture
def seen(make):
    """A database that tells; what was told before the test is forgotten."""
    return make()


def _named(spans):
    return [span.name.partition(" ")[0] for span in spans]


def _outcome(span):
    return span.attributes["transactscope.outcome"], span.status.status_code


@pytest.mark.usefixtures("shell")
def test_a_commit_is_a_span_with_its_requests(seen, told, table_names):
    """Reads and the commit are under the scope's span, which is under the program's."""
    with told.tracer.start_as_current_span("program") as program, TransactScope(seen) as tx:
        tx.get(Account, "A-1")
        tx.put(Account("A-2"))
    scope = told.span("transaction")
    get, commit = told.children_of(scope)

    assert program.get_span_context().span_id == scope.parent.span_id
    assert [f"GetItem {table_names['Account']}", f"{TX} {table_names['Account']}"] == [
        get.name,
        commit.name,
    ]
    assert {SpanKind.CLIENT} == {get.kind, commit.kind}
    assert 2 == commit.attributes["db.operation.batch.size"]  # the guard of the read, and the put
    assert commit.attributes["aws.request_id"]
    assert get.start_time <= get.end_time <= commit.start_time <= commit.end_time
    assert ("committed", StatusCode.UNSET) == _outcome(scope)


@pytest.mark.usefixtures("shell")
def test_what_is_sent_again_has_a_span_each_time(seen, told, faults):
    """The failed one says why, and the scope, which has succeeded, has the retry as an event."""
    faults.next(TX, throttled())
    with TransactScope(seen) as tx:
        tx.put(Account("A-1"))
    scope = told.span("transaction")
    failed, succeeded = told.children_of(scope)

    assert "TransactionCanceledException" == failed.attributes["error.type"]
    assert "TransactionCanceledException" == failed.attributes["db.response.status_code"]
    assert [StatusCode.ERROR, StatusCode.UNSET, StatusCode.UNSET] == [
        span.status.status_code for span in (failed, succeeded, scope)
    ]
    assert ["transactscope.retry"] == [event.name for event in scope.events]
    assert 2 == scope.attributes["transactscope.attempts"]


@pytest.mark.usefixtures("shell")
def test_a_transaction_that_is_run_again_is_linked(seen, told, faults):
    """Each attempt is a scope, and the second one says which it follows."""
    faults.next(TX, conflict())

    @transactional
    def work(tx):
        tx.get(Account, "A-1")
        tx.put(Account("A-2"))

    with told.tracer.start_as_current_span("program"):
        work(seen)
    first, second = [span for span in told.spans if span.name == "transaction"]
    (link,) = second.links

    assert ("canceled", StatusCode.ERROR) == _outcome(first)
    assert "TransactionConflictError" == first.attributes["error.type"]
    assert ("committed", StatusCode.UNSET) == _outcome(second)
    assert first.context.span_id == link.context.span_id
    assert ["transactscope.rerun"] == [event.name for event in told.span("program").events]


@pytest.mark.usefixtures("shell")
def test_a_condition_of_ones_own_is_an_error_of_the_scope(seen, told):
    """The caller gets an exception, whoever wanted the condition."""
    with pytest.raises(ConditionFailedError), TransactScope(seen) as tx:
        tx.put(Account("A-1"), condition=Attr("number").exists())

    assert ("canceled", StatusCode.ERROR) == _outcome(told.span("transaction"))
    assert "ConditionFailedError" == told.span("transaction").attributes["error.type"]


@pytest.mark.usefixtures("shell")
def test_a_rollback_is_no_error(seen, told):
    """Also where an exception leads to it: that is the program's own."""
    with pytest.raises(KeyError), TransactScope(seen) as tx:
        tx.put(Account("A-1"))
        raise KeyError

    assert [("rolled_back", StatusCode.UNSET)] == [_outcome(span) for span in told.spans]


@pytest.mark.needs("idempotency")
@pytest.mark.usefixtures("shell")
def test_a_commit_in_doubt_and_its_resolution_are_two_spans(make, told, faults):
    """The second may be much later and elsewhere; it says which commit it is about."""
    tx = left_in_doubt(make(max_attempts=1), faults, lost_answer())
    with told.tracer.start_as_current_span("later") as later:
        tx.resolve()
    lost, commit, again, resolved, _ = told.spans

    assert ("in_doubt", StatusCode.ERROR) == _outcome(commit)
    assert ("committed", StatusCode.UNSET) == _outcome(resolved)
    assert [commit.context.span_id, resolved.context.span_id] == [
        lost.parent.span_id,
        again.parent.span_id,
    ]
    assert later.get_span_context().span_id == resolved.parent.span_id
    assert [commit.context.span_id] == [link.context.span_id for link in resolved.links]


@pytest.mark.usefixtures("shell")
def test_single_calls_are_under_the_current_span(seen, told):
    """One span for each request, also of a query."""
    with told.tracer.start_as_current_span("program"):
        seen.put(Account("A-1"))
        seen.get(Account, "A-1")
        list(seen.query(Account, "A-1"))
        seen.delete(Account, "A-1")
    children = told.children_of(told.span("program"))

    assert ["PutItem", "GetItem", "Query", "DeleteItem"] == _named(children)


@pytest.mark.usefixtures("shell")
def test_requests_of_a_batch_are_under_the_current_span(seen, told):
    """Threads and tasks of the batch take the caller's span along."""
    with told.tracer.start_as_current_span("program"):
        seen.batch_write([Account(f"A-{number}") for number in range(60)], in_flight=3)
    children = told.children_of(told.span("program"))

    assert ["BatchWriteItem"] * 3 == _named(children)
    assert 3 == sum(point.count for _, point in told.points("db.client.operation.duration"))


@pytest.mark.needs("capacity")
@pytest.mark.usefixtures("shell")
def test_consumed_units_are_counted(seen, told, table_names):
    """As DynamoDB has reported them; a transactional write of a small item costs two."""
    with TransactScope(seen) as tx:
        tx.put(Account("A-1"))
    ((attributes, point),) = told.points("transactscope.consumed_capacity")

    assert table_names["Account"] == attributes["db.collection.name"]
    assert ("write", 2.0) == (attributes["transactscope.capacity"], point.value)


@pytest.mark.usefixtures("shell")
def test_no_value_and_no_key_is_told(seen, told):
    """Spans leave the process, and are read by more people than tables are."""
    seen.put(Account("number-secret", 123456789123456789))
    with pytest.raises(ConditionFailedError), TransactScope(seen) as tx:
        tx.put(
            Account("number-secret", 765432198765432198),
            condition=Attr("balance").eq(990990990990990),
        )
    everything = told.everything()

    assert "ConditionFailedError" in everything
    assert [] == [
        v
        for v in ("number-secret", "123456789123456789", "765432198765432198", "990990990990990")
        if v in everything
    ]


@pytest.mark.only_sync("of one event loop, without another thread")
def test_tasks_that_run_at_once_have_their_own_parents(client, table_names, told, shell):
    """Two scopes are open in one thread at the same time, each under its own task's span."""
    db = AsyncDatabase(in_threads(client), table_names=table_names, observers=[told.telemetry])

    async def work(name):
        with told.tracer.start_as_current_span(name):
            async with AsyncTransactScope(db) as tx:
                await tx.get(Account, name)
                tx.put(Account(name))

    async def both():
        await asyncio.gather(work("one"), work("other"))

    asyncio.run(both())
    found = [
        _named(told.children_of(scope))
        for name in ("one", "other")
        for scope in told.children_of(told.span(name))
    ]

    assert [["GetItem", TX], ["GetItem", TX]] == found
