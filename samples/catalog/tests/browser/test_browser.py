"""What the fixtures of browser tests promise: they see what goes wrong, and stay at home."""

import contextlib
import http.server

import pytest

from samples.catalog.tests.browser import conftest, scriptless
from samples.catalog.tests.browser.browsers import (
    CHROMIUM,
    CHROMIUM_WITHOUT_SCRIPTS,
    FIREFOX,
    FIREFOX_WITHOUT_SCRIPTS,
)
from samples.catalog.tests.browser.driver import Error

pytestmark = pytest.mark.slow

AT_HOME = "http://127.0.0.1:1/"
NOT_REACHED = "ERR_NAME_NOT_RESOLVED|NS_ERROR_PROXY_CONNECTION_REFUSED"


@pytest.fixture
def complaints():
    """What went wrong in the browser."""
    return []


@pytest.fixture
def page(browser, complaints):
    """A page whose browser is listened to."""
    with browser.new_context() as context:
        conftest.listen(context, complaints, AT_HOME, ())
        yield context.new_page()


@pytest.mark.parametrize("host", ["127.0.0.2", "catalog.example"])
def test_the_browser_reaches_this_address_only(page, host):
    """What tests/guard.py does for Python holds for pages, too: nothing leaves this machine."""
    with pytest.raises(Error, match=NOT_REACHED):
        page.goto(f"http://{host}:8000/")


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("console.error('broken')", "console: broken"),
        ("setTimeout(() => { throw new Error('broken') })", "script: broken"),
        ("alert('broken')", "dialog: broken"),
        ("fetch('http://127.0.0.2:8000/').catch(() => 0)", "request: http://127.0.0.2:8000/"),
    ],
    ids=["console", "script", "dialog", "request"],
)
def test_what_goes_wrong_is_noticed(page, complaints, script, complaint):
    """A browser that nobody listens to never complains."""
    page.evaluate(f"async () => {{ {script} }}")
    page.wait_for_function("true")

    assert complaint in complaints


def test_what_the_policy_of_the_page_forbids_is_noticed(page, complaints, site):
    """A style that never applies looks like a page without one."""
    page.goto(site.url)
    page.evaluate("document.body.append(document.createElement('style'))")
    page.evaluate("document.querySelector('style').textContent = 'body { color: red }'")
    page.wait_for_function("true")

    assert any("style-src" in text for text in complaints)


@pytest.mark.parametrize(
    ("browser", "runs"),
    [
        (CHROMIUM, True),
        (CHROMIUM_WITHOUT_SCRIPTS, False),
        (FIREFOX, True),
        (FIREFOX_WITHOUT_SCRIPTS, False),
    ],
    ids=str,
    indirect=["browser"],
)
def test_scripts_run_where_they_are_to(browser, page, runs):
    """A story that is told without scripts is told without them."""
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(scriptless.serving(Scripted))
        if browser.needs_scriptless_pages:
            port = stack.enter_context(scriptless.in_front_of(port))
        page.goto(f"http://{scriptless.HOST}:{port}/")

        assert ("run" if runs else "not run") == page.locator("p").inner_text()


class Scripted(http.server.BaseHTTPRequestHandler):
    """A page that says whether scripts are run."""

    def do_GET(self):
        """Answer with the page, whatever is asked for."""
        self.send_response_only(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<p><noscript>not run</noscript><script>document.write('run')</script>")
