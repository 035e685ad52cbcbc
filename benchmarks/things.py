"""The entity that everything is measured with, and how to make any number of them.

No two are alike: a client that remembers what it has sent would gain by that, and no program
sends the same again and again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from attrs import define, field

from transactscope import entity

TABLE: Final = "Thing"
_MOMENT: Final = datetime(2026, 11, 21, 10, 11, 12, 130000, tzinfo=UTC)
_LANGUAGES: Final = ("de", "en", "es", "fr", "it", "nl", "pl", "pt")


@define
class Place:
    """What is nested: a class with three fields."""

    street: str
    code: str
    number: int


@entity(TABLE, partition_key="artist", sort_key="title")
@define
class Thing:
    """An entity with 14 fields. None is not stored, so its item has 13 attributes."""

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
    place: Place
    languages: set[str]
    extra: str | None = None


@define
class Things:
    """Makes things with numbers that go up, so that none comes twice.

    Args:
        note_length: How many characters the note has, which is how items are made larger.
    """

    note_length: int = 135
    made: int = field(default=0, init=False)

    def make(self) -> Thing:
        """Return a thing that is like no other."""
        number = self.made = self.made + 1
        return Thing(
            artist=f"Artist {number % 9_973:05} and the quintet",
            title=f"Title {number:09} (remastered)",
            label=f"Label {number % 97:02} Records",
            genre=f"Genre {number % 13:02} of jazz",
            note=f"note {number:09} ".ljust(self.note_length, "n"),
            year=1900 + number % 120,
            stock=100 + number % 900,
            price=Decimal(1001 + number % 8_000).scaleb(-2),
            active=True,
            changed=_MOMENT + timedelta(milliseconds=number, microseconds=1),
            tags=[f"tagged {(number + place) % 1_000:03}" for place in range(5)],
            place=Place(f"{number % 1_000:03} Street", f"{number % 90_000:05}", 1 + number % 500),
            languages={_LANGUAGES[(number + place) % len(_LANGUAGES)] for place in range(3)},
        )

    def several(self, count: int) -> Iterator[Thing]:
        """Make so many."""
        for _ in range(count):
            yield self.make()


def moment_text(moment: datetime) -> str:
    """Return a time as all that write it by hand store it, which is as the library does."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def as_native(thing: Thing) -> dict[str, Any]:
    """Return a thing as a dictionary of what boto3's TypeSerializer takes."""
    place = thing.place
    native = {
        "artist": thing.artist,
        "title": thing.title,
        "label": thing.label,
        "genre": thing.genre,
        "note": thing.note,
        "year": thing.year,
        "stock": thing.stock,
        "price": thing.price,
        "active": thing.active,
        "changed": moment_text(thing.changed),
        "tags": thing.tags,
        "place": {"street": place.street, "code": place.code, "number": place.number},
        "languages": thing.languages,
    }
    if thing.extra is not None:
        native["extra"] = thing.extra
    return native


def as_item(thing: Thing) -> dict[str, Any]:
    """Return a thing as a dictionary of AttributeValues, as boto3's client takes it."""
    place = thing.place
    item: dict[str, Any] = {
        "artist": {"S": thing.artist},
        "title": {"S": thing.title},
        "label": {"S": thing.label},
        "genre": {"S": thing.genre},
        "note": {"S": thing.note},
        "year": {"N": str(thing.year)},
        "stock": {"N": str(thing.stock)},
        "price": {"N": str(thing.price)},
        "active": {"BOOL": thing.active},
        "changed": {"S": moment_text(thing.changed)},
        "tags": {"L": [{"S": tag} for tag in thing.tags]},
        "place": {
            "M": {
                "street": {"S": place.street},
                "code": {"S": place.code},
                "number": {"N": str(place.number)},
            }
        },
        "languages": {"SS": sorted(thing.languages)},
    }
    if thing.extra is not None:
        item["extra"] = {"S": thing.extra}
    return item


def key_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the key attributes of an item, in whichever form it is."""
    return {"artist": item["artist"], "title": item["title"]}


def bytes_of(item: Mapping[str, Any]) -> int:
    """Return how long an item is as JSON without spaces."""
    return len(json.dumps(item, separators=(",", ":")).encode())
