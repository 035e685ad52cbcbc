"""Circuit breakers on an engine: what is sent and what is not, and what a refusal means."""

import contextlib
import pickle
import threading

import pytest

import transactscope
from tests.contract.breaker.given import CLOSED, HALF_OPEN, ONCE, OPEN, TX, WORK, commit, fails
from tests.contract.entities import Account
from tests.shells import TransactScope
from transactscope import RetryPolicy, ScopeState
from transactscope.errors import (
    CircuitOpenError,
    CommitOutcomeUnknownError,
    ConditionFailedError,
    InvalidRequestError,
    TransactScopeError,
)
from transactscope.ext.breaker import AsyncTableBreaker, Breaker
from transactscope.testing import (
    Faults,
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


@pytest.mark.parametrize("operation", WORK)
def test_every_kind_of_request_goes_through_the_breaker(db, clock, faults, sent, operation):
    """It opens, nothing is sent while it is open, and one request closes it."""
    work = WORK[operation]
    faults.next(operation, throttled(), no_connection())
    for _ in range(2):
        assert not isinstance(fails(work, db), CircuitOpenError)
    assert OPEN is db.breaker.state
    assert 2 == sent.count()

    clock.now += 4
    refused = [fails(WORK[other], db) for other in WORK]
    assert [CircuitOpenError] * len(WORK) == [type(each) for each in refused]
    assert {1.0} == {each.retry_after for each in refused}
    assert 2 == sent.count()

    clock.now += 1
    work(db)
    assert CLOSED is db.breaker.state
    assert 3 <= sent.count()  # creating a table also looks at it


OVERLOADS = {
    "throttled": throttled(),
    "throttled beside a condition": canceled("ConditionalCheckFailed", "ThrottlingError"),
    "at top level": error("ProvisionedThroughputExceededException"),
    "limit": error("RequestLimitExceeded"),
    "server error": error("InternalServerError", status=500),
    "unavailable": error("SomethingElse", status=503),
    "lost request": lost_request(),
    "lost answer": lost_answer(),
    "no connection": no_connection(),
}

ANSWERS = {
    "conflict": conflict(),
    "condition": canceled("None", "ConditionalCheckFailed"),
    "validation": error("ValidationException"),
    "access": error("AccessDeniedException"),
    "mismatch": error("IdempotentParameterMismatchException"),
    "in progress": error("TransactionInProgressException"),
    "item collection": canceled("ItemCollectionSizeLimitExceeded", "None"),
}


def _two_puts(db):
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))
        tx.put(Account("A-2"))


@pytest.mark.parametrize("fault", OVERLOADS)
def test_overloads_count(db, breaker, faults, fault):
    """Sending more would make them worse."""
    faults.next(TX, OVERLOADS[fault], OVERLOADS[fault])
    for _ in range(2):
        fails(_two_puts, db)

    assert OPEN is breaker.state


@pytest.mark.parametrize("fault", ANSWERS)
def test_answers_never_count(db, breaker, faults, sent, fault):
    """A program that is wrong, or in which much is going on, is not DynamoDB being down."""
    faults.next(TX, *[ANSWERS[fault]] * 5)
    for _ in range(5):
        fails(_two_puts, db)

    assert CLOSED is breaker.state
    assert 5 == sent.count(TX)


def test_conditions_that_are_false_are_answers(db, breaker):
    """As DynamoDB itself says it."""
    db.put(Account("A-1"))
    for _ in range(3):
        with pytest.raises(ConditionFailedError):
            db.insert(Account("A-1"))

    assert CLOSED is breaker.state


def test_what_this_side_does_wrong_says_nothing(db, breaker, faults, sent):
    """The client refuses such a request by itself."""
    faults.next("PutItem", throttled())
    fails(WORK["PutItem"], db)
    with contextlib.suppress(TransactScopeError), TransactScope(db) as tx:
        tx.client.put_item(TableName="x", Item={"number": {"Z": "A-1"}})
    assert CLOSED is breaker.state

    faults.next("PutItem", throttled())
    fails(WORK["PutItem"], db)
    assert OPEN is breaker.state


def _open(db, breaker, faults):
    faults.next("GetItem", throttled(), throttled())
    for _ in range(2):
        fails(WORK["GetItem"], db)
    assert OPEN is breaker.state


def test_a_commit_that_is_refused_is_canceled(db, breaker, faults, sent, stored):
    """Nothing was sent, so nothing is in doubt, and nobody tries again by himself."""
    _open(db, breaker, faults)
    sent.clear()
    tx = TransactScope(db).begin()
    tx.put(Account("A-1"))
    with pytest.raises(CircuitOpenError) as caught:
        tx.commit()

    assert ScopeState.CANCELED is tx.state
    assert 5.0 == caught.value.retry_after
    assert [] == sent.operations
    assert stored("A-1") is None


def test_a_refusal_pickles_with_its_time():
    """Task queues send errors to other processes."""
    refusal = CircuitOpenError("it is open", retry_after=1.5)
    copied = pickle.loads(pickle.dumps(refusal))  # noqa: S301 - it is our own

    assert ("it is open", 1.5, False) == (str(copied), copied.retry_after, copied.retryable)
    assert CircuitOpenError("it is open").retry_after is None


