"""Right uses, as type checkers must see them. Checked, never run."""

# Of boto3, types-boto3 knows the services that it was installed with.
# pyright: strict, reportUnknownMemberType=false

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, assert_type

import boto3
from attrs import define

from transactscope import (
    AsyncDatabase,
    AsyncTransactScope,
    Attr,
    CommitResult,
    Database,
    EntityKey,
    Key,
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
from transactscope.ext.encryption import Encrypted, KmsKeyring, LocalKeyring
from transactscope.ext.logs import EventLog
from transactscope.ext.pages import PageTokens
from transactscope.fields import TTL, Alias, CreatedAt, OmitIfDefault, OmitIfNone, UpdatedAt
from transactscope.indexes import GlobalIndex, LocalIndex
from transactscope.types import (
    Action,
    AsyncQuery,
    BatchEntry,
    BatchGetResult,
    BatchResult,
    CancellationReason,
    Event,
    EventKind,
    Item,
    Keyring,
    Query,
)
from transactscope.values import make_converter

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient as AioDynamoDBClient
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


def keys_know_their_class() -> None:
    """What is read with a key is of the class that the key was made with."""
    key = EntityKey(Account, "A-1")
    assert_type(key, EntityKey[Account])
    assert_type(key.entity_class, type[Account])
    assert_type(key.parts, tuple[object, ...])


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


def clients_are_accepted_as_they_are(
    client: "DynamoDBClient", aio_client: "AioDynamoDBClient", untyped: Any
) -> None:
    """Those of types-boto3 and types-aiobotocore, and those that no stubs describe."""
    for given in (client, untyped):
        Database(given)
        TransactScope(given)
        in_threads(given)
        AsyncDatabase(in_threads(given))
    AsyncDatabase(aio_client)
    AsyncTransactScope(aio_client)


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


def several_items_keep_their_types(db: Database) -> None:
    """A query gives objects of its class, and projections give mappings."""
    accounts = [EntityKey(Account, "A-1"), EntityKey(Account, "A-2")]
    assert_type(db.transact_get(*accounts), list[Account | None])
    assert_type(db.transact_get(accounts[0].only("balance")), list[Mapping[str, Any] | None])
    db.transact_get(accounts[0], EntityKey(Profile, "u-1").only("user"))
    read = db.batch_get(accounts, chunk=False, progress=[0].append)
    assert_type(read, BatchGetResult[Account])
    assert_type(read[accounts[0]], Account | None)
    assert_type(read.found, list[Account])
    both = db.batch_get([*accounts, EntityKey(Profile, "u-1")], in_flight=2, consistent=True)
    assert_type(both[EntityKey(Profile, "u-1")], Profile | None)
    written = db.batch_write((Account("A-1") for _ in accounts), accounts, raises=False)
    assert_type(written, BatchResult)
    assert_type(written.unprocessed, tuple[BatchEntry, ...])
    query: Query[Account] = db.query(Account, "A-1", limit=5, start_after=None)
    assert_type([account.balance for account in query], list[int])
    assert_type(query.last_evaluated_key, Item | None)
    assert_type([len(page) for page in query.pages()], list[int])
    for found in db.query(Account, Key("number").eq("A-1"), index="by-day", only=["balance"]):
        assert_type(found, Mapping[str, Any])
    db.query(Account, "A-1", filter=Attr("balance").gt(5), reverse=True, consistent=True)
    db.create_table(Account, Profile, billing="PROVISIONED", read_units=1, write_units=1)


async def several_items_keep_their_types_in_asynchronous_code(db: AsyncDatabase) -> None:
    """The same, awaited."""
    key = EntityKey(Account, "A-1")
    assert_type(await db.get(key), Account | None)
    assert_type(await db.transact_get(key, key), list[Account | None])
    assert_type(await db.transact_get(key.only("balance")), list[Mapping[str, Any] | None])
    assert_type(await db.batch_get([EntityKey(Account, "A-1")]), BatchGetResult[Account])
    assert_type(await db.batch_write(db.query(Account, "A-1"), timeout=5), BatchResult)
    query: AsyncQuery[Account] = db.query(Account, "A-1")
    async for account in query:
        assert_type(account, Account)
    async for page in query.pages():
        assert_type(page, list[Account])
    await db.create_table(Account, timeout=5)


def indexes_are_declared() -> None:
    """Both kinds, with names of fields or templates."""
    entity(
        "Account",
        partition_key="number",
        indexes=[
            GlobalIndex("by-day", partition_key=KeyTemplate("DAY", "{number}"), projection=("a",)),
            LocalIndex("by-balance", sort_key="balance", projection="KEYS_ONLY"),
        ],
    )


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
    either: Account | Profile = from_item(Account | Profile, {})
    del either
    assert_type(to_key(Account, "A-1"), Item)
    assert_type(to_key(EntityKey(Account, "A-1")), Item)


def facts_of_fields_are_declared() -> None:
    """In the class, or beside it; a checker sees the type without the markers."""

    @entity("Account", partition_key="number", naming=str.upper, discriminator=("kind", "life"))
    @define
    class Life:
        number: Annotated[str, Alias("n")]
        note: Annotated[str | None, OmitIfNone] = "x"
        count: Annotated[int, OmitIfDefault] = 0
        created: Annotated[datetime | None, CreatedAt] = None
        updated: Annotated[datetime | None, UpdatedAt] = None
        expires: Annotated[datetime, TTL] | None = None

    assert_type(Life("A-1").expires, datetime | None)
    entity("Account", partition_key="number", fields={"number": Alias("n"), "balance": (TTL,)})


def observers_are_functions_of_an_event(client: "DynamoDBClient") -> None:
    """A list, a function and an object with a call are all observers."""
    events: list[Event] = []

    def observe(event: Event) -> int:
        return event.attempts

    db = Database(client, observers=[events.append, observe, EventLog()])
    AsyncDatabase(in_threads(client), observers=(observe,))
    assert_type(events[0].kind, EventKind)
    db.put(Account("A-1"))


def secrets_are_what_they_are(client: "DynamoDBClient") -> None:
    """A checker sees a field without its marker, and every keyring as one."""

    @entity("Account", partition_key="number")
    @define
    class Vault:
        number: str
        secret: Annotated[str | None, Encrypted()] = None

    assert_type(Vault("A-1").secret, str | None)
    keyring: Keyring = LocalKeyring({"k": b""})
    db = Database(client, keyring=keyring)
    AsyncDatabase(in_threads(client), keyring=KmsKeyring(boto3.client("kms"), "k"))
    tokens = PageTokens(keyring)
    query = db.query(Vault, "A-1")
    assert_type(query.fingerprint, bytes)
    assert_type(tokens.seal(query, caller="u-1"), str | None)
    assert_type(tokens.open("t", query, caller="u-1"), Item | None)


def errors_carry_reasons(error: ConditionFailedError) -> None:
    """What went wrong is data."""
    assert_type(error.reasons, tuple[CancellationReason, ...])
    assert_type(error.failures[0].code, str)
    assert_type(error.retryable, bool)
