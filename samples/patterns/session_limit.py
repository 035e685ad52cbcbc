"""Session limit: at most five sessions per user; a sixth takes the place of the oldest.

Who counts the sessions and then adds one counts together with everybody else who logs in at
that moment, and all of them add. Who deletes the oldest deletes one that was used a moment
ago. Each user has a row with the ids of their sessions, so all are found by key, and a login
stands for what it has read:

    BEGIN
    INSERT INTO session VALUES ('s-6', ...)                   -- fails if the id is taken
    SELECT * FROM sessions_of_user WHERE user_id = 'ann' FOR UPDATE
    SELECT * FROM session WHERE session_id IN (...)           -- only to find the oldest
    SELECT * FROM session WHERE session_id = 's-1' FOR UPDATE
    DELETE FROM session WHERE session_id = 's-1'              -- still as it was read
    UPDATE sessions_of_user SET session_ids = ...             -- still as it was read
    COMMIT

The three writes are one request. If another login was faster, or the oldest session was used
meanwhile, nothing is written and the login runs again, with a fresh look. Using a session is
one plain update that gets in nobody's way but that of its own eviction. A session whose row has
gone by itself, as at the end of a time to live, leaves the list when its place is needed.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Final

from attrs import define, field

from transactscope import (
    Attr,
    Database,
    EntityKey,
    KeyTemplate,
    TransactScope,
    entity,
    transactional,
)

LIMIT: Final = 5

_OF_USER = KeyTemplate("PK", "USER#{user_id}")


@entity("Logins", partition_key=_OF_USER, sort_key=KeyTemplate("SK", "SESSION#{session_id}"))
@define
class Session:
    """One login of a user."""

    user_id: str
    session_id: str
    last_seen: datetime


@entity("Logins", partition_key=_OF_USER, sort_key=KeyTemplate("SK", "META"), version="version")
@define
class SessionsOfUser:
    """The ids of all sessions that a user has."""

    user_id: str
    session_ids: list[str] = field(factory=list)
    version: int | None = None


class SessionExistsError(Exception):
    """There is a session with this id already."""


class SignedOutError(Exception):
    """There is no such session, or there is none any more."""


@transactional
def log_in(tx: TransactScope, user_id: str, session_id: str, now: datetime) -> list[str]:
    """Open a session; if the user has as many as they may, the oldest ones end.

    Returns:
        The ids of the sessions that end.

    Raises:
        SessionExistsError: The id is taken; nothing was written.
    """
    # First, so that it is demanded of what is stored: no session that ends makes its id free.
    tx.insert(Session(user_id, session_id, now), raises=SessionExistsError)
    mine = tx.get(SessionsOfUser, user_id) or SessionsOfUser(user_id)
    ending = _make_room(tx, mine) if len(mine.session_ids) >= LIMIT else []
    mine.session_ids.append(session_id)
    tx.put(mine)
    return ending


@transactional
def log_out(tx: TransactScope, user_id: str, session_id: str) -> None:
    """End a session; one that has ended before makes no difference."""
    mine = tx.get(SessionsOfUser, user_id)
    if mine is not None and session_id in mine.session_ids:
        mine.session_ids.remove(session_id)
        tx.update(mine)
        tx.delete(Session, user_id, session_id)


def touch(db: Database, user_id: str, session_id: str, now: datetime) -> None:
    """Note that a session is in use.

    Raises:
        SignedOutError: There is no such session, or none any more; nothing was written.
    """
    db.update(
        Session,
        user_id,
        session_id,
        set={"last_seen": now},
        condition=Attr("session_id").exists(),  # an update of nothing would make a session
        raises=SignedOutError,
    )


def run(db: Database) -> None:
    """Play the story on an empty table."""
    db.create_table(Session)  # the other kind is in the same table
    times = (datetime(2027, 1, 1, 9, tzinfo=UTC) + timedelta(minutes=n) for n in itertools.count())

    print("ann logs in five times, uses the first session, and logs in once more:")
    for number in range(1, 6):
        log_in(db, "ann", f"s-{number}", next(times))
    touch(db, "ann", "s-1", next(times))
    log_in(db, "ann", "s-6", next(times))
    _show(db)

    print("The next login looks for the oldest, and that one is used before the commit:")
    for attempt in db.attempts():
        with attempt as tx:
            ending = log_in(tx, "ann", "s-7", next(times))
            print(f"- attempt {attempt.number} would end {', '.join(ending)}")
            if attempt.number == 1:
                touch(db, "ann", "s-3", next(times))
    _show(db)
    try:
        touch(db, "ann", "s-4", next(times))
    except SignedOutError:
        print("- whoever comes with s-4 is signed out")


def _make_room(tx: TransactScope, mine: SessionsOfUser) -> list[str]:
    """End the oldest sessions, on condition that nobody uses them meanwhile; return their ids."""
    keys = [EntityKey(Session, mine.user_id, session_id) for session_id in mine.session_ids]
    found = [session for session in tx.get_many(*keys, guard=False) if session is not None]
    found.sort(key=lambda session: session.last_seen)
    too_many = max(0, len(found) + 1 - LIMIT)
    ending, staying = found[:too_many], found[too_many:]
    for session in ending:
        tx.get(Session, mine.user_id, session.session_id)  # guarded from here on
        tx.delete(session)
    mine.session_ids = [session.session_id for session in staying]
    return [session.session_id for session in ending]


def _show(db: Database) -> None:
    mine = db.get(SessionsOfUser, "ann")
    print("- ann has", ", ".join(mine.session_ids if mine else []))
