"""Money is neither made nor lost, whoever transfers at the same time."""

import functools
import random

import pytest
from botocore.exceptions import ClientError

from samples.patterns.money_transfer import Account, Transfer, TransferRefusedError, transfer
from samples.patterns.tests.crowds import at_once, failures
from transactscope import TransactScope, to_key

START = {"A-1": 100, "B-2": 5, "C-3": 0}


@pytest.fixture
def db(deployment):
    """A database with two open accounts, A-1 and B-2, and a closed one, C-3."""
    made = deployment.database
    made.create_table(Account)
    made.create_table(Transfer)
    for number, balance in START.items():
        made.insert(Account(number, balance, "closed" if number == "C-3" else "open"))
    return made


@pytest.fixture
def balances(rows):
    """Read all balances."""
    return lambda: {row["number"]: row["balance"] for row in rows("Account")}


def test_a_transfer_is_one_request_of_three_actions(db, balances, rows, sent):
    """Both balances and the ledger change together, and nothing is read before."""
    transfer(db, "t-1", "A-1", "B-2", 30)

    assert ["TransactWriteItems with 3 actions"] == sent
    assert {"A-1": 70, "B-2": 35, "C-3": 0} == balances()
    assert [{"id": "t-1", "source": "A-1", "target": "B-2", "amount": 30}] == rows("Transfer")


def test_the_whole_balance_can_be_spent(db, balances):
    """Enough is enough: the last cent counts."""
    transfer(db, "t-1", "A-1", "B-2", 100)

    assert {"A-1": 0, "B-2": 105, "C-3": 0} == balances()


def test_every_change_of_an_account_raises_its_version(db):
    """Who has read an account before is noticed when they write it back."""
    transfer(db, "t-1", "A-1", "B-2", 30)

    assert [2, 2, 1] == [db.get(Account, number).version for number in START]


@pytest.mark.parametrize(
    ("asked_for", "words"),
    [
        (("A-1", "B-2", 101), "A-1 has less than that"),
        (("A-1", "C-3", 10), "C-3 is not open"),
        (("C-3", "A-1", 10), "C-3 is not open"),
        (("A-1", "D-4", 10), "D-4 is not open"),
        (("D-4", "A-1", 10), "D-4 is not open"),
    ],
)
def test_a_refused_transfer_changes_nothing(db, balances, rows, asked_for, words):
    """The rule that failed is named; no balance changes, no account appears, nothing is noted."""
    with pytest.raises(TransferRefusedError, match=words):
        transfer(db, "t-1", *asked_for)

    assert START == balances()
    assert [] == rows("Transfer")


@pytest.mark.parametrize(
    ("target", "amount", "words"),
    [("A-1", 10, "cannot pay itself"), ("B-2", 0, "more than"), ("B-2", -5, "more than")],
)
def test_a_transfer_that_makes_no_sense_is_never_sent(db, sent, target, amount, words):
    """Nobody pays themselves, and a negative amount takes nothing from the target."""
    sent.clear()
    with pytest.raises(TransferRefusedError, match=words):
        transfer(db, "t-1", "A-1", target, amount)

    assert [] == sent


def test_a_repeated_transfer_is_made_once(db, balances):
    """The ledger takes an id once, also when the money would not be enough for a second time."""
    transfer(db, "t-1", "A-1", "B-2", 60)
    with pytest.raises(TransferRefusedError, match="made before"):
        transfer(db, "t-1", "A-1", "B-2", 60)

    assert {"A-1": 40, "B-2": 65, "C-3": 0} == balances()


def test_two_transfers_in_one_scope_are_all_or_nothing(db, balances):
    """A transfer can be a part of something larger, and stands or falls with it."""
    db.insert(Account("D-4", 50))
    with pytest.raises(TransferRefusedError), TransactScope(db) as tx:
        transfer(tx, "t-1", "A-1", "B-2", 30)
        transfer(tx, "t-2", "D-4", "C-3", 1)

    assert START | {"D-4": 50} == balances()


def test_a_check_beside_the_update_is_refused_by_dynamodb(db, client, deployment, balances):
    """Written as two actions on the source, as guides have it, the request is never accepted."""
    source = {"TableName": deployment.name_of("Account"), "Key": to_key(Account, "A-1")}
    open_, amount = {":o": {"S": "open"}}, {":a": {"N": "30"}}
    check = source | {
        "ConditionExpression": "#s = :o",
        "ExpressionAttributeNames": {"#s": "status"},
        "ExpressionAttributeValues": open_,
    }
    update = source | {
        "UpdateExpression": "SET balance = balance - :a",
        "ConditionExpression": "balance >= :a",
        "ExpressionAttributeValues": amount,
    }

    with pytest.raises(ClientError, match="multiple operations on one item") as refused:
        client.transact_write_items(TransactItems=[{"ConditionCheck": check}, {"Update": update}])

    assert "ValidationException" == refused.value.response["Error"]["Code"]
    assert START == balances()


def test_ddb_7_reading_first_makes_money(db, balances):
    """Without the check, guides write what they have read: of two debits one is forgotten."""
    seen = [{number: db.get(Account, number).balance for number in START} for _ in range(2)]
    for balance, target in zip(seen, ("B-2", "C-3"), strict=True):
        with TransactScope(db) as tx:
            tx.update(Account, "A-1", set={"balance": balance["A-1"] - 60})
            tx.update(Account, target, set={"balance": balance[target] + 60})

    assert {"A-1": 40, "B-2": 65, "C-3": 60} == balances()  # 105 have become 165


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_sixteen_threads_neither_make_nor_lose_money(db, balances, rows):
    """The total stays, no balance is negative, and the ledger explains every balance."""
    numbers = ["A-1", "B-2", *(f"D-{number}" for number in range(4))]
    for number in numbers[2:]:
        db.insert(Account(number, 20))
    before = balances()

    def pay(seed):
        chance = random.Random(seed)
        for turn in range(10):
            source, target = chance.sample(numbers, 2)
            try:
                transfer(db, f"t-{seed}-{turn}", source, target, chance.randint(1, 40))
            except TransferRefusedError as refused:
                assert "less than that" in str(refused)  # noqa: PT017 - the only rule that may fail

    outcomes = at_once(*(functools.partial(pay, seed) for seed in range(16)))
    explained = dict(before)
    for line in rows("Transfer"):
        explained[line["source"]] -= line["amount"]
        explained[line["target"]] += line["amount"]

    assert [] == failures(outcomes)
    assert explained == balances()
    assert sum(before.values()) == sum(explained.values())
    assert min(explained.values()) >= 0
    assert 0 < len(rows("Transfer")) < 160  # some were made, and some were refused
