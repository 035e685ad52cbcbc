"""What is committed is stored, and nothing else, over three tables as in one."""

import functools

import pytest

from samples.patterns.album_book_movie import (
    ONE_TABLE,
    THREE_TABLES,
    UnknownProductError,
    create_tables,
    edit,
    in_and_out,
    take_in,
    take_in_without,
    think_better_of_it,
)
from samples.patterns.tests.crowds import at_once, failures
from samples.patterns.tests.unfolded import TWICE, unfolded_is_refused
from transactscope import ScopeState, TransactScope
from transactscope.errors import (
    ConditionFailedError,
    ScopeStateError,
    StaleReadError,
    TableNotFoundError,
)

in_both = pytest.mark.parametrize(
    "kinds", [THREE_TABLES, ONE_TABLE], ids=["three tables", "one table"]
)


@pytest.fixture
def kinds():
    """The classes of the products; in three tables, unless a test is about both."""
    return THREE_TABLES


@pytest.fixture
def db(deployment, kinds, sent):
    """A database with empty tables; that they were created is not among what was sent."""
    made = deployment.database
    create_tables(made, kinds)
    sent.clear()
    return made


@pytest.fixture
def stored(rows, kinds):
    """Name the titles that are stored."""
    tables = ["Catalog"] if kinds is ONE_TABLE else ["Album", "Book", "Movie"]
    return lambda: sorted(row["title"] for table in tables for row in rows(table))


@in_both
def test_a_delivery_is_one_request_over_all_tables(db, kinds, sent, stored):
    """Nothing is sent before the commit, and all of it then."""
    result = take_in(db, *kinds.delivery())

    assert (True, 1) == (result.sent, result.attempts)
    assert ["TransactWriteItems with 3 actions"] == sent
    assert ["6 Partitas", "Odyssey", "The Kid"] == stored()
    genres = frozenset({"Comedy", "Drama", "Children"})
    assert kinds.movie("Chaplin", "The Kid", genres, 1) == db.get(kinds.movie, "Chaplin", "The Kid")


def test_one_product_that_is_there_keeps_all_out(db, kinds, stored):
    """A delivery is complete or not at all."""
    take_in(db, kinds.delivery()[1])
    with pytest.raises(ConditionFailedError) as refused:
        take_in(db, *kinds.delivery())

    assert [1] == [failure.index for failure in refused.value.failures]
    assert ["Odyssey"] == stored()


@in_both
def test_a_rollback_sends_nothing(db, kinds, sent, stored):
    """Three products were staged, and are nowhere."""
    think_better_of_it(db, *kinds.delivery())

    assert [] == sent
    assert [] == stored()


@in_both
def test_an_inner_rollback_keeps_what_is_around_it(db, kinds, sent, stored):
    """One request, without the product of the level."""
    album, book, movie = kinds.delivery()
    take_in_without(db, album, movie, unwanted=book)

    assert ["TransactWriteItems with 2 actions"] == sent
    assert ["6 Partitas", "The Kid"] == stored()


@in_both
def test_in_and_out_is_one_action_that_leaves_nothing(db, kinds, sent, stored):
    """It demands what the insert demanded."""
    result = in_and_out(db, kinds.delivery()[0])

    assert result.sent
    assert ["TransactWriteItems with 1 action"] == sent
    assert [] == stored()


def test_in_and_out_of_what_is_there_is_refused(db, kinds, stored):
    """The one that was there is not the one that was staged, and is not removed."""
    take_in(db, kinds.delivery()[0])
    with pytest.raises(StaleReadError):
        in_and_out(db, kinds.delivery()[0])

    assert ["6 Partitas"] == stored()


def _date(album):
    album.year = 1731


@in_both
def test_retrieve_edit_add_raises_the_version(db, kinds, sent):
    """One read and one request."""
    take_in(db, *kinds.delivery())
    sent.clear()
    edited = edit(db, kinds.album, "Bach", "6 Partitas", _date)

    assert ["GetItem", "TransactWriteItems with 1 action"] == sent
    expected = kinds.album("Bach", "6 Partitas", 1731, 2)
    assert expected == edited == db.get(kinds.album, "Bach", "6 Partitas")


def test_an_edit_that_was_overtaken_is_made_on_what_is_there_then(db, kinds):
    """Nobody's work is overwritten."""
    take_in(db, *kinds.delivery())
    seen = []

    def translate(book):
        seen.append(book.language)
        if len(seen) == 1:
            db.update(kinds.book, "Homer", "Odyssey", set={"language": "Greek"})
        book.language = f"{book.language}, annotated"

    edit(db, kinds.book, "Homer", "Odyssey", translate)

    assert ["English", "Greek"] == seen
    assert "Greek, annotated" == db.get(kinds.book, "Homer", "Odyssey").language


