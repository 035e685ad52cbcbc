"""Names of tables: which are allowed, and which table an ARN means.

A table may be named or given by its ARN; two actions on one item must be seen
as such whichever was used.
"""

from __future__ import annotations

import re
from typing import Final

import attrs

from transactscope.errors import InvalidRequestError, InvalidTableNameError
from transactscope.limits import (
    MAX_TABLE_ARN_LENGTH,
    MAX_TABLE_NAME_LENGTH,
    MIN_TABLE_NAME_LENGTH,
)

# Characters of a name: Developer Guide, "Supported data types and naming rules", 2026-11.
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")
_ARN: Final = re.compile(r"(arn:[a-z-]+:dynamodb:[a-z0-9-]+:[0-9]*):table/([A-Za-z0-9_.-]+)")


@attrs.frozen
class TableId:
    """A table as DynamoDB tells tables apart, however it was named."""

    name: str
    home: str | None  # account and Region of an ARN; a bare name has the client's


def table_id(table: object) -> TableId:
    """Return which table a name or ARN means.

    Raises:
        InvalidTableNameError: It is neither a legal name nor a table's ARN. Not sent.
    """
    if not isinstance(table, str):
        msg = f"a table's name must be a text, not {type(table).__name__}"
        raise InvalidTableNameError(msg)
    if table.startswith("arn:"):
        return _from_arn(table)
    _refuse_bad_name(table)
    return TableId(table, None)


def refuse_two_homes(known: TableId | None, new: TableId) -> None:
    """Refuse ARNs of two accounts or Regions in one request [TransactWriteItems, API Reference]."""
    if known is not None and new.home is not None and known.home != new.home:
        msg = f"table {new.name}: one transaction stays in one account and Region"
        raise InvalidRequestError(msg, code="CROSS_REGION")


def _from_arn(table: str) -> TableId:
    match = _ARN.fullmatch(table)
    if match is None or len(table) > MAX_TABLE_ARN_LENGTH:
        msg = f"{_shown(table)} is not the ARN of a table"
        raise InvalidTableNameError(msg)
    home, name = match.groups()
    _refuse_bad_name(name)
    return TableId(name, home)


def _refuse_bad_name(name: str) -> None:
    if not MIN_TABLE_NAME_LENGTH <= len(name) <= MAX_TABLE_NAME_LENGTH:
        msg = (
            f"table name {_shown(name)} has {len(name)} characters; DynamoDB takes "
            f"{MIN_TABLE_NAME_LENGTH} to {MAX_TABLE_NAME_LENGTH}"
        )
        raise InvalidTableNameError(msg)
    if not _NAME.fullmatch(name):
        msg = f"table name {_shown(name)} may have only letters, digits and the characters _ - ."
        raise InvalidTableNameError(msg)


def _shown(text: str, most: int = 60) -> str:
    return repr(text if len(text) <= most else text[: most - 1] + "…")
