"""The entities of the contract tests: a plain key, a composed key, a dataclass."""

import dataclasses
import decimal
from typing import Any

from attrs import define, field, frozen

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


@entity("Account", partition_key="number", version="version")
@define
class Sheet:
    """A versioned entity, of the same table."""

    number: str
    balance: int = 0
    note: str | None = None
    version: int | None = None


@entity("Account", partition_key="number", version="version")
@frozen
class Page:
    """A versioned entity whose objects cannot be changed."""

    number: str
    balance: int = 0
    version: int | None = None


@entity("Account", partition_key="number", version="version")
@dataclasses.dataclass(frozen=True)
class Leaf:
    """The same as a dataclass, with a version that `__init__` does not take."""

    number: str
    balance: int = 0
    version: int | None = dataclasses.field(default=None, init=False)


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
