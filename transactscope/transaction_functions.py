"""Functions that are transactions: run again with fresh reads, or part of a larger one."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from transactscope.attempts import Attempts
from transactscope.base_scope import BaseScope
from transactscope.database import Database
from transactscope.environment import Environment, environment_of
from transactscope.errors import InvalidRequestError
from transactscope.scope import TransactScope
from transactscope.types import DynamoDBClient

P = ParamSpec("P")
R = TypeVar("R")


def transactional(
    function: Callable[Concatenate[TransactScope, P], R], /
) -> Callable[Concatenate[TransactScope | Database | DynamoDBClient, P], R]:
    """Make a function a transaction. Nothing is sent by the decorator.

    Called with a database, the function owns a scope: it commits when it returns, and its
    value is returned after that. Where what it read had changed, or another transaction was
    at work, it is run again from the beginning, within the database's `RetryPolicy`; so it
    must have no effects but those of the scope, and `on_commit` for the others.

    Called with a scope, it joins: it runs inside a savepoint of that scope, commits nothing,
    and drops only its own actions if it raises.

    Args:
        function: A plain function whose first parameter is the scope. Where a method is to be
            a transaction, let it call such a function.

    Raises:
        InvalidRequestError: It is no function, or a generator or coroutine function, whose
            body would run after the commit; or it is called with something that is neither
            a database, a client nor a scope, or returns what still has to run. Not sent.

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
    """
    _refuse_lazy_function(function)

    @functools.wraps(function)
    def run(
        target: TransactScope | Database | DynamoDBClient, /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        def work(tx: TransactScope) -> R:
            return _finished(function, function(tx, *args, **kwargs))

        if isinstance(target, TransactScope):
            return _run_inside(target, work)
        return _run_until_committed(_environment(function, target), work)

    return run


def _run_inside(scope: TransactScope, work: Callable[[TransactScope], R]) -> R:
    with scope.savepoint():
        return work(scope)
    return None  # type: ignore[return-value] # it was left by `Rollback`


def _run_until_committed(environment: Environment, work: Callable[[TransactScope], R]) -> R:
    result: Any = None  # a function that is left by `Rollback` returns nothing
    for attempt in Attempts(environment, is_trusted=True):
        with attempt as tx:
            result = work(tx)
    return result  # type: ignore[no-any-return]


def _environment(function: Callable[..., Any], target: Any) -> Environment:
    is_database = isinstance(target, Database)
    if isinstance(target, BaseScope) or not (
        is_database or hasattr(target, "transact_write_items")
    ):
        msg = (
            f"{_name(function)}() is a transaction: its first argument is a Database, a client or "
            f"a TransactScope, not {type(target).__name__}. A method cannot be one; let it call "
            "a function that is"
        )
        raise InvalidRequestError(msg, code="NOT_A_DATABASE")
    return environment_of(target)


def _refuse_lazy_function(function: Any) -> None:
    if not callable(function) or isinstance(function, type):
        msg = f"@transactional goes above a function, not {type(function).__name__}"
        raise InvalidRequestError(msg)
    kinds = {
        "a generator function": inspect.isgeneratorfunction(function),
        "a coroutine function": inspect.iscoroutinefunction(function),
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
