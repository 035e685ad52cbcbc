"""Write the figures of docs/how-to/limits.md anew from `transactscope/limits.py`.

    .venv/bin/python scripts/limits_table.py

Names, values and sources are those of the code, in its order. What a figure counts and where it is
refused is prose: it stays as it stands in the table. A constant that is new there brings the words
of its comment, and an empty cell to be filled.
"""

from __future__ import annotations

import pathlib
import re

ROOT = pathlib.Path(__file__).parent.parent
PAGE = ROOT / "docs/how-to/limits.md"
CONSTANTS = ROOT / "transactscope/limits.py"

_CONSTANT = re.compile(r"^([A-Z_]+): Final = (.+?)  # (.*?) ?\[([\w, ]+)\]$", re.MULTILINE)
_TABLE = re.compile(r"^\| constant \|.*\n\|[-|]+\n((?:\|.*\n)+)", re.MULTILINE)
_NUMBER = re.compile(r'(?:Decimal\(")?([\d._E+-]+)(?:"\))?')


def with_figures(page: str, constants: str) -> str:
    """Return the page with the figures of the code, and the prose that it has."""
    (old,) = _TABLE.findall(page)
    cells = [line.strip("| ").split(" | ") for line in old.splitlines()]
    prose = {name.strip("`"): " | ".join(words) for name, _, *words, _ in cells}
    new = "".join(_row(*found, prose) for found in _CONSTANT.findall(constants))
    return page.replace(old, new)


def _row(name: str, value: str, comment: str, source: str, prose: dict[str, str]) -> str:
    number = _NUMBER.fullmatch(value)
    if not number:
        msg = f"{name}: {value} is not a number as it is written"
        raise ValueError(msg)
    words = prose.get(name, f"{comment} | ")
    return f"| `{name}` | {number[1].replace('_', '')} | {words} | {source} |\n"


def main() -> None:
    """Write the page if it has changed, and say so."""
    before = PAGE.read_text(encoding="utf-8")
    after = with_figures(before, CONSTANTS.read_text(encoding="utf-8"))
    PAGE.write_text(after, encoding="utf-8")
    print("the figures are new" if after != before else "the figures are as they were")


if __name__ == "__main__":
    main()
