"""A keyring whose data keys come from AWS KMS: one for every request, unwrapped once for reads."""

from __future__ import annotations

import inspect
import os
import struct
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import ClientError

from transactscope.errors import InvalidRequestError, KeyServiceError
from transactscope.ext.arguments import reading
from transactscope.ext.encryption.cache import KeyCache
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
from transactscope.ext.steps import Steps, awaited, performed
from transactscope.types import KeyringEntry

_PURPOSE: Final = "transactscope"
_TABLES: Final = "tables"
_FORMAT: Final = "fields 1"
_TABLES_LENGTH: Final = struct.Struct(">H")
_MOST_TABLE_BYTES: Final = 1024  # of the names of tables; they travel with every value

# What KMS says of a data key that is not one, or not one of this key and context [Decrypt, KMS
# API Reference, 2026-11].
_WRONG_KEY_CODES: Final = frozenset({"IncorrectKeyException", "InvalidCiphertextException"})
# What may pass by itself [Common errors and Decrypt, KMS API Reference, 2026-11].
_PASSING_CODES: Final = frozenset(
    {
        "DependencyTimeoutException",
        "KeyUnavailableException",
        "KMSInternalException",
        "LimitExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
    }
)


class KmsKeyring:
    """Seals under data keys of AWS KMS, AES-256-GCM.

    What is sent to KMS: one GenerateDataKey for each request that writes something encrypted,
    whatever the number of values. For reads one Decrypt for each data key that is not in the
    cache; a data key that was just made is in it. Their encryption context says `transactscope:
    fields 1` and, as `tables`, the tables that are written, as their classes name them, sorted and
    with commas between; CloudTrail shows both.
    Threads: may be shared by any number of threads and tasks. With a client of boto3's, an
    `AsyncDatabase` calls it in threads; a client of aiobotocore's is awaited.

    Args:
        client: A KMS client, of boto3 or of aiobotocore.
        key_id: The key that is sealed under: an id, an alias or an ARN, as KMS takes it. It stands
            in what is stored as it is given here.
        reads: Other keys, as they were given, for what was sealed before.
        encryption_context: More of it, for your own policies; it has to be the same for reads.
        max_entries: How many data keys are kept, from 0 on.
        max_age: How many seconds each of them is kept.
        clock: Tells the time in seconds, from any point on.
        random_bytes: Gives so many random bytes, for nonces.

    Attributes:
        overhead: Bytes that a sealed value has more than the plain one, at least.
        blocks: Whether the client is one whose calls wait.

    Raises:
        InvalidRequestError: One of these cannot be used. Not sent.

    Example:
        >>> from transactscope import Database
        >>> from transactscope.ext.encryption import KmsKeyring
        >>> import boto3
        >>> kms = boto3.client("kms", region_name="eu-west-1")
        >>> key_id = kms.create_key()["KeyMetadata"]["KeyId"]
        >>> db = Database(client, keyring=KmsKeyring(kms, key_id))

    .. versionadded:: 0.1.0
    """

    def __init__(
        self,
        client: Any,
        key_id: str,
        *,
        reads: Iterable[str] = (),
        encryption_context: Mapping[str, str] | None = None,
        max_entries: int = 1000,
        max_age: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        with reading("KmsKeyring()"):
            self._client = _checked_client(client)
            self._key_id = checked_name(key_id)
            self._known = frozenset((self._key_id, *map(checked_name, _checked_reads(reads))))
            self._context = _checked_context(encryption_context)
            checked_function("clock", clock)
            self._cache = _checked_cache(max_entries, max_age, clock)
            self._random_bytes = checked_function("random_bytes", random_bytes)
            self.blocks: bool = not _is_asynchronous(client)
        self.overhead: int = OVERHEAD + len(self._key_id.encode()) + _TABLES_LENGTH.size

    def seal(self, entries: Sequence[KeyringEntry], /) -> list[bytes] | Awaitable[list[bytes]]:
        """Return the sealed bytes of every entry, in order, all under one new data key.

        Sends one GenerateDataKey.

        Raises:
            KeyServiceError: KMS gave no key.
        """
        steps = self._sealing(entries)
        return performed(steps) if self.blocks else awaited(steps)

    def open(self, entries: Sequence[KeyringEntry], /) -> list[bytes] | Awaitable[list[bytes]]:
        """Return the plain bytes of every entry, in order.

        Sends one Decrypt for each data key that is not known.

        Raises:
            DecryptionError: One was not sealed by this keyring, in this context.
            KeyServiceError: KMS did not unwrap a key.
        """
        steps = self._opening(entries)
        return performed(steps) if self.blocks else awaited(steps)

    def _sealing(self, entries: Sequence[KeyringEntry]) -> Steps[list[bytes]]:
        tables = _tables_text(each.table for each in entries)
        try:
            answer = yield self._client.generate_data_key(
                KeyId=self._key_id,
                KeySpec="AES_256",
                EncryptionContext=self._context_of(tables),
            )
        except Exception as error:
            raise _no_key("GenerateDataKey", error) from error
        written = tables.encode()
        content = _TABLES_LENGTH.pack(len(written)) + written + answer["CiphertextBlob"]
        wrapped, data_key = WrappedKey(self._key_id, content), _checked_key(answer)
        self._cache.keep(wrapped, data_key)
        return [
            sealed_under(wrapped, data_key, each.content, each.context, self._random_bytes)
            for each in entries
        ]

    def _opening(self, entries: Sequence[KeyringEntry]) -> Steps[list[bytes]]:
        envelopes = [Envelope.of(each.content) for each in entries]
        keys = {}
        for wrapped in dict.fromkeys(envelope.key for envelope in envelopes):
            keys[wrapped] = yield from self._data_key(wrapped)
        return [
            opened_with(envelope, keys[envelope.key], entry.context)
            for envelope, entry in zip(envelopes, entries, strict=True)
        ]

    def _data_key(self, wrapped: WrappedKey) -> Steps[bytes]:
        if wrapped.name not in self._known:
            raise not_ours()
        known = self._cache.get(wrapped)
        if known is not None:
            return known
        tables, content = _parts(wrapped.content)
        try:
            answer = yield self._client.decrypt(
                KeyId=wrapped.name,
                CiphertextBlob=content,
                EncryptionContext=self._context_of(tables),
            )
        except Exception as error:
            if _code(error) in _WRONG_KEY_CODES:
                raise not_ours() from error
            raise _no_key("Decrypt", error) from error
        data_key = _checked_key(answer)
        self._cache.keep(wrapped, data_key)
        return data_key

    def _context_of(self, tables: str) -> dict[str, str]:
        return {**self._context, _PURPOSE: _FORMAT, _TABLES: tables}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._key_id}>"


