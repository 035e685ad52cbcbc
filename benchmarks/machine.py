"""What a figure depends on: when, where, and with which versions."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.peers import Entry
from benchmarks.settings import Settings
from benchmarks.things import Things, as_item, bytes_of

_METHOD = (
    "a stub server in a process of its own; all contenders in every round, in a shuffled order; "
    "client CPU is time.process_time of all threads, from entities that are made beforehand to "
    "the finished call; figures are medians over rounds, ratios medians of the rounds' ratios; "
    "garbage is collected while measuring, but only what came since the round began"
)
_BESIDES = ("botocore", "attrs", "cattrs", "orjson", "urllib3")


def facts(settings: Settings) -> dict[str, Any]:
    """Return what has to be told with every figure."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {_cpu()}",
        "versions": _versions(settings.entries),
        "method": _METHOD,
        "rounds": settings.rounds,
        "seed": settings.seed,
        "quick": settings.quick,
        "pinned": settings.pinned,
        "item bytes": bytes_of(as_item(Things().make())),
    }


def _versions(entries: tuple[Entry, ...]) -> dict[str, str]:
    names = dict.fromkeys([*(entry.distribution for entry in entries), *_BESIDES])
    return {name: version for name in names if (version := _version(name))}


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _cpu() -> str:
    """Return the processor's name, where Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unknown processor"


def sentence(facts_of_run: dict[str, Any]) -> str:
    """Say it in one paragraph."""
    versions = ", ".join(f"{name} {number}" for name, number in facts_of_run["versions"].items())
    place = "one core for client and server" if facts_of_run["pinned"] else "no core of their own"
    return (
        f"{facts_of_run['date']}, Python {facts_of_run['python']} on {facts_of_run['machine']}; "
        f"{versions}. {facts_of_run['rounds']} rounds, seed {facts_of_run['seed']}, {place}; "
        f"the item has {facts_of_run['item bytes']} bytes of JSON."
    )
