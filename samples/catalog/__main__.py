"""The command line: `python -m samples.catalog`."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from samples.catalog.app import DEFAULT_DATA, REMOTE_PREFIX, Options, run
from samples.programs import end_cleanly_when_told_to, survive_any_terminal

MAX_PORT: Final = 65_535


def parser() -> argparse.ArgumentParser:
    """Say what the command line takes."""
    parsed = argparse.ArgumentParser(
        prog="python -m samples.catalog",
        description="Albums, books and movies in three tables: transactions for DynamoDB. "
        "Without an option: a page for the browser, on the best engine that is there.",
    )
    mode = parsed.add_mutually_exclusive_group()
    mode.add_argument("--demo", action="store_true", help="tell the story in the terminal, and end")
    mode.add_argument("--shell", action="store_true", help="take commands instead")
    mode.add_argument(
        "--port",
        type=_port,
        metavar="N",
        help="where the page is served on this machine, 0 means anywhere (default: "
        "8080, or any other that is free)",
    )
    _add_engines(parsed)
    parsed.add_argument(
        "--table-prefix",
        metavar="TEXT",
        help=f"what the names of the tables begin with (default: nothing on this machine, "
        f"{REMOTE_PREFIX!r} elsewhere)",
    )
    parsed.add_argument(
        "--single-table",
        action="store_true",
        help="keep all products in one table, named Catalog, under keys such as A#Bach",
    )
    return parsed


def options_of(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line; None means the program's own. Ends the program if it is wrong."""
    parsed = parser()
    given = parsed.parse_args(arguments)
    is_remote = given.aws or given.endpoint_url is not None
    if not is_remote and (given.region or given.profile):
        parsed.error("--region and --profile go with --aws or --endpoint-url")
    if given.data is not None and (is_remote or given.engine == "moto"):
        parsed.error("--data is for dynoxide, which keeps its data in a file")
    return Options(
        mode="shell" if given.shell else "demo" if given.demo else "web",
        engine="remote" if is_remote else given.engine,
        data=given.data,
        endpoint_url=given.endpoint_url,
        region=given.region,
        profile=given.profile,
        table_prefix=given.table_prefix,
        port=given.port,
        single_table=given.single_table,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    survive_any_terminal()
    end_cleanly_when_told_to()
    try:
        return run(options_of(arguments))
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _port(text: str) -> int:
    with contextlib.suppress(ValueError):
        port = int(text)
        if 0 <= port <= MAX_PORT:
            return port
    raise argparse.ArgumentTypeError(f"a port is a number from 0 to {MAX_PORT}, not {text!r}")


def _add_engines(parsed: argparse.ArgumentParser) -> None:
    engine = parsed.add_mutually_exclusive_group()
    engine.add_argument(
        "--engine",
        choices=["auto", "dynoxide", "moto"],
        default="auto",
        help="what answers on this machine (default: dynoxide if it is installed, else moto)",
    )
    engine.add_argument(
        "--aws", action="store_true", help="Amazon DynamoDB, with your own credentials"
    )
    engine.add_argument("--endpoint-url", metavar="URL", help="whatever answers there")
    parsed.add_argument("--region", help="the Region, with --aws or --endpoint-url")
    parsed.add_argument("--profile", help="the profile, with --aws or --endpoint-url")
    parsed.add_argument(
        "--data",
        type=Path,
        metavar="FILE",
        help=f"where dynoxide keeps its data (default: {DEFAULT_DATA} in this folder)",
    )


if __name__ == "__main__":
    sys.exit(main())
