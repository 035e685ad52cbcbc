"""What people do with the page, from the first click to what somebody else sees of it.

Stories are told with scripts and without them; the last ones, about details, without only.
"""

import re

import attrs
import pytest

from samples.catalog.frontend.terminal import EMMA, ODYSSEY, PARTITAS, THE_KID
from samples.catalog.provider.products import Album, Book, Movie, name_of
from samples.catalog.tests.browser.driver import expect
from samples.catalog.tests.browser.pages import NOT_OPEN, NOTHING_STAGED, OPEN

pytestmark = pytest.mark.slow

THREE = (PARTITAS, ODYSSEY, THE_KID)

without_scripts = pytest.mark.parametrize(
    "scripts", [False], ids=["without-scripts"], indirect=True
)


@pytest.fixture
def store(site):
    """Store products behind everybody's back."""

    def storing(*products):
        for product in products:
            site.tables.database.put(product)

    return storing


@pytest.fixture
def stored(site):
    """Read all products of one class from their table."""
    return site.tables.stored


def test_three_products_are_committed_together(me, other, stored):
    """Nobody sees anything before the commit, and everything after it."""
    me.begin()
    for product in THREE:
        me.add(product)
    expect(me.staged.get_by_role("listitem")).to_have_text(
        [re.compile(re.escape(name_of(product))) for product in THREE]
    )
    for product in THREE:
        other.does_not_show(product)

    me.commit()

    expect(me.status).to_contain_text("Committed: 3 actions")
    expect(me.staged).to_have_text(NOTHING_STAGED)
    for product in THREE:
        other.shows(product)
        assert [product] == stored(type(product))


def test_a_rollback_leaves_nothing_behind(me, other, stored):
    """What was staged is gone, for everybody."""
    me.begin()
    me.add(PARTITAS)
    me.add(EMMA)

    me.roll_back()

    expect(me.status).to_contain_text("Rolled back: 2 actions")
    expect(me.staged).to_have_text(NOTHING_STAGED)
    other.does_not_show(PARTITAS)
    assert ([], []) == (stored(Album), stored(Book))


def test_a_level_is_rolled_back_and_calls_become_one_action(me, other, stored):
    """The level's book is dropped, a movie that comes and goes is one action, the rest is sent."""
    me.begin()
    me.add(PARTITAS)
    me.click("Savepoint")
    me.add(EMMA)
    expect(me.level).to_have_text("Level 2")
    expect(me.staged.get_by_role("listitem")).to_have_text(
        [f"insert {name_of(PARTITAS)}", f"insert {name_of(EMMA)} level 2"]
    )

    me.click("Roll back level")

    expect(me.status).to_contain_text("1 call dropped")
    expect(me.level).to_have_text("Level 1")
    expect(me.staged.get_by_role("listitem")).to_have_text([f"insert {name_of(PARTITAS)}"])

    me.add(THE_KID)
    me.fill(director=THE_KID.director, title=THE_KID.title)
    me.click("Remove")

    expect(me.staged.get_by_role("listitem")).to_have_count(3)
    expect(me.actions.get_by_role("listitem")).to_have_text(
        [re.compile(f"^\\s*put {re.escape(name_of(PARTITAS))}"), re.compile("from 2 calls")]
    )
    other.does_not_show(PARTITAS)

    me.commit()

    expect(me.status).to_contain_text("Committed: 2 actions")
    assert ([PARTITAS], [], []) == (stored(Album), stored(Book), stored(Movie))


def test_a_cancellation_names_the_product_that_failed(me, other, store, stored):
    """One product that is there already keeps both out, and it alone is named."""
    store(PARTITAS)
    me.begin()
    me.add(attrs.evolve(PARTITAS, year=1726))
    me.add(EMMA)

    me.commit()

    expect(me.status).to_contain_text("nothing was applied")
    expect(me.problems.get_by_role("listitem")).to_have_text(
        [re.compile(re.escape(f"{name_of(PARTITAS)} is there already"))]
    )
    other.does_not_show(EMMA)
    assert ([PARTITAS], []) == (stored(Album), stored(Book))


def test_a_product_is_retrieved_and_changed_while_another_is_added(me, other, store, stored):
    """A change and an addition are stored together, or not at all."""
    translated = attrs.evolve(ODYSSEY, language="English, by Chapman")
    store(ODYSSEY)
    me.begin()
    me.retrieve(ODYSSEY)
    me.change(language=translated.language)
    me.add(EMMA)
    other.does_not_show(EMMA)
    assert [ODYSSEY] == stored(Book)

    me.commit()

    expect(me.status).to_contain_text("Committed: 2 actions")
    other.shows(EMMA)
    expect(other.stored).to_contain_text(translated.language)
    assert {translated, EMMA} == set(stored(Book))


def test_a_product_is_removed_by_the_commit(me, other, store, stored):
    """It is there for everybody until then, and for nobody afterwards."""
    store(*THREE)
    me.begin()
    me.remove(THE_KID)
    other.shows(THE_KID)

    me.commit()

    expect(me.status).to_contain_text("Committed: 1 action")
    other.does_not_show(THE_KID)
    assert [] == stored(Movie)


def test_without_a_transaction_everything_is_written_at_once(me, other, stored):
    """Adding, changing and removing work the same way, and each is stored by itself."""
    me.add(PARTITAS)
    expect(me.status).to_contain_text("at once")
    other.shows(PARTITAS)

    me.retrieve(PARTITAS)
    me.change(year="1732")
    expect(me.status).to_contain_text("at once")
    assert [attrs.evolve(PARTITAS, year=1732)] == stored(Album)

    me.remove(PARTITAS)
    expect(me.status).to_contain_text("at once")
    other.does_not_show(PARTITAS)

    assert [] == stored(Album)


@without_scripts
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


@without_scripts
def test_a_product_that_is_there_is_not_added_at_once(me, store, stored):
    """The same message stands beside the product, with or without a transaction."""
    store(PARTITAS)

    me.add(attrs.evolve(PARTITAS, year=1726))

    expect(me.problems.get_by_role("listitem")).to_have_text([re.compile("is there already")])
    assert [PARTITAS] == stored(Album)


@without_scripts
def test_a_transaction_stays_open_from_page_to_page(me, other):
    """It belongs to one person: looking around does not end it, and nobody else is in it."""
    me.begin()
    me.add(PARTITAS)
    me.choose(Movie)
    me.open()

    expect(me.transaction).to_contain_text(OPEN)
    expect(me.staged).to_contain_text(PARTITAS.title)
    expect(other.open().transaction).to_contain_text(NOT_OPEN)


@without_scripts
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


@without_scripts
def test_the_keyboard_is_enough(me, stored):
    """Enter in the last field of a form adds, as it does everywhere."""
    me.choose(Album)
    me.fill(artist="Bach", title="Air")
    me.field("title").press("Enter")

    expect(me.status).to_contain_text("at once")
    assert [Album("Bach", "Air")] == stored(Album)
