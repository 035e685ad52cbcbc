"""A stand-in for a boto3 client in code that was written against one.

Writes that a transaction can carry are staged, reads and metadata go to the
client, everything else is refused by name: nothing is sent behind the scope's back.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Final, NoReturn

from transactscope.arguments import reading
from transactscope.core.actions import StagedAction
from transactscope.core.raw import CHECK, DELETE, PUT, UPDATE, RawShape, raw_action
from transactscope.errors import InvalidRequestError

# Everything of a boto3 DynamoDB client that changes no item and no table. A name that
# is missing here is refused, so an operation that AWS adds later is refused too.
_PASSED_ON: Final = frozenset(
    {
        "batch_get_item",
        "can_paginate",
        "describe_endpoints",
        "describe_limits",
        "describe_table",
        "describe_time_to_live",
        "exceptions",
        "get_item",
        "get_paginator",
        "get_waiter",
        "list_tables",
        "list_tags_of_resource",
        "meta",
        "query",
        "scan",
        "transact_get_items",
    }
)


class ScopedClient:
    """`tx.client`: takes boto3's calls and stages the writes among them.

    `put_item`, `update_item` and `delete_item` take boto3's keyword arguments and return
    `{}`; `condition_check` takes the members of AWS's ConditionCheck. Reads go straight to
    the client, send at once, and see what is stored, not what is staged.

    Example:
        >>> from transactscope import TransactScope
        >>> with TransactScope(client) as tx:
        ...     tx.client.put_item(TableName="Account", Item={"number": {"S": "A-1"}})
        ...     tx.client.get_item(TableName="Account", Key={"number": {"S": "A-1"}}).get("Item")
        {}
    """

    def __init__(self, client: Any, stage: Callable[[StagedAction], object]) -> None:
        self._client = client
        self._stage = stage

    def put_item(self, **members: Any) -> dict[str, Any]:
        """Stage a Put. Nothing is sent.

        Args:
            members: boto3's arguments: `TableName`, `Item`, the condition's expression,
                names and values.

        Raises:
            ScopeStateError: The scope is not active. Not sent.
            InvalidRequestError: An argument is missing, unknown or nothing that a
                transaction can carry. Not sent.
            ConversionError: An AttributeValue is malformed. Not sent.

        Example:
            >>> from transactscope import TransactScope
            >>> with TransactScope(client) as tx:
            ...     tx.client.put_item(TableName="Account", Item={"number": {"S": "A-1"}})
            {}
        """
        return self._staged(PUT, members)

    def update_item(self, **members: Any) -> dict[str, Any]:
        """Stage an Update. Nothing is sent.

        Args:
            members: boto3's arguments: `TableName`, `Key`, `UpdateExpression`, the
                condition's expression, names and values.

        Raises:
            ScopeStateError: The scope is not active. Not sent.
            InvalidRequestError: An argument is missing, unknown or nothing that a
                transaction can carry. Not sent.
            ConversionError: An AttributeValue is malformed. Not sent.

        Example:
            >>> from transactscope import TransactScope
            >>> with TransactScope(client) as tx:
            ...     tx.client.update_item(
            ...         TableName="Account",
            ...         Key={"number": {"S": "A-1"}},
            ...         UpdateExpression="ADD balance :ten",
            ...         ExpressionAttributeValues={":ten": {"N": "10"}},
            ...     )
            {}
        """
        return self._staged(UPDATE, members)

    def delete_item(self, **members: Any) -> dict[str, Any]:
        """Stage a Delete. Nothing is sent.

        Args:
            members: boto3's arguments: `TableName`, `Key`, the condition's expression,
                names and values.

        Raises:
            ScopeStateError: The scope is not active. Not sent.
            InvalidRequestError: An argument is missing, unknown or nothing that a
                transaction can carry. Not sent.
            ConversionError: An AttributeValue is malformed. Not sent.

        Example:
            >>> from transactscope import TransactScope
            >>> with TransactScope(client) as tx:
            ...     tx.client.delete_item(TableName="Account", Key={"number": {"S": "A-1"}})
            {}
        """
        return self._staged(DELETE, members)

    def condition_check(self, **members: Any) -> dict[str, Any]:
        """Stage a ConditionCheck, for which boto3 has no call of its own. Nothing is sent.

        Args:
            members: `TableName`, `Key`, `ConditionExpression`, its names and values.

        Raises:
            ScopeStateError: The scope is not active. Not sent.
            InvalidRequestError: An argument is missing, unknown or nothing that a
                transaction can carry. Not sent.
            ConversionError: An AttributeValue is malformed. Not sent.

        Example:
            >>> from transactscope import TransactScope
            >>> with TransactScope(client) as tx:
            ...     tx.client.condition_check(
            ...         TableName="Account",
            ...         Key={"number": {"S": "A-9"}},
            ...         ConditionExpression="attribute_not_exists(balance)",
            ...     )
            {}
        """
        return self._staged(CHECK, members)

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._client, name)
        return attribute if name in _PASSED_ON else _refusing(name)

    def _staged(self, shape: RawShape, members: dict[str, Any]) -> dict[str, Any]:
        with reading(f"{shape.call}()"):
            action = raw_action(shape, members)
        self._stage(action)
        return _StagedAnswer()


class _StagedAnswer(dict[str, Any]):
    """The empty answer of a staged call; code for an asynchronous client may await it."""

    def __await__(self) -> Generator[None, None, dict[str, Any]]:
        yield from ()  # there is nothing to wait for
        return self


def _refusing(name: str) -> Callable[..., NoReturn]:
    """Return a stand-in that refuses when it is called, so that looking it up stays harmless."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        msg = (
            f"tx.client.{name}() is not part of a transaction and would be sent at once; "
            "call it on the client itself, outside the scope"
        )
        raise InvalidRequestError(msg, code="NOT_IN_A_TRANSACTION")

    return refuse
