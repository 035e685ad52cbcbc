"""What is computed before a commit is never more than what is reported after it."""

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests import engines
from transactscope import Attr, Database, TransactScope, entity, if_not_exists, list_append
from transactscope.core.freeze import plain_request
from transactscope.core.summaries import summary_of
from transactscope.indexes import GlobalIndex

NUMBERS = ("A", "B", "C")


@entity(
    "Priced",
    partition_key="number",
    indexes=[
        GlobalIndex("by-owner", partition_key="owner"),
        GlobalIndex("by-rank", partition_key="owner", sort_key="rank", projection=["note"]),
    ],
)
@attrs.define
class Priced:
    """An entity that is in indexes where it has their keys."""

    number: str
    owner: str | None = None
    rank: int | None = None
    note: str | None = None
    tags: list[str] = attrs.field(factory=list)


@entity("Plain", partition_key="number", version="version")
@attrs.define
class Plain:
    """A versioned entity without indexes."""

    number: str
    note: str | None = None
    tags: list[str] = attrs.field(factory=list)
    version: int | None = None


@entity(
    "Raised",
    partition_key="number",
    version="version",
    indexes=[
        GlobalIndex("by-owner", partition_key="owner"),
        GlobalIndex("by-rank", partition_key="rank", projection=["version"]),
    ],
)
@attrs.define
class Raised:
    """A versioned entity whose index entries change with its version."""

    number: str
    owner: str | None = None
    rank: int | None = None
    note: str | None = None
    tags: list[str] = attrs.field(factory=list)
    version: int | None = None


@entity("Simple", partition_key="number")
@attrs.define
class Simple:
    """An entity whose calls are written as bytes at once."""

    number: str
    note: str | None = None
    tags: list[str] = attrs.field(factory=list)


NOTES = st.none() | st.sampled_from([0, 1, 950, 1000, 1024, 1030, 2000, 3000, 5000]).map(
    lambda length: "x" * length
)
TAGS = st.lists(st.sampled_from(["", "é", "t" * 100]), max_size=3)
ENTITIES = st.one_of(
    st.builds(
        Priced,
        st.sampled_from(NUMBERS),
        st.sampled_from([None, "me", "you"]),
        st.sampled_from([None, 1, -20]),
        NOTES,
        TAGS,
    ),
    st.builds(Plain, st.sampled_from(NUMBERS), NOTES, TAGS),
    st.builds(
        Raised,
        st.sampled_from(NUMBERS),
        st.sampled_from([None, "me"]),
        st.sampled_from([None, 1]),
        NOTES,
        TAGS,
    ),
    st.builds(Simple, st.sampled_from(NUMBERS), NOTES, TAGS),
)
VERBS = st.sampled_from(["new", "put", "update", "append", "delete", "check", "put then update"])
READS = st.sampled_from(["guarded", "unguarded", "not"])
CALLS = st.lists(
    st.tuples(READS, VERBS, ENTITIES),
    min_size=1,
    max_size=4,
    unique_by=lambda call: (type(call[2]), call[2].number),
)
STORED = st.lists(ENTITIES, max_size=6)


@pytest.fixture(scope="module")
def client():
    """A client of an engine with the tables of the entities."""
    if problem := engines.dynoxide_problem():
        pytest.skip(problem)
    with engines.Dynoxide() as engine:
        made = engine.client()
        for each in (Priced, Plain, Raised, Simple):
            Database(made).create_table(each)
        yield made
        made.close()


def start(client, stored):
    """Store these entities, and nothing else."""
    db = Database(client)
    for cls in (Priced, Plain, Raised, Simple):
        for number in NUMBERS:
            db.delete(cls, number)
    latest = {(type(each), each.number): each for each in stored}
    for each in latest.values():
        db.put(attrs.evolve(each))
    return db


def stage(tx, db, call):
    """Stage one call, one that is carried out whatever is stored, and return its action."""
    read, verb, wanted = call
    cls, number = type(wanted), wanted.number
    stored = db.get(cls, number)
    if read != "not":
        tx.get(cls, number, guard=read == "guarded")
    is_there = stored is not None
    fresh = attrs.evolve(wanted)
    if cls in (Plain, Raised) and is_there:
        fresh.version = stored.version
    demanded = Attr("number").exists() if is_there else Attr("number").not_exists()
    note = {"set": {"note": wanted.note}} if wanted.note is not None else {"remove": "note"}
    more = {"set": {"tags": list_append(if_not_exists("tags", []), wanted.tags)}}
    verbs = {
        "new": lambda: tx.replace(fresh) if is_there else tx.insert(fresh),
        "put": lambda: tx.put(fresh),
        "update": lambda: tx.update(cls, number, **note),
        "append": lambda: tx.update(cls, number, **more, condition=demanded),
        "delete": lambda: tx.delete(cls, number),
        "check": lambda: tx.check(cls, number, condition=demanded),
        "put then update": lambda: (tx.put(fresh), tx.update(cls, number, **note))[1],
    }
    return verbs[verb]()


def is_right(computed, is_exact, reported):
    """Whether a figure is what it says of itself: exact, or the least."""
    return computed == reported if is_exact else computed <= reported


@given(stored=STORED, calls=CALLS)
def test_a_transaction_consumes_what_was_computed(client, stored, calls):
    """A figure that is too high, or is called exact and is not, misleads whoever plans with it."""
    db = start(client, stored)
    tx = TransactScope(db).begin()
    for call in calls:
        stage(tx, db, call)
    explained = tx.explain()
    summed_up = tx._transaction.summaries()
    tx.commit()

    reported = tx.result.write_units
    assert sum(row.write_units for row in summed_up) == explained.write_units
    for table, computed in explained.write_units_by_table.items():
        rows = [row for row in explained.rows if row.table == table]
        assert is_right(computed, all(row.is_exact_cost for row in rows), reported[table])


@given(stored=STORED, call=st.tuples(st.just("not"), VERBS, ENTITIES))
def test_a_single_write_consumes_what_was_computed(client, stored, call):
    """The same outside a transaction, where nothing can be read before."""
    assume(call[1] not in ("check", "put then update"))
    db = start(client, stored)
    with TransactScope(db) as tx:
        action = stage(tx, db, call)
        tx.rollback()
    send = {"Put": client.put_item, "Update": client.update_item, "Delete": client.delete_item}
    request = plain_request(action.alone)
    answer = send[action.kind](**request.body, ReturnConsumedCapacity="INDEXES")

    summary = summary_of(action)
    reported = answer["ConsumedCapacity"]["CapacityUnits"]
    assert is_right(summary.write_units, summary.is_exact_cost, reported)
