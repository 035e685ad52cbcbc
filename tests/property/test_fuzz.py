"""Garbage for every public function: an error of the library comes out, and nothing is sent.

`TypeError` is for calls that do not fit the signature, and comes from Python itself. Where code of
the caller's raises while its arguments are read, that is the cause of an `InvalidRequestError`.
"""

import asyncio
import collections
import functools
import inspect
import os
import traceback
import typing

import attrs
import cattrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import transactscope
from tests import engines
from tests.contract import vault
from tests.contract.entities import Account, Order, Sheet
from tests.contract.vault import Customer
from tests.property import garbage
from tests.property.garbage import ForeignError
from transactscope import (
    AsyncDatabase,
    AsyncTransactScope,
    Attr,
    Database,
    EntityKey,
    Key,
    KeyTemplate,
    RetryPolicy,
    Rollback,
    ScopeState,
    TransactScope,
    entity,
    fields,
    from_attribute_value,
    from_item,
    if_not_exists,
    in_threads,
    indexes,
    list_append,
    path,
    testing,
    to_attribute_value,
    to_item,
    to_key,
    transactional,
    values,
)
from transactscope.errors import TransactScopeError
from transactscope.ext import lease
from transactscope.ext.breaker import Breaker
from transactscope.ext.encryption import KmsKeyring, LocalKeyring
from transactscope.ext.pages import PageTokens
from transactscope.scoped_client import ScopedClient
from transactscope.testing import Fault, Faults, NoWaiting, RequestRecorder, answer

pytestmark = pytest.mark.slow

LIBRARY = transactscope.__file__.removesuffix("__init__.py")
OPERATIONS = (
    *("TransactWriteItems", "TransactGetItems", "PutItem", "UpdateItem", "DeleteItem", "GetItem"),
    *("CreateTable", "DescribeTable", "Query", "Scan", "BatchGetItem", "ListTables"),
    *("BatchWriteItem", "DescribeTimeToLive", "UpdateTimeToLive"),
)


@attrs.frozen(repr=False, eq=False)
class Accepting(Fault):
    """Not a fault: a DynamoDB that takes everything, and counts what it was sent."""

    sent: collections.Counter = attrs.field(factory=collections.Counter)
    table: dict = attrs.field(factory=dict)

    def meet(self, send):
        """Answer a send with what its operation answers at best."""
        self.sent[send.operation] += 1
        answers = {
            "CreateTable": self._create,
            "DescribeTable": lambda _: {"Table": self.table | {"TableStatus": "ACTIVE"}},
            "TransactGetItems": lambda body: {"Responses": [{} for _ in body["TransactItems"]]},
            "BatchGetItem": lambda _: {"Responses": {}, "UnprocessedKeys": {}},
            "BatchWriteItem": lambda _: {"UnprocessedItems": {}},
            "Query": lambda _: {"Items": [], "Count": 0},
            "DescribeTimeToLive": lambda _: {"TimeToLiveDescription": {}},
        }
        body = answers.get(send.operation, lambda _: {})(send.body)
        return answer(200, body).meet(send)

    def _create(self, body):
        self.table.update((name, body[name]) for name in ("KeySchema", "AttributeDefinitions"))
        return {}


SERVER = Accepting(call="accepting()")
CLIENT = engines.new_client("http://127.0.0.1:9")
THREADED = in_threads(CLIENT)
ONCE = RetryPolicy(max_attempts=1)
LOOP = asyncio.new_event_loop()
KEYRING = vault.local()
DB = Database(CLIENT, retry=ONCE, keyring=KEYRING)
ASYNC_DB = AsyncDatabase(THREADED, retry=ONCE, keyring=KEYRING)


@pytest.fixture(scope="module", autouse=True)
def _accepting():
    """Let nothing leave the process."""
    with Faults(CLIENT) as faults:
        for operation in OPERATIONS:
            faults.at_random(operation, SERVER, probability=1, seed=0)
        yield
    for listener in (FAULTS, RECORDER):
        listener.remove()
    CLIENT.close()
    LOOP.close()
    values.default_converter.cache_clear()  # it has met types that no other test should find there


