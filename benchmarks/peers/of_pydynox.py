"""pydynox: models over a core in Rust, and the plain dictionaries that the core takes."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from pydynox import DynamoDBClient, Model, ModelConfig, SyncTransaction
from pydynox.attributes import (
    BooleanAttribute,
    DatetimeAttribute,
    DecimalAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    StringAttribute,
    StringSetAttribute,
)

from benchmarks import credentials
from benchmarks.things import TABLE, Thing, as_native, key_of
from benchmarks.workloads import (
    CHECK_CONDITION,
    CHECK_NAMES,
    DELETE_CONDITION,
    DELETE_NAMES,
    LAST_YEAR,
    LEAST_STOCK,
    UPDATE_CONDITION,
    UPDATE_NAMES,
    UPDATE_TEXT,
    Commit,
    Verb,
)


@dataclasses.dataclass
class PlaceData:
    """What is nested: pydynox takes a dataclass for it."""

    street: str
    code: str
    number: int


class ThingModel(Model):
    """The entity."""

    model_config = ModelConfig(table=TABLE)

    artist = StringAttribute(partition_key=True)
    title = StringAttribute(sort_key=True)
    label = StringAttribute()
    genre = StringAttribute()
    note = StringAttribute()
    year = NumberAttribute()
    stock = NumberAttribute()
    price = DecimalAttribute()
    active = BooleanAttribute()
    changed = DatetimeAttribute()
    tags = ListAttribute()
    place = MapAttribute(PlaceData)
    languages = StringSetAttribute()
    extra = StringAttribute()


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
        place=PlaceData(place.street, place.code, place.number),
        languages=thing.languages,
        extra=thing.extra,
    )


class Dictionaries:
    """Commits dictionaries that are there already."""

    def __init__(self, url: str) -> None:
        self._client = DynamoDBClient(
            region=credentials.REGION,
            access_key=credentials.KEY_ID,
            secret_key=credentials.SECRET,
            endpoint_url=url,
        )

    def prepare(self, commits: list[Commit]) -> list[Any]:
        """Make the dictionaries."""
        return [[(step.verb, as_native(step.thing)) for step in commit] for commit in commits]

    def run(self, prepared: list[Any]) -> None:
        """Stage and commit."""
        for commit in prepared:
            with SyncTransaction(self._client) as transaction:
                for verb, item in commit:
                    _OF_DICTIONARIES[verb](transaction, item)

    def close(self) -> None:
        """Do nothing: it has no way to close a connection."""


class Models(Dictionaries):
    """Commits models."""

    def prepare(self, commits: list[Commit]) -> list[Any]:
        """Make the models."""
        return [[(step.verb, _model(step.thing)) for step in commit] for commit in commits]

    def run(self, prepared: list[Any]) -> None:
        """Stage and commit."""
        for commit in prepared:
            with SyncTransaction(self._client) as transaction:
                for verb, model in commit:
                    _OF_MODELS[verb](transaction, model)


def _put(transaction: SyncTransaction, item: dict[str, Any]) -> None:
    transaction.put(TABLE, item)


def _save(transaction: SyncTransaction, model: ThingModel) -> None:
    transaction.save_model(model)


def _update(transaction: SyncTransaction, item: dict[str, Any]) -> None:
    _send_update(
        transaction, key_of(item), item["label"], item["note"], item["price"], item["stock"]
    )


def _update_model(transaction: SyncTransaction, model: ThingModel) -> None:
    _send_update(transaction, _key(model), model.label, model.note, model.price, model.stock)


def _send_update(transaction: SyncTransaction, key: dict[str, Any], *values: Any) -> None:
    transaction.update(
        TABLE,
        key,
        UPDATE_TEXT,
        UPDATE_CONDITION,
        UPDATE_NAMES,
        dict(zip((":l", ":n", ":p", ":s", ":c"), (*values, LEAST_STOCK), strict=True)),
    )


def _delete(transaction: SyncTransaction, item: dict[str, Any]) -> None:
    transaction.delete(TABLE, key_of(item), DELETE_CONDITION, DELETE_NAMES, {":y": LAST_YEAR})


def _delete_model(transaction: SyncTransaction, model: ThingModel) -> None:
    transaction.delete_model(model, ThingModel.year < LAST_YEAR)


def _check(transaction: SyncTransaction, item: dict[str, Any]) -> None:
    transaction.condition_check(TABLE, key_of(item), CHECK_CONDITION, CHECK_NAMES, {":a": True})


def _check_model(transaction: SyncTransaction, model: ThingModel) -> None:
    transaction.condition_check(TABLE, _key(model), CHECK_CONDITION, CHECK_NAMES, {":a": True})


def _key(model: ThingModel) -> dict[str, Any]:
    return {"artist": model.artist, "title": model.title}


_OF_DICTIONARIES: Final = {
    Verb.PUT: _put,
    Verb.UPDATE: _update,
    Verb.DELETE: _delete,
    Verb.CHECK: _check,
}
_OF_MODELS: Final = {
    Verb.PUT: _save,
    Verb.UPDATE: _update_model,
    Verb.DELETE: _delete_model,
    Verb.CHECK: _check_model,
}
