"""What a send can meet, as frozen data that know how to answer.

May import `errors`, `types`, `replies`, and of botocore the exceptions that a client raises. Must
not know where faults are hooked in: what they need of a send is a protocol.
"""

import abc
import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import attrs
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from transactscope.errors import InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.testing.replies import Reply, canceled_reply, error_reply, json_reply
from transactscope.types import NO_ERROR

# The operations that are canceled with one reason per action, and where their actions are.
_ACTIONS: Final = {
    "ExecuteTransaction": "TransactStatements",
    "TransactGetItems": "TransactItems",
    "TransactWriteItems": "TransactItems",
}

# The member of an answer that tells what a batch has left over.
_LEFT_OVER: Final = {"BatchGetItem": "UnprocessedKeys", "BatchWriteItem": "UnprocessedItems"}
_OK: Final = 200  # HTTP status


class Send(Protocol):
    """One send that is under way."""

    @property
    def operation(self) -> str:
        """The API's name of the operation."""
        ...

    @property
    def body(self) -> dict[str, Any]:
        """The request as it is written on the wire."""
        ...

    @property
    def endpoint_url(self) -> str:
        """Where it goes."""
        ...

    @property
    def answer(self) -> Reply | None:
        """What was answered to the part of it that was delivered."""
        ...

    def deliver(self) -> object:
        """Let it arrive and be applied, and drop the answer; what is returned may be awaited."""
        ...

    def deliver_part(self, body: Mapping[str, Any]) -> object:
        """Let another body arrive in its place, and keep the answer; the same may be awaited."""
        ...


@exported_from("transactscope.testing")
@attrs.frozen(repr=False)
class Fault(abc.ABC):
    """What one send meets. The functions of `transactscope.testing` make them. Nothing is sent.

    Faults that do the same are equal, and each is written as the call that made it, so that a
    list of them gives tests their names.

    Threads: frozen; one fault may be injected any number of times.

    Example:
        >>> from transactscope.testing import Fault, conflict
        >>> isinstance(conflict(), Fault)
        True
        >>> conflict(index=1)
        conflict(index=1)

    .. versionadded:: 0.1.0
    """

    call: str = attrs.field(eq=False, kw_only=True)

    def __repr__(self) -> str:
        return self.call

    def begin(self, send: Send) -> object:  # noqa: ARG002 - most do nothing before they answer
        """Do what comes before the answer; if what is returned can be awaited, it is, first."""
        return None

    @abc.abstractmethod
    def meet(self, send: Send) -> Reply | None:
        """Return what answers the send, or None to let it go on, or raise in its place."""


@attrs.frozen(repr=False)
class _Arriving(Fault):
    """What happens to a request, or to its answer.

    Attributes:
        arrives: Whether the request arrives and is applied, so that only its answer is lost.
    """

    arrives: bool

    def begin(self, send: Send) -> object:
        """Let the request arrive, or not."""
        return send.deliver() if self.arrives else None


@attrs.frozen(repr=False)
class Answered(_Arriving):
    """The same answer for whatever was asked, and whatever became of it."""

    reply: Reply

    def meet(self, send: Send) -> Reply:  # noqa: ARG002 - the answer is always the same
        """Return the answer."""
        return self.reply


@attrs.frozen(repr=False)
class Refused(Fault):
    """A refusal that DynamoDB gives as a reason in a transaction, and at the top level elsewhere.

    Attributes:
        index: The action that has the reason.
        reason: The code of the reason.
        code: The code at the top level.
        message: The text of both.
    """

    index: int
    reason: str
    code: str
    message: str

    def meet(self, send: Send) -> Reply:
        """Return the refusal, with one reason for each action of the request."""
        where = _ACTIONS.get(send.operation)
        count = 1 if where is None else len(send.body.get(where, ()))
        if self.index >= count:
            msg = f"{self.call}: this {send.operation} has {count} action(s)"
            raise InvalidRequestError(msg)
        if where is None:
            return error_reply(self.code, self.message)
        reasons = [{"Code": NO_ERROR}] * count
        reasons[self.index] = {"Code": self.reason, "Message": self.message}
        return canceled_reply(reasons)


