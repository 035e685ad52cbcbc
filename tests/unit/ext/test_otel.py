"""What OpenTelemetry is told of events, by events that are made here."""

import asyncio
import contextvars
import json
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased
from opentelemetry.semconv import schemas
from opentelemetry.semconv._incubating.attributes import aws_attributes
from opentelemetry.semconv._incubating.attributes import (
    db_attributes as db_attributes_in_development,
)
from opentelemetry.semconv.attributes import db_attributes, error_attributes
from opentelemetry.semconv.metrics import db_metrics
from opentelemetry.trace import SpanKind, StatusCode

from tests.project.doc_tables import rows
from tests.project.tree import ROOT
from tests.telemetry import Collected
from transactscope.errors import (
    CommitOutcomeUnknownError,
    ConditionFailedError,
    InvalidRequestError,
    StaleReadError,
)
from transactscope.ext.otel import Telemetry, names
from transactscope.ext.otel.facts import ABANDONED, OUTCOMES
from transactscope.ext.otel.metrics import BUCKETS
from transactscope.types import Event, EventKind

SECOND = 1_000_000_000
METRICS = ("OPERATION_DURATION", "WRITE_DURATION", "RETRIES", "ROLLBACKS", "CONSUMED_CAPACITY")


class Told(Collected):
    """A `Telemetry` that is told of events by hand, and a clock that a test sets."""

    def __init__(self, sampler=ALWAYS_ON, **options):
        self.now = 1000 * SECOND
        super().__init__(sampler, time_ns=lambda: self.now, **options)

    def tell(self, kind, work=1, *, verb="commit", is_scope=True, **facts):
        """Tell of an event that has just happened."""
        self.telemetry(Event(kind=kind, time=0.0, work=work, is_scope=is_scope, verb=verb, **facts))

    def after(self, seconds):
        """Let time pass."""
        self.now += round(seconds * SECOND)

    def attempt(self, work=1, **facts):
        """Tell of a request of a scope that has taken a quarter of a second."""
        self.after(0.25)
        told = {"operation": "TransactWriteItems", "tables": ("Account",), "seconds": 0.25}
        self.tell(EventKind.ATTEMPT, work, **(told | {"attempts": 1} | facts))

    def single(self, work=1, **facts):
        """Tell of a single PutItem."""
        told = {"operation": "PutItem", "verb": "put", "is_scope": False}
        self.attempt(work, **(told | facts))


@pytest.fixture
def told():
    """A `Telemetry` that records everything."""
    return Told()


def refusal(code):
    """What botocore raises where DynamoDB answers with a code."""
    return ClientError({"Error": {"Code": code, "Message": "secret"}}, "TransactWriteItems")


def summaries(count):
    """Stand for what a commit has sent: only their number is looked at."""
    return lambda: (None,) * count


def test_a_scope_is_a_span_with_its_request_in_it(told):
    """From where it begins to its end, and the request for as long as its answer took."""
    told.tell(EventKind.BEGIN, verb="begin")
    told.after(1)
    told.attempt(request_id="R-1")
    told.after(1)
    told.tell(EventKind.COMMIT, attempts=1, seconds=0.3, list_actions=summaries(3))
    request, scope = told.spans

    assert ("TransactWriteItems Account", SpanKind.CLIENT) == (request.name, request.kind)
    assert (1001 * SECOND, 1001.25 * SECOND) == (request.start_time, request.end_time)
    assert {
        "db.system.name": "aws.dynamodb",
        "db.operation.name": "TransactWriteItems",
        "db.collection.name": "Account",
        "db.operation.batch.size": 3,
        "aws.dynamodb.table_names": ("Account",),
        "aws.request_id": "R-1",
    } == dict(request.attributes)
    assert ("transaction", SpanKind.INTERNAL) == (scope.name, scope.kind)
    assert (1000 * SECOND, 1002.25 * SECOND) == (scope.start_time, scope.end_time)
    expected = {"transactscope.outcome": "committed", "transactscope.attempts": 1}
    assert expected == dict(scope.attributes)
    assert scope.context.span_id == request.parent.span_id
    assert [StatusCode.UNSET] * 2 == [span.status.status_code for span in told.spans]


def test_spans_say_who_makes_them(told):
    """Views and samplers go by the name; the version of the conventions is part of it."""
    told.single()
    (span,) = told.spans

    assert "transactscope" == span.instrumentation_scope.name
    assert names.SCHEMA_URL == span.instrumentation_scope.schema_url


