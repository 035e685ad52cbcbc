"""The navigation, made of the links in the indexes, so that no page is listed twice.

An index is a README.md of docs/. Each of its headings becomes a part of the navigation, with the
pages that are linked below it; a page is where it is linked first. An index in a folder below has
the pages of that folder only. A page that no index links is in no tree, of which Sphinx warns.
"""

from __future__ import annotations

import pathlib
import posixpath
import re
import typing

from docutils import nodes
from exports import public_modules
from sphinx.application import Sphinx

ROOT_INDEX = "docs/README"
REFERENCE = "Every public name"  # the heading under which the pages of the reference stand

_LEVELS = 2  # an index within an index
_HEADING = re.compile(r"^#{1,3} +(.+)$", re.MULTILINE)
_PAGE = re.compile(r"\]\(([\w./-]+)\.md(?:#[^)]*)?\)")
_START = (
    '<!DOCTYPE html><title>{title}</title>\n<meta http-equiv="refresh" content="0; url={page}">\n'
)


def add_trees(app: Sphinx, index: str, source: list[str]) -> None:
    """Append to an index what Sphinx makes its navigation of."""
    if posixpath.basename(index) == "README" and index.startswith("docs/"):
        source[0] += "".join(_tree(*part) for part in _parts(index, source[0], app.env.found_docs))


def _parts(index: str, text: str, pages: typing.Collection[str]) -> typing.Iterator[typing.Any]:
    """Yield each heading of an index with the pages that are linked first below it."""
    folder, seen = posixpath.dirname(index), {index}
    starts = [*_HEADING.finditer(text)]
    ends = [*(each.start() for each in starts[1:]), len(text)]
    for heading, end in zip(starts, ends, strict=True):
        linked = _PAGE.findall(text, heading.end(), end)
        named = [posixpath.normpath(posixpath.join(folder, link)) for link in linked]
        found = [page for page in dict.fromkeys(named) if page in pages and page not in seen]
        if index == ROOT_INDEX and heading[1] == REFERENCE:
            found += [f"docs/reference/{module}" for module in public_modules()]
        elif index != ROOT_INDEX:
            found = [page for page in found if posixpath.dirname(page) == folder]
        seen.update(found)
        if found:
            yield heading[1], found


def _tree(title: str, pages: list[str]) -> str:
    lines = "\n".join(f"/{page}" for page in pages)
    return f"\n\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n{lines}\n```\n"


def stay_above(
    _: Sphinx, __: str, ___: str, context: dict[str, typing.Any], ____: nodes.document | None
) -> None:
    """Leave headings out of the navigation, before furo copies them all for each page."""
    whole = context["toctree"]
    context["toctree"] = lambda **options: whole(**(options | {"maxdepth": _LEVELS}))


def write_start(app: Sphinx, problem: Exception | None) -> None:
    """Let the folder's own address lead to the first page."""
    if problem is None and app.builder.format == "html":
        text = _START.format(page=f"{app.config.root_doc}.html", title=app.config.html_title)
        pathlib.Path(app.outdir, "index.html").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, typing.Any]:
    """Make the navigation while pages are read."""
    app.connect("source-read", add_trees)
    app.connect("html-page-context", stay_above, priority=400)
    app.connect("build-finished", write_start)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
