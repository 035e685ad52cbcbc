"""`query` of classes that share a table and are told apart by discriminators."""

import pytest
from attrs import define

from tests.shells import Database
from transactscope import Attr, EntityKey, Key, KeyTemplate, entity
from transactscope.errors import ConversionError, InvalidRequestError
from transactscope.indexes import GlobalIndex

PK = KeyTemplate("PK", "USER#{user_id}")
BY_CITY = GlobalIndex("by-city", partition_key="city", projection=["user_id", "number"])
BY_NAME = GlobalIndex("by-name", partition_key="city", sort_key="user_id")


@entity(
    "Shop",
    partition_key=PK,
    sort_key=KeyTemplate("SK", "{number}"),
    discriminator=("kind", "order"),
    indexes=[BY_CITY, BY_NAME],
)
@define
class Order:
    """One kind; its sort key has no literal text."""

    user_id: str
    number: str
    city: str | None = None
    note: str | None = None
    tags: list[str] | None = None


@entity(
    "Shop",
    partition_key=PK,
    sort_key=KeyTemplate("SK", "PROFILE"),
    discriminator=("kind", "profile"),
    indexes=[BY_NAME],
)
@define
class Profile:
    """Another kind of the same partitions."""

    user_id: str
    city: str | None = None
    note: int | None = None


@entity("Shop", partition_key="PK", sort_key="SK", discriminator=("kind", "other"))
@define
class Other:
    """One whose key is not composed."""

    PK: str
    SK: str


@entity("Elsewhere", partition_key=PK, discriminator=("kind", "lonely"))
@define
class Lonely:
    """One of another table."""

    user_id: str


ORDERS = [Order("u-1", "a", "Ulm", "x", ["t"]), Order("u-1", "b")]
PROFILE = Profile("u-1", "Ulm")


@pytest.fixture
def shop(client, shell, table_name):
    """A table with two orders and a profile."""
    db = Database(client, table_names={"Shop": table_name})
    db.create_table(Order, Profile)
    for one in (*ORDERS, PROFILE):
        db.put(one)
    return db


def test_a_union_finds_items_of_all_its_classes(shop):
    """Each becomes an object of its own class."""
    assert [PROFILE, *ORDERS] == list(shop.query(Order | Profile, "u-1"))
    assert [PROFILE] == list(shop.query(Profile | Order, "u-1", Key("SK").lt("a")))
    found = shop.query(Order | Profile, Key("user_id").eq("u-1"), filter=Attr("number").exists())
    assert ORDERS == list(found)
    assert [PROFILE] == list(shop.query(Order | Profile, "u-1", filter=Attr("kind").eq("profile")))


def test_an_item_of_another_kind_is_an_error_or_filtered(shop):
    """The kinds are named, and a filter on the discriminator finds one of them."""
    with pytest.raises(ConversionError, match=r"'profile'.* 'order'"):
        list(shop.query(Order, "u-1"))

    assert ORDERS == list(shop.query(Order, "u-1", filter=Attr("kind").eq("order")))


def test_a_union_is_found_in_an_index_of_all(shop):
    """All of the classes declare it."""
    found = list(shop.query(Order | Profile, "Ulm", index="by-name"))

    assert 2 == len(found)
    assert all(one in found for one in (ORDERS[0], PROFILE))


def test_a_projection_of_another_kind_is_an_error(shop):
    """Values of one class would be read as those of another."""
    key = EntityKey(Order, "u-1", "PROFILE").only("city")
    with pytest.raises(ConversionError, match="'profile'"):
        shop.transact_get(key)
    with pytest.raises(ConversionError, match="'profile'"):
        list(shop.query(Order, "u-1", only=["city"]))


def test_an_index_holds_the_discriminator(shop, client, table_name):
    """Without it nobody would know what an item is."""
    only_orders = Attr("kind").eq("order")
    (found,) = shop.query(Order, "Ulm", index="by-city", only=["number"], filter=only_orders)
    assert {"number": "a"} == found

    table = client.describe_table(TableName=table_name)["Table"]
    indexes = {index["IndexName"]: index for index in table["GlobalSecondaryIndexes"]}
    held = indexes["by-city"]["Projection"]["NonKeyAttributes"]
    assert ["kind", "number", "user_id"] == sorted(held)


REFUSED = {
    "a composed sort key": ((Order | Profile, "u-1", Key("number").gt("a")), {}, "number is not"),
    "fields": ((Order | Profile, "u-1"), {"only": ["city"]}, "about the fields of one class"),
    "an index of one": ((Order | Profile, "Ulm"), {"index": "by-city"}, "Profile has no index"),
    "other keys": ((Order | Other, "u-1"), {}, r"Order \| Other: the classes have different keys"),
    "other tables": ((Order | Lonely, "u-1"), {}, "are stored in several tables: .*Elsewhere"),
    "two meanings": (
        (Order | Profile, "u-1"),
        {"filter": Attr("note").eq(1)},
        r"note does not mean the same for all of Order \| Profile",
    ),
    "a typo": ((Order | Profile, "u-1"), {"filter": Attr("nmber").eq(1)}, "no field 'nmber'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_classes_do_not_have_in_common_is_refused(client, shell, request_log, name):
    """A condition that is about one of them would quietly leave the others out."""
    arguments, options, text = REFUSED[name]
    with pytest.raises(InvalidRequestError, match=text):
        Database(client).query(*arguments, **options)
    assert [] == request_log.operations


def test_an_index_that_lacks_the_discriminator_has_no_entities(client, shell, table_name):
    """A table key alone does not say what an item is."""

    @entity(
        table_name,
        partition_key="id",
        discriminator=("kind", "thing"),
        indexes=[GlobalIndex("by-day", partition_key="day", projection="KEYS_ONLY")],
    )
    @define
    class Thing:
        id: str
        day: str

    db = Database(client)
    db.create_table(Thing)
    db.put(Thing("1", "d"))

    with pytest.raises(InvalidRequestError, match="does not hold kind;"):
        db.query(Thing, "d", index="by-day")
    assert [{"id": "1"}] == list(db.query(Thing, "d", index="by-day", only=["id"]))


@pytest.mark.parametrize(
    "condition",
    [Attr("tags").contains("t"), Attr("tags[0]").eq("t")],
    ids=["contains", "index"],
)
def test_values_of_a_filter_have_the_types_of_the_fields(shop, condition):
    """Inside collections, too."""
    assert ORDERS[:1] == list(shop.query(Order | Profile, "u-1", filter=condition))
