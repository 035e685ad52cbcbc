"""One session for every browser: alone, one request at a time, and not for ever."""

import threading

import pytest

from samples.catalog.frontend.terminal import EMMA, PARTITAS, PLANETS, THE_KID
from samples.catalog.frontend.web.server import create_app
from samples.catalog.frontend.web.sessions import (
    LIFETIME,
    MAX_VIEWS,
    RECENTLY,
    BrowserSessions,
    Draft,
    View,
)
from samples.catalog.provider.products import Album, Book, facts_of, name_of
from samples.catalog.service.catalog import CatalogService
from samples.catalog.service.outcomes import Listed
from samples.catalog.tests.marks import with_faults
from samples.catalog.tests.visitor import Visitor

SECONDS = 60  # for a thread that should be there at once


class NoticingLock:
    """A lock that says when somebody has to wait for it."""

    def __init__(self):
        self.somebody_waits = threading.Event()
        self._lock = threading.Lock()

    def __enter__(self):
        if not self._lock.acquire(blocking=False):
            self.somebody_waits.set()
            self._lock.acquire()

    def __exit__(self, *_):
        self._lock.release()


@pytest.fixture
def few(tables, clock):
    """Room for two sessions."""
    opened = BrowserSessions(lambda: CatalogService(tables), clock=clock, limit=2)
    yield opened
    opened.close()


def used(sessions, id_=None, *, begin=False):
    """Use a session for a moment, and return its id."""
    with sessions.use(id_) as session:
        if begin:
            session.service.begin()
            session.service.add(PARTITAS)
        return session.id


def test_browsers_do_not_see_what_others_have_staged(visitor, somebody, other):
    """Each has a transaction of its own, and commits or drops it alone."""
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    theirs = somebody.press("Begin")
    somebody.press("Add", **facts_of(PLANETS))
    visitor.press("Commit")
    rolled_back = somebody.press("Roll back")

    assert "Nothing is staged." == theirs.said("staged")
    assert "1 action dropped" in rolled_back.said("status")
    assert Listed((PARTITAS,)) == other.stored()


def test_a_browser_comes_back_to_its_transaction(visitor):
    """Also from another page of ours, and in another window."""
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    visitor.open("/book")

    assert 'insert Album "6 Partitas" by Bach' == visitor.open("/movie").said("staged")


def test_a_session_that_is_not_used_ends(visitor, sessions, clock, other):
    """What was open is rolled back, and who comes back is told."""
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    clock.now += LIFETIME + 1
    page = visitor.open("/album")

    assert "session has ended" in page.said("status")
    assert "rolled back" in page.said("status")
    assert "No transaction is open" == page.said("transaction")
    assert (1, Listed(())) == (len(sessions), other.stored())


def test_an_old_button_does_nothing_in_a_new_session(visitor, clock, other):
    """A commit that comes too late does not commit something else."""
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    clock.now += LIFETIME + 1
    page = visitor.press("Commit")

    assert 400 == visitor.response.status_code
    assert "too old" in page.said("status")
    assert Listed(()) == other.stored()


def test_a_session_that_is_used_does_not_end(visitor, clock):
    """It is the pause that counts, not the age."""
    visitor.press("Begin")
    for _ in range(3):
        clock.now += LIFETIME - 1
        page = visitor.open("/album")

    assert "A transaction is open" == page.said("transaction")


def test_a_new_session_says_nothing(visitor):
    """Nobody is told of an end who had no beginning."""
    assert "" == visitor.page.said("status")


def test_the_session_that_was_idle_for_longest_makes_room(few, clock):
    """There are never more than there may be."""
    ids = []
    for _ in range(3):
        clock.now += 1
        ids.append(used(few))

    assert [False, True, True] == [few.knows(each) for each in ids]


def test_a_session_that_holds_nothing_makes_room_first(few, clock):
    """Who has looked, and does not come back, costs nobody what they have staged."""
    ids = []
    for begin in (True, False, False):
        clock.now += RECENTLY + 1
        ids.append(used(few, begin=begin))

    assert [True, False, True] == [few.knows(each) for each in ids]


