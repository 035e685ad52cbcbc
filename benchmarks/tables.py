"""Results as tables, for a terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

from benchmarks.results import (
    TITLES,
    Results,
    Sample,
    contenders_of,
    ratio,
    sizes_of,
)
from benchmarks.targets import Verdict, verdicts

_EXACT_BELOW: Final = 100


@frozen
class Table:
    """A heading, titles of columns, and rows of texts."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_text(self) -> str:
        """Return it with aligned columns."""
        lines = [self.columns, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        shown = [
            "  ".join(
                cell.rjust(width) if place else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        return "\n".join([self.heading, *(f"  {line}" for line in shown)])

    def as_markdown(self) -> str:
        """Return it as Markdown, with the heading as a line of its own."""
        lines = [self.columns, tuple("---" for _ in self.columns), *self.rows]
        shown = ["| " + " | ".join(line) + " |" for line in lines]
        return "\n".join([f"**{self.heading}**", "", *shown])


def tables_of(results: Results) -> Iterator[Table]:
    """Return a table for each case that was measured, and one of the targets."""
    for measurement, case in results.cases():
        yield _table(measurement, case, results.of(measurement, case))
    yield targets_of(results)


def _table(measurement: str, case: str, samples: Sequence[Sample]) -> Table:
    unit = samples[0].unit
    heading = f"{TITLES[measurement]}: {case} ({unit}, and the ratio to the first row)"
    sizes = sizes_of(samples)
    first = contenders_of(samples)[0]
    by_place = {(sample.contender, sample.size): sample for sample in samples}
    rows = []
    for contender in contenders_of(samples):
        ratios = [ratio(by_place[contender, size], by_place[first, size]) for size in sizes]
        cells = [
            f"{_shown(by_place[contender, size].median)} ({found.median:.3g})"
            for size, found in zip(sizes, ratios, strict=True)
        ]
        spread = max(found.spread for found in ratios)
        rows.append((contender, *cells, f"{spread:.0%}"))
    return Table(heading, ("", *map(str, sizes), "spread"), tuple(rows))


def _shown(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= _EXACT_BELOW else f"{figure:.3g}"


def targets_of(results: Results) -> Table:
    """Return what is wanted, what was measured, and whether that will do."""
    held = verdicts(results)
    sizes = sorted({verdict.size for verdict in held})
    cells: dict[tuple[str, str], dict[int, str]] = {}
    for verdict in held:
        place = (verdict.target.title, verdict.case)
        cells.setdefault(place, {})[verdict.size] = _held(verdict)
    rows = tuple(
        (*place, *(by_size.get(size, "") for size in sizes)) for place, by_size in cells.items()
    )
    columns = ("target", "case", *map(str, sizes))
    return Table("What is wanted, and what was measured", columns, rows)


def _held(verdict: Verdict) -> str:
    wanted = f"{verdict.target.sign} {verdict.bound:.4g}"
    figure = "" if verdict.figure is None else f"{verdict.figure:.3g} "
    return f"{figure}{wanted} {verdict.word}"
