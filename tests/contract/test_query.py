"""`query`: items of one partition, page by page."""

import datetime as dt
import decimal

import pytest
from attrs import define

from tests.contract.entities import Account
from tests.contract.test_indexes import Order, order_class
from tests.shells import Database
from transactscope import Attr, Key, KeyTemplate, entity
from transactscope.errors import (
    ConversionError,
    InvalidRequestError,
    NotSentError,
    TableNotFoundError,
)
from transactscope.indexes import GlobalIndex, LocalIndex
from transactscope.testing import lost_answer, no_connection, throttled

D = decimal.Decimal


@entity(
    "Shop", partition_key=KeyTemplate("PK", "USER#{user_id}"), sort_key=KeyTemplate("SK", "PROFILE")
)
@define
class Profile:
    """Another item of the same partitions; it sorts behind all orders."""

    user_id: str


@entity(
    "Shop", partition_key=KeyTemplate("PK", "USER#{user_id}"), sort_key=KeyTemplate("SK", "AVATAR")
)
@define
class Avatar:
    """One that sorts before them."""

    user_id: str


@pytest.fixture
def shop(client, shell, table_name, tokens, pauses):
    """A database with a table that has the indexes of Order."""
    db = Database(
        client,
        table_names={"Shop": table_name},
        sleep=pauses.append,
        clock=lambda: sum(pauses),
        random=lambda: 1.0,
    )
    db.create_table(Order)
    return db


def _numbers(query):
    return [order.number for order in query]


def _put(db, numbers, **fields):
    for number in numbers:
        db.put(Order("u-1", number, **fields))


def test_items_of_one_partition_come_in_order(shop, sent):
    """The parts of the partition key are those of `get`, and one request is enough."""
    _put(shop, [3, 1, 2])
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
    _put(shop, [1])
    shop.put(Profile("u-1"))
    shop.put(Avatar("u-1"))

    assert [1] == _numbers(shop.query(Order, "u-1"))
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
    _put(shop, [1, 2, 11, 12, 100])
    shop.put(Profile("u-1"))
    shop.put(Avatar("u-1"))
    condition, expected = CONDITIONS[name]

    assert expected == _numbers(shop.query(Order, "u-1", condition))
    assert expected == _numbers(shop.query(Order, Key("user_id").eq("u-1") & condition))
    assert expected == _numbers(shop.query(Order, condition & Key("PK").eq("USER#u-1")))
    assert expected[::-1] == _numbers(shop.query(Order, "u-1", condition, reverse=True))


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


DAY = dt.date(2026, 11, 21)
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


@entity("Plain", partition_key="id", sort_key="at")
@define
class Plain:
    """A sort key that is a field."""

    id: str
    at: decimal.Decimal


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


def test_an_index_is_queried_by_its_own_key(shop, sent):
    """Plain, composed, and with a sort key of its own."""
    shop.put(Order("u-1", 1, D(5), "a@b", "DE", "Ulm"))
    shop.put(Order("u-2", 2, D(3), "a@b", "DE", "Ulm"))
    shop.put(Order("u-1", 3, D(4), None, "DE", "Bonn"))
    shop.put(Order("u-1", 4))
    sent.clear()

    assert [1, 2] == sorted(_numbers(shop.query(Order, "a@b", index="by-email")))
    assert [1, 2] == sorted(_numbers(shop.query(Order, "DE", "Ulm", index="by-place")))
    assert [3] == _numbers(
        shop.query(Order, "DE", "Bonn", Key("KIND").eq("ORDER"), index="by-place")
    )
    assert [1] == _numbers(shop.query(Order, Key("number").eq(1), index="turned"))
    assert [3, 1] == _numbers(shop.query(Order, "u-1", index="by-total"))
    by_total = shop.query(
        Order, "u-1", Key("total").gt(D(4)), index="by-total", consistent=True, reverse=True
    )
    assert [1] == _numbers(by_total)
    assert {"by-email", "by-place", "turned", "by-total"} == {
        request.body["IndexName"] for request in sent.requests
    }
    last = sent.requests[-1].body
    assert (True, False) == (last["ConsistentRead"], last["ScanIndexForward"])


def test_a_filter_is_applied_behind_the_key(shop):
    """Trees speak of fields, strings of attributes; fields of composed keys are attributes, too."""
    _put(shop, [1, 2, 3])
    shop.update(Order, "u-1", 2, set={"note": "x"})

    assert [2] == _numbers(shop.query(Order, "u-1", filter=Attr("note").eq("x")))
    assert [1, 3] == _numbers(shop.query(Order, "u-1", filter=~Attr("note").exists()))
    assert [3] == _numbers(shop.query(Order, "u-1", filter=Attr("number").is_in([3, 4])))
    raw = shop.query(Order, "u-1", filter="#v0 = :v0", names={"#v0": "note"}, values={":v0": "x"})
    assert [2] == _numbers(raw)


