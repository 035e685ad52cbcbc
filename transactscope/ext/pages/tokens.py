"""The shells of page tokens: for plain and for asynchronous code."""

from __future__ import annotations

import asyncio
import inspect
import math
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, overload

from transactscope.errors import DecryptionError, InvalidRequestError
from transactscope.ext.arguments import reading
from transactscope.ext.pages.content import (
    context_of,
    entry_to_open,
    entry_to_seal,
    key_of,
    refused,
    text_of,
)
from transactscope.types import AsyncQuery, Item, Keyring, KeyringEntry, Query

_LONGEST_AGE: Final = 1_000_000_000  # seconds, some thirty years


class _BasePageTokens:
    """What both kinds have; see `PageTokens`."""

    def __init__(
        self,
        keyring: Keyring,
        *,
        max_age: float = 3600.0,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        with reading(f"{type(self).__name__}()"):
            self._keyring = _checked_keyring(keyring)
            self._max_age = _checked_age(max_age)
            self._wall_clock = _checked_clock(wall_clock)

    def _entry(self, query: Query[Any] | AsyncQuery[Any], caller: str) -> KeyringEntry | None:
        """Return what a token is made of; None where the query has come to its end."""
        with reading("seal()"):
            context, key = context_of(query, caller), query.last_evaluated_key
        expires = math.ceil(self._wall_clock() + self._max_age)
        return None if key is None else entry_to_seal(key, context, expires)

    def _entry_to_open(
        self, token: str | None, query: Query[Any] | AsyncQuery[Any], caller: str
    ) -> KeyringEntry | None:
        with reading("open()"):
            context = context_of(query, caller)
            return None if token is None else entry_to_open(token, context)

    def _key(self, contents: Sequence[bytes]) -> Item:
        return key_of(contents[0], self._wall_clock())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._max_age:g} s>"


class PageTokens(_BasePageTokens):
    """Makes texts of where queries stand, which others can keep but neither read nor change.

    A token is sealed by a keyring, for one query (its classes, table, index, key, filter, order,
    fields and values, not how many items it takes), one caller, and a time.

    What is sent: what the keyring sends; a `KmsKeyring` one GenerateDataKey for each token, and one
    Decrypt for each that it has not made or opened a while ago.
    Threads: may be shared by any number of threads.

    Args:
        keyring: Seals and opens, as `ext.encryption.LocalKeyring`.
        max_age: For how many seconds a token is taken.
        wall_clock: Tells the time in seconds since 1970.

    Raises:
        InvalidRequestError: One of these cannot be used. Not sent.

    Example:
        >>> from transactscope import Database
        >>> from transactscope.ext.encryption import LocalKeyring
        >>> from transactscope.ext.pages import PageTokens
        >>> db = Database(client)
        >>> tokens = PageTokens(LocalKeyring({"key-1": bytes(range(32))}))
        >>> def page(token=None):
        ...     start = tokens.open(token, db.query(Account, "A-1"), caller="user-7")
        ...     query = db.query(Account, "A-1", limit=20, start_after=start)
        ...     return list(query), tokens.seal(query, caller="user-7")
        >>> _ = db.put(Account("A-1", 10))
        >>> page()
        ([Account(number='A-1', balance=10)], None)

    .. versionadded:: 0.1.0
    """

    def seal(self, query: Query[Any], *, caller: str) -> str | None:
        """Return a text with which the query can be gone on with behind the last item.

        Args:
            query: A query, gone through as far as it was wanted. One that has not begun has no
                place to go on from.
            caller: Whom the token is for, for example the id of a user; whoever opens it has to
                say the same.

        Returns:
            The token: letters, digits, `-` and `_`. None where nothing is left of the query.

        Raises:
            InvalidRequestError: The query is none, or the caller no text. Not sent.
            KeyServiceError: The keyring has no key.
        """
        entry = self._entry(query, caller)
        return None if entry is None else text_of(_finished(self._keyring.seal((entry,)))[0])

    @overload
    def open(self, token: None, query: Query[Any], *, caller: str) -> None: ...
    @overload
    def open(self, token: str | None, query: Query[Any], *, caller: str) -> Item | None: ...
    def open(self, token: str | None, query: Query[Any], *, caller: str) -> Item | None:
        """Return the LastEvaluatedKey of a token, for `start_after=` of the same query.

        Args:
            token: What `seal` returned; None for the beginning.
            query: The query that it is to be for. It is not gone through.
            caller: Whom it is to be for.

        Returns:
            The key; None for None.

        Raises:
            InvalidPageTokenError: The token was changed or cut off, is for another query or caller,
                was sealed under another key, or has expired. Nothing tells which.
            InvalidRequestError: The query is none, or the caller no text.
            KeyServiceError: The keyring has no key.
        """
        entry = self._entry_to_open(token, query, caller)
        if entry is None:
            return None
        try:
            return self._key(_finished(self._keyring.open((entry,))))
        except DecryptionError:
            raise refused() from None


