"""What is public: read from docs/README.md, which lists the modules, and from their `__all__`."""

from __future__ import annotations

import functools
import importlib
import pathlib
import re
import types
import typing

import attrs

DOCS = pathlib.Path(__file__).parent.parent

_PARAGRAPH = re.compile(r"^From `(transactscope[\w.]*)`(.*?)\n\n", re.MULTILINE | re.DOTALL)
_ALIASES = (types.GenericAlias, type(typing.Callable[[int], object]))


@attrs.frozen
class Export:
    """A public name, the module that exports it, and what it stands for."""

    module: str
    name: str
    value: typing.Any

    @property
    def kind(self) -> str:
        """Say what it is, in a word of Sphinx's Python domain."""
        if isinstance(self.value, _ALIASES):
            return "type"
        if isinstance(self.value, type):
            return "exception" if issubclass(self.value, BaseException) else "class"
        return "function" if callable(self.value) else "data"

    @property
    def home(self) -> str:
        """Name the public module that has its entry, however many export it."""
        said = getattr(self.value, "__module__", None)
        return said if said in public_modules() else self.module

    @property
    def target(self) -> str:
        """Write its full name, by which it is found in the reference."""
        return f"{self.home}.{self.name}"


@functools.cache
def public_modules() -> dict[str, str]:
    """Map the modules whose names are listed in docs/README.md to what is said of them there."""
    return dict(_PARAGRAPH.findall((DOCS / "README.md").read_text(encoding="utf-8")))


def exports_of(module: str) -> list[Export]:
    """List what a public module exports."""
    loaded = importlib.import_module(module)
    return [Export(module, name, getattr(loaded, name)) for name in loaded.__all__]


def aliases() -> list[str]:
    """List the public names that only annotations use."""
    found = (export for module in public_modules() for export in exports_of(module))
    return sorted({export.name for export in found if export.kind == "type"})


@functools.cache
def targets() -> dict[str, str]:
    """Map every public name to its full name."""
    exports = [export for module in public_modules() for export in exports_of(module)]
    return {export.name: export.target for export in exports}
