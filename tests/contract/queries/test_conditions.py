"""Conditions on keys: what is found, and what is refused at the call."""

import datetime as dt

import pytest
from attrs import define

from tests.contract.entities import Account
from tests.contract.queries.given import DAY, Avatar, D, Plain, Profile, numbers_of, put_orders
from tests.contract.test_indexes import Order
from tests.shells import Database
from transactscope import Attr, Key, KeyTemplate, entity
from transactscope.errors import ConversionError, InvalidRequestError
from transactscope.indexes import GlobalIndex


def test_items_of_one_partition_come_in_order(shop, sent):
    """The parts of the partition key are those of `get`, and one request is enough."""
    put_orders(shop, [3, 1, 2])
    shop.put(Order("u-2", 9))
    sent.clear()

    found = list(shop.query(Order, "u-1"))

    assert [Order("u-1", number) for number in (1, 2, 3)] == found
    (request,) = sent.requests
    assert "Query" == request.operation
    assert not {"Limit", "ScanIndexForward", "ConsistentRead", "IndexName"} & request.body.keys()


def test_a_plain_key_is_queried(db, account):
    """A table without a sort key has one item at most."""
    assert [account] == list(db.query(Account, "A-1"))
    assert [] == list(db.query(Account, Key("number").eq("A-2")))


def test_other_items_of_the_partition_are_not_found(shop):
    """The literal beginning of a composed sort key is the class's own."""
    put_orders(shop, [1])
    shop.put(Profile("u-1"))
    shop.put(Avatar("u-1"))

    assert [1] == numbers_of(shop.query(Order, "u-1"))
    assert [Profile("u-1")] == list(shop.query(Profile, "u-1"))


