"""What observers are told: one event for everything that a scope or a single call does."""

import enum
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import attrs

from transactscope.exporting import exported_from
from transactscope.types.explanations import ActionSummary
from transactscope.types.records import facts_for_log
from transactscope.types.scopes import Action

# Of the library's errors, the one whose class says nothing of what was wrong.
_NAMED_BY_CODE: Final = "RequestRejectedError"


@exported_from("transactscope.types")
class EventKind(enum.Enum):
    """What has happened.

    `BEGIN`, `STAGE` and `ROLLBACK` are told by scopes only, `COMMIT`, `CANCEL` and `IN_DOUBT` by
    scopes and single writes, `ATTEMPT` and `RETRY` by whatever sends.

    .. versionadded:: 0.1.0
    """

    BEGIN = "begin"
    STAGE = "stage"
    ATTEMPT = "attempt"
    RETRY = "retry"
    COMMIT = "commit"
    CANCEL = "cancel"
    IN_DOUBT = "in doubt"
    ROLLBACK = "rollback"

    if not TYPE_CHECKING:  # pragma: no branch - to type checkers it is the same as Enum's
        __hash__ = object.__hash__  # members are single; Enum's own takes ten times as long


_NOTHING: Final[Mapping[str, float]] = MappingProxyType({})


def _no_actions() -> tuple[ActionSummary, ...]:
    return ()


@exported_from("transactscope.types")
@attrs.frozen(kw_only=True, eq=False, slots=False)  # made in half the time of one with slots
class Event:
    """Something that has happened, as observers are told of it. Nothing is sent.

    It is told after it has happened, in the thread or task in which it has; of a batch in the one
    that called it. It holds no values of items but those in `error`, whose texts have none.

    Attributes:
        kind: What has happened.
        time: When, in seconds of the database's clock, which starts anywhere.
        work: A number that all events of one scope, or of one single call, have in common,
            and no others in this process.
        is_scope: Whether it is about a scope; else about a single call of a database.
        verb: The call in which it has happened: `begin`, `put`, `get`, `commit`, `resolve`,
            `batch_write` …
        operation: The operation that was sent, as `TransactWriteItems`; None where nothing was.
        tables: The tables of that request, as they are sent.
        client_request_token: The token of the scope; None for a single call.
        action: What was staged, for `STAGE`.
        attempts: For `ATTEMPT` and `RETRY` which attempt it was, from 1 on; for how a commit or a
            write has ended how often it was sent.
        seconds: For `ATTEMPT` how long the answer took, for `RETRY` how long the pause before
            the next will be, and for how a commit or a write has ended how long all of it took.
        error: What was raised: for `ATTEMPT` what came instead of an answer, for `RETRY` why it
            is tried again (None where DynamoDB has left a part of a batch undone), for `CANCEL` and
            `IN_DOUBT` what the caller gets.
        meaning: For a failed `ATTEMPT` what the library makes of the error, if it does: that of a
            canceled transaction has `reasons`, with tables and keys.
        is_rerun: For `RETRY`, whether the transaction begins anew with fresh reads; else the same
            request is sent again.
        rerun_of: For the `BEGIN` of a transaction that begins anew, the `work` of the scope before.
        read_units: Read units that were consumed, by table, as far as DynamoDB reported them.
        write_units: Write units in the same way.
        replayed: For `COMMIT`, whether the same was committed before.
        request_id: DynamoDB's id of the answer, or None.

    .. versionadded:: 0.1.0
    """

    kind: EventKind
    time: float
    work: int
    is_scope: bool
    verb: str
    operation: str | None = None
    tables: tuple[str, ...] = ()
    client_request_token: str | None = None
    action: Action | None = None
    attempts: int = 0
    seconds: float | None = None
    error: BaseException | None = None
    meaning: BaseException | None = None
    is_rerun: bool = False
    rerun_of: int | None = None
    read_units: Mapping[str, float] = _NOTHING
    write_units: Mapping[str, float] = _NOTHING
    replayed: bool = False
    request_id: str | None = None
    _list_actions: Callable[[], tuple[ActionSummary, ...]] = attrs.field(
        default=_no_actions, alias="list_actions", repr=False
    )

    @property
    def actions(self) -> tuple[ActionSummary, ...]:
        """What a commit or a single write has sent, listed at each call; else nothing.

        There is none for a batch, and none for other kinds of events.
        """
        return self._list_actions()

    @property
    def error_code(self) -> str | None:
        """What to call the error, in one word; None where there was none.

        The library's errors go by their class, and a request that was rejected as a whole by
        DynamoDB's code, which tells more. Other errors go by DynamoDB's code, too, and by their
        class where DynamoDB has not answered.
        """
        if self.error is None:
            return None
        name = type(self.error).__name__
        if _is_ours(self.error) and name != _NAMED_BY_CODE:
            return name
        return _dynamodb_code(self.error) or name

    def as_extra(self) -> dict[str, Any]:
        """Return what `logging` takes as `extra=`: the same names for every event.

        The names begin with `transactscope_`; the values are numbers, texts, lists and dicts of
        them, or None, as JSON takes them. There are no values of items among them, and no keys.

        Example:
            >>> from transactscope import Database
            >>> events = []
            >>> _ = Database(client, observers=[events.append]).put(Account("A-1", 10))
            >>> extra = events[-1].as_extra()
            >>> extra["transactscope_event"], extra["transactscope_tables"]
            ('commit', ['Account'])
        """
        action = self.action
        return facts_for_log(
            event=self.kind.value,
            work=self.work,
            verb=self.verb,
            operation=self.operation,
            tables=list(self.tables) if action is None else [action.table],
            token=self.client_request_token,
            call=None if action is None else action.call,
            attempts=self.attempts,
            seconds=self.seconds,
            error=None if self.error is None else type(self.error).__name__,
            code=_dynamodb_code(self.error),
            is_rerun=self.is_rerun,
            rerun_of=self.rerun_of,
            read_units=dict(self.read_units),
            write_units=dict(self.write_units),
            replayed=self.replayed,
            request_id=self.request_id,
        )


def _is_ours(error: BaseException) -> bool:
    """Whether it is of the library, or of an extension; `errors` may not be imported here."""
    return any(kind.__module__ == "transactscope.errors" for kind in type(error).__mro__)


def _dynamodb_code(error: BaseException | None) -> str | None:
    """Return what DynamoDB has called an error that it has answered with."""
    if hasattr(error, "server_message"):  # an answer of DynamoDB's, as the library raises it
        return cast("str | None", getattr(error, "code", None))
    answer = getattr(error, "response", None)
    found = answer.get("Error") if isinstance(answer, Mapping) else None
    code = found.get("Code") if isinstance(found, Mapping) else None
    return None if code is None else str(code)


Observer: TypeAlias = Callable[[Event], object]
"""Is called with every event; what it returns is ignored, and what it raises is logged."""