def test_a_scope_is_under_the_span_where_it_begins(told):
    """Where it ends may be elsewhere."""
    with told.tracer.start_as_current_span("one") as one:
        told.tell(EventKind.BEGIN, verb="begin")
    with told.tracer.start_as_current_span("other"):
        told.attempt()
        told.tell(EventKind.COMMIT)

    assert one.get_span_context().span_id == told.span("transaction").parent.span_id
    assert (
        one.get_span_context().trace_id == told.span("TransactWriteItems Account").context.trace_id
    )


def test_a_single_call_is_under_the_current_span(told):
    """It has no span of its own around its requests."""
    with told.tracer.start_as_current_span("outer") as outer:
        told.single()
        told.tell(EventKind.COMMIT, verb="put", is_scope=False, operation="PutItem", seconds=0.25)
    put = told.span("PutItem Account")

    assert outer.get_span_context().span_id == put.parent.span_id
    assert ["PutItem Account", "outer"] == [span.name for span in told.spans]
    assert "db.operation.batch.size" not in put.attributes


def test_a_request_to_several_tables_names_none_of_them(told):
    """Names of spans have few values, and no table stands for the others."""
    told.single(operation="BatchWriteItem", tables=("A", "B"))
    (span,) = told.spans

    assert "BatchWriteItem" == span.name
    assert "db.collection.name" not in span.attributes
    assert ("A", "B") == span.attributes["aws.dynamodb.table_names"]


def test_a_transaction_of_one_action_is_no_batch(told):
    """The conventions have it like this; so has a commit in which nobody counts."""
    told.tell(EventKind.BEGIN)
    told.attempt()
    told.tell(EventKind.COMMIT, attempts=1, list_actions=summaries(1))

    assert "db.operation.batch.size" not in told.spans[0].attributes


def test_spans_end_also_where_actions_cannot_be_listed(told):
    """The database logs what an observer raises; the trace must not lack the commit for it."""
    told.tell(EventKind.BEGIN)
    told.attempt()
    with pytest.raises(ZeroDivisionError):
        told.tell(EventKind.COMMIT, list_actions=lambda: 1 / 0)

    assert ["TransactWriteItems Account", "transaction"] == [span.name for span in told.spans]


def test_reads_of_a_scope_end_at_once(told):
    """Only attempts at the commit wait for how many actions they had."""
    told.tell(EventKind.BEGIN)
    told.attempt(operation="GetItem", verb="get")

    assert ["GetItem Account"] == [span.name for span in told.spans]


def test_consumed_units_are_told_as_dynamodb_tells_them(told):
    """By table, and only those that were reported."""
    told.single(read_units={"A": 0.5, "C": 1.0}, write_units={"A": 2.0, "B": 4.0})
    consumed = told.spans[0].attributes["aws.dynamodb.consumed_capacity"]

    assert [
        {
            "TableName": "A",
            "CapacityUnits": 2.5,
            "ReadCapacityUnits": 0.5,
            "WriteCapacityUnits": 2.0,
        },
        {"TableName": "C", "CapacityUnits": 1.0, "ReadCapacityUnits": 1.0},
        {"TableName": "B", "CapacityUnits": 4.0, "WriteCapacityUnits": 4.0},
    ] == [json.loads(text) for text in consumed]


