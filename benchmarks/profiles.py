"""Where the time of our own commit goes, part by part.

A profiler makes calls dearer than they are, so its figures are taken as shares only, of a time
that is measured without it. What C functions take is counted where they were called from.
"""

from __future__ import annotations

import cProfile
import pstats
import re
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

from attrs import frozen

import transactscope
from benchmarks.measurements.opened import MICROSECONDS, contender, opened
from benchmarks.peers import ENTRIES, OURS
from benchmarks.results import Sample
from benchmarks.server import serving
from benchmarks.settings import Settings
from benchmarks.tables import Table
from benchmarks.workloads import Workload

# Where a file begins with one of these, relative to the folder that its package is in, its time
# belongs to that part. The first that fits counts.
_PARTS: Final = (
    ("benchmarks/", "the program itself"),
    ("transactscope/core/freeze", "freeze"),
    ("transactscope/core/tokens", "freeze"),
    ("transactscope/core/compiled/building", "staging"),
    ("transactscope/core/compiled/", "encoding"),
    ("transactscope/core/result", "answer"),
    ("transactscope/core/", "staging"),
    ("transactscope/entities/", "encoding"),
    ("transactscope/values/", "encoding"),
    ("transactscope/expressions/", "expressions"),
    ("transactscope/flows/", "flow"),
    ("transactscope/driver", "flow"),
    ("transactscope/transports/direct/guard", "guard"),
    ("transactscope/transports/direct/probe", "guard"),
    ("transactscope/transports/direct/signing", "signing"),
    ("transactscope/transports/direct/head", "signing"),
    ("transactscope/transports/direct/answers", "answer"),
    ("transactscope/transports/direct/", "socket"),
    ("transactscope/transports/", "hand-over to botocore"),
    ("transactscope/", "scope"),
    ("botocore/auth", "signing"),
    ("botocore/signers", "signing"),
    ("botocore/compat", "signing"),
    ("hmac", "signing"),
    ("botocore/validate", "botocore: validation"),
    ("botocore/serialize", "botocore: serializer"),
    ("botocore/endpoint_provider", "botocore: endpoint"),
    ("botocore/regions", "botocore: endpoint"),
    ("jmespath/", "botocore: endpoint"),
    ("botocore/hooks", "botocore: events"),
    ("botocore/useragent", "botocore: user agent"),
    ("botocore/parsers", "answer"),
    ("json/decoder", "answer"),
    ("json/", "botocore: serializer"),
    ("botocore/httpsession", "socket"),
    ("botocore/awsrequest", "socket"),
    ("urllib3/", "socket"),
    ("http/", "socket"),
    ("email/", "socket"),
    ("socket", "socket"),
    ("selectors", "socket"),
    ("botocore/", "botocore: the rest"),
)
_REST: Final = "the rest"
_SOCKET_CALLS: Final = ("_socket.socket", "select.", "_ssl.")
_HASH_CALLS: Final = ("_hashlib.", "hashlib.", "_sha", "HMAC")
_LEADING: Final = 15

Function = tuple[str, int, str]


@frozen
class Profile:
    """What a commit costs, and how that is made up.

    Args:
        workload: Which commits.
        size: How many actions each has.
        microseconds: Client CPU of one commit, without a profiler.
        shares: The share of each part.
        calls: How many calls of Python's and C's functions each part makes in a commit.
        leading: The functions with the largest shares, and how often a commit calls each.
    """

    workload: str
    size: int
    microseconds: float
    shares: dict[str, float]
    calls: dict[str, float]
    leading: tuple[tuple[str, float, float], ...]


