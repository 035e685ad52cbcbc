"""Somebody else was faster: both versions on one page, and a new start from what is stored."""

from datetime import date

import attrs
import pytest

from samples.catalog.frontend.terminal import EMMA, ODYSSEY, PARTITAS
from samples.catalog.provider.products import Album, Book, facts_of, key_of, name_of
from samples.catalog.service.outcomes import Found, Missing
from samples.catalog.tests.marks import in_both_layouts

AGAIN = "Start again with your changes: {}".format
THEIRS = "Start again from what is stored: {}".format
CHANGED = attrs.evolve(ODYSSEY, publish_date=date(1615, 1, 1))


@pytest.fixture
def canceled(visitor, other):
    """The page after a commit that somebody else's change has kept out."""
    other.add(ODYSSEY)
    visitor.open("/book")
    visitor.press("Begin")
    visitor.press("Retrieve Odyssey by Homer")
    visitor.press("Save changes", language="Greek")
    visitor.open("/album")
    visitor.press("Add", **facts_of(PARTITAS))
    other.change(CHANGED, seen=ODYSSEY)
    return visitor.press("Commit")


@in_both_layouts
def test_both_versions_stand_side_by_side(canceled):
    """As it was retrieved, as it is stored, as it was wanted; what differs is marked as text."""
    assert f"{name_of(ODYSSEY)} has changed since it was read." in canceled.said("problems")
    assert (
        f"Versions of {name_of(ODYSSEY)} Field As retrieved Stored now Yours "
        "Author Homer Homer Homer Title Odyssey Odyssey Odyssey "
        "Publish date differs 1614-11-02 1615-01-01 1614-11-02 "
        "Language differs English English Greek"
    ) in canceled.said("problems")
    assert 4 == [tag for tag, _ in canceled.tags].count("mark")
    assert f"insert {name_of(PARTITAS)}" == canceled.said("others")


def test_a_new_start_takes_the_changes_over(visitor, other, canceled):
    """Their date and my language: the form holds both, says what was there, and can be saved."""
    page = visitor.press(AGAIN(name_of(ODYSSEY)))
    before = other.retrieve(Book, *key_of(ODYSSEY))
    visitor.press("Save changes")

    assert ("/book", "save") == (visitor.address, page.on_enter)
    assert "Started again from what is stored now." in page.said("status")
    assert ("1615-01-01", "Greek") == (page.inputs["publish_date"], page.inputs["language"])
    assert ("Was: English", "") == (page.said("language-was"), page.said("publish_date-was"))
    assert Found(CHANGED) == before
    assert Found(attrs.evolve(CHANGED, language="Greek")) == other.retrieve(Book, *key_of(ODYSSEY))


def test_a_new_start_can_be_theirs(visitor, canceled):
    """Who is content with what somebody else wrote goes on from there."""
    page = visitor.press(THEIRS(name_of(ODYSSEY)))

    assert facts_of(CHANGED).items() <= page.inputs.items()
    assert "" == page.said("language-was")


def test_a_new_start_is_guarded_again(visitor, other, canceled):
    """A third version is no more overwritten than the second was."""
    visitor.press(AGAIN(name_of(ODYSSEY)))
    third = attrs.evolve(CHANGED, language="Latin")
    other.change(third, seen=CHANGED)
    page = visitor.press("Save changes")

    assert "Language differs English Latin Greek" in page.said("problems")
    assert Found(third) == other.retrieve(Book, *key_of(ODYSSEY))


def test_a_single_write_starts_again_by_itself(visitor, other):
    """The form is that of the product already, so it holds the new start at once."""
    other.add(ODYSSEY)
    visitor.open("/book")
    visitor.press("Retrieve Odyssey by Homer")
    other.change(CHANGED, seen=ODYSSEY)
    page = visitor.press("Save changes", language="Greek")
    saved = visitor.press("Save changes")

    assert ("1615-01-01", "Greek") == (page.inputs["publish_date"], page.inputs["language"])
    assert "Was: English" == page.said("language-was")
    assert "Written to the table at once" in saved.said("status")
    assert Found(attrs.evolve(CHANGED, language="Greek")) == other.retrieve(Book, *key_of(ODYSSEY))


def test_what_somebody_has_removed_can_be_added_anew(visitor, other):
    """There is nothing to start from, and what was wanted is not lost."""
    other.add(ODYSSEY)
    visitor.open("/book")
    visitor.press("Begin")
    visitor.press("Retrieve Odyssey by Homer")
    visitor.press("Save changes", language="Greek")
    other.remove(Book, *key_of(ODYSSEY))
    canceled = visitor.press("Commit")
    page = visitor.press(AGAIN(name_of(ODYSSEY)))
    visitor.press("Add")

    assert "is not there." in canceled.said("problems")
    assert "Language differs English not stored Greek" in canceled.said("problems")
    assert THEIRS(name_of(ODYSSEY)) not in canceled.enabled()
    assert ("add", "Greek") == (page.on_enter, page.inputs["language"])
    assert "not stored any more" in page.said("status")
    assert Found(attrs.evolve(ODYSSEY, language="Greek")) == other.retrieve(Book, *key_of(ODYSSEY))


def test_a_product_that_is_there_already_is_compared(visitor, other):
    """What was to be new and what is stored: there was nothing to retrieve."""
    other.add(PARTITAS)
    page = visitor.press("Add", artist="Bach", title="6 Partitas", year="1726")
    again = visitor.press(AGAIN(name_of(PARTITAS)))

    assert "Field Stored now Yours Artist Bach Bach" in page.said("problems")
    assert "Year differs 1731 1726" in page.said("problems")
    assert ("1726", "Was: 1731", "save") == (
        again.inputs["year"],
        again.said("year-was"),
        again.on_enter,
    )


@pytest.mark.parametrize("value", ["again 0", "theirs 0", "again 7"])
def test_versions_that_are_not_known_any_more_are_said(visitor, value):
    """The button of a page that was forgotten does nothing."""
    page = visitor.send(value, artist="half typed")

    assert 409 == visitor.response.status_code
    assert "not known any more" in page.said("status")
    assert "half typed" == page.inputs["artist"]


def test_a_removal_has_no_versions(visitor, other):
    """Whoever removes what is gone already wanted nothing of it."""
    visitor.press("Begin")
    visitor.press("Remove", artist="Bach", title="Air")
    page = visitor.press("Commit")

    assert 'Album "Air" by Bach is not there.' == page.said("problems")
    assert isinstance(other.retrieve(Album, "Bach", "Air"), Missing)


def test_pages_of_two_windows_do_not_mix(visitor, other, canceled):
    """Each page has its own problems, whatever has failed since."""
    other.add(EMMA)
    visitor.open("/book")
    visitor.press("Add", **facts_of(attrs.evolve(EMMA, language="Danish")))
    visitor.page, visitor.address = canceled, "/album"
    page = visitor.press(AGAIN(name_of(ODYSSEY)))

    assert "Odyssey" == page.inputs["title"]