def test_limit_is_of_what_is_returned(shop, sent):
    """And without a filter no more is read than that."""
    _put(shop, range(1, 8))
    sent.clear()

    assert [1, 2, 3] == _numbers(shop.query(Order, "u-1", limit=3))
    assert [1, 2, 3, 4, 5] == _numbers(shop.query(Order, "u-1", limit=5, page_size=2))
    assert [6, 7] == _numbers(
        shop.query(Order, "u-1", limit=2, page_size=3, filter=Attr("number").gt(5))
    )
    assert list(range(1, 8)) == _numbers(shop.query(Order, "u-1", limit=100))
    limits = [request.body.get("Limit") for request in sent.requests]
    assert [3, 2, 2, 1, 3, 3, 3, 100] == limits


def test_requests_are_sent_as_items_are_asked_for(shop, sent):
    """Nothing at the call, and one page at a time."""
    _put(shop, range(1, 6))
    sent.clear()
    query = iter(shop.query(Order, "u-1", page_size=2))
    counts = [len(sent.requests)]
    for _ in range(5):
        next(query)
        counts.append(len(sent.requests))

    assert [0, 1, 1, 2, 2, 3] == counts
    assert [] == list(query)
    assert 3 == len(sent.requests)


def test_pages_without_items_are_followed(shop, sent):
    """A filter may drop all of a page, and the next one has what is looked for."""
    _put(shop, range(1, 10))
    sent.clear()
    query = shop.query(Order, "u-1", filter=Attr("number").eq(9), page_size=2)

    assert [9] == _numbers(query)
    assert 5 == len(sent.requests)
    assert query.last_evaluated_key is None


