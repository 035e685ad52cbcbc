"""aiodynamo: plain dictionaries, and operations with expressions, on aiohttp."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import aiohttp
from aiodynamo.client import Client
from aiodynamo.credentials import Key, StaticCredentials
from aiodynamo.expressions import F
from aiodynamo.http.aiohttp import AIOHTTP
from aiodynamo.operations import ConditionCheck, Delete, Put, Update
from yarl import URL

from benchmarks import credentials
from benchmarks.things import TABLE, as_native, key_of
from benchmarks.workloads import LAST_YEAR, LEAST_STOCK, Commit, Verb


class Dictionaries:
    """Commits dictionaries that are there already."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._session: aiohttp.ClientSession
        self._client: Client
        self._runner.run(self._open(url))

    async def _open(self, url: str) -> None:
        self._session = aiohttp.ClientSession()
        self._client = Client(
            AIOHTTP(self._session),
            StaticCredentials(Key(credentials.KEY_ID, credentials.SECRET)),
            credentials.REGION,
            endpoint=URL(url),
        )

    def prepare(self, commits: list[Commit]) -> list[Any]:
        """Make the dictionaries."""
        return [[(step.verb, as_native(step.thing)) for step in commit] for commit in commits]

    def run(self, prepared: list[Any]) -> None:
        """Make the operations and send them."""
        self._runner.run(self._commit_all(prepared))

    async def _commit_all(self, prepared: list[Any]) -> None:
        for commit in prepared:
            await self._client.transact_write_items([_VERBS[verb](item) for verb, item in commit])

    def close(self) -> None:
        """Close the connections."""
        self._runner.run(self._session.close())
        self._runner.close()


def _put(item: dict[str, Any]) -> Put:
    return Put(TABLE, item)


def _update(item: dict[str, Any]) -> Update:
    changes = (
        F("label").set(item["label"])
        & F("note").set(item["note"])
        & F("price").set(item["price"])
        & F("stock").add(item["stock"])
    )
    return Update(TABLE, key_of(item), changes, F("stock").gte(LEAST_STOCK))


def _delete(item: dict[str, Any]) -> Delete:
    return Delete(TABLE, key_of(item), F("year").lt(LAST_YEAR))


def _check(item: dict[str, Any]) -> ConditionCheck:
    return ConditionCheck(TABLE, key_of(item), F("active").equals(True))  # noqa: FBT003 - a value


_VERBS: Final = {
    Verb.PUT: _put,
    Verb.UPDATE: _update,
    Verb.DELETE: _delete,
    Verb.CHECK: _check,
}
