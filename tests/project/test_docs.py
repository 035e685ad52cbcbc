"""What the documentation says is true: examples run, links lead somewhere, no name is left out."""

import doctest
import importlib
import inspect
import pathlib
import pkgutil
import re

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

import transactscope
from tests.project import examples
from tests.project.tree import ROOT, project_files

DOCUMENTS = [path for path in project_files() if path.suffix == ".md"]
IN_ONE_PIECE = [path for path in DOCUMENTS if path.name != "tutorial.md"]  # that one is of files
TOP_LEVEL = {path.parts[0] for path in project_files() if len(path.parts) > 1}

_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


def _docstring_examples():
    found = pkgutil.walk_packages(transactscope.__path__, "transactscope.")
    names = ("transactscope", *(module.name for module in found))
    tests = [test for name in names for test in _tests_in(importlib.import_module(name))]
    return {test.name: test for test in tests if test.examples}.values()


def _tests_in(module):
    exported = {name: getattr(module, name) for name in getattr(module, "__all__", ())}
    finder = doctest.DocTestFinder(exclude_empty=True)
    yield from finder.find(module)  # and in what it has loaded by now
    # The finder expects the methods of a class to be written where the class says that it is.
    for name, value in exported.items():
        if inspect.isclass(value) and value.__module__ == module.__name__:
            yield from finder.find(value, f"{module.__name__}.{name}", module=False)


@pytest.mark.parametrize("path", IN_ONE_PIECE, ids=str)
def test_code_blocks_run(path, monkeypatch):
    """A reader can paste every Python block of a document, from top to bottom."""
    document = Sybil([PythonCodeBlockParser()]).parse(ROOT / path)

    with examples.fresh_engine(monkeypatch):
        for example in document.examples():
            example.evaluate()


@pytest.mark.parametrize("example", list(_docstring_examples()), ids=lambda example: example.name)
def test_docstring_examples_run(example, monkeypatch):
    """Help that is read in an editor is as true as the documents."""
    report = []

    with examples.fresh_engine(monkeypatch):
        example.globs.update(examples.docstring_namespace())
        outcome = doctest.DocTestRunner(verbose=False).run(example, out=report.append)

    assert not outcome.failed, "".join(report)


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_relative_links_lead_somewhere(path):
    """The file is there, and so is the heading."""
    targets = [link for link in _LINK.findall(_prose(path)) if not re.match(r"[a-z]+:", link)]

    assert [] == [link for link in targets if not _leads_somewhere(path, link)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_paths_that_are_named_exist(path):
    """A file that was moved or renamed is not described where it was."""
    named = [code.rstrip("/") for code in _CODE.findall(_prose(path)) if _is_path(code)]

    assert [] == [name for name in named if not (ROOT / name).exists()]


@pytest.mark.parametrize(
    "module_name",
    [
        "transactscope",
        "transactscope.errors",
        "transactscope.ext.breaker",
        "transactscope.ext.encryption",
        "transactscope.ext.lease",
        "transactscope.ext.logs",
        "transactscope.ext.otel",
        "transactscope.ext.pages",
        "transactscope.ext.statistics",
        "transactscope.fields",
        "transactscope.indexes",
        "transactscope.testing",
        "transactscope.types",
    ],
)
def test_public_names_are_documented(module_name):
    """Whatever can be imported is explained in README.md or docs/."""
    guides = [path for path in DOCUMENTS if path.parts[0] in ("README.md", "docs")]
    words = set(re.findall(r"\w+", "\n".join((ROOT / path).read_text("utf-8") for path in guides)))

    assert set() == set(importlib.import_module(module_name).__all__) - words


def _prose(path):
    return _FENCE.sub("", (ROOT / path).read_text(encoding="utf-8"))


def _leads_somewhere(path, link):
    target, _, heading = link.partition("#")
    file = (ROOT / path).parent / target if target else ROOT / path
    return file.exists() and (not heading or heading in _headings(file))


def _headings(file: pathlib.Path):
    titles = _HEADING.findall(_FENCE.sub("", file.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


def _is_path(code):
    first, slash, _ = code.partition("/")
    return bool(slash) and first in TOP_LEVEL and re.fullmatch(r"[\w./-]+", code) is not None
