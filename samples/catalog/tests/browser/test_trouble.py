"""What goes wrong on purpose: the page says what the library did about it, and what it came to."""

import pytest

from samples.catalog.frontend.terminal import EMMA, PARTITAS
from samples.catalog.provider.products import Album, Book, Movie, name_of
from samples.catalog.service.mishaps import MISHAPS
from samples.catalog.tests.browser.browsers import USUAL_WAYS, in_ways
from samples.catalog.tests.browser.driver import expect

pytestmark = pytest.mark.slow


@in_ways(*USUAL_WAYS)
@pytest.mark.parametrize("mishap", ["conflict", "lost-answer"])
def test_a_commit_is_sent_again_and_applied_once(me, other, stored, mishap):
    """It meets the one session that asked for it, once; nobody else notices."""
    me.begin()
    me.add(PARTITAS)
    me.let(MISHAPS[mishap].label)
    other.begin()
    other.add(EMMA)
    other.commit()

    me.commit()

    expect(other.facts.get_by_role("listitem").first).to_have_text("Sent once.")
    expect(me.status).to_contain_text("Committed: 1 action")
    expect(me.facts).to_contain_text(MISHAPS[mishap].happened)
    expect(me.facts).to_contain_text("Sent 2 times, with the same token")
    assert ([PARTITAS], [EMMA]) == (stored(Album), stored(Book))

    me.begin()

    expect(me.page.get_by_label("The next commit meets")).to_have_value("")


@in_ways(*USUAL_WAYS)
@pytest.mark.parametrize("mishap", ["lost-requests", "lost-answers"])
def test_what_is_in_doubt_is_resolved(me, other, stored, mishap):
    """It is in doubt on every page of this person and of nobody else, until it is resolved."""
    in_doubt(me, mishap)
    expect(other.doubts).to_have_count(0)
    me.choose(Movie)
    expect(me.doubts).to_contain_text(f"insert {name_of(PARTITAS)}")
    me.begin()
    expect(me.status).to_contain_text("1 earlier transaction still in doubt")
    me.roll_back()

    me.click("Resolve")

    expect(me.status).to_contain_text("Committed: 1 action")
    expect(me.doubts).to_have_count(0)
    assert [PARTITAS] == stored(Album)


@in_ways(*USUAL_WAYS)
def test_a_doubt_can_be_given_up(me, stored):
    """Then nobody asks any more, and what is stored shows what became of it."""
    in_doubt(me, "lost-answers")

    me.click("Give up")

    expect(me.status).to_contain_text("Given up")
    expect(me.doubts).to_have_count(0)
    assert [PARTITAS] == stored(Album)


@in_ways(*USUAL_WAYS)
def test_a_conflict_that_does_not_end_cancels_the_commit(me, stored):
    """The product is named, and nothing is stored."""
    me.begin()
    me.add(PARTITAS)
    me.let(MISHAPS["conflicts"].label)

    me.commit()

    expect(me.status).to_contain_text("Canceled, nothing was applied")
    expect(me.problems).to_contain_text(f"{name_of(PARTITAS)} was just being written")
    assert [] == stored(Album)


@in_ways(*USUAL_WAYS)
@pytest.mark.parametrize(
    ("mishap", "told"),
    [("throttling", "Committed: 1 action"), ("conflicts", "Canceled, nothing was applied")],
)
def test_a_double_click_on_commit_shows_what_came_of_it(me, mishap, told):
    """The browser drops the answer to the first click: that to the second one is the same."""
    me.begin()
    me.add(PARTITAS)
    me.let(MISHAPS[mishap].label)

    me.page.get_by_role("button", name="Commit", exact=True).dblclick(no_wait_after=True)

    expect(me.status).to_contain_text(told)
    expect(me.transaction).to_contain_text("No transaction is open")


@in_ways(*USUAL_WAYS)
def test_going_back_shows_that_more_has_happened_since(me):
    """What was staged then is not told as if it still were."""
    me.begin()
    me.add(PARTITAS)
    me.commit()

    me.page.go_back()

    expect(me.status).to_contain_text("Earlier: Staged, not sent")
    expect(me.transaction).to_contain_text("No transaction is open")


def in_doubt(person, mishap):
    """Commit an album, and get no answer."""
    person.begin()
    person.add(PARTITAS)
    person.let(MISHAPS[mishap].label)
    person.commit()
    expect(person.status).to_contain_text("In doubt")
