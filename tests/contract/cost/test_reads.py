"""Units by table, and those of reads and replays."""

import pytest

from tests.contract.cost.given import only_sync, sized
from tests.contract.entities import Account, Order
from tests.shells import TransactScope
from transactscope import EntityKey

pytestmark = pytest.mark.needs("capacity")


def test_units_are_told_by_table(db, table_names):
    """Tables are billed one by one."""
    tx = TransactScope(db).begin()
    tx.insert(Account("A-1"))
    tx.insert(sized(1025, "A-2"))
    tx.insert(Order("u-1", 1))
    explained = tx.explain()
    tx.commit()

    expected = {table_names["Account"]: 6, table_names["Shop"]: 2}
    assert expected == explained.write_units_by_table
    assert (expected, {}) == (tx.result.write_units, tx.result.read_units)
    assert expected == tx.result.capacity


def test_reads_of_the_scope_are_counted(db, table_names):
    """What was consumed before the commit is a part of the price. Nothing is read twice."""
    db.put(sized(4097))
    figures = []
    tx = TransactScope(db).begin()
    for read in (
        lambda: tx.get(Account, "A-1"),
        lambda: tx.get(Account, "A-1"),
        lambda: tx.get(Account, "A-2", guard=False),
        lambda: tx.get_many(EntityKey(Account, "A-1"), EntityKey(Order, "u-1", 1)),
    ):
        read()
        figures.append(tx.explain().read_units)
    explained = tx.explain()
    tx.rollback()

    assert [2, 2, 3, 5] == figures
    assert {table_names["Account"]: 3, table_names["Shop"]: 2} == explained.read_units_by_table
    assert "0 actions, 0 bytes, 0 write units, 5 read units so far" == str(explained)


@only_sync
def test_reads_consume_what_is_computed(db, client, table_names):
    """A strongly consistent read costs one unit per 4 KB, and two of them in a transaction."""
    for size, units in {4096: 1, 4097: 2}.items():
        db.put(sized(size))
        wanted = {"TableName": table_names["Account"], "Key": {"number": {"S": "A-1"}}}
        one = client.get_item(**wanted, ConsistentRead=True, ReturnConsumedCapacity="TOTAL")
        many = client.transact_get_items(
            TransactItems=[{"Get": wanted}], ReturnConsumedCapacity="TOTAL"
        )
        with TransactScope(db) as tx, TransactScope(db) as other:
            tx.get(Account, "A-1")
            other.get_many(EntityKey(Account, "A-1"))

        assert units == one["ConsumedCapacity"]["CapacityUnits"] == tx.explain().read_units
        (consumed,) = many["ConsumedCapacity"]
        assert 2 * units == consumed["CapacityUnits"] == other.explain().read_units


@pytest.mark.needs("idempotency")
def test_a_replay_consumes_read_units(db, tokens, table_names):
    """Nothing is written, and yet it is not free."""
    token, results = tokens(), []
    for _ in range(2):
        with TransactScope(db, client_request_token=token) as tx:
            tx.put(sized(5000))
        results.append(tx.result)

    table = table_names["Account"]
    assert [({}, {table: 10}), ({table: 4}, {})] == [
        (result.read_units, result.write_units) for result in results
    ]
    assert [False, True] == [result.replayed for result in results]
