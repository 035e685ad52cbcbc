"""Circuit breakers on an engine: what is sent and what is not, and what a refusal means."""

import asyncio
import contextlib
import logging
import pickle
import threading

import pytest
from attrs import define

import transactscope
from tests import shells
from tests.clocks import Clock
from tests.conftest import random_table_name
from tests.contract.entities import Account
from tests.shells import Database, TransactScope
from transactscope import Attr, EntityKey, KeyTemplate, RetryPolicy, ScopeState, entity
from transactscope.errors import (
    CircuitOpenError,
    CommitOutcomeUnknownError,
    ConditionFailedError,
    InvalidRequestError,
    TransactScopeError,
)
from transactscope.ext.breaker import (
    AsyncTableBreaker,
    Breaker,
    Circuit,
    CircuitState,
    TableBreaker,
)
from transactscope.testing import (
    Faults,
    RequestRecorder,
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
from transactscope.types import Health

TX = "TransactWriteItems"
CLOSED, OPEN, HALF_OPEN = CircuitState.CLOSED, CircuitState.OPEN, CircuitState.HALF_OPEN
LOGGER = "transactscope.ext.breaker"
ONCE = RetryPolicy(max_attempts=1, timeout=0)


@pytest.fixture
def clock():
    """The time of a test."""
    return Clock()


@pytest.fixture
def guarded(client, shell, table_names, tokens, pauses):
    """Make a database with a breaker: `guarded(breaker, retry=...)`. It sends everything once."""

    def make(breaker, retry=ONCE):
        return Database(
            client,
            table_names=table_names,
            new_token=tokens,
            clock=lambda: sum(pauses),
            sleep=pauses.append,
            random=lambda: 1.0,
            retry=retry,
            breaker=breaker,
        )

    return make


@pytest.fixture
def breaker(clock):
    """Two overloads open it, for 5 seconds."""
    return Breaker(failures=2, open_for=5, clock=clock)


@pytest.fixture
def db(guarded, breaker):
    """A database with that breaker."""
    return guarded(breaker)


def _commit(db):
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))


def _commit_of_reads(db):
    with TransactScope(db) as tx:
        tx.get_many(EntityKey(Account, "A-1"), EntityKey(Account, "A-2"))


WORK = {
    "PutItem": lambda db: db.put(Account("A-1")),
    "UpdateItem": lambda db: db.update(Account, "A-1", set={"balance": 1}),
    "DeleteItem": lambda db: db.delete(Account, "A-1"),
    "GetItem": lambda db: db.get(Account, "A-1"),
    "TransactWriteItems": _commit,
    "TransactGetItems": _commit_of_reads,
    "CreateTable": lambda db: db.create_table(Account),
}


def _fails(work, db):
    """Do some work that fails, and return its error."""
    with pytest.raises(TransactScopeError) as caught:
        work(db)
    return caught.value


@pytest.mark.parametrize("operation", WORK)
def test_every_kind_of_request_goes_through_the_breaker(db, clock, faults, sent, operation):
    """It opens, nothing is sent while it is open, and one request closes it."""
    work = WORK[operation]
    faults.next(operation, throttled(), no_connection())
    for _ in range(2):
        assert not isinstance(_fails(work, db), CircuitOpenError)
    assert OPEN is db.breaker.state
    assert 2 == sent.count()

    clock.now += 4
    refused = [_fails(WORK[other], db) for other in WORK]
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
        _fails(_two_puts, db)

    assert OPEN is breaker.state


@pytest.mark.parametrize("fault", ANSWERS)
def test_answers_never_count(db, breaker, faults, sent, fault):
    """A program that is wrong, or in which much is going on, is not DynamoDB being down."""
    faults.next(TX, *[ANSWERS[fault]] * 5)
    for _ in range(5):
        _fails(_two_puts, db)

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
    _fails(WORK["PutItem"], db)
    with contextlib.suppress(TransactScopeError), TransactScope(db) as tx:
        tx.client.put_item(TableName="x", Item={"number": {"Z": "A-1"}})
    assert CLOSED is breaker.state

    faults.next("PutItem", throttled())
    _fails(WORK["PutItem"], db)
    assert OPEN is breaker.state


