"""The page as an application, and the server that it runs on: on this machine only."""

from __future__ import annotations

import contextlib
import secrets
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from samples.catalog.frontend.web import guards, problems, visits
from samples.catalog.frontend.web.pages import KindConverter, pages
from samples.catalog.frontend.web.sessions import BrowserSessions
from samples.catalog.service.catalog import CatalogService

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8080

_MAX_BODY: Final = 4 * 1024 * 1024  # bytes; an item of 400 KB is three times as long in a form


class PortError(Exception):
    """The port cannot be used; the text says why."""


def create_app(sessions: BrowserSessions, *, engine: str, takes_turns: bool = False) -> Flask:
    """Put the page together.

    Args:
        sessions: The sessions of all browsers.
        engine: Which engine answers, and what it cannot do.
        takes_turns: Whether the engine serves one thread at a time only.
    """
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secrets.token_bytes(32),  # who signs cookies lives as long as the sessions
        SESSION_COOKIE_NAME="catalog",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=_MAX_BODY,
        MAX_FORM_MEMORY_SIZE=_MAX_BODY,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.url_map.converters["kind"] = KindConverter
    visits.install(app, visits.Site(sessions, engine))
    guards.install(app)
    problems.install(app)
    app.register_blueprint(pages)
    if takes_turns:
        app.wsgi_app = _one_at_a_time(app.wsgi_app)  # type: ignore[assignment]
    return app


def serve(
    open_service: Callable[[], CatalogService],
    *,
    engine: str,
    takes_turns: bool = False,
    port: int | None = None,
    announce: Callable[[str], object],
) -> None:
    """Serve the page until Ctrl-C ends it; what is open then is rolled back.

    Args:
        open_service: Opens a session of the catalog.
        engine: Which engine answers, and what it cannot do.
        takes_turns: Whether the engine serves one thread at a time only.
        port: The port; 0 means any, None means `DEFAULT_PORT` or any other that is free.
        announce: Takes the page's address as soon as it answers there.

    Raises:
        PortError: The port cannot be used.
    """
    with contextlib.closing(BrowserSessions(open_service)) as sessions:
        app = create_app(sessions, engine=engine, takes_turns=takes_turns)
        with listening(app, port) as server, contextlib.suppress(KeyboardInterrupt):
            announce(f"http://{HOST}:{server.port}/")
            server.serve_forever()


@contextlib.contextmanager
def listening(app: Flask, port: int | None = None) -> Iterator[BaseWSGIServer]:
    """Listen on a port of this machine; the server that is handed out serves when told to.

    Args:
        app: What is served.
        port: The port; 0 means any, None means `DEFAULT_PORT` or any other that is free.

    Raises:
        PortError: The port cannot be used.
    """
    with _bound(port) as bound:
        number = bound.getsockname()[1]
        # Cookies do not know ports: two programs on one machine must not share one.
        app.config["SESSION_COOKIE_NAME"] = f"catalog-{number}"
        # Threads also where the engine takes turns: browsers open connections that they do not use.
        with make_server(
            HOST, number, app, threaded=True, request_handler=_Quiet, fd=bound.fileno()
        ) as server:
            yield server


class _Quiet(WSGIRequestHandler):
    """Writes no line for every request; errors are told all the same."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


def _bound(port: int | None) -> socket.socket:
    """Return a socket that listens on the port."""
    wanted = [DEFAULT_PORT, 0] if port is None else [port]
    for number in wanted:
        with contextlib.suppress(OSError):
            return socket.create_server((HOST, number))
    raise PortError(f"port {wanted[0]} of {HOST} cannot be used: another program has it, maybe")


def _one_at_a_time(application: WSGIApplication) -> WSGIApplication:
    """Let requests wait for each other."""
    turn = threading.Lock()

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with turn:
            return application(environ, start_response)

    return serve
