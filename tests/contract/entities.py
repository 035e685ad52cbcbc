"""The entities of the contract tests: a plain key, a composed key, a dataclass."""

import dataclasses
import decimal
from typing import Any

from attrs import define, field

from transactscope import KeyTemplate, entity


@entity("Account", partition_key="number")
@define
class Account:
    """An item under one string key."""

    number: str
    balance: int = 0
    status: str = "open"
    tags: list[str] = field(factory=list)
    roles: set[str] | None = None
    address: dict[str, str] = field(factory=dict)
    note: str | None = None
    either: Any = None


@entity("Account", partition_key="number", extra="allow")
@define
class Loose:
    """An entity of the same table whose expressions may name any attribute."""

    number: str


@entity(
    "Shop",
    partition_key=KeyTemplate("PK", "USER#{user_id}"),
    sort_key=KeyTemplate("SK", "ORDER#{number:08d}"),
)
@define
class Order:
    """An item of a single-table design, under a composed key."""

    user_id: str
    number: int
    total: decimal.Decimal = decimal.Decimal(0)


@entity(
    "Shop", partition_key=KeyTemplate("PK", "USER#{user_id}"), sort_key=KeyTemplate("SK", "PROFILE")
)
@dataclasses.dataclass
class Profile:
    """Another item of the same table, a dataclass."""

    user_id: str
    email: str = ""
