"""What browser tests need beside the library, and what is missing of it here."""

import importlib.util
import os
import pathlib
import shutil

import pytest

from tests import engines

AXE = engines.ROOT / ".tools/node_modules/axe-core/axe.min.js"
BROWSERS = ("chromium", "google-chrome")  # by their names on the PATH; the first one is used


def find_browser():
    """Find a Chromium of this machine. Playwright's own are downloads, which we do not ask for."""
    found = (shutil.which(name) for name in BROWSERS)
    return next((pathlib.Path(path) for path in found if path), None)


def has_playwright():
    """Whether the package that steers the browser is installed."""
    return importlib.util.find_spec("playwright") is not None


def problem():
    """Say why browser tests cannot run here, or return None if they can."""
    if not has_playwright():
        return "playwright is not installed; scripts/test installs it"
    if find_browser() is None:
        return "no Chromium is installed; on Debian: apt-get install chromium"
    if not AXE.is_file():
        return "axe-core is not installed; scripts/test installs it where npm is there"
    return engines.dynoxide_problem()


def insist(missing, environment=os.environ):
    """Skip if something is `missing`; fail where every engine is required, and so are these."""
    if missing is None:
        return
    if engines.are_required(environment):
        pytest.fail(f"browser tests are required here: {missing}", pytrace=False)
    pytest.skip(missing, allow_module_level=True)
