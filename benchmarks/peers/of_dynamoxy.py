"""dynamoxy: models over a core in Rust, asynchronous only."""

from __future__ import annotations

import asyncio
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import dynamoxy
from dynamoxy import Attr, field, partition_key, sort_key

from benchmarks import credentials
from benchmarks.things import TABLE, Thing
from benchmarks.workloads import LAST_YEAR, LEAST_STOCK, Commit, Verb


class PlaceDocument(dynamoxy.Document):
    """What is nested."""

    street: Attr[str]
    code: Attr[str]
    number: Attr[int]


class ThingModel(dynamoxy.Model, table=TABLE):  # type: ignore[call-arg]  # its base takes it
    """The entity."""

    artist: Attr[str] = partition_key()
    title: Attr[str] = sort_key()
    label: Attr[str]
    genre: Attr[str]
    note: Attr[str]
    year: Attr[int]
    stock: Attr[int]
    price: Attr[Decimal]
    active: Attr[bool]
    changed: Attr[datetime]
    tags: Attr[list[str]]
    place: Attr[PlaceDocument]
    languages: Attr[set[str]]
    extra: Attr[str | None] = field(default=None)


def _model(thing: Thing) -> ThingModel:
    place = thing.place
    return ThingModel(
        artist=thing.artist,
        title=thing.title,
        label=thing.label,
        genre=thing.genre,
        note=thing.note,
        year=thing.year,
        stock=thing.stock,
        price=thing.price,
        active=thing.active,
        changed=thing.changed,
        tags=thing.tags,
        place=PlaceDocument(street=place.street, code=place.code, number=place.number),
        languages=thing.languages,
        extra=thing.extra,
    )


class Models:
    """Commits models."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._client: dynamoxy.Client
        self._runner.run(self._open(url))

    async def _open(self, url: str) -> None:
        self._client = dynamoxy.Client(
            region=credentials.REGION,
            endpoint_url=url,
            credentials=dynamoxy.Credentials(credentials.KEY_ID, credentials.SECRET),
        )

    def prepare(self, commits: list[Commit]) -> list[Any]:
        """Make the models."""
        return [[(step.verb, _model(step.thing)) for step in commit] for commit in commits]

    def run(self, prepared: list[Any]) -> None:
        """Stage and commit."""
        self._runner.run(self._commit_all(prepared))

    async def _commit_all(self, prepared: list[Any]) -> None:
        for commit in prepared:
            async with self._client.transaction() as transaction:
                for verb, model in commit:
                    _VERBS[verb](transaction, model)

    def close(self) -> None:
        """Close the client."""
        self._runner.run(self._client.close())
        self._runner.close()


def _put(transaction: Any, model: ThingModel) -> None:
    transaction.put(model)


def _update(transaction: Any, model: ThingModel) -> None:
    transaction.update(
        ThingModel.key(model.artist, model.title),
        ThingModel.label.set(model.label),
        ThingModel.note.set(model.note),
        ThingModel.price.set(model.price),
        ThingModel.stock.add(model.stock),
        condition=ThingModel.stock >= LEAST_STOCK,
        model=ThingModel,
    )


def _delete(transaction: Any, model: ThingModel) -> None:
    key = ThingModel.key(model.artist, model.title)
    transaction.delete(key, condition=ThingModel.year < LAST_YEAR, model=ThingModel)


def _check(transaction: Any, model: ThingModel) -> None:
    key = ThingModel.key(model.artist, model.title)
    transaction.check(ThingModel, key, ThingModel.active == True)  # noqa: E712 - it makes a condition


_VERBS: Final = {
    Verb.PUT: _put,
    Verb.UPDATE: _update,
    Verb.DELETE: _delete,
    Verb.CHECK: _check,
}
