"""What a send can meet, as frozen data that know how to answer.

May import `errors`, `types`, `replies`, and of botocore the exceptions that a client raises. Must
not know where faults are hooked in: what they need of a send is a protocol.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import attrs
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from transactscope.errors import InvalidRequestError
from transactscope.testing.replies import Reply, canceled_reply, error_reply
from transactscope.types import NO_ERROR

# The operations that are canceled with one reason per action, and where their actions are.
_ACTIONS: Final = {
    "ExecuteTransaction": "TransactStatements",
    "TransactGetItems": "TransactItems",
    "TransactWriteItems": "TransactItems",
}


class Send(Protocol):
    """One send that is under way."""

    @property
    def operation(self) -> str:
        """The API's name of the operation."""
        ...

    @property
    def body(self) -> Mapping[str, Any]:
        """The request as it is written on the wire."""
        ...

    @property
    def endpoint_url(self) -> str:
        """Where it goes."""
        ...

    def deliver(self) -> object:
        """Let it arrive and be applied, and drop the answer; what is returned may be awaited."""
        ...


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
class Calling(Fault):
    """A call while the send is under way."""

    function: Callable[[], object]

    def begin(self, send: Send) -> object:  # noqa: ARG002 - it is called for every request
        """Call the function."""
        return self.function()

    def meet(self, send: Send) -> None:
        """Let the send go on."""
