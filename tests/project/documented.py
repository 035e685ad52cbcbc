"""What the documentation holds, in figures: `python -m tests.project.documented`."""

import importlib
import sys

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

from tests.project import test_docs, test_exports
from tests.project.tree import ROOT

INVENTORY = ROOT / "build/docs/objects.inv"
KINDS = ("class", "data", "exception", "function", "type")


def entries():
    """List the full names that have an entry in the reference; its pages have to be built."""
    from sphinx.util.inventory import InventoryFile

    inventory = InventoryFile.loads(INVENTORY.read_bytes(), uri="").data
    return [name for kind in KINDS for name in inventory.get(f"py:{kind}", ())]


def public_names():
    """List all public names, each once: with the module that it says it is from."""
    return sorted({_full_name(*export) for export in test_exports.EXPORTS})


def code_blocks():
    """Count the blocks that tests run, in all documents."""
    parser = Sybil([PythonCodeBlockParser()])
    return sum(len(list(parser.parse(ROOT / path).examples())) for path in test_docs.DOCUMENTS)


def _full_name(module, name):
    said = getattr(getattr(importlib.import_module(module), name), "__module__", None)
    return f"{said if said in test_exports.PUBLIC_MODULES else module}.{name}"


def summary():
    """Say how much there is of what tests hold against the code."""
    names = set(public_names())
    return (
        f"{len(names & set(entries()))} of {len(names)} public names have an entry. "
        f"{code_blocks()} code blocks in {len(test_docs.DOCUMENTS)} documents run, "
        f"and so do the examples of {len(test_docs._docstring_examples())} docstrings."
    )


if __name__ == "__main__":
    sys.stdout.write(f"{summary()}\n")
