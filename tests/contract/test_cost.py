"""What a transaction consumes: what is computed before it, and what the server reports after it."""

import decimal

import attrs
import pytest
from attrs import define

from tests.contract import vault
from tests.contract.entities import Account, Loose, Order, Sheet
from tests.shells import Database, TransactScope
from transactscope import Attr, EntityKey, KeyTemplate, entity, path, to_item
from transactscope.core.freeze import plain_request
from transactscope.core.summaries import summary_of
from transactscope.errors import ConditionFailedError
from transactscope.indexes import GlobalIndex, LocalIndex
from transactscope.types import ActionSummary
from transactscope.values.sizes import item_size

pytestmark = pytest.mark.needs("capacity")
only_sync = pytest.mark.only_sync("it is computed before any shell sends anything")

PRICES = {1: 2, 1023: 2, 1024: 2, 1025: 4, 40_000: 80}
"""What an item of so many bytes costs in a transaction. 1 stands for the smallest: it has two."""


@entity("Small", partition_key="k")
@define
class Small:
    """An entity whose items can be as small as items are."""

    k: str
    v: str | None = None


@entity(
    "Indexed",
    partition_key="user",
    sort_key="number",
    indexes=[
        GlobalIndex("by-email", partition_key="email"),
        GlobalIndex("by-city", partition_key="city", projection=["total"]),
        GlobalIndex("by-total", partition_key="user", sort_key="total", projection="KEYS_ONLY"),
        LocalIndex("by-place", sort_key=KeyTemplate("PLACE", "{city}#{total}")),
    ],
)
@define
class Indexed:
    """An entity whose items are in four indexes, as far as they have their keys."""

    user: str
    number: str
    email: str | None = None
    city: str | None = None
    total: decimal.Decimal | None = None
    note: str = ""


@pytest.fixture
def small(client, shell, fresh_table, tokens):
    """A database with an empty table of small items."""
    return Database(client, table_names={"Small": fresh_table("k")}, new_token=tokens)


@pytest.fixture
def indexed(client, shell, table_name, tokens):
    """A database with an empty table that has indexes."""
    made = Database(client, table_names={"Indexed": table_name}, new_token=tokens)
    made.create_table(Indexed)
    return made


@pytest.fixture
def large(db):
    """An account of 5,000 bytes that is stored, and one that is not."""
    db.put(sized(5000))
    return "A-1"


def of_size(size):
    """Make the entity whose item has so many bytes, and no attribute beside the key for 1."""
    return Small("a") if size == 1 else Small("a", "x" * (size - len("ka" + "v")))


def sized(size, number="A-1"):
    """Make an account whose item has so many bytes."""
    least = item_size(to_item(Account(number, note="")))
    return Account(number, note="x" * (size - least))


def course(tx):
    """Return what was computed before the commit, whether exactly, and what was consumed."""
    explained = tx.explain()
    tx.commit()
    return explained.write_units, explained.is_exact_cost, sum(tx.result.write_units.values())


def alone(client, action):
    """Send an action as a single write, and return the same of it."""
    request = plain_request(action.alone)
    send = getattr(client, {"Put": "put_item", "Update": "update_item"}.get(action.kind, ""))
    answer = send(**request.body, ReturnConsumedCapacity="INDEXES")
    summary = summary_of(action)
    return summary.write_units, summary.is_exact_cost, answer["ConsumedCapacity"]["CapacityUnits"]


@pytest.mark.parametrize("size", PRICES)
def test_an_insert_consumes_what_was_computed(small, size):
    """Who looks at the units before the commit sees those of the bill."""
    tx = TransactScope(small).begin()
    tx.insert(of_size(size))

    assert (PRICES[size], True, PRICES[size]) == course(tx)


@only_sync
@pytest.mark.parametrize("size", PRICES)
def test_an_insert_outside_a_transaction_costs_half(small, client, size):
    """The same write alone has another price."""
    with TransactScope(small) as tx:
        action = tx.insert(of_size(size))
        tx.rollback()

    assert (PRICES[size] / 2, True, PRICES[size] / 2) == alone(client, action)


@pytest.mark.parametrize("verb", ["put", "replace"])
def test_what_is_written_over_is_not_known(db, large, verb):
    """The stored item is larger, and nobody has read it: the figure is marked as the least."""
    tx = TransactScope(db).begin()
    getattr(tx, verb)(Account(large))

    assert (2, False, 10) == course(tx)