def _tables_text(tables: Iterable[str]) -> str:
    names = sorted(set(tables))
    text = ",".join(names)
    return text if len(text.encode()) <= _MOST_TABLE_BYTES else f"{len(names)} tables"


def _parts(content: bytes) -> tuple[str, bytes]:
    """Take the names of the tables and KMS's own bytes apart."""
    try:
        (length,) = _TABLES_LENGTH.unpack_from(content)
        at = _TABLES_LENGTH.size + length
        tables = content[_TABLES_LENGTH.size : at].decode()
    except (struct.error, UnicodeDecodeError):
        raise not_ours() from None
    if len(content) <= at:
        raise not_ours()
    return tables, content[at:]


def _checked_key(answer: Mapping[str, Any]) -> bytes:
    key = answer.get("Plaintext")
    if not isinstance(key, bytes) or len(key) != KEY_BYTES:
        msg = "KMS answered without a data key of AES-256"
        raise KeyServiceError(msg)
    return key


def _no_key(operation: str, error: Exception) -> KeyServiceError:
    """Return the error for a key that was not to be had; KMS's own texts name no values."""
    code = _code(error)
    msg = f"{operation} of KMS failed ({code or type(error).__name__}); there is no key to go on"
    return KeyServiceError(msg, retryable=code is None or code in _PASSING_CODES)


def _code(error: Exception) -> str | None:
    response = getattr(error, "response", None) if isinstance(error, ClientError) else None
    return None if response is None else str(response.get("Error", {}).get("Code"))


def _is_asynchronous(client: Any) -> bool:
    """Whether a client's answers have to be awaited; aiobotocore's methods only return them."""
    if inspect.iscoroutinefunction(client.decrypt):
        return True
    return any(kind.__module__.startswith("aiobotocore") for kind in type(client).__mro__)


def _checked_client(client: Any) -> Any:
    methods = [getattr(client, name, None) for name in ("generate_data_key", "decrypt")]
    if isinstance(client, type) or not all(map(callable, methods)):
        msg = f"KmsKeyring takes a KMS client, as boto3.client('kms'), not {type(client).__name__}"
        raise InvalidRequestError(msg, code="INVALID_KEYRING")
    return client


def _checked_reads(reads: Any) -> Iterable[Any]:
    if isinstance(reads, Iterable) and not isinstance(reads, str):
        return reads
    msg = f"reads= takes several keys, as in a list, not {type(reads).__name__}"
    raise InvalidRequestError(msg, code="INVALID_KEYRING")


def _checked_context(given: Any) -> dict[str, str]:
    if given is None:
        return {}
    is_right = isinstance(given, Mapping) and all(
        isinstance(each, str) for pair in given.items() for each in pair
    )
    if not is_right or {_PURPOSE, _TABLES} & given.keys():
        msg = f"encryption_context= maps texts to texts, and not {_PURPOSE!r} or {_TABLES!r}"
        raise InvalidRequestError(msg, code="INVALID_KEYRING")
    return dict(given)


def _checked_cache(most: Any, seconds: Any, clock: Any) -> KeyCache:
    if type(most) is not int or most < 0:
        msg = "max_entries= is a whole number from 0 on"
        raise InvalidRequestError(msg, code="INVALID_KEYRING")
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not is_number or not 0 <= seconds <= sys.float_info.max:
        msg = "max_age= is a number of seconds from 0 on"
        raise InvalidRequestError(msg, code="INVALID_KEYRING")
    return KeyCache(most, float(seconds), clock)
