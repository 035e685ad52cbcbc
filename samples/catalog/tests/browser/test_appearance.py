"""How pages look: on a desk and on a phone, with long words, in both colours."""

import os
from datetime import date

import pytest

from samples.catalog.provider.products import Album, Book
from samples.catalog.tests.browser import kinds, layout
from samples.catalog.tests.browser.browsers import CHROMIUM, DARK_FIREFOX, FIREFOX, in_ways
from samples.catalog.tests.browser.driver import expect
from tests.engines import ROOT

pytestmark = pytest.mark.slow

SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
SCREENSHOTS = "TRANSACTSCOPE_SCREENSHOTS"  # set it to make the images of the documentation again

BACKGROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture
def images(tmp_path):
    """Where screenshots go: into the documentation only if somebody asks for it."""
    return ROOT / "docs/images" if os.environ.get(SCREENSHOTS) else tmp_path


# By what they are called, and the page that they show.
PICTURES = {
    "desktop": kinds.staged,
    "phone": kinds.staged,
    "versions": kinds.versions,
    "in-doubt": kinds.in_doubt,
    "request": kinds.request,
}


@in_ways(CHROMIUM)
@pytest.mark.parametrize("name", PICTURES)
def test_pictures_of_the_documentation_show_something(visit, site, images, name):
    """They are of this page, nothing sticks out of them, and they are not blank."""
    visitor = visit()
    PICTURES[name](visitor, site.tables)
    images.mkdir(exist_ok=True)
    picture = images / f"catalog-{name}.png"
    beyond = layout.beyond_the_window(visitor.page, SIZES.get(name, SIZES["desktop"]))
    if name == "phone":  # it shows a part of the page: what will be sent
        visitor.page.get_by_role("heading", name="Will be sent").evaluate(
            "heading => heading.scrollIntoView()"
        )
    visitor.page.screenshot(path=picture, full_page=name != "phone", animations="disabled")
    visitor.page.goto("about:blank")

    assert [] == beyond
    assert picture.stat().st_size > 4 * len(visitor.page.screenshot())


def test_a_long_word_is_broken(visit, site):
    """A name without a space does not push the page out of the window."""
    album = Album(LONG_WORD, LONG_WORD, 1)
    site.tables.database.put(album)
    visitor = visit()
    visitor.begin()
    visitor.add(Book(LONG_WORD, LONG_WORD, date(2000, 1, 1), LONG_WORD))
    visitor.retrieve(album)
    expect(visitor.field("title")).to_have_value(LONG_WORD)

    assert [] == layout.beyond_the_window(visitor.page, layout.SMALL)


@in_ways(CHROMIUM)
def test_the_page_follows_the_colours_of_the_system(browser, visit):
    """Who has chosen dark gets dark."""
    visitor = visit()
    visitor.page.wait_for_load_state()
    colours = set()
    for scheme in browser.schemes:
        browser.show_in(scheme, visitor.page)
        colours.add(visitor.page.evaluate(BACKGROUND))

    assert 2 == len(colours)


@in_ways(FIREFOX)
def test_in_firefox_the_page_follows_them_too(visit, running, site):
    """It is started in the one or in the other, so this needs two of them."""
    visitor = visit()
    visitor.page.wait_for_load_state()
    with running.browser(DARK_FIREFOX).new_context() as context:
        dark = context.new_page()
        dark.goto(site.url)

        assert dark.evaluate(BACKGROUND) != visitor.page.evaluate(BACKGROUND)
