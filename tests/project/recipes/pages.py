"""A page of the documentation as the module that its reader makes of it."""

import types

from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from tests.project.tree import ROOT

FOLDER = ROOT / "docs/how-to"


def run(name, *, texts_too=False):
    """Run all Python blocks of a page, its own tests among them, and return what they define.

    `texts_too` runs its blocks of `text` as well, each in its place: what stands there needs
    more than every reader has.
    """
    page = types.ModuleType("bank")
    parsers = [PythonCodeBlockParser()]
    if texts_too:
        parsers.append(CodeBlockParser(language="text", evaluator=_run_text))
    document = Sybil(parsers).parse(FOLDER / name)
    document.namespace = vars(page)
    for example in document.examples():
        example.evaluate()
    return page


def blocks(name, language):
    """Return the blocks of a page in another language, in order."""
    document = Sybil([CodeBlockParser(language=language, evaluator=_run_text)]).parse(FOLDER / name)
    return [example.parsed for example in document.examples()]


def _run_text(example):
    exec(compile(example.parsed, example.path, "exec"), example.namespace)  # noqa: S102 - ours
