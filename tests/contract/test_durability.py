"""What a scope says of its outcome is what is stored, also where the engine dies at work.

dynoxide keeps its items in a file and is killed as a crash would kill it. It forgets tokens then,
as DynamoDB does after ten minutes, so what keeps a commit from being applied twice is its marker.
"""

import collections
import logging
import threading
import time

import pytest

from tests.contract import bank
from tests.crowds import together
from transactscope import Database, RetryPolicy, ScopeState
from transactscope.errors import (
    CommitOutcomeUnknownError,
    ConditionFailedError,
    NotSentError,
)
from transactscope.testing import Faults, lost_answer, lost_request

pytestmark = [pytest.mark.needs("persistence"), pytest.mark.slow]

THREADS = 8
COMMITS = 120  # per thread
KILLS = 14
LOST = 0.02  # of all requests, or their answers: few kills hit one that is under way
ACCOUNTS = 6
TABLE, TX = "Bank", "TransactWriteItems"
IMPATIENT = {"connect_timeout": 2, "read_timeout": 5, "max_pool_connections": THREADS + 1}


class Crashes:
    """Kills the engine whenever so many commits have begun, and starts it again.

    Nobody sleeps: who has to wait for the engine waits until it is there.
    """

    def __init__(self, engine, due):
        self.engine = engine
        self.count = 0
        self.is_up = threading.Event()
        self.is_up.set()
        self._due = frozenset(due)
        self._begun = 0
        self._counting, self._crashing = threading.Lock(), threading.Lock()

    def one_more_commit(self, while_down):
        """Count a commit that is about to begin; if its turn has come, crash before it."""
        with self._counting:
            self._begun += 1
            is_due = self._begun in self._due
        if is_due:
            self.crash(while_down)

    def crash(self, while_down):
        """Kill the engine while others are in their commits, do something, and start it."""
        with self._crashing:
            self.is_up.clear()
            self.engine.kill()
            self.count += 1
            while_down()
            self.engine.restart()
            self.is_up.set()

    def wait_until_up(self, _seconds=0.0):
        """Wait for the engine; stands for every pause of the library, too."""
        assert self.is_up.wait(timeout=30)


@pytest.fixture(autouse=True)
def _without_warnings(caplog):
    """Leave out of the report what is logged of every request that is sent again."""
    caplog.set_level(logging.ERROR, logger="transactscope")


@pytest.fixture
def client(durable_engine):
    """A client that gives up soon, over the engine that dies."""
    made = durable_engine.client(**IMPATIENT)
    yield made
    made.close()


@pytest.fixture
def crashes(durable_engine):
    """Kills at moments that are the same in every run, counted in commits."""
    dice = bank.stream("kills")
    total = THREADS * COMMITS
    share = total // (KILLS + 1)
    return Crashes(
        durable_engine, (share * n + dice.randint(1, share) for n in range(1, KILLS + 1))
    )


@pytest.fixture
def databases(client, crashes):
    """One that sends everything once, and one that goes on until the engine is there again."""
    once = RetryPolicy(max_attempts=1)
    patient = RetryPolicy(max_attempts=100, timeout=60)
    return tuple(
        Database(client, retry=policy, sleep=crashes.wait_until_up) for policy in (once, patient)
    )


@pytest.fixture
def accounts(databases):
    """The numbers of accounts that are open."""
    db = databases[0]
    db.create_table(bank.Account)
    numbers = bank.account_numbers(ACCOUNTS)
    for number in numbers:
        db.put(bank.Account(number))
    return numbers


