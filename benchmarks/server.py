"""Starts the server that answers at once, and stops it."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from benchmarks import stub
from benchmarks.things import Things, as_item

_LIMIT: Final = 3600.0  # seconds; a run that was forgotten does not leave it behind for ever
_PATIENCE: Final = 60.0  # seconds for it to end


@frozen
class Server:
    """A server that is running.

    Args:
        port: Where it listens, at 127.0.0.1.
        process_id: Which process it is.
    """

    port: int
    process_id: int

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"http://{stub.ADDRESS}:{self.port}"

    def last_body(self) -> dict[str, Any]:
        """Return the last request that it got, to see what a client sends."""
        connection = http.client.HTTPConnection(stub.ADDRESS, self.port, timeout=_PATIENCE)
        with contextlib.closing(connection):
            connection.request("POST", "/", b"{}", {"X-Amz-Target": stub.LAST_BODY})
            body: dict[str, Any] = json.loads(connection.getresponse().read())
        return body


@contextlib.contextmanager
def serving(pause: float = 0.0) -> Iterator[Server]:
    """Run the server for the length of a block.

    Args:
        pause: Seconds that it waits before each answer.
    """
    settings = {"item": as_item(Things().make()), "pause": pause, "limit": _LIMIT}
    with subprocess.Popen(  # noqa: S603 - a file of this package
        [sys.executable, "-I", "-S", str(Path(stub.__file__).resolve())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdin is not None  # noqa: S101 - a pipe was asked for
            assert process.stdout is not None  # noqa: S101 - the same
            process.stdin.write(json.dumps(settings) + "\n")
            process.stdin.flush()
            yield Server(int(process.stdout.readline()), process.pid)
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
