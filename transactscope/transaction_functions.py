"""Functions that are transactions: run again with fresh reads, or part of a larger one."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, overload

from transactscope.arguments import reading
from transactscope.attempts import Attempts
from transactscope.base_database import BaseDatabase
from transactscope.base_scope import BaseScope
from transactscope.database import Database
from transactscope.environment import Environment, environment_of
from transactscope.errors import InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.scope import TransactScope
from transactscope.types import DynamoDBClient

if TYPE_CHECKING:
    from transactscope.aio import AsyncDatabase, AsyncTransactScope

P = ParamSpec("P")
R = TypeVar("R")


@overload
def transactional(
    function: Callable[Concatenate[AsyncTransactScope, P], Coroutine[Any, Any, R]], /
) -> Callable[
    Concatenate[AsyncTransactScope | AsyncDatabase | DynamoDBClient, P], Coroutine[Any, Any, R]
]: ...
@overload
def transactional(
    function: Callable[Concatenate[TransactScope, P], R], /
) -> Callable[Concatenate[TransactScope | Database | DynamoDBClient, P], R]: ...
@exported_from("transactscope")
def transactional(function: Callable[..., Any], /) -> Callable[..., Any]:
    """Make a function a transaction. Nothing is sent by the decorator.

    Called with a database, the function owns a scope: it commits when it returns, and its
    value is returned after that. Where what it read had changed, or another transaction was
    at work, it is run again from the beginning, within the database's `RetryPolicy`; so it
    must have no effects but those of the scope, and `on_commit` for the others.

    Called with a scope, it joins: it runs inside a savepoint of that scope, commits nothing,
    and drops only its own actions if it raises.

    A coroutine function does the same with an `AsyncDatabase`, an asynchronous client, or an
    `AsyncTransactScope`, and is awaited.

    Args:
        function: A function whose first parameter is the scope. Where a method is to be a
            transaction, let it call such a function.

    Raises:
        InvalidRequestError: It is no function, or a generator function, whose body would run
            after the commit; or it is called with something that is neither a database, a
            client nor a scope of its own kind, or returns what still has to run. Not sent.

    Example:
        >>> from transactscope import Database, transactional
        >>> @transactional
        ... def deposit(tx, number, amount):
        ...     account = tx.get(Account, number)
        ...     account.balance += amount
        ...     tx.update(account)
        ...     return account.balance
        >>> db = Database(client)
        >>> _ = db.insert(Account("A-1", 10))
        >>> deposit(db, "A-1", 5)
        15

    .. versionadded:: 0.1.0
    """
    with reading("@transactional"):
        _refuse_lazy_function(function)
        is_coroutine = inspect.iscoroutinefunction(function)
    return (_awaited if is_coroutine else _plain)(function)


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def run(target: Any, /, *args: Any, **kwargs: Any) -> Any:
        def work(tx: TransactScope) -> Any:
            return _finished(function, function(tx, *args, **kwargs))

        with reading(_name(function)):
            joins = isinstance(target, TransactScope)
            environment = None if joins else environment_of(_checked_target(function, target))
        if environment is None:
            return _run_inside(target, work)
        return _run_until_committed(environment, work)

    return run


def _awaited(function: Callable[..., Any]) -> Callable[..., Any]:
    from transactscope import aio  # noqa: PLC0415 - most programs need no event loop

    @functools.wraps(function)
    async def run(target: Any, /, *args: Any, **kwargs: Any) -> Any:
        async def work(tx: aio.AsyncTransactScope) -> Any:
            return _finished(function, await function(tx, *args, **kwargs))

        with reading(_name(function)):
            if isinstance(target, aio.AsyncTransactScope):
                environment = None
            else:
                checked = _checked_target(function, target)
                environment = environment_of(checked, aio.ASYNCHRONOUS)
        if environment is None:
            return await _run_awaited_inside(target, work)
        return await aio.run_until_committed(environment, work)

    return run


def _run_inside(scope: TransactScope, work: Callable[[TransactScope], Any]) -> Any:
    with scope.savepoint():
        return work(scope)
    return None  # it was left by `Rollback`


async def _run_awaited_inside(
    scope: AsyncTransactScope, work: Callable[[AsyncTransactScope], Awaitable[Any]]
) -> Any:
    with scope.savepoint():
        return await work(scope)
    return None  # it was left by `Rollback`


def _run_until_committed(environment: Environment, work: Callable[[TransactScope], R]) -> R:
    result: Any = None  # a function that is left by `Rollback` returns nothing
    for attempt in Attempts(environment, is_trusted=True):
        with attempt as tx:
            result = work(tx)
    return result  # type: ignore[no-any-return]


def _checked_target(function: Callable[..., Any], target: Any) -> Any:
    """Return what a transaction is called with, if it can own a scope there."""
    if isinstance(target, BaseScope):
        msg = (
            f"{_name(function)}() and its scope are of two kinds: a coroutine function takes an "
            "AsyncTransactScope, a plain one a TransactScope"
        )
    elif not isinstance(target, BaseDatabase) and not hasattr(target, "transact_write_items"):
        msg = (
            f"{_name(function)}() is a transaction: its first argument is a database, a client or "
            f"a scope, not {type(target).__name__}. A method cannot be one; let it call a function "
            "that is"
        )
    else:
        return target
    raise InvalidRequestError(msg, code="NOT_A_DATABASE")


def _refuse_lazy_function(function: Any) -> None:
    if not callable(function) or isinstance(function, type):
        msg = f"@transactional goes above a function, not {type(function).__name__}"
        raise InvalidRequestError(msg)
    kinds = {
        "a generator function": inspect.isgeneratorfunction(function),
        "an asynchronous generator function": inspect.isasyncgenfunction(function),
    }
    for kind, is_one in kinds.items():
        if is_one:
            msg = f"{_name(function)}() is {kind}: its body would run after the commit"
            raise InvalidRequestError(msg)


def _finished(function: Callable[..., Any], value: R) -> R:
    """Return what the function returned, unless that is a body that has still to run."""
    if inspect.isawaitable(value) or inspect.isgenerator(value) or inspect.isasyncgen(value):
        if inspect.iscoroutine(value):
            value.close()  # it has not started, and must not be reported as never awaited
        msg = (
            f"{_name(function)}() returned {type(value).__name__}, which would run after the commit"
        )
        raise InvalidRequestError(msg)
    return value


def _name(function: Any) -> str:
    return getattr(function, "__name__", type(function).__name__)
