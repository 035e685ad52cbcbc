"""Publishing under a lease: a page is made by one worker at a time, and never by one too late.

Making a page takes a while, so a worker takes a lease on it first. But a lease alone stops
nobody: a worker that was paused for a minute goes on as if it had been a second, and publishes
what it has over the work of the one who took the lease meanwhile. So the lease is demanded, and
given up, by the transaction that publishes:

    BEGIN
    DELETE FROM lock WHERE page = '/start' AND lease_token = 'mine' AND lease_expires_at > now()
    UPDATE pages SET current = 'v-2', number = 2 WHERE page = '/start' AND current = 'v-1'
    INSERT INTO versions VALUES ('/start', 'v-2', '<h1>...')
    UPDATE requests SET status = 'completed', result = 'v-2'
        WHERE key = 'r-1' AND status = 'started' AND request_hash = '...'
    COMMIT

Guides check the lock and delete it as two actions. DynamoDB refuses that, because an item can be
in a transaction once: the check has to be the condition of the delete. `release_in` stages it so,
and a `check` that was staged before folds into it. All items of a page stand together in one
table, and its lock is one of them.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from attrs import define, frozen

from transactscope import (
    Attr,
    Database,
    EntityKey,
    KeyTemplate,
    TransactScope,
    entity,
    transactional,
)
from transactscope.ext.lease import Lease, LeaseFields, LeaseLostError
from transactscope.fields import Alias

_OF_PAGE = KeyTemplate("PK", "PAGE#{path}")


@entity(
    "Pages",
    partition_key=_OF_PAGE,
    sort_key=KeyTemplate("SK", "LOCK"),
    fields={"token": Alias("lease_token"), "expires_at": Alias("lease_expires_at")},
)
@define
class Lock(LeaseFields):
    """Who makes the page at the moment."""

    path: str


@entity("Pages", partition_key=_OF_PAGE, sort_key=KeyTemplate("SK", "META"))
@frozen
class Page:
    """What is shown: the id of a version, and how many there were."""

    path: str
    current: str | None = None
    number: int = 0


@entity("Pages", partition_key=_OF_PAGE, sort_key=KeyTemplate("SK", "VER#{version_id}"))
@frozen
class Version:
    """A page as it was made once."""

    path: str
    version_id: str
    body: str


@entity("Pages", partition_key=_OF_PAGE, sort_key=KeyTemplate("SK", "REQ#{key}"))
@frozen
class Request:
    """Somebody wants the page to be made anew from some source."""

    path: str
    key: str
    request_hash: str
    status: Literal["started", "completed"] = "started"
    result: str | None = None


class RequestSettledError(Exception):
    """The request is completed already, or it is about another source; nothing was published."""


class PageChangedError(Exception):
    """The page is not what it was when the work began; nothing was published."""


def lease_of(db: Database, path: str, **settings: Any) -> Lease:
    """Make the lease of a page, which nobody has yet."""
    return Lease(db, EntityKey(Lock, path), **settings)


def start(db: Database, path: str, key: str, source: str) -> None:
    """Note that a page is wanted; to want it twice makes no difference."""
    wanted = Request(path, key, hash_of(source))
    with TransactScope(db) as tx:
        tx.once(wanted)


@transactional
def publish(tx: TransactScope, lease: Lease, page: Page, key: str, source: str) -> str:
    """Publish what was made of a source, and give the lease up.

    Args:
        tx: A database, or the scope of something larger.
        lease: The lease of the page; it must be held.
        page: The page as it was when the work began.
        key: The request that is completed by this.
        source: What the page was made of.

    Returns:
        The id of the version that is shown from now on.

    Raises:
        LeaseLostError: Somebody else has the lease, or had it; nothing was published.
        RequestSettledError: The request is completed; nothing was published.
        PageChangedError: Another version is shown than when it was read; nothing was published.
        transactscope.errors.ConditionFailedError: There is a version with that id already, which
            was stored by something else; nothing was published.
    """
    shown = Attr("current")  # None is not stored
    number = page.number + 1
    version_id = f"v-{number}"
    lease.release_in(tx)  # first, so that its error speaks where several conditions are false
    tx.update(
        Page,
        page.path,
        set={"current": version_id, "number": number},
        condition=shown.not_exists() if page.current is None else shown.eq(page.current),
        raises=PageChangedError,
    )
    tx.insert(Version(page.path, version_id, f"<h1>{source}</h1>"))
    tx.update(
        Request,
        page.path,
        key,
        set={"status": "completed", "result": version_id},
        condition=Attr("status").eq("started") & Attr("request_hash").eq(hash_of(source)),
        raises=RequestSettledError,
    )
    return version_id


def hash_of(source: str) -> str:
    """Make one short text of a source."""
    return hashlib.sha256(source.encode()).hexdigest()


def run(db: Database) -> None:
    """Play the story on an empty table."""
    db.create_table(Lock)  # the other kinds are in the same table
    now = [0.0]
    clocks: dict[str, Any] = {"clock": lambda: now[0], "wall_clock": lambda: now[0]}

    print("Worker 1 has 60 seconds to make the page, and publishes in time. It sends:")
    start(db, "/start", "r-1", "Hello")
    lease = lease_of(db, "/start", **clocks)
    with lease, TransactScope(db) as tx:
        publish(tx, lease, Page("/start"), "r-1", "Hello")
        print(tx.explain())

    print("For the next request worker 1 begins, is paused, and worker 2 takes over:")
    start(db, "/start", "r-2", "Hello again")
    page = db.get(Page, "/start") or Page("/start")
    slow, fast = lease_of(db, "/start", **clocks), lease_of(db, "/start", **clocks)
    slow.acquire()
    late = TransactScope(db).begin()
    publish(late, slow, page, "r-2", "Hello again")
    now[0] += 60
    with fast:
        print(f"- worker 2 publishes {publish(db, fast, page, 'r-2', 'Hello again')}")
    try:
        late.commit()
    except LeaseLostError:
        print("- worker 1 goes on, and is refused: it has lost the lease")
    print("Shown is", db.get(Page, "/start"))
