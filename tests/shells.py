"""One contract for every shell: the asynchronous ones, driven as if they were synchronous.

A contract test is written once, with `TransactScope`, `Database` and `transactional` of this
module. In the shell `sync` these are the library's own. In `direct` they are, too, but over a
client that nobody listens to. In `threads` and `aiobotocore` they are its asynchronous ones: the
test runs in its thread as it stands, and everything that is awaited runs in an event loop in
another one.
"""

import asyncio
import functools
import sys
import threading

import attrs
import pytest
from botocore.client import BaseClient

import transactscope
from tests import detours, engines
from transactscope.aio import AsyncAttempt, AsyncAttempts, AsyncDatabase, AsyncTransactScope
from transactscope.loops import Place
from transactscope.queries import AsyncQuery

SYNC, DIRECT, THREADS, AIOBOTOCORE = "sync", "direct", "threads", "aiobotocore"
_DRIVEN = (THREADS, AIOBOTOCORE)


@functools.cache
def _loop():
    """The event loop of all tests, in a thread of its own."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="event loop of tests", daemon=True).start()
    return loop


def run(coroutine):
    """Run a coroutine to its end in the event loop and return what it returned."""
    if threading.current_thread().name == "event loop of tests":
        coroutine.close()
        raise RuntimeError("the event loop cannot wait for itself: a test of `sync` only")
    return asyncio.run_coroutine_threadsafe(coroutine, _loop()).result()


@attrs.define(eq=False)
class Shell:
    """What stands for a boto3 client in one shell."""

    name: str
    _clients: dict = attrs.field(factory=dict)
    _managers: list = attrs.field(factory=list)
    _detours: detours.Detours = attrs.field(factory=detours.Detours)

    @property
    def is_driven(self):
        """Whether what runs in it is asynchronous."""
        return self.name in _DRIVEN

    def client(self, client):
        """Return what the shell sends through, for a boto3 client: always the same one."""
        if self.name == SYNC or not isinstance(client, BaseClient):
            return client
        if self.name == DIRECT:
            return self._detours.of(client).client
        if id(client) not in self._clients:
            made = self._threaded(client) if self.name == THREADS else self._aio(client)
            self._clients[id(client)] = (made, client)  # it lives as long as its id is kept
        return self._clients[id(client)][0]

    def events_of(self, client):
        """Return the client that faults and records have to be hooked into."""
        return self.client(client) if self.name == AIOBOTOCORE else client

    def end_test(self):
        """Check that a test of the direct transport was one, and close what it opened."""
        if problems := self._detours.close():
            pytest.fail(f"over the direct transport: {', '.join(sorted(set(problems)))}")

    def close(self):
        """Close what was opened."""
        self._detours.end()
        for manager in self._managers:
            run(manager.__aexit__(None, None, None))
        self._managers.clear()
        self._clients.clear()

    def _threaded(self, client):
        return transactscope.in_threads(client)

    def _aio(self, client):
        manager = engines.new_aio_client(client.meta.endpoint_url)
        self._managers.append(manager)
        return run(manager.__aenter__())


current = Shell(SYNC)
"""The shell of the test that runs; the fixture `shell` sets it."""


def _is_driven():
    return current.is_driven


class DrivenScope(AsyncTransactScope):
    """An asynchronous scope that is used as a synchronous one."""

    def get(self, *args, **kwargs):
        """Wait for what `get` returns; the others do the same."""
        return run(super().get(*args, **kwargs))

    def get_many(self, *args, **kwargs):
        """Wait."""
        return run(super().get_many(*args, **kwargs))

    def commit(self):
        """Wait."""
        return run(super().commit())

    def resolve(self):
        """Wait."""
        return run(super().resolve())

    def __enter__(self):
        return run(super().__aenter__())

    def __exit__(self, *exception):
        return run(super().__aexit__(*exception))


class DrivenDatabase(AsyncDatabase):
    """An asynchronous database that is used as a synchronous one."""

    def _run(self, flow):
        return run(super()._run(flow))

    def query(self, *args, **kwargs):
        """Return a query for a plain loop."""
        query = super().query(*args, **kwargs)
        query.__class__ = DrivenQuery
        return query

    def attempts(self, timeout=None):
        """Return attempts for a plain loop."""
        return DrivenAttempts(self._environment, timeout)


class DrivenQuery(AsyncQuery):
    """An asynchronous query that is gone through in a plain loop."""

    def __iter__(self):
        return self

    def __next__(self):
        try:
            return run(super().__anext__())
        except StopAsyncIteration:
            raise StopIteration from None

    def pages(self):
        """Return pages for a plain loop."""
        pages = super().pages()
        while True:
            try:
                yield run(anext(pages))
            except StopAsyncIteration:
                return


class DrivenAttempts(AsyncAttempts):
    """Asynchronous attempts that are used in a plain loop."""

    def __iter__(self):
        return self

    def __next__(self):
        parts = self._parts_of_next(sys._getframe(1))
        try:
            attempt = run(self._next(*parts))
        except StopAsyncIteration:
            raise StopIteration from None
        attempt.__class__ = DrivenAttempt
        attempt._scope.__class__ = DrivenScope
        return attempt


class DrivenAttempt(AsyncAttempt):
    """An asynchronous attempt that is used as a plain block."""

    def __enter__(self):
        return run(super().__aenter__())

    def __exit__(self, kind, error, traceback):
        here = Place.of(sys._getframe(1))
        return run(self._scope._environment.run_async(self._leaving(error, here)))


class _Choosing(type):
    """Makes an object of the shell that runs, and is a base of both."""

    def __call__(cls, target, **options):
        chosen = cls.driven if _is_driven() else cls.plain
        return chosen(current.client(target), **options)

    def __instancecheck__(cls, instance):
        return isinstance(instance, cls.driven | cls.plain)


class TransactScope(metaclass=_Choosing):
    """`TransactScope`, or an asynchronous one that is driven."""

    driven, plain = DrivenScope, transactscope.TransactScope


class Database(metaclass=_Choosing):
    """`Database`, or an asynchronous one that is driven."""

    driven, plain = DrivenDatabase, transactscope.Database


def transactional(function):
    """Decorate a plain function for both kinds; with an asynchronous one it runs in a thread."""
    plain = transactscope.transactional(function)

    @functools.wraps(function)
    async def in_loop(tx, *args, **kwargs):
        tx.__class__ = DrivenScope
        return await asyncio.to_thread(function, tx, *args, **kwargs)

    awaited = transactscope.transactional(in_loop)

    @functools.wraps(function)
    def call(target, *args, **kwargs):
        if not _is_driven():
            return plain(current.client(target), *args, **kwargs)
        return run(awaited(current.client(target), *args, **kwargs))

    return call
