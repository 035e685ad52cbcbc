"""What is compared: one adapter per library, each with the transactions that its users write."""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
import sys
from collections.abc import Iterable
from typing import Final, Protocol

from attrs import frozen

from benchmarks.workloads import Commit
from transactscope import Database


class Peer(Protocol):
    """One library, with a client that speaks to the server."""

    def prepare(self, commits: list[Commit]) -> list[object]:
        """Make what the library's users have at hand before they begin. This is not measured."""
        ...

    def run(self, prepared: list[object]) -> None:
        """Commit all of it, one transaction after the other. This is measured."""
        ...

    def close(self) -> None:
        """Close the client."""
        ...


@frozen
class Entry:
    """What there is to be known of a peer before it is loaded.

    Args:
        key: How people name it on the command line.
        title: How tables name it.
        place: Its module in this package and the class there.
        distribution: What has to be installed; its version is told.
        since: The oldest Python that it runs on.
    """

    key: str
    title: str
    place: str
    distribution: str
    since: tuple[int, int] = (3, 11)

    def missing(self) -> str | None:
        """Return why it cannot take part, or None."""
        if sys.version_info < self.since:
            return f"needs Python {self.since[0]}.{self.since[1]} or newer"
        try:
            importlib.metadata.version(self.distribution)
        except importlib.metadata.PackageNotFoundError:
            return f"{self.distribution} is not installed"
        try:
            self._module()
        except ImportError as error:
            return f"cannot be imported: {error}"
        return None

    def open(self, url: str) -> Peer:
        """Make a client of it."""
        made: Peer = getattr(self._module(), self.place.partition(":")[2])(url)
        return made

    def _module(self) -> object:
        return importlib.import_module(f"{__name__}.{self.place.partition(':')[0]}")


UNIT: Final = "boto3"
"""The peer that all ratios are to."""

_OTHERS: Final = (
    Entry(UNIT, "boto3, dicts built beforehand", "of_boto3:Built", "boto3"),
    Entry("serializer", "boto3 + TypeSerializer", "of_boto3:Serialized", "boto3"),
    Entry("unvalidated", "boto3, parameter validation off", "of_boto3:Unvalidated", "boto3"),
    Entry("pynamodb", "PynamoDB", "of_pynamodb:Models", "pynamodb"),
    Entry("dyntastic", "dyntastic", "of_dyntastic:Models", "dyntastic"),
    Entry("aiodynamo", "aiodynamo, plain dicts", "of_aiodynamo:Dictionaries", "aiodynamo"),
    Entry("dynamoxy", "dynamoxy models", "of_dynamoxy:Models", "dynamoxy", (3, 12)),
    Entry("pydynox", "pydynox models", "of_pydynox:Models", "pydynox"),
    Entry("pydynox-dicts", "pydynox, plain dicts", "of_pydynox:Dictionaries", "pydynox"),
)
_HAS_DIRECT: Final = "direct" in inspect.signature(Database).parameters
_OURS: Final = (
    (
        Entry("ordinary", "transactscope, ordinary", "of_ours:Ordinary", "transactscope"),
        Entry("direct", "transactscope, direct", "of_ours:AsItIs", "transactscope"),
    )
    if _HAS_DIRECT
    else (Entry("direct", "transactscope, as it is", "of_ours:AsItIs", "transactscope"),)
)
OURS: Final = "direct"
"""Our fastest; without a direct transport, the library as it is."""

ENTRIES: Final = {entry.key: entry for entry in (*_OTHERS, *_OURS)}


def choose(wanted: Iterable[str]) -> tuple[list[Entry], dict[str, str]]:
    """Return the peers that can take part, the unit first, and why the others cannot."""
    keys = {UNIT, *(wanted or ENTRIES)}
    reasons = {entry.title: entry.missing() for entry in ENTRIES.values() if entry.key in keys}
    present = [
        entry for entry in ENTRIES.values() if entry.key in keys and not reasons[entry.title]
    ]
    return present, {title: reason for title, reason in reasons.items() if reason}