def _awaited(result):
    """Wait for what has to be awaited."""

    async def wait():
        return await result

    return LOOP.run_until_complete(wait()) if inspect.isawaitable(result) else result


ADDITIONS = ("one more", "unknown")


@attrs.frozen
class Call:
    """A call of a public function that is right, ready to be made wrong.

    Attributes:
        function: What is called.
        args: What it is given by position.
        kwargs: What it is given by name.
        follow: Called with the result, to see that what was accepted can be used.
        end: Called at the end of it all.
    """

    function: typing.Any
    args: tuple = ()
    kwargs: dict = attrs.field(factory=dict)
    follow: typing.Any = attrs.field(default=lambda _: None)
    end: typing.Any = attrs.field(default=lambda: None)

    @property
    def places(self):
        """Where a value can be put: by position, by name, or in addition."""
        return (*range(len(self.args)), *self.kwargs, *ADDITIONS)

    def given(self, wrong):
        """Return arguments in which some are replaced, by place."""
        args = [wrong.get(place, arg) for place, arg in enumerate(self.args)]
        args += [wrong["one more"]] if "one more" in wrong else []
        kwargs = {name: wrong.get(name, arg) for name, arg in self.kwargs.items()}
        return args, kwargs | ({"not_there": wrong["unknown"]} if "unknown" in wrong else {})


TERMS = {"condition": Attr("balance").eq(1), "names": None, "values": None, "raises": None}
TEXT = TERMS | {"condition": "#b = :b", "names": {"#b": "balance"}, "values": {":b": 1}}
CHANGES = {
    "set": {"status": "closed"},
    "add": {"balance": 1},
    "remove": "note",
    "delete": {"roles": {"a"}},
}
ACCOUNT = Account("A-1")
RAW = {
    "TableName": "Account",
    "ConditionExpression": "#b = :b",
    "ExpressionAttributeNames": {"#b": "balance"},
    "ExpressionAttributeValues": {":b": {"N": "1"}},
    "ReturnValues": "NONE",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}
RAW_PUT = RAW | {"Item": {"number": {"S": "A-1"}}}
RAW_KEY = RAW | {"Key": {"number": {"S": "A-1"}}}

VERBS = {
    "put": [
        ((ACCOUNT,), TERMS),
        ((Sheet("A-1", version=2),), TEXT),
        ((Customer("C-1", passport="x"),), {"condition": Attr("passport").exists()}),
    ],
    "insert": [((ACCOUNT,), {"condition": None})],
    "replace": [((ACCOUNT,), {"raises": None})],
    "update": [
        ((Account, "A-1"), CHANGES | TERMS),
        ((EntityKey(Order, "u-1", 1),), {"set": {"total": 1}}),
        ((Sheet, "A-1"), {"add": {"balance": 1}, "condition": None}),
        ((Customer, "C-1"), {"set": {"passport": "x"}, "remove": "scores", "condition": None}),
    ],
    "delete": [((Account, "A-1"), TERMS), ((Order("u-1", 1),), {})],
}
BATCH = {"chunk": 10, "in_flight": 1, "timeout": 1.0, "raises": True}
SCOPE_VERBS = VERBS | {
    "check": [((Account, "A-1"), TERMS)],
    "once": [((ACCOUNT,), {})],
    "get": [((Account, "A-1"), {"guard": True}), ((EntityKey(Order, "u-1", 1),), {})],
    "get_many": [((EntityKey(Account, "A-1"), EntityKey(Account, "A-2")), {"guard": True})],
    "unstage": [((None,), {})],
    **{
        name: [((), {})]
        for name in ("begin", "commit", "explain", "resolve", "rollback", "savepoint", "to_request")
    },
}
DATABASE_VERBS = VERBS | {
    "get": [((Account, "A-1"), {"guard": True})],
    "attempts": [((), {"timeout": 1.0})],
    "create_table": [
        ((Account, Sheet), {"billing": "PAY_PER_REQUEST", "timeout": 1.0}),
        ((Account,), {"billing": "PROVISIONED", "read_units": 1, "write_units": 1}),
    ],
    "transact_get": [((EntityKey(Account, "A-1"), EntityKey(Account, "A-2").only("balance")), {})],
    "batch_get": [(([EntityKey(Account, "A-1")],), BATCH | {"consistent": False})],
    "batch_write": [(([ACCOUNT], [EntityKey(Account, "A-2")]), BATCH)],
}
QUERY = {
    "filter": Attr("total").eq(1),
    "names": None,
    "values": None,
    "index": None,
    "only": None,
    "reverse": False,
    "limit": 1,
    "page_size": 1,
    "consistent": False,
    "start_after": None,
}
SETTINGS = {
    "retry": None,
    "converter": None,
    "table_names": None,
    "clock": lambda: 0.0,
    "sleep": None,
    "random": lambda: 0.5,
    "new_token": lambda: "t",
    "wall_clock": lambda: 0.0,
    "breaker": None,
    "keyring": KEYRING,
    "observers": (),
}