def test_newcomers_do_not_end_each_other(few, clock):
    """Where all hold something, those who have just come are not the first to go."""
    ids = []
    for begin in (True, True, False, False):
        clock.now += 1
        ids.append(used(few, begin=begin))

    assert [False, False, True, True] == [few.knows(each) for each in ids]


@with_faults
def test_who_comes_back_too_late_is_told_what_became_of_a_doubt(visitor, clock):
    """It was sent: nobody is told that nothing was."""
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    visitor.press("Commit", fault="lost-requests")
    clock.now += LIFETIME + 1
    page = visitor.open("/album")

    assert (
        "Your earlier session has ended, because it was not used for a while. No transaction was "
        f"open in it. Still in doubt, and not asked for any more, is insert {name_of(PARTITAS)}: "
        "it was sent, and may have been applied. Look at the products."
    ) == page.said("status")
    assert page.title.startswith("Session ended – ")


@with_faults
def test_of_many_calls_in_doubt_some_are_named(visitor, clock):
    """Nobody reads a hundred names in one sentence."""
    visitor.press("Begin")
    for number in range(5):
        visitor.press("Add", artist="Bach", title=f"Suite {number}")
    visitor.press("Commit", fault="lost-requests")
    clock.now += LIFETIME + 1

    assert 'insert Album "Suite 2" by Bach, 2 more: it' in visitor.open("/album").said("status")


def test_who_had_to_make_room_is_told_so(visitor, sessions):
    """Nobody is blamed for a pause that there was not."""
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    sessions._limit = 1
    used(sessions)
    page = visitor.open("/album")

    assert (
        "Your earlier session has ended, because too many others were open at once. The "
        "transaction that was open in it, with 1 call, was rolled back: nothing was sent."
    ) == page.said("status")


def test_the_end_of_a_session_is_told_on_the_way_back(visitor, clock):
    """Also to who comes back by a button, and to the form that was typed."""
    visitor.client.environ_base["HTTP_ORIGIN"] = "http://localhost"  # as browsers send it
    visitor.press("Begin")
    clock.now += LIFETIME + 1
    refused = visitor.press("Add", **facts_of(PARTITAS))
    back = visitor.open(refused.links["Go back: what you typed is still there"])
    done = visitor.press("Begin")

    assert "session has ended" in back.said("status")
    assert "6 Partitas" == back.inputs["title"]
    assert "session has ended" not in done.said("status")


def test_the_ends_of_sessions_are_not_remembered_for_ever(few, clock, monkeypatch):
    """Then what is told is true of every session."""
    monkeypatch.setattr("samples.catalog.frontend.web.sessions.MAX_ENDED", 1)
    ids = [used(few) for _ in range(2)]
    clock.now += LIFETIME + 1
    told = []
    for each in ids:
        with few.use(each) as session:
            told.append(session.notice.text)

    assert "If one was in doubt, it still is" in told[0]
    assert "because it was not used for a while" in told[1]


def test_a_session_that_makes_room_is_rolled_back(few, clock):
    """Nothing is left open behind it."""
    services = []
    for _ in range(3):
        clock.now += 1
        with few.use(None) as session:
            session.service.begin()
            services.append(session.service)

    assert [False, True, True] == [each.is_open for each in services]


def test_a_session_in_use_does_not_end(few, clock):
    """Neither for its age nor to make room."""
    with few.use(None) as first, few.use(None):
        clock.now += LIFETIME + 1
        third = used(few)

        assert few.knows(first.id)
        assert few.knows(third)


def test_closing_rolls_back_everything(tables):
    """The end of the program leaves no transaction open."""
    sessions = BrowserSessions(lambda: CatalogService(tables))
    with sessions.use(None) as session:
        session.service.begin()
        session.service.add(PARTITAS)
    sessions.close()

    assert (0, False) == (len(sessions), session.service.is_open)


def test_an_unknown_id_is_not_taken_over(sessions):
    """Nobody chooses the id of a session."""
    assert "chosen" != used(sessions, "chosen")


