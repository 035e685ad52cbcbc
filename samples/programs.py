"""What every sample does as a program of the command line, whatever it is about."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any, Final, NoReturn, cast

_PIPE_CLOSED: Final = 128 + 13  # what a shell says of a program that SIGPIPE has ended


def survive_any_terminal() -> None:
    """Show a sign that a terminal does not have as `?`, and end where nobody reads any more."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace", line_buffering=True)
        sys.stdout = cast("io.TextIOWrapper", _WhileRead(sys.stdout))


class _WhileRead:
    """A text stream that ends the program, on its ordinary way out, once its reader has gone.

    The signal itself would end it on the spot, also for a connection, and leave an engine behind.
    """

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with self._reader():
            return self._stream.write(text)

    def flush(self) -> None:
        with self._reader():
            self._stream.flush()

    @contextlib.contextmanager
    def _reader(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())  # for what is said on the way out
            os.close(nowhere)
            sys.exit(_PIPE_CLOSED)


def end_cleanly_when_told_to() -> None:
    """Leave every block on the way out, so that no engine is left behind."""

    def leave(number: int, _frame: Any) -> NoReturn:
        sys.exit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        with contextlib.suppress(AttributeError):  # SIGHUP is not everywhere
            number = getattr(signal, name)
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, leave)