def test_a_refusal_is_not_repeated_by_the_policy(guarded, breaker, faults, sent, pauses):
    """Repeating is what the breaker is there to stop."""
    _open(guarded(breaker), breaker, faults)
    db = guarded(breaker, retry=RetryPolicy())
    pauses.clear()
    for work in WORK.values():
        assert CircuitOpenError is type(fails(work, db))

    assert [] == pauses


def test_repetitions_count_and_are_refused(guarded, breaker, faults, sent, pauses):
    """The circuit may open between two attempts of one commit."""
    faults.next(TX, *[throttled()] * 6)
    refused = fails(commit, guarded(breaker, retry=RetryPolicy()))

    assert CircuitOpenError is type(refused)
    assert 2 == sent.count(TX)
    assert 2 == len(pauses)


def test_a_commit_in_doubt_stays_in_doubt(guarded, clock, faults, sent, stored):
    """That its repetition was not sent says nothing of what was sent before."""
    db = guarded(Breaker(failures=1, clock=clock), retry=RetryPolicy())
    faults.next(TX, lost_answer())
    with pytest.raises(CommitOutcomeUnknownError), TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert ScopeState.IN_DOUBT is tx.state
    assert 1 == sent.count(TX)
    assert stored("A-1") is not None


def test_a_write_in_doubt_stays_in_doubt(guarded, clock, faults, sent):
    """A put without a condition is sent again, and it may have been applied before."""
    db = guarded(Breaker(failures=1, clock=clock), retry=RetryPolicy())
    faults.next("PutItem", lost_answer())
    with pytest.raises(CommitOutcomeUnknownError):
        db.put(Account("A-1"))

    assert 1 == sent.count("PutItem")


def test_a_read_that_is_refused_leaves_the_scope_as_it_was(db, breaker, clock, faults):
    """The program may go on without it."""
    _open(db, breaker, faults)
    with TransactScope(db) as tx:
        with pytest.raises(CircuitOpenError):
            tx.get(Account, "A-1")
        assert ScopeState.ACTIVE is tx.state
        tx.put(Account("A-2"))
        clock.now += 5

    assert ScopeState.COMMITTED is tx.state
    assert CLOSED is breaker.state


@pytest.mark.only_sync("a task is canceled, not interrupted; see below")
def test_a_probe_that_is_interrupted_makes_room(db, breaker, clock, faults):
    """Ctrl-C in the probe must not keep the circuit open."""
    _open(db, breaker, faults)
    clock.now += 5
    faults.next("PutItem", raised(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        db.put(Account("A-1"))
    assert HALF_OPEN is breaker.state

    db.put(Account("A-1"))
    assert CLOSED is breaker.state


@pytest.mark.only_sync("the loop of the other shells is one thread")
@pytest.mark.needs("threads")
def test_of_many_threads_one_sends_the_probe(db, breaker, clock, faults, sent):
    """The others are refused while it is under way."""
    _open(db, breaker, faults)
    clock.now += 5
    sent.clear()
    all_refused, refused = threading.Event(), []
    faults.next("GetItem", calling(lambda: all_refused.wait(60)))

    def read():
        try:
            db.get(Account, "A-1")
        except CircuitOpenError:
            refused.append(1)
            if len(refused) == 7:
                all_refused.set()

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 7 == len(refused)
    assert ["GetItem"] == sent.operations
    assert CLOSED is breaker.state


def test_calls_that_pass_through_to_the_client_are_not_asked_about(
    client, table_names, breaker, faults
):
    """They are calls of the user's own client."""
    db = transactscope.Database(client, table_names=table_names, breaker=breaker, retry=ONCE)
    with Faults(client) as own:
        own.next("GetItem", throttled(), throttled())
        for _ in range(2):
            fails(WORK["GetItem"], db)
    with transactscope.TransactScope(db) as tx:
        key = {"number": {"S": "A-1"}}
        answer = tx.client.get_item(TableName=table_names["Account"], Key=key)

    assert OPEN is breaker.state
    assert "Item" not in answer


class Reckless:
    """A breaker with mistakes."""

    def admit(self, request):
        """Fail."""
        raise RuntimeError(request.operation)

    def report(self, ticket, health):  # noqa: ARG002 - a mistake, too
        """Never be called, for there is no ticket."""
        raise AssertionError


def test_a_breaker_with_mistakes_keeps_nobody_from_sending(guarded, stored, caplog):
    """It is logged, and everything goes on as if there were none."""
    db = guarded(Reckless())
    commit(db)

    assert stored("A-1") is not None
    assert ["transactscope.breaker"] == [record.name for record in caplog.records]


@pytest.mark.parametrize(
    ("breaker", "name"),
    [(Breaker, "Breaker"), (3, "int"), (len, "builtin_function_or_method")],
    ids=["class", "number", "function"],
)
def test_what_is_no_breaker_is_refused(guarded, breaker, name):
    """When the database is made."""
    with pytest.raises(InvalidRequestError, match=f"admit.. and report.., not {name}"):
        guarded(breaker)


def test_an_asynchronous_breaker_is_refused_by_a_synchronous_database(client):
    """Nobody would await it."""
    threaded = transactscope.in_threads(client)
    breaker = AsyncTableBreaker(transactscope.AsyncDatabase(threaded))
    with pytest.raises(InvalidRequestError, match="AsyncTableBreaker has to be awaited"):
        transactscope.Database(client, breaker=breaker)

    assert breaker is transactscope.AsyncDatabase(threaded, breaker=breaker).breaker
    assert transactscope.Database(client).breaker is None
