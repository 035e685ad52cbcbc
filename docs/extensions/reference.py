"""Pages of the reference: one for each public module, so that no list of them is kept.

They are files of docs/reference/, which git ignores, because Sphinx reads files only.
"""

from __future__ import annotations

import inspect
import re
import sys
import typing
from collections.abc import Collection, Iterable

from exports import DOCS, Export, exports_of, public_modules, targets
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.pycode import ModuleAnalyzer

FOLDER = DOCS / "reference"

_LINK = re.compile(r"\[[^\]]+\]\(([\w/.-]+)\.md(?:#[\w-]+)?\)")
_MODULES = re.compile(r"\b(?:[a-z]\w*\.)+(?=[A-Z])")
_TITLES = {
    "class": "Classes",
    "function": "Functions",
    "exception": "Errors",
    "data": "Other values",
    "type": "Types for annotations",
}
# What a class has from these is told by Python; from public classes, at their own entry; from
# others, at the class itself.
_TOLD_BY_PYTHON = {"BaseException", "Enum", "Exception", "Generic", "Mapping", "Protocol", "object"}
_WORTH_NAMING = {"Exception", "Mapping", "ValueError"}


def page_of(module: str) -> str:
    """Write the page of one public module, in reStructuredText."""
    exports = exports_of(module)
    parts = [_head(module)]
    parts += [_also(export) for export in exports if export.home != module]
    for kind, title in _TITLES.items():
        found = [export for export in exports if export.kind == kind and export.home == module]
        parts += [_headed(title, "-"), *map(_entry, found)] if found else []
    return "\n".join(parts)


def _head(module: str) -> str:
    pages = dict.fromkeys(_LINK.findall(public_modules()[module]))
    guides = ", ".join(f":doc:`/docs/{page}`" for page in pages)
    about = f"How to use it: {guides}.\n" if pages else ""
    return f"{_headed(module, '=')}\n.. py:module:: {module}\n\n{about}"


def _headed(title: str, line: str) -> str:
    return f"{title}\n{line * len(title)}\n"


def _also(export: Export) -> str:
    return f"``{export.name}`` is :py:obj:`{export.target}`, and can be imported from here, too.\n"


def _entry(export: Export) -> str:
    if export.kind in ("data", "type"):
        return _entry_of_data(export)
    options = _options_of_class(export.value) if isinstance(export.value, type) else {}
    lines = [f".. auto{export.kind}:: {export.target}"]
    lines += [f"   :{option}: {value}" for option, value in options.items()]
    return "\n".join(lines) + "\n"


def _options_of_class(cls: type) -> dict[str, str]:
    told = _names(cls.__mro__[1:], targets().keys() | _TOLD_BY_PYTHON)
    options = {"members": "", "inherited-members": told}
    if _names(cls.__bases__, targets().keys() | _WORTH_NAMING):
        options["show-inheritance"] = ""
    return options


def _names(classes: Iterable[type], known: Collection[str]) -> str:
    return ", ".join(cls.__name__ for cls in classes if cls.__name__ in known)


def _entry_of_data(export: Export) -> str:
    if export.kind == "type":
        meaning = _MODULES.sub("", inspect.formatannotation(export.value))
        head = [f".. py:type:: {export.name}", f"   :canonical: {meaning}"]
    else:
        head = [f".. py:data:: {export.name}", f"   :value: {export.value!r}"]
    return "\n".join([*head, "", *(f"   {line}" for line in _text_below(export)), ""])


def _text_below(export: Export) -> list[str]:
    """Find the text that stands below a value, in the module that it is written in."""
    for module in sorted(name for name in sys.modules if name.startswith(export.module)):
        texts = ModuleAnalyzer.for_module(module).find_attr_docs()
        if ("", export.name) in texts:
            return texts["", export.name]
    msg = f"no text below {export.target} says what it is"
    raise ExtensionError(msg)


def write_pages(_: Sphinx) -> None:
    """Write what is new, so that Sphinx reads that again and nothing else."""
    FOLDER.mkdir(exist_ok=True)
    pages = {FOLDER / f"{module}.rst": page_of(module) for module in public_modules()}
    for gone in set(FOLDER.iterdir()) - pages.keys():
        gone.unlink()
    for path, text in pages.items():
        if not path.exists() or text != path.read_text(encoding="utf-8"):
            path.write_text(text, encoding="utf-8")


def pages_to_read(
    _: Sphinx, env: BuildEnvironment, __: set[str], ___: set[str], ____: set[str]
) -> list[str]:
    """Name the pages that were read before the library's last change, wherever that was."""
    sources = (DOCS.parent / "transactscope").rglob("*.py")
    changed = max(path.stat().st_mtime_ns for path in sources) // 1000
    pages = [f"docs/{FOLDER.name}/{module}" for module in public_modules()]
    return [page for page in pages if env.all_docs.get(page, changed) < changed]


def setup(app: Sphinx) -> dict[str, typing.Any]:
    """Have the pages written before Sphinx looks for pages."""
    app.connect("builder-inited", write_pages)
    app.connect("env-get-outdated", pages_to_read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