def test_no_outcome_is_wrong_while_the_engine_is_killed(
    client, databases, accounts, crashes, record_property
):
    """Acknowledged is stored, refused is absent, in doubt is one of both and then stored once."""
    transfers, told = {}, []

    def try_one(db, transfer):
        transfers[transfer.name] = transfer
        told.append((transfer, *bank.tried(db, transfer)))

    def work(number):
        dice = bank.stream(number)
        for turn in range(COMMITS):
            name, db = f"{number}.{turn}", dice.choice(databases)
            transfer = bank.drawn_transfer(dice, name, accounts, is_guarded=dice.random() < 0.5)
            unsent = bank.Transfer(f"{name}.down", *accounts[:2], 1)
            crashes.one_more_commit(lambda unsent=unsent: try_one(databases[0], unsent))
            try_one(db, transfer)
            crashes.wait_until_up()

    started = time.monotonic()
    with Faults(client) as faults:
        faults.at_random(TX, lost_request(), lost_answer(), probability=LOST, seed="lost")
        together(THREADS, work)

    books = bank.Books.of(client, TABLE)
    books.audit(transfers)
    _assert_as_told(books, told)
    in_doubt = [(transfer, tx) for transfer, tx, _ in told if tx.state is ScopeState.IN_DOUBT]
    were_applied = sum(transfer.name in books.made for transfer, _ in in_doubt)
    _assert_unknown_while_down(crashes, in_doubt[0][1])
    for turn, (transfer, tx) in enumerate(in_doubt):
        _resolve(databases[1], transfer, tx, is_forgotten=turn % 2 == 1)

    resolved = bank.Books.of(client, TABLE)
    resolved.audit(transfers)
    _assert_as_told(resolved, told)
    assert {1} == set(resolved.made.values())
    assert {transfer.name for transfer, tx, _ in told if _is_committed(tx)} == set(resolved.made)
    states = collections.Counter(tx.state for _, tx, _ in told)
    assert ScopeState.IN_DOUBT not in states
    figures = {
        "commits": len(told),
        "acknowledged": sum(error is None for *_, error in told),
        "replayed": sum(error is None and tx.result.replayed for _, tx, error in told),
        "refused": sum(isinstance(error, ConditionFailedError) for *_, error in told),
        "never sent": sum(isinstance(error, NotSentError) for *_, error in told),
        "in doubt": len(in_doubt),
        "of these applied": were_applied,
        "resolved": sum(_is_committed(tx) for _, tx in in_doubt),
        "requests or answers lost by injection": faults.happened,
        "kills": crashes.count,
        "seconds": round(time.monotonic() - started, 1),
    }
    bank.tell(record_property, "durability", figures)
    assert figures["commits"] >= 500
    assert figures["kills"] >= 5
    assert min(figures["acknowledged"], figures["refused"], figures["never sent"]) > 0


def _is_committed(tx):
    return tx.state is ScopeState.COMMITTED


def _assert_as_told(books, told):
    """Compare what every scope says with what is stored; in doubt is not wrong either way."""
    stored = set(books.made)
    for transfer, tx, error in told:
        if tx.state is not ScopeState.IN_DOUBT:
            assert (transfer.name in stored) is _is_committed(tx), (transfer, tx, error)
        refusals = (ConditionFailedError,) if transfer.is_guarded else ()
        known = (*refusals, NotSentError, CommitOutcomeUnknownError, type(None))
        assert isinstance(error, known), error


def _assert_unknown_while_down(crashes, tx):
    """A scope that cannot ask stays in doubt; nobody takes the lost engine for a no."""

    def ask():
        with pytest.raises(CommitOutcomeUnknownError):
            tx.resolve()

    crashes.crash(ask)

    assert ScopeState.IN_DOUBT is tx.state


def _resolve(db, transfer, tx, *, is_forgotten):
    """Find out how a commit has ended: by its scope, and as a process that was started anew.

    Args:
        db: The database of the process that was started anew.
        transfer: What was to be committed.
        tx: Its scope, which is in doubt.
        is_forgotten: Whether the new process comes first.
    """
    if not is_forgotten:
        _resolved(tx)
    anew, error = bank.tried(db, transfer)
    if is_forgotten:
        _resolved(tx)
    outcomes = {type(error), tx.state}
    assert outcomes in (
        {type(None), ScopeState.COMMITTED},
        {ConditionFailedError, ScopeState.CANCELED},
    )
    assert anew.state is tx.state
    if anew.result is not None:
        assert anew.result.replayed or tx.result.replayed


def _resolved(tx):
    try:
        tx.resolve()
    except ConditionFailedError:
        assert ScopeState.CANCELED is tx.state
