"""MFA set-up: the last step demands everything that the first one has seen.

Somebody has scanned a code and types its number. Until then the session may have ended, another
window may have finished the same set-up, and the profile that the code was made for may have got
another address. Who looks at all that and then writes one after the other may leave a user
without a second factor who believes to have one, or a session that was signed out alive again:

    BEGIN
    UPDATE sessions SET mfa_setup_id = 'f-1', mfa_at = now
        WHERE session_id = 's-1' AND user_id = 'ann' AND expires_at > now AND mfa_setup_id IS NULL
    UPDATE profiles SET mfa_enabled = true, version = 4 WHERE user_id = 'ann' AND version = 3
    INSERT INTO security_events VALUES ('f-1', ...)
    COMMIT

The session is updated by key, without being read. The profile comes from the first step, minutes
ago, and its version demands that nobody has written it since. So what is known of it, as that it
has no second factor yet, needs no condition: if the version is still true, that is, too.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attrs import define, evolve, frozen

from transactscope import Attr, Database, KeyTemplate, TransactScope, entity, transactional
from transactscope.errors import StaleReadError


@entity(
    "Security",
    partition_key=KeyTemplate("PK", "SESSION#{session_id}"),
    sort_key=KeyTemplate("SK", "SESSION"),
)
@define
class Session:
    """One login, and the set-up that was completed in it."""

    session_id: str
    user_id: str
    expires_at: datetime
    mfa_setup_id: str | None = None
    mfa_at: datetime | None = None


@entity(
    "Security",
    partition_key=KeyTemplate("PK", "USER#{user_id}"),
    sort_key=KeyTemplate("SK", "PROFILE"),
    version="version",
)
@frozen
class Profile:
    """A user. Every change raises the version."""

    user_id: str
    email: str
    mfa_enabled: bool = False
    version: int | None = None


@entity(
    "Security",
    partition_key=KeyTemplate("PK", "USER#{user_id}"),
    sort_key=KeyTemplate("SK", "SECEVENT#{event_id}"),
)
@frozen
class SecurityEvent:
    """What happened to the security of a user, where it is looked up."""

    user_id: str
    event_id: str
    kind: str
    at: datetime


@frozen
class SetUp:
    """What the first step hands to the last one, such as in the page's own session."""

    setup_id: str
    session_id: str
    profile: Profile


class UnknownUserError(Exception):
    """There is no such user."""


class SessionExpiredError(Exception):
    """There is no such session of this user, or it is over."""


class SetUpBeforeError(Exception):
    """A set-up was completed before, in this session or for this user."""


def begin(db: Database, setup_id: str, session_id: str, user_id: str) -> SetUp:
    """Begin a set-up with the profile as it is at the moment. Nothing is written.

    Raises:
        UnknownUserError: There is no such user.
    """
    profile = db.get(Profile, user_id)
    if profile is None:
        raise UnknownUserError
    return SetUp(setup_id, session_id, profile)


@transactional
def complete(tx: TransactScope, setup: SetUp, now: datetime) -> None:
    """Switch the second factor on, and note it in session and log.

    Raises:
        SetUpBeforeError: It was on when this set-up was begun, or an earlier one was completed in
            this session. Nothing changes.
        SessionExpiredError: The session is over, or another user's; nothing was written.
        transactscope.errors.StaleReadError: The profile was written since the first step, be it by
            this very set-up; nothing was written now.
    """
    if setup.profile.mfa_enabled:
        raise SetUpBeforeError
    tx.check(  # a session that is not there has no end, so it is over, too
        Session,
        setup.session_id,
        condition=Attr("user_id").eq(setup.profile.user_id) & Attr("expires_at").gt(now),
        raises=SessionExpiredError,
    )
    tx.update(
        Session,
        setup.session_id,
        set={"mfa_setup_id": setup.setup_id, "mfa_at": now},
        condition=Attr("mfa_setup_id").not_exists(),
        raises=SetUpBeforeError,
    )
    tx.replace(evolve(setup.profile, mfa_enabled=True))
    tx.insert(SecurityEvent(setup.profile.user_id, setup.setup_id, "mfa enabled", now))


def run(db: Database) -> None:
    """Play the story on an empty table."""
    db.create_table(Session)  # the other two kinds are in the same table
    nine = datetime(2027, 1, 1, 9, tzinfo=UTC)
    late = nine + timedelta(hours=1)
    for session_id in ("s-1", "s-2", "s-3"):
        db.insert(Session(session_id, "ann", late))
    db.insert(Profile("ann", "ann@example.org"))

    print("ann begins a set-up in each of two windows.")
    first, second = (begin(db, f"f-{number}", f"s-{number}", "ann") for number in (1, 2))
    print("In the first one she comes back after its session is over:")
    _try(db, first, late)
    print("Before she types the number in the second one, her address is changed:")
    db.replace(evolve(second.profile, email="ann@new.example"))
    _try(db, second, nine)
    print("In a third one she begins anew, types the number twice, and begins once more:")
    third = begin(db, "f-3", "s-3", "ann")
    for _ in range(2):
        _try(db, third, nine)
    _try(db, begin(db, "f-4", "s-3", "ann"), nine)
    print(f"- {db.get(Profile, 'ann')}")
    print(f"- {db.get(SecurityEvent, 'ann', 'f-3')}")


def _try(db: Database, setup: SetUp, now: datetime) -> None:
    try:
        complete(db, setup, now)
    except SessionExpiredError:
        print(f"- {setup.setup_id} is refused, the session is over.")
    except StaleReadError:
        print(f"- {setup.setup_id} is refused, the profile was written since it was begun.")
    except SetUpBeforeError:
        print(f"- {setup.setup_id} is refused, there is a second factor already.")
    else:
        print(f"- {setup.setup_id} is complete, in session, profile and log.")
