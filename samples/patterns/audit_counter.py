"""Audit trail with a counter: the number of events is the number that are stored.

Who stores an event and then raises a counter has one of them when the program ends between the
two. Who sends both again because an answer was lost counts twice. Here both are one request, with
the state of the tenant, and the event says by itself that it was counted:

    BEGIN
    INSERT INTO events VALUES ('acme', '2027-01-01', 'e-1', ...)                 -- once
    UPDATE counters SET events = events + 1 WHERE tenant = 'acme'
    SELECT 1 FROM tenants WHERE tenant = 'acme' AND status = 'active'            -- checked
    COMMIT

An event has an id from where it happened, so that it can be handed in again. For ten minutes the
id is also the token of the request, by which DynamoDB knows it before it looks at an item. After
that the stored event does the same, for as long as it is stored. A token is known to all tables of
an account, so the id must be unlike those of all other tenants and tables: a UUID.

All events of a tenant write one counter. That is a hot item: of two at once one meets a conflict
and is sent again by the library. Where that is too slow, a tenant has several counters.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

from attrs import define, frozen

from transactscope import Attr, Database, KeyTemplate, TransactScope, entity, transactional

_OF_TENANT = KeyTemplate("PK", "TENANT#{tenant}")


@entity("Audit", partition_key=_OF_TENANT, sort_key=KeyTemplate("SK", "META"))
@define
class Tenant:
    """Whose events they are."""

    tenant: str
    status: str = "active"


@entity("Audit", partition_key=_OF_TENANT, sort_key=KeyTemplate("SK", "COUNTER"))
@define
class Counter:
    """How many events a tenant has; there is no such row before the first one."""

    tenant: str
    events: int = 0


@entity("Audit", partition_key=_OF_TENANT, sort_key=KeyTemplate("SK", "EVENT#{at}#{event_id}"))
@frozen
class Event:
    """What happened. All of it comes from where it happened, so a second delivery is equal."""

    tenant: str
    at: datetime
    event_id: UUID
    text: str


class SuspendedError(Exception):
    """The tenant is not active, or not there; nothing is recorded for it."""


@transactional
def record(tx: TransactScope, event: Event) -> None:
    """Store an event and count it, as a part of the transaction that it is about.

    Raises:
        SuspendedError: The tenant is not active; nothing was written.
        transactscope.errors.IdempotencyMismatchError: Another event has this time and id.
    """
    tx.once(event)
    tx.update(Counter, event.tenant, add={"events": 1})
    tx.check(Tenant, event.tenant, condition=Attr("status").eq("active"), raises=SuspendedError)


def append(db: Database, event: Event) -> bool:
    """Store an event and count it, if that was not done before.

    Returns:
        Whether the request has recorded it; False where an earlier one had, be it one of this
        very call whose answer got lost.

    Raises:
        SuspendedError: The tenant is not active; nothing was written.
        transactscope.errors.CommitOutcomeUnknownError: Nobody knows; append it again, at any time.
        transactscope.errors.IdempotencyMismatchError: It is another event under the same id.
    """
    with TransactScope(db, client_request_token=f"{event.event_id}") as tx:
        record(tx, event)
    return tx.result is not None and not tx.result.replayed


def run(db: Database) -> None:
    """Play the story on an empty table."""
    db.create_table(Tenant)  # the other two kinds are in the same table
    db.insert(Tenant("acme"))
    at = datetime(2027, 1, 1, 9, tzinfo=UTC)

    first, second = (Event("acme", at, uuid4(), "signed in") for _ in range(2))
    for name, event in (("The first", first), ("The second", second), ("The first", first)):
        is_new = append(db, event)
        print(f"- {name} is {'recorded' if is_new else 'known, and nothing is written'}.")

    print("Days later the second is delivered again, by a token that DynamoDB has forgotten:")
    with TransactScope(db) as tx:
        record(tx, second)
    print(f"- replayed is {tx.result.replayed if tx.result else None}; {db.get(Counter, 'acme')}")

    db.put(Tenant("acme", "suspended"))
    try:
        append(db, Event("acme", at, uuid4(), "signed in"))
    except SuspendedError:
        print(f"- A third is refused, and not counted either: {db.get(Counter, 'acme')}")
