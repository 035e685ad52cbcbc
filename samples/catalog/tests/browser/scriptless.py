"""A page without scripts for a browser that cannot be told to run none.

WebDriver BiDi has a command for it (`emulation.setScriptingEnabled`) that Firefox ESR 153 does not
know, and its setting `javascript.enabled` keeps Playwright from waiting for anything in a page. So
every page comes through a server that puts it into a sandbox without scripts, which HTML defines as
scripting being off: nothing is run, and what is in `<noscript>` is shown.
"""

import contextlib
import http.client
import http.server
import threading

HOST = "127.0.0.1"
SANDBOX = "sandbox allow-forms allow-same-origin"
_OF_THE_CONNECTION = ("connection", "transfer-encoding")


@contextlib.contextmanager
def serving(handler):
    """Serve what a handler answers, on a port of this machine. Returns the port."""
    with http.server.ThreadingHTTPServer((HOST, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def in_front_of(port):
    """Serve what is served on another port, with scripts off. Returns the port."""
    return serving(type("Handler", (_Handler,), {"behind": port}))


class _Handler(http.server.BaseHTTPRequestHandler):
    """Hands a request on as it is, with its `Host`, and the answer back with one header more."""

    behind: int

    def do_GET(self):
        """Hand on whatever the browser sends."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with contextlib.closing(http.client.HTTPConnection(HOST, self.behind)) as connection:
            connection.request(self.command, self.path, body or None, dict(self.headers))
            answer = connection.getresponse()
            self._hand_back(answer, answer.read())

    do_POST = do_GET  # noqa: N815 - the name is http.server's

    def log_message(self, *_words):
        """Write nothing."""

    def _hand_back(self, answer, content):
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in _OF_THE_CONNECTION:
                self.send_header(name, value)
        self.send_header("Content-Security-Policy", SANDBOX)
        self.end_headers()
        self.wfile.write(content)
