"""Fixtures of the browser tests: the program as a user starts it, browsers, and their visitors.

Modules that use them import `driver` first, and are skipped where it cannot run.
"""

import contextlib

import attrs
import pytest

from samples.catalog.tests.browser import browsers, scriptless, tools
from samples.catalog.tests.browser.browsers import CHROMIUM, FIREFOX
from samples.catalog.tests.program import Program, running_program

SECONDS = 60  # for whatever a page is expected to show; it takes a fraction of one
BOTH = (CHROMIUM, FIREFOX)


@attrs.frozen
class Site:
    """The running program, as browsers come to it.

    Attributes:
        program: The program.
        scriptless: Its address for a browser that cannot be told to run no scripts.
    """

    program: Program
    scriptless: str

    @property
    def url(self):
        """The program's own address."""
        return self.program.url

    @property
    def tables(self):
        """What is stored."""
        return self.program.tables


@contextlib.contextmanager
def served(folder, *, single_table=False):
    """Start the program in a folder."""
    with (
        running_program(folder, single_table=single_table) as started,
        scriptless.in_front_of(started.port) as port,
    ):
        yield Site(started, f"http://{scriptless.HOST}:{port}/")


@pytest.fixture(scope="package")
def running():
    """The browsers of all browser tests. Playwright's event loop ends with them."""
    from samples.catalog.tests.browser.driver import expect, sync_playwright

    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright, contextlib.ExitStack() as stack:
        yield browsers.Running(playwright, stack)


@pytest.fixture(params=BOTH, ids=str)
def browser(request):
    """Each browser; a module that wants other ways to have them names these."""
    tools.insist(tools.problem_of(request.param.name))
    return request.getfixturevalue("running").browser(request.param)


@pytest.fixture(scope="package")
def program(tmp_path_factory):
    """The program, started and ended as a user does."""
    with served(tmp_path_factory.mktemp("catalog")) as started:
        yield started


@pytest.fixture
def site(program):
    """The program with empty tables, and nothing that went wrong so far."""
    program.program.clear()
    return program


@pytest.fixture
def visit(browser, site):
    """Open the page as another person; what goes wrong anywhere fails the test in the end.

    `visit()` returns a `CatalogPage`; its arguments are those of Playwright's `new_context`.
    A status that is an error is expected only if it is among `statuses`.
    """
    from samples.catalog.tests.browser.pages import CatalogPage

    complaints: list[str] = []
    url = site.scriptless if browser.needs_scriptless_pages else site.url
    with contextlib.ExitStack() as stack:

        def open_page(*, statuses=(), **settings):
            context = stack.enter_context(browser.new_context(**settings))
            context.set_default_timeout(SECONDS * 1000)
            listen(context, complaints, url, statuses)
            return CatalogPage(context.new_page(), url).open()

        yield open_page
    assert ([], "") == (complaints, site.program.complaints)


@pytest.fixture
def me(visit):
    """A person with the page open."""
    return visit()


@pytest.fixture
def other(visit):
    """Somebody else, with a session of their own."""
    return visit()


@pytest.fixture
def store(site):
    """Store products behind everybody's back."""

    def storing(*products):
        for product in products:
            site.tables.database.put(site.tables.layout.to_store(product))

    return storing


@pytest.fixture
def stored(site):
    """Read all products of one class from their table."""
    return site.tables.stored


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
