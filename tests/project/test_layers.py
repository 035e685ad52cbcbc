"""Imports point down, and samples use what every user can use."""

import ast
import importlib
import pathlib
import subprocess
import sys

import pytest

from tests.project.tree import ROOT, project_files

SAMPLE_FILES = [
    path for path in project_files() if path.parts[0] == "samples" and path.suffix == ".py"
]
EXTENSION_FILES = [
    path
    for path in project_files()
    if path.parts[:2] == ("transactscope", "ext") and path.suffix == ".py"
]
PUBLIC_MODULES = ("errors", "ext", "fields", "indexes", "testing", "types", "values")


@pytest.mark.slow
def test_import_contracts_are_kept():
    """The contracts of pyproject.toml hold, also where only pytest is run."""
    tool = pathlib.Path(sys.executable).with_name("lint-imports")

    outcome = subprocess.run(
        [tool, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize("path", SAMPLE_FILES, ids=str)
def test_samples_import_exported_names_only(path):
    """What a sample shows must keep working: names in an `__all__`, of public modules."""
    imports = _library_imports(path)
    private = [f"{module}.{name}" for module, name in imports if not _is_public(module, name)]

    assert [] == private


@pytest.mark.parametrize("path", EXTENSION_FILES, ids=str)
def test_extensions_import_exported_names_only(path):
    """What the library has in addition could have been written by anybody."""
    imports = [
        (module, name)
        for module, name in _library_imports(path)
        if not module.startswith("transactscope.ext")
    ]

    assert [] == [f"{module}.{name}" for module, name in imports if not _is_public(module, name)]


def _library_imports(path: pathlib.Path):
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found = [(node.module or "", alias.name) for alias in node.names]
        else:
            continue
        yield from (pair for pair in found if pair[0].split(".")[0] == "transactscope")


def _is_public(module, name):
    parts = module.split(".")
    if parts[1:] and parts[1] not in PUBLIC_MODULES:
        return False
    if not name or (module == "transactscope" and name in PUBLIC_MODULES):
        return True
    return name in importlib.import_module(module).__all__
