"""The drawings of the design page are those of the code."""

import ast
import re
import tomllib
import typing

import pytest

from tests.project import doc_tables
from tests.project.tree import ROOT, project_files
from transactscope.core.states import TRANSITIONS
from transactscope.flows.effects import Effect

PAGE = "docs/design.md"

PURE = [
    path
    for path in project_files()
    if path.parts[0] == "transactscope"
    and path.parts[1] in ("core", "expressions", "entities", "values")
    and path.suffix == ".py"
]
OUTSIDE = {"asyncio", "http", "random", "secrets", "socket", "ssl", "time", "urllib", "urllib3"}


def test_the_layers_are_those_of_the_import_contract():
    """Who looks up a layer sees the one that `lint-imports` enforces."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (library,) = [contract for contract in contracts if contract["id"] == "library"]
    layers, _ = doc_tables.blocks(PAGE, "text")
    begins = layers.splitlines()[0].index("for tests")

    drawn = [line[:begins].strip() for line in layers.splitlines()]
    assert [re.sub(r"[()]", "", layer) for layer in library["layers"]] == drawn


def test_every_layer_is_explained():
    """A name alone tells nobody what belongs there."""
    layers, _ = doc_tables.blocks(PAGE, "text")
    begins = layers.splitlines()[0].index("for tests")

    assert [] == [line for line in layers.splitlines() if not line[begins:].strip()]


def test_the_states_are_drawn_as_the_code_has_them():
    """No arrow is drawn that no scope can take, and none is left out."""
    _, drawn = doc_tables.blocks(PAGE, "text")

    assert _drawing().splitlines() == drawn.splitlines()


def test_the_effects_are_those_that_drivers_perform():
    """Who writes a flow knows what it may ask for."""
    documented = [row[0] for row in doc_tables.rows(PAGE, "effect", "meaning")]

    assert [effect.__name__ for effect in typing.get_args(Effect)] == documented


@pytest.mark.parametrize("path", PURE, ids=str)
def test_the_core_reaches_nothing_outside(path):
    """What the page calls pure can be tested with plain values."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) for alias in _names(node)}

    assert set() == {name.partition(".")[0] for name in imported} & OUTSIDE


def _names(node):
    if isinstance(node, ast.ImportFrom):
        return [ast.alias(node.module or "")]
    return node.names if isinstance(node, ast.Import) else []


def _drawing():
    lines, width = [], max(len(event.value) for _, event in TRANSITIONS) + 1
    for (state, event), following in TRANSITIONS.items():
        if state.name not in lines:
            lines.append(state.name)
        lines.append(f"  +-- {f'{event.value} '.ljust(width, '-')}-> {following.name}")
    return "\n".join(lines)