def _open(db, breaker, faults):
    faults.next("GetItem", throttled(), throttled())
    for _ in range(2):
        _fails(WORK["GetItem"], db)
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
        assert CircuitOpenError is type(_fails(work, db))

    assert [] == pauses


def test_repetitions_count_and_are_refused(guarded, breaker, faults, sent, pauses):
    """The circuit may open between two attempts of one commit."""
    faults.next(TX, *[throttled()] * 6)
    refused = _fails(_commit, guarded(breaker, retry=RetryPolicy()))

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
            _fails(WORK["GetItem"], db)
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
    _commit(db)

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


# One circuit for all processes. Two breakers over one table stand for two processes.


@define
class Shared:
    """A table for circuits, a client of its own, and faults and a record of that client."""

    client: object
    faults: Faults
    sent: RequestRecorder
    clock: Clock
    table: str

    def breaker(self, name="test", item=Circuit, **settings):
        """Make the breaker of one more process."""
        settings = {"failures": 2, "open_for": 5, "probe_timeout": 3, "cache_for": 1} | settings
        clocks = {"clock": self.clock, "wall_clock": self.clock} | settings
        options = {"table_names": {"CircuitBreaker": self.table}, "retry": ONCE}
        used = shells.current.client(self.client)
        if shells.current.name == shells.SYNC:
            return TableBreaker(transactscope.Database(used, **options), name, item=item, **clocks)
        return AsyncTableBreaker(
            transactscope.AsyncDatabase(used, **options), name, item=item, **clocks
        )

    def create(self):
        """Create the table."""
        mapped = {"CircuitBreaker": self.table}
        transactscope.Database(self.client, table_names=mapped).create_table(Circuit)
        self.sent.clear()

    def stored(self, name="test"):
        """Read the item with a call of its own."""
        key = {"name": {"S": name}}
        item = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True).get("Item")
        self.sent.clear()
        return transactscope.from_item(Circuit, item) if item else None


@pytest.fixture
def shared(engine, shell, clock):
    """A table for circuits."""
    client = engine.client()
    events = shell.events_of(client)
    with Faults(events) as faults, RequestRecorder(events) as sent:
        made = Shared(client, faults, sent, clock, random_table_name())
        made.create()
        yield made
    client.close()


@pytest.fixture
def pair(guarded, shared):
    """Two databases, each with the breaker of a process of its own."""
    return guarded(shared.breaker()), guarded(shared.breaker())


def _get(db):
    """Read through a breaker; say what came of it."""
    try:
        db.get(Account, "A-1")
    except CircuitOpenError as refused:
        return refused.retry_after
    return "sent"


def _overload(db, faults, times=2):
    faults.next("GetItem", *[throttled()] * times)
    for _ in range(times):
        _fails(WORK["GetItem"], db)


def test_a_closed_circuit_costs_one_read_in_a_while(pair, shared, clock):
    """However many requests are sent; and a circuit that was never open is not stored."""
    one, _ = pair
    for _ in range(3):
        assert ["sent"] * 5 == [_get(one) for _ in range(5)]
        clock.now += 1

    assert ["GetItem"] * 3 == shared.sent.operations
    assert shared.stored() is None


def test_whoever_opens_it_opens_it_for_all(pair, shared, clock, faults, sent):
    """The others notice when their cache is over, and send nothing then."""
    one, other = pair
    assert "sent" == _get(other)
    _overload(one, faults)
    assert Circuit("test", OPEN, 1005.0, 1) == shared.stored()

    assert "sent" == _get(other)  # as it still has it in its cache
    clock.now += 1
    sent.clear()
    assert 4.0 == _get(other) == _get(one)
    assert OPEN is one.breaker.state is other.breaker.state
    assert [] == sent.operations


