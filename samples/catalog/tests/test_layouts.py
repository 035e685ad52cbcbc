"""One table for each kind, or one for all: the same products, the same answers."""

import attrs
import pytest

from samples.catalog.frontend.terminal import CAST, EMMA, ODYSSEY, PARTITAS, THE_KID
from samples.catalog.provider import store
from samples.catalog.provider.layouts import ONE_TABLE, THREE_TABLES, name_under, plain
from samples.catalog.provider.products import Album, Book, Movie, Product, key_of, name_of
from samples.catalog.provider.tables import ListingError, ProductTables
from samples.catalog.service.outcomes import (
    Canceled,
    Committed,
    Found,
    Listed,
    Problem,
    Refused,
    Staged,
    TablesReady,
)
from samples.catalog.tests.marks import in_both_layouts
from transactscope import to_key

one_table = pytest.mark.parametrize("layout", [ONE_TABLE], ids=["one-table"], indirect=True)


@pytest.mark.parametrize(
    ("product", "key"),
    [
        (PARTITAS, ("A#Bach", "A#6 Partitas")),
        (ODYSSEY, ("B#Homer", "B#Odyssey")),
        (THE_KID, ("M#Chaplin", "M#The Kid")),
    ],
    ids=lambda each: name_of(each) if attrs.has(type(each)) else "key",
)
def test_keys_of_one_table_tell_kinds_apart(product, key):
    """An album and a book of the same name are two items, and each is named by its key."""
    stored = ONE_TABLE.to_store(product)
    item_key = to_key(stored)

    assert key == (item_key["PK"]["S"], item_key["SK"]["S"])
    assert name_of(product) == name_under(type(stored), item_key)
    assert product == plain(stored)


def test_a_product_lies_in_its_own_table_as_it_is():
    """Where each kind has a table, the products themselves are the entities."""
    assert PARTITAS is THREE_TABLES.to_store(PARTITAS)
    assert name_of(PARTITAS) == name_under(Album, to_key(PARTITAS))


@one_table
def test_all_products_are_in_one_table(tables, client, service):
    """One commit writes all kinds to it, and each item has what the product is."""
    service.begin()
    for product in CAST:
        service.add(product)
    outcome = service.commit()
    items = client.scan(TableName=tables.names[0], ConsistentRead=True)["Items"]

    assert Committed(len(CAST)) == outcome
    assert 1 == len(tables.names)
    assert TablesReady(tables.names) == service.create_tables()
    assert f"The table {tables.names[0]} is ready." == str(TablesReady(tables.names))
    keys = {(item["PK"]["S"], item["SK"]["S"], item["KIND"]["S"]) for item in items}
    assert len(CAST) == len(keys)
    assert {("A#Bach", "A#6 Partitas", "A"), ("M#Chaplin", "M#The Kid", "M")} <= keys


@in_both_layouts
def test_a_session_does_not_see_where_products_lie(service, other):
    """Adding, changing, removing, listing and failing are told alike."""
    changed = attrs.evolve(ODYSSEY, language="Greek")
    service.begin()
    for product in (PARTITAS, ODYSSEY, THE_KID):
        service.add(product)
    service.change(changed, seen=ODYSSEY)
    service.remove(Movie, *key_of(THE_KID))
    planned = [(each.verb, each.product, each.calls) for each in service.actions]
    committed = service.commit()
    service.begin()
    service.add(attrs.evolve(PARTITAS, year=1))
    service.add(EMMA)

    assert [
        ("put", name_of(PARTITAS), 1),
        ("put", name_of(ODYSSEY), 2),
        ("delete", name_of(THE_KID), 2),
    ] == planned
    assert Committed(3) == committed
    assert Canceled((Problem(name_of(PARTITAS), "is there already", PARTITAS),)) == service.commit()
    assert Listed((PARTITAS, changed)) == other.stored()
    assert Found(changed) == other.retrieve(Book, *key_of(ODYSSEY))


