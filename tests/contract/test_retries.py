"""What the library sends again by itself, what it never does, and that botocore does not."""

import pytest
from botocore.exceptions import NoCredentialsError

from tests.contract.entities import Account, Sheet
from tests.shells import Database, TransactScope
from transactscope import Attr, EntityKey, RetryPolicy, ScopeState
from transactscope.errors import (
    CommitOutcomeUnknownError,
    InvalidRequestError,
    NotSentError,
    RequestRejectedError,
    ThrottledError,
    TransactionCanceledError,
    TransactionConflictError,
)
from transactscope.testing import (
    Faults,
    RequestRecorder,
    answer,
    calling,
    canceled,
    conflict,
    error,
    lost_answer,
    lost_request,
    no_connection,
    raised,
    throttled,
)

TX = "TransactWriteItems"

TRANSIENT = {
    "conflict": conflict(),
    "throttled": throttled(),
    "both": canceled("TransactionConflict", "ThrottlingError"),
    "throttled at top level": error("ThrottlingException"),
    "request limit": error("RequestLimitExceeded"),
    "nobody there": no_connection(),
}


@pytest.mark.parametrize("fault", TRANSIENT)
def test_a_commit_that_was_refused_for_the_moment_is_sent_again_as_it_was(
    db, faults, sent, pauses, fault
):
    """The same bytes with the same token, so it applies once whatever happened."""
    faults.next(TX, TRANSIENT[fault], TRANSIENT[fault])
    with TransactScope(db) as tx:
        tx.update(Account, "A-1", add={"balance": 1})
        tx.update(Account, "A-2", add={"balance": 1})

    assert 3 == tx.result.attempts == sent.count(TX)
    assert 1 == len({str(request.body) for request in sent.requests})
    assert [0.025, 0.05] == pauses
    assert 1 == db.get(Account, "A-1").balance


def test_guards_do_not_keep_a_commit_from_being_sent_again(db, faults, account):
    """A guard is judged anew each time; outside a re-run nobody can read again."""
    faults.next(TX, conflict())
    with TransactScope(db) as tx:
        read = tx.get(Account, "A-1")
        read.balance += 1
        tx.update(read)

    assert 2 == tx.result.attempts


@pytest.mark.parametrize(
    "fault",
    [
        canceled("TransactionConflict", "ConditionalCheckFailed"),
        canceled("TransactionConflict", "ValidationError"),
        canceled("ThrottlingError", "SomethingNew"),
        error("ValidationException"),
        error("AccessDeniedException"),
    ],
    ids=["condition", "validation", "unknown code", "top level", "access"],
)
def test_one_reason_that_is_not_transient_is_enough_to_stop(db, faults, sent, fault):
    """xoto3 and others retried a ValidationError because a conflict stood beside it."""
    faults.next(TX, fault)
    with pytest.raises((TransactionCanceledError, RequestRejectedError)), TransactScope(db) as tx:
        tx.put(Account("A-1"))
        tx.put(Account("A-2"))

    assert [TX] == sent.operations