def test_one_of_them_is_the_probe_and_closes_it_for_all(pair, shared, clock, faults, sent):
    """While it is under way the others are refused, and they notice how it ended."""
    one, other = pair
    _overload(one, faults)
    clock.now += 5
    sent.clear()
    seen = []
    faults.next("GetItem", calling(lambda: seen.append(shared.stored())))
    assert "sent" == _get(one)

    assert [Circuit("test", HALF_OPEN, 1008.0, 2)] == seen
    assert Circuit("test", CLOSED, 0.0, 3) == shared.stored()
    assert "sent" == _get(other)
    assert CLOSED is one.breaker.state is other.breaker.state
    assert ["GetItem"] * 2 == sent.operations


@pytest.mark.only_sync("the test's thread asks while the loop of the others is at work")
@pytest.mark.needs("threads")
def test_while_one_probes_the_others_are_refused(pair, shared, clock, faults):
    """They look again before the probe's time is over, because it ends sooner if all is well."""
    one, other = pair
    _overload(one, faults)
    clock.now += 5
    answers = []
    faults.next("GetItem", calling(lambda: answers.append(_get(other))))
    assert "sent" == _get(one)
    assert [1.0] == answers
    assert OPEN is other.breaker.state

    clock.now += 1
    assert "sent" == _get(other)
    assert CLOSED is other.breaker.state


def test_a_probe_that_fails_opens_it_for_all_again(pair, shared, clock, faults):
    """For as long as before."""
    one, other = pair
    _overload(one, faults)
    clock.now += 5
    _overload(one, faults, 1)
    assert Circuit("test", OPEN, 1010.0, 3) == shared.stored()

    assert 5.0 == _get(other) == _get(one)


def test_a_probe_whose_process_died_is_replaced(pair, shared, clock, faults):
    """Its election is over after its time."""
    one, other = pair
    _overload(one, faults)
    clock.now += 5
    lost = _admit(one.breaker)
    assert lost.is_probe
    assert 1.0 == _get(other)

    clock.now += 2.5
    assert 0.5 == _get(other)
    clock.now += 0.5
    assert "sent" == _get(other)
    _report(one.breaker, lost, Health.OVERLOADED)  # it was not dead, and comes too late
    assert Circuit("test", CLOSED, 0.0, 4) == shared.stored()


def _admit(breaker):
    request = transactscope.types.FrozenRequest("GetItem", {})
    return _now(breaker.admit(request))


def _report(breaker, ticket, health):
    _now(breaker.report(ticket, health))


def _now(value):
    return shells.run(value) if asyncio.iscoroutine(value) else value


def test_an_election_that_was_not_used_is_still_ours(pair, shared, clock, faults):
    """An interrupted probe writes nothing on its way out; the next request needs no election."""
    one, other = pair
    _overload(one, faults)
    clock.now += 5
    _report(one.breaker, _admit(one.breaker), Health.UNKNOWN)
    shared.sent.clear()
    assert 1.0 == _get(other)
    assert "sent" == _get(one)

    assert ["GetItem", "PutItem"] == shared.sent.operations  # the other looks, this one closes


def test_who_loses_the_election_is_refused(pair, shared, clock, faults):
    """Both have read that a probe is due; the conditional write decides."""
    one, other = pair
    _overload(one, faults)
    clock.now += 5
    item = Circuit("test", HALF_OPEN, clock.now + 3, 2)
    mapped = {"CircuitBreaker": shared.table}
    outsider = transactscope.Database(shared.client, table_names=mapped)
    shared.faults.next("PutItem", calling(lambda: outsider.put(item)))
    assert 1.0 == _get(other)
    assert item == shared.stored()


