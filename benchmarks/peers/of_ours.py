"""transactscope, on the transport that it takes by itself and on the ordinary one."""

from __future__ import annotations

from typing import Any, Final

from benchmarks.clients import client_of
from benchmarks.things import Thing
from benchmarks.workloads import LAST_YEAR, LEAST_STOCK, Commit, Verb
from transactscope import Attr, Database, TransactScope


class AsItIs:
    """Commits as a program does that sets nothing."""

    def __init__(self, url: str, **settings: Any) -> None:
        self.client = client_of(url)
        self.database = Database(self.client, **settings)

    def prepare(self, commits: list[Commit]) -> list[Any]:
        """Take the things as they are, each with what a program would do with it."""
        return [[(_VERBS[step.verb], step.thing) for step in commit] for commit in commits]

    def run(self, prepared: list[Any]) -> None:
        """Stage and commit."""
        for commit in prepared:
            with TransactScope(self.database) as tx:
                for stage, thing in commit:
                    stage(tx, thing)

    def close(self) -> None:
        """Close the connections."""
        self.client.close()


class Ordinary(AsItIs):
    """Sends through botocore whatever could be sent directly."""

    def __init__(self, url: str) -> None:
        super().__init__(url, direct=False)


def _put(tx: TransactScope, thing: Thing) -> None:
    tx.put(thing)


def _update(tx: TransactScope, thing: Thing) -> None:
    tx.update(
        Thing,
        thing.artist,
        thing.title,
        set={"label": thing.label, "note": thing.note, "price": thing.price},
        add={"stock": thing.stock},
        condition=Attr("stock").gte(LEAST_STOCK),
    )


def _delete(tx: TransactScope, thing: Thing) -> None:
    tx.delete(Thing, thing.artist, thing.title, condition=Attr("year").lt(LAST_YEAR))


def _check(tx: TransactScope, thing: Thing) -> None:
    tx.check(Thing, thing.artist, thing.title, condition=Attr("active").eq(True))  # noqa: FBT003 - a value


_VERBS: Final = {
    Verb.PUT: _put,
    Verb.UPDATE: _update,
    Verb.DELETE: _delete,
    Verb.CHECK: _check,
}
