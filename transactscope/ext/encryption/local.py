"""A keyring whose keys are in the program: for tests, and where keys come from elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from transactscope.errors import InvalidRequestError
from transactscope.ext.arguments import reading
from transactscope.ext.encryption.envelope import (
    KEY_BYTES,
    OVERHEAD,
    Envelope,
    WrappedKey,
    not_ours,
    opened_with,
    sealed_under,
)
from transactscope.ext.encryption.names import checked_function, checked_name
from transactscope.types import KeyringEntry

_SALT_BYTES: Final = 32
_PURPOSE: Final = b"transactscope data key 1"


class LocalKeyring:
    """Seals under keys that the program has, AES-256-GCM. Nothing is sent to anybody.

    Every request gets a data key of its own, derived from the primary key and 32 random bytes with
    HKDF-SHA-256 [RFC 5869], so that the number of values of one key needs no counting.

    Threads: may be shared by any number of threads and tasks.

    Args:
        keys: Names to keys of 32 bytes each. Names stand in what is stored; 1 to 255 bytes.
        primary: The name of the key that is sealed under; None means the only one, or the last
            one of several. The others are for what was sealed before.
        random_bytes: Gives so many random bytes, for salts and nonces.

    Attributes:
        overhead: Bytes that a sealed value has more than the plain one.
        blocks: False: nothing is waited for.

    Raises:
        InvalidRequestError: There is no key, or one of them cannot be used.

    Example:
        >>> from transactscope.ext.encryption import LocalKeyring
        >>> from transactscope.types import KeyringEntry
        >>> keyring = LocalKeyring({"2026": bytes(range(32))})
        >>> (sealed,) = keyring.seal([KeyringEntry(b"1234", b"card of C-1", "Customer")])
        >>> keyring.open([KeyringEntry(sealed, b"card of C-1", "Customer")])
        [b'1234']

    .. versionadded:: 0.1.0
    """

    def __init__(
        self,
        keys: Mapping[str, bytes],
        *,
        primary: str | None = None,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        with reading("LocalKeyring()"):
            self._keys = _checked_keys(keys)
            self._primary = _checked_primary(self._keys, primary)
            self._random_bytes = checked_function("random_bytes", random_bytes)
        self.blocks: bool = False
        self.overhead: int = OVERHEAD + len(self._primary.encode()) + _SALT_BYTES

    def seal(self, entries: Sequence[KeyringEntry], /) -> list[bytes]:
        """Return the sealed bytes of every entry, in order, all under one new data key."""
        wrapped = WrappedKey(self._primary, self._random_bytes(_SALT_BYTES))
        data_key = self._data_key(wrapped)
        return [
            sealed_under(wrapped, data_key, each.content, each.context, self._random_bytes)
            for each in entries
        ]

    def open(self, entries: Sequence[KeyringEntry], /) -> list[bytes]:
        """Return the plain bytes of every entry, in order.

        Raises:
            DecryptionError: One was not sealed by this keyring, in this context.
        """
        envelopes = [Envelope.of(each.content) for each in entries]
        keys = {wrapped: self._data_key(wrapped) for wrapped in {each.key for each in envelopes}}
        return [
            opened_with(envelope, keys[envelope.key], entry.context)
            for envelope, entry in zip(envelopes, entries, strict=True)
        ]

    def _data_key(self, wrapped: WrappedKey) -> bytes:
        key = self._keys.get(wrapped.name)
        if key is None:
            raise not_ours()
        derivation = HKDF(SHA256(), length=KEY_BYTES, salt=wrapped.content, info=_PURPOSE)
        return derivation.derive(key)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._primary}>"


def _checked_primary(keys: Mapping[str, bytes], primary: Any) -> str:
    if primary is None:
        return list(keys)[-1]
    if isinstance(primary, str) and primary in keys:
        return primary
    msg = "primary= must be the name of one of the keys"
    raise InvalidRequestError(msg, code="INVALID_KEYRING")


def _checked_keys(keys: Any) -> dict[str, bytes]:
    if not isinstance(keys, Mapping) or not keys:
        msg = "LocalKeyring takes a mapping of names to keys, at least one"
        raise InvalidRequestError(msg, code="INVALID_KEYRING")
    for name, key in keys.items():
        checked_name(name)
        if not isinstance(key, bytes) or len(key) != KEY_BYTES:
            msg = f"the key {name!r} must be {KEY_BYTES} bytes"
            raise InvalidRequestError(msg, code="INVALID_KEYRING")
    return dict(keys)
