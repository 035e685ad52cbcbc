"""Where users import a name from, as the name itself tells it.

Every module may import it; it knows nothing of the library. What is public stands in one module and
is written in another, which may change; the name tells the first, whichever was loaded first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_Exported = TypeVar("_Exported")


def exported_from(module: str) -> Callable[[_Exported], _Exported]:
    """Make a decorator that writes down where users import a class or a function from.

    Representations, tracebacks and pickles then name that module. `typing.get_type_hints` goes
    there, too, for the names in annotations that are texts: a module that annotates fields of such
    a class therefore does without `from __future__ import annotations`. `inspect.getsource` finds
    functions and methods as before, and no longer the class itself, for which it looks there, too.
    """

    def export(value: _Exported) -> _Exported:
        value.__module__ = module
        return value

    return export
