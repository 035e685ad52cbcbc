"""What an action costs, as far as it is known; nothing here is asked of a server."""

import pytest
from attrs import define

from transactscope import entity
from transactscope.core.actions import BuiltAction
from transactscope.core.cost import ABSENT, UNKNOWN, cost_of, demands_absence, known_before
from transactscope.core.index_cost import index_units, indexes_of
from transactscope.core.units import SINGLE, TRANSACTIONAL, read_units, write_units
from transactscope.entities.mapping import mapping_of
from transactscope.expressions.clauses import AddClause, RawUpdate, RemoveClause, SetClause, Update
from transactscope.expressions.conditions import all_of, equals, exists, not_exists
from transactscope.expressions.evaluation import Known
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import Path
from transactscope.expressions.predicates import Comparison, Not, Or, RawCondition, joined
from transactscope.indexes import GlobalIndex, LocalIndex
from transactscope.values.secret import ENCRYPTED, Secret

KEY = {"k": {"S": "a"}}
PARTITION, NOTE = Path(("k",)), Path(("note",))
TEXT = RawCondition("attribute_not_exists(k)", {}, {})


@entity(
    "Things",
    partition_key="k",
    sort_key="s",
    discriminator=("kind", "thing"),
    indexes=[
        GlobalIndex("all", partition_key="g"),
        GlobalIndex("some", partition_key="g", sort_key="h", projection=["note"]),
        LocalIndex("keys", sort_key="h", projection="KEYS_ONLY"),
    ],
)
@define
class Thing:
    """An entity with indexes of every kind."""

    k: str
    s: str
    g: str | None = None
    h: str | None = None
    note: str | None = None


def sized(size, **more):
    """Make an item of so many bytes."""
    item = KEY | {name: {"S": value} for name, value in more.items()}
    left = size - 2 - sum(len(name) + len(value) for name, value in more.items())
    return item if left == 0 else item | {"x": {"S": "x" * (left - 1)}}


def action(kind, **facts):
    """Make an action on the one item."""
    return BuiltAction(
        verb=kind.lower(),
        table="Things",
        key=KEY,
        entity_class=None,
        call="a.py:1",
        kind=kind,
        **facts,
    )


def setting(value):
    """Make an update that sets an attribute."""
    return Update((SetClause(NOTE, Literal(value)),))


@pytest.mark.parametrize(
    ("size", "units"),
    [(0, 1), (1, 1), (1023, 1), (1024, 1), (1025, 2), (2048, 2), (2049, 3), (40_000, 40)],
)
def test_a_write_is_rounded_up_to_kilobytes(size, units):
    """A byte more costs one more unit, and nothing costs none."""
    assert (units, units, 2 * units) == (
        write_units(size),
        write_units(size, SINGLE),
        write_units(size, TRANSACTIONAL),
    )


@pytest.mark.parametrize(("size", "units"), [(2, 1), (4096, 1), (4097, 2), (8192, 2), (8193, 3)])
def test_a_read_is_rounded_up_to_four_kilobytes(size, units):
    """Reads are cheaper than writes, and a transaction doubles them, too."""
    assert (units, 2 * units) == (read_units(sized(size)), read_units(sized(size), TRANSACTIONAL))


def test_a_read_that_finds_nothing_costs_the_least():
    """It is not free."""
    assert (1, 2) == (read_units(None), read_units(None, TRANSACTIONAL))


CONDITIONS = {
    "nothing demanded": (None, UNKNOWN),
    "no key": (not_exists(PARTITION), ABSENT),
    "no key, and more": (all_of(exists(NOTE), not_exists(PARTITION)), ABSENT),
    "no other attribute": (not_exists(NOTE), UNKNOWN),
    "no part of the key": (not_exists(Path(("k", "part"))), UNKNOWN),
    "a key": (exists(PARTITION), Known(KEY, is_complete=False)),
    "a value": (equals(NOTE, Literal({"S": "x"})), Known(KEY, is_complete=False)),
    "another value": (Comparison("<>", NOTE, Literal({"S": "x"})), UNKNOWN),
    "not no key": (Not(not_exists(PARTITION)), Known(KEY, is_complete=False)),
    "one of two": (joined(Or, (not_exists(PARTITION), exists(NOTE))), UNKNOWN),
    "text": (TEXT, UNKNOWN),
}


@pytest.mark.parametrize("case", CONDITIONS)
def test_a_condition_says_whether_there_is_an_item(case):
    """An action is carried out only where its condition is true of what is stored."""
    condition, known = CONDITIONS[case]

    assert known == known_before(condition, KEY)


def test_a_key_that_is_not_known_demands_nothing():
    """What no attribute is known to be the key of may well be stored."""
    assert not demands_absence(not_exists(PARTITION), {})


_SECRET = {ENCRYPTED: Secret({"S": "x"}, "T", 1100)}

