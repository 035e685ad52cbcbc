"""Writes many items to an engine, with `batch_write` and with boto3's `batch_writer`.

`python -m benchmarks.batch_write --items 100000`; what is measured says `benchmarks/README.md`.
`python -m benchmarks batches` lets the same two run against a server that takes no time.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
from attrs import define

from samples.engines.dynoxide import dynoxide, find_dynoxide
from transactscope import Database, entity

if TYPE_CHECKING:
    from samples.engines.engine import Engine

_ROUNDS: Final = 5
_MARKS: Final = (10, 50, 100)  # percent of the items
_MEBIBYTE: Final = 1024 * 1024

Contender = Callable[[int], None]


@entity("Reading", partition_key="sensor", sort_key="number")
@define
class Reading:
    """An item of about 200 bytes."""

    sensor: str
    number: int
    celsius: int
    note: str
    tags: list[str]


def _readings(count: int) -> Iterator[Reading]:
    for number in range(count):
        yield Reading(f"sensor-{number % 97}", number, number % 40, "n" * 80, ["a", "b", "c"])


def _as_native(reading: Reading) -> dict[str, Any]:
    """Write the same item as boto3's resource takes it."""
    return {
        "sensor": reading.sensor,
        "number": reading.number,
        "celsius": reading.celsius,
        "note": reading.note,
        "tags": reading.tags,
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--items", type=int, default=100_000, help="how many in all")
    parser.add_argument("--in-flight", type=int, default=4, help="requests at once")
    chosen = parser.parse_args(arguments)
    program = find_dynoxide()
    if program is None:
        print("dynoxide is not installed; scripts/test installs it")
        return 1
    with dynoxide(program, None) as engine:
        _measure(engine, chosen.items, chosen.in_flight)
    return 0


def _measure(engine: Engine, items: int, in_flight: int) -> None:
    db = Database(engine.client)
    db.create_table(Reading)
    writers = _contenders(engine, db, in_flight)
    print(f"Python {sys.version.split()[0]}, boto3 {boto3.__version__}, {os.cpu_count()} cores")
    print(f"\nside by side, {_ROUNDS} rounds of {items // _ROUNDS:,} items each:")
    _race(writers, items // _ROUNDS)
    print(f"\nmemory of one call with {items:,} items:")
    _watch_memory(db, items, in_flight)


def contenders(
    table: Any, databases: Mapping[str, Database], in_flight: Sequence[int] = (1,)
) -> dict[str, Contender]:
    """Return what writes so many items: boto3's own way first, then each database.

    Args:
        table: boto3's resource of the table that `Reading` is stored in.
        databases: Databases by the names that tables give them.
        in_flight: How many requests each database has under way, one contender for each.
    """

    def with_batch_writer(count: int) -> None:
        with table.batch_writer() as writer:
            for reading in _readings(count):
                writer.put_item(Item=_as_native(reading))

    made: dict[str, Contender] = {"boto3 batch_writer": with_batch_writer}
    for name, database in databases.items():
        for number in in_flight:
            made[f"{name}, in_flight={number}"] = functools.partial(_write_many, database, number)
    return made


def _contenders(engine: Engine, db: Database, in_flight: int) -> dict[str, Contender]:
    resource: Any = boto3.resource(
        "dynamodb",
        endpoint_url=engine.client.meta.endpoint_url,
        region_name=engine.client.meta.region_name,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106 - the engine takes any
    )
    return contenders(resource.Table("Reading"), {"batch_write": db}, (1, in_flight))


def _write_many(db: Database, in_flight: int, count: int) -> None:
    _write(db, _readings(count), in_flight)


def _write(db: Database, readings: Iterable[Reading], in_flight: int) -> None:
    db.batch_write(readings, in_flight=in_flight)


def _race(writers: dict[str, Contender], count: int) -> None:
    """Let all of them run in turn, another one first in each round, and print the medians."""
    names = list(writers)
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for write in writers.values():
        write(min(count, 500))  # connections, caches
    for number in range(_ROUNDS):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            began, began_cpu = time.perf_counter(), time.process_time()
            writers[name](count)
            seconds[name].append((time.perf_counter() - began, time.process_time() - began_cpu))
    first = seconds[names[0]]
    for name in names:
        wall = statistics.median(each[0] for each in seconds[name])
        cpu = statistics.median(each[1] for each in seconds[name])
        ratios = [
            statistics.median(
                ours[kind] / theirs[kind] for ours, theirs in zip(seconds[name], first, strict=True)
            )
            for kind in (0, 1)
        ]
        print(
            f"  {name:26} {wall:7.2f} s, {cpu:7.2f} s CPU, {count / wall:8,.0f} items/s; "
            f"against boto3: {ratios[0]:.2f} of the time, {ratios[1]:.2f} of the CPU"
        )


def _watch_memory(db: Database, items: int, in_flight: int) -> None:
    """Write all items in one call, and look at the memory on the way."""
    tracemalloc.start()
    done, marks = 0, list(_MARKS)
    with _bar(items) as shown:

        def progress(count: int) -> None:
            nonlocal done
            done += count
            shown(count)
            while marks and done >= items * marks[0] / 100:
                now, peak = tracemalloc.get_traced_memory()
                tracemalloc.reset_peak()
                lines.append(
                    f"  at {marks.pop(0):3} %: {_resident() / _MEBIBYTE:6.1f} MiB resident, Python "
                    f"holds {now / _MEBIBYTE:5.2f} MiB, at most {peak / _MEBIBYTE:5.2f} since the "
                    "last mark"
                )

        lines: list[str] = []
        db.batch_write(_readings(items), in_flight=in_flight, progress=progress)
    tracemalloc.stop()
    print("\n".join(lines))


@contextlib.contextmanager
def _bar(items: int) -> Iterator[Callable[[int], object]]:
    """Show a progress bar where tqdm is installed and somebody looks."""
    try:
        from tqdm import tqdm  # noqa: PLC0415 - the only thing that needs it
    except ImportError:
        yield lambda _: None
        return
    with tqdm(total=items, unit=" items", disable=None) as bar:
        yield bar.update


def _resident() -> int:
    """Return the bytes of memory that this process has right now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.exit(main())
