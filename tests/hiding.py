"""Names that another version of a package lacks: hidden from some modules only.

Whoever made an object needs its attributes, so that they cannot just be taken away.
"""

import contextlib
import sys
from unittest import mock


@contextlib.contextmanager
def hidden(kind, name, module):
    """Let an attribute of all objects of a class be missing for a module and those below it."""
    original = kind.__getattribute__

    def found(self, wanted):
        if wanted == name and _is_asked_by(module):
            raise AttributeError(name)
        return original(self, wanted)

    with mock.patch.object(kind, "__getattribute__", found):
        yield


def _is_asked_by(module):
    asking = sys._getframe(2).f_globals.get("__name__", "")
    return asking == module or asking.startswith(f"{module}.")
