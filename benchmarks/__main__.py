"""Measures what transactscope costs, beside its peers: `python -m benchmarks --help`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Final

from benchmarks import credentials, documents, machine, plots, profiles
from benchmarks.measurements import NAMES, measure
from benchmarks.peers import ENTRIES, OURS, choose
from benchmarks.results import Results, as_json, from_json
from benchmarks.settings import ROUNDS, Settings
from benchmarks.tables import tables_of
from benchmarks.workloads import WORKLOADS

_ALL: Final = "all"
_PROFILE: Final = "profile"
_QUICK_ROUNDS: Final = 3


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write what was asked for."""
    chosen = _parser().parse_args(arguments)
    credentials.isolate(os.environ)  # the processes that measure inherit it
    if chosen.what == _PROFILE:
        return _profile(chosen)
    results = _read(chosen.read) if chosen.read else _measured(chosen)
    if chosen.markdown:
        print(documents.markdown(results))
    else:
        print("\n\n".join(["", *(table.as_text() for table in tables_of(results))]))
    _write(chosen, results)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="?", default=_ALL, choices=(_ALL, *NAMES, _PROFILE))
    parser.add_argument("--rounds", type=_count, help="rounds of each race (30; quick: 3)")
    parser.add_argument(
        "--peers", type=_keys, default=(), help=f"comma-separated, of {', '.join(ENTRIES)}"
    )
    parser.add_argument("--quick", action="store_true", help="little work and few sizes")
    parser.add_argument("--seed", type=int, default=20261121, help="shuffles the peers")
    parser.add_argument("--no-pin", action="store_true", help="do not stay on one core")
    parser.add_argument("--read", type=Path, metavar="FILE", help="show the JSON of another run")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results as JSON")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the commits, PNG or SVG")
    parser.add_argument("--markdown", action="store_true", help="print the tables as Markdown")
    parser.add_argument(
        "--update-docs",
        action="store_true",
        help=f"write tables and picture into {documents.PAGE} of the folder that this runs in",
    )
    parser.add_argument("--n", type=_count, default=1, help="profile: actions of a commit")
    parser.add_argument("--workload", choices=sorted(WORKLOADS), default="puts", help="profile")
    parser.add_argument("--of", choices=_ours(), default=OURS, help="profile: which of ours")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("has to be 1 or more")
    return number


def _keys(text: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(","))
    unknown = [key for key in keys if key not in ENTRIES]
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no peer {', '.join(unknown)}")
    return keys


def _ours() -> list[str]:
    return [key for key in ("ordinary", OURS) if key in ENTRIES]


def _settings(chosen: argparse.Namespace) -> tuple[Settings, dict[str, str]]:
    entries, left_out = choose(chosen.peers)
    return Settings(
        tuple(entries),
        chosen.rounds or (_QUICK_ROUNDS if chosen.quick else ROUNDS),
        chosen.seed,
        quick=chosen.quick,
        pinned=not chosen.no_pin,
    ), left_out


def _measured(chosen: argparse.Namespace) -> Results:
    settings, left_out = _settings(chosen)
    facts = machine.facts(settings)
    print(machine.sentence(facts), file=sys.stderr)
    for name, reason in left_out.items():
        print(f"left out: {name}: {reason}", file=sys.stderr)
    samples = []
    for name in NAMES if chosen.what == _ALL else (chosen.what,):
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        samples += measure(name, settings)
    return Results(tuple(samples), facts, left_out)


def _read(file: Path) -> Results:
    return from_json(json.loads(file.read_text(encoding="utf-8")))


def _write(chosen: argparse.Namespace, results: Results) -> None:
    if chosen.json:
        text = json.dumps(as_json(results), indent=1, ensure_ascii=False)
        chosen.json.write_text(f"{text}\n", encoding="utf-8")
    pictures = [chosen.plot] if chosen.plot else []
    pictures += [documents.PICTURE] if chosen.update_docs else []
    problem = plots.problem() if pictures else None
    if problem:
        print(f"no picture: {problem}", file=sys.stderr)
    for picture in pictures if problem is None else ():
        plots.draw(results, picture)
    if chosen.update_docs:
        documents.update(Path(), results)


def _profile(chosen: argparse.Namespace) -> int:
    settings, _ = _settings(chosen)
    found = profiles.profile(settings, chosen.workload, chosen.n, chosen.of)
    print("\n\n".join(table.as_text() for table in profiles.tables_of(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
