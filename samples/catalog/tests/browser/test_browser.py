"""What the fixtures of browser tests promise: they see what goes wrong, and stay at home."""

import contextlib

import pytest

from samples.catalog.tests.browser import conftest
from samples.catalog.tests.browser.driver import Error

pytestmark = pytest.mark.slow

AT_HOME = "http://127.0.0.1:1/"


@pytest.fixture
def complaints():
    """What went wrong in the browser."""
    return []


@pytest.fixture
def page(browser, complaints):
    """A page whose browser is listened to."""
    with contextlib.closing(browser.new_context()) as context:
        conftest.listen(context, complaints, AT_HOME, ())
        yield context.new_page()


@pytest.mark.parametrize("host", ["127.0.0.2", "catalog.example"])
def test_the_browser_reaches_this_address_only(page, host):
    """What tests/guard.py does for Python holds for pages, too: nothing leaves this machine."""
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
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
