"""Right uses, as type checkers must see them. Checked, never run."""

from decimal import Decimal
from typing import TYPE_CHECKING, assert_type

import boto3
from attrs import define

from transactscope import (
    AsyncDatabase,
    AsyncTransactScope,
    Attr,
    CommitResult,
    Database,
    EntityKey,
    KeyTemplate,
    RetryPolicy,
    Rollback,
    ScopeState,
    TransactScope,
    entity,
    from_item,
    if_not_exists,
    in_threads,
    list_append,
    path,
    to_item,
    to_key,
    transactional,
)
from transactscope.errors import ConditionFailedError
from transactscope.types import Action, CancellationReason, Item
from transactscope.values import make_converter

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@entity("Account", partition_key="number")
@define
class Account:
    """A plain entity."""

    number: str
    balance: int = 0


@entity(
    "Shop", partition_key=KeyTemplate("PK", "USER#{user}"), sort_key=KeyTemplate("SK", "PROFILE")
)
@define
class Profile:
    """An entity under a composed key."""

    user: str


class TooPoorError(Exception):
    """A user's own error."""


def decorated_classes_stay_what_they_are() -> None:
    """The decorator returns the class, so its constructor keeps its types."""
    assert_type(Account("A-1"), Account)
    assert_type(Account("A-1").balance, int)


def reads_return_the_class(db: Database) -> None:
    """No cast is needed behind a read, in a scope or outside."""
    assert_type(db.get(Account, "A-1"), Account | None)
    assert_type(db.get(EntityKey(Profile, "u-1")), Profile | None)
    with TransactScope(db) as tx:
        assert_type(tx.get(Account, "A-1", guard=False), Account | None)
        assert_type(tx.get(EntityKey(Account, "A-1"), guard=False), Account | None)
        keys = [EntityKey(Account, "A-1"), EntityKey(Account, "A-2")]
        assert_type(tx.get_many(*keys), list[Account | None])
        tx.get_many(EntityKey(Account, "A-1"), EntityKey(Profile, "u-1"), guard=False)
        assert_type(tx.update(Account("A-1")), Action | None)


@transactional
def deposit(tx: TransactScope, number: str, *, amount: int = 1) -> int:
    """A function that is a transaction."""
    account = tx.get(Account, number) or Account(number)
    account.balance += amount
    tx.put(account)
    return account.balance


def reruns_keep_their_types(db: Database, client: "DynamoDBClient") -> None:
    """A decorated function takes a database, a client or a scope, and returns what it returned."""
    for attempt in db.attempts(timeout=2.5):
        assert_type(attempt.number, int)
        with attempt as tx:
            assert_type(tx, TransactScope)
            assert_type(deposit(tx, "A-1"), int)
    assert_type(deposit(db, "A-1", amount=5), int)
    assert_type(deposit(client, "A-1"), int)
    Database(client, retry=RetryPolicy(max_attempts=3), sleep=print, random=lambda: 0.5)


@transactional
async def deposit_later(tx: AsyncTransactScope, number: str, *, amount: int = 1) -> int:
    """A coroutine function that is a transaction."""
    account = await tx.get(Account, number) or Account(number)
    account.balance += amount
    tx.put(account)
    return account.balance


async def asynchronous_code_has_the_same_types(client: "DynamoDBClient") -> None:
    """What sends is awaited, and gives what the synchronous one returns."""
    db = AsyncDatabase(in_threads(client), retry=RetryPolicy(max_attempts=3))
    assert_type(await db.get(Account, "A-1"), Account | None)
    assert_type(await db.insert(Account("A-1")), CommitResult)
    async with AsyncTransactScope(db) as tx:
        assert_type(await tx.get(EntityKey(Account, "A-1")), Account | None)
        assert_type(await tx.get_many(EntityKey(Account, "A-1")), list[Account | None])
        assert_type(tx.put(Account("A-1")), Action)
    async for attempt in db.attempts():
        async with attempt as again:
            assert_type(await deposit_later(again, "A-1"), int)
    assert_type(await deposit_later(db, "A-1", amount=2), int)


def verbs_return_actions_in_a_scope_and_results_outside(db: Database) -> None:
    """What staged something can be looked at."""
    with TransactScope(db) as tx:
        assert_type(tx, TransactScope)
        assert_type(tx.put(Account("A-1")), Action)
        assert_type(tx.insert(Account("A-1"), raises=TooPoorError), Action)
        assert_type(tx.replace(Account("A-1"), raises=TooPoorError("x")), Action)
        assert_type(tx.delete(Account, "A-1", condition="a = :a", values={":a": 1}), Action)
        assert_type(tx.check(Account, "A-1", condition=Attr("balance").gte(1)), Action)
        assert_type(
            tx.update(
                EntityKey(Account, "A-1"),
                set={"balance": path("balance") - 1, "a": if_not_exists("a", 0) + 1},
                add={"balance": Decimal(1)},
                remove=["b", path("c")],
                delete={"d": {1}},
            ),
            Action,
        )
        tx.update(Account, "A-1", set={"tags": list_append("tags", ["x"])}, remove="b")
        assert_type(tx.staged, tuple[Action, ...])
        tx.on_commit(lambda result: result.current(Account("A-1")).balance)
        raise Rollback(tx)
    assert_type(db.insert(Account("A-1")), CommitResult)
    assert_type(db.insert(Account("A-1")).current(Account("A-1")), Account)


def life_cycle_values_have_types(client: "DynamoDBClient") -> None:
    """A client of types-boto3 is accepted as it is."""
    tx = TransactScope(client, client_request_token="t").begin()
    assert_type(tx.state, ScopeState)
    assert_type(tx.commit(), CommitResult)
    assert_type(tx.result, CommitResult | None)
    assert_type(tx.client_request_token, str | None)
    Database(client, table_names={"a": "b"}, converter=make_converter())
    Database(boto3.client("dynamodb"), table_names=str.lower)


def items_convert_by_class() -> None:
    """Items are plain dictionaries, entities have their class."""
    assert_type(to_item(Account("A-1")), Item)
    assert_type(from_item(Account, {}), Account)
    assert_type(to_key(Account, "A-1"), Item)
    assert_type(to_key(EntityKey(Account, "A-1")), Item)


def errors_carry_reasons(error: ConditionFailedError) -> None:
    """What went wrong is data."""
    assert_type(error.reasons, tuple[CancellationReason, ...])
    assert_type(error.failures[0].code, str)
    assert_type(error.retryable, bool)
