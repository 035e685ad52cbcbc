"""Somebody else was faster: both versions stand side by side, and one starts from the new one."""

import attrs
import pytest

from samples.catalog.frontend.terminal import ODYSSEY
from samples.catalog.provider.products import Book, name_of
from samples.catalog.tests.browser.browsers import USUAL_WAYS, in_ways
from samples.catalog.tests.browser.driver import expect

pytestmark = pytest.mark.slow

NAME = name_of(ODYSSEY)
AGAIN = f"Start again with your changes: {NAME}"
TELEPHONE = {"width": 390, "height": 844}
# How many lines the name of a field takes, without what stands behind it.
LINES = """
element => {
    const range = document.createRange();
    range.selectNodeContents(element.firstChild);
    return new Set([...range.getClientRects()].map(each => Math.round(each.top))).size;
}
"""
THEIRS = f"Start again from what is stored: {NAME}"


@in_ways(*USUAL_WAYS)
def test_both_versions_are_shown_and_changes_are_taken_over(me, other, store, stored):
    """Their date and my language are stored in the end, and nobody's change is lost."""
    store(ODYSSEY)
    me.begin()
    me.retrieve(ODYSSEY)
    me.change(language="Greek")
    other.retrieve(ODYSSEY)
    other.change(publish_date="1615-01-01")

    me.commit()

    expect(
        me.versions.get_by_role("row").filter(has_text="Language").get_by_role("cell")
    ).to_have_text(["English", "English", "Greek"])
    expect(me.versions.get_by_role("row").filter(has_text="differs")).to_have_count(2)

    me.click(AGAIN)

    expect(me.field("publish_date")).to_have_value("1615-01-01")
    expect(me.field("language")).to_have_value("Greek")
    expect(me.page.get_by_text("Was: English")).to_be_visible()

    me.click("Save changes")

    expect(me.status).to_contain_text("at once")
    (book,) = stored(Book)
    assert ("1615-01-01", "Greek") == (f"{book.publish_date}", book.language)


@in_ways(*USUAL_WAYS)
def test_fields_are_named_in_one_piece_on_a_telephone(me, other, store):
    """No word is broken in two where there is room for it."""
    store(ODYSSEY)
    me.page.set_viewport_size(TELEPHONE)
    me.begin()
    me.retrieve(ODYSSEY)
    me.change(language="Greek")
    other.retrieve(ODYSSEY)
    other.change(language="Latin")
    me.commit()

    heads = me.versions.get_by_role("rowheader")

    expect(heads).to_have_text(["Author", "Title", "Publish date", "Language differs"])
    assert [1, 1, 2, 1] == [each.evaluate(LINES) for each in heads.all()]


@in_ways(*USUAL_WAYS)
def test_one_can_go_on_from_what_is_stored(me, other, store):
    """Who is content with what somebody else wrote finds it in the form."""
    store(ODYSSEY)
    me.begin()
    me.retrieve(ODYSSEY)
    me.change(language="Greek")
    other.retrieve(ODYSSEY)
    other.change(language="Latin")
    me.commit()

    me.click(THEIRS)

    expect(me.field("language")).to_have_value("Latin")


@in_ways(*USUAL_WAYS)
def test_a_single_write_starts_again_by_itself(me, other, store, stored):
    """The form has the new version with the changes in it, to be saved once more."""
    store(ODYSSEY)
    me.retrieve(ODYSSEY)
    other.retrieve(ODYSSEY)
    other.change(publish_date="1615-01-01")

    me.change(language="Greek")
    expect(me.versions).to_be_visible()
    me.click("Save changes")

    expect(me.status).to_contain_text("at once")
    (book,) = stored(Book)
    assert ("1615-01-01", "Greek") == (f"{book.publish_date}", book.language)


@in_ways(*USUAL_WAYS)
def test_what_was_removed_meanwhile_can_be_added_anew(me, other, store, stored):
    """There is nothing to start from, and what was wanted is not lost."""
    store(ODYSSEY)
    me.begin()
    me.retrieve(ODYSSEY)
    me.change(language="Greek")
    other.remove(ODYSSEY)
    me.commit()

    me.click(AGAIN)
    me.click("Add")

    assert [attrs.evolve(ODYSSEY, language="Greek")] == stored(Book)
