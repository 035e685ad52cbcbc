"""Whatever gets lost and whoever asks again: a payment is made once, and nothing else is."""

import functools
import secrets
from typing import Any

import attrs
import pytest

from samples.patterns import idempotent_payment
from samples.patterns.idempotent_payment import (
    NotEnoughError,
    NoWalletError,
    Payment,
    Request,
    Wallet,
    pay,
    token_of,
)
from samples.patterns.tests.crowds import at_once, failures
from transactscope import Database, RetryPolicy
from transactscope.errors import CommitOutcomeUnknownError, IdempotencyMismatchError
from transactscope.testing import Faults, lost_answer, lost_request


@pytest.fixture
def lamp():
    """Ask for 30, under an id that no other test has: an engine remembers tokens of all tables."""
    return Request(f"p-{secrets.token_hex(4)}", "ann", "shop", 30, memo="a lamp")


@pytest.fixture
def db(deployment):
    """A database in which ann has 100, and the shop nothing."""
    made = deployment.database
    made.create_table(Payment)
    made.insert(Wallet("ann", 100))
    made.insert(Wallet("shop"))
    return made


@pytest.fixture
def faults(client):
    """Faults for the next requests."""
    with Faults(client) as installed:
        yield installed


@pytest.fixture
def hasty(client, db, deployment):
    """A database over the same tables that sends everything once."""
    once = RetryPolicy(max_attempts=1)
    return Database(client, retry=once, table_names=deployment.name_of)


@pytest.fixture
def balances(db):
    """Read what both have."""
    return lambda: tuple(db.get(Wallet, owner).balance for owner in ("ann", "shop"))


@pytest.fixture
def payments(rows):
    """Read the ids of all payments that are stored."""
    return lambda: sorted(row["payment_id"] for row in rows("Payments") if row["SK"] == "PAYMENT")


@pytest.fixture
def later(monkeypatch):
    """Let more than ten minutes pass: DynamoDB has forgotten every token, so each is a new one."""
    return lambda: monkeypatch.setattr(
        idempotent_payment, "token_of", lambda payment_id: token_of(f"later {payment_id}")
    )


def test_a_payment_is_one_request_of_three_actions(db, lamp, balances, payments, sent):
    """Nothing is read before, and both wallets change together."""
    sent.clear()
    receipt = pay(db, lamp)

    assert ["TransactWriteItems with 3 actions"] == sent
    assert (Payment(lamp.payment_id, "ann", "shop", 30, lamp.hash), False) == (
        receipt.payment,
        receipt.is_repeated,
    )
    assert (70, 30) == balances()
    assert [lamp.payment_id] == payments()


def test_the_same_request_within_ten_minutes_is_answered_again(db, lamp, balances, payments):
    """By the token, where the engine knows it, and by the stored payment anyway."""
    first, second = pay(db, lamp), pay(db, lamp)

    assert [False, True] == [first.is_repeated, second.is_repeated]
    assert first.payment == second.payment
    assert (70, 30) == balances()
    assert [lamp.payment_id] == payments()


@pytest.mark.needs("idempotency")
def test_for_ten_minutes_the_token_knows_a_payment(db, lamp, balances, payments):
    """It is known before any item is looked at: here its row is gone, and stays so."""
    pay(db, lamp)
    db.delete(Payment, lamp.payment_id)

    assert pay(db, lamp).is_repeated
    assert (70, 30) == balances()
    assert [] == payments()


def test_the_same_request_after_ten_minutes_is_answered_again(db, lamp, later, balances, payments):
    """The token is a new one by then, and the stored payment stands for it."""
    first = pay(db, lamp)
    later()
    second = pay(db, lamp)

    assert [False, True] == [first.is_repeated, second.is_repeated]
    assert first.payment == second.payment == db.get(Payment, lamp.payment_id)
    assert (70, 30) == balances()
    assert [lamp.payment_id] == payments()


OTHERS: dict[str, dict[str, Any]] = {
    "amount": {"amount": 20},
    "memo, which is not stored": {"memo": "a table"},
    "direction": {"payer": "shop", "payee": "ann"},
}


@pytest.fixture(params=["at once", "after ten minutes"])
def time_passes(request, later):
    """Let little time pass, or much."""
    return later if request.param == "after ten minutes" else lambda: None


@pytest.mark.parametrize("other", OTHERS)
def test_another_request_under_the_same_id_is_refused(db, lamp, time_passes, balances, other):
    """It is a mistake of whoever asks, and nobody may take it for a success."""
    pay(db, lamp)
    time_passes()
    with pytest.raises(IdempotencyMismatchError):
        pay(db, attrs.evolve(lamp, **OTHERS[other]))

    assert (70, 30) == balances()


def test_a_repetition_is_known_when_the_money_is_spent(db, lamp, later, balances):
    """That the wallet is empty by now says nothing of the payment that was made."""
    pay(db, lamp)
    pay(db, attrs.evolve(lamp, payment_id=f"{lamp.payment_id}-2", amount=70))
    later()

    assert pay(db, lamp).is_repeated
    assert (0, 100) == balances()


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"amount": 101}, NotEnoughError),
        ({"payee": "nobody"}, NoWalletError),
        ({"payer": "nobody"}, NotEnoughError),
    ],
    ids=["too much", "no payee", "no payer"],
)
def test_a_refused_payment_leaves_no_trace(db, lamp, balances, other, error):
    """And its id is still free: the same request may be made when there is money."""
    request_ = attrs.evolve(lamp, **other)
    with pytest.raises(error):
        pay(db, request_)

    assert (100, 0) == balances()
    assert db.get(Payment, lamp.payment_id) is None
    assert db.get(Wallet, "nobody") is None
    db.put(Wallet("ann", 200))
    db.put(Wallet("nobody", 200))
    assert not pay(db, request_).is_repeated


@pytest.mark.parametrize("other", [{"payee": "ann"}, {"amount": 0}], ids=["to oneself", "nothing"])
def test_what_makes_no_sense_is_never_sent(db, lamp, sent, other):
    """DynamoDB would take some of it."""
    sent.clear()
    with pytest.raises(ValueError, match="more than nothing"):
        pay(db, attrs.evolve(lamp, **other))

    assert [] == sent


@pytest.mark.needs("idempotency")
@pytest.mark.parametrize("loss", [lost_answer(), lost_request()], ids=repr)
def test_a_lost_answer_is_no_second_payment(db, lamp, faults, balances, loss):
    """The library asks again with the same token."""
    faults.next("TransactWriteItems", loss)
    pay(db, lamp)

    assert (70, 30) == balances()


@pytest.mark.parametrize("loss", [lost_answer(), lost_request()], ids=repr)
def test_a_program_that_ended_in_doubt_asks_again_later(hasty, lamp, faults, later, loss):
    """Another process, another token: it is made if it was not, and told if it was."""
    faults.next("TransactWriteItems", loss)
    with pytest.raises(CommitOutcomeUnknownError):
        pay(hasty, lamp)
    later()
    pay(hasty, lamp)

    assert 70 == hasty.get(Wallet, "ann").balance


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_a_crowd_that_asks_for_one_payment_gets_one(db, lamp, balances, payments):
    """One of them makes it, and all are told the same."""
    outcomes = at_once(*[functools.partial(pay, db, lamp)] * 12)

    assert [] == failures(outcomes)
    assert 1 == len({outcome.payment for outcome in outcomes})
    assert (70, 30) == balances()
    assert [lamp.payment_id] == payments()
