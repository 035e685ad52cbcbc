"""How docstrings and signatures become entries of the reference.

Docstrings have Google's sections. Signatures show what stands in the source: types by the names
that they have there, defaults as they are, and no arguments where nothing is to be constructed.
"""

from __future__ import annotations

import enum
import functools
import re
import sys
import typing
from collections.abc import Iterator

import attrs
from exports import targets
from sphinx.application import Sphinx
from sphinx.domains.python import PyObject
from sphinx.ext.napoleon import Config, GoogleDocstring

_SECTIONS = Config(napoleon_use_ivar=True)
_GENERATED_DEFAULT = re.compile(r"attr_dict\['(\w+)'\]\.default")
_PLURAL = re.compile(r"(`[^`]+`)s\b")  # reStructuredText wants no letter there
_GUARANTEE = re.compile(
    r"(Atomicity|What is sent|Threads|Tasks|Threads and tasks|Re-use|After an error): "
)
_WORD = re.compile(r"\b_?[A-Z]\w*\b")
_NEW_EACH_TIME = "= NOTHING", "= ..."  # a default that attrs makes for each object
# What Python makes of the aliases in `transactscope.types`, and leaves nothing of their names.
_ALIASES = {
    "dict[str, dict[str, ~typing.Any]]": "Item",
    "dict[str, dict[str, Any]]": "Item",
    "Mapping[str, Mapping[str, Any]]": "StoredItem",
}


class _Sections(GoogleDocstring):
    """Google's sections in which no colon stands after a type: types are in signatures only."""

    def _consume_returns_section(
        self, *_: object, **__: object
    ) -> list[tuple[str, str, list[str]]]:
        return [("", "", self._dedent(self._consume_to_next_section()))]


def read_sections(app: Sphinx, what: str, *facts: typing.Any) -> None:
    """Turn Google's sections into reStructuredText; those of a property are a method's."""
    name, obj, options, lines = facts
    kind = "method" if what == "property" else what
    text = [_PLURAL.sub(r"\1\\ s", line) for line in _apart(lines)]
    read = _Sections(text, _SECTIONS, app, kind, name, obj, options).lines()
    lines[:] = [_by_their_names(line) if line.startswith(":vartype") else line for line in read]


def _apart(lines: list[str]) -> Iterator[str]:
    """Make a paragraph of each guarantee of a class."""
    for line in lines:
        if _GUARANTEE.match(line):
            yield ""
        yield line


def show_signature(
    _: Sphinx,
    what: str,
    name: str,
    obj: typing.Any,
    __: object,
    arguments: str | None,
    result: str | None,
) -> tuple[str, str] | None:
    """Write a signature as the source has it."""
    if arguments is None:
        return None
    if what == "class" and (issubclass(obj, enum.Enum) or getattr(obj, "_is_protocol", False)):
        return "", ""
    cls = obj if isinstance(obj, type) else _class_of(name)
    return _as_written(arguments, cls), _as_written(result or "", cls)


def _by_their_names(text: str) -> str:
    for long, short in _ALIASES.items():
        text = text.replace(long, short)
    return text


def _as_written(text: str, cls: type | None) -> str:
    text = _by_their_names(text)
    if cls is None:
        return text
    if attrs.has(cls):
        text = _GENERATED_DEFAULT.sub(functools.partial(_default_of, cls), text)
        text = text.replace(*_NEW_EACH_TIME)
    bound = _bound(cls)
    return _WORD.sub(lambda found: bound.get(found[0], found[0]), text)


def _default_of(cls: type, found: re.Match[str]) -> str:
    default = attrs.fields_dict(cls)[found[1]].default
    if isinstance(default, enum.Enum):
        return str(default)
    return getattr(default, "__name__", repr(default))


def _class_of(name: str) -> type | None:
    """Find the class of a method by the method's full name."""
    path, _, _ = name.rpartition(".")
    module, _, cls = path.rpartition(".")
    found = getattr(sys.modules.get(module), cls, None)
    return found if isinstance(found, type) else None


def _bound(cls: type) -> dict[str, str]:
    """Map type variables of its bases to what they stand for in a class."""
    bound: dict[str, str] = {}
    for each in cls.__mro__:
        for base in getattr(each, "__orig_bases__", ()):
            variables = getattr(typing.get_origin(base), "__parameters__", ())
            for variable, value in zip(variables, typing.get_args(base), strict=False):
                name = getattr(value, "__name__", str(value))
                bound.setdefault(str(variable).lstrip("~+-"), bound.get(name, name))
    return bound


def name_public_bases(
    _: Sphinx, __: str, ___: object, ____: object, bases: list[typing.Any]
) -> None:
    """Leave out what a class derives from and nobody else can."""
    bases[:] = [base for base in bases if _is_known(typing.get_origin(base) or base)]


def _is_known(base: type) -> bool:
    return base.__name__ in targets() or base.__module__ in ("builtins", "collections.abc")


def setup(app: Sphinx) -> dict[str, typing.Any]:
    """Read docstrings and signatures in this way."""
    (attributes,) = [field for field in PyObject.doc_field_types if field.name == "variable"]
    attributes.label = "Attributes"  # as the section is called in the source
    app.connect("autodoc-process-docstring", read_sections)
    app.connect("autodoc-process-signature", show_signature)
    app.connect("autodoc-process-bases", name_public_bases)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
