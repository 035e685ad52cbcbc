"""What a keyring is: it seals what is to be stored encrypted, and opens it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import attrs

from transactscope.exporting import exported_from


@exported_from("transactscope.types")
@attrs.frozen
class KeyringEntry:
    """One value that a keyring is to seal or to open.

    Attributes:
        content: The plain bytes where it is sealed, the sealed ones where it is opened.
        context: What it belongs to, in bytes. They are not stored: what is opened in another
            context than it was sealed in must be refused.
        table: The table of the entity, as its class names it, for whoever watches over the keys.

    Example:
        >>> from transactscope.types import KeyringEntry
        >>> KeyringEntry(b"1234", b"card of C-1", "Customer")
        KeyringEntry(context=b'card of C-1', table='Customer')

    .. versionadded:: 0.1.0
    """

    content: bytes = attrs.field(repr=False)
    context: bytes
    table: str


@exported_from("transactscope.types")
class Keyring(Protocol):
    """Seals and opens values; `Database(client, keyring=...)` asks it.

    For an `AsyncDatabase` both methods may be coroutine functions. One keyring may be called by
    many threads or tasks at once.

    What is raised by `seal`, or by `open` for another reason than that the value itself is not
    right, becomes a `KeyServiceError` if it is no error of the library: nothing is sent then.

    .. versionadded:: 0.1.0
    """

    @property
    def overhead(self) -> int:
        """Bytes that a sealed value has more than the plain one, at least.

        It is known before there is a key, so that what is surely too large is refused at the call.
        """
        ...

    @property
    def blocks(self) -> bool:
        """Whether the methods may wait for something, as for a network.

        An `AsyncDatabase` calls them in a thread then. False for coroutine functions.
        """
        ...

    def seal(self, entries: Sequence[KeyringEntry], /) -> Any:
        """Return the sealed bytes of every entry, in order: all values of one request.

        Args:
            entries: At least one. The same content is sealed differently each time.

        Raises:
            KeyServiceError: There is no key to be had. Nothing is sent.
        """
        ...

    def open(self, entries: Sequence[KeyringEntry], /) -> Any:
        """Return the plain bytes of every entry, in order.

        Raises:
            DecryptionError: One was not sealed by this keyring, in this context.
            KeyServiceError: There is no key to be had.
        """
        ...
