"""From boto3's keyword arguments to one staged action.

What a transaction can carry is staged as it is; what it cannot carry is refused
by name, because dropping it would change what the call means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from transactscope.core.actions import BuiltAction, Kind, StagedAction
from transactscope.core.callsite import call_site
from transactscope.core.fitting import expressible
from transactscope.core.naming import refuse_long_key_name
from transactscope.core.tables import table_id
from transactscope.entities.keys import checked_key_value
from transactscope.errors import ConversionError, InvalidKeyError, InvalidRequestError
from transactscope.expressions.clauses import RawUpdate
from transactscope.expressions.conditions import Condition
from transactscope.expressions.names import checked_name
from transactscope.expressions.raw import raw_condition, raw_update, refuse_unused
from transactscope.limits import MAX_KEY_NAME_LENGTH, MAX_PARTITION_KEY_BYTES
from transactscope.types import Item
from transactscope.values.wire import checked
from transactscope.values.wording import key_step

_MOST_KEY_ATTRIBUTES: Final = 2

_EXPRESSIONS: Final = frozenset(
    {"ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"}
)

# What a plain call may ask for and a TransactItem has no member for [TransactWriteItems,
# API Reference, 2026-11]. Asking for nothing is the only value that keeps its meaning.
_ONLY_NONE: Final = frozenset(
    {"ReturnValues", "ReturnConsumedCapacity", "ReturnItemCollectionMetrics"}
)
_ON_FAILURE: Final = "ReturnValuesOnConditionCheckFailure"


@attrs.frozen
class RawShape:
    """One of boto3's writing calls: what it becomes and what it takes."""

    call: str
    verb: str
    kind: Kind
    required: tuple[str, ...]
    optional: frozenset[str]

    @property
    def known(self) -> frozenset[str]:
        """Every member that can be staged."""
        return frozenset(self.required) | self.optional | {_ON_FAILURE}


PUT: Final = RawShape("put_item", "put", "Put", ("TableName", "Item"), _EXPRESSIONS)
UPDATE: Final = RawShape(
    "update_item", "update", "Update", ("TableName", "Key", "UpdateExpression"), _EXPRESSIONS
)
DELETE: Final = RawShape("delete_item", "delete", "Delete", ("TableName", "Key"), _EXPRESSIONS)
CHECK: Final = RawShape(
    "condition_check",
    "check",
    "ConditionCheck",
    ("TableName", "Key", "ConditionExpression"),
    _EXPRESSIONS,
)


def raw_action(shape: RawShape, members: Mapping[str, Any]) -> StagedAction:
    """Build the action that one of boto3's calls stands for.

    Raises:
        InvalidRequestError: A member is missing, unknown, or asks for what a transaction
            cannot carry; or the expressions and their placeholders do not fit. Not sent.
        ConversionError: An AttributeValue is malformed. Not sent.
    """
    _refuse_missing(shape, members)
    for name, value in members.items():
        _refuse_uncarried(shape, name, value)
    table_id(members["TableName"])
    condition, update = _expressions(members)
    action = BuiltAction(
        verb=shape.verb,
        table=members["TableName"],
        key=_checked_key(members["Key"]) if "Key" in shape.required else None,
        entity_class=None,
        call=call_site(),
        kind=shape.kind,
        item=_checked_item(members["Item"], "Item") if "Item" in shape.required else None,
        update=update,
        condition=condition,
    )
    return expressible(action)  # how large its item is, the log says, which may know its key


def _refuse_missing(shape: RawShape, members: Mapping[str, Any]) -> None:
    for name in shape.required:
        if name not in members:
            msg = f"{shape.call}() needs {name}="
            raise InvalidRequestError(msg, code="MISSING_MEMBER")


def _refuse_uncarried(shape: RawShape, name: str, value: Any) -> None:
    if name in _ONLY_NONE:
        allowed: tuple[Any, ...] = ("NONE",)
    elif name == _ON_FAILURE:
        allowed = ("NONE", "ALL_OLD")
    elif name in shape.known:
        return
    else:
        msg = f"{shape.call}({name}=...) is nothing that a transaction can carry"
        raise InvalidRequestError(msg, code="NOT_IN_A_TRANSACTION")
    if value not in allowed:
        msg = f"{shape.call}({name}=...) can only be {' or '.join(allowed)} in a transaction"
        raise InvalidRequestError(msg, code="NOT_IN_A_TRANSACTION")


def _expressions(members: Mapping[str, Any]) -> tuple[Condition | None, RawUpdate | None]:
    condition, update = members.get("ConditionExpression"), members.get("UpdateExpression")
    names = members.get("ExpressionAttributeNames")
    given = members.get("ExpressionAttributeValues")
    values = None if given is None else _checked_item(given, "ExpressionAttributeValues")
    for name in {"ConditionExpression", "UpdateExpression"} & members.keys():
        _refuse_no_text(name, members[name])
    refuse_unused((condition, update), names, values)
    return (
        None if condition is None else raw_condition(condition, names, values),
        None if update is None else raw_update(update, names, values),
    )


def _refuse_no_text(name: str, text: Any) -> None:
    if not isinstance(text, str) or not text.strip():
        msg = f"{name} must be a text that is not blank"
        raise InvalidRequestError(msg, code="INVALID_EXPRESSION")


def _checked_item(item: Any, where: str) -> Item:
    """Return a copy of attributes and their values, checked; later changes do not reach it."""
    if not isinstance(item, Mapping):
        msg = f"attribute names and AttributeValues expected, not {type(item).__name__}"
        raise ConversionError(msg, path=where)
    for name in item:
        checked_name(name, where)
    return {name: checked(value, f"{where}{key_step(name)}") for name, value in item.items()}


def _checked_key(key: Any) -> Item:
    """Return a copy of a key; which of two attributes is the sort key only the table knows."""
    copied = _checked_item(key, "Key")
    if not 1 <= len(copied) <= _MOST_KEY_ATTRIBUTES:
        msg = f"a key has one or two attributes, not {len(copied)}"
        raise InvalidKeyError(msg)
    for name, value in copied.items():
        refuse_long_key_name(name, f"Key{key_step(name[:MAX_KEY_NAME_LENGTH])}")
        checked_key_value(value, f"Key{key_step(name)}", MAX_PARTITION_KEY_BYTES)
    return copied