def _followed(tx):
    """See that what was accepted can be shown and sent."""
    str(tx.explain())
    tx.to_request()
    repr((tx, tx.staged))
    if tx.state is ScopeState.ACTIVE:
        _awaited(tx.commit())


def _ended(tx):
    if tx.state is ScopeState.ACTIVE:
        tx.rollback()


def _within(tx, taker, name, args=(), kwargs=None):
    """Call a method of a scope, or of its client, and use what is staged then."""
    follow, end = functools.partial(_followed, tx), functools.partial(_ended, tx)
    return Call(getattr(taker, name), args, kwargs or {}, lambda _: follow(), end)


def _of_scope(kind, database, name, *given):
    tx = kind(database).begin()
    return _within(tx, tx, name, *given)


def _of_client(name, members):
    tx = TransactScope(DB).begin()
    return _within(tx, tx.client, name, (), members)


def _hook(kind, database):
    tx = kind(database).begin()  # what it takes may raise when it runs, and is not run
    return Call(tx.on_commit, (lambda _: None,), end=tx.rollback)


def _update_of_entity(kind, database):
    tx = kind(database).begin()
    tx.put(ACCOUNT)
    _awaited(tx.get(Account, "A-1"))
    return _within(tx, tx, "update", (Account("A-1", 5, either=1),), {"condition": None})


@functools.cache
def _result():
    with TransactScope(DB) as tx:
        tx.put(ACCOUNT)
    return tx.result


def _map(decorate):
    """Use a declaration: what it accepted must be good for keys and requests."""

    @attrs.define
    class Fresh:
        number: str
        balance: int = 0
        version: int | None = None

    decorate(Fresh)
    with TransactScope(DB) as tx:
        tx.put(Fresh("A-1"))
        tx.update(Fresh, "A-2", set={"balance": 1})


def _declared():
    given = {"partition_key": "number", "sort_key": None, "version": None, "extra": "forbid"}
    return Call(entity, ("Account",), given | {"fields": None}, follow=_map)


def _applied():
    fresh = attrs.make_class("Fresh", {"number": attrs.field(type=str)})
    return Call(entity("Account", partition_key="number"), (fresh,))


def _field_facts():
    given = {"fields": {"balance": fields.OmitIfDefault}, "naming": None, "indexes": ()}
    key = {"partition_key": "number", "discriminator": ("kind", "fresh")}
    return Call(entity, ("Account",), key | given, follow=_map)


def _query(kind, database):
    """Make a query and read it to its end."""

    def follow(made):
        if kind is Database:
            list(made)
        else:
            _awaited(_read(made))

    return Call(database.query, (Order, "u-1", Key("number").gte(1)), QUERY, follow)


async def _read(query):
    return [entity async for entity in query]


def _template():
    def follow(made):
        _map(entity("Account", partition_key=made))

    return Call(KeyTemplate, ("PK", "a{number:>3}b"), follow=follow)


def _policy():
    given = {"max_attempts": 2, "base_delay": 0.1, "max_delay": 1.0, "jitter": 1.0, "timeout": 2.0}
    return Call(RetryPolicy, (), given, follow=lambda policy: policy.delay(3, 0.5))


