"""How pages look: on a desk and on a phone, with long words, in both colours."""

import os
from datetime import date

import pytest

from samples.catalog.provider.products import Album, Book
from samples.catalog.tests.browser import kinds, layout
from samples.catalog.tests.browser.driver import expect
from tests.engines import ROOT

pytestmark = pytest.mark.slow

SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
SCREENSHOTS = "TRANSACTSCOPE_SCREENSHOTS"  # set it to make the images of the documentation again


@pytest.fixture
def images(tmp_path):
    """Where screenshots go: into the documentation only if somebody asks for it."""
    return ROOT / "docs/images" if os.environ.get(SCREENSHOTS) else tmp_path


def test_screenshots_show_an_open_transaction(visit, site, images):
    """The images of the documentation are of this page, and show something."""
    visitor = visit()
    kinds.staged(visitor, site.tables)
    visitor.fill(artist="Vivaldi", title="The Four Seasons", year="1725")
    visitor.page.wait_for_load_state()
    images.mkdir(exist_ok=True)
    beyond = []
    for name, size in SIZES.items():
        visitor.page.set_viewport_size(size)
        visitor.page.screenshot(
            path=images / f"catalog-{name}.png", full_page=name == "desktop", animations="disabled"
        )
        beyond += layout.beyond_the_window(visitor.page)
    visitor.page.goto("about:blank")
    blank = visitor.page.screenshot()

    assert [] == beyond
    assert all((images / f"catalog-{name}.png").stat().st_size > 4 * len(blank) for name in SIZES)


def test_a_long_word_is_broken(visit, site):
    """A name without a space does not push the page out of the window."""
    album = Album(LONG_WORD, LONG_WORD, 1)
    site.tables.database.put(album)
    visitor = visit(viewport=layout.SMALL)
    visitor.begin()
    visitor.add(Book(LONG_WORD, LONG_WORD, date(2000, 1, 1), LONG_WORD))
    visitor.retrieve(album)
    expect(visitor.field("title")).to_have_value(LONG_WORD)

    assert [] == layout.beyond_the_window(visitor.page)


def test_the_page_follows_the_colours_of_the_system(visit):
    """Who has chosen dark gets dark."""
    visitor = visit()
    visitor.page.wait_for_load_state()
    colours = set()
    for scheme in ("light", "dark"):
        visitor.page.emulate_media(color_scheme=scheme)
        colours.add(visitor.page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert 2 == len(colours)
