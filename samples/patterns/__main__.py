"""The command line: `python -m samples.patterns`."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import pkgutil
import secrets
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Final

import attrs
from botocore.exceptions import BotoCoreError, ClientError

from samples import patterns
from samples.engines.choosing import EngineName, choose_engine
from samples.engines.counting import watch
from samples.engines.engine import EngineError
from samples.programs import end_cleanly_when_told_to, survive_any_terminal
from transactscope import Database
from transactscope.errors import TransactScopeError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

PREFIX: Final = "transactscope-sample-"  # so that nobody's own table is ever taken

ENDED_WELL: Final = 0
WENT_WRONG: Final = 1
NOT_STARTED: Final = 2

_ABOUT_TABLES: Final = {"CreateTable", "DescribeTable", "DeleteTable"}


def pattern_names() -> list[str]:
    """Name all patterns: the modules of this folder that do not begin with an underscore."""
    found = pkgutil.iter_modules(patterns.__path__)
    return sorted(
        module.name for module in found if not (module.ispkg or module.name.startswith("_"))
    )


def patterns_meant_by(typed: str, names: Sequence[str]) -> list[str]:
    """Return the names that begin so; a name that is typed in full means itself only."""
    beginning = typed.replace("-", "_")
    return [beginning] if beginning in names else [n for n in names if n.startswith(beginning)]


def load(name: str) -> ModuleType:
    """Import one pattern."""
    return importlib.import_module(f"{patterns.__name__}.{name}")


def summary_of(pattern: ModuleType) -> str:
    """Return the first line of a pattern's story."""
    return (pattern.__doc__ or "").partition("\n")[0]


def parser() -> argparse.ArgumentParser:
    """Say what the command line takes."""
    parsed = argparse.ArgumentParser(
        prog="python -m samples.patterns",
        description="Transactions of real applications. Without a name: what there is.",
    )
    parsed.add_argument(
        "name", nargs="?", help="the pattern whose story is to be played, or how its name begins"
    )
    engine = parsed.add_mutually_exclusive_group()
    engine.add_argument(
        "--engine",
        choices=["auto", "dynoxide", "moto", "aws"],
        default="auto",
        help="what answers (default: dynoxide if it is installed, else moto, both on this "
        "machine); aws is Amazon DynamoDB, with your own credentials",
    )
    engine.add_argument(
        "--endpoint-url", metavar="URL", help="whatever answers there, such as DynamoDB Local"
    )
    parsed.add_argument("--region", help="the Region, with --engine aws or --endpoint-url")
    parsed.add_argument("--profile", help="the profile, with --engine aws or --endpoint-url")
    return parsed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    survive_any_terminal()
    end_cleanly_when_told_to()
    parsed = parser()
    given = parsed.parse_args(arguments)
    names = pattern_names()
    if not _is_remote(given) and (given.region or given.profile):
        parsed.error("--region and --profile go with --engine aws or --endpoint-url")
    if given.name is None:
        _list(names)
        return ENDED_WELL
    meant = patterns_meant_by(given.name, names)
    if not meant:
        parsed.error(f"there is no pattern {given.name!r}; there are {', '.join(names)}")
    if len(meant) > 1:
        parsed.error(f"{given.name!r} may be {' or '.join(meant)}")
    try:
        _play(load(*meant), given)
    except EngineError as error:
        print(f"This cannot start: {error}", file=sys.stderr)
        return NOT_STARTED
    except TransactScopeError as error:
        print(f"The story went wrong: {error}", file=sys.stderr)
        return WENT_WRONG
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return ENDED_WELL


def _list(names: list[str]) -> None:
    width = max(map(len, names))
    for name in names:
        print(f"{name:{width}}  {summary_of(load(name))}")


def _is_remote(given: argparse.Namespace) -> bool:
    return given.engine == "aws" or given.endpoint_url is not None


def _play(pattern: ModuleType, given: argparse.Namespace) -> None:
    name: EngineName = "remote" if _is_remote(given) else given.engine
    with choose_engine(
        name, endpoint_url=given.endpoint_url, region=given.region, profile=given.profile
    ) as engine:
        print(f"{engine.says}\n\n{summary_of(pattern)}\n")
        sent = watch(engine.client)
        with tables_of_its_own(engine.client) as tables:
            pattern.run(Database(engine.client, table_names=tables))
        print("\nIt sent, beside what is about tables:")
        for request, count in Counter(sent).items():
            if request not in _ABOUT_TABLES:
                print(f"{count:4} {request}")


@attrs.frozen
class TableNames:
    """Names the tables of one run, and keeps what it has named.

    Attributes:
        prefix: What all names begin with.
        given: The names that were given, by the tables of entities.
    """

    prefix: str
    given: dict[str, str] = attrs.field(factory=dict)

    def __call__(self, table: str) -> str:
        """Return the name that a table of an entity has in this run."""
        return self.given.setdefault(table, self.prefix + table)


@contextlib.contextmanager
def tables_of_its_own(client: DynamoDBClient) -> Iterator[TableNames]:
    """Name tables that nobody else has, and delete them afterwards."""
    names = TableNames(f"{PREFIX}{secrets.token_hex(4)}-")
    try:
        yield names
    finally:
        for name in names.given.values():
            try:
                client.delete_table(TableName=name)
            except client.exceptions.ResourceNotFoundException:
                continue  # it could not be created
            except (BotoCoreError, ClientError) as error:
                print(f"Table {name} could not be deleted: {error}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
