"""The composition root, the command line, and the program as a whole."""

import contextlib
import itertools
import logging
import os
import pathlib
import re
import signal
import subprocess
import sys
from typing import Any

import attrs
import pytest

from samples.catalog import app
from samples.catalog.__main__ import main, options_of
from samples.catalog.app import DEFAULT_DATA, REMOTE_PREFIX, Options, choose_engine, run
from samples.catalog.provider.tables import ProductTables
from samples.catalog.tests.conftest import require_dynoxide
from samples.engines import choosing
from samples.engines.engine import EngineError

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROGRAM = [sys.executable, "-m", "samples.catalog"]


@pytest.fixture
def data(tmp_path):
    """A file for the data of dynoxide."""
    return tmp_path / "catalog.db"


@pytest.fixture
def options(engine_name, data):
    """What the command line would ask for to run the story on the engine."""
    return Options("demo", engine_name, data if engine_name == "dynoxide" else None)


@pytest.fixture
def lines():
    """What the program has written."""
    return []


@pytest.mark.slow
def test_the_demo_ends_well(options, lines):
    """The whole story on an engine that the program starts itself."""
    assert 0 == run(options, write=lines.append)
    assert "Everything happened as it was told" in lines[-2]


@pytest.mark.slow
def test_the_demo_ends_well_in_one_table(options, lines):
    """Where products lie changes nothing of the story."""
    assert 0 == run(attrs.evolve(options, single_table=True), write=lines.append)
    assert any("The table Catalog is ready." in line for line in lines)
    assert "Everything happened as it was told" in lines[-2]


@pytest.mark.slow
def test_a_story_that_goes_wrong_fails_the_program(options, lines, monkeypatch):
    """The exit code tells scripts what the text tells people."""
    monkeypatch.setattr(app, "watch", lambda _client: [])

    assert 1 == run(options, write=lines.append)
    assert "The story went wrong" in lines[-1]


def test_the_shell_runs_on_the_engine(options, lines):
    """The second front end stands on the same layers."""
    typed = ["add album Bach Air", "list"]

    assert 0 == run(Options("shell", options.engine, options.data), lines=typed, write=lines.append)
    assert 'Album "Air" by Bach' == lines[-1]


@pytest.mark.slow
def test_dynoxide_keeps_what_is_stored(data, lines):
    """What the shell stores today is there tomorrow, and the story can be told twice."""
    require_dynoxide()
    shell = Options("shell", "dynoxide", data)
    run(shell, lines=["add album Bach Air"], write=lines.append)
    codes = [run(Options("demo", "dynoxide", data), write=lines.append) for _ in range(2)]
    run(shell, lines=["get album Bach Air"], write=lines.append)

    assert [0, 0] == codes
    assert 'Album "Air" by Bach.' == lines[-1]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dynoxide", ["dynoxide answers", "conflict or throttling", "forgets"]),
        ("moto", ["moto answers", "client request", "one thread", "keeps nothing"]),
    ],
)
def test_each_engine_says_what_it_cannot_do(name, words, data):
    """Nobody takes an imitation for the service."""
    if name == "dynoxide":
        require_dynoxide()
    with choose_engine(Options(engine=name, data=data)) as engine:
        says = engine.says

    assert [] == [word for word in words if word not in says]


def test_moto_serves_where_dynoxide_is_missing(monkeypatch):
    """The program runs on a machine that has Python alone."""
    monkeypatch.setattr(choosing, "find_dynoxide", lambda: None)

    with choose_engine(Options()) as engine:
        assert "moto" in engine.says


def test_dynoxide_by_name_is_not_replaced(monkeypatch, lines):
    """Who asks for an engine gets it, or is told."""
    monkeypatch.setattr(choosing, "find_dynoxide", lambda: None)

    assert 2 == run(Options(engine="dynoxide"), write=lines.append)
    assert "neither in .engines nor on the PATH" in lines[-1]


def test_without_moto_the_way_out_is_named(monkeypatch):
    """An optional dependency that is missing is said by name."""
    monkeypatch.setitem(sys.modules, "moto", None)

    with (
        pytest.raises(EngineError, match=r"transactscope\[samples\]"),
        choose_engine(Options(engine="moto")),
    ):
        pass


def test_a_file_that_holds_no_data_of_dynoxide_is_told(tmp_path, lines):
    """A broken file ends the program with dynoxide's own words, not with a traceback."""
    require_dynoxide()
    broken = tmp_path / "broken.db"
    broken.write_text("this is no database", encoding="utf-8")

    assert 2 == run(Options(engine="dynoxide", data=broken), write=lines.append)
    assert "not a valid SQLite database" in lines[-1]


def test_a_program_that_cannot_be_run_is_told(tmp_path, data, lines, monkeypatch):
    """A file that is no program of this machine ends in a sentence."""
    (tmp_path / "dynoxide").touch(0o600)
    monkeypatch.setattr(choosing, "find_dynoxide", lambda: tmp_path / "dynoxide")

    assert 2 == run(Options(data=data), write=lines.append)
    assert "cannot be run" in lines[-1]


def test_a_folder_that_cannot_be_made_is_told(tmp_path, lines):
    """Where the data cannot be kept, nothing is started."""
    require_dynoxide()
    (tmp_path / "file").touch()
    data = tmp_path / "file" / "catalog.db"

    assert 2 == run(Options(engine="dynoxide", data=data), write=lines.append)
    assert "cannot be kept" in lines[-1]


