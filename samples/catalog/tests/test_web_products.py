"""Products on the page: retrieved, changed and removed, and nobody's change overwritten."""

import attrs
import pytest

from samples.catalog.frontend.terminal import ODYSSEY, PARTITAS
from samples.catalog.provider.products import Album, Book, Movie, facts_of, key_of
from samples.catalog.service.outcomes import Found, Missing


def test_enter_adds(visitor):
    """A browser presses the first button of a form for who presses Enter."""
    before = visitor.page.on_enter
    visitor.press("Add", **facts_of(PARTITAS))
    page = visitor.press("Retrieve 6 Partitas by Bach")

    assert ("add", "save") == (before, page.on_enter)


def test_a_retrieved_product_stands_in_the_form(visitor, service):
    """It can be read there, and changed."""
    service.add(PARTITAS)
    page = visitor.press("Retrieve", artist="Bach", title="6 Partitas")

    assert facts_of(PARTITAS).items() <= page.inputs.items()
    assert 'Album "6 Partitas" by Bach (year 1731).' == page.said("status")
    assert "Save changes" in page.enabled()


def test_a_transaction_retrieves_its_own_products(visitor):
    """What is staged can be seen before it is stored."""
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    page = visitor.press("Retrieve", artist="Bach", title="6 Partitas")

    assert "1731" == page.inputs["year"]


def test_a_product_that_is_not_there_is_said(visitor):
    """What was looked for still stands in the form."""
    page = visitor.press("Retrieve", artist="Bach", title="Air")

    assert 'Album "Air" by Bach is not there.' == page.said("status")
    assert "Air" == page.inputs["title"]


@pytest.mark.parametrize("in_a_transaction", [True, False])
def test_a_change_sends_what_differs(visitor, other, tables, client, in_a_transaction):
    """What the page does not know of an item survives, as does what was not edited."""
    other.add(PARTITAS)
    key = {"artist": {"S": "Bach"}, "title": {"S": "6 Partitas"}}
    client.update_item(
        TableName=tables.name_of(Album),
        Key=key,
        UpdateExpression="SET label = :label",
        ExpressionAttributeValues={":label": {"S": "kept"}},
    )
    if in_a_transaction:
        visitor.press("Begin")
    visitor.open("/album")
    visitor.press("Retrieve 6 Partitas by Bach")
    visitor.press("Save changes", year="1726")
    if in_a_transaction:
        visitor.press("Commit")

    item = client.get_item(TableName=tables.name_of(Album), Key=key, ConsistentRead=True)["Item"]
    assert ({"N": "1726"}, {"S": "kept"}) == (item["year"], item["label"])


def test_nobodys_change_is_overwritten(visitor, other):
    """The change is guarded by what stood in the form when it was retrieved."""
    other.add(PARTITAS)
    visitor.press("Retrieve", artist="Bach", title="6 Partitas")
    other.change(attrs.evolve(PARTITAS, year=1730), seen=PARTITAS)
    page = visitor.press("Save changes", year="1732")

    assert "has changed since it was read" in page.said("problems")
    assert "year 1730" in page.said("problems")
    assert "1732" == page.inputs["year"]
    assert Found(attrs.evolve(PARTITAS, year=1730)) == other.retrieve(Album, *key_of(PARTITAS))


def test_a_form_keeps_its_own_product_in_every_window(visitor, other):
    """Two products can be retrieved in two windows, and saved one after the other."""
    other.add(PARTITAS)
    other.add(Album("Bach", "Air", 1))
    visitor.open("/album")
    first = visitor.press("Retrieve 6 Partitas by Bach")
    visitor.press("Retrieve Air by Bach")
    visitor.page = first
    visitor.press("Save changes", year="1726")

    assert Found(attrs.evolve(PARTITAS, year=1726)) == other.retrieve(Album, *key_of(PARTITAS))


def test_a_value_that_cannot_be_typed_survives(visitor, other):
    """A field that nobody touched keeps what was stored, even if its text means something else."""
    movie = Movie("Murnau", "Sunrise\nA Song", frozenset({"Drama/Romance"}))
    other.add(movie)
    other.add(Book("Murnau", "Notes", ODYSSEY.publish_date, "two\nlines"))
    visitor.open("/movie")
    visitor.press("Retrieve Sunrise\nA Song by Murnau")
    unchanged = visitor.press("Save changes", title="SunriseA Song")  # as a browser sends it
    visitor.open("/book")
    visitor.press("Retrieve Notes by Murnau")
    visitor.press("Save changes", language="twolines", publish_date="1927-09-23")

    assert "nothing differs" in unchanged.said("status")
    assert "two\nlines" == other.retrieve(Book, "Murnau", "Notes").product.language


def test_the_key_of_a_product_cannot_be_changed(visitor, service):
    """A product under another key is another product, which is said beside the field."""
    service.add(PARTITAS)
    visitor.press("Retrieve", artist="Bach", title="6 Partitas")
    page = visitor.press("Save changes", title="7 Partitas", year="x")

    assert {"title", "year"} == set(page.errors)
    assert "part of the key" in page.errors["title"]
    assert "7 Partitas" == page.inputs["title"]


@pytest.mark.parametrize("from_the_list", [True, False])
def test_a_product_can_be_removed(visitor, other, from_the_list):
    """From its row, or by typing its key."""
    other.add(PARTITAS)
    visitor.open("/album")
    if from_the_list:
        page = visitor.press("Remove 6 Partitas by Bach", title="half typed")
    else:
        page = visitor.press("Remove", artist="Bach", title="6 Partitas")

    assert "Written to the table at once: remove" in page.said("status")
    assert "No album is stored." in page.said("stored")
    assert ("half typed" if from_the_list else "") == page.inputs["title"]
    assert isinstance(other.retrieve(Album, *key_of(PARTITAS)), Missing)


def test_a_product_that_was_retrieved_survives_a_begin(visitor, other):
    """Retrieve, begin, save is one way to do it."""
    other.add(PARTITAS)
    visitor.press("Retrieve", artist="Bach", title="6 Partitas")
    visitor.press("Begin", year="1726")
    visitor.press("Save changes")
    visitor.press("Commit")

    assert Found(attrs.evolve(PARTITAS, year=1726)) == other.retrieve(Album, *key_of(PARTITAS))