def test_the_budget_of_a_commit_begins_with_it(db, always, sent, pauses):
    """Six attempts, and then the last error with a note."""
    always(conflict(), TX)
    with pytest.raises(TransactionConflictError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert 6 == sent.count(TX)
    assert 5 == len(pauses)
    assert ["transactscope: given up after 6 attempt(s) in 0.775 seconds"] == caught.value.__notes__
    assert ScopeState.CANCELED is tx.state


def test_a_scope_may_have_a_timeout_of_its_own(db, always, sent):
    """0 means that nothing is sent again."""
    always(conflict(), TX)
    with pytest.raises(TransactionConflictError), TransactScope(db, timeout=0) as tx:
        tx.put(Account("A-1"))

    assert 1 == sent.count(TX)


@pytest.mark.only_sync("a task is canceled, not interrupted")
def test_an_interruption_of_a_pause_leaves_nothing_in_doubt(client, table_names, faults):
    """The last answer was a clear no."""

    def interrupt(_):
        raise KeyboardInterrupt

    faults.next(TX, conflict())
    db = Database(client, table_names=table_names, sleep=interrupt)
    with pytest.raises(KeyboardInterrupt) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert ScopeState.CANCELED is tx.state
    assert "nothing was applied" in caught.value.__notes__[0]
    assert db.get(Account, "A-1") is None


@pytest.mark.parametrize("fault", [conflict(), throttled(), no_connection()])
def test_single_writes_are_sent_again_after_a_clear_no(db, faults, sent, fault):
    """Nothing was applied, so any write may come again."""
    for operation in ("PutItem", "UpdateItem", "DeleteItem"):
        faults.next(operation, fault)

    results = [
        db.insert(Account("A-1")),
        db.update(Account, "A-1", add={"balance": 1}),
        db.delete(Account, "A-2"),
    ]

    assert [2, 2, 2] == [result.attempts for result in results]
    assert 6 == len(sent.requests)


UNGUARDED = {
    "put": lambda db: db.put(Account("A-1")),
    "delete": lambda db: db.delete(Account, "A-1"),
}
GUARDED = {
    "insert": lambda db: db.insert(Account("A-1")),
    "replace": lambda db: db.replace(Account("A-1")),
    "put with a condition": lambda db: db.put(Account("A-1"), condition=Attr("note").not_exists()),
    "put with a version": lambda db: db.put(Sheet("A-1")),
    "delete with a version": lambda db: db.delete(Sheet("A-1")),
    "update": lambda db: db.update(Account, "A-1", set={"balance": 1}),
}
AMBIGUOUS = {
    "lost": lost_request(),
    "server fault": error("InternalServerError", status=500),
    "garbage": answer(200, b"<html>"),
}


@pytest.mark.parametrize("fault", AMBIGUOUS)
@pytest.mark.parametrize("write", UNGUARDED)
def test_a_write_that_does_the_same_twice_is_sent_again_after_a_doubt(db, faults, write, fault):
    """A put or delete without any condition leaves the same, applied once or twice."""
    for operation in ("PutItem", "DeleteItem"):
        faults.next(operation, AMBIGUOUS[fault])

    assert 2 == UNGUARDED[write](db).attempts


@pytest.mark.parametrize("fault", AMBIGUOUS)
@pytest.mark.parametrize("write", GUARDED)
def test_any_other_single_write_is_in_doubt_at_once(db, faults, sent, write, fault):
    """A second send would meet what the first one did, and its answer would be wrong."""
    for operation in ("PutItem", "UpdateItem", "DeleteItem"):
        faults.next(operation, AMBIGUOUS[fault])
    with pytest.raises(CommitOutcomeUnknownError) as caught:
        GUARDED[write](db)

    assert 1 == len(sent.requests)
    assert caught.value.client_request_token is None


def test_a_doubt_that_stays_one_is_reported_as_one(db, always, sent):
    """However often the put was sent."""
    always(lost_request(), "PutItem")
    with pytest.raises(CommitOutcomeUnknownError):
        db.put(Account("A-1"))

    assert 6 == sent.count("PutItem")


@pytest.mark.parametrize(
    "fault",
    [throttled(), lost_request(), lost_answer(), no_connection(), answer(200, b"["), conflict()],
)
def test_reads_are_sent_again_whatever_happened(db, faults, account, fault):
    """They change nothing."""
    faults.next("GetItem", fault)
    faults.next("TransactGetItems", fault)
    assert account == db.get(Account, "A-1")
    with TransactScope(db) as tx:
        assert [account] == tx.get_many(EntityKey(Account, "A-1"))

    assert not faults.pending


def test_reads_in_a_rerun_end_with_it(client, table_names, always, account):
    """Time is one budget, whoever waits."""
    always(throttled(), "GetItem")
    pauses = []
    db = Database(
        client,
        table_names=table_names,
        retry=RetryPolicy(max_attempts=50, base_delay=1, max_delay=1, jitter=0),
        clock=lambda: sum(pauses),
        sleep=pauses.append,
    )
    with pytest.raises(ThrottledError):
        for attempt in db.attempts(timeout=3.5):
            with attempt as tx:
                pauses.append(2.0)  # the function's own work takes time, too
                tx.get(Account, "A-1")

    assert [2.0, 1.0] == pauses


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_botocore_makes_one_attempt_of_each_of_ours(engine, table_names, mode):
    """Its own repetitions would be counted nowhere; the user's calls keep them."""
    client = engine.client(retries={"mode": mode, "total_max_attempts": 3})
    recorder = RequestRecorder(client)
    faults = Faults(client)
    for operation in (TX, "PutItem", "GetItem"):
        faults.at_random(operation, throttled(), probability=1, seed=0)
    db = Database(client, table_names=table_names, retry=RetryPolicy(max_attempts=2), sleep=id)

    for work in (lambda: _put_in_a_scope(db), lambda: db.put(Account("A-1"))):
        with pytest.raises(ThrottledError):
            work()
    with pytest.raises(ThrottledError):
        db.get(Account, "A-1")
    ours = [TX] * 2 + ["PutItem"] * 2 + ["GetItem"] * 2
    assert ours == recorder.operations

    key = {"number": {"S": "A-1"}}
    with pytest.raises(client.exceptions.ClientError):
        client.get_item(TableName=table_names["Account"], Key=key)
    assert 3 == recorder.count("GetItem") - 2


def _put_in_a_scope(db):
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))