COSTS = {
    "put of nothing": (action("Put", item=sized(1025)), ABSENT, 4, True),
    "put over something": (action("Put", item=sized(10)), Known(sized(1025), True), 4, True),
    "put over what is larger": (action("Put", item=sized(1025)), Known(sized(10), True), 4, True),
    "put over what may be there": (action("Put", item=sized(1025)), UNKNOWN, 4, False),
    "put of a secret": (action("Put", item=KEY | {"p": _SECRET}), ABSENT, 4, False),
    "update of nothing": (action("Update", update=setting({"S": "x" * 1100})), ABSENT, 4, True),
    "update of something": (
        action("Update", update=Update((RemoveClause(Path(("x",))),))),
        Known(sized(1025), True),
        4,
        True,
    ),
    "update of what may be there": (
        action("Update", update=setting({"S": "x" * 1100})),
        UNKNOWN,
        4,
        False,
    ),
    "update with a secret": (
        action("Update", update=setting(_SECRET)),
        Known(sized(10), True),
        4,
        False,
    ),
    "update in text": (
        action("Update", update=RawUpdate("REMOVE x", {}, {})),
        Known(sized(2000), True),
        4,
        False,
    ),
    "update that is refused": (
        action("Update", update=Update((AddClause(Path(("x",)), Literal({"N": "1"})),))),
        Known(sized(2000), True),
        4,
        False,
    ),
    "delete of nothing": (action("Delete"), ABSENT, 2, True),
    "delete of something": (action("Delete"), Known(sized(1025), True), 4, True),
    "delete of what may be there": (action("Delete"), UNKNOWN, 2, False),
    "delete of what must be there": (action("Delete"), Known(sized(1500), False), 4, False),
    "check of nothing": (action("ConditionCheck", condition=TEXT), ABSENT, 2, True),
    "check of something": (action("ConditionCheck"), Known(sized(5000), True), 10, True),
    "check of what may be there": (action("ConditionCheck"), UNKNOWN, 2, False),
}


@pytest.mark.parametrize("case", COSTS)
def test_an_action_costs_the_larger_of_before_and_after(case):
    """What is not known counts with the least that it can be, and the figure says so."""
    staged, before, units, is_exact = COSTS[case]

    assert (units, is_exact) == cost_of(staged, before, (), TRANSACTIONAL)
    assert (units // 2, is_exact) == cost_of(staged, before, (), SINGLE)


def thing(**attributes):
    """Make the item of a thing."""
    return {name: {"S": value} for name, value in ({"k": "a", "s": "b"} | attributes).items()}


LONG = "x" * 2000
IN_ALL = thing(g="g", h="h", kind="thing")
INDEX_UNITS = {
    "in none": (None, thing(), 0),
    "in one of two keys": (None, thing(g="g"), 1),
    "in another": (None, thing(h="h"), 1),
    "in all": (None, IN_ALL, 3),
    "nothing at all": (None, None, 0),
    "out of all": (IN_ALL, None, 3),
    "as before": (IN_ALL, IN_ALL, 0),
    "an attribute of one": (IN_ALL, IN_ALL | {"other": {"S": "x"}}, 1),
    "an attribute of two": (IN_ALL, IN_ALL | {"note": {"S": "x"}}, 2),
    "a discriminator is projected": (thing(g="g", h="h"), IN_ALL, 2),
    "large and small": (IN_ALL | {"note": {"S": LONG}}, IN_ALL, 4),
    "small and large": (IN_ALL, IN_ALL | {"note": {"S": LONG}}, 4),
    "a key of two": (IN_ALL, thing(g="other", h="h", kind="thing"), 4),
    "a key of all but one": (IN_ALL, thing(g="g", h="other", kind="thing"), 5),
    "a large entry moves": (
        IN_ALL | {"other": {"S": LONG}},
        thing(g="other", h="h", kind="thing"),
        2 + 1 + 2,
    ),
    "out of two": (IN_ALL, thing(g="g", kind="thing"), 3),
    "the same number in other words": (
        thing(g="g") | {"n": {"N": "1.0"}},
        thing(g="g") | {"n": {"N": "1"}},
        0,
    ),
}


@pytest.mark.parametrize("case", INDEX_UNITS)
def test_an_index_is_written_where_its_entry_changes(case):
    """An entry that comes, goes or changes is one write; one that moves is two."""
    before, after, units = INDEX_UNITS[case]

    assert units == index_units(indexes_of([mapping_of(Thing)]), before, after)


def test_classes_that_share_a_table_share_its_indexes():
    """Two classes that declare an index of one name mean one index."""
    mapping = mapping_of(Thing)

    assert ["all", "some", "keys"] == list(indexes_of([mapping, mapping]))


def test_indexes_are_charged_at_the_single_price():
    """A transaction doubles the price of the item, and of nothing else."""
    put = action("Put", item=IN_ALL)
    mappings = [mapping_of(Thing)]

    assert (2 + 3, True) == cost_of(put, ABSENT, mappings, TRANSACTIONAL)
    assert (1 + 3, True) == cost_of(put, ABSENT, mappings, SINGLE)
    assert (2, False) == cost_of(put, UNKNOWN, mappings, TRANSACTIONAL)