@in_both_layouts
def test_what_was_changed_can_be_removed(service, other):
    """In one transaction, wherever the products lie: retrieved, changed, and removed after all."""
    other.add(PARTITAS)
    service.begin()
    service.change(attrs.evolve(PARTITAS, year=1732), seen=PARTITAS)
    removed = service.remove(Album, *key_of(PARTITAS))
    committed = service.commit()

    assert (Staged, Committed(1)) == (type(removed), committed)
    assert Listed(()) == other.stored()


@in_both_layouts
@pytest.mark.parametrize(
    ("album", "field", "most"),
    [(Album("x" * 3000, "Air"), "artist", 2048), (Album("Bach", "x" * 3000), "title", 1024)],
    ids=["artist", "title"],
)
def test_a_key_that_is_too_long_names_its_field(service, album, field, most):
    """The page says it beside the field that was typed, whatever attribute that is stored in."""
    outcome = service.add(album)

    assert isinstance(outcome, Refused)
    assert field == outcome.field
    assert f"Album.{field}" in outcome.why
    assert f"takes at most {most}" in outcome.why


@in_both_layouts
@pytest.mark.parametrize("product", [Album("", "Air"), Movie("A", "B", frozenset())], ids=repr)
def test_an_error_names_its_field(service, product):
    """The page says it beside the field, wherever the product would have been stored."""
    outcome = service.add(product)

    assert isinstance(outcome, Refused)
    assert outcome.field in ("artist", "genres")


@in_both_layouts
def test_a_genre_is_added_without_reading(perform, tables, layout):
    """An update by key reaches the item of the kind."""
    store.add(tables.database, THE_KID, layout=layout)

    perform(lambda target: store.add_genre(target, *key_of(THE_KID), "Silent", layout=layout))

    assert [THE_KID.genres | {"Silent"}] == [movie.genres for movie in tables.stored(Movie)]


@in_both_layouts
def test_pages_hold_every_product_of_a_kind_once(tables, layout):
    """Whoever goes through all pages sees everything, and nothing of another kind."""
    albums = {Album(f"Artist {number % 3}", f"Title {number}", number) for number in range(7)}
    products: list[Product] = [*albums, ODYSSEY, THE_KID]
    for product in products:
        store.add(tables.database, product, layout=layout)
    pages = [tables.page(Album, 3)]
    while pages[-1].next is not None:
        pages.append(tables.page(Album, 3, start=pages[-1].next))

    found = [product for page in pages for product in page.products]
    assert [3, 3, 1] == [len(page.products) for page in pages]
    assert (7, albums) == (len(found), set(found))
    assert pages[0] == tables.page(Album, 3)


@in_both_layouts
def test_a_page_that_is_just_full_is_the_last_one(tables, layout):
    """No link leads to a page without products."""
    for number in range(3):
        store.add(tables.database, Album("Bach", f"{number}"), layout=layout)

    assert tables.page(Album, 3).next is None
    assert () == tables.page(Book, 3).products


@in_both_layouts
def test_a_page_begins_where_a_removed_product_was(tables, layout):
    """A place stays a place when what stood there is gone."""
    for number in range(5):
        store.add(tables.database, Album("Bach", f"{number}"), layout=layout)
    first = tables.page(Album, 2)
    store.remove(tables.database, Album, *key_of(first.products[-1]), layout=layout)

    following = tables.page(Album, 9, start=first.next)

    assert 3 == len(following.products)
    assert set() == set(first.products) & set(following.products)


@one_table
def test_a_listing_reads_only_its_own_kind(tables, layout, client):
    """A kind has a partition of its own in the index, so the others cost nothing."""
    for product in CAST:
        store.add(tables.database, product, layout=layout)
    counts = []
    client.meta.events.register(
        "after-call.dynamodb", lambda parsed, **_: counts.append(parsed.get("ScannedCount"))
    )

    products = tables.page(Movie, 20).products

    assert [len(products)] == counts


def test_a_page_that_cannot_be_read_is_told(client):
    """A table that is not there is an error with its name."""
    with pytest.raises(ListingError, match="nowhere-Album"):
        ProductTables(client, prefix="nowhere-").page(Album, 3)
