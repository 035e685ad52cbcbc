"""Callers of the pages' programs: what they ask is the same, whichever framework answers."""

import contextlib
import json

import attrs

from transactscope import AsyncDatabase, Database, RetryPolicy, in_threads
from transactscope.testing import no_waiting


@attrs.frozen
class Answer:
    """What a caller gets: its status, text and headers."""

    status_code: int
    text: str
    headers: object

    def json(self):
        """Read the text."""
        return json.loads(self.text)


@attrs.frozen
class Caller:
    """Asks for transfers.

    Attributes:
        post: Sends a text, which should be JSON, with headers.
        get: Asks for a path.
    """

    post: object
    get: object

    def transfer(self, body, key=None):
        """Ask for a transfer, under an idempotency key if there is one."""
        return self.send(json.dumps(body), key)

    def send(self, text, key=None):
        """Send whatever text as if it were a transfer."""
        headers = {"Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.post("/transfers", text, headers)


def through_fastapi(client):
    """Ask through a test client of FastAPI's."""

    def post(path, text, headers):
        return _answer(client.post(path, content=text, headers=headers))

    return Caller(post, lambda path: _answer(client.get(path)))


def through_flask(client):
    """Ask through a test client of Flask's."""

    def post(path, text, headers):
        return _answer(client.post(path, data=text, headers=headers))

    return Caller(post, lambda path: _answer(client.get(path)))


@contextlib.contextmanager
def of_fastapi(bank):
    """Serve callers with a database that does not wait: `serve(retry=...)`."""

    def caller(**settings):
        db = AsyncDatabase(in_threads(bank.client), **_settings(settings))

        async def database():
            return db

        bank.app.dependency_overrides[bank.database] = database
        return through_fastapi(bank.TestClient(bank.app, raise_server_exceptions=False))

    yield caller
    bank.app.dependency_overrides.clear()


@contextlib.contextmanager
def of_flask(bank):
    """Do the same with the other framework."""

    def caller(**settings):
        db = Database(bank.client, **_settings(settings))
        return through_flask(bank.create_app(lambda: db).test_client())

    yield caller


OF_PAGES = {"fastapi.md": of_fastapi, "flask.md": of_flask}


def _settings(given):
    return {**no_waiting().settings, "retry": RetryPolicy(max_attempts=2), **given}


def _answer(told):
    return Answer(told.status_code, told.text, told.headers)
