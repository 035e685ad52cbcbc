"""The access rights that the guide lists are those of the requests that verbs send."""

import inspect
import json
from datetime import datetime
from typing import Annotated

import attrs
import boto3
import pytest

from tests.project import doc_tables, examples
from transactscope import Database, EntityKey, RetryPolicy, TransactScope, entity, errors
from transactscope.ext.breaker import Circuit, TableBreaker
from transactscope.ext.lease import Lease, LeaseItem
from transactscope.fields import TTL
from transactscope.indexes import GlobalIndex
from transactscope.testing import Faults, RequestRecorder, lost_answer, no_connection

PAGE = "docs/how-to/iam.md"

OF_A_KIND = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Get": "dynamodb:GetItem",
}

# They send nothing, or what the verbs between them have staged.
WITHOUT_RIGHTS_OF_THEIR_OWN = {
    *("attempts", "begin", "commit", "explain", "on_commit"),
    *("rollback", "savepoint", "to_request", "unstage"),
}


@entity(
    "Seat",
    partition_key="number",
    sort_key="row",
    indexes=[GlobalIndex("by-row", partition_key="row")],
)
@attrs.define
class Seat:
    """What the verbs write and read."""

    number: str
    row: str = "r"
    taken: int = 0


@entity("Draft", partition_key="name")
@attrs.define
class Draft:
    """An entity whose items expire, so that its table needs Time to Live."""

    name: str
    until: Annotated[datetime | None, TTL] = None


SEAT, OTHER = EntityKey(Seat, "1", "r"), EntityKey(Seat, "2", "r")
RAW_KEY = {"number": {"S": "1"}, "row": {"S": "r"}}
ONCE = RetryPolicy(max_attempts=1)


@attrs.frozen
class Bench:
    """What a verb is called with: one client, the ordinary database of it, and one without retries."""

    client: object
    db: Database
    impatient: Database

    def commit(self, stage):
        """Commit what a function does with a scope."""
        with TransactScope(self.db) as tx:
            stage(tx)

    def resolve(self):
        """Settle a commit of which the answer was lost."""
        tx = TransactScope(self.impatient).begin()
        tx.put(Seat("1"))
        with Faults(self.client) as faults:
            faults.next("TransactWriteItems", lost_answer())
            with pytest.raises(errors.CommitOutcomeUnknownError):
                tx.commit()
        tx.resolve()

    def commit_with_lease(self, stage):
        """Commit a condition of a lease that is held already."""
        lease = Lease(self.db, "sale")
        lease.acquire()
        with TransactScope(self.db) as tx:
            stage(lease, tx)

    def open_circuit(self):
        """Have a breaker of a table see one request fail."""
        breaker = TableBreaker(self.db, "seats", failures=1)
        guarded = Database(self.client, breaker=breaker, retry=ONCE)
        with Faults(self.client) as faults:
            faults.next("Query", no_connection())
            with pytest.raises(errors.NotSentError):
                list(guarded.query(Seat, "1"))


def _check_what_was_read(tx):
    tx.get(SEAT)
    tx.put(Seat("7"))


def _update_what_was_read(tx):
    seat = tx.get(SEAT)
    seat.taken += 1
    tx.update(seat)


SINGLE = {
    "get": lambda bench: bench.db.get(SEAT),
    "put": lambda bench: bench.db.put(Seat("1")),
    "insert": lambda bench: bench.db.insert(Seat("5")),
    "replace": lambda bench: bench.db.replace(Seat("1")),
    "update": lambda bench: bench.db.update(SEAT, add={"taken": 1}),
    "delete": lambda bench: bench.db.delete(SEAT),
    "transact_get": lambda bench: bench.db.transact_get(SEAT, OTHER),
    "batch_get": lambda bench: bench.db.batch_get([SEAT, OTHER]),
    "batch_write": lambda bench: bench.db.batch_write(puts=[Seat("1")], deletes=[OTHER]),
    "query": lambda bench: list(bench.db.query(Seat, "1")),
    "query with index=": lambda bench: list(bench.db.query(Seat, "r", index="by-row")),
    "create_table": lambda bench: bench.db.create_table(Seat),
    "create_table of a class with a TTL field": lambda bench: bench.db.create_table(Draft),
}

STAGED = {
    "put": lambda tx: tx.put(Seat("1")),
    "insert": lambda tx: tx.insert(Seat("5")),
    "replace": lambda tx: tx.replace(Seat("1")),
    "once": lambda tx: tx.once(Seat("6")),
    "update": lambda tx: tx.update(SEAT, add={"taken": 1}),
    "delete": lambda tx: tx.delete(SEAT),
    "check": lambda tx: tx.check(SEAT, condition="attribute_exists(taken)"),
    "get": lambda tx: tx.get(SEAT),
    "get_many": lambda tx: tx.get_many(SEAT, OTHER),
    "get, and a write of another item": _check_what_was_read,
    "get, and update of that item": _update_what_was_read,
    "put, and update of the same item": lambda tx: (
        tx.put(Seat("8")),
        tx.update(Seat, "8", "r", add={"taken": 1}),
    ),
    "client.put_item": lambda tx: tx.client.put_item(TableName="Seat", Item=RAW_KEY),
    "client.update_item": lambda tx: tx.client.update_item(
        TableName="Seat", Key=RAW_KEY, UpdateExpression="REMOVE taken"
    ),
    "client.delete_item": lambda tx: tx.client.delete_item(TableName="Seat", Key=RAW_KEY),
    "client.condition_check": lambda tx: tx.client.condition_check(
        TableName="Seat", Key=RAW_KEY, ConditionExpression="attribute_exists(taken)"
    ),
}

EXTENSIONS = {
    "Lease.acquire": lambda bench: Lease(bench.db, "sale").acquire(),
    "Lease.refresh": lambda bench: _held(bench).refresh(),
    "Lease.release": lambda bench: _held(bench).release(),
    "TableBreaker": Bench.open_circuit,
}

WITH_A_LEASE = {
    "Lease.check": lambda lease, tx: lease.check(tx),
    "Lease.refresh_in": lambda lease, tx: lease.refresh_in(tx),
    "Lease.release_in": lambda lease, tx: lease.release_in(tx),
}


def _held(bench):
    lease = Lease(bench.db, "sale")
    lease.acquire()
    return lease


@pytest.fixture(scope="module")
def bench():
    """Tables with one stored item, for as long as the module needs them."""
    with pytest.MonkeyPatch.context() as settings, examples.fresh_engine(settings):
        client = boto3.client("dynamodb")
        db = Database(client)
        for each in (Seat, LeaseItem, Circuit):
            db.create_table(each)
        yield Bench(client, db, Database(client, retry=ONCE))


@pytest.fixture
def documented():
    """Return the rows of a table of the page: for each call its requests and rights."""

    def read(title):
        rows = doc_tables.rows(PAGE, title, "requests", "IAM actions")
        return {row[0]: tuple(set(cell.split(", ")) for cell in row[1:3]) for row in rows}

    return read
