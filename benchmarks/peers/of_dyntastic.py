"""dyntastic: pydantic models, and its `transaction` block."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from dyntastic import A, Dyntastic, transaction
from pydantic import BaseModel

from benchmarks import credentials
from benchmarks.things import TABLE, Thing
from benchmarks.workloads import LAST_YEAR, LEAST_STOCK, Commit, Verb


class PlaceModel(BaseModel):
    """What is nested."""

    street: str
    code: str
    number: int


class ThingModel(Dyntastic):
    """The entity."""

    __table_name__ = TABLE
    __hash_key__ = "artist"
    __range_key__ = "title"
    __table_region__ = credentials.REGION

    artist: str
    title: str
    label: str
    genre: str
    note: str
    year: int
    stock: int
    price: Decimal
    active: bool
    changed: datetime
    tags: list[str]
    place: PlaceModel
    languages: set[str]
    extra: str | None = None


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
        place=PlaceModel(street=place.street, code=place.code, number=place.number),
        languages=thing.languages,
        extra=thing.extra,
    )


class Models:
    """Commits models."""

    def __init__(self, url: str) -> None:
        ThingModel.__table_host__ = url
        ThingModel._clear_boto3_state()  # noqa: SLF001 - clients are kept in the class

    def prepare(self, commits: list[Commit]) -> list[Any]:
        """Make the models."""
        return [[(step.verb, _model(step.thing)) for step in commit] for commit in commits]

    def run(self, prepared: list[Any]) -> None:
        """Stage and commit."""
        for commit in prepared:
            with transaction():
                for verb, model in commit:
                    _VERBS[verb](model)

    def close(self) -> None:
        """Forget the client."""
        ThingModel._clear_boto3_state()  # noqa: SLF001 - there is no other way


def _put(model: ThingModel) -> None:
    model.save()


def _update(model: ThingModel) -> None:
    model.update(
        A.label.set(model.label),
        A.note.set(model.note),
        A.price.set(model.price),
        A.stock.add(model.stock),
        condition=A.stock >= LEAST_STOCK,
        refresh=False,
    )


def _delete(model: ThingModel) -> None:
    model.delete(condition=A.year < LAST_YEAR)


def _check(model: ThingModel) -> None:
    model.transaction_condition(A.active == True)  # noqa: E712 - it makes a condition


_VERBS: Final = {
    Verb.PUT: _put,
    Verb.UPDATE: _update,
    Verb.DELETE: _delete,
    Verb.CHECK: _check,
}