def test_a_profile_that_does_not_exist_is_told(lines):
    """A wrong setting is answered in a sentence."""
    options = Options(engine="remote", profile="nobody")

    assert 2 == run(options, write=lines.append)
    assert "nobody" in lines[-1]


def test_a_session_on_this_machine_has_a_client_of_its_own(options, prefix):
    """What is injected into one session cannot reach another."""
    with choose_engine(options) as engine:
        tables = ProductTables(engine.client, prefix=prefix)
        sessions = [app.open_session(engine, tables) for _ in range(2)]
        clients = {id(each._sender.own_client) for each in sessions} | {id(engine.client)}
        can_fail = [bool(each.mishaps) for each in sessions]
        for session in sessions:
            session.close()

    assert (3, [True, True]) == (len(clients), can_fail)


def test_a_session_elsewhere_cannot_be_made_to_fail(prefix):
    """Nobody injects faults into requests that are charged."""
    with choose_engine(Options(engine="remote", region="eu-west-1")) as engine:
        session = app.open_session(engine, ProductTables(engine.client, prefix=prefix))

    assert not session.mishaps


def test_what_is_told_on_pages_is_not_logged(options, capsys):
    """Attempts and doubts are told where people look, not where the program was started."""
    run(Options("shell", options.engine, options.data), lines=["quit"], write=lambda _line: None)
    logging.getLogger("transactscope.flows").warning("attempt 1")

    assert "" == capsys.readouterr().err


def test_tables_that_cannot_be_used_end_the_shell(options, lines):
    """Without tables there is nothing to play with."""
    shell = Options("shell", options.engine, options.data, table_prefix="no spaces ")

    assert 2 == run(shell, lines=["list"], write=lines.append)
    assert "Not done" in lines[-1]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], Options()),
        (["--demo"], Options(mode="demo")),
        (["--shell", "--engine", "moto"], Options(mode="shell", engine="moto")),
        (["--data", "x.db"], Options(data=pathlib.Path("x.db"))),
        (["--port", "0"], Options(port=0)),
        (["--single-table"], Options(single_table=True)),
        (
            ["--aws", "--region", "eu-west-1", "--profile", "me"],
            Options(engine="remote", region="eu-west-1", profile="me"),
        ),
        (
            ["--endpoint-url", "http://127.0.0.1:8000"],
            Options(engine="remote", endpoint_url="http://127.0.0.1:8000"),
        ),
    ],
)
def test_the_command_line_is_read(arguments, expected):
    """Each option means what its help says."""
    assert expected == options_of(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--demo", "--shell"],
        ["--demo", "--port", "8080"],
        ["--port", "65536"],
        ["--port", "http"],
        ["--aws", "--engine", "moto"],
        ["--region", "eu-west-1"],
        ["--engine", "moto", "--profile", "me"],
        ["--engine", "moto", "--data", "x.db"],
        ["--aws", "--data", "x.db"],
    ],
)
def test_options_that_would_be_ignored_are_refused(arguments, capsys):
    """What is asked for is done, or refused."""
    with pytest.raises(SystemExit) as caught:
        options_of(arguments)

    assert 2 == caught.value.code


@pytest.mark.parametrize("port", ["65536", "http"])
def test_a_port_that_is_none_is_told_in_words(port, capsys):
    """Nobody has to guess which numbers are ports."""
    with pytest.raises(SystemExit):
        options_of(["--port", port])

    assert f"a port is a number from 0 to 65535, not '{port}'" in capsys.readouterr().err


def test_tables_elsewhere_have_a_prefix():
    """Nobody's own table called Book is ever touched."""
    prefixes = [
        Options().prefix,
        Options(engine="remote").prefix,
        Options(engine="remote", table_prefix="").prefix,
        Options(table_prefix="my-").prefix,
    ]

    assert ["", REMOTE_PREFIX, "", "my-"] == prefixes


def test_data_are_kept_where_the_program_runs():
    """The default is beside what people see, where they can delete it."""
    assert not DEFAULT_DATA.is_absolute()


def test_an_interruption_has_an_exit_code_of_its_own(monkeypatch):
    """Ctrl-C is no traceback."""

    def interrupted(_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("samples.catalog.__main__.run", interrupted)
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    assert 130 == main([])


@pytest.mark.slow
def test_the_demo_runs_as_a_program(engine_name, tmp_path):
    """What a newcomer starts works from the command line."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    outcome = subprocess.run(
        [*PROGRAM, "--demo", "--engine", engine_name],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == outcome.returncode, outcome.stdout + outcome.stderr
    assert "Everything happened as it was told" in outcome.stdout


def send_until_it_ends(program: Any, number: int) -> None:
    """Press Ctrl-C again, as people do: one that came just before a read is seen only after it."""
    for _ in range(3):
        program.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(60)
            return


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_no_engine_is_left_behind(number, data):
    """Ctrl-C, a kill and a closed terminal all end dynoxide with the program."""
    require_dynoxide()
    program: Any = subprocess.Popen(
        [*PROGRAM, "--shell", "--engine", "dynoxide", "--data", data],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        written = "".join(itertools.takewhile(lambda line: "Type help" not in line, program.stdout))
        send_until_it_ends(program, number)

    (process_id,) = map(int, re.findall(r"process (\d+)", written))
    assert 128 + number == program.returncode
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)
