"""Entities of a table with secondary indexes: what is stored for them, and what is refused."""

import decimal

import pytest
from attrs import define

from tests.shells import TransactScope
from transactscope import Attr, KeyTemplate, entity, if_not_exists, path, to_item
from transactscope.entities.mapping import mapping_of
from transactscope.errors import InvalidKeyError, InvalidRequestError
from transactscope.indexes import GlobalIndex, LocalIndex

INDEXES = [
    GlobalIndex("by-email", partition_key="email"),
    GlobalIndex(
        "by-place",
        partition_key=KeyTemplate("PLACE", "{country}#{city}"),
        sort_key=KeyTemplate("KIND", "ORDER"),
    ),
    GlobalIndex("by-user", partition_key=KeyTemplate("OWNER", "OWNER#{user_id}")),
    GlobalIndex("turned", partition_key=KeyTemplate("SK", "ORDER#{number:08d}"), sort_key="total"),
    LocalIndex("by-total", sort_key="total"),
]


def order_class(table, indexes=INDEXES):
    """Make an entity of a table with indexes."""

    @entity(
        table,
        partition_key=KeyTemplate("PK", "USER#{user_id}"),
        sort_key=KeyTemplate("SK", "ORDER#{number:08d}"),
        indexes=indexes,
    )
    @define
    class Order:
        user_id: str
        number: int
        total: decimal.Decimal | None = None
        email: str | None = None
        country: str | None = None
        city: str | None = None
        note: str | None = None

    return Order


Order = order_class("Shop")
COMPOSED = {"KIND": {"S": "ORDER"}, "OWNER": {"S": "OWNER#u-1"}}


@pytest.fixture
def raw(client, table_names):
    """Read what is stored of an order."""

    def read(user_id, number):
        key = {"PK": {"S": f"USER#{user_id}"}, "SK": {"S": f"ORDER#{number:08d}"}}
        return client.get_item(TableName=table_names["Shop"], Key=key)["Item"]

    return read


def test_an_entity_is_stored_with_the_keys_of_its_indexes():
    """Composed ones are attributes of their own, plain ones are there already."""
    item = to_item(Order("u-1", 7, decimal.Decimal(5), "a@b", "DE", "Ulm"))

    assert {"S": "DE#Ulm"} == item["PLACE"]
    assert COMPOSED == {name: item[name] for name in COMPOSED}
    assert ({"S": "a@b"}, {"N": "5"}) == (item["email"], item["total"])


@pytest.mark.parametrize("country", [None, "DE"])
def test_none_leaves_an_entity_out_of_an_index(country):
    """The index is sparse: an attribute that is not there, or cannot be composed."""
    item = to_item(Order("u-1", 7, country=country))

    assert not {"email", "total", "PLACE"} & item.keys()


def _keyed(kind, **options):
    @entity("Some", partition_key="id", indexes=[GlobalIndex("by-key", **options)])
    @define
    class Keyed:
        id: str
        key: kind
        other: str = ""

    return Keyed


def test_none_that_could_not_be_read_back_is_refused():
    """Left out it would come back as something else, or not at all."""
    keyed = _keyed(str | None, partition_key="key")

    with pytest.raises(InvalidKeyError, match=r"Keyed\.key is None.*default None") as caught:
        to_item(keyed("1", None))
    assert "Keyed.key" == caught.value.path


@pytest.mark.parametrize(
    ("options", "value", "text"),
    [
        ({"partition_key": "key"}, "", "empty"),
        ({"partition_key": "other", "sort_key": "key"}, "", "empty"),
        ({"partition_key": "key"}, "x" * 2049, "2049 bytes.*2048"),
        ({"partition_key": "other", "sort_key": "key"}, "x" * 1025, "1025 bytes.*1024"),
        ({"partition_key": KeyTemplate("K", "{key}")}, "", "empty"),
        ({"partition_key": KeyTemplate("K", "{key}#{other}")}, "a#b", "contains"),
    ],
    ids=["empty", "empty sort", "long", "long sort", "empty part", "forged"],
)
def test_what_no_index_takes_is_refused_at_the_call(options, value, text):
    """As with keys of tables: DynamoDB would refuse the item later, and not name the field."""
    keyed = _keyed(str, **options)
    with pytest.raises(InvalidKeyError, match=text):
        to_item(keyed("1", value, "o"))