def profile(settings: Settings, workload: str, size: int, key: str = OURS) -> Profile:
    """Measure commits of one of ours, and then profile as many."""
    settings.pin()
    entry = ENTRIES[key]
    commits = settings.commits(size)
    with serving() as server, opened([entry], server.url) as peers:
        ours = contender(entry.title, peers[entry.title], Workload(workload, size), commits)
        seconds = settings.race().run([ours])[entry.title]
        profiler = cProfile.Profile(time.process_time)  # waiting costs nothing
        for _ in range(settings.rounds):
            prepared = ours.prepare()
            profiler.enable()
            ours.run(prepared)
            profiler.disable()
    sample = Sample("profile", workload, size, entry.title, "µs CPU", seconds)
    stats: Any = pstats.Stats(profiler)
    spent = _by_part(stats.stats)
    total = sum(seconds for seconds, _ in spent.values())
    made = commits * settings.rounds
    ordered = sorted(spent.items(), key=lambda each: -each[1][0])
    return Profile(
        workload,
        size,
        sample.median / commits * MICROSECONDS,
        {part: seconds / total for part, (seconds, _) in ordered},
        {part: calls / made for part, (_, calls) in ordered},
        _leading(stats.stats, total, made),
    )


def _by_part(stats: dict[Function, Any]) -> dict[str, tuple[float, int]]:
    """Return the seconds and calls of each part."""
    seconds: dict[str, float] = defaultdict(float)
    calls: dict[str, int] = defaultdict(int)
    for function, (_, count, own, _, callers) in stats.items():
        part = _part_of(function)
        if part is None:  # of C: each of its callers has its share
            for caller, (_, its_count, its_own, _) in callers.items():
                its_part = _part_of(caller) or _REST
                seconds[its_part] += its_own
                calls[its_part] += its_count
        else:
            seconds[part] += own
            calls[part] += count
    return {part: (seconds[part], calls[part]) for part in seconds}


def _part_of(function: Function) -> str | None:
    """Return the part that a function belongs to; None for one of C's that any may call."""
    file, _, name = function
    if file == "~":
        if any(call in name for call in _SOCKET_CALLS):
            return "socket"
        return "signing" if any(call in name for call in _HASH_CALLS) else None
    place = _place(file)
    return next((part for beginning, part in _PARTS if place.startswith(beginning)), _REST)


def _place(file: str) -> str:
    """Return a file's name from its package on."""
    if file.startswith("<frozen "):  # Python's own
        return file
    if file.startswith("<"):  # made at run time: by attrs, or by the library or cattrs for values
        of_attrs = _OF_ATTRS.match(file)
        return of_attrs[1].replace(".", "/") if of_attrs else f"transactscope/values/{file}"
    path = Path(file).as_posix()
    library = Path(transactscope.__file__).resolve().parent.parent.as_posix()
    for folder in ("/site-packages/", f"{library}/", _STANDARD):
        _, found, rest = path.rpartition(folder)
        if found:
            return rest
    return path


_OF_ATTRS: Final = re.compile(r"<attrs generated \w+ ([\w.]+)>")
_STANDARD: Final = f"{Path(cProfile.__file__).parent.as_posix()}/"


def _leading(
    stats: dict[Function, Any], total: float, made: int
) -> tuple[tuple[str, float, float], ...]:
    ordered = sorted(stats.items(), key=lambda each: -each[1][2])[:_LEADING]
    return tuple(
        (_name(function), own / total, count / made) for function, (_, count, own, _, _) in ordered
    )


def _name(function: Function) -> str:
    file, line, name = function
    return name if file == "~" else f"{_place(file)}:{line} {name}"


def tables_of(found: Profile) -> list[Table]:
    """Return a profile as tables."""
    one = f"{found.size} action{'' if found.size == 1 else 's'}"
    parts = Table(
        f"A commit with {one} ({found.workload}): {found.microseconds:,.0f} µs of client CPU",
        ("part", "share", "µs", "calls"),
        tuple(
            (
                part,
                f"{share:.1%}",
                f"{share * found.microseconds:,.1f}",
                f"{found.calls[part]:,.0f}",
            )
            for part, share in found.shares.items()
        ),
    )
    functions = Table(
        "Its dearest functions, without those that they call",
        ("function", "share", "µs", "calls"),
        tuple(
            (name, f"{share:.1%}", f"{share * found.microseconds:,.1f}", f"{calls:,.0f}")
            for name, share, calls in found.leading
        ),
    )
    return [parts, functions]
