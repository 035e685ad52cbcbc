"""Playwright, for modules that are skipped, or fail, where browser tests cannot run.

Not through the plugin pytest-playwright: its fixtures last for the whole run, and so
would Playwright's event loop, in which no other test could run a loop of its own.
"""

from samples.catalog.tests.browser import tools

tools.insist(tools.problem())

from playwright.sync_api import (  # noqa: E402 - not before we know that it is there
    Browser,
    BrowserContext,
    Error,
    Locator,
    Page,
    expect,
    sync_playwright,
)

__all__ = ["Browser", "BrowserContext", "Error", "Locator", "Page", "expect", "sync_playwright"]
