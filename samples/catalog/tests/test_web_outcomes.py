"""How a commit went, on the page: attempts, doubts, and trouble on purpose."""

import pytest

from samples.catalog.frontend.terminal import EMMA, PARTITAS
from samples.catalog.provider.products import Album, facts_of, name_of
from samples.catalog.service.mishaps import MISHAPS
from samples.catalog.service.outcomes import Listed
from samples.catalog.tests.marks import on_dynoxide, on_moto, with_faults
from samples.engines.counting import watch

EMMA_AS_ALBUM = Album("Austen", "Emma")


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
def test_trouble_is_off_unless_it_is_chosen(visitor, service):
    """Outside a transaction there is no switch, and inside it stands at nothing."""
    before = visitor.page
    page = visitor.press("Begin")

    options = [given for tag, given in page.tags if tag == "option"]
    assert "option" not in [tag for tag, _ in before.tags]
    assert ["", *service.mishaps] == [each["value"] for each in options]
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
    """Then it is on no page any more, and its buttons on old pages tell only what came of it."""
    old = commit(visitor, fault="lost-requests")
    page = visitor.press("Give up")
    visitor.page = old
    late = visitor.press("Resolve")

    assert page.said("status").startswith("Given up:")
    assert ("", page.said("status")) == (late.said("doubts"), late.said("status"))
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


@pytest.mark.parametrize("fault", ["lost-requests", "conflicts", ""])
@with_faults
def test_a_commit_that_is_pressed_twice_tells_its_outcome_twice(visitor, sessions, other, fault):
    """The second form names the transaction of the first, so nothing is done and nothing hidden."""
    visitor.press("Begin")
    (session,) = sessions._sessions.values()
    sent = watch(session.service._sender.own_client)
    form = visitor.press("Add", **facts_of(PARTITAS))
    first = visitor.press("Commit", fault=fault)
    stored, sent_once = other.stored(), [each for each in sent if each != "Scan"]
    visitor.page = form
    second = visitor.press("Commit", fault=fault)

    assert 200 == visitor.response.status_code
    for part in ("status", "facts", "problems", "doubts"):
        assert first.said(part) == second.said(part)
    assert first.said("status") != ""
    assert (stored, sent_once) == (other.stored(), [each for each in sent if each != "Scan"])


@with_faults
@pytest.mark.parametrize("button", ["Resolve", "Give up"])
def test_a_doubt_that_is_settled_twice_tells_its_outcome_twice(visitor, button):
    """The end of a doubt is told again, also by the button that has brought it about."""
    form = commit(visitor, fault="lost-requests")
    first = visitor.press(button)
    visitor.page = form
    second = visitor.press(button)

    assert first.said("status") == second.said("status") != ""
    assert first.said("facts") == second.said("facts")


def test_an_old_commit_does_not_commit_what_is_open_now(visitor, other):
    """Its page shows another transaction, whose end it tells; the open one stays as it is."""
    visitor.press("Begin")
    form = visitor.press("Add", **facts_of(PARTITAS))
    dropped = visitor.press("Roll back")
    visitor.press("Begin")
    visitor.press("Add", **facts_of(EMMA_AS_ALBUM))
    visitor.page = form
    late = visitor.press("Commit")

    assert dropped.said("status") == late.said("status")
    assert "A transaction is open" == late.said("transaction")
    assert Listed(()) == other.stored()


def test_a_page_without_a_transaction_does_not_commit_the_one_of_another_window(visitor, other):
    """Nobody commits what was not shown to them."""
    before = visitor.page
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    visitor.page = before
    page = visitor.send("commit")

    assert 409 == visitor.response.status_code
    assert "does not show the transaction that is open now" in page.said("status")
    assert f"insert {name_of(PARTITAS)}" == page.said("staged")
    assert Listed(()) == other.stored()


@pytest.mark.parametrize("number", ["x", "-1", "9" * 5000], ids=["text", "sign", "long"])
def test_a_transaction_that_cannot_be_is_refused(visitor, number):
    """What no page of ours sends does nothing."""
    page = visitor.press("Begin", transaction=number)

    assert 400 == visitor.response.status_code
    assert "there is no such transaction" in page.said("status")


@with_faults
@on_moto
@pytest.mark.parametrize("fault", ["lost-answer", "lost-answers"])
def test_lost_answers_are_not_offered_where_tokens_are_ignored(visitor, other, fault):
    """What was applied would be called canceled there; who asks by hand is told why not."""
    begun = visitor.press("Begin")
    visitor.press("Roll back")
    page = commit(visitor, fault=fault)

    options = [given["value"] for tag, given in begun.tags if tag == "option"]
    assert fault not in options
    assert "Lost answers are not offered" in begun.said("fault-hint")
    assert 409 == visitor.response.status_code
    assert "does not know a request again by its token" in page.said("status")
    assert "A transaction is open" == page.said("transaction")
    assert Listed(()) == other.stored()


@on_dynoxide
@with_faults
def test_a_doubt_that_cannot_be_asked_about_any_more_is_given_up(visitor, other, monkeypatch):
    """Nothing is sent, which is said; then there is one way out, and no button that cannot work."""
    commit(visitor, fault="lost-answers")
    monkeypatch.setattr("transactscope.core.window.TOKEN_SECONDS", 0)
    late = visitor.press("Resolve")
    given_up = visitor.press("Give up")

    assert late.said("status").startswith("Too late to ask, so nothing was sent")
    assert late.title.startswith("Still in doubt – ")
    assert "" == late.said("facts")
    assert "Too late to ask" in late.said("doubts")
    assert "Resolve" not in {each.name for each in late.buttons}
    assert "" == given_up.said("doubts")
    assert Listed((PARTITAS,)) == other.stored()


def test_what_has_been_overtaken_is_not_shown_as_new(visitor):
    """Who goes back after a commit sees the page of before, and that it is of before."""
    visitor.press("Begin")
    staged = visitor.press("Add", **facts_of(PARTITAS))
    address = visitor.response.request.full_path
    again = visitor.open(address)
    visitor.press("Commit")
    back = visitor.open(address)

    assert staged.said("status") == again.said("status")
    assert f"Earlier: {staged.said('status')}" == back.said("status")
    assert "No transaction is open" == back.said("transaction")


def test_what_failed_earlier_is_told_as_it_was_then(visitor, other):
    """Its versions can still be started from, but nobody knows what is stored by now."""
    other.add(PARTITAS)
    canceled = visitor.press("Add", artist="Bach", title="6 Partitas", year="1")
    address = visitor.response.request.full_path
    visitor.press("Retrieve", artist="Bach", title="6 Partitas")
    back = visitor.open(address)

    assert "Stored now" in canceled.said("problems")
    assert "Earlier: Canceled" in back.said("status")
    assert "Stored then" in back.said("problems")
    assert "Stored now" not in back.said("problems")
    assert back.title.startswith("No transaction is open")
