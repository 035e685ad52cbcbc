"""From typed text to products."""

from datetime import date

import attrs
import pytest

from samples.catalog.frontend.entry import EntryError, changed, field_names, kind, product_of
from samples.catalog.frontend.terminal import ODYSSEY, PARTITAS, THE_KID
from samples.catalog.provider.products import Album, Book, Movie, facts_of, name_of


@pytest.mark.parametrize("product", [PARTITAS, ODYSSEY, THE_KID], ids=name_of)
def test_what_is_shown_can_be_typed_again(product):
    """Text that a front end shows means the same product when it comes back."""
    assert product == product_of(type(product), facts_of(product))


def test_a_kind_is_found_by_its_word():
    """Upper and lower case mean the same."""
    assert [Album, Book, Movie] == [kind(word) for word in ("album", "Book", "MOVIE")]


def test_an_unknown_kind_is_refused_with_those_that_exist():
    """Who mistypes is told what there is."""
    with pytest.raises(EntryError, match="album, book, movie"):
        kind("song")


def test_fields_come_in_the_order_of_typing():
    """The key comes first."""
    assert ("author", "title", "publish_date", "language") == field_names(Book)


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_year_is_no_year(text):
    """A form sends every field, also those that were left empty."""
    texts = {"artist": "Bach", "title": "6 Partitas", "year": text}

    assert product_of(Album, texts).year is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("publish_date", "2.11.1614"),
        ("publish_date", "11/02/1614"),
        ("publish_date", "1614-02-31"),
        ("publish_date", "16141102"),
        ("publish_date", ""),
    ],
)
def test_a_date_that_could_mean_another_day_is_refused(name, text):
    """There is one way to write a date, so that nobody guesses."""
    with pytest.raises(EntryError, match="YYYY-MM-DD"):
        product_of(Book, {**facts_of(ODYSSEY), name: text})


def test_a_date_is_read_as_written():
    """Year, month, day."""
    assert date(1614, 11, 2) == product_of(Book, facts_of(ODYSSEY)).publish_date


def test_a_year_that_is_no_number_is_refused():
    """The text is quoted, so that its writer finds it."""
    with pytest.raises(EntryError, match="'MDCC'"):
        product_of(Album, {**facts_of(PARTITAS), "year": "MDCC"})


def test_missing_fields_are_named():
    """All of them, not only the first."""
    with pytest.raises(EntryError, match="publish_date, language"):
        product_of(Book, {"author": "Homer", "title": "Odyssey"})


def test_unknown_fields_are_refused():
    """A typo is not dropped silently."""
    with pytest.raises(EntryError, match="no 'yaer'"):
        changed(PARTITAS, {"yaer": "1732"})


def test_a_change_keeps_what_is_not_named():
    """Only the given fields change."""
    assert attrs.evolve(PARTITAS, year=1732) == changed(PARTITAS, {"year": "1732"})


def test_the_key_cannot_be_changed():
    """A product under another key is another product."""
    with pytest.raises(EntryError, match="part of the key"):
        changed(PARTITAS, {"title": "7 Partitas"})


def test_genres_are_separated_by_strokes():
    """Spaces and empty places between the strokes mean nothing."""
    texts = {**facts_of(THE_KID), "genres": " Comedy / Drama//Children "}

    assert THE_KID == product_of(Movie, texts)
