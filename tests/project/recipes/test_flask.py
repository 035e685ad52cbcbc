"""The program of docs/how-to/flask.md, driven by the framework's own test client."""

import os
import subprocess
import sys

import pytest

from tests.crowds import together
from tests.project.recipes import callers
from tests.project.tree import ROOT

PAGE = "flask.md"


def test_a_body_that_is_no_json_is_refused(serve):
    """The framework's own errors come in the same form."""
    answer = serve().send("{")

    assert (400, ["error"]) == (answer.status_code, list(answer.json()))


def test_a_transfer_whose_account_is_too_long_is_not_found(serve):
    """No account has such a number."""
    assert 404 == serve().get(f"/transfers/{'x' * 65}/k").status_code


@pytest.mark.contention
@pytest.mark.needs("threads")
def test_many_at_once_with_one_key_are_applied_once(bank, ledger):
    """A caller who loses patience sends again while the first request is still at work."""
    source, target = ledger.open(30), ledger.open(0)
    app, answers = bank.create_app(), []
    body = {"source": source, "target": target, "amount": 20}

    def ask(_number):
        with app.test_client() as client:
            answers.append(callers.through_flask(client).transfer(body, "same").status_code)

    together(8, ask)

    assert [201] * 8 == answers
    assert (10, 20) == (ledger.balance(source), ledger.balance(target))


def test_many_threads_make_one_client(bank):
    """Every client has connections of its own; and boto3 makes them in one thread at a time."""
    made = []
    databases = bank.PerProcess(lambda: made.append(databases._lock.locked()))
    together(8, lambda _: databases())

    assert [True] == made


def test_making_the_application_makes_no_client(bank):
    """What is made before a fork must not be there after it."""
    made = []
    bank.create_app(lambda: made.append("a client"))

    assert [] == made


def test_what_a_fork_inherits_is_not_used(bank, monkeypatch):
    """Parent and child would write to the same connections."""
    databases = bank.PerProcess(object)
    before = databases()
    monkeypatch.setattr(os, "getpid", lambda: -1)
    after = databases()

    assert before is not after
    assert after is databases()


FORKING = """
import os
from tests.project.recipes import pages

bank = pages.run("flask.md")
made = []

def make():
    made.append(os.getpid())
    return bank.make_database()

def ask(key):
    body = {"source": "A-1", "target": "B-2", "amount": 1}
    answer = app.test_client().post("/transfers", json=body, headers={"Idempotency-Key": key})
    return answer.status_code

app = bank.create_app(make)  # as `gunicorn --preload` does it
if EARLY:
    assert ask("early") == 201  # even if something was sent before the fork
bank.db.put(bank.Account("A-1", 30))
children = []
for name in ("one", "two"):
    child = os.fork()
    if child == 0:
        codes = [ask(f"{name}-{number}") for number in range(3)]
        os._exit(0 if codes == [201] * 3 and made[-1] == os.getpid() else 1)
    children.append(child)
ends = [os.waitpid(child, 0)[1] for child in children]
print(ends, len(made), bank.db.get(bank.Account, "A-1").balance)
"""


@pytest.mark.slow
@pytest.mark.parametrize("is_early", [False, True], ids=["preloaded", "used before"])
def test_workers_that_are_forked_have_clients_of_their_own(durable_engine, is_early):
    """The application may be made, and even used, before its workers are forked."""
    environment = {**os.environ, "AWS_ENDPOINT_URL_DYNAMODB": durable_engine.endpoint_url}
    told = subprocess.run(
        [sys.executable, "-c", f"EARLY = {is_early}{FORKING}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert f"[0, 0] {int(is_early)} 24\n" == told
