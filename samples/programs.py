"""What every sample does as a program of the command line, whatever it is about."""

from __future__ import annotations

import contextlib
import io
import signal
import sys
from typing import Any, NoReturn


def survive_any_terminal() -> None:
    """Show a sign that a terminal does not have as `?` instead of failing."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace", line_buffering=True)


def end_cleanly_when_told_to() -> None:
    """Leave every block on the way out, so that no engine is left behind."""

    def leave(number: int, _frame: Any) -> NoReturn:
        sys.exit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        with contextlib.suppress(AttributeError):  # SIGHUP is not everywhere
            number = getattr(signal, name)
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, leave)
