"""Sixteen threads on a few accounts, and every fifth request meets a fault of any kind.

Nobody is told anything wrong: what a scope says of its outcome is compared with what is stored.
"""

import collections
import contextlib
import json
import logging
import threading
import time

import attrs
import pytest

from tests.contract import bank
from tests.crowds import together
from transactscope import Database, EntityKey, RetryPolicy, ScopeState
from transactscope.errors import (
    CommitOutcomeUnknownError,
    ConditionFailedError,
    NotSentError,
    RequestRejectedError,
    StaleReadError,
    ThrottledError,
    TransactionConflictError,
)
from transactscope.testing import (
    Fault,
    Faults,
    RequestRecorder,
    conflict,
    every_fault,
    in_progress,
    throttling_error,
)

pytestmark = [
    pytest.mark.needs("threads", "idempotency"),
    pytest.mark.slow,
    pytest.mark.contention,
]

THREADS = 16
TRANSFERS = 50  # per thread
ACCOUNTS = 5
PROBABILITY = 0.2
TX = "TransactWriteItems"

APPLIED = frozenset(every_fault(applied=True))
# What times out is among them: `timed_out()` equals `lost_request()`.
KINDS = (*every_fault(), throttling_error("RequestLimitExceeded"))
READ_KINDS = tuple(kind for kind in every_fault(applied=False) if kind != in_progress())

# What a transfer may end with; anything else is a mistake of the library.
KNOWN = (
    CommitOutcomeUnknownError,
    ConditionFailedError,
    NotSentError,
    RequestRejectedError,
    StaleReadError,
    ThrottledError,
    TransactionConflictError,
)


@attrs.frozen
class Tally:
    """What was injected, and which tokens were applied while nobody was told."""

    kinds: collections.Counter = attrs.field(factory=collections.Counter)
    applied: set = attrs.field(factory=set)
    lock: threading.Lock = attrs.field(factory=threading.Lock)


@attrs.frozen(repr=False)
class Counted(Fault):
    """A fault that is counted, where it is one that DynamoDB can show.

    Identical calls with one token "produce the same result on the server" [TransactWriteItems, API
    Reference, 2026-11], so what was applied meets no conflict when it is sent again. It is read
    again, which can be throttled.
    """

    fault: Fault
    tally: Tally = attrs.field(eq=False)

    def begin(self, send):
        """Let the request arrive, if that is part of the fault."""
        return self.fault.begin(send) if self._can_happen(send) else None

    def meet(self, send):
        """Count the fault and let it happen."""
        if not self._can_happen(send):
            return None
        with self.tally.lock:
            self.tally.kinds[repr(self.fault)] += 1
            if self.fault in APPLIED:
                self.tally.applied.add(send.body["ClientRequestToken"])
        return self.fault.meet(send)

    def _can_happen(self, send):
        token = send.body.get("ClientRequestToken")
        return self.fault != conflict() or token not in self.tally.applied


@pytest.fixture(autouse=True)
def _without_warnings(caplog):
    """Leave out of the report what is logged of every request that is sent again."""
    caplog.set_level(logging.ERROR, logger="transactscope")


@pytest.fixture
def client(engine):
    """A client with a connection for every thread."""
    made = engine.client(max_pool_connections=THREADS)
    yield made
    made.close()


@pytest.fixture
def table(fresh_table):
    """The table of the bank."""
    return fresh_table("number")


@pytest.fixture
def databases(client, table):
    """One that goes on until it knows, and one that sends everything once. Neither waits."""
    patient = RetryPolicy(max_attempts=10_000, timeout=120)
    once = RetryPolicy(max_attempts=1)
    return tuple(
        Database(client, table_names={"Bank": table}, retry=policy, sleep=lambda _: None)
        for policy in (patient, once)
    )


@pytest.fixture
def accounts(databases):
    """The numbers of accounts that are open."""
    numbers = bank.account_numbers(ACCOUNTS)
    for number in numbers:
        databases[0].put(bank.Account(number))
    return numbers


@contextlib.contextmanager
def _faults_of_all_kinds(client, tally):
    with Faults(client) as faults:
        for operation, kinds in (
            (TX, KINDS),
            ("GetItem", READ_KINDS),
            ("TransactGetItems", READ_KINDS),
        ):
            counted = [Counted(kind, tally, call=repr(kind)) for kind in kinds]
            faults.at_random(operation, *counted, probability=PROBABILITY, seed=f"soak {operation}")
        yield


