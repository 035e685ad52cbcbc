"""Products as values: names, facts, and what is stored of them."""

from datetime import date

import pytest

from samples.catalog.frontend.terminal import ODYSSEY, PARTITAS, THE_KID
from samples.catalog.provider.products import (
    Album,
    describe,
    facts_of,
    key_of,
    name_of,
    name_under,
)
from transactscope import from_item, to_item, to_key


@pytest.mark.parametrize(
    "title",
    ["gnp\u202egpj.exe", "\u05e9\u05dc\u05d5\u05dd", "\u0661\u0662"],
    ids=["override", "hebrew", "digits"],
)
def test_a_name_does_not_turn_its_sentence_around(title):
    """What runs from right to left ends where the title does; other names are as they are."""
    assert f'Album "\u2068{title}\u2069" by Bach' == name_of(Album("Bach", title))
    assert 'Album "6 Partitas" by Bach' == name_of(PARTITAS)


@pytest.mark.parametrize("product", [PARTITAS, ODYSSEY, THE_KID], ids=name_of)
def test_a_product_comes_back_as_it_was_stored(product):
    """Nothing of a product is lost or changed on its way to an item and back."""
    assert product == from_item(type(product), to_item(product))


def test_a_book_is_stored_under_its_fields_names():
    """The item of a book is what anyone else who reads the table would expect."""
    expected = {
        "author": {"S": "Homer"},
        "title": {"S": "Odyssey"},
        "publish_date": {"S": "1614-11-02"},
        "language": {"S": "English"},
    }

    assert expected == to_item(ODYSSEY)


def test_genres_are_stored_as_a_set_of_strings():
    """A set in Python is a set in DynamoDB, which can be added to without reading it."""
    assert {"Comedy", "Drama", "Children"} == set(to_item(THE_KID)["genres"]["SS"])


def test_a_year_that_nobody_knows_is_not_stored():
    """An absent value is an absent attribute, not a NULL."""
    assert {"artist", "title"} == set(to_item(Album("Anonymous", "Carmina Burana")))


def test_a_key_is_who_made_it_and_the_title():
    """The two parts come in the order of the key."""
    keys = [key_of(product) for product in (PARTITAS, ODYSSEY, THE_KID)]

    assert [("Bach", "6 Partitas"), ("Homer", "Odyssey"), ("Chaplin", "The Kid")] == keys


def test_a_name_is_the_same_from_a_product_and_from_its_key():
    """Messages name a product alike, whether they have it or only its key."""
    assert 'Album "6 Partitas" by Bach' == name_of(PARTITAS) == name_under(Album, to_key(PARTITAS))


def test_facts_are_text_in_a_fixed_order():
    """A set has no order, and what people read has to have one."""
    expected = {"director": "Chaplin", "title": "The Kid", "genres": "Children/Comedy/Drama"}

    assert expected == facts_of(THE_KID)


def test_descriptions_leave_out_what_is_not_known():
    """An album without a year is described without a gap."""
    descriptions = [describe(Album("Bach", "6 Partitas", year)) for year in (1731, None)]

    assert [
        'Album "6 Partitas" by Bach (year 1731)',
        'Album "6 Partitas" by Bach',
    ] == descriptions


def test_years_before_a_thousand_keep_four_digits():
    """Dates sort by time as texts, however old they are."""
    assert "0800-01-02" == facts_of(type(ODYSSEY)("A", "B", date(800, 1, 2), "C"))["publish_date"]