def test_what_was_retrieved_long_ago_is_not_added_over_what_is_new(db, kinds):
    """A page that was open meanwhile: the version in it is an old one."""
    take_in(db, *kinds.delivery())
    old = db.get(kinds.album, "Bach", "6 Partitas")
    edit(db, kinds.album, "Bach", "6 Partitas", _date)
    with pytest.raises(StaleReadError), TransactScope(db) as tx:
        tx.put(old)

    assert 1731 == db.get(kinds.album, "Bach", "6 Partitas").year


def test_what_is_not_there_cannot_be_edited(db, kinds, stored):
    """Nothing is created by an edit."""
    with pytest.raises(UnknownProductError):
        edit(db, kinds.album, "Bach", "6 Partitas", _date)

    assert [] == stored()


def test_aws_1_an_outer_rollback_takes_what_an_inner_level_released(db, kinds, sent, stored):
    """The inner level was committed by a request of its own, and stayed."""
    album, book, _ = kinds.delivery()
    tx = TransactScope(db).begin()
    tx.insert(album)
    with tx.savepoint():
        tx.insert(book)
    tx.rollback()

    assert [] == sent
    assert [] == stored()


def test_aws_3_an_empty_level_leaves_the_others_as_they_are(db, kinds, sent, stored):
    """After an empty level its product was never sent, and what came later was swallowed."""
    album, book, movie = kinds.delivery()
    tx = TransactScope(db).begin()
    tx.insert(album)
    with tx.savepoint():
        pass
    with tx.savepoint():
        tx.insert(book)
    tx.insert(movie)
    tx.commit()

    assert (0, ScopeState.COMMITTED) == (tx.depth, tx.state)
    with pytest.raises(ScopeStateError):
        tx.insert(kinds.album("Holst", "The Planets"))
    assert ["TransactWriteItems with 3 actions"] == sent
    assert ["6 Partitas", "Odyssey", "The Kid"] == stored()


@pytest.mark.parametrize("field", ["album", "book", "movie"])
def test_aws_5_what_was_read_can_be_changed_and_saved(db, kinds, field):
    """Its type got lost on the way, and the save did nothing, silently."""
    (product,) = (each for each in kinds.delivery() if type(each) is getattr(kinds, field))
    take_in(db, product)
    creator = {"album": "Bach", "book": "Homer", "movie": "Chaplin"}[field]
    value = frozenset({"Silent"}) if field == "movie" else 1900
    name = "genres" if field == "movie" else "year"

    edit(db, type(product), creator, product.title, lambda read: setattr(read, name, value))

    found = db.get(type(product), creator, product.title)
    assert (value, 2) == (getattr(found, name), found.version)


def test_aws_16_staged_is_not_stored_and_a_failure_is_an_exception(db, kinds, client):
    """It was called added when it was only staged, and an error ended the program."""
    album = kinds.delivery()[0]
    tx = TransactScope(db).begin()
    tx.insert(album)

    assert tx.result is None
    assert db.get(kinds.album, "Bach", "6 Partitas") is None
    assert tx.commit().sent
    with pytest.raises(TableNotFoundError):
        take_in(client, album)  # the tables have other names here


def test_aws_19_an_insert_beside_a_delete_is_refused_by_dynamodb(db, deployment, kinds, stored):
    """As two actions, as they were staged, the request is never accepted."""
    album = kinds.delivery()[0]
    words = unfolded_is_refused(
        deployment,
        lambda tx: tx.insert(album),
        lambda tx: tx.delete(kinds.album, "Bach", "6 Partitas"),
    )

    assert TWICE in words
    assert [] == stored()


def test_in_one_table_the_kinds_never_meet(deployment, rows):
    """Creators and titles may be the same: the prefix tells the products apart."""
    db = deployment.database
    create_tables(db, ONE_TABLE)
    take_in(
        db,
        ONE_TABLE.album("Wagner", "Parsifal"),
        ONE_TABLE.book("Wagner", "Parsifal"),
        ONE_TABLE.movie("Wagner", "Parsifal", frozenset({"Opera"})),
    )

    keys = sorted((row["PK"], row["SK"]) for row in rows("Catalog"))
    assert [(f"{kind}#Wagner", "Parsifal") for kind in "ABM"] == keys


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_of_two_deliveries_in_many_orders_one_is_complete(db, kinds, stored):
    """However they meet, never a mixture."""

    def delivery(year):
        return [kinds.album("Bach", "6 Partitas", year), kinds.book("Homer", "Odyssey", year)]

    crowd = [
        functools.partial(take_in, db, *delivery(year)[:: 1 if year % 2 else -1])
        for year in range(10)
    ]

    refused = failures(at_once(*crowd))

    assert [ConditionFailedError] * 9 == [type(error) for error in refused]
    assert ["6 Partitas", "Odyssey"] == stored()
    album = db.get(kinds.album, "Bach", "6 Partitas")
    assert album.year == db.get(kinds.book, "Homer", "Odyssey").year
