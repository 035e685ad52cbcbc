"""Who is using a scope right now: a task of an event loop, or a thread.

Imports nothing from this package, and asyncio only where somebody else has.
"""

from __future__ import annotations

import sys
import threading


def current_user() -> object:
    """Return the running task, or the thread where no event loop runs."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is not None and asyncio._get_running_loop() is not None:  # noqa: SLF001 - no raise
        return asyncio.current_task() or threading.current_thread()
    return threading.current_thread()
