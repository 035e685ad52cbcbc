"""What the verbs about many items are asked beside their targets.

They stand apart from what is made of them, which is loaded when such a verb is first used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase


class BatchTerms(NamedTuple):
    """What both kinds of batch take beside their input; see `Database.batch_write`."""

    chunk: int | bool | None = None
    in_flight: int = 4
    progress: Callable[[int], Any] | None = None
    timeout: float | None = None
    raises: bool = True


class QueryTerms(NamedTuple):
    """What a query may say beside its key; see `Database.query`."""

    filter: ConditionBase | str | None = None
    names: Mapping[str, str] | None = None
    values: Mapping[str, Any] | None = None
    index_name: str | None = None
    only: Iterable[str] | None = None
    reverse: bool = False
    limit: int | None = None
    page_size: int | None = None
    consistent: bool = False
    start_after: Mapping[str, Any] | None = None
