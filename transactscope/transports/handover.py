"""A request's bytes, handed over ready-made to the client's own method.

A client takes a request as dicts, checks them, turns them into other dicts and writes those as
JSON: most of what a large commit costs. Here the method is called with a parcel in place of its
parameters. The client's public events open it: `before-parameter-build` puts a skeleton in its
place, with which the client resolves its endpoint and makes the request, and `before-call` the
bytes of the whole in place of the skeleton's. Signing, retries, connections and all that others
listen to come after that, and are the client's.

Nobody may see the skeleton, and nothing may become of it. So parcels are for clients only whose
code is botocore's and whose parameters nobody else listens to; all others get the parameters
themselves. A client that is given a parcel and does not open it sends nothing: it knows no such
parameter. A skeleton that was sent after all would be refused by every server, and writes nothing.
Whatever came of a parcel that was not delivered, the call is made again with the parameters.
"""

from __future__ import annotations

import inspect
import threading
import weakref
from collections.abc import Awaitable, Callable, Mapping
from types import FunctionType, MethodType
from typing import Any, Final

import attrs
from botocore.client import BaseClient
from botocore.history import get_global_history_recorder
from botocore.hooks import EventAliaser

from transactscope.types import FrozenRequest

Method = Callable[..., Any]

_MAKERS: Final = frozenset({"botocore", "aiobotocore"})
_HANDLER_ID: Final = "transactscope-handover"

# The one parameter of a call with a parcel, which no operation has, and its place in the context
# of the call between the two events.
_PARCEL: Final = "TransactScopeParcel"

# Whoever reads it in a refusal finds this module; no server takes it for an expression.
_NOT_DELIVERED: Final = "this request was not handed over"

# botocore asks the handlers of more words before those of fewer, and of stars before any word.
_OPENING: Final = "before-parameter-build.dynamodb"
_DELIVERING: Final = "before-call.*.*"

# What a client's method calls with its parameters; tools that trace or stand in wrap them.
_STEPS: Final = (
    "_make_api_call",
    "_emit_api_params",
    "_resolve_endpoint_ruleset",
    "_convert_to_request_dict",
)

# The events that show parameters. History is told of them, too, where it is switched on.
_SHOWING: Final = (
    "provide-client-params.dynamodb.{}",
    "before-parameter-build.dynamodb.{}",
    "before-endpoint-resolution.dynamodb",
)
_HISTORY: Final[Any] = get_global_history_recorder()


@attrs.define(eq=False, repr=False)
class Parcel:
    """A request on its way into a client: neither a text, nor a list or dict, nor shown in logs."""

    content: bytes
    skeleton: Mapping[str, Any]
    is_delivered: bool = False

    @property
    def parameters(self) -> dict[str, Any]:
        """What the client's method is called with."""
        return {_PARCEL: self}


def call(handover: Handover | None, method: Method, request: FrozenRequest) -> Any:
    """Call a client's method with a request, handed over ready-made where that can be done."""
    parcel = None if handover is None else handover.parcel(method, request)
    if parcel is None:
        return method(**request.body)
    try:
        answer = method(**parcel.parameters)
    except Exception:
        if parcel.is_delivered:
            raise
    else:
        if parcel.is_delivered or inspect.isawaitable(answer):
            return answer
    return method(**request.body)


async def call_async(handover: Handover | None, method: Method, request: FrozenRequest) -> Any:
    """Do the same with a client whose answers may be awaited."""
    parcel = None if handover is None else handover.parcel(method, request)
    if parcel is None:
        return await _answer_of(method(**request.body))
    try:
        answer = await _answer_of(method(**parcel.parameters))
    except Exception:
        if parcel.is_delivered:
            raise
    else:
        if parcel.is_delivered:
            return answer
    return await _answer_of(method(**request.body))


async def _answer_of(answer: Awaitable[Any] | Any) -> Any:
    return await answer if inspect.isawaitable(answer) else answer


