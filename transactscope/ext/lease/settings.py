"""What a lease is told when it is made, checked.

May import public modules only. Sends nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from typing import Any, Final

import attrs

import transactscope
from transactscope import EntityKey
from transactscope.errors import InvalidRequestError, TransactScopeError
from transactscope.ext.lease.items import LeaseFields, LeaseItem

_LONGEST: Final = 366 * 24 * 3600.0  # seconds; nobody waits for the end of a longer lease
_SCOPES: Final = ("TransactScope", "AsyncTransactScope")


@contextlib.contextmanager
def reading(call: str) -> Generator[None]:
    """Turn what an argument's own code raises while it is read into an error of the library."""
    try:
        yield
    except TransactScopeError:
        raise
    except Exception as error:
        msg = f"{call}: an argument cannot be read: {type(error).__name__} was raised meanwhile"
        raise InvalidRequestError(msg, code="UNREADABLE_ARGUMENT") from error


@attrs.frozen(kw_only=True)
class Settings:
    """How long a lease lasts, and how one waits for it; all of them are seconds.

    Attributes:
        duration: From a request until others may take it.
        margin: For so long before that its holder does not trust in it any more.
        timeout: For so long one who finds it taken waits.
        poll: Between two tries of one who waits, at most.
    """

    duration: float
    margin: float
    timeout: float
    poll: float


def checked_settings(*, duration: Any, margin: Any, timeout: Any, poll: Any) -> Settings:
    """Return the settings, or refuse a number that cannot be one of them."""
    made = Settings(
        duration=seconds("duration", duration),
        margin=seconds("margin", margin, least=0),
        timeout=seconds("timeout", timeout, least=0),
        poll=seconds("poll", poll),
    )
    if made.margin >= made.duration:
        raise _wrong_number("margin= must be less than duration=")
    return made


def seconds(name: str, value: Any, *, least: float | None = None) -> float:
    """Return a number of seconds; it is more than nothing, or not less than the least."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and (value > 0 if least is None else value >= least) and value <= _LONGEST:
        return float(value)
    fits = "over 0" if least is None else f"from {least:g} on"
    raise _wrong_number(f"{name}= must be seconds, a number {fits} and not over {_LONGEST:g}")


def checked_function(name: str, value: Any) -> Callable[..., Any]:
    """Return what can be called."""
    if callable(value):
        return value  # type: ignore[no-any-return]
    raise InvalidRequestError(f"{name}= must be a function, not {type(value).__name__}")


def checked_key(target: Any) -> EntityKey[LeaseFields]:
    """Return the key of a lease, which may be told by its name."""
    if isinstance(target, str):
        return EntityKey(LeaseItem, target)
    is_key = isinstance(target, EntityKey)
    if is_key and issubclass(target.entity_class, LeaseFields):
        return target  # type: ignore[no-any-return]
    given = f"one of {target.entity_class.__name__}" if is_key else type(target).__name__
    raise InvalidRequestError(
        f"a lease takes a name, or an EntityKey of a class that is derived from LeaseFields, "
        f"not {given}"
    )


def checked_owner(owner: Any) -> str | None:
    """Return what a holder says of itself."""
    if owner is None or isinstance(owner, str):
        return owner
    raise InvalidRequestError(f"owner= must be a text or None, not {type(owner).__name__}")


def checked_token(token: Any) -> str:
    """Return what can tell one holder from another."""
    if isinstance(token, str) and token:
        return token
    raise InvalidRequestError("new_token= must return a text that is not empty")


def checked_database(db: Any, kind: str) -> Any:
    """Return a database of the right kind."""
    # Asked by name: the asynchronous one is loaded where it is used only.
    if isinstance(db, getattr(transactscope, kind)):
        return db
    twin = {"Database": "AsyncLease", "AsyncDatabase": "Lease"}[kind]
    raise InvalidRequestError(
        f"this lease takes an object of {kind}, not of {type(db).__name__}; there is also {twin}"
    )


def checked_scope(tx: Any, call: str) -> Any:
    """Return a scope of either kind."""
    with reading(call):
        # The asynchronous one is loaded only where something else was given.
        if any(isinstance(tx, getattr(transactscope, kind)) for kind in _SCOPES):
            return tx
    raise InvalidRequestError(f"{call} takes a scope, not {type(tx).__name__}")


def _wrong_number(msg: str) -> InvalidRequestError:
    return InvalidRequestError(msg, code="INVALID_POLICY")
