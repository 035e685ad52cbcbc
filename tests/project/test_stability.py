"""What docs/stability.md promises, as far as a test can hold it against the code."""

import importlib
import inspect
import re

import pytest

import transactscope
from tests.project.test_exports import EXPORTS, PLAIN, PUBLIC_MODULES
from tests.project.tree import ROOT

_MARK = re.compile(r"^\.\. version(added|changed):: (\d+)\.(\d+)\.(\d+)$", re.MULTILINE)
_FLOOR = re.compile(r"^    (\w+)>=([\d.]+)$", re.MULTILINE)
NAMES = [
    (module, name)
    for module, name in EXPORTS
    if not isinstance(getattr(importlib.import_module(module), name), PLAIN)
]


def _policy():
    return (ROOT / "docs/stability.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("module_name", "name"), NAMES)
def test_public_names_say_since_when_they_are_there(module_name, name):
    """Whoever reads help of one version knows which other ones have the name; boto3's know not."""
    value = getattr(importlib.import_module(module_name), name)
    if not value.__module__.startswith("transactscope"):
        return
    marks = _MARK.findall(
        inspect.cleandoc(vars(value)["__doc__"] if inspect.isclass(value) else value.__doc__)
    )
    added = [tuple(map(int, version)) for kind, *version in marks if kind == "added"]
    released = tuple(int(number) for number in transactscope.__version__.split(".")[:3])

    assert 1 == len(added)
    assert added[0] <= released


def test_the_policy_names_every_public_module():
    """What is not named there may change at any time."""
    missing = [name for name in PUBLIC_MODULES if f"`{name}`" not in _policy()]

    assert [] == missing


def test_the_policy_has_the_floors_of_the_metadata():
    """Who reads the table installs by it."""
    metadata = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    required = metadata.partition("install_requires")[2].partition("\n\n")[0]
    documented = dict(re.findall(r"^\| (\w+)[^|]* \| ([\d.]+) \|", _policy(), re.MULTILINE))

    assert dict(_FLOOR.findall(required)) == {
        name: floor for name, floor in documented.items() if name != "Python"
    }
    assert f"python_requires = >={documented['Python']}\n" in metadata
