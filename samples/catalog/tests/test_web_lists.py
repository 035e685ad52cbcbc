"""What is stored, page by page."""

import pytest

from samples.catalog.frontend.terminal import ODYSSEY
from samples.catalog.frontend.web import lists
from samples.catalog.frontend.web.sessions import MAX_PLACES, BrowserSession, Place
from samples.catalog.provider import store
from samples.catalog.provider.products import Album
from samples.catalog.tests.marks import in_both_layouts


@pytest.fixture
def albums(tables, layout, monkeypatch):
    """Seven albums and a book, on pages of three."""
    monkeypatch.setattr(lists, "PAGE_SIZE", 3)
    made = [Album("Bach", f"Suite {number}") for number in range(1, 8)]
    for album in made:
        store.add(tables.database, album, layout=layout)
    store.add(tables.database, ODYSSEY, layout=layout)
    return {album.title for album in made}


def titles(page, albums):
    """Return the titles that a page lists."""
    return {title for title in albums if f"Retrieve {title} by Bach" in page.enabled()}


@in_both_layouts
def test_every_product_is_on_one_page(visitor, albums):
    """Forwards and back again, nothing is missing and nothing comes twice."""
    pages = [visitor.open("/album")]
    while "Next page" in pages[-1].links:
        pages.append(visitor.open(pages[-1].links["Next page"]))
    back = visitor.open(pages[-1].links["Previous page"])
    first = visitor.open(back.links["Previous page"])

    found = [titles(page, albums) for page in pages]
    assert [3, 3, 1] == [len(each) for each in found]
    assert albums == set().union(*found)
    assert ["Page 1", "Page 2", "Page 3"] == [page.said("page-number") for page in pages]
    assert found[:2] == [titles(first, albums), titles(back, albums)]
    assert "Previous page" not in pages[0].links


def test_a_short_list_has_no_pages(visitor, other):
    """Where all is on one page there is nothing to choose."""
    other.add(ODYSSEY)

    assert "" == visitor.open("/book").said("page-number")


def test_what_is_done_stays_on_its_page(visitor, albums):
    """Who retrieves a product of the second page is still there, and so is a link's form."""
    second = visitor.open(visitor.open("/album").links["Next page"])
    title = min(titles(second, albums))
    retrieved = visitor.press(f"Retrieve {title} by Bach")
    third = visitor.open(retrieved.links["Next page"])

    assert "Page 2" == retrieved.said("page-number")
    assert titles(second, albums) == titles(retrieved, albums)
    assert ("Page 3", title) == (third.said("page-number"), third.inputs["title"])


def test_a_page_that_was_emptied_leads_back(visitor, albums, other):
    """Others may remove what was on it."""
    visitor.open("/album")
    while "Next page" in visitor.page.links:
        last = visitor.page.links["Next page"]
        visitor.open(last)
    for title in titles(visitor.page, albums):
        other.remove(Album, "Bach", title)
    page = visitor.open(last)

    assert "No more album is stored." in page.said("stored")
    assert "Page 2" == visitor.open(page.links["Previous page"]).said("page-number")


@pytest.mark.parametrize("address", ["/album?at=nonsense", "/album?at="])
def test_a_place_that_is_not_known_is_the_beginning(visitor, albums, address):
    """An address of yesterday still leads to something."""
    assert "Page 1" == visitor.open(address).said("page-number")


def test_a_place_belongs_to_its_kind(visitor, albums):
    """The second page of the albums is no page of the books."""
    word = visitor.open("/album").links["Next page"]

    assert "Odyssey" in visitor.open(word.replace("/album", "/book")).said("stored")


def test_places_are_kept_once_and_not_for_ever(service):
    """Looking again and again costs nothing, and a session remembers a bounded number."""
    browser = BrowserSession(service)
    place = Place(Album, {"artist": {"S": "Bach"}}, 2)
    word = browser.keep_place(place)
    again = browser.keep_place(place)
    for number in range(MAX_PLACES):
        browser.keep_place(Place(Album, number, 2))

    assert word == again
    assert Place(Album) == browser.place(word, Album)
