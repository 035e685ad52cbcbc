"""A long list comes page by page, whatever other people write meanwhile."""

import itertools

import pytest

from samples.catalog.frontend.terminal import EMMA
from samples.catalog.provider.products import Album
from samples.catalog.tests.browser.browsers import USUAL_WAYS, in_ways
from samples.catalog.tests.browser.driver import expect

pytestmark = [pytest.mark.slow, in_ways(*USUAL_WAYS)]

ALBUMS = [Album("Bach", f"Suite {number:02}", 1720) for number in range(45)]


def test_a_long_list_has_pages(me, other, store):
    """Every product is on one of them, on the same one when it is looked at again."""
    store(*ALBUMS, EMMA)
    me.choose(Album)
    pages = [me.titles()]
    for number in (2, 3):
        me.follow("Next page")
        expect(me.page.locator("#page-number")).to_have_text(f"Page {number}")
        pages.append(me.titles())
    expect(me.page.get_by_role("link", name="Next page")).to_have_count(0)
    other.remove(Album("Bach", pages[0][0]))

    me.follow("Previous page")

    assert [20, 20, 5] == [len(titles) for titles in pages]
    assert sorted(album.title for album in ALBUMS) == sorted(itertools.chain(*pages))
    assert pages[1] == me.titles()

    me.click(f"Retrieve {pages[1][0]} by Bach")

    expect(me.field("title")).to_have_value(pages[1][0])
    expect(me.page.locator("#page-number")).to_have_text("Page 2")

    me.follow("First page")

    assert pages[0][0] not in me.titles()