LEASE = {
    "duration": 60.0,
    "margin": 1.0,
    "owner": None,
    "timeout": 0.0,
    "poll": 1.0,
    "clock": lambda: 0.0,
    "wall_clock": lambda: 0.0,
    "sleep": None,
    "random": lambda: 0.5,
    "new_token": lambda: "t",
}


def _lease(kind, database):
    return Call(kind, (database, "job"), LEASE, repr)


def _of_lease(kind, database, name):
    """Call a method of a lease, before it is acquired where it acquires."""
    made = kind(database, "job")
    if name == "acquire":
        return Call(made.acquire, (), {"timeout": 0.0})
    _awaited(made.acquire())
    return Call(getattr(made, name))


def _lease_in_scope(kind, database, scope, name):
    made, tx = kind(database, "job"), scope(database).begin()
    _awaited(made.acquire())
    return Call(getattr(made, name), (tx,), end=functools.partial(_ended, tx))


def _lease_targets(name, kind, database, scope):
    in_scope = {
        f"{name}.{verb}": [functools.partial(_lease_in_scope, kind, database, scope, verb)]
        for verb in ("check", "refresh_in", "release_in")
    }
    sending = {
        f"{name}.{verb}": [functools.partial(_of_lease, kind, database, verb)]
        for verb in ("acquire", "refresh", "release")
    }
    return in_scope | sending | {name: [functools.partial(_lease, kind, database)]}


def _listener(kind):
    return Call(kind, (CLIENT,), follow=lambda made: made.remove())


def _removal(kind):
    return Call(kind(CLIENT).remove)


def _at(function, declared):
    """Call a conversion with a declared type that is right."""
    return Call(lambda value: function(value, declared), ("x",))


def _verbs(owner, table, make):
    return {
        f"{owner}.{name}": [functools.partial(make, name, *given) for given in givens]
        for name, givens in table.items()
    }


def _calls(*calls):
    return [functools.partial(Call, *call) for call in calls]


def _takes_anything(_tx, *_, **__):
    """Be a transaction."""


async def _takes_anything_later(_tx, *_, **__):
    """Be a transaction that is awaited."""


class StandIn:
    """The least that is a client."""

    def transact_write_items(self, **_):
        """Take everything."""


KMS_SETTINGS = {
    "reads": ("l",),
    "encryption_context": {"service": "shop"},
    "max_entries": 10,
    "max_age": 1.0,
    "clock": lambda: 0.0,
    "random_bytes": os.urandom,
}
TOKENS, TO_ME = PageTokens(KEYRING), {"caller": "me"}


def _sealable():
    return DB.query(Order, "u-1", start_after=to_key(Order, "u-1", 1))


