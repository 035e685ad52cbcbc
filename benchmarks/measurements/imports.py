"""What an import costs, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

from benchmarks.results import Sample
from benchmarks.settings import Settings

_STATEMENTS: Final = {
    "import boto3": "import boto3",
    "import boto3, attrs, cattrs": "import boto3, attrs, cattrs",
    "import transactscope": "import transactscope",
    # What a program needs at least: names are loaded when they are first asked for.
    "from transactscope import …": "from transactscope import Database, TransactScope, entity",
}
_MEASURED: Final = (
    "import time; began = time.perf_counter(); {}; print(time.perf_counter() - began)"
)
_MILLISECONDS: Final = 1000
_MOST_ROUNDS: Final = 15


def measure(settings: Settings) -> list[Sample]:
    """Import in turn."""
    race = settings.race()
    rounds: dict[str, list[float]] = {name: [] for name in _STATEMENTS}
    for statement in _STATEMENTS.values():
        _seconds(statement)  # from now on the files are in memory, and compiled
    for _ in range(min(settings.rounds, _MOST_ROUNDS)):
        for name in race.random.sample(list(_STATEMENTS), len(_STATEMENTS)):
            rounds[name].append(_seconds(_STATEMENTS[name]) * _MILLISECONDS)
    return [Sample("imports", "wall", 1, name, "ms", rounds[name]) for name in _STATEMENTS]


def _seconds(statement: str) -> float:
    finished = subprocess.run(  # noqa: S603 - one of the statements above
        [sys.executable, "-c", _MEASURED.format(statement)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(finished.stdout)
