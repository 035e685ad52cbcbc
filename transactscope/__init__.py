"""SQL-style transactions for Amazon DynamoDB, on boto3.

Begin, stage, commit or roll back: a `TransactScope` gathers writes of plain attrs
classes and dataclasses and sends them as one TransactWriteItems request.
"""

from __future__ import annotations

import importlib
import typing

if typing.TYPE_CHECKING:
    from boto3.dynamodb.conditions import Attr, Key

    from transactscope.aio import AsyncDatabase, AsyncTransactScope
    from transactscope.core.leaving import Rollback
    from transactscope.core.retries import RetryPolicy
    from transactscope.core.states import ScopeState
    from transactscope.database import Database
    from transactscope.entities.declaring import entity
    from transactscope.entities.items import from_item, to_item, to_key
    from transactscope.entities.keys import EntityKey
    from transactscope.entities.templates import KeyTemplate
    from transactscope.expressions import if_not_exists, list_append, path
    from transactscope.scope import TransactScope
    from transactscope.transaction_functions import transactional
    from transactscope.transports.threads import in_threads
    from transactscope.types import CommitResult
    from transactscope.values import from_attribute_value, to_attribute_value

__version__ = "0.1.0.dev0"
"""The version of the library."""

__all__ = [
    "AsyncDatabase",
    "AsyncTransactScope",
    "Attr",
    "CommitResult",
    "Database",
    "EntityKey",
    "Key",
    "KeyTemplate",
    "RetryPolicy",
    "Rollback",
    "ScopeState",
    "TransactScope",
    "__version__",
    "entity",
    "from_attribute_value",
    "from_item",
    "if_not_exists",
    "in_threads",
    "list_append",
    "path",
    "to_attribute_value",
    "to_item",
    "to_key",
    "transactional",
]

# What a program never names it never loads: a function that starts anew for a request waits for
# every module. The modules themselves are here as well, as if this had imported them.
_SOURCES: typing.Final = {
    "AsyncDatabase": "transactscope.aio",
    "AsyncTransactScope": "transactscope.aio",
    "Attr": "boto3.dynamodb.conditions",
    "CommitResult": "transactscope.types",
    "Database": "transactscope.database",
    "EntityKey": "transactscope.entities.keys",
    "Key": "boto3.dynamodb.conditions",
    "KeyTemplate": "transactscope.entities.templates",
    "RetryPolicy": "transactscope.core.retries",
    "Rollback": "transactscope.core.leaving",
    "ScopeState": "transactscope.core.states",
    "TransactScope": "transactscope.scope",
    "entity": "transactscope.entities.declaring",
    "from_attribute_value": "transactscope.values",
    "from_item": "transactscope.entities.items",
    "if_not_exists": "transactscope.expressions",
    "in_threads": "transactscope.transports.threads",
    "list_append": "transactscope.expressions",
    "path": "transactscope.expressions",
    "to_attribute_value": "transactscope.values",
    "to_item": "transactscope.entities.items",
    "to_key": "transactscope.entities.items",
    "transactional": "transactscope.transaction_functions",
}
_MODULES: typing.Final = ("errors", "ext", "fields", "indexes", "testing", "types", "values")

if not typing.TYPE_CHECKING:  # or every name would be known to type checkers

    def __getattr__(name: str) -> typing.Any:
        """Load what is asked for the first time."""
        if name in _MODULES:
            return importlib.import_module(f"{__name__}.{name}")
        if name not in _SOURCES:
            msg = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(msg, name=name)
        value = getattr(importlib.import_module(_SOURCES[name]), name)
        globals()[name] = value  # from now on it is found without this
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_SOURCES, *_MODULES})
