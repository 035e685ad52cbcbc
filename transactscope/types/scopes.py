"""What a scope hands out: actions, savepoints and attempts."""

from collections.abc import Awaitable
from types import TracebackType
from typing import Any, Protocol, Self

from transactscope.descriptions import describe_action
from transactscope.exporting import exported_from
from transactscope.types.wire import Item


@exported_from("transactscope.types")
class Savepoint(Protocol):
    """A mark in a scope: what was staged after it can be dropped on its own.

    Made by `savepoint()` of a scope; used as a with-block, or by its two methods.

    .. versionadded:: 0.1.0
    """

    @property
    def is_open(self) -> bool:
        """Whether it can still be rolled back or released."""
        ...

    def release(self) -> None:
        """Close it and keep what was staged since. Nothing is sent."""
        ...

    def rollback(self) -> None:
        """Drop what was staged since; it stays open. Nothing is sent."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool: ...


@exported_from("transactscope.types")
class Attempt(Protocol):
    """One attempt at a transaction, made by `Database.attempts()`: a with-block.

    Entering it gives the scope of the attempt.

    .. versionadded:: 0.1.0
    """

    @property
    def number(self) -> int:
        """Which attempt it is; the first one is 1."""
        ...

    def __enter__(self) -> Any: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool: ...


@exported_from("transactscope.types")
class AsyncAttempt(Protocol):
    """One attempt at a transaction, made by `AsyncDatabase.attempts()`: an async with-block.

    .. versionadded:: 0.1.0
    """

    @property
    def number(self) -> int:
        """Which attempt it is; the first one is 1."""
        ...

    def __aenter__(self) -> Awaitable[Any]: ...

    def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> Awaitable[bool]: ...


@exported_from("transactscope.types")
class Action:
    """One staged action. Every verb of a scope returns the one that it staged.

    Attributes:
        verb: The verb that staged it: `put`, `insert`, `replace`, `update`, `delete`, `check` or
            `once`.
        table: The table's name as it is sent.
        key: The item's key, `{"artist": {"S": str}}`; None for a raw put whose table's
            key attributes nothing else in the scope describes.
        entity_class: The entity class, or None for an action staged through `tx.client`.
        call: Where it was staged, `file:line`.

    .. versionadded:: 0.1.0
    """

    __slots__ = ()

    verb: str
    table: str
    key: Item | None
    entity_class: type | None
    call: str

    def __repr__(self) -> str:
        return f"<Action {self.describe()}>"

    def describe(self) -> str:
        """Say verb, class, table, key and call site in one line, without other values."""
        return describe_action(self.verb, self.entity_class, self.table, self.key, (self.call,))
