"""dynoxide: a small server beside this program, with its data in one file or in memory."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import boto3
from botocore.config import Config

from samples.engines.engine import Engine, EngineError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_CHECKOUT: Final = Path(__file__).resolve().parents[2]
_INSTALLED: Final = _CHECKOUT / ".engines/node_modules/@dynoxide/linux-x64/dynoxide"

_ATTEMPTS: Final = 5  # between finding a free port and using it, someone else may take it
_START_SECONDS: Final = 30.0  # it takes milliseconds; a busy machine may take longer
_END_SECONDS: Final = 30.0


def find_dynoxide() -> Path | None:
    """Find the program: the checkout's own, else one on the PATH."""
    if os.access(_INSTALLED, os.X_OK):
        return _INSTALLED
    on_path = shutil.which("dynoxide")
    return Path(on_path) if on_path else None


@contextlib.contextmanager
def dynoxide(program: Path, data: Path | None) -> Iterator[Engine]:
    """Run dynoxide on a free port of this machine, and end it afterwards.

    Args:
        program: The program to run.
        data: The file that keeps the data; it is made if it is not there. None means that
            they are kept in memory, and gone afterwards.

    Raises:
        EngineError: It does not start, or the data cannot be kept there.
    """
    command: list[Path | str] = [program]
    if data is not None:
        _make_folder(data.parent)
        command += ["--db-path", data]
    with tempfile.TemporaryFile() as output:
        for _ in range(_ATTEMPTS):
            port = _free_port()
            with _process(command, port, output) as process:
                if _answers(process, port):
                    client = _client(port)
                    with contextlib.closing(client):
                        says = _says(process.pid, port, data)
                        yield Engine(
                            client,
                            says,
                            is_lasting=data is not None,
                            new_client=functools.partial(_client, port),
                        )
                    return
        raise EngineError(f"dynoxide does not start: {_last_words(output)}")


def _says(process_id: int, port: int, data: Path | None) -> str:
    place = "memory" if data is None else data
    return (
        f"dynoxide answers, process {process_id} on 127.0.0.1:{port}, with its data in {place}.\n"
        "It is not Amazon's: it never answers with a conflict or throttling, and it\n"
        "forgets client request tokens when it is started again."
    )


def _client(port: int) -> DynamoDBClient:
    settings = Config(
        connect_timeout=2,
        read_timeout=10,
        proxies={},  # it is on this machine
    )
    return boto3.client(
        "dynamodb",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="local",
        config=settings,
        # dynoxide asks for a signature and does not check it: these open nothing anywhere.
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106
    )


@contextlib.contextmanager
def _process(
    command: list[Path | str], port: int, output: IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run our own process, and end it by its id, whatever happens."""
    try:
        process = subprocess.Popen(  # noqa: S603 - a program that find_dynoxide found
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for us; we end it when we are done with it
        )
    except OSError as error:
        raise EngineError(f"dynoxide cannot be run: {error}") from error
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            # If somebody else took the port, that one answers, and ours has ended.
            return not _has_ended_within(process, 0.02)
        if _has_ended_within(process, 0.005):
            return False
    return False


def _has_ended_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(f"the data cannot be kept in {folder}: {error}") from error


def _last_words(output: IO[bytes]) -> str:
    output.seek(0)
    lines = output.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it ended without a word"
