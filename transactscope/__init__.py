"""SQL-style transactions for Amazon DynamoDB, on boto3.

Begin, stage, commit or roll back: a `TransactScope` gathers writes of plain attrs
classes and dataclasses and sends them as one TransactWriteItems request.
"""

from __future__ import annotations

import importlib
import typing

from boto3.dynamodb.conditions import Attr, Key

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
from transactscope.types import CommitResult
from transactscope.values import from_attribute_value, to_attribute_value

if typing.TYPE_CHECKING:
    from transactscope.aio import AsyncDatabase, AsyncTransactScope
    from transactscope.transports.threads import in_threads

__version__ = "0.1.0.dev0"

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

# Loaded when they are first asked for: most programs need no event loop.
_LATE = {
    "AsyncDatabase": "transactscope.aio",
    "AsyncTransactScope": "transactscope.aio",
    "in_threads": "transactscope.transports.threads",
}


def __getattr__(name: str) -> typing.Any:
    if name not in _LATE:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(_LATE[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATE})
