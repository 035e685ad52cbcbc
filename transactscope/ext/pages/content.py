"""What a page token says, and what it belongs to, in bytes."""

from __future__ import annotations

import binascii
import json
import re
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Final

from transactscope.errors import InvalidPageTokenError, InvalidRequestError
from transactscope.types import Item, KeyringEntry

_FORMAT: Final = b"transactscope page 1"
_TABLE: Final = "page tokens"  # what a key service is told in the place of a table
_LENGTH_BYTES: Final = 4
_EXPIRY: Final = struct.Struct(">Q")  # seconds since 1970
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST: Final = 32768  # characters; two keys of the greatest length have about a half
_KEY_TAGS: Final = ("S", "N", "B")


def context_of(query: Any, caller: Any) -> bytes:
    """Return what binds a token to a query and a caller.

    Raises:
        InvalidRequestError: The query is none, or the caller is no text.
    """
    fingerprint = getattr(query, "fingerprint", None)
    if not isinstance(fingerprint, bytes):
        msg = f"a query of Database.query() was expected, not {type(query).__name__}"
        raise InvalidRequestError(msg)
    if not isinstance(caller, str):
        msg = f"caller= is a text, not {type(caller).__name__}"
        raise InvalidRequestError(msg)
    parts = (_FORMAT, fingerprint, caller.encode(errors="surrogatepass"))
    return b"".join(len(part).to_bytes(_LENGTH_BYTES, "big") + part for part in parts)


def entry_to_seal(key: Item, context: bytes, expires: int) -> KeyringEntry:
    """Return what a keyring makes a token of."""
    written = json.dumps(key, separators=(",", ":"), default=_base64, ensure_ascii=False)
    content = _EXPIRY.pack(expires) + written.encode(errors="surrogatepass")
    return KeyringEntry(content, context, _TABLE)


def entry_to_open(token: Any, context: bytes) -> KeyringEntry:
    """Return what a keyring has to open.

    Raises:
        InvalidPageTokenError: The token is no text of the kind that is made here.
    """
    if not isinstance(token, str) or len(token) > _LONGEST or not _TOKEN.fullmatch(token):
        raise refused()
    try:
        content = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except binascii.Error:
        raise refused() from None
    if text_of(content) != token:  # bits that mean nothing: one token would have several texts
        raise refused()
    return KeyringEntry(content, context, _TABLE)


def text_of(sealed: bytes) -> str:
    """Return a token as text for URLs: the letters, digits, - and _ of base64."""
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def key_of(content: bytes, now: float) -> Item:
    """Return the LastEvaluatedKey of an opened token.

    Raises:
        InvalidPageTokenError: It has expired, or says nothing of the kind.
    """
    try:
        (expires,) = _EXPIRY.unpack_from(content)
        key: Item = json.loads(content[_EXPIRY.size :])
        found = {name: _value(value) for name, value in key.items()}
    except (struct.error, ValueError, AttributeError, TypeError, LookupError):
        raise refused() from None
    if now >= expires:
        raise refused()
    return found


def refused() -> InvalidPageTokenError:
    """Return the one error for every token that is not taken."""
    return InvalidPageTokenError("this page token is not valid here, or not any more")


def _base64(value: Any) -> str:
    return urlsafe_b64encode(value).decode()


def _value(value: Any) -> dict[str, Any]:
    ((tag, content),) = value.items()
    if tag not in _KEY_TAGS or not isinstance(content, str):
        raise ValueError
    return {tag: urlsafe_b64decode(content) if tag == "B" else content}