CONDITIONS = {
    "eq": (Key("number").eq(12), [12]),
    "lt": (Key("number").lt(12), [1, 2, 11]),
    "lte": (Key("number").lte(12), [1, 2, 11, 12]),
    "gt": (Key("number").gt(11), [12, 100]),
    "gte": (Key("number").gte(11), [11, 12, 100]),
    "between": (Key("number").between(2, 12), [2, 11, 12]),
    "attribute eq": (Key("SK").eq("ORDER#00000002"), [2]),
    "attribute begins_with": (Key("SK").begins_with("ORDER#0000001"), [11, 12]),
    "attribute between": (Key("SK").between("ORDER#00000011", "ORDER#00000012"), [11, 12]),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_on_a_composed_sort_key_finds_what_the_field_says(shop, name):
    """Neither more nor less, beside items that sort before and after all of the class."""
    put_orders(shop, [1, 2, 11, 12, 100])
    shop.put(Profile("u-1"))
    shop.put(Avatar("u-1"))
    condition, expected = CONDITIONS[name]

    assert expected == numbers_of(shop.query(Order, "u-1", condition))
    assert expected == numbers_of(shop.query(Order, Key("user_id").eq("u-1") & condition))
    assert expected == numbers_of(shop.query(Order, condition & Key("PK").eq("USER#u-1")))
    assert expected[::-1] == numbers_of(shop.query(Order, "u-1", condition, reverse=True))


@entity(
    "Log",
    partition_key=KeyTemplate("PK", "{host}"),
    sort_key=KeyTemplate("SK", "LOG#{day}#{level}#{text}"),
)
@define
class Line:
    """A sort key of several fields."""

    host: str
    day: dt.date
    level: int
    text: str


LATER = DAY + dt.timedelta(days=1)

LINES = [
    Line("h", DAY - dt.timedelta(days=1), 1, "zz"),
    Line("h", DAY, 1, "a"),
    Line("h", DAY, 1, "ab"),
    Line("h", DAY, 1, "b"),
    Line("h", DAY, 2, "a"),
    Line("h", LATER, 1, "a"),
]

SEVERAL = {
    "none": (None, LINES),
    "first": (Key("day").eq(DAY), LINES[1:5]),
    "first lt": (Key("day").lt(DAY), LINES[:1]),
    "first lte": (Key("day").lte(DAY), LINES[:5]),
    "first gt": (Key("day").gt(DAY), LINES[5:]),
    "first gte": (Key("day").gte(DAY), LINES[1:]),
    "first between": (Key("day").between(DAY, DAY), LINES[1:5]),
    "two": (Key("day").eq(DAY) & Key("level").eq(1), LINES[1:4]),
    "all": (Key("text").eq("ab") & Key("level").eq(1) & Key("day").eq(DAY), LINES[2:3]),
    "last gt": (Key("day").eq(DAY) & Key("level").eq(1) & Key("text").gt("a"), LINES[2:4]),
    "last gte": (Key("day").eq(DAY) & Key("level").eq(1) & Key("text").gte("ab"), LINES[2:4]),
    "last lte": (Key("day").eq(DAY) & Key("level").eq(1) & Key("text").lte("ab"), LINES[1:3]),
    "last begins": (
        Key("day").eq(DAY) & Key("level").eq(1) & Key("text").begins_with("a"),
        LINES[1:3],
    ),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_fields_of_a_sort_key_are_given_from_the_left(client, shell, fresh_table, name):
    """As the texts sort, so can they be asked for."""
    db = Database(client, table_names={"Log": fresh_table("PK", "SK")})
    for line in LINES:
        db.put(line)
    condition, expected = SEVERAL[name]
    key = ("h",) if condition is None else ("h", condition)

    assert expected == list(db.query(Line, *key))


def test_conditions_on_a_plain_sort_key_are_dynamodbs_own(client, shell, fresh_table):
    """Numbers sort as numbers, and values have the type of the field."""
    db = Database(client, table_names={"Plain": fresh_table("id", ("at", "N"))})
    for at in (1, 9, 10, 100):
        db.put(Plain("p", D(at)))
    db.put(Plain("q", D(9)))

    def found(condition):
        return [int(one.at) for one in db.query(Plain, "p", condition)]

    assert [9] == found(Key("at").eq(D(9)))
    assert [1, 9] == found(Key("at").lt(D(10)))
    assert [1, 9, 10] == found(Key("at").lte(D(10)))
    assert [100] == found(Key("at").gt(D(10)))
    assert [10, 100] == found(Key("at").gte(D(10)))
    assert [9, 10] == found(Key("at").between(D(2), D(10)))


@entity("Bare", partition_key="id", sort_key=KeyTemplate("SK", "{name}"))
@define
class Bare:
    """A composed sort key without any literal text."""

    id: str
    name: str


def test_ranges_without_a_common_beginning_are_open(client, shell, fresh_table):
    """Then there is nothing of other classes to keep out."""
    db = Database(client, table_names={"Bare": fresh_table("id", "SK")})
    for name in "abc":
        db.put(Bare("x", name))

    def found(*condition):
        return "".join(one.name for one in db.query(Bare, "x", *condition))

    assert "abc" == found()
    assert "a" == found(Key("name").lt("b"))
    assert "ab" == found(Key("name").lte("b"))
    assert "c" == found(Key("name").gt("b"))
    assert "bc" == found(Key("name").gte("b"))


REFUSED = {
    "no partition": ((), {}, "needs a value for its partition key: user_id"),
    "only a sort key": ((Key("number").eq(1),), {}, "user_id has none"),
    "two parts": (("u-1", 1), {}, r"1 part\(s\) \(user_id\), 2 given"),
    "range of the partition": ((Key("user_id").gt("u"),), {}, "takes = only, and user_id has >"),
    "beginning of the partition": ((Key("PK").begins_with("U"),), {}, "takes = only"),
    "two partitions": (("u-1", Key("user_id").eq("u-2")), {}, "two values"),
    "fields and attribute": (
        ("u-1", Key("PK").eq("USER#u-1")),
        {},
        "PK is composed of fields: give it, or these",
    ),
    "two ranges": (("u-1", Key("number").gt(1) & Key("number").lt(5)), {}, "more: number >"),
    "a value and a range": (("u-1", Key("number").eq(1) & Key("number").lt(5)), {}, "more: "),
    "two values": (("u-1", Key("number").eq(1) & Key("number").eq(2)), {}, "more: number ="),
    "field and attribute": (("u-1", Key("number").eq(1) & Key("SK").eq("x")), {}, "more: "),
    "not equal": (("u-1", Attr("number").ne(5)), {}, "NotEquals is no part of a key condition"),
    "or": (("u-1", Key("number").eq(1) | Key("number").eq(2)), {}, "Or is no part"),
    "not": (("u-1", ~Key("number").eq(1)), {}, "Not is no part"),
    "in": (("u-1", Attr("number").is_in([1])), {}, "In is no part"),
    "exists": (("u-1", Attr("number").exists()), {}, "AttributeExists is no part"),
    "incomplete": (("u-1", Key("number")), {}, "Key of number is incomplete"),
    "size": (("u-1", Attr("number").size().eq(1)), {}, r"stands behind Key\(\.\.\.\)"),
    "another attribute": (("u-1", Key("number").eq(Attr("total"))), {}, "with values only"),
    "no key": (("u-1", Key("total").eq(1)), {}, "total is not part of the key of Order"),
    "unknown": (("u-1", Key("numbr").eq(1)), {}, "did you mean 'number'"),
    "filter on the key": (("u-1",), {"filter": Attr("SK").eq("x")}, "filter= cannot be about SK"),
    "filter on the key inside": (
        ("u-1",),
        {"filter": ~(Attr("note").exists() | Attr("PK").size().between(1, 2))},
        "cannot be about PK",
    ),
    "names alone": (("u-1",), {"names": {"#a": "b"}}, "names= and values="),
    "unknown index": (("u-1",), {"index": "by-mail"}, "no index 'by-mail'"),
    "consistent": (("e",), {"index": "by-email", "consistent": True}, "is global: DynamoDB copies"),
    "consistent word": (("u-1",), {"consistent": "yes"}, "consistent= is True or False"),
    "reverse": (("u-1",), {"reverse": 1}, "reverse= is True or False"),
    "limit": (("u-1",), {"limit": 0}, "limit= is a whole number from 1"),
    "limit bool": (("u-1",), {"limit": True}, "limit= is a whole number from 1"),
    "page size": (("u-1",), {"page_size": "9"}, "page_size= is a whole number"),
    "start": (("u-1",), {"start_after": {"PK": {"S": "x"}}}, "AttributeValues of PK, SK"),
    "start of another kind": (("u-1",), {"start_after": "x"}, "AttributeValues of PK, SK"),
    "start of a wrong type": (
        ("u-1",),
        {"start_after": {"PK": {"S": "x"}, "SK": {"L": []}}},
        "start_after.SK",
    ),
    "start of the table": (
        ("e",),
        {"index": "by-email", "start_after": {"PK": {"S": "x"}, "SK": {"S": "x"}}},
        "AttributeValues of email, PK, SK",
    ),
    "only a word": (("u-1",), {"only": "total"}, "only= takes names of fields"),
    "only nothing": (("u-1",), {"only": []}, "at least one field"),
    "only unknown": (("u-1",), {"only": ["totl"]}, "did you mean 'total'"),
    "none": ((None,), {}, "Order.user_id is None"),
    "empty": (("",), {}, "Order.user_id is empty"),
    "long": (("u" * 2048,), {}, "2053 bytes"),
    "long sort": (("u-1", Key("SK").eq("x" * 1025)), {}, "1025 bytes"),
    "empty sort": (("u-1", Key("SK").begins_with("")), {}, "Order.SK is empty"),
    "sort of another type": (("u-1", Key("SK").gt(5)), {}, "SK"),
    "too many digits": (("u-1", Key("number").gt(10**8)), {}, "does not fit the 8 digits"),
    "negative": (("u-1", Key("number").gt(-1)), {}, "does not fit the 8 digits"),
    "wrong way round": (("u-1", Key("number").between(5, 1)), {}, "lower bound first"),
    "begins_with of a number": (("u-1", Key("number").begins_with(1)), {}, "takes a text field"),
    "before the first": (("u-1", Key("number").lt(0)), {}, "use lte or between"),
    "composed of another type": ((Key("PK").eq(5),), {}, "PK"),
    "a long filter": (
        ("u-1",),
        {"filter": "attribute_exists(note)" + " AND attribute_exists(note)" * 200},
        "FilterExpression has 5",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_dynamodb_would_refuse_is_refused_at_the_call(client, shell, request_log, name):
    """Not at the first item, far from the mistake."""
    key, options, text = REFUSED[name]
    with pytest.raises((InvalidRequestError, ConversionError), match=text):
        Database(client).query(Order, *key, **options)

    assert [] == request_log.operations


LINE_REFUSED = {
    "a gap": (Key("level").eq(1), "sorted by day before level"),
    "a gap below": (Key("day").eq(DAY) & Key("text").gt("a"), "sorted by level before text"),
    "behind a range": (Key("day").gt(DAY) & Key("level").eq(1), "sorted by day before level"),
    "numbers as text": (Key("day").eq(DAY) & Key("level").gt(1), "does not sort in its key"),
    "below a text": (
        Key("day").eq(DAY) & Key("level").eq(1) & Key("text").lt("b"),
        "use lte or between",
    ),
    "begins_with of a date": (Key("day").begins_with(DAY), "takes a text field"),
    "forged": (Key("day").eq(DAY) & Key("level").eq("1#1"), "level"),
}


@pytest.mark.parametrize("name", LINE_REFUSED)
def test_what_cannot_be_said_exactly_is_refused(client, shell, name):
    """A range of text that is not the range of the values would find other items."""
    condition, text = LINE_REFUSED[name]
    with pytest.raises((InvalidRequestError, ConversionError), match=text):
        Database(client).query(Line, "h", condition)


@entity("Middle", partition_key="id", sort_key=KeyTemplate("SK", "{name}#{at}"))
@define
class Middle:
    """A text before another part."""

    id: str
    name: str
    at: dt.datetime


def test_a_text_before_another_part_has_no_ranges(client, shell):
    """`a!` sorts before `a#`, so a text with something behind it does not sort as it is."""
    db = Database(client)
    with pytest.raises(InvalidRequestError, match="does not sort in its key"):
        db.query(Middle, "x", Key("name").gte("a"))
    assert db.query(Middle, "x", Key("name").begins_with("a")) is not None


def test_times_have_one_before_them(client, shell, fresh_table):
    """They are stored at full width, so `<` of one is `<=` of the microsecond before."""
    db = Database(client, table_names={"Middle": fresh_table("id", "SK")})
    start = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    times = [start + dt.timedelta(microseconds=number) for number in range(3)]
    for at in times:
        db.put(Middle("x", "a", at))
    found = db.query(Middle, "x", Key("name").eq("a") & Key("at").lt(times[2]))

    assert times[:2] == [one.at for one in found]


@entity("Diary", partition_key="id", sort_key=KeyTemplate("SK", "DAY#{day}"))
@define
class Entry:
    """A day at the end of a composed key."""

    id: str
    day: dt.date


def test_days_have_one_before_them(client, shell, fresh_table):
    """`<` of a day is `<=` of the day before, within the items of the class."""
    db = Database(client, table_names={"Diary": fresh_table("id", "SK")})
    days = [DAY + dt.timedelta(days=number) for number in range(3)]
    for day in days:
        db.put(Entry("x", day))

    assert days[:2] == [one.day for one in db.query(Entry, "x", Key("day").lt(days[2]))]


@entity(
    "Constant",
    partition_key="id",
    indexes=[
        GlobalIndex(
            "all", partition_key=KeyTemplate("KIND", "THING"), sort_key=KeyTemplate("AT", "{at}")
        )
    ],
)
@define
class Thing:
    """All of a class in one partition of an index."""

    id: str
    at: dt.date


def test_a_constant_partition_needs_no_parts(client, shell, table_name):
    """An index with one partition for all items of a class."""
    db = Database(client, table_names={"Constant": table_name})
    db.create_table(Thing)
    for number in (2, 1):
        db.put(Thing(str(number), DAY + dt.timedelta(days=number)))

    assert ["1", "2"] == [thing.id for thing in db.query(Thing, index="all")]
    later = db.query(Thing, Key("at").gt(DAY + dt.timedelta(days=1)), index="all")
    assert ["2"] == [thing.id for thing in later]