def test_values_at_the_limits_are_taken():
    """A partition key of 2048 bytes, a sort key of 1024; an attribute in both is the shorter."""
    assert to_item(_keyed(str, partition_key="key")("1", "x" * 2048, "o"))
    keyed = _keyed(str, partition_key="other", sort_key="key")
    assert to_item(keyed("1", "x" * 1024, "o" * 2048))


def test_a_type_that_is_no_key_is_refused():
    """A list is stored as a list, which no index takes."""
    keyed = _keyed(list[str], partition_key="key")
    with pytest.raises(InvalidKeyError, match="S, N or B, not L"):
        to_item(keyed("1", ["a"]))


def test_an_update_by_key_keeps_indexes_right(db, raw):
    """What is composed follows the fields that it is composed of."""
    db.put(Order("u-1", 7, country="DE", city="Ulm"))
    db.update(Order, "u-1", 7, set={"country": "FR", "city": "Nice", "note": "x"})
    assert {"S": "FR#Nice"} == raw("u-1", 7)["PLACE"]

    db.update(Order, "u-1", 7, set={"note": "y"})
    assert {"S": "FR#Nice"} == raw("u-1", 7)["PLACE"]

    db.update(Order, "u-1", 7, remove="city")
    assert "PLACE" not in raw("u-1", 7)
    assert Order("u-1", 7, country="FR", note="y") == db.get(Order, "u-1", 7)


def test_an_update_that_creates_puts_the_item_into_its_indexes(db, raw):
    """All that the key alone determines is stored, too."""
    db.update(Order, "u-1", 8, set={"note": "x"})

    item = raw("u-1", 8)
    assert COMPOSED == {name: item[name] for name in COMPOSED}
    assert "PLACE" not in item


def test_an_update_to_none_takes_the_item_out(db, raw):
    """A part that is None composes nothing."""
    db.put(Order("u-1", 7, country="DE", city="Ulm"))
    db.update(Order, "u-1", 7, set={"country": None, "city": "Ulm"})

    assert "PLACE" not in raw("u-1", 7)


def test_an_update_of_an_entity_keeps_indexes_right(db, raw):
    """The difference is that of the items."""
    db.put(Order("u-1", 7, country="DE", city="Ulm"))
    with TransactScope(db) as tx:
        order = tx.get(Order, "u-1", 7)
        order.city = "Bonn"
        tx.update(order)

    assert {"S": "DE#Bonn"} == raw("u-1", 7)["PLACE"]


def test_updates_of_one_item_fold(db, raw):
    """Composed keys fold as the fields do."""
    with TransactScope(db) as tx:
        tx.put(Order("u-1", 7))
        tx.update(Order, "u-1", 7, set={"country": "DE", "city": "Ulm"})
        tx.update(Order, "u-1", 7, set={"note": "x"})

    assert {"S": "DE#Ulm"} == raw("u-1", 7)["PLACE"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"set": {"city": "Ulm"}}, "INDEX_KEY_UNKNOWN"),
        ({"set": {"city": path("note"), "country": "DE"}}, "INDEX_KEY_UNKNOWN"),
        ({"set": {"city": if_not_exists("city", "x"), "country": "DE"}}, "INDEX_KEY_UNKNOWN"),
        ({"set": {"PLACE": "DE#Ulm"}}, "INDEX_KEY_BY_HAND"),
        ({"remove": "PLACE"}, "INDEX_KEY_BY_HAND"),
        ({"set": {"email": None}}, "INVALID_KEY"),
        ({"set": {"email": ""}}, "INVALID_KEY"),
        ({"set": {"email": "x" * 2049}}, "INVALID_KEY"),
        ({"set": {"country": "D#E", "city": "Ulm"}}, "INVALID_KEY"),
    ],
    ids=["a part", "a copy", "a default", "by hand", "removed", "null", "empty", "long", "forged"],
)
def test_updates_that_would_spoil_an_index_are_refused(db, sent, changes, code):
    """An item under a wrong key is found by nobody, and nobody is told."""
    with pytest.raises(InvalidRequestError) as caught:
        db.update(Order, "u-1", 7, **changes)

    assert code == caught.value.code
    assert [] == sent.operations


def test_other_updates_of_an_index_key_are_left_to_the_server(db, raw):
    """What depends on the stored item is not known here."""
    db.put(Order("u-1", 7, decimal.Decimal(5)))
    db.update(Order, "u-1", 7, add={"total": 1}, set={"email": path("user_id")})

    assert ({"N": "6"}, {"S": "u-1"}) == (raw("u-1", 7)["total"], raw("u-1", 7)["email"])