FAULTS, RECORDER = Faults(CLIENT), RequestRecorder(CLIENT)
TYPES = (
    object,
    str,
    bytes,
    int,
    bool,
    list[str],
    dict[str, int],
    tuple[int, str],
    set[str],
    Account,
)
TARGETS = {
    **_verbs("TransactScope", SCOPE_VERBS, functools.partial(_of_scope, TransactScope, DB)),
    **_verbs(
        "AsyncTransactScope",
        SCOPE_VERBS,
        functools.partial(_of_scope, AsyncTransactScope, ASYNC_DB),
    ),
    **_verbs("Database", DATABASE_VERBS, lambda name, *given: Call(getattr(DB, name), *given)),
    **_verbs(
        "AsyncDatabase", DATABASE_VERBS, lambda name, *given: Call(getattr(ASYNC_DB, name), *given)
    ),
    "TransactScope": _calls((TransactScope, (DB,), {"client_request_token": "t", "timeout": 1.0})),
    "AsyncTransactScope": _calls(
        (AsyncTransactScope, (ASYNC_DB,), {"client_request_token": "t", "timeout": 1.0})
    ),
    "Database": _calls((Database, (StandIn(),), SETTINGS)),
    "AsyncDatabase": _calls((AsyncDatabase, (THREADED,), SETTINGS)),
    "ScopedClient.put_item": [lambda: _of_client("put_item", RAW_PUT)],
    "ScopedClient.update_item": [
        lambda: _of_client("update_item", RAW_KEY | {"UpdateExpression": "SET #b = :b"})
    ],
    "ScopedClient.delete_item": [lambda: _of_client("delete_item", RAW_KEY)],
    "ScopedClient.condition_check": [lambda: _of_client("condition_check", RAW_KEY)],
    "CommitResult": [lambda: Call(_result().current, (ACCOUNT,))],
    "KeyTemplate": [_template],
    "EntityKey": _calls((EntityKey, (Account, "A-1"), {}, to_key)),
    "EntityKey.only": _calls((EntityKey(Account, "A-1").only, ("balance", "note"))),
    "Database.query": [functools.partial(_query, Database, DB)],
    "AsyncDatabase.query": [functools.partial(_query, AsyncDatabase, ASYNC_DB)],
    "GlobalIndex": _calls(
        (indexes.GlobalIndex, ("by-status",), {"partition_key": "status", "projection": "ALL"})
    ),
    "LocalIndex": _calls(
        (indexes.LocalIndex, ("by-status",), {"sort_key": "status", "projection": "ALL"})
    ),
    "Alias": _calls((fields.Alias, ("a",))),
    "RetryPolicy": [_policy],
    "Rollback": _calls((Rollback, (None,))),
    "entity": [_declared, _applied, _field_facts],
    "from_attribute_value": [
        *_calls((from_attribute_value, ({"S": "x"}, str), {"converter": None})),
        *(functools.partial(_at, from_attribute_value, declared) for declared in TYPES),
    ],
    "to_attribute_value": [
        *_calls((to_attribute_value, ("x", str), {"converter": None})),
        *(functools.partial(_at, to_attribute_value, declared) for declared in TYPES),
    ],
    "from_item": _calls(
        (from_item, (Account, {"number": {"S": "A-1"}}), {"converter": None}),
        (from_item, (Order, {"user_id": {"S": "u"}, "number": {"N": "1"}, "PK": {"S": "USER#u"}})),
    ),
    "to_item": _calls((to_item, (ACCOUNT,), {"converter": None})),
    "to_key": _calls(
        (to_key, (Account, "A-1"), {"converter": None}), (to_key, (Order, "u-1", 1), {})
    ),
    "if_not_exists": _calls((if_not_exists, ("visits", 0))),
    "list_append": _calls((list_append, ("tags", ["x"]))),
    "path": _calls(
        (path, ("address.city",)),
        (lambda right: path("balance") + right, (1,)),
        (lambda right: path("balance") - right, (1,)),
    ),
    "in_threads": _calls((in_threads, (CLIENT,), {"executor": None})),
    "transactional": [
        *_calls((transactional, (_takes_anything,), {})),
        *_calls((transactional(_takes_anything), (DB,), {})),
        *_calls((transactional(_takes_anything_later), (ASYNC_DB,), {})),
    ],
    "make_converter": _calls((values.make_converter, (), {"prefer_attrib_converters": False})),
    "configure_converter": _calls((values.configure_converter, (cattrs.Converter(),))),
    "checked_converter": _calls((values.checked_converter, (values.make_converter(),))),
    "Faults": [lambda: _listener(Faults)],
    "Faults.next": _calls((FAULTS.next, ("Query", testing.conflict()))),
    "Faults.at_random": _calls(
        (FAULTS.at_random, ("Query", testing.conflict()), {"probability": 0.0, "seed": 1})
    ),
    "Faults.remove": [lambda: _removal(Faults)],
    "RequestRecorder": [lambda: _listener(RequestRecorder)],
    "RequestRecorder.watch": _calls((RECORDER.watch, (CLIENT,))),
    "RequestRecorder.count": _calls((RECORDER.count, ("Query",))),
    "RequestRecorder.clear": _calls((RECORDER.clear,)),
    "RequestRecorder.remove": [lambda: _removal(RequestRecorder)],
    "NoWaiting": _calls((NoWaiting,)),
    **{
        f"NoWaiting.{name}": [lambda name=name, args=args: Call(getattr(NoWaiting(), name), args)]
        for name, args in {
            "advance": (1.0,),
            "sleep": (1.0,),
            "clock": (),
            "wall_clock": (),
        }.items()
    },
    "unprocessed": _calls((testing.unprocessed, (0, 1), {"where": None})),
    "no_waiting": _calls((testing.no_waiting,)),
    "answer": _calls((answer, (200, {}), {"crc32": None})),
    "calling": _calls((testing.calling, (lambda: None,))),
    "canceled": _calls((testing.canceled, ("TransactionConflict",), {"message": None})),
    "conflict": _calls((testing.conflict, (), {"index": 0})),
    "error": _calls((testing.error, ("Nope",), {"status": 400, "message": None, "Item": {}})),
    "every_fault": _calls((testing.every_fault, (), {"applied": None})),
    "garbage": _calls((testing.garbage, ("html",), {"applied": False})),
    "in_progress": _calls((testing.in_progress,)),
    "lost_answer": _calls((testing.lost_answer,)),
    "lost_request": _calls((testing.lost_request,)),
    "no_connection": _calls((testing.no_connection,)),
    "raised": _calls((testing.raised, (KeyError,))),
    "server_error": _calls((testing.server_error, (500,), {"applied": False})),
    "throttled": _calls((testing.throttled,)),
    "throttling_error": _calls((testing.throttling_error, ("ThrottlingException",))),
    "timed_out": _calls((testing.timed_out, (), {"applied": False})),
    "LocalKeyring": _calls(
        (LocalKeyring, ({"k": vault.KEY},), {"primary": "k", "random_bytes": os.urandom})
    ),
    "KmsKeyring": _calls((KmsKeyring, (vault.Kms(None), "k"), KMS_SETTINGS)),
    "PageTokens": _calls((PageTokens, (KEYRING,), {"max_age": 1.0, "wall_clock": lambda: 0.0})),
    "PageTokens.seal": [lambda: Call(TOKENS.seal, (_sealable(),), {"caller": "me"})],
    "PageTokens.open": [
        lambda: Call(TOKENS.open, (TOKENS.seal(_sealable(), caller="me"), _sealable()), TO_ME)
    ],
    "Breaker": _calls((Breaker, (), {"failures": 5, "window": 1.0, "open_for": 1.0})),
    **_lease_targets("Lease", lease.Lease, DB, TransactScope),
    **_lease_targets("AsyncLease", lease.AsyncLease, ASYNC_DB, AsyncTransactScope),
}
"""Every public function and verb, with calls of it that are right."""

