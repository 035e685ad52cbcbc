"""Key conditions on fields of a composed key: they find what the fields say, and no neighbour."""

import datetime as dt
import operator

import attrs
from attrs import define
from hypothesis import given
from hypothesis import strategies as st

from transactscope import Key, KeyTemplate, entity, to_item
from transactscope.core.queries.kinds import kinds_of
from transactscope.errors import InvalidRequestError
from transactscope.expressions.evaluation import Known, Truth, evaluate
from transactscope.values import default_converter


@entity("Rows", partition_key="id", sort_key=KeyTemplate("SK", "ROW#{day}#{number:03d}#{name}"))
@define
class Row:
    """A day, digits of a fixed width, and a text at the end."""

    id: str
    day: dt.date
    number: int
    name: str


DAYS = st.dates(dt.date(2026, 11, 29), dt.date(2026, 12, 2))
NUMBERS = st.sampled_from([0, 1, 9, 10, 99, 100, 998, 999])
NAMES = st.text("aB#!~\x00\x7f\u07ff\uffff\U0010ffff", min_size=1, max_size=3)
ROWS = st.builds(Row, st.just("x"), DAYS, NUMBERS, NAMES)
FIELDS = {"day": DAYS, "number": NUMBERS, "name": NAMES}
TESTS = {
    "eq": operator.eq,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}
NEIGHBOURS = ["ROW", "ROW!", "ROW$", "ROX#2026-12-01", "A", "Z", "PROFILE", "\U0010ffff"]


def _condition(key):
    queried = kinds_of(Row, lambda mapping: mapping.table).queried((), default_converter())
    return queried.condition(("x",), key)


def _found(condition, item):
    return evaluate(condition, Known(item, is_complete=True)) is Truth.YES


def _sortable(value):
    return value.encode() if isinstance(value, str) else value


@st.composite
def _conditions(draw):
    """Draw equal fields from the left, then a test of the next one; with what it means."""
    names = list(FIELDS)[: draw(st.integers(1, len(FIELDS)))]
    *fixed, last = [(name, draw(FIELDS[name])) for name in names]
    test = draw(st.sampled_from([*TESTS, "between", "begins_with"]))
    name, value = last
    key, means = Key("id").eq("x"), []
    for field, equal in fixed:
        key &= Key(field).eq(equal)
        means.append(lambda row, field=field, equal=equal: getattr(row, field) == equal)
    if test == "between":
        low, high = sorted((value, draw(FIELDS[name])), key=_sortable)
        key &= Key(name).between(low, high)
        ends = _sortable(low), _sortable(high)
        means.append(lambda row: ends[0] <= _sortable(getattr(row, name)) <= ends[1])
    elif test == "begins_with":
        key &= Key(name).begins_with(value)
        means.append(lambda row: str(getattr(row, name)).startswith(str(value)))
    else:
        key &= getattr(Key(name), test)(value)
        compare, other = TESTS[test], _sortable(value)
        means.append(lambda row: compare(_sortable(getattr(row, name)), other))
    return key, lambda row: all(meaning(row) for meaning in means)


@given(_conditions(), st.lists(ROWS, min_size=1, max_size=8))
def test_a_condition_is_exact_or_refused(drawn, rows):
    """Every row is found exactly if its fields say so, and no item of another class is."""
    key, means = drawn
    queried = kinds_of(Row, lambda mapping: mapping.table).queried((), default_converter())
    try:
        condition = queried.condition((), key)
    except InvalidRequestError:
        return
    for row in rows:
        assert means(row) is _found(condition, to_item(row)), row
    for text in NEIGHBOURS:
        neighbour = to_item(rows[0]) | {"SK": {"S": text}}
        assert not _found(condition, neighbour), text


@given(ROWS, st.sampled_from(["lte", "gt", "gte"]))
def test_what_can_be_said_is_not_refused(row, test):
    """A test that always refused would prove nothing."""
    key = Key("day").eq(row.day) & Key("number").eq(row.number)
    condition = _condition(key & getattr(Key("name"), test)(row.name))

    assert (test != "gt") is _found(condition, to_item(row))
    later = attrs.evolve(row, name=row.name + "a")
    assert (test != "lte") is _found(condition, to_item(later))
