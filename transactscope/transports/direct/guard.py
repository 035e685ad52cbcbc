"""May a client's request go past botocore? Only where nobody would notice.

`Watch.over` looks closely, once: every method that botocore would go through is botocore's own,
nothing foreign listens, and no setting asks for what the direct transport does not do. What it saw
is written down as identities, and `unchanged` compares them before every request. A private
name of botocore's or urllib3's that is not there, or is of another kind, raises and forbids it all.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

import botocore.credentials
from botocore.history import get_global_history_recorder

from transactscope.transports.direct.listeners import (
    DEBUG,
    refuse_listeners,
    refuse_readers_of_the_log,
    remembered_levels,
)
from transactscope.transports.direct.methods import own_methods, refuse_other_connections
from transactscope.transports.direct.parts import ForeignError, Parts, Seen, same


class Watch:
    """What a client was when it was looked at, for one operation.

    Attributes:
        unchanged: Whether the client is still as it was; may raise AttributeError.
        parts: The client's parts.
    """

    __slots__ = ("parts", "unchanged")

    def __init__(self, parts: Parts, seen: list[Seen]) -> None:
        self.parts: Parts = parts
        self.unchanged: Callable[[], bool] = _comparison(seen, parts)

    @classmethod
    def over(cls, client: Any, operation: str) -> Watch:
        """Look at a client.

        Raises:
            ForeignError: The request has to go through botocore, at least for now.
            AttributeError: A private name is missing: it has to for good.
        """
        # Before anything is looked at: who sets a level meanwhile makes this one forgotten.
        remembered_levels()[DEBUG] = False
        parts = Parts(client)
        lookups = parts.emitter._lookup_cache
        refuse_readers_of_the_log()
        refuse_listeners(parts, operation)
        seen = [*_settings(parts), *own_methods(parts, operation), *_instances(parts, lookups)]
        return cls(parts, seen)


def _instances(parts: Parts, lookups: Any) -> Iterator[Seen]:
    """List what the parts of the client are connected to."""
    client, endpoint, session, signer = parts.client, parts.endpoint, parts.session, parts.signer
    yield client, "meta", parts.meta
    yield client, "_endpoint", endpoint
    yield client, "_request_signer", signer
    yield client, "_ruleset_resolver", parts.resolver
    yield client, "_serializer", client._serializer
    yield parts.meta, "events", parts.events
    yield endpoint, "_event_emitter", same(endpoint._event_emitter, parts.events)
    yield endpoint, "http_session", session
    yield session, "_manager", parts.manager
    yield session, "_proxy_config", parts.proxies
    yield session, "_verify", session._verify
    yield signer, "_region_name", signer._region_name
    yield signer, "_signature_version", signer._signature_version
    yield parts.events, "_emitter", parts.emitter
    yield parts.emitter, "_lookup_cache", lookups  # a new one whenever a handler comes or goes


def _settings(parts: Parts) -> Iterator[Seen]:
    """List the settings that must be so, and refuse the client if they are not."""
    is_verified = parts.session._verify is True or isinstance(parts.session._verify, str)
    is_adaptive = (parts.config.retries or {}).get("mode") == "adaptive"
    checks = (
        (is_verified, "certificates are not checked"),
        (not is_adaptive, "botocore limits the rate of requests"),
        (not parts.proxies._proxies, "there is a proxy"),
        (parts.manager.proxy is None, "there is a proxy"),
        (parts.signer._signature_version == "v4", "requests are signed otherwise"),
        (isinstance(parts.signer._credentials, botocore.credentials.Credentials), "credentials"),
    )
    for is_fine, what in checks:
        if not is_fine:
            raise ForeignError(what)
    recorder: Any = get_global_history_recorder()
    yield recorder, "_enabled", same(recorder._enabled, expected=False)
    yield parts.proxies, "_proxies", parts.proxies._proxies
    refuse_other_connections(parts.manager.pool_classes_by_scheme)


def _comparison(seen: list[Seen], parts: Parts) -> Callable[[], bool]:
    """Return a function that compares what was seen with what is, by identity.

    It is written out as one expression: it runs before every request, and a loop costs
    several times as much. Equality would not do, as a wrapper says that it equals what it wraps.
    """
    known: dict[str, Any] = {"_levels": remembered_levels(), "_proxied": parts.proxies._proxies}
    tests = [f"{DEBUG} in _levels", "not _proxied"]
    for number, (owner, name, value) in enumerate(seen):
        known[f"o{number}"], known[f"v{number}"] = owner, value
        tests.append(f"o{number}.{name} is v{number}")
    for number, owner in enumerate(_with_attributes(parts)):  # a method that hides the class's own
        known[f"i{number}"] = owner.__dict__
        tests.append(f"len(i{number}) == {len(owner.__dict__)}")
    parameters = ", ".join(f"{name}={name}" for name in known)
    text = f"def unchanged({parameters}):\n    return {' and '.join(tests)}\n"
    exec(_compiled(text), known)  # noqa: S102 - the text is made of names of this module
    unchanged: Callable[[], bool] = known["unchanged"]
    return unchanged


@functools.lru_cache(maxsize=64)
def _compiled(text: str) -> CodeType:
    """Compile a text: clients that are made alike have the same."""
    return compile(text, __name__, "exec")


def _with_attributes(parts: Parts) -> tuple[Any, ...]:
    owners = (
        parts.client,
        parts.endpoint,
        parts.session,
        parts.manager,
        parts.signer,
        parts.events,
        parts.emitter,
    )
    for owner in owners:
        hidden = [name for name in owner.__dict__ if hasattr(type(owner), name)]
        if hidden:
            msg = "an object hides a method of its class"
            raise ForeignError(msg)
    return owners
