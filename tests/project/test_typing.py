"""What type checkers tell users: right.py passes, and each mistake in wrong.py is found."""

import json
import pathlib
import re
import subprocess
import sys

import pytest

from tests.project.tree import ROOT

FOLDER = pathlib.Path("tests/typing")
FILES = (FOLDER / "right.py", FOLDER / "wrong.py")

_ERROR = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+): error: .*\[(?P<code>[\w-]+)\]$")
_EXPECTED = re.compile(r"# expect: (?P<codes>[\w, -]+)$")


def _output_of(tool, *arguments):
    command = [sys.executable, "-m", tool, *arguments, *FILES]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


@pytest.fixture(scope="module")
def found():
    """The errors that mypy finds in both files: (file name, line number, code)."""
    output = _output_of("mypy", "--no-error-summary", "--no-color-output")
    matches = [_ERROR.match(line) for line in output.splitlines() if ": error: " in line]

    assert all(matches), output
    return {
        (pathlib.Path(match["file"]).name, int(match["line"]), match["code"]) for match in matches
    }


@pytest.fixture(scope="module")
def found_by_pyright():
    """The places where pyright finds errors: (file name, line number)."""
    report = json.loads(_output_of("pyright", "--pythonpath", sys.executable, "--outputjson"))

    assert len(FILES) == report["summary"]["filesAnalyzed"]
    return {
        (pathlib.Path(error["file"]).name, error["range"]["start"]["line"] + 1)
        for error in report["generalDiagnostics"]
    }


@pytest.fixture(scope="module")
def expected():
    """The errors that wrong.py announces: (line number, mypy's code)."""
    lines = (ROOT / FOLDER / "wrong.py").read_text(encoding="utf-8").splitlines()
    announced = {
        (number, code)
        for number, line in enumerate(lines, start=1)
        if (match := _EXPECTED.search(line))
        for code in match["codes"].split(", ")
    }

    assert announced
    return announced


@pytest.mark.slow
def test_right_code_is_accepted(found):
    """Correct use needs no cast and no ignore."""
    assert [] == [error for error in sorted(found) if error[0] != "wrong.py"]


@pytest.mark.slow
def test_wrong_code_is_refused(found, expected):
    """Each mistake is found on its line, for the reason that the line names."""
    assert sorted(("wrong.py", *each) for each in expected) == sorted(
        error for error in found if error[0] == "wrong.py"
    )


@pytest.mark.slow
def test_pyright_says_the_same(found_by_pyright, expected):
    """Whichever of the two an editor asks, it finds the same lines, and no others."""
    assert sorted({("wrong.py", line) for line, _ in expected}) == sorted(found_by_pyright)
