"""What people do with the page, from the first click to what somebody else sees of it."""

import re

import attrs
import pytest

from samples.catalog.frontend.terminal import EMMA, ODYSSEY, PARTITAS, THE_KID
from samples.catalog.provider.products import Album, Book, Movie, name_of
from samples.catalog.tests.browser.browsers import USUAL_WAYS, in_ways
from samples.catalog.tests.browser.driver import expect
from samples.catalog.tests.browser.pages import NOTHING_STAGED

pytestmark = [pytest.mark.slow, in_ways(*USUAL_WAYS)]

THREE = (PARTITAS, ODYSSEY, THE_KID)


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
    expect(me.actions).to_have_count(2)
    expect(me.sum_of_actions).to_contain_text("2 actions from 3 calls")
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
