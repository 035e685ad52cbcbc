"""Where in the user's code a call was made.

Errors about an action name the line that staged it, so this runs once per
staged action and has to be cheap: it walks frames and formats one string.
"""

from __future__ import annotations

import sys

_OWN_PACKAGE = __name__.partition(".")[0]


def call_site() -> str:
    """Return `file:line` of the nearest caller outside this package."""
    frame = sys._getframe(1)  # noqa: SLF001 - inspect.stack() reads source files, 1000 times dearer
    while _is_ours(frame.f_globals.get("__name__", "")) and frame.f_back is not None:
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == _OWN_PACKAGE