for _name, _kind, _database in (
    ("TransactScope", TransactScope, DB),
    ("AsyncTransactScope", AsyncTransactScope, ASYNC_DB),
):
    TARGETS[f"{_name}.on_commit"] = [functools.partial(_hook, _kind, _database)]
    TARGETS[f"{_name}.update"].append(functools.partial(_update_of_entity, _kind, _database))

NOT_CALLED = {
    "Attr": "boto3's own",
    "Key": "boto3's own",
    "ScopeState": "an enum",
    "CommitResult.current": "under `CommitResult`, which nobody else makes",
    "default_converter": "takes nothing",
    "Fault": "made by the functions beside it",
    "Fault.begin": "called with sends of the library's",
    "Fault.meet": "called with sends of the library's",
    "RecordedRequest": "made by the recorder",
    "RetryPolicy.delay": "called with numbers of the library's",
    "KeyTemplate.beginning": "called by the library",
    "KeyTemplate.compose": "called by the library",
    "CreatedAt": "a marker",
    "UpdatedAt": "a marker",
    "TTL": "a marker",
    "Encrypted": "a marker",
    "OmitIfNone": "a marker",
    "OmitIfDefault": "a marker",
    "Rollback.is_for": "called by the library",
    "LeaseFields": "a plain class of attrs",
    "LeaseItem": "a plain class of attrs",
    "LeaseLostError": "raised by the library",
    "LeaseTakenError": "raised by the library",
}
"""What is public, and no function that takes arguments of a user's."""


def _public_names():
    for module in (transactscope, values, testing, fields, indexes, lease):
        for name in module.__all__:
            found = getattr(module, name)
            if callable(found):
                yield name
            if isinstance(found, type):
                yield from (f"{name}.{verb}" for verb in _verbs_of(found))
    yield from (f"ScopedClient.{name}" for name in _verbs_of(ScopedClient))


