"""A report as text, for people.

Imports the figures only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from transactscope.ext.statistics.figures import Outcomes, Spread

if TYPE_CHECKING:
    from transactscope.ext.statistics.report import Report

_NOTHING = "–"  # where there is nothing to tell


def text_of(report: Report) -> str:
    """Return a report as lines: a heading, then paragraphs whose columns are aligned."""
    paragraphs = [
        [_heading(report)],
        _outcomes(report),
        _operations(report),
        _commits(report),
        _tables(report),
        _hot_items(report),
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)


def _heading(report: Report) -> str:
    counted = "all" if report.sample >= 1 else f"{report.sample:g} of all"
    return f"statistics of {report.seconds:.1f} seconds: {counted} scopes and calls are counted"


def _outcomes(report: Report) -> list[str]:
    scopes, writes = report.scopes, report.writes
    begun = {"begun": scopes.begun, "nothing to send": scopes.empty}
    ended = {"rolled back": scopes.rolled_back}
    lines = [
        ("scopes", {**begun, **_ended(scopes), **ended}),
        ("  canceled", scopes.canceled),
        ("  resolved", scopes.resolved),
        ("  staged", report.staged),
        ("  staged, then rolled back", _rolled_back(scopes)),
        ("single writes", _ended(writes)),
        ("  canceled", writes.canceled),
        ("sent again after", report.retries),
        ("begun anew after", report.reruns),
    ]
    told = [(name, _counted(counts)) for name, counts in lines if any(counts.values())]
    return _aligned(told, "<<")


def _ended(outcomes: Outcomes) -> dict[str, int]:
    return {
        "committed": outcomes.committed,
        "replayed": outcomes.replayed,
        "canceled": sum(outcomes.canceled.values()),
        "in doubt": outcomes.in_doubt,
    }


def _rolled_back(scopes: Outcomes) -> dict[str, int]:
    return {"calls": scopes.rolled_back_calls, "scopes without a count": scopes.unknown_calls}


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count)


def _operations(report: Report) -> list[str]:
    rows = [
        (name, str(each.sent), str(each.failed), *_percentiles(each.seconds, _seconds))
        for name, each in report.operations.items()
    ]
    lines = _table(("request", "sent", "failed", "p50", "p90", "p99", "max"), rows)
    errors = [
        (f"  {name} failed with", _counted(each.errors))
        for name, each in report.operations.items()
        if each.errors
    ]
    return lines + _aligned(errors, "<<")


def _commits(report: Report) -> list[str]:
    commits = report.commits
    told: list[tuple[str, Spread, Callable[[float], str]]] = [
        ("time, with attempts and pauses", commits.seconds, _seconds),
        ("actions", commits.actions, _whole),
        ("bytes, at least", commits.bytes, _whole),
        ("bytes of the largest item, at least", commits.item_bytes, _whole),
    ]
    rows = [(name, *_percentiles(spread, shown)) for name, spread, shown in told if spread.count]
    return _table(("commit", "p50", "p90", "p99", "max"), rows)


def _tables(report: Report) -> list[str]:
    header = ("table", "write units", "read units", "conflicts", "stale reads", "throttles")
    rows = [
        (
            name,
            str(each.write_units),
            str(each.read_units),
            str(each.conflicts),
            str(each.stale_reads),
            str(each.throttles),
        )
        for name, each in report.tables.items()
    ]
    return _table(header, rows)


def _hot_items(report: Report) -> list[str]:
    rows = [(str(each), str(each.count), str(each.over)) for each in report.hot_items]
    return _table(("item with conflicts or stale reads", "count", "at most too many"), rows)


def _percentiles(spread: Spread, shown: Callable[[float], str]) -> tuple[str, ...]:
    figures = (spread.p50, spread.p90, spread.p99, spread.max)
    return tuple(_NOTHING if figure is None else shown(figure) for figure in figures)


def _seconds(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}" if seconds < 1000 * size else f"{seconds:.0f} s"
    return f"{seconds / 1e-6:.3g} µs"


def _whole(number: float) -> str:
    return f"{number:.0f}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Align rows under a header, names to the left and figures to the right."""
    return _aligned([header, *rows], "<" + ">" * (len(header) - 1)) if rows else []


def _aligned(rows: Iterable[Sequence[str]], sides: str) -> list[str]:
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            f"{cell:{side}{width}}" for cell, side, width in zip(row, sides, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
