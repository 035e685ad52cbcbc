"""The part of the documentation that is made of figures."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from benchmarks.machine import sentence
from benchmarks.results import Results
from benchmarks.tables import tables_of

PAGE: Final = Path("docs/performance.md")
PICTURE: Final = Path("docs/images/benchmarks.png")
_BEGIN: Final = "<!-- benchmarks: made by `python -m benchmarks --update-docs` from here -->"
_END: Final = "<!-- benchmarks: to here -->"


def markdown(results: Results) -> str:
    """Return all tables as Markdown, with what they depend on."""
    left_out = [f"Left out: {name}, which {why}." for name, why in results.left_out.items()]
    parts = [sentence(results.facts), *left_out]
    return "\n\n".join([*parts, *(table.as_markdown() for table in tables_of(results))])


def with_figures(page: str, results: Results, picture: str | None) -> str:
    """Return a page with the part between its two comments made anew.

    Args:
        page: The whole text of the page.
        results: What was measured.
        picture: Where the picture is, as seen from the page; None leaves it out.
    """
    before, found, rest = page.partition(_BEGIN)
    _, found_too, after = rest.partition(_END)
    if not (found and found_too):
        msg = f"the page has lost one of its two comments: {_BEGIN} and {_END}"
        raise ValueError(msg)
    shown = [f"![Ratios of client CPU]({picture})"] if picture else []
    return "\n\n".join([f"{before}{_BEGIN}", *shown, markdown(results), f"{_END}{after}"])


def update(root: Path, results: Results) -> None:
    """Write the figures into the page of a checkout."""
    page = root / PAGE
    has_picture = (root / PICTURE).exists()
    picture = PICTURE.relative_to(PAGE.parent).as_posix() if has_picture else None
    text = page.read_text(encoding="utf-8")
    page.write_text(with_figures(text, results, picture), encoding="utf-8")