FAILURES = {
    "refused": (refusal("ThrottlingException"), "ThrottlingException", "ThrottlingException"),
    "lost": (ConnectTimeoutError(endpoint_url="here"), "ConnectTimeoutError", None),
    "strange": (ClientError({}, "PutItem"), "ClientError", None),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_an_attempt_that_failed_says_why(told, failure):
    """DynamoDB's code if it has answered, else the exception; never its text, which may quote."""
    error, kind, code = FAILURES[failure]
    told.single(error=error)
    (span,) = told.spans

    assert kind == span.attributes["error.type"]
    assert code == span.attributes.get("db.response.status_code")
    assert (StatusCode.ERROR, None) == (span.status.status_code, span.status.description)
    assert () == span.events


ENDS = {
    EventKind.CANCEL: (ConditionFailedError("no"), "canceled", "ConditionFailedError"),
    EventKind.IN_DOUBT: (CommitOutcomeUnknownError("?"), "in_doubt", "CommitOutcomeUnknownError"),
    EventKind.ROLLBACK: (None, "rolled_back", None),
    EventKind.COMMIT: (None, "committed", None),
}


@pytest.mark.parametrize("kind", ENDS, ids=lambda kind: kind.name)
def test_a_scope_says_how_it_has_ended(told, kind):
    """What is raised to the caller is an error; a rollback that somebody wanted is none."""
    error, outcome, error_type = ENDS[kind]
    told.tell(EventKind.BEGIN)
    told.tell(kind, error=error)
    (span,) = told.spans

    assert outcome == span.attributes["transactscope.outcome"]
    assert error_type == span.attributes.get("error.type")
    expected = StatusCode.UNSET if error is None else StatusCode.ERROR
    assert expected == span.status.status_code


def test_a_replay_is_told(told):
    """The same was committed before; somebody may wonder why nothing changed."""
    told.tell(EventKind.BEGIN)
    told.tell(EventKind.COMMIT, replayed=True)

    assert told.span("transaction").attributes["transactscope.replayed"] is True


def test_a_retry_is_an_event_of_the_scope(told):
    """Every attempt has a span, with its number from the second on; all know the size."""
    told.tell(EventKind.BEGIN)
    told.attempt(error=refusal("ThrottlingException"))
    told.tell(EventKind.RETRY, attempts=1, seconds=0.1, error=refusal("ThrottlingException"))
    told.after(0.1)
    told.attempt(attempts=2)
    told.tell(EventKind.COMMIT, attempts=2, list_actions=summaries(2))
    first, second, scope = told.spans
    (event,) = scope.events

    assert ("transactscope.retry", 1000.25 * SECOND) == (event.name, event.timestamp)
    assert {
        "transactscope.attempt": 1,
        "transactscope.pause": 0.1,
        "error.type": "ThrottlingException",
    } == dict(event.attributes)
    assert [None, 2] == [each.attributes.get("transactscope.attempt") for each in (first, second)]
    assert [2, 2] == [each.attributes["db.operation.batch.size"] for each in (first, second)]
    assert [1000.25 * SECOND, 1000.6 * SECOND] == [first.end_time, second.end_time]
    assert StatusCode.UNSET == scope.status.status_code


def test_a_retry_of_a_single_call_is_an_event_of_the_current_span(told):
    """It has none of its own, and who looks at the current one wonders where the time went."""
    with told.tracer.start_as_current_span("outer"):
        told.single(error=refusal("ThrottlingException"))
        told.tell(EventKind.RETRY, is_scope=False, verb="put", attempts=1)

    assert ["transactscope.retry"] == [event.name for event in told.span("outer").events]


def test_attempts_of_a_rerun_are_linked(told):
    """Each is a scope of its own; the next one says whose place it takes, and why."""
    with told.tracer.start_as_current_span("outer"):
        told.tell(EventKind.BEGIN, 1)
        told.tell(EventKind.CANCEL, 1, error=StaleReadError("changed"))
        told.tell(EventKind.RETRY, 1, attempts=1, error=StaleReadError("changed"), is_rerun=True)
        told.tell(EventKind.BEGIN, 3)
        told.tell(EventKind.ROLLBACK, 3)
        told.tell(EventKind.BEGIN, 2, rerun_of=1)
        told.tell(EventKind.COMMIT, 2)
    first, third, second, outer = told.spans
    (link,) = second.links
    why = {"transactscope.attempt": 1, "error.type": "StaleReadError"}

    assert first.context.span_id == link.context.span_id
    assert why == dict(link.attributes)
    assert [("transactscope.rerun", why)] == [(e.name, dict(e.attributes)) for e in outer.events]
    assert ((), ()) == (first.links, third.links)


def test_a_scope_after_a_canceled_one_is_not_linked(told):
    """Only a re-run takes another's place, and only what this observer has told itself."""
    other = Told()
    told.tell(EventKind.BEGIN, 1)
    told.tell(EventKind.CANCEL, 1)
    told.tell(EventKind.RETRY, 9, attempts=1, is_rerun=True)
    other.tell(EventKind.BEGIN, 2)
    other.tell(EventKind.RETRY, 1, attempts=1, is_rerun=True)
    told.tell(EventKind.BEGIN, 3, rerun_of=9)
    told.tell(EventKind.COMMIT, 3)
    other.tell(EventKind.COMMIT, 2)

    assert [()] * 3 == [span.links for span in (*told.spans, *other.spans)]


def test_only_so_many_canceled_scopes_are_kept():
    """Most are never run again, and a program that runs for years has many."""
    told = Told(max_open=2)
    for work in (1, 2, 3):
        told.tell(EventKind.BEGIN, work)
        told.tell(EventKind.CANCEL, work)
    for work in (1, 2, 3):
        told.tell(EventKind.BEGIN, 10 + work, rerun_of=work)
        told.tell(EventKind.COMMIT, 10 + work)

    assert [0, 1, 1] == [len(span.links) for span in told.spans[3:]]


def test_a_scope_in_doubt_is_resolved_in_a_span_of_its_own(told):
    """It may be much later, in another request; a link leads back to the commit."""
    told.tell(EventKind.BEGIN)
    told.attempt(error=ConnectTimeoutError(endpoint_url="here"))
    told.tell(EventKind.IN_DOUBT, attempts=1, error=CommitOutcomeUnknownError("?"))
    told.tell(EventKind.RETRY, attempts=1)  # nothing is under way that it could be an event of
    told.after(60)
    with told.tracer.start_as_current_span("later") as later:
        told.attempt(verb="resolve")
        told.tell(EventKind.COMMIT, verb="resolve", attempts=1, list_actions=summaries(2))
    commit, scope, again, resolved, _ = told.spans
    (link,) = resolved.links

    assert "resolve transaction" == resolved.name
    assert scope.context.span_id == commit.parent.span_id == link.context.span_id
    assert resolved.context.span_id == again.parent.span_id
    assert later.get_span_context().span_id == resolved.parent.span_id
    assert again.start_time == resolved.start_time
    assert "committed" == resolved.attributes["transactscope.outcome"]
    assert 2 == again.attributes["db.operation.batch.size"]


def test_a_scope_may_stay_in_doubt(told):
    """Each try to resolve it has a span; one that sends nothing has none."""
    told.tell(EventKind.BEGIN)
    told.tell(EventKind.IN_DOUBT)
    told.attempt(verb="resolve")
    told.tell(EventKind.IN_DOUBT, verb="resolve")
    told.tell(EventKind.CANCEL, verb="resolve")
    told.tell(EventKind.CANCEL, verb="resolve")  # it is over, and forgotten
    outcomes = [span.attributes.get("transactscope.outcome") for span in told.spans]

    assert ["in_doubt", None, "in_doubt"] == outcomes


def test_scopes_that_are_dropped_are_given_up():
    """Nobody tells their end; so many are kept, and those in doubt have ended already."""
    told = Told(max_open=2)
    told.tell(EventKind.BEGIN, 1)
    told.attempt(1)
    told.tell(EventKind.BEGIN, 2)
    told.tell(EventKind.IN_DOUBT, 2)
    for work in (3, 4):
        told.tell(EventKind.BEGIN, work)
    told.tell(EventKind.COMMIT, 1)
    told.tell(EventKind.COMMIT, 4)
    outcomes = [span.attributes.get("transactscope.outcome") for span in told.spans]

    assert ["in_doubt", None, "abandoned", "committed"] == outcomes
    assert 1 == len(told.telemetry._spans._scopes)


def test_a_request_of_a_scope_that_was_given_up_has_a_span():
    """It is under what is current, as that of a single call."""
    told = Told(max_open=1)
    for work in (1, 2):
        told.tell(EventKind.BEGIN, work)
    told.attempt(1)

    assert ["transaction", "TransactWriteItems Account"] == [span.name for span in told.spans]
    assert told.spans[1].parent is None


def test_what_is_not_recorded_costs_no_more():
    """Neither has a request of it a span, nor is it listed what was sent."""
    told = Told(ParentBased(ALWAYS_OFF))
    told.tell(EventKind.BEGIN)
    told.attempt()
    told.tell(EventKind.RETRY, attempts=1)
    told.tell(EventKind.COMMIT, list_actions=lambda: pytest.fail("was listed"))
    told.single(2)

    assert () == told.spans
    assert 2 == len(told.points("db.client.operation.duration"))


def test_without_a_sdk_nothing_happens():
    """A library may be observed long before somebody decides where that goes."""
    telemetry = Telemetry()
    for kind in EventKind:
        telemetry(Event(kind=kind, time=0.0, work=1, is_scope=True, verb="commit"))

    assert not trace.get_current_span().is_recording()


def test_client_spans_can_be_left_to_botocore():
    """Then the scope's span is all that is added, and measures stay."""
    told = Told(client_spans=False)
    told.tell(EventKind.BEGIN)
    told.attempt()
    told.tell(EventKind.COMMIT, attempts=1)
    told.single(2)

    assert ["transaction"] == [span.name for span in told.spans]
    assert 2 == len(told.points("db.client.operation.duration"))


def test_staging_is_not_told(told):
    """A scope may stage a hundred calls; what was sent counts."""
    told.tell(EventKind.BEGIN)
    told.tell(EventKind.STAGE, verb="put")
    told.tell(EventKind.COMMIT)

    assert () == told.span("transaction").events


def test_tasks_have_their_own_parents(told):
    """Two scopes that are open at the same time in one thread are not mixed up."""

    async def work(number):
        with told.tracer.start_as_current_span(f"parent {number}"):
            told.tell(EventKind.BEGIN, number)
            await asyncio.sleep(0)
            told.attempt(number, tables=(f"T{number}",))
            await asyncio.sleep(0)
            told.tell(EventKind.COMMIT, number, attempts=number)

    async def both():
        await asyncio.gather(work(1), work(2))

    asyncio.run(both())
    by_id = {span.context.span_id: span for span in told.spans}
    lines = [
        (span.name, by_id[span.parent.span_id].attributes["transactscope.attempts"])
        for span in told.spans
        if span.kind is SpanKind.CLIENT
    ]
    scopes = [span for span in told.spans if span.name == "transaction"]

    assert [("TransactWriteItems T1", 1), ("TransactWriteItems T2", 2)] == lines
    assert ["parent 1", "parent 2"] == [by_id[span.parent.span_id].name for span in scopes]


def test_many_threads_may_tell(told):
    """Each scope keeps its own spans, and none is left over."""

    def work(start):
        for number in range(start, start + 20):
            told.tell(EventKind.BEGIN, number)
            told.attempt(number)
            told.tell(EventKind.COMMIT, number, attempts=1)

    threads = [
        threading.Thread(target=contextvars.Context().run, args=(work, start))
        for start in (0, 100, 200, 300)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    children = [span.parent.span_id for span in told.spans if span.kind is SpanKind.CLIENT]

    assert 80 == len(set(children))
    assert {} == dict(told.telemetry._spans._scopes)


def test_the_duration_of_requests_is_measured(told):
    """In seconds, in the classes that the conventions recommend, with what its span says."""
    told.single(error=refusal("ValidationException"))
    ((attributes, point),) = told.points("db.client.operation.duration")

    assert {
        "db.system.name": "aws.dynamodb",
        "db.operation.name": "PutItem",
        "db.collection.name": "Account",
        "error.type": "ValidationException",
        "db.response.status_code": "ValidationException",
    } == attributes
    assert (1, 0.25) == (point.count, point.sum)
    assert BUCKETS == tuple(point.explicit_bounds)


def test_the_duration_of_writes_is_measured(told):
    """Of commits and single writes, with retries; what nobody has timed is not guessed."""
    told.tell(EventKind.COMMIT, verb="put", is_scope=False, operation="PutItem", seconds=0.5)
    told.tell(EventKind.CANCEL, seconds=1.0, error=ConditionFailedError("no"))
    told.tell(EventKind.COMMIT, verb="resolve")
    points = told.points("transactscope.write.duration")
    (put, _), (commit, _) = points

    assert ("put", "committed", "PutItem") == (
        put["transactscope.verb"],
        put["transactscope.outcome"],
        put["db.operation.name"],
    )
    assert ("commit", "canceled", "ConditionFailedError") == (
        commit["transactscope.verb"],
        commit["transactscope.outcome"],
        commit["error.type"],
    )
    assert [0.5, 1.0] == [point.sum for _, point in points]


def test_retries_and_rollbacks_are_counted(told):
    """Sending again and running again are told apart."""
    told.tell(EventKind.RETRY, operation="PutItem", error=refusal("ThrottlingException"))
    told.tell(EventKind.RETRY, error=StaleReadError("changed"), is_rerun=True)
    told.tell(EventKind.ROLLBACK)
    retries = told.points("transactscope.retries")
    ((_, rollbacks),) = told.points("transactscope.rollbacks")

    assert [(False, "ThrottlingException", 1), (True, "StaleReadError", 1)] == [
        (attributes["transactscope.rerun"], attributes["error.type"], point.value)
        for attributes, point in retries
    ]
    assert 1 == rollbacks.value


def test_consumed_units_are_counted_once(told):
    """A commit's end tells the units of its requests once more."""
    told.tell(EventKind.BEGIN)
    told.attempt(write_units={"A": 2.0}, read_units={"A": 1.0})
    told.attempt(write_units={"A": 2.0, "B": 4.0})
    told.tell(EventKind.COMMIT, write_units={"A": 4.0, "B": 4.0})
    counted = {
        (attributes["db.collection.name"], attributes["transactscope.capacity"]): point.value
        for attributes, point in told.points("transactscope.consumed_capacity")
    }

    assert {("A", "read"): 1.0, ("A", "write"): 4.0, ("B", "write"): 4.0} == counted


def test_no_value_and_no_key_is_told(told):
    """Texts of errors may have keys, and DynamoDB's own quote values."""
    told.tell(EventKind.BEGIN, client_request_token="secret")
    told.attempt(error=refusal("ValidationException"), client_request_token="secret")
    told.tell(EventKind.RETRY, error=ValueError("secret"))
    told.tell(EventKind.CANCEL, error=ConditionFailedError("secret", server_message="secret"))
    everything = told.everything()

    assert "ConditionFailedError" in everything
    assert "secret" not in everything


def _texts_of(*modules):
    """List every text that the constants and enumerations of modules have."""
    for name, value in (pair for module in modules for pair in vars(module).items()):
        if name.endswith("Values"):
            yield from (member.value for member in value)
        elif isinstance(value, str):
            yield value


def test_names_are_those_of_the_conventions():
    """A name with a mistake is a column that nobody finds; the package has all that there are."""
    known = set(_texts_of(aws_attributes, db_attributes, db_metrics, error_attributes))
    known.add(db_attributes_in_development.DbSystemNameValues.AWS_DYNAMODB.value)
    known.add(schemas.Schemas.V1_44_0.value)
    ours = {value for name, value in vars(names).items() if name.isupper()}

    assert {names.TRANSACTION_SPAN, names.RESOLVE_SPAN} == {
        value for value in ours - known if not value.startswith("transactscope")
    }
    assert 12 == len(ours & known)


def test_the_tables_of_the_guide_have_every_name():
    """Who builds a dashboard reads them there."""
    guide = "docs/how-to/opentelemetry.md"
    own = {name: value for name, value in vars(names).items() if name.isupper()}
    metrics = {own[name] for name in METRICS}
    spans = {own[name] for name in ("TRANSACTION_SPAN", "RESOLVE_SPAN")}
    no_attributes = {"SCHEMA_URL", "INSTRUMENTATION", "DYNAMODB", "RETRY_EVENT", "RERUN_EVENT"}
    others = {value for name, value in own.items() if name not in no_attributes}
    text = (ROOT / guide).read_text(encoding="utf-8")

    assert others - metrics - spans == {row[0] for row in rows(guide, "attribute", "of")}
    assert metrics == {row[0] for row in rows(guide, "metric")}
    assert spans < {row[0] for row in rows(guide, "span")}
    assert all(f"`{own[name]}`" in text for name in ("RETRY_EVENT", "RERUN_EVENT"))
    assert all(f"`{outcome}`" in text for outcome in (*OUTCOMES.values(), ABANDONED))


REFUSED = {
    "tracer_provider": [object(), "tracer"],
    "meter_provider": [object(), TracerProvider()],
    "max_open": [0, True, 1.5, None],
    "time_ns": [0, None, lambda: "now", lambda: 1.5],
    "client_spans": ["False", None, []],
}


def test_a_provider_that_fails_is_an_argument_that_cannot_be_used():
    """A program that is put together wrongly hears of it at its start."""
    empty = SimpleNamespace(get_meter=lambda *_: None)
    with pytest.raises(InvalidRequestError, match="Telemetry") as caught:
        Telemetry(meter_provider=empty)

    assert "UNREADABLE_ARGUMENT" == caught.value.code


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in REFUSED.items() for value in values],
    ids=[f"{name}-{number}" for name, values in REFUSED.items() for number in range(len(values))],
)
def test_arguments_are_checked(name, value):
    """What cannot be used is named where it is given, and not when something happens."""
    with pytest.raises(InvalidRequestError, match=f"^{name}= must"):
        Telemetry(**{name: value})


def test_the_missing_package_is_named():
    """Whoever imports it without OpenTelemetry learns what to install."""
    program = "import sys; sys.modules['opentelemetry.trace'] = None; import transactscope.ext.otel"
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert "needs opentelemetry-api: install transactscope[otel]" in ended.stderr