@only_sync
def test_what_a_single_write_writes_over_is_not_known(db, client, large):
    """The same outside a transaction."""
    with TransactScope(db) as tx:
        action = tx.put(Account(large))
        tx.rollback()

    assert (1, False, 5) == alone(client, action)


CHANGES = {
    "put": lambda tx, found: tx.put(Account(found.number)),
    "put more": lambda tx, _: tx.put(sized(6000)),
    "update": lambda tx, _: tx.update(Account, "A-1", set={"note": "short"}),
    "update more": lambda tx, _: tx.update(
        Account, "A-1", set={"address": {"a": "x" * 200}, "either": path("note")}
    ),
    "update the entity": lambda tx, found: (setattr(found, "note", "y" * 7000), tx.update(found)),
    "delete": lambda tx, _: tx.delete(Account, "A-1"),
    "check": lambda tx, _: tx.check(Account, "A-1", condition=Attr("balance").eq(0)),
    "nothing": lambda tx, _: tx.put(Account("A-2"), condition=Attr("number").not_exists()),
    "put again": lambda tx, _: (tx.delete(Account, "A-1"), tx.put(sized(5500))),
}
UNITS = {
    "put": 10,
    "put more": 12,
    "update": 10,
    "update more": 20,
    "update the entity": 14,
    "delete": 10,
    "check": 10,
    "nothing": 12,
    "put again": 12,
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_read_is_known(db, large, change):
    """A guard demands that the item is as it was read, so both of its sizes are known."""
    tx = TransactScope(db).begin()
    CHANGES[change](tx, tx.get(Account, large))

    assert (UNITS[change], True, UNITS[change]) == course(tx)


def test_without_a_guard_what_was_read_is_not_known(db, large):
    """Somebody may have made the item smaller or larger meanwhile."""
    tx = TransactScope(db).begin()
    tx.get(Account, large, guard=False)
    tx.delete(Account, large)

    assert (2, False, 10) == course(tx)


def test_a_version_stands_for_the_whole_item(db):
    """Every writer raises it, so what it guards is known, and no value is compared."""
    db.put(Sheet("A-1", note="x" * 3000))
    tx = TransactScope(db).begin()
    found = tx.get(Sheet, "A-1")
    found.note = "y" * 4000
    tx.update(found)

    assert 0 == tx.explain().rows[0].guarded_values
    assert (8, True, 8) == course(tx)


def test_attributes_that_no_class_maps_are_not_guarded(db):
    """The guard of values says nothing of them, so the item may be larger than it was."""
    db.put(Account("A-1", note="x" * 3000))
    tx = TransactScope(db).begin()
    tx.get(Loose, "A-1")
    tx.delete(Loose, "A-1")

    assert (2, False, 6) == course(tx)


@pytest.mark.parametrize("verb", ["put", "delete", "update", "check"])
def test_an_item_that_was_not_there_is_known(db, verb):
    """The guard demands that there is still none, and so the least is charged for nothing."""
    tx = TransactScope(db).begin()
    tx.get(Account, "A-9")
    if verb == "put":
        tx.put(sized(2000, "A-9"))
    elif verb == "delete":
        tx.delete(Account, "A-9")
    elif verb == "update":
        tx.update(Account, "A-9", set={"note": "x" * 2000})
    units = 2 if verb in ("delete", "check") else 4
    if verb == "check":
        tx.insert(Account("A-8"))
        units += 2

    assert (units, True, units) == course(tx)


def test_a_check_costs_as_much_as_a_write(db, large):
    """The item that it looks at is charged, by its size, and nobody has read it here."""
    tx = TransactScope(db).begin()
    tx.check(Account, large, condition=Attr("number").exists())

    assert (2, False, 10) == course(tx)


@pytest.mark.parametrize("verb", ["delete", "check", "update"])
def test_a_condition_that_finds_no_item_is_known(db, verb):
    """Whoever demands that nothing is stored says what is stored."""
    absent = Attr("number").not_exists() & Attr("balance").not_exists()
    tx = TransactScope(db).begin()
    if verb == "delete":
        tx.delete(Account, "A-9", condition=absent)
    elif verb == "check":
        tx.check(Account, "A-9", condition=absent)
    else:
        tx.update(Account, "A-9", set={"note": "x" * 1100}, condition=absent)
    units = 4 if verb == "update" else 2

    assert (units, True, units) == course(tx)


def test_an_item_that_must_be_there_has_at_least_its_key(db):
    """A long key alone costs more than the least that there is."""
    number = "A" * 1500
    db.put(Account(number))
    tx = TransactScope(db).begin()
    tx.delete(Account, number, condition=Attr("number").exists())

    assert (4, False, 4) == course(tx)


def test_a_long_key_of_nothing_costs_the_least(db):
    """What may not be there is not charged for its key."""
    tx = TransactScope(db).begin()
    tx.delete(Account, "A" * 1500)

    assert (2, False, 2) == course(tx)


def test_what_boto3_was_told_is_known_as_far_as_it_can_be(db, table_names, large):
    """A condition in text is not read here, so nothing is known of the stored item."""
    tx = TransactScope(db).begin()
    tx.client.put_item(
        TableName=table_names["Account"],
        Item={"number": {"S": "A-2"}, "note": {"S": "x" * 1100}},
        ConditionExpression="attribute_not_exists(#n)",
        ExpressionAttributeNames={"#n": "number"},
    )
    tx.client.update_item(
        TableName=table_names["Account"], Key={"number": {"S": large}}, UpdateExpression="REMOVE a"
    )

    assert (6, False, 14) == course(tx)


def test_what_text_will_store_is_not_known(db, table_names, large):
    """What was read is known, and what an update in text makes of it is not."""
    tx = TransactScope(db).begin()
    tx.get(Account, large)
    tx.client.update_item(
        TableName=table_names["Account"],
        Key={"number": {"S": large}},
        UpdateExpression="SET extra = :e",
        ExpressionAttributeValues={":e": {"S": "x" * 2000}},
    )

    assert (10, False, 14) == course(tx)


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


def test_a_single_write_reports_no_units(db):
    """DynamoDB is not asked for them there, so nothing is said."""
    result = db.put(Account("A-1"))

    assert ({}, {}) == (result.read_units, result.write_units)


INDEXED = {
    "none": Indexed("u", "1"),
    "one": Indexed("u", "1", email="a@b"),
    "two": Indexed("u", "1", email="a@b", city="Ulm"),
    "all": Indexed("u", "1", "a@b", "Ulm", decimal.Decimal(5)),
    "other keys": Indexed("u", "1", "c@d", "Bern", decimal.Decimal(7)),
    "large": Indexed("u", "1", "a@b", "Ulm", decimal.Decimal(5), "x" * 3000),
    "larger": Indexed("u", "1", "a@b", "Ulm", decimal.Decimal(5), "y" * 4000),
    "large, other keys": Indexed("u", "1", "c@d", "Bern", decimal.Decimal(7), "x" * 3000),
}
INSERTED = {
    "none": 2,
    "one": 3,
    "two": 4,
    "all": 6,
    "other keys": 6,
    "large": 6 + 3 + 1 + 1 + 3,
    "larger": 8 + 4 + 1 + 1 + 4,
    "large, other keys": 6 + 3 + 1 + 1 + 3,
}


@pytest.mark.parametrize("after", INDEXED)
def test_indexes_are_on_top(indexed, after):
    """A transaction pays for an index what a single write does, by what the index keeps."""
    tx = TransactScope(indexed).begin()
    tx.insert(INDEXED[after])

    assert (INSERTED[after], True, INSERTED[after]) == course(tx)


@only_sync
@pytest.mark.parametrize("after", INDEXED)
def test_a_single_write_pays_the_same_for_indexes(indexed, client, after):
    """Only the item itself is cheaper than in a transaction."""
    with TransactScope(indexed) as tx:
        action = tx.insert(INDEXED[after])
        tx.rollback()
    in_table = 8 if after == "larger" else 6 if after.startswith("large") else 2
    units = INSERTED[after] - in_table // 2

    assert (units, True, units) == alone(client, action)


@only_sync
@pytest.mark.parametrize("before", INDEXED)
def test_what_indexes_consume_follows_from_what_was_read(indexed, before):
    """Entries come, go, change and move; the server counts, and the figure is the same."""
    courses = []
    for after in INDEXED.values():
        for verb in ("put", "update", "delete"):
            indexed.put(INDEXED[before])
            tx = TransactScope(indexed).begin()
            found = tx.get(Indexed, "u", "1")
            if verb == "put":
                tx.put(after)
            elif verb == "update":
                tx.update(Indexed, "u", "1", **_changes(after))
            else:
                tx.delete(found)
            courses.append(course(tx))

    assert [(consumed, True, consumed) for *_, consumed in courses] == courses
    assert len({consumed for *_, consumed in courses}) > 1


def _changes(after):
    """Return the arguments of an update that leaves an item like this one."""
    values = {name: getattr(after, name) for name in ("email", "city", "total", "note")}
    removed = [name for name, value in values.items() if value is None]
    kept = {name: value for name, value in values.items() if value is not None}
    return {"set": kept} | ({"remove": removed} if removed else {})


def test_indexes_of_what_is_not_known_are_not_counted(indexed):
    """An entry that stays as it is costs nothing, so the least has nothing of indexes."""
    indexed.put(INDEXED["all"])
    tx = TransactScope(indexed).begin()
    tx.put(INDEXED["other keys"])
    computed, is_exact, consumed = course(tx)

    assert (2, False) == (computed, is_exact)
    assert consumed > computed


def test_what_is_stored_encrypted_is_counted_as_it_will_be_sealed(client, shell, table_names):
    """Its bytes are more than those of the value, and the keyring says only how many at least."""
    safe = Database(client, table_names=table_names, keyring=vault.local())
    tx = TransactScope(safe).begin()
    tx.insert(vault.Customer("C-1", passport="x" * 980))

    assert (4, False, 4) == course(tx)


def test_a_sealed_item_that_was_read_is_known(client, shell, table_names):
    """What is stored is sealed, and that is what was read and is charged."""
    safe = Database(client, table_names=table_names, keyring=vault.local())
    safe.put(vault.Customer("C-1", passport="x" * 3000))
    tx = TransactScope(safe).begin()
    found = tx.get(vault.Customer, "C-1")
    tx.update(vault.Customer, "C-1", set={"visits": 1})

    assert "x" * 3000 == found.passport
    assert (8, True, 8) == course(tx)


def test_guarded_values_are_counted(db):
    """Each value of a guard is compared by the server and sent; what is absent is no value."""
    db.put(Account("A-1", note="x"))
    with TransactScope(db) as tx:
        tx.get(Account, "A-1")
        tx.get(Loose, "A-1")
        tx.get(Account, "A-2")
        tx.insert(Account("A-3"))
        tx.put(Account("A-4"))
        rows = tx.explain().rows
        tx.rollback()

    assert [5, 0, 0, 0] == [row.guarded_values for row in rows]
    assert [True, True, True, False] == [row.is_conditional for row in rows]


@pytest.mark.parametrize("is_encoded", [True, False])
def test_what_was_sent_can_be_summed_up_afterwards(db, is_encoded):
    """Observers ask when the commit is over, however its actions were made."""
    tx = TransactScope(db).begin()
    tx.insert(sized(1025))
    tx.put(Account("A-2"), condition=Attr("balance").eq(0))
    tx.update(Account, "A-3", add={"balance": 1})
    tx.delete(Account, "A-4", condition=Attr("number").not_exists())
    if not is_encoded:
        tx.check(Account, "A-3", condition=Attr("status").not_exists())
    before = tx._transaction.summaries()
    rows = tx.explain().rows
    with pytest.raises(ConditionFailedError):
        tx.commit()

    assert is_encoded is tx._transaction.log.is_encoded
    assert before == tx._transaction.summaries()
    assert [(4, True), (2, False), (2, False), (2, True)] == [
        (each.write_units, each.is_exact_cost) for each in before
    ]
    names = [field.name for field in attrs.fields(ActionSummary)]
    for summary, row in zip(before, rows, strict=True):
        assert [getattr(row, name) for name in names] == [getattr(summary, name) for name in names]


def test_nothing_staged_has_no_summaries(db, account):
    """What was only read is not sent."""
    with TransactScope(db) as tx:
        tx.get(Account, "A-1")

    assert () == tx._transaction.summaries()
