"""The bytes of a sealed value: which key it is under, and AES-256-GCM.

Format 1, in this order; lengths are big-endian:

    1 byte    the format, 1
    1 byte    the length of the key's name, 1 to 255
    n bytes   the key's name in UTF-8
    2 bytes   the length of the wrapped data key, 0 to 65,535
    n bytes   the wrapped data key, whose form is the keyring's own affair
    12 bytes  the nonce
    n bytes   the encrypted content, as long as the plain one
    16 bytes  the tag

All that stands before the nonce, and the context behind it, is authenticated with the content.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

import attrs
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from transactscope.errors import DecryptionError

KEY_BYTES: Final = 32
"""The length of every key: AES-256."""

_FORMAT: Final = 1
_NONCE_BYTES: Final = 12  # 96 bits, chosen at random [NIST SP 800-38D, 8.2.2]
_TAG_BYTES: Final = 16
_AROUND_NAME: Final = struct.Struct(">BB")
_AROUND_KEY: Final = struct.Struct(">H")

OVERHEAD: Final = _AROUND_NAME.size + _AROUND_KEY.size + _NONCE_BYTES + _TAG_BYTES
"""What a sealed value has beside its content, the key's name and the wrapped data key, in bytes."""


@attrs.frozen
class WrappedKey:
    """A data key as it travels with the values that are sealed under it.

    Attributes:
        name: The name of the key that it is wrapped under.
        content: The wrapped data key.
    """

    name: str
    content: bytes = attrs.field(repr=False)

    @property
    def header(self) -> bytes:
        """What a sealed value begins with."""
        name = self.name.encode()
        return b"".join(
            (
                _AROUND_NAME.pack(_FORMAT, len(name)),
                name,
                _AROUND_KEY.pack(len(self.content)),
                self.content,
            )
        )


@attrs.frozen
class Envelope:
    """A sealed value, taken apart.

    Attributes:
        key: The data key that it is sealed under.
        nonce: The nonce.
        sealed: The encrypted content and the tag.
    """

    key: WrappedKey
    nonce: bytes = attrs.field(repr=False)
    sealed: bytes = attrs.field(repr=False)

    @classmethod
    def of(cls, content: bytes) -> Envelope:
        """Take sealed bytes apart.

        Raises:
            DecryptionError: They are nothing of this format.
        """
        try:
            format_, length = _AROUND_NAME.unpack_from(content)
            at = _AROUND_NAME.size + length
            name = content[_AROUND_NAME.size : at].decode()
            (key_length,) = _AROUND_KEY.unpack_from(content, at)
        except (struct.error, UnicodeDecodeError):
            raise not_ours() from None
        key_at = at + _AROUND_KEY.size
        nonce_at = key_at + key_length
        sealed_at = nonce_at + _NONCE_BYTES
        if format_ != _FORMAT or not name or len(content) < sealed_at + _TAG_BYTES:
            raise not_ours()
        key = WrappedKey(name, content[key_at:nonce_at])
        return cls(key, content[nonce_at:sealed_at], content[sealed_at:])


def sealed_under(
    wrapped: WrappedKey,
    data_key: bytes,
    content: bytes,
    context: bytes,
    random_bytes: Callable[[int], bytes],
) -> bytes:
    """Return the sealed bytes of a content.

    Args:
        wrapped: The data key as it is to be stored.
        data_key: The data key itself, 32 bytes.
        content: What is sealed.
        context: What it belongs to.
        random_bytes: Makes the nonce. With random nonces one key may seal 2^32 values [NIST SP
            800-38D, 8.3]; keyrings take a new data key for every request.
    """
    nonce, header = random_bytes(_NONCE_BYTES), wrapped.header
    return header + nonce + AESGCM(data_key).encrypt(nonce, content, header + context)


def opened_with(envelope: Envelope, data_key: bytes, context: bytes) -> bytes:
    """Return the content of an envelope.

    Raises:
        DecryptionError: It was changed, or sealed in another context or under another key.
    """
    try:
        header = envelope.key.header
        return AESGCM(data_key).decrypt(envelope.nonce, envelope.sealed, header + context)
    except InvalidTag:
        raise not_ours() from None


def not_ours() -> DecryptionError:
    """Return the error for what was not sealed by this keyring in this context."""
    problem = "this was not sealed by this keyring for this place"
    return DecryptionError(problem, type="B")