def test_conditions_may_name_composed_keys(db):
    """They are attributes of the item that the class knows."""
    db.put(Order("u-1", 7, country="DE", city="Ulm"))
    db.delete(Order, "u-1", 7, condition=Attr("PLACE").begins_with("DE#"))

    assert db.get(Order, "u-1", 7) is None


def test_an_item_from_before_an_index_is_read():
    """What is composed is not needed to read; a put stores it."""
    from transactscope import from_item

    item = to_item(order_class("Shop", ())("u-1", 7, country="DE", city="Ulm"))
    assert "PLACE" not in item
    assert "Ulm" == from_item(Order, item).city


def _wrong(text, *indexes, sort_key="sort", **_):
    return pytest.param(indexes, sort_key, text, id=text)


@pytest.mark.parametrize(
    ("indexes", "sort_key", "text"),
    [
        _wrong("no field 'emial'; did you mean 'email'", GlobalIndex("abc", partition_key="emial")),
        _wrong("'abc': sort_key", GlobalIndex("abc", partition_key="email", sort_key="nope")),
        _wrong(
            "two indexes are called 'abc'",
            GlobalIndex("abc", partition_key="email"),
            LocalIndex("abc", sort_key="email"),
        ),
        _wrong("are the same attribute", GlobalIndex("abc", partition_key="id", sort_key="id")),
        _wrong("same attribute", LocalIndex("abc", sort_key="id")),
        _wrong("a table with a sort key", LocalIndex("abc", sort_key="email"), sort_key=None),
        _wrong("has the key of the table", LocalIndex("abc", sort_key="sort")),
        _wrong("GlobalIndex and LocalIndex, not str", "abc"),
        _wrong("at most 5 local", *(LocalIndex(f"abc{n}", sort_key="email") for n in range(6))),
        _wrong(
            "'P' is composed in two ways",
            GlobalIndex("abc", partition_key=KeyTemplate("P", "{email}")),
            GlobalIndex("abd", partition_key=KeyTemplate("P", "x{email}")),
        ),
        _wrong(
            "index 'abc': .* no field 'x'",
            GlobalIndex("abc", partition_key="email", projection=["x"]),
        ),
    ],
)
def test_indexes_that_no_table_can_have_are_refused(indexes, sort_key, text):
    """At the class, where the mistake is."""

    @define
    class Keyed:
        id: str
        sort: str
        email: str = ""

    with pytest.raises(InvalidRequestError, match=text) as caught:
        entity("Some", partition_key="id", sort_key=sort_key, indexes=indexes)(Keyed)
    assert "INVALID_ENTITY" == caught.value.code


@pytest.mark.parametrize(
    "make",
    [
        lambda: GlobalIndex("ab", partition_key="x"),
        lambda: GlobalIndex("a b c", partition_key="x"),
        lambda: GlobalIndex("x" * 256, partition_key="x"),
        lambda: LocalIndex(None, sort_key="x"),
        lambda: LocalIndex("abc", sort_key="x", projection="SOME"),
        lambda: LocalIndex("abc", sort_key="x", projection=()),
        lambda: LocalIndex("abc", sort_key="x", projection=[1]),
    ],
    ids=["short", "blank", "long", "no text", "a word", "nothing", "no names"],
)
def test_names_and_projections_are_checked(make):
    """CreateTable would refuse them, long after."""
    with pytest.raises(InvalidRequestError) as caught:
        make()
    assert "INVALID_ENTITY" == caught.value.code


def test_indexes_are_several():
    """One index in place of a list is a slip that is easy to make."""
    with pytest.raises(InvalidRequestError, match="as in a list"):
        entity("Some", partition_key="id", indexes=LocalIndex("abc", sort_key="x"))(
            define(type("Keyed", (), {"__annotations__": {"id": str}}))
        )


def test_an_index_is_found_by_its_name():
    """A typo is told from an index without items."""
    mapping = mapping_of(Order)
    assert mapping.index("by-total").is_local

    with pytest.raises(InvalidRequestError, match="by-email, by-place") as caught:
        mapping.index("by-mail")
    assert "UNKNOWN_INDEX" == caught.value.code
    with pytest.raises(InvalidRequestError, match="its indexes are: none"):
        mapping_of(order_class("Shop", ())).index("by-mail")
