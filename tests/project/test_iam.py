"""The access rights that the guide lists are those of the requests that verbs send."""

import functools
import inspect
import json
import re
from datetime import datetime
from typing import Annotated, Any

import attrs
import boto3
import pytest

from tests.project import doc_tables, examples
from transactscope import Database, EntityKey, RetryPolicy, TransactScope, entity, errors
from transactscope.ext.breaker import Circuit, TableBreaker
from transactscope.ext.lease import Lease, LeaseItem
from transactscope.fields import TTL
from transactscope.indexes import GlobalIndex
from transactscope.testing import Faults, RequestRecorder, lost_answer
from transactscope.types import FrozenRequest, Health

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


@attrs.define
class Bench:
    """What a call needs: a client, databases of it, and a lease that is held already."""

    client: Any
    db: Database
    impatient: Database
    lease: Lease

    @classmethod
    def over(cls, client):
        """Create the tables and what is stored in them."""
        db = Database(client)
        for each in (Seat, LeaseItem, Circuit):
            db.create_table(each)
        db.put(Seat("1"))
        lease = Lease(db, "held")
        lease.acquire()
        return cls(client, db, Database(client, retry=ONCE), lease)

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

    def open_circuit(self):
        """Have a breaker of a table see that nothing can be sent."""
        breaker = TableBreaker(self.db, "seats", failures=1)
        breaker.report(breaker.admit(FrozenRequest("Query", {})), Health.OVERLOADED)


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

BESIDE = {
    "resolve": Bench.resolve,
    "Lease.acquire": lambda bench: Lease(bench.db, "free").acquire(),
    "Lease.refresh": lambda bench: bench.lease.refresh(),
    "Lease.release": lambda bench: bench.lease.release(),
    "Lease.check": lambda bench: bench.commit(bench.lease.check),
    "Lease.refresh_in": lambda bench: bench.commit(bench.lease.refresh_in),
    "Lease.release_in": lambda bench: bench.commit(bench.lease.release_in),
    "TableBreaker": Bench.open_circuit,
}

CALLS = {
    "a verb of a Database": SINGLE,
    "a verb of a scope": {
        name: functools.partial(Bench.commit, stage=stage) for name, stage in STAGED.items()
    },
    "beside these": BESIDE,
}


@pytest.fixture(
    params=[(title, name) for title, calls in CALLS.items() for name in calls], ids=" ".join
)
def case(request):
    """Return the title of a table, and what one of its rows is about."""
    return request.param


def test_the_rights_are_those_of_what_is_sent(case, monkeypatch):
    """Who grants what the page says can make the call, and grants nothing besides."""
    title, name = case
    with examples.fresh_engine(monkeypatch):
        bench = Bench.over(boto3.client("dynamodb"))
        with RequestRecorder(bench.client) as recorder:
            CALLS[title][name](bench)

    assert _documented(title)[name] == (set(recorder.operations), _rights_for(recorder.requests))


@pytest.mark.parametrize("title", CALLS)
def test_every_row_was_sent(title):
    """A row that nobody tries is a claim."""
    assert set(_documented(title)) == set(CALLS[title])


@pytest.mark.parametrize(
    ("kind", "title"), [(Database, "a verb of a Database"), (TransactScope, "a verb of a scope")]
)
def test_no_verb_is_left_out(kind, title):
    """A verb that is new gets its row."""
    verbs = {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if name[0] != "_"}
    rows = {re.split(r"[ ,]", name)[0] for name in _documented(title)}

    assert set() == verbs - WITHOUT_RIGHTS_OF_THEIR_OWN - rows - {"resolve"}


def test_the_policies_grant_rights_that_the_tables_know():
    """A policy with a misspelt action grants nothing, and IAM takes it."""
    policies = [json.loads(block) for block in doc_tables.blocks(PAGE, "json")]
    statements = [each for policy in policies for each in policy["Statement"]]
    known = set().union(*(row[1] for title in CALLS for row in _documented(title).values()))

    assert statements
    assert set() == {action for each in statements for action in each["Action"]} - known


def _documented(title):
    rows = doc_tables.rows(PAGE, title, "requests", "IAM actions")
    return {
        name: (set(requests.split(", ")), set(rights.split(", ")))
        for name, requests, rights in rows
    }


def _rights_for(requests):
    return {right for request in requests for right in _rights_of(request)}


def _rights_of(request):
    actions = request.body.get("TransactItems")
    if actions is None:
        return {f"dynamodb:{request.operation}"}
    return {OF_A_KIND[kind] for action in actions for kind in action}
