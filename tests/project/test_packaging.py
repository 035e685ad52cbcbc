"""What a user installs: our package, its types, the way in for pytest, and three dependencies."""

import configparser
import email
import json
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

import transactscope
from tests.project.tree import ROOT, project_files

# Heavy, or of tests and samples only: nobody who installs the library may need one of them.
NOT_OURS_TO_LOAD = ("aiobotocore", "cryptography", "flask", "hypothesis", "moto", "pytest")
# pytest loads it in every run, so it stands beside the package.
PYTEST_PLUGIN = "_transactscope_pytest"
LOCK_FILES = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built without a network from a copy: a build leaves files in its tree."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for path in project_files():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, source / path)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps"]
    subprocess.run(
        [*command, "--no-build-isolation", "--wheel-dir", folder, source], check=True, cwd=folder
    )
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        yield archive


@pytest.fixture(scope="module")
def metadata(wheel):
    """The metadata that pip and PyPI read."""
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return email.message_from_bytes(wheel.read(name))


@pytest.mark.slow
def test_the_wheel_holds_the_library_and_nothing_else(wheel):
    """Tests, samples and scripts stay at home; every module comes along."""
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert packed == {
        path.as_posix()
        for path in project_files()
        if path.parts[0] in ("transactscope", f"{PYTEST_PLUGIN}.py")
    }


@pytest.mark.slow
def test_the_wheel_tells_pytest_of_its_fixtures(wheel):
    """They are there once the library is installed, and the wheel offers nothing else."""
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt")]
    offered = configparser.ConfigParser()
    offered.read_string(wheel.read(name).decode())

    assert ["pytest11"] == offered.sections()
    assert {"transactscope": PYTEST_PLUGIN} == dict(offered["pytest11"])
    assert f"{PYTEST_PLUGIN}.py" in wheel.namelist()


@pytest.mark.slow
def test_the_wheel_says_that_it_is_typed(wheel):
    """Type checkers ignore our annotations without this file."""
    assert "transactscope/py.typed" in wheel.namelist()


@pytest.mark.slow
def test_the_wheel_carries_the_licence(wheel, metadata):
    """The licence asks to be part of every copy."""
    assert metadata["License-Expression"] == "MIT"
    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())


@pytest.mark.slow
def test_the_version_has_one_source(metadata):
    """The installed version and the one in the code are the same."""
    assert metadata["Version"] == transactscope.__version__


@pytest.mark.slow
def test_the_readme_is_the_description(metadata):
    """PyPI shows the README, so it must be packed and declared as Markdown."""
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload().strip() == (ROOT / "README.md").read_text("utf-8").strip()


def test_the_library_needs_three_packages():
    """Every further dependency is a decision, and is made here."""
    options = _setup_cfg()["options"]
    names = {_name(line) for line in options["install_requires"].split("\n") if line}

    assert names == {"attrs", "boto3", "cattrs"}


def test_every_dependency_has_a_floor():
    """A requirement without a lowest version is a promise that nobody checked."""
    lines = _setup_cfg()["options"]["install_requires"].split("\n")

    assert [] == [line for line in lines if line and ">=" not in line]


def test_importing_the_library_loads_what_it_needs_only():
    """An import costs time on every cold start."""
    program = "import json, sys, transactscope; print(json.dumps(sorted(sys.modules)))"
    output = subprocess.run(
        [sys.executable, "-I", "-c", program], check=True, capture_output=True, text=True
    ).stdout
    loaded = {name.split(".")[0] for name in json.loads(output)}

    assert set() == loaded & set(NOT_OURS_TO_LOAD)


@pytest.mark.parametrize("path", ["scripts/test", "scripts/demo", ".ci/run"])
def test_scripts_can_be_run(path):
    """Their bit is part of what is tracked."""
    assert (ROOT / path).stat().st_mode & 0o100


def test_no_lock_file_is_tracked():
    """Lock files name download addresses."""
    locks = [path for path in project_files() if path.name in LOCK_FILES or path.suffix == ".lock"]

    assert [] == locks


def _setup_cfg():
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def _name(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement).group()
