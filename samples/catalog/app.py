"""The composition root: an engine below, the three layers above it, a front end on top.

The only module that knows all of them. There are three front ends on the same service: the
page, the story and the shell.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Literal

import attrs

from samples.catalog.frontend.narrator import StoryError
from samples.catalog.frontend.shell import Shell, typed_lines
from samples.catalog.frontend.terminal import tell_story
from samples.catalog.provider.layouts import ONE_TABLE, THREE_TABLES, Layout
from samples.catalog.provider.tables import ProductTables
from samples.catalog.service.catalog import CatalogService
from samples.catalog.service.outcomes import TablesReady
from samples.engines import choosing
from samples.engines.choosing import EngineName
from samples.engines.counting import watch
from samples.engines.engine import Engine, EngineError

DEFAULT_DATA: Final = Path(".catalog/catalog.db")
REMOTE_PREFIX: Final = "transactscope-sample-"  # so that nobody's own table is ever taken

_TOLD_BY_FRONT_ENDS: Final = logging.NullHandler()  # attempts and doubts, with what they mean

ENDED_WELL: Final = 0
STORY_FAILED: Final = 1
NOT_STARTED: Final = 2


@attrs.frozen
class Options:
    """What the command line asks for.

    Attributes:
        mode: `web` serves the page, `demo` tells the story, `shell` takes commands.
        engine: A local engine, `auto` for the better one that is there, or `remote`.
        data: The file that dynoxide keeps its data in; None means `DEFAULT_DATA`.
        endpoint_url: Where a remote engine answers; None means Amazon DynamoDB.
        region: The Region of a remote engine; None means that of the user's settings.
        profile: The profile of the user's settings; None means the default one.
        table_prefix: What the tables' names begin with; None means nothing on a local
            engine, and `REMOTE_PREFIX` elsewhere.
        port: Where the page is served on this machine; 0 means any port, None means the
            usual one, or any other where that is taken.
        single_table: Whether all products are in one table.
    """

    mode: Literal["web", "demo", "shell"] = "web"
    engine: EngineName = "auto"
    data: Path | None = None
    endpoint_url: str | None = None
    region: str | None = None
    profile: str | None = None
    table_prefix: str | None = None
    port: int | None = None
    single_table: bool = False

    @property
    def layout(self) -> Layout:
        """Which product is in which table."""
        return ONE_TABLE if self.single_table else THREE_TABLES

    @property
    def prefix(self) -> str:
        """The prefix that counts."""
        if self.table_prefix is not None:
            return self.table_prefix
        return REMOTE_PREFIX if self.engine == "remote" else ""


def run(
    options: Options,
    *,
    lines: Iterable[str] | None = None,
    write: Callable[[str], object] = print,
) -> int:
    """Start the engine, put the layers together, and run a front end on them.

    Args:
        options: What was asked for.
        lines: What is typed into the shell; None means what really is typed.
        write: Takes every line of output.

    Returns:
        The exit code of the program.
    """
    logging.getLogger("transactscope").addHandler(_TOLD_BY_FRONT_ENDS)
    try:
        with choose_engine(options) as engine:
            tables = ProductTables(engine.client, prefix=options.prefix, layout=options.layout)
            if options.mode == "shell":
                return _shell(engine, tables, typed_lines() if lines is None else lines, write)
            if options.mode == "demo":
                return _story(engine, tables, write)
            return _page(engine, tables, options.port, write)
    except EngineError as error:
        write(f"This cannot start: {error}")
        return NOT_STARTED


def choose_engine(options: Options) -> contextlib.AbstractContextManager[Engine]:
    """Return the engine that was asked for; dynoxide keeps its data in a file.

    Raises:
        EngineError: dynoxide was asked for by name, and its program is not there.
    """
    return choosing.choose_engine(
        options.engine,
        data=options.data or DEFAULT_DATA,
        endpoint_url=options.endpoint_url,
        region=options.region,
        profile=options.profile,
    )


def _story(engine: Engine, tables: ProductTables, write: Callable[[str], object]) -> int:
    sent = watch(engine.client)
    try:
        tell_story(lambda: CatalogService(tables), engine=engine.says, sent=sent, write=write)
    except StoryError as error:
        write(f"\nThe story went wrong: {error}")
        return STORY_FAILED
    kept = "What is stored stays." if engine.is_lasting else "What was stored is gone now."
    write(f"\nEverything happened as it was told. It took {len(sent)} requests, looks included.")
    write(kept)
    return ENDED_WELL


def _shell(
    engine: Engine, tables: ProductTables, lines: Iterable[str], write: Callable[[str], object]
) -> int:
    if not _is_ready(engine, tables, write):
        return NOT_STARTED
    write("Type help to see what you can do.")
    Shell(open_session(engine, tables), write).run(lines)
    return ENDED_WELL


def _page(
    engine: Engine, tables: ProductTables, port: int | None, write: Callable[[str], object]
) -> int:
    try:
        from samples.catalog.frontend.web.server import (  # noqa: PLC0415 - only here needs it
            PortError,
            serve,
        )
    except ImportError:
        write("This cannot start: Flask is not installed: pip install 'transactscope[samples]'")
        return NOT_STARTED
    if not _is_ready(engine, tables, write):
        return NOT_STARTED
    try:
        serve(
            lambda: open_session(engine, tables),
            engine=engine.says,
            takes_turns=engine.takes_turns,
            port=port,
            announce=lambda url: write(f"The page is at {url} until you end it with Ctrl-C."),
        )
    except PortError as error:
        write(f"This cannot start: {error}")
        return NOT_STARTED
    return ENDED_WELL


def open_session(engine: Engine, tables: ProductTables) -> CatalogService:
    """Open a session; on an engine of this machine with a client of its own, to inject faults."""
    own_client = None if engine.new_client is None else engine.new_client()
    return CatalogService(tables, own_client=own_client, keeps_tokens=engine.keeps_tokens)


def _is_ready(engine: Engine, tables: ProductTables, write: Callable[[str], object]) -> bool:
    """Say which engine answers, create the tables that are missing, and say what came of it."""
    write(engine.says)
    ready = CatalogService(tables).create_tables()
    write(str(ready))
    return isinstance(ready, TablesReady)