def _verbs_of(kind):
    if kind.__module__.startswith("boto3"):
        return []
    return [name for name, _ in inspect.getmembers(kind, inspect.isfunction) if name[0] != "_"]


def test_every_public_function_is_given_garbage():
    """A function that is new is tried, or somebody says why not."""
    assert set() == set(_public_names()) - TARGETS.keys() - NOT_CALLED.keys()


@attrs.frozen
class Problem:
    """What should not have happened, and where."""

    place: str
    kind: str

    @classmethod
    def of(cls, error):
        """Describe an exception by the innermost line of the library."""
        place = "outside the library"
        for frame, line in traceback.walk_tb(error.__traceback__):
            file = frame.f_code.co_filename
            if file.startswith(LIBRARY):
                place = f"{file.removeprefix(LIBRARY)}:{line}"
        return cls(place, type(error).__name__)


def _problem_of(call, wrong):
    """Make a call that is wrong; return what is wrong with how it ends, or None."""
    args, kwargs = call.given(wrong)
    before, is_accepted = SERVER.sent.total(), False
    try:
        result = call.function(*args, **kwargs)
        awaited = _awaited(result) if inspect.iscoroutine(result) else result
        is_accepted = True
        call.follow(awaited)
    except TransactScopeError as error:
        if not is_accepted and SERVER.sent.total() > before:
            return Problem("sent", type(error).__name__)
        return _problem_with(error)
    except TypeError as error:
        is_signature = not is_accepted and error.__traceback__.tb_next is None
        return None if is_signature or _is_option(call, error) else Problem.of(error)
    except BaseException as error:  # noqa: BLE001 - whatever else comes out is the finding
        return Problem.of(error)
    finally:
        call.end()
    return None


def _is_option(call, error):
    """Whether it is cattrs that refuses an option; `make_converter` hands them on."""
    return call.function is values.make_converter and "unexpected keyword" in str(error)


def _problem_with(error):
    """Look at an error of the library: it can be shown, and hides no mistake of ours."""
    repr((error, str(error)))
    is_wrapped = getattr(error, "code", None) == "UNREADABLE_ARGUMENT"
    if is_wrapped and not isinstance(error.__cause__, ForeignError | RecursionError):
        return Problem.of(error.__cause__)
    return None


def _problems(target, names):
    found = {}
    for make in TARGETS[target]:
        for place in _places(make):
            for name in garbage.FEW if place in ADDITIONS else names:
                problem = _problem_of(make(), {place: garbage.value(name)})
                if problem is not None:
                    found.setdefault(problem, []).append((place, name))
    return {problem: where[:5] for problem, where in found.items()}


def _places(make):
    call = make()
    call.end()
    return call.places


@pytest.mark.parametrize("target", TARGETS)
def test_garbage_gives_an_error_of_the_library_and_sends_nothing(target):
    """One wrong argument at a time, in every place."""
    is_told_by_its_twin = target.startswith("Async")
    names = garbage.DEEP | garbage.HOSTILE if is_told_by_its_twin else garbage.ALL

    assert {} == _problems(target, names)


@settings(max_examples=300, derandomize=True)
@given(st.data())
def test_garbage_in_several_places(data):
    """Several wrong arguments at a time."""
    make = data.draw(st.sampled_from([make for makes in TARGETS.values() for make in makes]))
    places = st.lists(st.sampled_from(_places(make)), min_size=2, unique=True)
    names = st.sampled_from(list(garbage.ALL))
    wrong = {place: garbage.value(data.draw(names)) for place in data.draw(places)}

    assert _problem_of(make(), wrong) is None


@pytest.mark.parametrize("join", ["__and__", "__or__"])
def test_a_junction_of_ten_thousand_terms_is_read_without_recursion(join):
    """boto3 nests them one by one."""
    term = Attr("balance").eq(1)
    long = garbage.nested(lambda value: getattr(value, join)(term), term)
    call = _of_scope(TransactScope, DB, "delete", (Account, "A-1"), {"condition": long})

    assert _problem_of(call, {}) is None
