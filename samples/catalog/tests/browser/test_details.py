"""What people expect of any page: nothing is repeated, forgotten, or overwritten behind them."""

import re

import attrs
import pytest

from samples.catalog.frontend.terminal import PARTITAS
from samples.catalog.provider.products import Album, Movie
from samples.catalog.tests.browser.browsers import CHROMIUM_WITHOUT_SCRIPTS, in_ways
from samples.catalog.tests.browser.driver import expect
from samples.catalog.tests.browser.pages import NOT_OPEN, OPEN

pytestmark = [pytest.mark.slow, in_ways(CHROMIUM_WITHOUT_SCRIPTS)]


def test_nobody_overwrites_a_change_of_somebody_else(me, other, store, stored):
    """What has changed since it was retrieved makes the commit fail."""
    theirs = attrs.evolve(PARTITAS, year=1730)
    store(PARTITAS)
    me.begin()
    me.retrieve(PARTITAS)
    me.change(year="1732")
    other.retrieve(PARTITAS)
    other.change(year="1730")

    me.commit()

    expect(me.problems.get_by_role("listitem")).to_have_text(
        [re.compile("has changed since it was read")]
    )
    assert [theirs] == stored(Album)


def test_a_product_that_is_there_is_not_added_at_once(me, store, stored):
    """The same message stands beside the product, with or without a transaction."""
    store(PARTITAS)

    me.add(attrs.evolve(PARTITAS, year=1726))

    expect(me.problems.get_by_role("listitem")).to_have_text([re.compile("is there already")])
    assert [PARTITAS] == stored(Album)


def test_a_transaction_stays_open_from_page_to_page(me, other):
    """It belongs to one person: looking around does not end it, and nobody else is in it."""
    me.begin()
    me.add(PARTITAS)
    me.choose(Movie)
    me.open()

    expect(me.transaction).to_contain_text(OPEN)
    expect(me.staged).to_contain_text(PARTITAS.title)
    expect(other.open().transaction).to_contain_text(NOT_OPEN)


def test_looking_again_repeats_nothing(me):
    """The browser's own reload does not send a form a second time."""
    me.begin()
    me.add(PARTITAS)
    expect(me.status).to_contain_text("Staged")
    me.page.wait_for_load_state()  # a page that is still arriving cannot be loaded again

    me.page.reload()

    expect(me.status).to_contain_text("Staged")
    expect(me.staged.get_by_role("listitem")).to_have_count(1)
    expect(me.problems.get_by_role("listitem")).to_have_count(0)


def test_the_keyboard_is_enough(me, stored):
    """Enter in the last field of a form adds, as it does everywhere."""
    me.choose(Album)
    me.fill(artist="Bach", title="Air")
    me.field("title").press("Enter")

    expect(me.status).to_contain_text("at once")
    assert [Album("Bach", "Air")] == stored(Album)
