"""Browsers in the ways in which people have them: which one, with scripts or not, light or dark.

Chromium is told for each page. Firefox is steered over WebDriver BiDi, whose commands for colours
and scripts Firefox ESR 153 does not know: it is started once in light and once in dark colours, and
gets pages without scripts from `scriptless`.
"""

import contextlib
from typing import Any

import attrs
import pytest

from samples.catalog.tests.browser import tools

_FLAGS = [
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    # What tests/guard.py does for Python: a page that asks another machine gets an error.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
# The same for Firefox: whatever is not for this address goes to a proxy that does not exist.
_NOWHERE = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 1,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 1,
    "network.proxy.no_proxies_on": "127.0.0.1",
    "network.proxy.allow_hijacking_localhost": True,  # of all its addresses, this one is meant
}
_STILL = {"ui.prefersReducedMotion": 1}
_LAUNCH = 120_000  # milliseconds; it takes one or two seconds, a loaded machine may take longer
_COLOURS = "layout.css.prefers-color-scheme.content-override"
_DARK, _LIGHT = 0, 1


@attrs.frozen
class Way:
    """A way to have a browser.

    Attributes:
        name: Which browser.
        has_scripts: Whether it runs them.
        is_dark: Whether Firefox is started in dark colours.
    """

    name: str
    has_scripts: bool = True
    is_dark: bool = False

    def __str__(self):
        """Return what stands in a test's id."""
        dark = "-dark" if self.is_dark else ""
        return f"{self.name}{dark}{'' if self.has_scripts else '-without-scripts'}"


CHROMIUM = Way("chromium")
CHROMIUM_WITHOUT_SCRIPTS = Way("chromium", has_scripts=False)
FIREFOX = Way("firefox")
FIREFOX_WITHOUT_SCRIPTS = Way("firefox", has_scripts=False)
DARK_FIREFOX = Way("firefox", is_dark=True)

# The page has no scripts and may not need any, so what people do is done with scripts off, too: in
# one of the browsers, because what would be another page without them is none in either.
USUAL_WAYS = (CHROMIUM_WITHOUT_SCRIPTS, FIREFOX)


def in_ways(*ways):
    """Run tests in these ways, and no others."""
    return pytest.mark.parametrize("browser", ways, ids=str, indirect=True)


@attrs.frozen
class Browser:
    """A running browser, for one test.

    Attributes:
        way: How one has it.
        running: Playwright's own.
    """

    way: Way
    running: Any

    @property
    def is_chromium(self):
        """Whether it can be told for each page what Firefox is told as it starts."""
        return self.way.name == "chromium"

    def new_context(self, **settings):
        """Open the browser of one more person; the arguments are those of Playwright."""
        if self.is_chromium:
            settings["java_script_enabled"] = self.way.has_scripts
        return contextlib.closing(self.running.new_context(locale="en-GB", **settings))

    @property
    def needs_scriptless_pages(self):
        """Whether it would run scripts, and is not to."""
        return not self.is_chromium and not self.way.has_scripts

    @property
    def schemes(self):
        """The colours in which it can show a page."""
        if self.is_chromium:
            return ("light", "dark")
        return ("dark",) if self.way.is_dark else ("light",)

    def show_in(self, scheme, page):
        """Show a page in one of these colours, and without movement."""
        if self.is_chromium:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")


class Running:
    """The browsers that run: each is started when a test asks for it, and ends with all tests.

    Args:
        playwright: What steers them.
        stack: Ends what it is given.
    """

    def __init__(self, playwright, stack):
        self._playwright = playwright
        self._stack = stack
        self._running = {}

    def browser(self, way):
        """Return a browser of a kind, started if it does not run."""
        key = way.name, way.is_dark
        if key not in self._running:
            opened = _launch(self._playwright, way)
            self._running[key] = self._stack.enter_context(contextlib.closing(opened))
        return Browser(way, self._running[key])


def _launch(playwright, way):
    program = tools.find_browser(way.name)
    if way.name == "chromium":
        return playwright.chromium.launch(executable_path=program, args=_FLAGS, timeout=_LAUNCH)
    settings = _NOWHERE | _STILL | {_COLOURS: _DARK if way.is_dark else _LIGHT}
    return playwright.firefox.launch(
        executable_path=program,
        timeout=_LAUNCH,
        channel="moz-firefox",  # the one that people have, not Playwright's own
        firefox_user_prefs=settings,
    )
