"""Reading entities: one by GetItem, and a hundred by TransactGetItems."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import cattrs
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from benchmarks.clients import client_of
from benchmarks.measurements.opened import opened, per_commit
from benchmarks.races import Contender
from benchmarks.results import Sample
from benchmarks.server import serving
from benchmarks.settings import Settings
from benchmarks.things import TABLE, Thing, Things
from transactscope import Database, EntityKey

_BY_HAND: Final = "boto3 + TypeDeserializer + cattrs"
_MANY: Final = 100
_READS: Final = {1: 20, _MANY: 2}  # by how many items one has: how many in each round

Reader = Callable[[list[Thing]], list[Any]]


def measure(settings: Settings) -> list[Sample]:
    """Read with boto3 and with ours."""
    settings.pin()
    entries = [entry for entry in settings.only("ordinary", "direct") if entry.key != "boto3"]
    samples = []
    with serving() as server, opened(entries, server.url) as peers:
        client = client_of(server.url)
        hands = {1: _get_by_hand(client), _MANY: _get_all_by_hand(client)}
        for size, operation in ((1, "GetItem"), (_MANY, "TransactGetItems")):
            contenders = [_contender(_BY_HAND, hands[size], size)]
            for title, peer in peers.items():
                reader = _readers(peer.database)[size]  # type: ignore[attr-defined]
                contenders.append(_contender(title, reader, size))
            seconds = settings.race().run(contenders)
            samples += per_commit(("reads", operation, size), "µs CPU", seconds, _READS[size])
        client.close()
    return samples


def _contender(title: str, read: Reader, size: int) -> Contender:
    things = Things()

    def prepare() -> list[list[Thing]]:
        return [list(things.several(size)) for _ in range(_READS[size])]

    def run(prepared: list[list[Thing]]) -> None:
        for wanted in prepared:
            found = read(wanted)
            if len(found) != size or not isinstance(found[-1], Thing):
                msg = f"{title} read {len(found)} things, and not {size}"
                raise RuntimeError(msg)

    return Contender(title, prepare, run)


def _readers(database: Database) -> dict[int, Reader]:
    def get(wanted: list[Thing]) -> list[Any]:
        return [database.get(Thing, thing.artist, thing.title) for thing in wanted]

    def get_all(wanted: list[Thing]) -> list[Any]:
        keys = (EntityKey(Thing, thing.artist, thing.title) for thing in wanted)
        return database.transact_get(*keys)

    return {1: get, _MANY: get_all}


def _get_by_hand(client: Any) -> Reader:
    structure = _structure()

    def get(wanted: list[Thing]) -> list[Any]:
        return [
            structure(
                client.get_item(TableName=TABLE, Key=_key(thing), ConsistentRead=True)["Item"]
            )
            for thing in wanted
        ]

    return get


def _get_all_by_hand(client: Any) -> Reader:
    structure = _structure()

    def get(wanted: list[Thing]) -> list[Any]:
        gets = [{"Get": {"TableName": TABLE, "Key": _key(thing)}} for thing in wanted]
        answer = client.transact_get_items(TransactItems=gets)
        return [structure(each["Item"]) for each in answer["Responses"]]

    return get


def _key(thing: Thing) -> dict[str, Any]:
    serialize = TypeSerializer().serialize
    return {"artist": serialize(thing.artist), "title": serialize(thing.title)}


def _structure() -> Callable[[dict[str, Any]], Thing]:
    """Return what makes a thing of an item, as people write it who have boto3 and cattrs."""
    deserialize = TypeDeserializer().deserialize
    converter = cattrs.Converter()
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    converter.register_structure_hook(Decimal, lambda number, _: number)

    def structure(item: dict[str, Any]) -> Thing:
        native = {name: deserialize(value) for name, value in item.items()}
        return converter.structure(native, Thing)

    return structure
