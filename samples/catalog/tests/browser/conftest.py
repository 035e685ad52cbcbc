"""Fixtures of the browser tests: the program as a user starts it, a browser, and its visitors.

Modules that use them import `driver` first, and are skipped where it cannot run.
"""

import contextlib
import os
import pathlib
import re
import subprocess
import sys

import attrs
import pytest

from samples.catalog.provider.products import PRODUCT_CLASSES, key_of
from samples.catalog.provider.tables import ProductTables
from samples.catalog.tests.browser import tools
from tests.engines import ROOT, new_client

PROGRAM = [sys.executable, "-m", "samples.catalog", "--port", "0", "--engine", "dynoxide"]
FLAGS = [
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    # What tests/guard.py does for Python: a page that asks another machine gets an error.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
SECONDS = 10  # for whatever a page is expected to show; it takes a fraction of one


@attrs.frozen
class Site:
    """The running program: where its page is, the tables below it, and what goes wrong in it."""

    url: str
    tables: ProductTables
    errors: pathlib.Path


@pytest.fixture(scope="package")
def browser():
    """One browser for all browser tests. Playwright's event loop ends with them."""
    from samples.catalog.tests.browser.driver import expect, sync_playwright

    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=tools.find_browser(), args=FLAGS)
        with contextlib.closing(browser):
            yield browser


@pytest.fixture(scope="package")
def program(tmp_path_factory):
    """The program, started and ended as a user does."""
    folder = tmp_path_factory.mktemp("catalog")
    errors = folder / "errors.txt"
    with (
        errors.open("a") as written,
        subprocess.Popen(
            PROGRAM,
            cwd=folder,  # where its data go, by default
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
        ) as process,
    ):
        try:
            address, engine = _addresses(process.stdout, errors)
            with contextlib.closing(new_client(f"http://{engine}")) as client:
                yield Site(f"http://{address}/", ProductTables(client), errors)
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture
def site(program):
    """The program with empty tables, and nothing that went wrong so far."""
    os.truncate(program.errors, 0)
    for cls in PRODUCT_CLASSES:
        for product in program.tables.stored(cls):
            program.tables.database.delete(cls, *key_of(product))
    return program


@pytest.fixture
def visit(browser, site):
    """Open the page as another person; what goes wrong anywhere fails the test in the end.

    `visit()` returns a `CatalogPage`; its arguments are those of Playwright's `new_context`.
    A status that is an error is expected only if it is among `statuses`.
    """
    from samples.catalog.tests.browser.pages import CatalogPage

    complaints: list[str] = []
    with contextlib.ExitStack() as stack:

        def open_page(*, statuses=(), **settings):
            context = stack.enter_context(
                contextlib.closing(browser.new_context(**settings, locale="en-GB"))
            )
            context.set_default_timeout(SECONDS * 1000)
            listen(context, complaints, site.url, statuses)
            return CatalogPage(context.new_page(), site.url).open()

        yield open_page
    assert ([], "") == (complaints, site.errors.read_text())


@pytest.fixture(params=[True, False], ids=["with-scripts", "without-scripts"])
def scripts(request):
    """Whether the browser would run scripts: the page has none, and may not need any."""
    return request.param


@pytest.fixture
def me(visit, scripts):
    """A person with the page open."""
    return visit(java_script_enabled=scripts)


@pytest.fixture
def other(visit, scripts):
    """Somebody else, with a session of their own."""
    return visit(java_script_enabled=scripts)


def _addresses(lines, errors):
    """Wait until the program says where its page is, and return that and where its engine is."""
    written = ""
    for line in lines:
        written += line
        if page := re.findall(r"http://(127\.0\.0\.1:\d+)", line):
            engine = re.findall(r"process \d+ on (127\.0\.0\.1:\d+)", written)
            return page[0], engine[0]
    raise RuntimeError(f"the program did not start: {written}{errors.read_text()}")


def listen(context, complaints, url, statuses):
    """Note errors in the console and in scripts, dialogs, and what is loaded from elsewhere."""

    def on_console(message):
        is_status = message.text.startswith("Failed to load resource: the server responded")
        if message.type in ("error", "warning") and not is_status:  # on_response knows of those
            complaints.append(f"console: {message.text}")

    def on_dialog(dialog):
        complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def on_request(request):
        if not request.url.startswith(url):
            complaints.append(f"request: {request.url}")

    def on_response(response):
        if response.status >= 400 and response.status not in statuses:
            complaints.append(f"response: {response.status} {response.url}")

    context.on("console", on_console)
    context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))
    context.on("dialog", on_dialog)
    context.on("request", on_request)
    context.on("response", on_response)
