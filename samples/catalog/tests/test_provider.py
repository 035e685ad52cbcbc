"""The provider: the same code with a scope and without one."""

import attrs
import pytest

from samples.catalog.frontend.terminal import ODYSSEY, PARTITAS, THE_KID
from samples.catalog.provider import store
from samples.catalog.provider.products import Album, Book, Movie, key_of
from samples.catalog.provider.tables import ListingError, ProductTables
from transactscope import TransactScope
from transactscope.errors import ConditionFailedError, InvalidRequestError


@pytest.mark.parametrize("product", [PARTITAS, ODYSSEY, THE_KID], ids=lambda each: each.title)
def test_an_added_product_can_be_retrieved(perform, tables, product):
    """Every kind of product goes into its table and comes out again."""
    perform(lambda target: store.add(target, product))

    assert product == store.retrieve(tables.database, type(product), *key_of(product))


def test_adding_what_is_there_fails_and_shows_it(perform, tables):
    """Adding never overwrites, and the error carries what is stored."""
    store.add(tables.database, PARTITAS)
    again = attrs.evolve(PARTITAS, year=1726)

    with pytest.raises(ConditionFailedError) as caught:
        perform(lambda target: store.add(target, again))

    assert [PARTITAS] == [reason.item for reason in caught.value.failures]
    assert [PARTITAS] == tables.stored(Album)


def test_retrieving_what_is_not_there_gives_none(tables):
    """An absent product is no error."""
    assert store.retrieve(tables.database, Album, "Bach", "6 Partitas") is None


def test_a_scope_retrieves_what_it_has_staged(tables):
    """A transaction sees its own writes, and nobody else does."""
    with TransactScope(tables.database) as tx:
        store.add(tx, PARTITAS)
        seen = [store.retrieve(each, Album, *key_of(PARTITAS)) for each in (tx, tables.database)]

    assert [PARTITAS, None] == seen


def test_a_change_writes_what_differs(perform, tables):
    """A changed product is stored as it is now."""
    store.add(tables.database, ODYSSEY)
    changed = attrs.evolve(ODYSSEY, language="Greek")

    perform(lambda target: store.change(target, changed, seen=ODYSSEY))

    assert [changed] == tables.stored(Book)


def test_a_change_can_take_a_value_away(perform, tables):
    """A year that turns out to be unknown is removed."""
    store.add(tables.database, PARTITAS)
    changed = attrs.evolve(PARTITAS, year=None)

    perform(lambda target: store.change(target, changed, seen=PARTITAS))

    assert [changed] == tables.stored(Album)


def test_a_change_can_bring_a_value_that_was_not_there(perform, tables):
    """What was seen as absent is guarded as absent."""
    store.add(tables.database, attrs.evolve(PARTITAS, year=None))

    perform(lambda target: store.change(target, PARTITAS, seen=attrs.evolve(PARTITAS, year=None)))

    assert [PARTITAS] == tables.stored(Album)


def test_a_change_of_what_has_changed_fails_and_shows_it(perform, tables):
    """A change is made to what was seen, or not at all."""
    store.add(tables.database, THE_KID)
    store.add_genre(tables.database, *key_of(THE_KID), "Silent")
    changed = attrs.evolve(THE_KID, genres=frozenset({"Tragedy"}))

    with pytest.raises(ConditionFailedError) as caught:
        perform(lambda target: store.change(target, changed, seen=THE_KID))

    stored = attrs.evolve(THE_KID, genres=THE_KID.genres | {"Silent"})
    assert [stored] == tables.stored(Movie) == [reason.item for reason in caught.value.failures]


@pytest.mark.parametrize("seen", [PARTITAS, attrs.evolve(PARTITAS, year=None)], ids=str)
def test_a_change_of_what_is_not_there_fails(perform, tables, seen):
    """DynamoDB's update would create what is not there; a change must not."""
    with pytest.raises(ConditionFailedError):
        perform(lambda target: store.change(target, attrs.evolve(seen, year=1), seen=seen))

    assert [] == tables.stored(Album)


def test_a_change_of_nothing_is_refused(perform, tables):
    """Whoever changes nothing has made a mistake, and is told before anything is sent."""
    store.add(tables.database, PARTITAS)

    with pytest.raises(InvalidRequestError):
        perform(lambda target: store.change(target, PARTITAS, seen=PARTITAS))


def test_a_change_of_the_key_is_refused(perform, tables):
    """A product under another key is another product."""
    store.add(tables.database, PARTITAS)
    renamed = attrs.evolve(PARTITAS, title="7 Partitas")

    with pytest.raises(InvalidRequestError):
        perform(lambda target: store.change(target, renamed, seen=PARTITAS))


def test_a_genre_is_added_to_those_that_are_there(perform, tables):
    """A set grows without being read."""
    store.add(tables.database, THE_KID)

    perform(lambda target: store.add_genre(target, *key_of(THE_KID), "Silent"))

    assert [THE_KID.genres | {"Silent"}] == [movie.genres for movie in tables.stored(Movie)]


def test_a_genre_of_what_is_not_there_fails(perform, tables):
    """No movie comes into being by its genre."""
    with pytest.raises(ConditionFailedError):
        perform(lambda target: store.add_genre(target, *key_of(THE_KID), "Silent"))

    assert [] == tables.stored(Movie)


def test_a_removed_product_is_gone(perform, tables):
    """Removing deletes the item."""
    store.add(tables.database, ODYSSEY)

    perform(lambda target: store.remove(target, Book, *key_of(ODYSSEY)))

    assert [] == tables.stored(Book)


def test_removing_what_is_not_there_fails(perform):
    """Who removes a product is told if there was none."""
    with pytest.raises(ConditionFailedError) as caught:
        perform(lambda target: store.remove(target, Book, *key_of(ODYSSEY)))

    assert [None] == [reason.item for reason in caught.value.failures]


def test_tables_are_created_once(tables, sent):
    """Creating what exists leaves it and its products alone."""
    store.add(tables.database, PARTITAS)

    tables.create()

    assert [PARTITAS] == tables.stored(Album)


def test_a_prefix_keeps_deployments_apart(tables, client, prefix):
    """Two deployments in one account do not see each other's products."""
    second = ProductTables(client, prefix=f"{prefix}second-")
    second.create()
    store.add(second.database, PARTITAS)

    assert f"{prefix}second-Album" == second.names[0]
    assert ([], [PARTITAS]) == (tables.stored(Album), second.stored(Album))


def test_a_table_that_is_not_there_cannot_be_listed(client):
    """A failed listing says which table it is about."""
    with pytest.raises(ListingError, match="nowhere-Album"):
        ProductTables(client, prefix="nowhere-").stored(Album)


def test_a_listing_reads_every_page(tables):
    """A table that does not fit into one answer is read to its end."""
    long_title = "x" * 1000
    books = [attrs.evolve(ODYSSEY, title=f"{n:04}", language=long_title * 100) for n in range(15)]
    for book in books:
        store.add(tables.database, book)

    assert books == sorted(tables.stored(Book), key=lambda book: book.title)
