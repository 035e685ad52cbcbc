"""One session of the service for every browser: who comes back finds what was staged.

Every browser has its own transaction, and nobody else sees what is staged in it.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeVar

import attrs

from samples.catalog.frontend.web import endings
from samples.catalog.frontend.web.reports import Report
from samples.catalog.provider.products import Product
from samples.catalog.service.catalog import CatalogService

K = TypeVar("K")
V = TypeVar("V")

LIFETIME: Final = 30 * 60.0  # seconds without a request, after which a session ends
MAX_SESSIONS: Final = 100
MAX_VIEWS: Final = 32  # pages of one browser that are remembered
MAX_PLACES: Final = 256  # beginnings of pages of one browser's lists that are remembered

RECENTLY: Final = 60.0  # seconds in which also who holds nothing may still be typing
MAX_ENDED: Final = 1000  # sessions whose end is remembered, to be told


@attrs.frozen
class Draft:
    """What a form holds.

    Attributes:
        kind: The class of product that the form is for.
        texts: What stands in each field.
        seen: The product that was retrieved into the form, or None.
    """

    kind: type[Product]
    texts: Mapping[str, str] = attrs.field(factory=dict)
    seen: Product | None = None


@attrs.frozen
class View:
    """What a page shows besides what is staged and stored.

    Attributes:
        draft: What its form holds.
        report: What came of the action that led to it, or None.
        action: The number of that action in its session, or None.
        was_shown: Whether a browser has had it.
    """

    draft: Draft
    report: Report | None = None
    action: int | None = None
    was_shown: bool = False


@attrs.frozen
class Place:
    """Where a page of a list begins.

    Attributes:
        kind: The class of product that is listed.
        start: What the service gave as the beginning; None for the first page.
        number: The page's number, from 1 on.
        before: The word of the page before it; None for the first two.
    """

    kind: type[Product]
    start: object = None
    number: int = 1
    before: str | None = None


@attrs.define(eq=False)
class BrowserSession:
    """What is remembered of one browser.

    Attributes:
        service: Its session of the catalog.
        id: What its cookie holds.
        csrf_token: What each of its forms holds, and no other page can know.
        notice: What its pages say until something is done on them, or None.
        fault: What is to go wrong with its next commit on purpose, or empty.
        actions: How many buttons were pressed in it.
        users: The requests that are using it, or wait for it. Only `BrowserSessions` counts.
        last_used: When the last of them ended, in seconds of the clock.
        lock: Held by the one request that is using it.
    """

    service: CatalogService
    id: str = attrs.field(factory=lambda: secrets.token_urlsafe(32))
    csrf_token: str = attrs.field(factory=lambda: secrets.token_urlsafe(32))
    notice: Report | None = None
    fault: str = ""
    actions: int = 0
    users: int = 0
    last_used: float = 0.0
    lock: threading.Lock = attrs.field(factory=threading.Lock)
    _views: OrderedDict[str, View] = attrs.field(factory=OrderedDict)
    _places: OrderedDict[str, Place] = attrs.field(factory=OrderedDict)
    _ends: OrderedDict[int, Report] = attrs.field(factory=OrderedDict)

    def keep(self, view: View) -> str:
        """Remember what a page shows, and return the word that brings it back."""
        word = secrets.token_urlsafe(12)
        _put(self._views, word, view, MAX_VIEWS)
        return word

    def view(self, word: str | None, kind: type[Product]) -> View:
        """Return what was kept for a page of a kind of product, or a blank form."""
        kept = self._views.get(word) if word else None
        if word is None or kept is None or kept.draft.kind is not kind:
            return View(Draft(kind))
        self._views.move_to_end(word)
        return kept

    def shows_again(self, word: str | None) -> bool:
        """Note that a page is shown; say whether it was before, and more was done since."""
        kept = self._views.get(word) if word else None
        if word is None or kept is None:
            return False
        self._views[word] = attrs.evolve(kept, was_shown=True)
        return kept.was_shown and kept.action != self.actions

    def keep_place(self, place: Place) -> str:
        """Remember where a page of a list begins, and return the word that leads there."""
        for word, kept in self._places.items():
            if kept == place:
                return word
        word = secrets.token_urlsafe(12)
        _put(self._places, word, place, MAX_PLACES)
        return word

    def place(self, word: str | None, kind: type[Product]) -> Place:
        """Return where a page of a list begins; what is not known is the first page."""
        kept = self._places.get(word) if word else None
        return kept if kept is not None and kept.kind is kind else Place(kind)

    def keep_end(self, transaction: int, report: Report) -> None:
        """Remember what came of a transaction: who presses twice sees it once more."""
        _put(self._ends, transaction, report, MAX_VIEWS)

    def end_of(self, transaction: int | None) -> Report | None:
        """Return what came of a transaction that has ended, as far as it is remembered."""
        return None if transaction is None else self._ends.get(transaction)


class BrowserSessions:
    """The sessions of all browsers. May be used by any number of threads.

    A session ends when it has not been used for a while, or when there are too many: those that
    hold nothing and were not used just now go first, then those that have been idle for the
    longest, and those in doubt last. What is open is rolled back, and who comes back is told. A
    session that is in use never ends, even if there are too many.

    Args:
        open_service: Opens a session of the catalog.
        clock: Returns seconds that only grow.
        lifetime: Seconds without use after which a session ends.
        limit: How many sessions there may be.
    """

    def __init__(
        self,
        open_service: Callable[[], CatalogService],
        *,
        clock: Callable[[], float] = time.monotonic,
        lifetime: float = LIFETIME,
        limit: int = MAX_SESSIONS,
    ) -> None:
        self._open_service = open_service
        self._clock = clock
        self._lifetime = lifetime
        self._limit = limit
        self._lock = threading.Lock()  # guards the fields below, and every `users`
        self._sessions: dict[str, BrowserSession] = {}
        self._ended: OrderedDict[str, Report] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    @contextlib.contextmanager
    def use(self, id_: str | None) -> Iterator[BrowserSession]:
        """Have a session to oneself: that of the id, or a new one. Waits for its turn."""
        session = self._join(id_)
        try:
            with session.lock:
                yield session
        finally:
            self._leave(session)

    def knows(self, id_: str | None) -> bool:
        """Whether there is a session of that id."""
        with self._lock:
            self._end_expired()
            return id_ in self._sessions

    def close(self) -> None:
        """End all sessions, and roll back what is open in them."""
        with self._lock:
            for session in list(self._sessions.values()):
                self._end(session, endings.UNUSED)

    def _join(self, id_: str | None) -> BrowserSession:
        with self._lock:
            self._end_expired()
            session = self._sessions.get(id_ or "") or self._new(id_)
            session.users += 1
            return session

    def _leave(self, session: BrowserSession) -> None:
        with self._lock:
            session.users -= 1
            session.last_used = self._clock()

    def _new(self, earlier: str | None) -> BrowserSession:
        """Open a session for a browser that had none, or whose earlier one is not known."""
        idle = [each for each in self._sessions.values() if not each.users]
        idle.sort(key=self._worth)
        for session in idle[: max(0, len(self._sessions) - self._limit + 1)]:
            self._end(session, endings.TOO_MANY)
        notice = None if earlier is None else self._ended.get(earlier, endings.FORGOTTEN)
        opened = BrowserSession(self._open_service(), notice=notice)
        self._sessions[opened.id] = opened
        return opened

    def _worth(self, session: BrowserSession) -> tuple[bool, bool, float]:
        """Say how much is lost with a session: of several, the least goes first."""
        was_used_recently = session.last_used > self._clock() - RECENTLY
        is_missed = session.service.is_open or was_used_recently
        return bool(session.service.doubts), is_missed, session.last_used

    def _end_expired(self) -> None:
        oldest = self._clock() - self._lifetime
        for session in list(self._sessions.values()):
            if not session.users and session.last_used < oldest:
                self._end(session, endings.UNUSED)

    def _end(self, session: BrowserSession, why: str) -> None:
        del self._sessions[session.id]
        _put(self._ended, session.id, endings.ending_of(session.service, why), MAX_ENDED)
        session.service.close()


def _put(kept: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    """Remember something, and forget the oldest of what is too much."""
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)
