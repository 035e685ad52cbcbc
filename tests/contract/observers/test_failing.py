"""Observers that fail."""

import logging
import random

import pytest

from tests.contract.entities import Account
from tests.contract.observers.given import TX, Recorder
from tests.shells import Database, TransactScope
from transactscope import Attr, RetryPolicy
from transactscope.errors import CommitOutcomeUnknownError, ConditionFailedError, TransactScopeError
from transactscope.testing import canceled, lost_answer, lost_request, throttled
from transactscope.types import EventKind

LOGGER = "transactscope.observers"

BELOW_FOUR = Attr("balance").not_exists() | Attr("balance").lt(4)


@pytest.mark.parametrize("kind", list(EventKind), ids=lambda kind: kind.name)
def test_an_observer_that_fails_changes_nothing_and_is_logged(
    watched, recorder, faults, caplog, kind
):
    """The others are told all the same, and the log says at what it failed."""
    others = Recorder()
    db = watched(others, max_attempts=2)
    recorder.at[kind] = LookupError("a bug")
    faults.next(TX, throttled())
    with TransactScope(db) as tx:
        tx.put(Account("A-1", 1))
    with TransactScope(db) as dropped:
        dropped.rollback()
    with pytest.raises(ConditionFailedError), TransactScope(db) as refused:
        refused.insert(Account("A-1", 2))
    faults.next(TX, lost_request(), lost_request())
    with pytest.raises(CommitOutcomeUnknownError), TransactScope(db) as doubtful:
        doubtful.put(Account("A-2", 1))

    states = [scope.state.name for scope in (tx, dropped, refused, doubtful)]
    assert ["COMMITTED", "ROLLED_BACK", "CANCELED", "IN_DOUBT"] == states
    assert 1 == db.get(Account, "A-1").balance
    assert recorder.events == others.events
    failures = [record for record in caplog.records if record.name == LOGGER]
    assert [(logging.ERROR, kind.value)] == [
        (record.levelno, record.transactscope_event) for record in failures
    ]
    assert kind.name in failures[0].getMessage()


@pytest.fixture
def deaf(capsys):
    """A filter that fails on every record of the library; what it raised is on standard error."""

    def fail(_record):
        raise LookupError("a bug in a filter")

    loggers = [logging.getLogger(name) for name in (LOGGER, "transactscope.retries")]
    for logger in loggers:
        logger.addFilter(fail)
    yield lambda: capsys.readouterr().err.count("LookupError: a bug in a filter")
    for logger in loggers:
        logger.removeFilter(fail)


@pytest.mark.parametrize("kind", ["BEGIN", "STAGE", "ATTEMPT", "RETRY", "COMMIT"])
def test_a_log_that_cannot_be_written_changes_nothing(watched, recorder, faults, deaf, kind):
    """Filters and handlers are the program's; what they raise must not look like a lost commit."""
    db = watched(max_attempts=2)
    recorder.at[EventKind[kind]] = LookupError("a bug")
    faults.next(TX, lost_answer())
    with TransactScope(db) as tx:
        tx.put(Account("A-1", 1))

    assert ("COMMITTED", 1) == (tx.state.name, db.get(Account, "A-1").balance)
    assert 2 == deaf()  # of the observer, and of the request that was sent again


def test_a_log_that_cannot_be_written_changes_no_single_write(watched, recorder, stored, deaf):
    """The write is done, and says so."""
    recorder.at[EventKind.COMMIT] = LookupError("a bug")
    result = watched().put(Account("A-1", 1))

    assert result.sent
    assert "1" == stored("A-1")["balance"]["N"]
    assert 1 == deaf()


def test_an_observer_that_returns_what_has_to_be_awaited_is_logged(watched, caplog):
    """Nobody awaits it; a program that is told nothing of it would wait for ever."""

    async def later(_):
        raise AssertionError

    class Promise:
        def __await__(self):
            raise AssertionError

    watched(later.__call__, lambda _: Promise()).put(Account("A-1"))

    messages = [record.exc_info[1].args[0] for record in caplog.records if record.name == LOGGER]
    told = [
        f"an observer returned {name}, which nobody awaits" for name in ("coroutine", "Promise")
    ]
    assert told * 2 == messages


@pytest.mark.parametrize("returned", [5, "", object(), [None]], ids=["5", "text", "object", "list"])
def test_what_an_observer_returns_does_not_matter(watched, caplog, returned):
    """A lambda returns something, whether it is meant or not."""
    watched(lambda _: returned).put(Account("A-1"))

    assert [] == [record for record in caplog.records if record.name == LOGGER]


@pytest.mark.parametrize("seed", range(4))
def test_observers_that_raise_at_random_change_no_outcome(client, shell, table_names, faults, seed):
    """The same faults, with and without observers: the same states, errors and items."""
    chance = random.Random(seed)

    def moody(_):
        if chance.random() < 0.5:
            raise LookupError("a bug")

    def outcomes(name, **options):
        policy = RetryPolicy(max_attempts=2)
        db = Database(
            client, table_names=table_names, retry=policy, sleep=lambda _: None, **options
        )
        plan = random.Random(seed)
        pool = [throttled(), canceled("TransactionConflict"), lost_request(), lost_answer()]
        for number in range(12):
            if plan.random() < 0.6:
                faults.next(TX, *plan.choices(pool, k=plan.randint(1, 3)))
            yield _outcome(db, f"{name}-{number % 3}")

    plain = list(outcomes("plain"))
    assert plain == list(outcomes("observed", observers=[moody, moody]))
    assert 1 < len(set(plain))


def _outcome(db, number):
    try:
        with TransactScope(db) as tx:
            tx.update(Account, number, add={"balance": 1}, condition=BELOW_FOUR)
    except TransactScopeError as error:
        return type(error).__name__, tx.state.name, _balance(db, number)
    return tx.state.name, tx.result.attempts, _balance(db, number)


def _balance(db, number):
    found = db.get(Account, number)
    return None if found is None else found.balance
