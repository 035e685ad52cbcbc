"""What indexes add."""

import decimal

import pytest

from tests.contract.cost.given import Indexed, alone, course, only_sync
from tests.shells import TransactScope

pytestmark = pytest.mark.needs("capacity")

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