def handover_to(client: Any) -> Handover | None:
    """Return what hands requests over to a client; None for what is no client of botocore's.

    It registers with the client, once. Nothing is sent.
    """
    if not _is_botocores_client(type(client)):
        return None
    with _lock:
        known = _handovers.get(client)
        handover = None if known is None else known()
        if handover is None:
            handover = Handover(client)
            handover.register()
            _handovers[client] = weakref.ref(handover)
        return handover


# A client's handover lives as long as it is registered: through its events it knows the client,
# so that the client would never go if it were kept here.
_handovers: weakref.WeakKeyDictionary[Any, weakref.ref[Handover]] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


@attrs.define(eq=False, repr=False, weakref_slot=True)
class Handover:
    """Makes parcels for one client, and opens them inside of it.

    It looks at names that are botocore's own affair, only to find out who else listens. Where one
    of them is missing, there are no parcels.
    """

    _client: Any
    _known: set[Any] = attrs.field(factory=set)
    _verdicts: dict[str, tuple[Any, bool]] = attrs.field(factory=dict)

    def register(self) -> None:
        """Listen to the client, before everybody else where the bytes are put in."""
        events = self._client.meta.events
        events.register_first(_OPENING, self._open, f"{_HANDLER_ID}-opening")
        events.register_first(_DELIVERING, self._deliver, f"{_HANDLER_ID}-delivering")

    def parcel(self, method: Method, request: FrozenRequest) -> Parcel | None:
        """Return a request as a parcel, or None if the method has to get the parameters."""
        skeleton_of = _SKELETONS.get(request.operation)
        if skeleton_of is None or not request.tables:
            return None
        if not self._is_free(method, request.operation):
            return None
        skeleton = skeleton_of(request)
        return None if skeleton is None else _packed(request, skeleton)

    def _is_free(self, method: Method, operation: str) -> bool:
        """Whether nobody but botocore would see what a method is called with."""
        try:
            return (
                self._is_botocores(method)
                and all(self._is_botocores(getattr(self._client, name)) for name in _STEPS)
                and not _HISTORY._enabled  # noqa: SLF001 - it has no public name
                and self._is_unheard(operation)
            )
        except AttributeError:  # another botocore
            return False

    def _is_botocores(self, method: Any) -> bool:
        if type(method) is not MethodType or method.__self__ is not self._client:
            return False
        function = method.__func__
        if function in self._known:
            return True
        is_own = _is_botocores_function(function)
        if is_own:
            self._known.add(function)
        return is_own

    def _is_unheard(self, operation: str) -> bool:
        """Whether no event shows a call's parameters to anybody else.

        Any change of what is registered gives the events a new cache, which tells that they
        have to be looked at again.
        """
        events: Any = self._client.meta.events
        if not _is_botocores_aliaser(events):
            return False
        emitter = events._emitter  # noqa: SLF001 - no public name tells who listens
        cache = emitter._lookup_cache  # noqa: SLF001 - the same
        verdict = self._verdicts.get(operation)
        if verdict is None or verdict[0] is not cache:
            verdict = (cache, _is_unheard_in(emitter, operation))
            self._verdicts[operation] = verdict
        return verdict[1]

    def _open(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        """Put the skeleton in the place of a parcel."""
        parcel = params.get(_PARCEL)
        if type(parcel) is Parcel:
            params.clear()
            params.update(parcel.skeleton)
            context[_PARCEL] = parcel

    def _deliver(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        """Put the bytes of the parcel in the place of the skeleton's."""
        parcel = context.pop(_PARCEL, None)
        if parcel is not None:
            params["body"] = parcel.content
            parcel.is_delivered = True


def _packed(request: FrozenRequest, skeleton: Mapping[str, Any]) -> Parcel | None:
    try:
        return Parcel(b"".join(request.content), skeleton)
    except (TypeError, ValueError):  # it is botocore that says what cannot be written
        return None


def _is_unheard_in(emitter: Any, operation: str) -> bool:
    if _maker(type(emitter).__module__) not in _MAKERS:
        return False
    handlers_of = emitter._handlers.prefix_search  # noqa: SLF001 - no public name tells them
    delivering = handlers_of(f"before-call.dynamodb.{operation}")
    showing = [handlers_of(event.format(operation)) for event in _SHOWING]
    return (
        _is_ours(next(iter(delivering), None), Handover._deliver)  # noqa: SLF001 - the same module
        and any(_is_opening(handler) for handler in showing[1])
        and all(
            _is_opening(handler) or _is_botocores_function(handler)
            for handlers in showing
            for handler in handlers
        )
    )


def _is_botocores_aliaser(events: Any) -> bool:
    return type(events) is EventAliaser


def _is_opening(handler: Any) -> bool:
    return _is_ours(handler, Handover._open)  # noqa: SLF001 - the same module


def _is_ours(handler: Any, function: Any) -> bool:
    return type(handler) is MethodType and handler.__func__ is function


def _is_botocores_client(kind: type) -> bool:
    """Whether a client's class is one that botocore makes; subclasses and proxies are not."""
    own = (base for base in kind.__mro__ if base is not object)
    return issubclass(kind, BaseClient) and all(_maker(base.__module__) in _MAKERS for base in own)


def _is_botocores_function(function: Any) -> bool:
    """Whether a function and all that it wraps were written by botocore.

    The names that a function says of itself are copied by whoever wraps it; where it finds its
    global names is not.
    """
    while type(function) is FunctionType:
        if _maker(function.__globals__.get("__name__", "")) not in _MAKERS:
            return False
        if "__wrapped__" not in function.__dict__:
            return True
        function = function.__dict__["__wrapped__"]
    return False


def _maker(module: str) -> str:
    return module.partition(".")[0]


def _of_transaction(request: FrozenRequest) -> dict[str, Any] | None:
    if request.token is None:  # botocore makes one up, so that its own retries write once
        return None
    check = {"Key": {}, "ConditionExpression": _NOT_DELIVERED}
    entries = [{"ConditionCheck": {"TableName": table, **check}} for table in request.tables]
    # Not the token of the request: a server must not know it for anything else.
    return {"TransactItems": entries, "ClientRequestToken": _HANDLER_ID}


def _of_transaction_get(request: FrozenRequest) -> dict[str, Any]:
    gets = [{"Get": {"TableName": table, "Key": {}}} for table in request.tables]
    return {"TransactItems": gets}


def _of_put(request: FrozenRequest) -> dict[str, Any]:
    (table,) = request.tables
    return {"TableName": table, "Item": {}, "ConditionExpression": _NOT_DELIVERED}


def _of_update(request: FrozenRequest) -> dict[str, Any]:
    (table,) = request.tables
    return {"TableName": table, "Key": {}, "ConditionExpression": _NOT_DELIVERED}


def _of_batch_write(request: FrozenRequest) -> dict[str, Any]:
    deletes: list[Any] = [{"DeleteRequest": {"Key": {}}}]
    return {"RequestItems": dict.fromkeys(request.tables, deletes)}


def _of_batch_get(request: FrozenRequest) -> dict[str, Any]:
    keys = {"Keys": [{}], "ProjectionExpression": _NOT_DELIVERED}
    return {"RequestItems": dict.fromkeys(request.tables, keys)}


# The least that a client takes for each operation, with every table in its order, because tables
# may choose the endpoint. A server finds no key in any of them, and no expression. DeleteItem and
# GetItem are hardly longer than this, and Query carries no items.
_SKELETONS: Final[Mapping[str, Callable[[FrozenRequest], dict[str, Any] | None]]] = {
    "TransactWriteItems": _of_transaction,
    "TransactGetItems": _of_transaction_get,
    "PutItem": _of_put,
    "UpdateItem": _of_update,
    "BatchWriteItem": _of_batch_write,
    "BatchGetItem": _of_batch_get,
}