class AsyncPageTokens(_BasePageTokens):
    """`PageTokens` for asynchronous code: both methods are awaited.

    A keyring that waits, as a `KmsKeyring` with a client of boto3's, is asked in a thread.

    Args:
        keyring: As for `PageTokens`; its methods may be coroutine functions.
        max_age: As for `PageTokens`.
        wall_clock: As for `PageTokens`.

    Raises:
        InvalidRequestError: One of these cannot be used. Not sent.

    Example:
        >>> import asyncio
        >>> from transactscope import AsyncDatabase, in_threads
        >>> from transactscope.ext.encryption import LocalKeyring
        >>> from transactscope.ext.pages import AsyncPageTokens
        >>> async def main():
        ...     db = AsyncDatabase(in_threads(client))
        ...     tokens = AsyncPageTokens(LocalKeyring({"key-1": bytes(range(32))}))
        ...     await db.put(Account("A-1", 10))
        ...     query = db.query(Account, "A-1")
        ...     found = [account async for account in query]
        ...     return found, await tokens.seal(query, caller="user-7")
        >>> asyncio.run(main())
        ([Account(number='A-1', balance=10)], None)

    .. versionadded:: 0.1.0
    """

    async def seal(self, query: AsyncQuery[Any], *, caller: str) -> str | None:
        """Return a text with which the query can be gone on with; see `PageTokens.seal`."""
        entry = self._entry(query, caller)
        if entry is None:
            return None
        return text_of((await self._asked(self._keyring.seal, entry))[0])

    async def open(self, token: str | None, query: AsyncQuery[Any], *, caller: str) -> Item | None:
        """Return the LastEvaluatedKey of a token; see `PageTokens.open`."""
        entry = self._entry_to_open(token, query, caller)
        if entry is None:
            return None
        try:
            return self._key(await self._asked(self._keyring.open, entry))
        except DecryptionError:
            raise refused() from None

    async def _asked(self, function: Callable[..., Any], entry: KeyringEntry) -> Sequence[bytes]:
        if self._keyring.blocks:
            answer = await asyncio.to_thread(function, (entry,))
        else:
            answer = function((entry,))
        contents: Sequence[bytes] = await answer if inspect.isawaitable(answer) else answer
        return contents


def _checked_keyring(keyring: Any) -> Keyring:
    methods = [getattr(keyring, name, None) for name in ("seal", "open")]
    is_told = isinstance(getattr(keyring, "blocks", None), bool)
    if isinstance(keyring, type) or not is_told or not all(map(callable, methods)):
        msg = f"a keyring with seal(), open() and blocks was expected, not {type(keyring).__name__}"
        raise InvalidRequestError(msg)
    return keyring  # type: ignore[no-any-return]


def _checked_age(seconds: Any) -> float:
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if is_number and 0 < seconds <= _LONGEST_AGE:
        return float(seconds)
    msg = f"max_age= is a number of seconds, more than 0 and at most {_LONGEST_AGE}"
    raise InvalidRequestError(msg)


def _checked_clock(clock: Any) -> Callable[[], float]:
    if callable(clock):
        return clock  # type: ignore[no-any-return]
    msg = f"wall_clock= must be a function, not {type(clock).__name__}"
    raise InvalidRequestError(msg)


def _finished(value: Any) -> Sequence[bytes]:
    """Refuse what was returned to be awaited, where nobody awaits."""
    if inspect.isawaitable(value):
        if inspect.iscoroutine(value):
            value.close()  # it has not started, and must not be reported as never awaited
        msg = "this keyring has to be awaited, which only AsyncPageTokens does"
        raise InvalidRequestError(msg)
    contents: Sequence[bytes] = value
    return contents
