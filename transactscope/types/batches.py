"""What became of a batch."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

import attrs

from transactscope.exporting import exported_from

_E = TypeVar("_E")
_C = TypeVar("_C")
_C_co = TypeVar("_C_co", covariant=True)


@exported_from("transactscope.types")
@attrs.frozen
class BatchEntry:
    """One put or delete of a batch.

    Attributes:
        verb: `put` or `delete`.
        target: What was given: an entity, or an `EntityKey`.

    .. versionadded:: 0.1.0
    """

    verb: str
    target: Any = attrs.field(repr=False)
    _description: str = attrs.field(default="", alias="description", repr=False, eq=False)

    def describe(self) -> str:
        """Say verb, class, table and key in one line, without other values."""
        return self._description or f"{self.verb} {type(self.target).__name__}"


@exported_from("transactscope.types")
@attrs.frozen(kw_only=True)
class BatchResult:
    """What is known after `batch_write`.

    Every put and delete that was taken from the input is in one of three places: it is counted in
    `done`, it is in `unprocessed`, or it is in `unknown`.

    Attributes:
        done: How many puts and deletes DynamoDB has confirmed.
        requests: How many requests were sent.
        retries: How many of them carried again what an earlier one had carried.
        capacity: Consumed capacity units per table, as far as DynamoDB reported them.
        unprocessed: What was certainly not applied, in the order of the input.
        unknown: What was sent and whose answer never came, in the order of the input: each of
            them may have been applied or not.
        is_input_left: Whether an input has more that was never taken from it. It is false for a
            list, and whatever else has a length: all of it that was not taken is in
            `unprocessed`. An iterator can be gone on with where it is.

    .. versionadded:: 0.1.0
    """

    done: int = 0
    requests: int = 0
    retries: int = 0
    capacity: Mapping[str, float] = attrs.field(factory=dict)
    unprocessed: tuple[BatchEntry, ...] = ()
    unknown: tuple[BatchEntry, ...] = ()
    is_input_left: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether everything was done."""
        return not (self.unprocessed or self.unknown or self.is_input_left)

    @property
    def puts_left(self) -> tuple[Any, ...]:
        """The entities whose puts are not known to be applied, to be given again."""
        return self._left("put")

    @property
    def deletes_left(self) -> tuple[Any, ...]:
        """What was to be deleted and is not known to be, to be given again."""
        return self._left("delete")

    def _left(self, verb: str) -> tuple[Any, ...]:
        left = (*self.unknown, *self.unprocessed)
        return tuple(entry.target for entry in left if entry.verb == verb)


class _KeyOf(Protocol[_C_co]):
    """A key of one class: `EntityKey`, without knowing it."""

    @property
    def entity_class(self) -> type[_C_co]:
        """The class of its entities."""
        ...


@exported_from("transactscope.types")
class BatchGetResult(Mapping[Any, _E | None]):
    """What `batch_get` has read: keys to entities, in the order of the keys; absent ones to None.

    A key that was asked for several times stands where it was first. A key whose item was not
    read is none of its keys, and `result[key]` and `result.get(key)` refuse it: it must not look
    like an item that is absent.

    Attributes:
        unprocessed: The keys that were asked for and not read; empty unless `raises=False` was
            given, or in the result of an error.
        requests: How many requests were sent.
        retries: How many of them carried again what an earlier one had carried.
        capacity: Consumed capacity units per table, as far as DynamoDB reported them.
        is_input_left: Whether the iterator has more keys, which were never taken from it.

    .. versionadded:: 0.1.0
    """

    def __init__(
        self,
        entities: Mapping[Any, _E | None],
        *,
        unprocessed: tuple[Any, ...] = (),
        requests: int = 0,
        retries: int = 0,
        capacity: Mapping[str, float] | None = None,
        is_input_left: bool = False,
        refusal: Callable[[Any], Exception] = KeyError,
    ) -> None:
        self._entities = entities
        self._refusal = refusal
        self.unprocessed = unprocessed
        self.requests = requests
        self.retries = retries
        self.capacity: Mapping[str, float] = capacity or {}
        self.is_input_left = is_input_left

    @property
    def found(self) -> list[_E]:
        """The entities that are stored, in the order of their keys."""
        return [entity for entity in self._entities.values() if entity is not None]

    @property
    def missing(self) -> tuple[Any, ...]:
        """The keys whose items are not stored, in their order."""
        return tuple(key for key, entity in self._entities.items() if entity is None)

    @property
    def is_complete(self) -> bool:
        """Whether every key was read."""
        return not (self.unprocessed or self.is_input_left)

    def __getitem__(self, key: _KeyOf[_C]) -> _C | None:
        if key not in self._entities and key in self.unprocessed:
            raise self._refusal(key)
        return self._entities[key]  # type: ignore[return-value]

    def __contains__(self, key: object) -> bool:
        return key in self._entities

    def __iter__(self) -> Iterator[Any]:
        return iter(self._entities)

    def __len__(self) -> int:
        return len(self._entities)

    def __repr__(self) -> str:
        return (
            f"<BatchGetResult {len(self.found)} found, {len(self.missing)} missing, "
            f"{len(self.unprocessed)} unprocessed>"
        )
