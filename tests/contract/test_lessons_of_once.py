"""Mistakes of others with idempotency records, under their name: a marker of `once` makes none.

TT is a library for Go, TypeScript and Python; this is about its published example of payments.
"""

import pytest
from attrs import frozen

from tests.contract.entities import Account
from tests.crowds import together
from tests.shells import TransactScope
from transactscope import Attr, KeyTemplate, ScopeState, entity
from transactscope import Database as PlainDatabase
from transactscope import TransactScope as PlainScope
from transactscope.errors import CommitOutcomeUnknownError, ConditionFailedError
from transactscope.testing import calling, conflict, lost_request

TX = "TransactWriteItems"


@entity("Shop", partition_key=KeyTemplate("PK", "PAYMENT#{id}"), sort_key=KeyTemplate("SK", "P"))
@frozen
class Payment:
    """What stands for a payment that was made."""

    id: str
    amount: int


class NotEnoughError(Exception):
    """An account has too little."""


def _pay(db, payment, scope=TransactScope):
    """Debit an account once for each payment; return whether it had been done before."""
    with scope(db) as tx:
        tx.once(payment)
        tx.update(
            Account,
            "A-1",
            add={"balance": -payment.amount},
            condition=Attr("balance").gte(payment.amount),
            raises=NotEnoughError,
        )
    return tx.result.replayed


@pytest.mark.only_sync("somebody else has to come in between")
def test_tt_17_two_runs_at_once_never_both_do_the_work(db, faults):
    """The record was created without a condition, so the second overwrote it and paid again."""
    db.put(Account("A-1", 100))
    others = []

    faults.next(TX, calling(lambda: others.append(_pay(db, Payment("p-1", 30)))), conflict())
    ours = _pay(db, Payment("p-1", 30))

    assert ([False], True) == (others, ours)
    assert 70 == db.get(Account, "A-1").balance


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads", "idempotency")
def test_tt_17_of_a_crowd_one_does_the_work(engine, table_names):
    """The same with threads: eight deliveries of four payments are four payments."""
    client, replays = engine.client(max_pool_connections=8), []
    db = PlainDatabase(client, table_names=table_names)
    db.put(Account("A-1", 1000))

    def deliver(_):
        replays.extend(_pay(db, Payment(f"p-{number}", 10), PlainScope) for number in range(4))

    together(8, deliver)
    balance = db.get(Account, "A-1").balance
    client.close()

    assert (4, 28) == (replays.count(False), replays.count(True))
    assert 1000 - 4 * 10 == balance


def test_tt_17_a_crash_leaves_nothing_that_blocks(db, sent):
    """A record said "still being processed" until it expired, and nobody could pay till then."""
    db.put(Account("A-1", 100))
    with pytest.raises(KeyboardInterrupt), TransactScope(db) as tx:
        tx.once(Payment("p-1", 30))
        raise KeyboardInterrupt

    assert 0 == sent.count(TX)
    assert _pay(db, Payment("p-1", 30)) is False
    assert 70 == db.get(Account, "A-1").balance


def test_tt_17_a_request_that_was_lost_with_its_sender_leaves_nothing_either(
    hasty, db, faults, stored
):
    """The process ended while it waited, nobody resolves it, and another one does the work."""
    db.put(Account("A-1", 100))
    faults.next(TX, lost_request())
    with pytest.raises(CommitOutcomeUnknownError):
        _pay(hasty, Payment("p-1", 30))

    assert _pay(db, Payment("p-1", 30)) is False
    assert _pay(db, Payment("p-1", 30)) is True
    assert {"N": "70"} == stored("A-1")["balance"]


def test_tt_17_a_failure_is_not_stored_as_a_success(db):
    """The record of a payment that was refused had status 200, and was shown as paid later."""
    db.put(Account("A-1", 10))
    for _ in range(2):
        with pytest.raises(NotEnoughError) as caught:
            _pay(db, Payment("p-1", 30))
        assert isinstance(caught.value.__cause__, ConditionFailedError)
    assert db.get(Payment, "p-1") is None

    db.put(Account("A-1", 100))

    assert _pay(db, Payment("p-1", 30)) is False
    assert 70 == db.get(Account, "A-1").balance
    assert Payment("p-1", 30) == db.get(Payment, "p-1")


def test_tt_17_a_replay_is_a_success_of_the_first_run(db):
    """Whoever asks again is told that it was done, and not that it is being done."""
    db.put(Account("A-1", 30))
    first = _pay(db, Payment("p-1", 30))
    with TransactScope(db) as tx:
        tx.once(Payment("p-1", 30))
        tx.update(Account, "A-1", add={"balance": -30}, condition=Attr("balance").gte(30))

    assert (False, True) == (first, tx.result.replayed)
    assert ScopeState.COMMITTED is tx.state
    assert 0 == db.get(Account, "A-1").balance