def test_a_circuit_that_was_open_before_a_process_began_is_probed(guarded, shared, clock, faults):
    """All processes may have ended while it was open."""
    _overload(guarded(shared.breaker()), faults)
    clock.now += 60

    assert "sent" == _get(guarded(shared.breaker()))
    assert Circuit("test", CLOSED, 0.0, 3) == shared.stored()


def test_circuits_of_other_names_are_others(guarded, shared, faults):
    """One table holds many."""
    _overload(guarded(shared.breaker("orders")), faults)

    assert "sent" == _get(guarded(shared.breaker("customers")))


@pytest.mark.parametrize("ahead", [-3600.0, 3600.0], ids=["behind", "ahead"])
def test_clocks_that_differ_delay_a_probe_by_no_more_than_its_time(
    guarded, shared, clock, faults, ahead
):
    """Who is ahead probes at once; who is behind waits as if it had just been opened."""
    one = guarded(shared.breaker())
    other = guarded(shared.breaker(wall_clock=lambda: clock.now + ahead))
    _overload(one, faults)
    first = _get(other)
    assert ("sent" if ahead > 0 else 5.0) == first

    clock.now += 5
    assert "sent" == _get(other)
    assert CLOSED is other.breaker.state


def test_a_circuit_may_be_kept_in_a_table_of_the_program(
    guarded, shared, client, fresh_table, faults
):
    """Under a key that nothing else has."""
    table = fresh_table("PK", "SK")
    kept = Shared(shared.client, shared.faults, shared.sent, shared.clock, table)
    breaker = kept.breaker(item=entity_in(table))
    _overload(guarded(breaker), faults)
    key = {"PK": {"S": "BREAKER#test"}, "SK": {"S": "BREAKER"}}

    assert "open" == client.get_item(TableName=table, Key=key)["Item"]["state"]["S"]


def entity_in(table):
    """Register a class of circuits for a table."""

    @entity(
        table,
        partition_key=KeyTemplate("PK", "BREAKER#{name}"),
        sort_key=KeyTemplate("SK", "BREAKER"),
    )
    @define
    class Kept(Circuit):
        """A circuit beside other items."""

    return Kept


def _warnings(caplog, word):
    return [record for record in caplog.records if word in record.getMessage()]


def test_a_missing_table_is_said_once_and_counting_goes_on(guarded, shared, clock, faults, caplog):
    """A breaker that is down with DynamoDB would take the program with it."""
    caplog.set_level(logging.INFO, LOGGER)
    shared.client.delete_table(TableName=shared.table)
    db = guarded(shared.breaker())
    for _ in range(3):
        assert "sent" == _get(db)
        clock.now += 5
    _overload(db, faults)
    assert 5.0 == _get(db)
    clock.now += 5
    assert "sent" == _get(db)  # the probe of this process
    assert CLOSED is db.breaker.state
    (warning,) = _warnings(caplog, "does not serve")
    assert "TableNotFoundError" in warning.getMessage()
    assert "db.create_table()" in warning.getMessage()

    shared.create()
    clock.now += 5
    assert "sent" == _get(db)
    assert 1 == len(_warnings(caplog, "serves again"))


FAILURES = {
    "no access": error("AccessDeniedException"),
    "throttled": throttled(),
    "server error": error("InternalServerError", status=500),
    "time-out": lost_request(),
    "applied, and a time-out": lost_answer(),
    "no connection": no_connection(),
    "a bug": raised(ZeroDivisionError()),
}


@pytest.mark.parametrize("fault", FAILURES)
def test_it_fails_open_whatever_its_table_does(guarded, shared, faults, caplog, fault):
    """Each of its requests may fail, and this process goes by what it sees itself."""
    for operation in ("GetItem", "PutItem"):
        shared.faults.at_random(operation, FAILURES[fault], probability=1, seed=0)
    db = guarded(shared.breaker())
    assert "sent" == _get(db)
    for _ in range(3):
        shared.clock.now += 5
        _overload(db, faults, 2 if db.breaker.state is CLOSED else 1)
        assert 5.0 == _get(db)
    shared.clock.now += 5

    assert "sent" == _get(db)
    assert CLOSED is db.breaker.state
    assert 1 == len(_warnings(caplog, "does not serve"))
    assert [] == [r for r in caplog.records if r.name == "transactscope.breaker"]


