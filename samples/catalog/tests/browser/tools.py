"""What browser tests need beside the library, and what is missing of it here."""

import importlib.util
import os
import pathlib
import shutil

import pytest

from tests import engines

AXE = engines.ROOT / ".tools/node_modules/axe-core/axe.min.js"

# By their names on the PATH: the first one is used, and is also that of Debian's package.
PROGRAMS = {"chromium": ("chromium", "google-chrome"), "firefox": ("firefox-esr", "firefox")}


def find_browser(name):
    """Find a browser of this machine. Playwright's own are downloads, which we do not ask for."""
    found = (shutil.which(program) for program in PROGRAMS[name])
    return next((pathlib.Path(path) for path in found if path), None)


def has_playwright():
    """Whether the package that steers browsers is installed."""
    return importlib.util.find_spec("playwright") is not None


def problem():
    """Say why no browser test can run here, or return None if they can."""
    if not has_playwright():
        return "playwright is not installed; scripts/test installs it"
    if not AXE.is_file():
        return "axe-core is not installed; scripts/test installs it where npm is there"
    return engines.dynoxide_problem()


def problem_of(name):
    """Say why tests in one of the browsers cannot run here, or return None if they can."""
    if find_browser(name) is None:
        package = PROGRAMS[name][0]
        return f"no {name.capitalize()} is installed; on Debian: apt-get install {package}"
    return None


def insist(missing, environment=os.environ):
    """Skip if something is `missing`; fail where every engine is required, and so are these."""
    if missing is None:
        return
    if engines.are_required(environment):
        pytest.fail(f"browser tests are required here: {missing}", pytrace=False)
    pytest.skip(missing, allow_module_level=True)