@pytest.mark.parametrize(
    ("key", "index"),
    [(("u-1",), None), (("a@b",), "by-email"), (("u-1",), "by-total"), (("DE", "Ulm"), "by-place")],
    ids=["table", "global", "local", "composed"],
)
@pytest.mark.parametrize("reverse", [False, True])
def test_a_query_goes_on_exactly_behind_any_item(shop, key, index, reverse):
    """Also inside a page, and with the attributes of the index's key."""
    for number in range(1, 6):
        shop.put(Order("u-1", number, D(number // 2), "a@b", "DE", "Ulm"))
    options = {"index": index, "reverse": reverse}
    everything = list(shop.query(Order, *key, **options))
    assert 5 == len(everything)

    for taken in range(1, 5):
        query = shop.query(Order, *key, page_size=3, **options)
        first = [next(query) for _ in range(taken)]
        rest = shop.query(Order, *key, start_after=query.last_evaluated_key, **options)
        assert everything == [*first, *rest], taken
        assert rest.last_evaluated_key is None


def test_where_a_query_stands_is_a_plain_value(shop):
    """DynamoDB's own, which another program can go on from; changing it changes nothing."""
    _put(shop, [1, 2, 3])
    query = shop.query(Order, "u-1")
    assert query.last_evaluated_key is None
    next(query)
    expected = {"PK": {"S": "USER#u-1"}, "SK": {"S": "ORDER#00000001"}}
    assert expected == query.last_evaluated_key
    query.last_evaluated_key["PK"]["S"] = "x"

    assert expected == query.last_evaluated_key
    later = shop.query(Order, "u-1", start_after=expected, limit=1)
    assert expected == later.last_evaluated_key
    assert [2] == _numbers(later)
    assert {"S": "ORDER#00000002"} == later.last_evaluated_key["SK"]


def test_pages_are_lists(shop):
    """One for each page that has items; what is behind the last is known."""
    _put(shop, range(1, 6))
    query = shop.query(Order, "u-1", page_size=2, filter=Attr("number").gt(2), limit=3)
    pages = [[order.number for order in page] for page in query.pages()]

    assert [[3, 4], [5]] == pages
    assert [] == list(shop.query(Order, "u-2").pages())
    assert [] == list(query.pages())


def test_items_and_pages_can_be_mixed(shop):
    """Both go on where the other stands, and a limit holds for both."""
    _put(shop, range(1, 6))
    query = shop.query(Order, "u-1", limit=4)
    first = next(query).number

    assert [[2, 3, 4]] == [[order.number for order in page] for page in query.pages()]
    assert 1 == first
    assert {"S": "ORDER#00000004"} == query.last_evaluated_key["SK"]


def _spoil(client, table, number):
    item = {
        "PK": {"S": "USER#u-1"},
        "SK": {"S": f"ORDER#{number:08d}"},
        "user_id": {"S": "u-1"},
        "number": {"S": "secret"},
    }
    client.put_item(TableName=table, Item=item)


def test_an_item_of_another_kind_is_never_dropped(shop, client, table_name):
    """It is an error that names its key, and the query stays before it."""
    _put(shop, [1, 3])
    _spoil(client, table_name, 2)
    query = shop.query(Order, "u-1")
    assert 1 == next(query).number

    for _ in range(2):
        with pytest.raises(ConversionError, match=r"Order\.number") as caught:
            next(query)
        assert "SK='ORDER#00000002'" in caught.value.__notes__[0]
        assert "secret" not in str(caught.value) + caught.value.__notes__[0]
    assert {"S": "ORDER#00000001"} == query.last_evaluated_key["SK"]

    with pytest.raises(ConversionError):
        next(shop.query(Order, "u-1").pages())


def test_a_query_is_asked_again_whatever_happened(shop, faults, pauses):
    """It changes nothing, and each page has a budget of its own."""
    _put(shop, range(1, 5))
    pauses.clear()
    faults.next("Query", throttled(), lost_answer(), no_connection())

    assert [1, 2, 3, 4] == _numbers(shop.query(Order, "u-1", page_size=2))
    assert 3 == len(pauses)


def test_a_failure_leaves_the_query_where_it_was(shop, always, faults):
    """It can be gone on with, and nothing is left out."""
    _put(shop, range(1, 5))
    query = shop.query(Order, "u-1", page_size=2)
    assert [1, 2] == [next(query).number, next(query).number]
    faults.next("Query", *[lost_answer()] * 6)
    with pytest.raises(NotSentError) as caught:
        next(query)

    assert caught.value.retryable
    assert [3, 4] == _numbers(query)


def test_a_missing_table_is_an_error_of_the_iterator(client, shell, table_name):
    """The call sends nothing, so it cannot know."""
    query = Database(client, table_names={"Shop": table_name}).query(Order, "u-1")
    with pytest.raises(TableNotFoundError, match=table_name):
        next(query)


def test_some_fields_are_returned_as_mappings(shop, sent):
    """What is not stored is not in them, and a place to go on from is known all the same."""
    shop.put(Order("u-1", 1, D(5)))
    shop.put(Order("u-1", 2))
    sent.clear()
    query = shop.query(Order, "u-1", only=["total", "number"])

    assert {"total": D(5), "number": 1} == next(query)
    assert {"PK", "SK"} == query.last_evaluated_key.keys()
    assert [{"number": 2}] == list(query)
    body = sent.requests[0].body
    names = body["ExpressionAttributeNames"]
    wanted = [names[alias] for alias in body["ProjectionExpression"].split(", ")]
    assert ["PK", "SK", "total", "number"] == wanted


NARROW = order_class(
    "Shop",
    [
        GlobalIndex("keys", partition_key="email", projection="KEYS_ONLY"),
        GlobalIndex("some", partition_key="email", sort_key="total", projection=("number", "city")),
        LocalIndex("local", sort_key="total", projection="KEYS_ONLY"),
    ],
)


@pytest.fixture
def narrow(client, shell, table_name):
    """A table with indexes that do not hold everything."""
    db = Database(client, table_names={"Shop": table_name})
    db.create_table(NARROW)
    db.put(NARROW("u-1", 1, D(5), "a@b", "DE", "Ulm", "x"))
    return db


def test_an_index_that_does_not_hold_the_fields_is_refused(narrow, sent):
    """Defaults in place of what is not copied would look like data."""
    sent.clear()
    for index, only, text in (
        ("keys", None, "'keys' of Order does not hold user_id, number, total, country, city, note"),
        ("some", None, "does not hold user_id, country, note"),
        ("some", ["number", "note"], "does not hold note;"),
    ):
        with pytest.raises(InvalidRequestError, match=text) as caught:
            narrow.query(NARROW, "a@b", index=index, only=only)
        assert "NOT_PROJECTED" == caught.value.code
    assert [] == sent.operations


def test_what_an_index_holds_can_be_asked_for(narrow):
    """As mappings."""
    found = narrow.query(NARROW, "a@b", index="some", only=["number", "city", "total", "email"])

    assert [{"number": 1, "city": "Ulm", "total": D(5), "email": "a@b"}] == list(found)


@pytest.mark.needs("transact_get")
def test_a_local_index_fetches_what_it_does_not_hold(narrow, sent):
    """DynamoDB reads it from the table, at a price."""
    sent.clear()
    found = list(narrow.query(NARROW, "u-1", index="local"))

    assert [NARROW("u-1", 1, D(5), "a@b", "DE", "Ulm", "x")] == found
    assert "ALL_ATTRIBUTES" == sent.requests[0].body["Select"]
    assert [{"note": "x"}] == list(narrow.query(NARROW, "u-1", index="local", only=["note"]))


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


@pytest.mark.only_sync("its thread is the test")
def test_two_at_once_are_refused(client, table_names, faults):
    """Two pages at once would leave items out."""
    from transactscope.testing import calling

    db = Database(client, table_names=table_names)
    db.put(Account("A-1"))
    query, errors = db.query(Account, "A-1"), []

    def meanwhile():
        with pytest.raises(InvalidRequestError, match="another thread or task") as caught:
            next(query)
        errors.append(caught.value)

    faults.next("Query", calling(meanwhile))

    assert [Account("A-1")] == list(query)
    assert 1 == len(errors)