@pytest.mark.parametrize("fault", FAILURES)
def test_a_table_that_cannot_be_written_leaves_the_probe_to_each_process(
    guarded, shared, clock, faults, fault
):
    """What could not be told to the others is known here: that nothing is stored closes nothing."""
    shared.faults.at_random("PutItem", FAILURES[fault], probability=1, seed=0)
    db = guarded(shared.breaker(open_for=5))
    _overload(db, faults)
    assert 5.0 == _get(db)

    clock.now += 5.5
    _overload(db, faults, 1)
    assert OPEN is db.breaker.state


def test_a_table_that_goes_in_an_election_makes_the_probe_our_own(guarded, shared, clock, faults):
    """The circuit was open for all, and somebody has to ask."""
    db = guarded(shared.breaker())
    _overload(db, faults)
    shared.faults.next("GetItem", throttled())
    clock.now += 5

    assert "sent" == _get(db)
    assert CLOSED is db.breaker.state


def test_a_table_that_does_not_serve_is_left_alone_for_a_while(guarded, shared, clock, faults):
    """What is overloaded is not asked again by everything that happens."""
    db = guarded(shared.breaker())
    shared.faults.next("GetItem", throttled())
    assert "sent" == _get(db)
    clock.now += 4
    _overload(db, faults)  # nobody is told
    assert ["GetItem"] == shared.sent.operations

    clock.now += 5
    shared.faults.next("GetItem", throttled())
    for _ in range(2):
        ticket = _admit(db.breaker)
        assert ticket.is_probe
        _report(db.breaker, ticket, Health.UNKNOWN)
    assert ["GetItem"] * 2 == shared.sent.operations


@pytest.mark.only_sync("the test's thread asks while the loop of the others is at work")
def test_one_request_at_a_time_looks_at_the_table(guarded, shared):
    """The others go by what is known meanwhile, and do not wait."""
    db = guarded(shared.breaker(cache_for=0))
    meanwhile = []
    shared.faults.next("GetItem", calling(lambda: meanwhile.append(_get(db))))

    assert "sent" == _get(db)
    assert ["sent"] == meanwhile
    assert ["GetItem"] == shared.sent.operations


def test_an_item_that_cannot_be_read_is_a_table_that_does_not_serve(
    guarded, shared, client, caplog
):
    """Somebody else has used the key."""
    item = {"name": {"S": "test"}, "state": {"S": "ajar"}}
    shared.client.put_item(TableName=shared.table, Item=item)

    assert "sent" == _get(guarded(shared.breaker()))
    assert "ConversionError" in _warnings(caplog, "does not serve")[0].getMessage()


def test_two_that_open_it_at_once_do_not_disturb_each_other(pair, shared, clock, faults):
    """The second finds another turn, and follows the table when its time is over."""
    one, other = pair
    _get(other)
    _overload(one, faults)
    _overload(other, faults)
    assert Circuit("test", OPEN, 1005.0, 1) == shared.stored()

    clock.now += 5
    assert "sent" == _get(other)
    assert Circuit("test", CLOSED, 0.0, 3) == shared.stored()


def test_its_own_view_is_shown(shared):
    """In a debugger."""
    kind = "TableBreaker" if shells.current.name == shells.SYNC else "AsyncTableBreaker"

    assert f"<{kind} test: closed>" == repr(shared.breaker())


def test_a_false_condition_elsewhere_is_no_matter_of_the_breaker(pair, shared):
    """Its own conditional writes and those of the program do not meet."""
    one, _ = pair
    with pytest.raises(ConditionFailedError):
        one.update(Account, "A-1", set={"balance": 1}, condition=Attr("balance").gt(0))

    assert CLOSED is one.breaker.state


