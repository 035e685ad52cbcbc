"""What `scripts/test` runs where: in a copy whose tools only write down that they were called."""

import pathlib
import shutil
import subprocess

import attrs
import pytest

from tests.project.tree import ROOT, copy, project_files

SYNC, ASYNC = ".venv", ".venv-async"
MEASURED = "--cov --cov-report="
TWO = "-n 2 --dist loadfile"
AGAIN = "moto or threads or dynoxide-direct"
ONCE = f"-m not contention -k not ({AGAIN})"
BRIEF = "--hypothesis-profile=brief"
WITHOUT_DIRECT = f"{TWO} {ONCE} tests/unit/transports"
FOLDERS_OF_DIRECT = ("transactscope/transports", "tests/unit/transports", "tests/contract")
BROWSER = "samples/catalog/tests/browser"
ENGINE = ".engines/node_modules/@dynoxide/linux-x64/dynoxide"
AXE = ".tools/node_modules/axe-core/axe.min.js"

# Tells of itself; does all that is asked of it but to install where FAILING says so.
PYTHON = """#!/usr/bin/env bash
here=$(basename "$(dirname "$(dirname "$0")")")
case "$*" in
    "-m pip"*) [ "$here" != "${FAILING:-}" ] ;;
    "-m pytest"*) printf 'ran: %s %s\\n' "$here" "$*" ;;
esac
"""
COPYING = """"-m tests.project.tree"*) printf 'copied: %s\\n' "$*" ;;
    "-m pytest"*"""
SILENT = "#!/usr/bin/env bash\n"


@attrs.frozen
class Checkout:
    """A copy of the scripts, with stand-ins for everything that they would install."""

    folder: object

    def write(self, path, text):
        """Write a file that can be run."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        file.chmod(0o755)

    def run(self, *arguments, **environment):
        """Run scripts/test, and return what it ended with."""
        return subprocess.run(
            [self.folder / "scripts/test", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": f"{self.folder / 'bin'}:/usr/bin:/bin"} | environment,
        )


@pytest.fixture
def checkout(tmp_path):
    """A checkout where everything but the Python packages is installed."""
    made = Checkout(tmp_path)
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    for name in ("setup.cfg", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for environment in (SYNC, ASYNC):
        made.write(f"{environment}/bin/python", PYTHON)
    tools = [
        f"{SYNC}/bin/{name}" for name in ("coverage", "lint-imports", "mypy", "pyright", "ruff")
    ]
    for path in (
        *tools,
        "bin/chromium",
        "bin/firefox-esr",
        "bin/npm",
        "bin/sha256sum",
        ENGINE,
        AXE,
    ):
        made.write(path, SILENT)
    made.write("bin/uname", f"{SILENT}echo Linux x86_64\n")
    return made


def _runs(outcome):
    """List the environments that pytest was run in, each with the arguments."""
    marker = "ran: "
    lines = [line for line in outcome.stdout.splitlines() if line.startswith(marker)]
    return [tuple(line.removeprefix(marker).split(" -m pytest", 1)) for line in lines]


@pytest.mark.slow
def test_everything_is_tested_in_two_environments(checkout):
    """aiobotocore cannot be installed beside the newest boto3, and is tested all the same."""
    outcome = checkout.run()

    assert 0 == outcome.returncode
    assert [
        (SYNC, f" {TWO} {MEASURED} {ONCE} tests/unit"),
        (SYNC, f" {TWO} {ONCE} {BRIEF} tests/property tests/project samples --ignore={BROWSER}"),
        (
            SYNC,
            f" {TWO} -m not contention -k {AGAIN} --ignore=samples/catalog --ignore=tests/project",
        ),
        (SYNC, f" {WITHOUT_DIRECT}"),
        (SYNC, " -m contention"),
        (SYNC, f" {BROWSER}"),
        (ASYNC, f" {TWO} -m aiobotocore tests/unit/transports"),
    ] == [(where, arguments.partition(" tests/contract")[0]) for where, arguments in _runs(outcome)]
    assert "All 14 steps passed." in outcome.stdout


@pytest.mark.slow
def test_the_direct_transport_is_deleted_from_a_copy_of_everything_else(checkout):
    """What remains is tested where it cannot be imported, and nothing of it is left behind."""
    copier = "-m tests.project.tree"
    gone = [f"{each}/direct" for each in FOLDERS_OF_DIRECT]
    checkout.write(f"{SYNC}/bin/python", PYTHON.replace('"-m pytest"*', COPYING))
    outcome = checkout.run(TMPDIR=str(checkout.folder / "bin"))

    (line,) = [line for line in outcome.stdout.splitlines() if line.startswith("copied: ")]
    words = line.split()

    assert [*copier.split(), *gone] == [*words[1:3], *words[4:]]
    assert words[3].endswith("/checkout")
    assert [] == [path for path in (checkout.folder / "bin").iterdir() if path.is_dir()]


def test_a_copy_has_everything_but_what_is_left_out(tmp_path):
    """A file that is missing there would make a test pass or fail for the wrong reason."""
    gone = [pathlib.Path(each, "direct") for each in FOLDERS_OF_DIRECT]
    copy(tmp_path, *gone)
    copied = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    missing = set(project_files()) - copied

    assert copied <= set(project_files())
    assert {path for path in project_files() if set(path.parents) & set(gone)} == missing


@pytest.mark.parametrize("environment", [SYNC, ASYNC])
def test_a_run_that_must_prove_everything_fails_without_an_environment(checkout, environment):
    """A skipped step would pass for one that passed."""
    outcome = checkout.run(CI="true", FAILING=environment)

    assert 1 == outcome.returncode
    assert "nothing was tested" in outcome.stderr
    assert [] == _runs(outcome)


@pytest.mark.slow
def test_elsewhere_what_needs_aiobotocore_is_left_out_with_a_word(checkout):
    """Whoever cannot install it can still work on everything else."""
    outcome = checkout.run(FAILING=ASYNC)

    assert 0 == outcome.returncode
    assert {SYNC} == {environment for environment, _ in _runs(outcome)}
    assert f"left out: {ASYNC} could not be set up" in outcome.stdout
    assert "All 13 steps passed." in outcome.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--", "tests/unit", "-k", "keys"], (SYNC, " tests/unit -k keys")),
        (["--"], (SYNC, "")),
        (["--async", "--", "-k", "reads"], (ASYNC, " -k reads")),
        (["--async"], (ASYNC, " -m aiobotocore")),
    ],
)
def test_pytest_alone_runs_in_one_environment(checkout, arguments, expected):
    """Arguments reach pytest as they are, and nothing else is run or installed."""
    (other,) = {SYNC, ASYNC} - {expected[0]}

    outcome = checkout.run(*arguments, FAILING=other)

    assert 0 == outcome.returncode
    assert [expected] == _runs(outcome)


@pytest.mark.parametrize("arguments", [["tests"], ["--async", "tests"], ["--asynch"]])
def test_other_arguments_are_refused(checkout, arguments):
    """A typo must not run everything for minutes."""
    outcome = checkout.run(*arguments)

    assert 2 == outcome.returncode
    assert "go after --" in outcome.stderr


@pytest.mark.slow
def test_packages_are_installed_again_only_if_their_list_changes(checkout):
    """A second run starts at once."""
    checkout.run()
    again = checkout.run(FAILING=ASYNC)
    (checkout.folder / "setup.cfg").write_text("[changed]", "utf-8")
    changed = checkout.run(FAILING=ASYNC)

    assert [7, 6] == [len(_runs(outcome)) for outcome in (again, changed)]
