"""What is known after a commit: its result, or a reason for each action."""

import pickle
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import attrs

from transactscope.descriptions import describe_action
from transactscope.exporting import exported_from
from transactscope.types.wire import Item

_E = TypeVar("_E")

NO_ERROR = "None"
"""The reason code that DynamoDB gives an action that had no error of its own."""


@exported_from("transactscope.types")
@attrs.frozen
class CancellationReason:
    """What DynamoDB said about one action of a canceled transaction.

    Attributes:
        index: The position in `.reasons`, which are ordered by the calls that staged them.
        code: The reason code as sent, an open set of strings: `None` (no error),
            `ConditionalCheckFailed`, `TransactionConflict`, `ThrottlingError`,
            `ProvisionedThroughputExceeded`, `ItemCollectionSizeLimitExceeded`,
            `ValidationError`, and whatever a server says beyond these.
        message: DynamoDB's own text, which may quote values, or None.
        verb: The verb that staged the action, or None if the reason has no action.
        table: The table's name as it was sent.
        key: The item's key as AttributeValues.
        entity_class: The entity class, or None for an action staged through `tx.client`.
        item: The stored item that the condition was judged on, as an entity. As plain
            AttributeValues where it has no class or cannot be read as one. None if
            nothing was stored.
        calls: Where the action was staged, `file:line` for every call it came from.
        stored: The stored item as AttributeValues, or None.
        is_stale: Whether the condition that failed was a guard: what was read in the scope,
            or the version that the entity has, is not what is stored.

    .. versionadded:: 0.1.0
    """

    index: int
    code: str
    message: str | None = attrs.field(default=None, repr=False)
    verb: str | None = None
    table: str | None = None
    key: Item | None = None
    entity_class: type | None = None
    item: Any = attrs.field(default=None, repr=False)
    calls: tuple[str, ...] = ()
    stored: Item | None = attrs.field(default=None, repr=False, eq=False)
    is_stale: bool = False

    @property
    def failed(self) -> bool:
        """Whether this action had an error of its own."""
        return self.code != NO_ERROR

    def describe(self) -> str:
        """Say index, action, code and call sites in one line, without values beyond the key."""
        action = describe_action(self.verb, self.entity_class, self.table, self.key, self.calls)
        code = f"{self.code} (not as it was read)" if self.is_stale else self.code
        return f"[{self.index}] {code}: {action}"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle; an item of a class that cannot be pickled travels as AttributeValues."""
        values = attrs.asdict(self, recurse=False)
        try:
            pickle.dumps((self.entity_class, self.item))
        except Exception:  # noqa: BLE001 - whatever a foreign class raises, the reason must travel
            values.update(entity_class=None, item=self.stored)
        return _rebuild_reason, (values,)


def _rebuild_reason(values: dict[str, Any]) -> CancellationReason:
    return CancellationReason(**values)


def _no_current(entity: _E) -> _E:
    """Find an entity in a result that nobody asked the library to keep entities for."""
    return entity


@exported_from("transactscope")
@attrs.frozen
class CommitResult:
    """What is known after a successful commit, or after a single write of a `Database`.

    Attributes:
        sent: Whether a request was sent; False when nothing was staged.
        client_request_token: The token that the request carried; None for a single write.
        request_id: DynamoDB's id of the answer, or None.
        capacity: Consumed capacity units per table, as far as DynamoDB reported them.
        replayed: Whether the same was committed before, so that this request wrote nothing:
            DynamoDB reported it of the token, or a stored marker of `once` says it.
        attempts: How many times the request was sent.
        read_units: Those of `capacity` that are read units: what a replay consumes.
        write_units: Those that are write units.

    Units are those of the answer: DynamoDB is asked for them in a transaction, and not by a
    single write. What attempts consumed that had no answer is not in them.

    .. versionadded:: 0.1.0
    """

    sent: bool
    client_request_token: str | None = None
    request_id: str | None = None
    capacity: Mapping[str, float] = attrs.field(factory=dict)
    replayed: bool = False
    attempts: int = 0
    read_units: Mapping[str, float] = attrs.field(factory=dict)
    write_units: Mapping[str, float] = attrs.field(factory=dict)
    _find: Callable[[Any], Any] = attrs.field(
        default=_no_current, alias="find", repr=False, eq=False
    )

    def current(self, entity: _E) -> _E:
        """Return an entity that was written here with the version that it has now.

        Nothing is sent. An object that can be changed has its new version already and is
        returned itself; of a frozen one this is a changed copy.

        Args:
            entity: What a verb was given, or an entity of the same class and key.

        Raises:
            InvalidRequestError: No entity of this class and key was written.

        Example:
            >>> from attrs import frozen
            >>> from transactscope import Database, entity
            >>> @entity("Account", partition_key="number", version="version")
            ... @frozen
            ... class Frozen:
            ...     number: str
            ...     version: int | None = None
            >>> new = Frozen("A-1")
            >>> Database(client).insert(new).current(new)
            Frozen(number='A-1', version=1)
        """
        return self._find(entity)  # type: ignore[no-any-return]