# What only asynchronous code can do: a task is canceled.


async def _cancel_while_under_way(work, under_way):
    task = asyncio.create_task(work)
    await asyncio.to_thread(under_way.wait, 10)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return task


@pytest.mark.needs("threads")
def test_a_canceled_probe_makes_room(client, table_names, clock, breaker):
    """Its task is gone, and would never report."""
    threaded = transactscope.in_threads(client)
    db = transactscope.AsyncDatabase(threaded, table_names=table_names, breaker=breaker, retry=ONCE)
    under_way, go_on = threading.Event(), threading.Event()

    def hang():
        under_way.set()
        go_on.wait(60)

    async def main():
        with Faults(client) as faults:
            faults.next("GetItem", throttled(), throttled(), calling(hang))
            for _ in range(2):
                with contextlib.suppress(TransactScopeError):
                    await db.get(Account, "A-1")
            clock.now += 5
            task = await _cancel_while_under_way(db.get(Account, "A-1"), under_way)
            states = [breaker.state]
            go_on.set()
            await db.get(Account, "A-1")
            return task, [*states, breaker.state]

    task, states = asyncio.run(main())
    assert task.cancelled()
    assert [HALF_OPEN, CLOSED] == states


@pytest.mark.needs("threads")
def test_a_commit_that_is_canceled_while_the_breaker_looks_is_not_in_doubt(
    client, table_names, clock
):
    """Its own request was never sent; what hung was the breaker's."""
    threaded = transactscope.in_threads(client)
    breaker = AsyncTableBreaker(transactscope.AsyncDatabase(threaded, retry=ONCE), clock=clock)
    db = transactscope.AsyncDatabase(threaded, table_names=table_names, breaker=breaker)
    under_way, go_on = threading.Event(), threading.Event()

    def hang():
        under_way.set()
        go_on.wait(60)

    async def main():
        tx = transactscope.AsyncTransactScope(db).begin()
        tx.put(Account("A-1"))
        with Faults(client) as faults, RequestRecorder(client) as sent:
            faults.next("GetItem", calling(hang))
            task = await _cancel_while_under_way(tx.commit(), under_way)
            go_on.set()
            return task, tx.state, sent.count(TX)

    task, state, commits = asyncio.run(main())
    assert task.cancelled()
    assert ScopeState.CANCELED is state
    assert 0 == commits


@pytest.mark.needs("threads")
def test_a_task_that_is_canceled_in_an_election_makes_room(client, table_names, clock, engine):
    """Nobody has the ticket that it would have got."""
    plain = transactscope.Database(client, table_names={"CircuitBreaker": random_table_name()})
    plain.create_table(Circuit)
    own = engine.client()
    options = {"retry": ONCE, "table_names": plain._environment.builder.table_names}
    breaker = AsyncTableBreaker(
        transactscope.AsyncDatabase(transactscope.in_threads(own), **options),
        failures=1,
        open_for=5,
        clock=clock,
        wall_clock=clock,
    )
    db = transactscope.AsyncDatabase(
        transactscope.in_threads(client), table_names=table_names, breaker=breaker, retry=ONCE
    )
    under_way, go_on = threading.Event(), threading.Event()

    def hang():
        under_way.set()
        go_on.wait(60)

    async def main():
        with Faults(client) as faults, Faults(own) as of_breaker:
            faults.next("GetItem", throttled())
            with contextlib.suppress(TransactScopeError):
                await db.get(Account, "A-1")
            clock.now += 5
            of_breaker.next("GetItem", calling(hang))
            await _cancel_while_under_way(db.get(Account, "A-1"), under_way)
            go_on.set()
            await db.get(Account, "A-1")

    asyncio.run(main())
    own.close()
    assert CLOSED is breaker.state