@attrs.frozen(repr=False)
class Lost(_Arriving):
    """Nobody answers in time."""

    def meet(self, send: Send) -> Reply | None:
        """Raise what a client raises that waited in vain."""
        raise ReadTimeoutError(endpoint_url=send.endpoint_url)


@attrs.frozen(repr=False)
class Unreachable(Fault):
    """Nobody is there."""

    def meet(self, send: Send) -> Reply | None:
        """Raise what a client raises that finds nobody."""
        raise EndpointConnectionError(endpoint_url=send.endpoint_url)


@attrs.frozen(repr=False)
class Raised(Fault):
    """An exception from the send itself."""

    exception: BaseException | type[BaseException]

    def meet(self, send: Send) -> Reply | None:  # noqa: ARG002 - it is raised for every request
        """Raise the exception."""
        raise self.exception


@attrs.frozen(repr=False)
class LeftOver(Fault):
    """A batch of which only a part is done.

    Attributes:
        positions: Which of its entries are left over; none means all.
        where: Says of an item or key whether its entry is left over; None means by position.
    """

    positions: frozenset[int]
    where: Callable[[Mapping[str, Any]], bool] | None

    def begin(self, send: Send) -> object:
        """Let the rest arrive, if anything is left over and anything is not."""
        left, others = self._parts(send)
        return send.deliver_part(send.body | {"RequestItems": others}) if left and others else None

    def meet(self, send: Send) -> Reply | None:
        """Return the answer to the rest, with what is left over."""
        left, others = self._parts(send)
        if not left:
            return None
        member = _LEFT_OVER[send.operation]
        if not others:
            empty: dict[str, Any] = {"Responses": {}} if send.operation == "BatchGetItem" else {}
            return json_reply(_OK, {**empty, member: left})
        answer = send.answer
        if answer is None or answer.status != _OK:
            return answer
        body = json.loads(answer.content)
        for table, more in body.get(member, {}).items():  # what the engine itself has left over
            left[table] = _joined(left.get(table), more)
        return json_reply(_OK, {**body, member: left})

    def _parts(self, send: Send) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what is left over of the request, and what is not, in the request's own form."""
        if send.operation not in _LEFT_OVER:
            msg = f"{self.call}: {send.operation} is no batch, of which something may be left over"
            raise InvalidRequestError(msg)
        position, parts = 0, (dict[str, Any](), dict[str, Any]())
        for table, wanted in send.body["RequestItems"].items():
            for entry in wanted["Keys"] if isinstance(wanted, Mapping) else wanted:
                part = parts[not self._is_left(position, entry)]
                one = {**wanted, "Keys": [entry]} if isinstance(wanted, Mapping) else [entry]
                part[table] = _joined(part.get(table), one)
                position += 1
        return parts

    def _is_left(self, position: int, entry: Mapping[str, Any]) -> bool:
        if self.where is None:
            return not self.positions or position in self.positions
        put, delete = entry.get("PutRequest"), entry.get("DeleteRequest")
        is_write = len(entry) == 1 and (put is None) != (delete is None)
        if is_write and put is not None and "Item" in put:
            return self.where(put["Item"])
        if is_write and delete is not None and "Key" in delete:
            return self.where(delete["Key"])
        return self.where(entry)


def _joined(first: Any, second: Any) -> Any:
    """Put the entries of one table together, in the form that they have."""
    if first is None:
        return second
    if isinstance(first, Mapping):
        return {**first, "Keys": [*first["Keys"], *second["Keys"]]}
    return [*first, *second]


@attrs.frozen(repr=False)
class Calling(Fault):
    """A call while the send is under way."""

    function: Callable[[], object]

    def begin(self, send: Send) -> object:  # noqa: ARG002 - it is called for every request
        """Call the function."""
        return self.function()

    def meet(self, send: Send) -> None:
        """Let the send go on."""