def test_a_session_keeps_the_last_pages_only(sessions):
    """What a browser makes us remember has an end."""
    drafts = [Draft(Album, {"title": str(number)}) for number in range(MAX_VIEWS + 1)]
    with sessions.use(None) as session:
        words = [session.keep(View(draft)) for draft in drafts]
        found = [session.view(word, Album).draft for word in words]

    assert [Draft(Album), *drafts[1:]] == found


def test_a_form_is_for_its_kind(sessions):
    """An album is not retrieved into the form of a book."""
    with sessions.use(None) as session:
        word = session.keep(View(Draft(Album, {"title": "Air"}, PARTITAS)))

        assert View(Draft(Book)) == session.view(word, Book)


def test_two_requests_of_a_browser_wait_for_each_other(site, visitor, sessions, client, other):
    """A second click during a commit comes to its turn, and disturbs nothing."""
    second = Visitor(visitor.client)
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    (session,) = sessions._sessions.values()
    session.lock = NoticingLock()
    add = threading.Thread(target=_add_in_another_window, args=(site, visitor, second))

    def meanwhile(**_):
        add.start()
        assert session.lock.somebody_waits.wait(SECONDS)

    client.meta.events.register("before-send.dynamodb.TransactWriteItems", meanwhile)
    page = visitor.press("Commit")
    add.join(SECONDS)

    assert "Committed: 1 action, all applied together." == page.said("status")
    assert "Written to the table at once" in second.page.said("status")
    assert Listed((PARTITAS, PLANETS)) == other.stored()


def _add_in_another_window(site, visitor, second):
    """Add a product with the same cookie, in a thread of its own."""
    (cookie,) = visitor.client._cookies.values()
    second.client = site.test_client()
    second.client.set_cookie(cookie.key, cookie.value)
    second.page = visitor.page
    second.press("Add", **facts_of(PLANETS))


def test_two_browsers_do_not_wait_for_each_other(visitor, somebody, client, other):
    """While one commits, another one does, and is done first."""
    theirs = []
    somebody.press("Begin")
    somebody.press("Add", **facts_of(PLANETS))
    commit = threading.Thread(target=lambda: theirs.append(somebody.press("Commit").said("status")))

    def meanwhile(**_):
        if threading.current_thread() is not commit:
            commit.start()
            commit.join(SECONDS)

    client.meta.events.register("before-send.dynamodb.TransactWriteItems", meanwhile)
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    page = visitor.press("Commit")

    assert ["Committed: 1 action, all applied together."] * 2 == [*theirs, page.said("status")]
    assert Listed((PARTITAS, PLANETS)) == other.stored()


@pytest.mark.parametrize(("takes_turns", "most"), [(True, 1), (False, 2)])
def test_an_engine_of_one_thread_is_asked_by_one(sessions, client, takes_turns, most):
    """Where the engine takes turns, so do the requests of all browsers."""
    site = create_app(sessions, engine="", takes_turns=takes_turns)
    visitors = [Visitor(site.test_client()) for _ in range(2)]
    for each in visitors:
        each.open("/album")
    inside, meeting = [], threading.Barrier(2)

    def note(**_):
        try:
            meeting.wait(0.1 if takes_turns else SECONDS)
        except threading.BrokenBarrierError:
            inside.append(1)
        else:
            inside.append(2)

    client.meta.events.register("before-send.dynamodb.PutItem", note)
    threads = [
        threading.Thread(target=each.press, args=("Add",), kwargs=facts_of(product))
        for each, product in zip(visitors, (PARTITAS, PLANETS), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)

    assert most == max(inside)


def test_every_kind_can_be_staged_in_one_transaction(visitor):
    """The forms are three, and the transaction is one."""
    visitor.press("Begin")
    for product in (PARTITAS, EMMA, THE_KID):
        visitor.open(f"/{type(product).__name__.lower()}")
        page = visitor.press("Add", **facts_of(product))

    assert 3 == page.said("staged").count("insert")
