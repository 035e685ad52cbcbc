"""What a user installs: our package, its types, the way in for pytest, and three dependencies."""

import configparser
import email
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile

import pytest

import transactscope
from tests.project.tree import ROOT, copy, project_files

# Heavy, or of tests and samples only: nobody who installs the library may need one of them.
NOT_OURS_TO_LOAD = (
    "aiobotocore",
    "cryptography",
    "fastapi",
    "flask",
    "hypothesis",
    "moto",
    "opentelemetry",
    "pytest",
)
# pytest loads it in every run, so it stands beside the package.
PYTEST_PLUGIN = "_transactscope_pytest"
LOCK_FILES = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml")


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    """The sdist, built from a copy, because a build leaves files in its tree; and unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    source = folder / "source"
    source.mkdir()
    copy(source)
    program = "from setuptools.build_meta import build_sdist; build_sdist('..')"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=source, capture_output=True)
    (built,) = folder.glob("*.tar.gz")
    with tarfile.open(built) as archive:
        archive.extractall(folder, filter="data")
    return folder / built.name.removesuffix(".tar.gz")


@pytest.fixture(scope="module")
def wheel(sdist):
    """The wheel, built from the sdist, as pip does it, without a network."""
    folder = sdist.parent
    (packed,) = folder.glob("*.tar.gz")  # what is unpacked already must not get files of a build
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps"]
    subprocess.run(
        [*command, "--no-build-isolation", "--wheel-dir", folder, packed], check=True, cwd=folder
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
def test_the_sdist_holds_all_that_is_tracked(sdist):
    """Whoever has it can build the library and test it, without the repository."""
    packed = {path.relative_to(sdist) for path in sdist.rglob("*") if path.is_file()}
    made = {path for path in packed if path.parts[0] == "transactscope.egg-info"}

    assert {path.as_posix() for path in project_files()} | {"PKG-INFO"} == {
        path.as_posix() for path in packed - made
    }


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
def test_the_wheel_commits_a_transaction(wheel, tmp_path):
    """Nothing that the library needs at run time has stayed behind in the checkout."""
    script = ROOT / "scripts/first_commit.py"
    program = f"import runpy, transactscope as used; runpy.run_path({str(script)!r}); print(used)"
    printed = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": wheel.filename},
        capture_output=True,
        text=True,
    ).stdout

    assert printed.startswith("CommitResult(sent=True")
    assert "Account(number='A-1')" in printed
    assert f"from '{wheel.filename}" in printed


@pytest.mark.slow
def test_the_wheel_asks_for_what_setup_cfg_says(metadata):
    """pip reads nothing else: a requirement that lost its extra would be everybody's."""
    asked = metadata.get_all("Requires-Dist")
    plain = [requirement for requirement in asked if "extra ==" not in requirement]
    options = _setup_cfg()["options"]

    assert sorted(_lines(options["install_requires"])) == sorted(plain)
    assert options["python_requires"] == metadata["Requires-Python"]
    assert set(_setup_cfg()["options.extras_require"]) == set(metadata.get_all("Provides-Extra"))


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
    names = {_name(line) for line in _lines(options["install_requires"])}

    assert names == {"attrs", "boto3", "cattrs"}


def test_every_dependency_has_a_floor():
    """A requirement without a lowest version is a promise that nobody checked."""
    lines = _lines(_setup_cfg()["options"]["install_requires"])

    assert [] == [line for line in lines if not re.fullmatch(r"\w+>=\d+(\.\d+)+", line)]


def test_the_pythons_are_named_once_from_the_floor_on():
    """Sessions of nox are made of these lines; one that is missing would not be tested."""
    setup = _setup_cfg()
    named = re.findall(r"Python :: 3\.(\d+)$", setup["metadata"]["classifiers"], re.MULTILINE)
    (floor,) = re.findall(r">=3\.(\d+)", setup["options"]["python_requires"])

    assert list(range(int(floor), int(floor) + len(named))) == [int(minor) for minor in named]


def test_extras_are_documented():
    """Everything that can be asked for in brackets is explained, and nothing else is."""
    text = (ROOT / "docs/stability.md").read_text(encoding="utf-8")

    assert set(_setup_cfg()["options.extras_require"]) == set(
        re.findall(r"^\| `\[(\w+)\]` \|", text, re.MULTILINE)
    )


def test_importing_the_library_loads_what_it_needs_only():
    """An import costs time on every cold start."""
    program = "import json, sys, transactscope; print(json.dumps(sorted(sys.modules)))"
    output = subprocess.run(
        [sys.executable, "-I", "-c", program], check=True, capture_output=True, text=True
    ).stdout
    loaded = {name.split(".")[0] for name in json.loads(output)}

    assert set() == loaded & set(NOT_OURS_TO_LOAD)


@pytest.mark.parametrize("path", ["scripts/test", "scripts/demo", "scripts/docs", ".ci/run"])
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


def _lines(option):
    return [line for line in option.split("\n") if line]


def _name(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement).group()
