"""What nox would run: read from the noxfile in a process of its own, for it looks for Pythons."""

import importlib.util
import json
import subprocess
import sys

import pytest

from tests.project.tree import ROOT

PROGRAM = """
import json, nox, noxfile
print(json.dumps([noxfile.SUPPORTED, noxfile._oldest(), list(nox.registry.get())]))
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("nox") is None, reason="nox is not installed here"),
]


@pytest.fixture(scope="module")
def noxfile():
    """The supported Pythons, what is installed where the oldest are tested, and all sessions."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True, cwd=ROOT
    )
    return json.loads(run.stdout)


def test_every_supported_python_is_tested(noxfile):
    """One that the metadata name and nobody tries would be a promise only."""
    supported, _, sessions = noxfile

    assert supported[0] == "3.11"
    assert {"tests", "oldest", "newest", "release"} == set(sessions)


def test_the_oldest_packages_are_those_of_the_metadata(noxfile):
    """A floor that is raised in setup.cfg is raised in what is tested, too."""
    _, oldest, _ = noxfile
    text = (ROOT / "setup.cfg").read_text(encoding="utf-8")

    assert ["boto3", "attrs", "cattrs", "botocore"] == [pin.partition("==")[0] for pin in oldest]
    assert [] == [pin for pin in oldest[:-1] if pin.replace("==", ">=") not in text]
    assert oldest[0] == oldest[-1].replace("botocore", "boto3")
