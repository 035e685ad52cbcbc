"""PynamoDB: models, and its `TransactWrite` block."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.connection import Connection
from pynamodb.constants import NUMBER
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from benchmarks import credentials
from benchmarks.things import TABLE, Thing
from benchmarks.workloads import LAST_YEAR, LEAST_STOCK, Commit, Verb


class DecimalAttribute(Attribute[Decimal]):
    """A Decimal, which PynamoDB has no attribute for, the way its guide makes others."""

    attr_type = NUMBER

    def serialize(self, value: Decimal) -> str:
        """Return it as it is sent."""
        return str(value)

    def deserialize(self, value: str) -> Decimal:
        """Return it as it was."""
        return Decimal(value)


class PlaceMap(MapAttribute[str, Any]):
    """What is nested."""

    street = UnicodeAttribute()
    code = UnicodeAttribute()
    number = NumberAttribute()


class ThingModel(Model):
    """The entity."""

    class Meta:
        """Where it is stored."""

        table_name = TABLE
        region = credentials.REGION

    artist = UnicodeAttribute(hash_key=True)
    title = UnicodeAttribute(range_key=True)
    label = UnicodeAttribute()
    genre = UnicodeAttribute()
    note = UnicodeAttribute()
    year = NumberAttribute()
    stock = NumberAttribute()
    price = DecimalAttribute()
    active = BooleanAttribute()
    changed: UTCDateTimeAttribute | datetime = UTCDateTimeAttribute()
    tags: ListAttribute[str] | list[str] = ListAttribute(of=UnicodeAttribute)
    place: PlaceMap = PlaceMap()
    languages: UnicodeSetAttribute | set[str] = UnicodeSetAttribute()
    extra = UnicodeAttribute(null=True)


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
        place=PlaceMap(street=place.street, code=place.code, number=place.number),
        languages=thing.languages,
        extra=thing.extra,
    )


class Models:
    """Commits models."""

    def __init__(self, url: str) -> None:
        self._connection = Connection(
            region=credentials.REGION,
            host=url,
            aws_access_key_id=credentials.KEY_ID,
            aws_secret_access_key=credentials.SECRET,
        )
        ThingModel.Meta.host = url  # type: ignore[attr-defined]

    def prepare(self, commits: list[Commit]) -> list[Any]:
        """Make the models."""
        return [[(step.verb, _model(step.thing)) for step in commit] for commit in commits]

    def run(self, prepared: list[Any]) -> None:
        """Stage and commit."""
        for commit in prepared:
            with TransactWrite(connection=self._connection) as transaction:
                for verb, model in commit:
                    _VERBS[verb](transaction, model)

    def close(self) -> None:
        """Do nothing: it has no way to close a connection."""


def _put(transaction: TransactWrite, model: ThingModel) -> None:
    transaction.save(model)


def _update(transaction: TransactWrite, model: ThingModel) -> None:
    transaction.update(
        model,
        actions=[
            ThingModel.label.set(model.label),
            ThingModel.note.set(model.note),
            ThingModel.price.set(model.price),
            ThingModel.stock.add(model.stock),
        ],
        condition=ThingModel.stock >= LEAST_STOCK,
    )


def _delete(transaction: TransactWrite, model: ThingModel) -> None:
    transaction.delete(model, condition=ThingModel.year < LAST_YEAR)


def _check(transaction: TransactWrite, model: ThingModel) -> None:
    transaction.condition_check(
        ThingModel,
        model.artist,
        model.title,
        condition=ThingModel.active == True,  # noqa: E712 - it makes a condition
    )


_VERBS: Final = {
    Verb.PUT: _put,
    Verb.UPDATE: _update,
    Verb.DELETE: _delete,
    Verb.CHECK: _check,
}
