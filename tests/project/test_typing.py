"""What type checkers tell users: right.py passes, and each mistake in wrong.py is found."""

import pathlib
import re
import subprocess
import sys

import pytest

from tests.project.tree import ROOT

FOLDER = pathlib.Path("tests/typing")

_ERROR = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+): error: .*\[(?P<code>[\w-]+)\]$")
_EXPECTED = re.compile(r"# expect: (?P<codes>[\w, -]+)$")


@pytest.fixture(scope="module")
def found():
    """The errors that mypy finds in both files: (file name, line number, code)."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--no-color-output"]
    output = subprocess.run(
        [*command, FOLDER / "right.py", FOLDER / "wrong.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    matches = [_ERROR.match(line) for line in output.splitlines() if ": error: " in line]

    assert all(matches), output
    return {
        (pathlib.Path(match["file"]).name, int(match["line"]), match["code"]) for match in matches
    }


@pytest.mark.slow
def test_right_code_is_accepted(found):
    """Correct use needs no cast and no ignore."""
    assert [] == [error for error in sorted(found) if error[0] != "wrong.py"]


@pytest.mark.slow
def test_wrong_code_is_refused(found):
    """Each mistake is found on its line, for the reason that the line names."""
    lines = (ROOT / FOLDER / "wrong.py").read_text(encoding="utf-8").splitlines()
    expected = {
        ("wrong.py", number, code)
        for number, line in enumerate(lines, start=1)
        if (match := _EXPECTED.search(line))
        for code in match["codes"].split(", ")
    }

    assert expected
    assert sorted(expected) == sorted(error for error in found if error[0] == "wrong.py")
