"""Run the tests on the versions that people have: `nox`, or one session, as `nox -s oldest`.

Which Pythons and packages those are is read from setup.cfg. CONTRIBUTING.md says what a session
runs. What follows `--` goes to pytest in place of `TESTS`.
"""

from __future__ import annotations

import configparser
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import nox

nox.options.sessions = ["oldest", "tests", "newest"]
nox.options.download_python = "never"  # the Pythons that are here

ROOT = pathlib.Path(__file__).parent
SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")

# What could differ from version to version, on one engine: in a synchronous shell, and past
# botocore, which is full of names that botocore may change.
TESTS = (
    *("tests/unit", "tests/property", "tests/contract"),
    *("-m", "not contention", "-k", "not (moto or threads)"),
    *("--hypothesis-profile=brief", "-p", "no:cacheprovider"),
)
SHOW_VERSIONS = """
import platform, sys
from importlib.metadata import version
print("Python", platform.python_version(), *(f"{name} {version(name)}" for name in sys.argv[1:]))
"""


def _lines(section: str, option: str) -> list[str]:
    """List what stands in an option of setup.cfg, one thing on a line."""
    return SETUP.get(section, option).split("\n")[1:]


def _requirements(extra: str | None = None) -> list[str]:
    if extra is None:
        return _lines("options", "install_requires")
    return _lines("options.extras_require", extra)


def _oldest() -> list[str]:
    """Ask for the floor of every dependency; botocore is released with boto3's numbers."""
    exact = [requirement.replace(">=", "==") for requirement in _requirements()]
    return [*exact, *(pin.replace("boto3", "botocore") for pin in exact if "boto3" in pin)]


def _show_what_pyenv_has() -> None:
    """Switch every version of pyenv on: its `python3.12` only runs while one of them is."""
    if "PYENV_VERSION" in os.environ or shutil.which("pyenv") is None:
        return
    command = ["pyenv", "versions", "--bare", "--skip-aliases"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    versions = [name for name in listed if re.fullmatch(r"3(\.\d+){2}", name)]
    newest_first = sorted(versions, key=lambda name: [*map(int, name.split("."))], reverse=True)
    os.environ["PYENV_VERSION"] = ":".join(newest_first)


def _is_here(python: str) -> bool:
    try:
        subprocess.run([f"python{python}", "-c", ""], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _supported() -> list[str]:
    """List the Pythons that setup.cfg names, oldest first, whether they are here or not."""
    return re.findall(r"Python :: (3\.\d+)$", SETUP["metadata"]["classifiers"], re.MULTILINE)


def _newer() -> list[str]:
    """List the Pythons that are here, and that setup.cfg does not name yet."""
    last = int(SUPPORTED[-1].partition(".")[2])
    return [f"3.{minor}" for minor in range(last + 1, last + 5) if _is_here(f"3.{minor}")]


_show_what_pyenv_has()
SUPPORTED = _supported()
PYTHONS = [*SUPPORTED, *_newer()]


def _test(session: nox.Session, *install: str) -> None:
    """Install the checkout and what tests need, say which versions those are, and run pytest."""
    session.install(*install, "--editable", ".[test]")
    names = [re.split(r"\W", requirement)[0] for requirement in _requirements()]
    session.run("python", "-c", SHOW_VERSIONS, *names, "botocore", "moto")
    # Without it, tests are skipped, or fail where every engine is required.
    script = ". scripts/lib.sh && install_engine"
    session.run("bash", "-c", script, external=True, success_codes=[0, 1])
    session.run("python", "-m", "pytest", *(session.posargs or TESTS))


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests on one Python, with what pip chooses for it."""
    _test(session)


@nox.session(python=SUPPORTED[0])
def oldest(session: nox.Session) -> None:
    """Run the tests on the oldest Python, with the oldest boto3, attrs and cattrs."""
    _test(session, *_oldest())


@nox.session(python=PYTHONS[-1])
def newest(session: nox.Session) -> None:
    """Run the tests on the newest Python, with the newest of everything, also after `nox -r`."""
    _test(session, "--upgrade", "--upgrade-strategy=eager")


@nox.session
def release(session: nox.Session) -> None:
    """Build the sdist and the wheel, check them, and commit a transaction with the wheel alone."""
    session.install(*_requirements("release"))
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    session.run("python", "-m", "build")  # the wheel is built from the sdist
    built = [str(path) for path in sorted((ROOT / "dist").iterdir())]
    session.run("twine", "check", "--strict", *built)
    (wheel,) = [path for path in built if path.endswith(".whl")]
    (moto,) = [each for each in _requirements("test") if each.startswith("moto")]
    with tempfile.TemporaryDirectory() as folder, session.chdir(folder):
        session.run("python", "-m", "venv", "empty")
        python = str(pathlib.Path(folder, "empty/bin/python"))
        for arguments in (
            ["-m", "pip", "install", "--quiet", wheel, moto],
            ["-m", "pip", "check"],
            ["-I", str(ROOT / "scripts/first_commit.py")],
        ):
            session.run(python, *arguments, external=True)
