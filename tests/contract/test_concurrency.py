"""Read, decide, write under real threads: what SQL calls serializable, on an engine that isolates.

Each test runs quietly and with every fifth commit canceled by a conflict that no engine makes.
"""

import itertools
import random

import pytest
from attrs import define

from tests.contract.entities import Account, Sheet
from tests.crowds import together
from transactscope import Database, EntityKey, RetryPolicy, entity, transactional
from transactscope.testing import Faults, conflict

pytestmark = [
    pytest.mark.needs("threads", "idempotency"),
    pytest.mark.slow,
    pytest.mark.contention,
]

THREADS = 16
INCREMENTS = 25  # per thread


@pytest.fixture(params=[0.0, 0.2], ids=["quiet", "with conflicts"])
def db(request, engine, table_names):
    """A database for many threads, with a policy that is large enough for one hot item."""
    client = engine.client(max_pool_connections=THREADS)
    policy = RetryPolicy(max_attempts=1000, base_delay=0.05, max_delay=0.6, timeout=120)
    with Faults(client) as faults:
        faults.at_random("TransactWriteItems", conflict(), probability=request.param, seed=5)
        yield Database(client, table_names=table_names, retry=policy)
        assert (faults.happened > 0) is (request.param > 0)
    client.close()


@pytest.mark.parametrize("cls", [Account, Sheet], ids=["by values", "by version"])
def test_400_increments_are_400(db, cls):
    """No increment is lost, whether a version or the loaded values guard it."""
    db.insert(cls("A-1"))

    @transactional
    def increment(tx):
        found = tx.get(cls, "A-1")
        found.balance += 1
        tx.update(found)

    together(THREADS, lambda _: [increment(db) for _ in range(INCREMENTS)])

    assert THREADS * INCREMENTS == db.get(cls, "A-1").balance


def test_transfers_keep_the_total_and_overdraw_nothing(db):
    """Both accounts are read, judged and written together."""
    numbers = [f"A-{n}" for n in range(5)]
    for number in numbers:
        db.insert(Account(number, 100))
    refused = itertools.count()

    @transactional
    def transfer(tx, source, target, amount):
        one, other = tx.get_many(EntityKey(Account, source), EntityKey(Account, target))
        if one.balance < amount:
            next(refused)
            return
        one.balance -= amount
        other.balance += amount
        tx.update(one)
        tx.update(other)

    def work(number):
        dice = random.Random(number)
        for _ in range(8):
            source, target = dice.sample(numbers, 2)
            transfer(db, source, target, dice.randint(1, 120))

    together(THREADS, work)

    balances = [db.get(Account, number).balance for number in numbers]
    assert 500 == sum(balances)
    assert min(balances) >= 0
    assert next(refused) > 0


@entity("Account", partition_key="number")
@define
class Doctor:
    """Someone who may be on call."""

    number: str
    on_call: bool = True


def test_write_skew_is_prevented(db):
    """Of two doctors on call one must stay: each reads both and writes only one."""
    for round_ in range(10):
        names = [f"D-{round_}-{n}" for n in range(THREADS)]
        for name in names:
            db.insert(Doctor(name))

        @transactional
        def leave(tx, mine, names=tuple(names)):
            doctors = tx.get_many(*(EntityKey(Doctor, name) for name in names))
            if sum(doctor.on_call for doctor in doctors) > 1:
                me = next(doctor for doctor in doctors if doctor.number == mine)
                me.on_call = False
                tx.update(me)

        pair = names[:2]
        for name in names[2:]:
            db.update(Doctor, name, set={"on_call": False})
        together(THREADS, lambda number, pair=pair, leave=leave: leave(db, pair[number % 2]))

        assert 1 == sum(db.get(Doctor, name).on_call for name in pair)
