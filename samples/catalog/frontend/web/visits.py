"""The browser that a request comes from, and the session that it has to itself meanwhile."""

from __future__ import annotations

import contextlib
from typing import Final

import attrs
from flask import Flask, current_app, g, session

from samples.catalog.frontend.web.sessions import BrowserSession, BrowserSessions

_KEY: Final = "transactscope.catalog"


@attrs.frozen
class Site:
    """What all requests share.

    Attributes:
        sessions: The sessions of all browsers.
        engine: Which engine answers, and what it cannot do.
    """

    sessions: BrowserSessions
    engine: str


def install(app: Flask, site: Site) -> None:
    """Let requests of an application find what they share, and leave their session at the end."""
    app.extensions[_KEY] = site
    app.teardown_request(_leave)


def site() -> Site:
    """Return what all requests share."""
    found: Site = current_app.extensions[_KEY]
    return found


def here() -> BrowserSession:
    """Return the session of this request's browser; waits until no other request uses it.

    A browser that has none gets one, and with it a cookie.
    """
    if "browser" not in g:
        stack = contextlib.ExitStack()
        g.browser = stack.enter_context(site().sessions.use(session.get("id")))
        g.leave_browser = stack.close
        session["id"] = g.browser.id
    found: BrowserSession = g.browser
    return found


def is_known() -> bool:
    """Whether this request's browser has a session already."""
    return site().sessions.knows(session.get("id"))


def _leave(_error: BaseException | None) -> None:
    g.pop("leave_browser", lambda: None)()