def test_no_outcome_is_wrong_under_faults_of_all_kinds(
    client, table, databases, accounts, record_property
):
    """Every transfer is there once or not at all, as its scopes have said."""
    told, tally = [], Tally()

    def work(number):
        dice = bank.stream(number)
        for turn in range(TRANSFERS):
            make = dice.choice((_by_reading, _by_adding, _by_adding))
            transfer = _drawn(dice, number, turn, accounts)
            told.append((transfer, *make(dice.choice(databases), transfer)))

    started = time.monotonic()
    with RequestRecorder(client) as sent, _faults_of_all_kinds(client, tally):
        together(THREADS, work)
    resolved = [_resolved(tx) for _, scopes, _ in told for tx in scopes if _is_in_doubt(tx)]
    seconds = time.monotonic() - started

    books = bank.Books.of(client, table)
    books.audit({transfer.name: transfer for transfer, *_ in told})
    _assert_as_told(books, told)
    assert [] == [error for *_, error in told if not _is_known(error)]
    sends = [request.body for request in sent.requests if request.operation == TX]
    bodies = {json.dumps(body, sort_keys=True) for body in sends}
    tokens = {body["ClientRequestToken"] for body in sends}
    assert len(bodies) == len(tokens)  # whatever is sent again is the same
    figures = {
        "transfers": len(told),
        "committed": sum(error is None for *_, error in told),
        "replayed": sum(tx.result.replayed for *_, scopes, _ in told for tx in scopes if tx.result),
        "re-sends": len(sends) - len(tokens),
        "re-runs": sum(len(scopes) - 1 for _, scopes, _ in told),
        "in doubt": len(resolved),
        "resolved": sum(resolved),
        "faults": tally.kinds.total(),
        **dict(sorted(tally.kinds.items())),
        "seconds": round(seconds, 1),
    }
    bank.tell(record_property, "soak", figures)
    assert {repr(kind) for kind in KINDS} <= set(tally.kinds)
    assert min(figures[name] for name in ("replayed", "re-sends", "re-runs", "in doubt")) > 0


def _drawn(dice, number, turn, accounts):
    """Draw a transfer; every sixth is one that another thread is told to make as well."""
    if turn % 6:
        kind = {"is_guarded": dice.random() < 0.5, "is_marked": dice.random() < 0.3}
        return bank.drawn_transfer(dice, f"{number}.{turn}", accounts, **kind)
    pair = f"{number // 2}.{turn} twice"
    return bank.drawn_transfer(bank.stream(pair), pair, accounts, is_marked=True)


def _by_adding(db, transfer):
    """Make a transfer in one scope; return its scopes and the error."""
    tx, error = bank.tried(db, transfer)
    return [tx], error


def _by_reading(db, transfer):
    """Make a transfer in attempts, each of which reads, judges and writes both balances."""
    scopes = []
    try:
        for attempt in db.attempts():
            with attempt as tx:
                scopes.append(tx)
                _move(tx, transfer)
    except Exception as error:  # noqa: BLE001 - what it means is the subject of the test
        return scopes, error
    return scopes, None


def _move(tx, transfer):
    keys = [EntityKey(bank.Account, number) for number in (transfer.source, transfer.target)]
    one, other = tx.get_many(*keys) if transfer.amount % 2 else [tx.get(key) for key in keys]
    one.balance -= transfer.amount
    other.balance += transfer.amount
    tx.update(one)
    tx.update(other)
    transfer.stage_papers(tx)


def _is_in_doubt(tx):
    return tx.state is ScopeState.IN_DOUBT


def _is_committed(tx):
    return tx.state is ScopeState.COMMITTED


def _resolved(tx):
    """Find out how a commit in doubt has ended; return whether it is committed."""
    try:
        tx.resolve()
    except (ConditionFailedError, StaleReadError):
        assert ScopeState.CANCELED is tx.state
    return _is_committed(tx)


def _assert_as_told(books, told):
    """Compare what every scope says with the entries under its token and the transfer's name."""
    by_name = collections.defaultdict(list)
    for transfer, scopes, error in told:
        by_name[transfer.name] += scopes
        assert error is None or not any(map(_is_committed, scopes)) or _was_unknown(error), error
        assert transfer.is_guarded or not isinstance(error, ConditionFailedError), error
        for tx in scopes:
            is_there = tx.client_request_token in books.entries
            if transfer.is_marked and _is_committed(tx):
                is_there = transfer.name in books.receipts
            assert _is_committed(tx) is is_there, (transfer, tx, error)
    for name, scopes in by_name.items():
        assert any(map(_is_committed, scopes)) is (books.made[name] == 1), (name, scopes)
    assert {1} == set(books.made.values())


def _is_known(error):
    """Whether a transfer may end like this; a read may be rejected for the moment."""
    was_read = isinstance(error, RequestRejectedError) and error.retryable
    return error is None or was_read or isinstance(error, KNOWN)


def _was_unknown(error):
    return isinstance(error, CommitOutcomeUnknownError)