def test_a_call_of_the_users_inside_one_of_ours_keeps_its_retries(engine, table_names):
    """A handler that calls the client meanwhile is not ours."""
    client = engine.client(retries={"total_max_attempts": 3})
    other = engine.client(retries={"total_max_attempts": 3})
    Database(other)
    recorder = RequestRecorder(other)
    Faults(other).next("DescribeTable", error("InternalServerError", status=500))
    name = table_names["Account"]
    Faults(client).next(TX, calling(lambda: other.describe_table(TableName=name)))

    _put_in_a_scope(Database(client, table_names=table_names))

    assert ["DescribeTable"] * 2 == recorder.operations


def test_the_clients_own_exception_stays_the_cause(db, client, shell, account):
    """Code that knows boto3 finds what boto3 would have raised."""
    with pytest.raises(TransactionCanceledError) as caught, TransactScope(db) as tx:
        tx.insert(Account("A-1"))

    cause = caught.value.__cause__
    exceptions = shell.events_of(client).exceptions
    assert isinstance(cause, exceptions.TransactionCanceledException)
    assert 0 == cause.response["ResponseMetadata"]["RetryAttempts"]


@pytest.mark.not_direct("no server can take credentials away")
def test_what_is_not_retryable_is_raised_without_a_note(db, faults, pauses):
    """A note about a budget would say that something was tried."""
    faults.next(TX, raised(NoCredentialsError()))
    with pytest.raises(NotSentError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert [] == pauses
    assert not hasattr(caught.value, "__notes__")


@pytest.mark.parametrize(
    "setting",
    [
        {"retry": 3},
        {"retry": {"max_attempts": 3}},
        {"clock": 5},
        {"sleep": 1},
        {"random": 0.5},
        {"new_token": "t"},
    ],
    ids=str,
)
def test_settings_that_cannot_be_used_are_named(client, setting):
    """At the database, not at the first conflict in production."""
    (name,) = setting
    with pytest.raises(InvalidRequestError, match=f"{name}="):
        Database(client, **setting)


NO_ANSWERS = {
    "no responses": {},
    "none": {"Responses": None},
    "too few": {"Responses": []},
    "too many": {"Responses": [{}, {}]},
    "no entry": {"Responses": [None]},
}


@pytest.mark.parametrize("body", NO_ANSWERS)
def test_an_answer_without_an_entry_for_each_read_is_none(db, faults, sent, account, body):
    """It says nothing about the items, so they are read again."""
    faults.next("TransactGetItems", answer(200, NO_ANSWERS[body]))
    with TransactScope(db) as tx:
        assert [account] == tx.get_many(EntityKey(Account, "A-1"), guard=False)

    assert 2 == sent.count("TransactGetItems")


def test_answers_that_never_have_an_entry_for_each_read_end(db, always, sent):
    """The budget bounds them like answers that nobody can read."""
    always(answer(200, {}), "TransactGetItems")
    with pytest.raises(NotSentError, match="no answer came") as caught, TransactScope(db) as tx:
        tx.get_many(EntityKey(Account, "A-1"))

    assert caught.value.retryable
    assert 6 == sent.count("TransactGetItems")
