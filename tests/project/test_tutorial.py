"""The tutorial is a folder of files and what they print, as its reader makes and sees them."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import urllib.request

import pytest
from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from tests.project.tree import ROOT

pytestmark = pytest.mark.slow

TUTORIAL = ROOT / "docs/tutorial.md"
SERVER = "python page.py"  # has no end; the tutorial's own tests drive its page
SECONDS = 600  # for one program; the longest takes a few

_TYPED = re.compile(r"^\$ (.+)\n((?:(?!\$ ).*\n?)*)", re.MULTILINE)
# Runs the page's own last lines, on a port that nobody else has.
_PAGE = """
import runpy
from flask import Flask
run = Flask.run
Flask.run = lambda app, port, **options: run(app, port=0, **options)
runpy.run_path("page.py", run_name="__main__")
"""

_TIME = re.compile(r" in \d+\.\d+s\b.*")


def _blocks(parser):
    return [example.parsed for example in Sybil([parser]).parse(TUTORIAL).examples()]


def _files():
    """Return the files of the page by their names, which stand in their first lines."""
    blocks = _blocks(PythonCodeBlockParser())
    return {block.partition("\n")[0].removeprefix("# "): block for block in blocks}


def _programs():
    """Return what is typed to start the programs of the page, and what they print."""
    text = "".join(_blocks(CodeBlockParser(language="console", evaluator=print)))
    typed = dict(_TYPED.findall(text))
    return {line: shown for line, shown in typed.items() if line.startswith("python ")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The reader's folder with all files in it."""
    made = tmp_path_factory.mktemp("albums")
    for name, text in _files().items():
        (made / name).write_text(text, encoding="utf-8")
    return made


@pytest.mark.parametrize("line", sorted(set(_programs()) - {SERVER}))
def test_a_program_prints_what_the_page_shows(folder, line):
    """Who types it sees the same, but for the folder and the time."""
    outcome = subprocess.run(
        [sys.executable, *line.split()[1:]],
        cwd=folder,
        env=_settings(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    printed = _TIME.sub("", outcome.stdout.replace(f"{folder}{os.sep}", ""))

    assert (0, _programs()[line]) == (outcome.returncode, printed), outcome.stderr


def test_a_connection_that_nobody_uses_does_not_stop_the_page(folder):
    """Browsers open such connections; the page is there for the next one all the same."""
    with (
        _served(folder) as port,
        socket.create_connection(("127.0.0.1", port), SECONDS),
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=SECONDS) as answer,
    ):
        page = answer.read().decode()

    assert "<h1>Albums</h1>" in page
    assert 'rel="icon"' in page  # else a browser asks for one, and complains


def test_every_file_is_started_or_imported():
    """No file of the page is left for the reader to try first."""
    texts = _files()
    imported = {f"{name}.py" for text in texts.values() for name in re.findall(r"from (\w+)", text)}
    started = {word for line in _programs() for word in line.split()}

    assert set(texts) == set(texts) & (imported | started)
    assert SERVER in _programs()


@contextlib.contextmanager
def _served(folder):
    """Serve the page for a while, and give its port."""
    with subprocess.Popen(
        [sys.executable, "-c", _PAGE],
        cwd=folder,
        env=_settings(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr is not None
            yield next(
                int(found[1])
                for line in process.stderr
                if (found := re.search(r"http://127\.0\.0\.1:(\d+)", line))
            )
        finally:
            process.terminate()


def _settings():
    """Return the environment without what would send the programs elsewhere, or pytest astray."""
    foreign = ("AWS_", "PYTEST_", "COV_", "FLASK_", "WERKZEUG_")
    own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**own, "PYTHONPATH": str(ROOT)}
