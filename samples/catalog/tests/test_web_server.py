"""The server: where it listens, how the program serves the page, and how it ends."""

import itertools
import re
import signal
import socket
import subprocess
import sys
import threading
from http.client import HTTPConnection
from typing import Any

import pytest

from samples.catalog.app import Options, run
from samples.catalog.frontend.web.server import DEFAULT_PORT, HOST, PortError, listening
from samples.catalog.tests.test_app import PROGRAM, ROOT

SECONDS = 60  # for a program that should answer, or end, at once


@pytest.fixture
def taken():
    """A port that another program has."""
    with socket.create_server((HOST, 0)) as other:
        yield other.getsockname()[1]


def get(port, address="/album"):
    """Ask the page at a port, and return status, headers and text."""
    connection = HTTPConnection(HOST, port, timeout=SECONDS)
    try:
        connection.request("GET", address)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def test_the_page_is_served(site):
    """On this machine only, with a cookie of its own port."""
    with listening(site, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            status, headers, text = get(server.port)
        finally:
            server.shutdown()
            thread.join(SECONDS)

    assert ("127.0.0.1", 200) == (server.server_address[0], status)
    assert headers["Set-Cookie"].startswith(f"catalog-{server.port}=")
    assert "<h1>The catalog</h1>" in text


def test_an_idle_connection_keeps_nobody_out(site):
    """Browsers open connections that they do not use."""
    with listening(site, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with socket.create_connection((HOST, server.port)):
                status, *_ = get(server.port)
        finally:
            server.shutdown()
            thread.join(SECONDS)

    assert 200 == status


def test_a_port_that_is_taken_is_told(site, taken):
    """Who asks for a port gets it, or is told."""
    with pytest.raises(PortError, match=str(taken)), listening(site, taken):
        pass


def test_another_port_takes_the_place_of_the_usual_one(site, taken, monkeypatch):
    """Who asks for none gets one."""
    monkeypatch.setattr("samples.catalog.frontend.web.server.DEFAULT_PORT", taken)
    with listening(site) as server:
        assert server.port not in (0, taken, DEFAULT_PORT)


def test_a_port_that_is_taken_ends_the_program(engine_name, tmp_path, taken):
    """In a sentence, and with the exit code of what did not start."""
    data = tmp_path / "catalog.db" if engine_name == "dynoxide" else None
    lines: list[str] = []

    assert 2 == run(Options("web", engine_name, data, port=taken), write=lines.append)
    assert f"port {taken}" in lines[-1]


def test_tables_that_cannot_be_used_end_the_program(lines):
    """Without tables there is nothing to show."""
    options = Options("web", "moto", port=0, table_prefix="no spaces ")

    assert 2 == run(options, write=lines.append)
    assert "Not done" in lines[-1]


def test_without_flask_the_way_out_is_named(lines, monkeypatch):
    """An optional dependency that is missing is said by name."""
    monkeypatch.setitem(sys.modules, "samples.catalog.frontend.web.server", None)

    assert 2 == run(Options("web", "moto", port=0), write=lines.append)
    assert "transactscope[samples]" in lines[-1]


@pytest.fixture
def lines():
    """What the program has written."""
    return []


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_the_program_serves_until_it_is_told_to_end(engine_name, tmp_path, number, code):
    """It says which engine answers and where the page is, and ends cleanly."""
    data = ["--data", tmp_path / "catalog.db"] if engine_name == "dynoxide" else []
    program: Any = subprocess.Popen(
        [*PROGRAM, "--port", "0", "--engine", engine_name, *data],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with program:
        before = list(itertools.takewhile(lambda line: "The page is" not in line, program.stdout))
        program.send_signal(number)
        program.wait(SECONDS)
        errors = program.stderr.read()

    assert engine_name in before[0]
    assert "The tables Album, Book, Movie are ready.\n" == before[-1]
    assert (code, "") == (program.returncode, errors)


@pytest.mark.slow
def test_the_running_program_answers(engine_name, tmp_path):
    """What it announces is where it is, from the moment that it is announced."""
    data = ["--data", tmp_path / "catalog.db"] if engine_name == "dynoxide" else []
    program: Any = subprocess.Popen(
        [*PROGRAM, "--port", "0", "--engine", engine_name, *data],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        try:
            said = next(line for line in program.stdout if "The page is" in line)
            status, _, text = get(int(re.findall(r"http://127\.0\.0\.1:(\d+)/", said)[0]))
        finally:
            program.terminate()
            program.wait(SECONDS)

    assert 200 == status
    assert f"{engine_name} answers" in text
