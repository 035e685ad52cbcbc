"""How a commit went, on the page: attempts, doubts, and trouble on purpose."""

import pytest

from samples.catalog.frontend.terminal import EMMA, PARTITAS
from samples.catalog.provider.products import facts_of, name_of
from samples.catalog.service.mishaps import MISHAPS
from samples.catalog.service.outcomes import Listed
from samples.catalog.tests.marks import on_dynoxide, with_faults


def commit(visitor, **typed):
    """Stage an album, and commit it."""
    visitor.open("/album")
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    return visitor.press("Commit", **typed)


@on_dynoxide
def test_a_commit_tells_how_it_was_sent(visitor):
    """Also when the page is loaded again."""
    page = commit(visitor)
    again = visitor.open(visitor.response.request.full_path)

    assert page.said("facts").startswith("Sent once. Consumed write units: 2 in ")
    assert page.said("facts") == again.said("facts")


@with_faults
def test_trouble_is_off_unless_it_is_chosen(visitor):
    """Outside a transaction there is no switch, and inside it stands at nothing."""
    before = visitor.page
    page = visitor.press("Begin")

    options = [given for tag, given in page.tags if tag == "option"]
    assert "option" not in [tag for tag, _ in before.tags]
    assert ["", *MISHAPS] == [each["value"] for each in options]
    assert [] == [each for each in options if "selected" in each]


def test_trouble_is_not_offered_elsewhere(visitor, other):
    """On an engine that is not on this machine there is no switch, and none that can be forged."""
    switches = [tag for tag, _ in visitor.press("Begin").tags if tag == "select"]
    visitor.press("Roll back")
    page = commit(visitor, fault="conflict")

    assert [] == switches
    assert 409 == visitor.response.status_code
    assert "on an engine of this machine only" in page.said("status")
    assert Listed(()) == other.stored()


@with_faults
def test_a_fault_that_does_not_exist_is_refused(visitor, other):
    """What no page of ours sends does nothing."""
    page = commit(visitor, fault="earthquake")

    assert 400 == visitor.response.status_code
    assert "there is no such fault" in page.said("status")
    assert Listed(()) == other.stored()


@with_faults
def test_a_fault_stays_chosen_until_the_commit(visitor):
    """Other buttons keep the choice, and one commit uses it up."""
    visitor.press("Begin")
    chosen = visitor.press("Add", **facts_of(PARTITAS), fault="conflict")
    done = visitor.press("Commit", fault="conflict")
    after = visitor.press("Begin")

    selected = [
        [given["value"] for tag, given in page.tags if tag == "option" and "selected" in given]
        for page in (chosen, after)
    ]
    assert [["conflict"], []] == selected
    assert "Committed: 1 action" in done.said("status")
    assert MISHAPS["conflict"].happened in done.said("facts")
    assert "Sent 2 times, with the same token" in done.said("facts")


@with_faults
def test_trouble_of_one_is_no_trouble_of_others(visitor, somebody, other):
    """Somebody else commits at the same time, and meets nothing."""
    somebody.open("/book")
    somebody.press("Begin")
    somebody.press("Add", **facts_of(EMMA))
    mine = commit(visitor, fault="conflicts")
    theirs = somebody.press("Commit")

    assert "Canceled, nothing was applied." == mine.said("status")
    assert "was just being written by another transaction" in mine.said("problems")
    assert "Committed: 1 action" in theirs.said("status")
    assert theirs.said("facts").startswith("Sent once.")
    assert Listed((EMMA,)) == other.stored()


@on_dynoxide
@with_faults
@pytest.mark.parametrize("fault", ["lost-requests", "lost-answers"])
def test_a_doubt_stays_until_it_is_resolved(visitor, somebody, other, fault):
    """On every page of the session, and on no other; resolving ends it, applied once."""
    commit(visitor, fault=fault)
    doubts = [visitor.open(address).said("doubts") for address in ("/album", "/book")]
    elsewhere = somebody.open("/album").said("doubts")
    page = visitor.press("Resolve")

    told = f"insert {name_of(PARTITAS)} Resolve Give up"
    assert ([told] * 2, "") == (doubts, elsewhere)
    assert "Committed: 1 action, all applied together." == page.said("status")
    assert ("had been applied" in page.said("facts")) is (fault == "lost-answers")
    assert "" == page.said("doubts")
    assert Listed((PARTITAS,)) == other.stored()


@with_faults
def test_beginning_beside_a_doubt_says_what_that_means(visitor):
    """Nobody does the same again without having been told."""
    commit(visitor, fault="lost-requests")
    page = visitor.press("Begin")

    assert "1 earlier transaction still in doubt" in page.said("status")
    assert "may do it twice" in page.said("status")
    assert "Resolve" in page.enabled()


@with_faults
def test_a_doubt_can_be_given_up(visitor, sent):
    """Then it is on no page any more, and its buttons on old pages do nothing."""
    old = commit(visitor, fault="lost-requests")
    page = visitor.press("Give up")
    visitor.page = old
    late = visitor.press("Resolve")

    assert page.said("status").startswith("Given up:")
    assert ("", 409) == (late.said("doubts"), visitor.response.status_code)
    assert "no such transaction in doubt" in late.said("status")
    assert {"Scan"} >= set(sent)


@with_faults
def test_a_session_in_doubt_is_not_the_first_to_go(sessions, clock):
    """Where there are too many sessions, one that holds nothing ends before it."""
    with sessions.use(None) as doubtful:
        doubtful.service.begin()
        doubtful.service.add(PARTITAS)
        doubtful.service.commit("lost-requests")
    clock.now = 1.0
    with sessions.use(None) as idle:
        pass
    sessions._limit = 2
    with sessions.use(None):
        pass

    assert [True, False] == [sessions.knows(each.id) for each in (doubtful, idle)]
