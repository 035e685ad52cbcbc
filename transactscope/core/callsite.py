"""Where in the user's code a call was made.

Errors about an action name the line that staged it, so this runs once per
staged action and has to be cheap: it walks frames and reads no source.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import Final

_OWN_FOLDER: Final = str(Path(__file__).parents[1] / "_")[:-1]  # with the separator


def user_frame() -> FrameType:
    """Return the frame that called the caller of this, or the nearest one outside this package.

    Extensions call verbs as users do, and are called by users themselves.
    """
    frame = sys._getframe(2)  # noqa: SLF001 - inspect.stack() reads source files, 1000 times dearer
    while frame.f_code.co_filename.startswith(_OWN_FOLDER) and frame.f_back is not None:
        frame = frame.f_back
    return frame


def call_site() -> str:
    """Return `file:line` of the nearest caller outside this package."""
    frame = user_frame()
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
