"""The program of docs/how-to/flask.md, driven by the framework's own test client."""

import os
import subprocess
import sys

import pytest

from tests.crowds import together
from tests.project.recipes import statuses
from tests.project.tree import ROOT
from transactscope import Database, RetryPolicy
from transactscope.ext.breaker import Breaker
from transactscope.testing import calling, lost_answer, no_waiting, throttled

PAGE = "flask.md"
COMMIT = "TransactWriteItems"


@pytest.fixture
def serve(bank):
    """Serve callers with a database that does not wait; settings go before ours."""

    def make(**settings):
        usual = {**no_waiting().settings, "retry": RetryPolicy(max_attempts=2)}
        db = Database(bank.client, **{**usual, **settings})
        return bank.create_app(lambda: db).test_client()

    return make


@pytest.fixture
def pay(ledger):
    """Ask for a transfer between two accounts of the test's own."""

    def ask(caller, source, key="k-1", amount=1, **changed):
        body = {"source": source, "target": ledger.open(0), "amount": amount, **changed}
        return lambda: caller.post("/transfers", json=body, headers={"Idempotency-Key": key})

    return ask


def test_a_repeated_request_has_the_same_answer_and_is_applied_once(serve, pay, ledger):
    """A caller may repeat whatever got no answer."""
    source = ledger.open(30)
    ask = pay(serve(), source, amount=20)
    first, second = ask(), ask()

    assert (201, 201) == (first.status_code, second.status_code)
    assert first.json == second.json
    assert 10 == ledger.balance(source)


def test_a_transfer_is_one_request(serve, pay, ledger, sent):
    """The recipe's cost is what the library promises."""
    ask = pay(serve(), ledger.open(30))
    sent.clear()
    ask()

    assert [COMMIT] == sent.operations


def test_a_key_counts_for_its_source_only(serve, pay, ledger):
    """Nobody can take up the key of somebody else."""
    caller = serve()

    assert [201, 201] == [pay(caller, ledger.open(5), key="one")().status_code for _ in range(2)]


def test_a_refused_transfer_may_be_tried_again_with_its_key(serve, pay, ledger, bank):
    """A refusal stores no marker."""
    source = ledger.open(0)
    ask = pay(serve(), source, amount=5)
    refused = ask().status_code
    ledger.set(source, 5)

    assert (409, 201) == (refused, ask().status_code)
    assert 0 == ledger.balance(source)


@pytest.mark.parametrize("met", statuses.MET, ids=statuses.name_of)
def test_every_end_of_a_commit_has_its_status(serve, pay, ledger, faults, met):
    """What really comes back from DynamoDB is told as what it means for the data."""
    fault, status = met
    ask = pay(serve(), ledger.open(30))
    faults.at_random(COMMIT, fault, probability=1, seed=0)

    assert status == ask().status_code


@pytest.mark.parametrize("fault", [lost_answer(), calling(lambda: None)], ids=["lost", "kept"])
def test_callers_learn_nothing_of_the_inside(serve, pay, ledger, faults, fault):
    """Texts of the library name lines of code and tables; they are for the log."""
    source = ledger.open(0)
    ask = pay(serve(), source)
    faults.at_random(COMMIT, fault, probability=1, seed=0)
    answer = ask().get_data(as_text=True)

    assert [] == [
        word for word in ("Transfer", "Account", ".md", "token", source) if word in answer
    ]


def test_an_open_circuit_says_how_long_to_wait(serve, pay, ledger, faults):
    """`Retry-After` is the breaker's own word, in whole seconds."""
    waiting = no_waiting()
    breaker = Breaker(failures=1, open_for=7.5, clock=waiting.clock)
    ask = pay(serve(breaker=breaker), ledger.open(30))
    faults.next(COMMIT, throttled())
    ask()
    answer = ask()

    assert (503, "8") == (answer.status_code, answer.headers["Retry-After"])


@pytest.mark.parametrize(
    "asked",
    [
        ({"amount": True}, "k", 422),
        ({"amount": 1.5}, "k", 422),
        ({"amount": 0}, "k", 422),
        ({"amount": 10**9 + 1}, "k", 422),
        ({"target": ""}, "k", 422),
        ({"target": "x" * 65}, "k", 422),
        ({"target": "\ud800"}, "k", 422),
        ({"target": None}, "k", 422),
        ({}, "", 400),
        ({}, "k" * 65, 400),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_what_does_not_fit_is_refused_before_anything_is_sent(serve, ledger, sent, asked):
    """The library never sees it, so nothing of it can become an error of the server's."""
    body, key, status = asked
    whole = {"source": ledger.open(5), "target": ledger.open(5), "amount": 1, **body}
    sent.clear()
    answer = serve().post("/transfers", json=whole, headers={"Idempotency-Key": key})

    assert status == answer.status_code
    assert [] == sent.operations


def test_a_body_that_is_no_json_is_refused(serve):
    """The framework's own errors come in the same form."""
    answer = serve().post("/transfers", data="{", content_type="application/json")

    assert (400, ["error"]) == (answer.status_code, list(answer.json))


def test_a_transfer_to_itself_is_refused(serve, ledger):
    """Two calls on one item would fold, and the condition would speak of the wrong balance."""
    source = ledger.open(5)
    body = {"source": source, "target": source, "amount": 1}

    assert (
        422 == serve().post("/transfers", json=body, headers={"Idempotency-Key": "k"}).status_code
    )


@pytest.mark.parametrize("path", ["none/none", "%ED%A0%80/k", f"{'x' * 65}/k"])
def test_a_transfer_that_is_not_there_is_not_found(serve, path):
    """Also where the address cannot be a key at all."""
    assert 404 == serve().get(f"/transfers/{path}").status_code


@pytest.mark.contention
@pytest.mark.needs("threads")
def test_many_at_once_with_one_key_are_applied_once(bank, ledger):
    """A caller who loses patience sends again while the first request is still at work."""
    source, target = ledger.open(30), ledger.open(0)
    app, answers = bank.create_app(), []
    body = {"source": source, "target": target, "amount": 20}

    def ask(_number):
        with app.test_client() as caller:
            answer = caller.post("/transfers", json=body, headers={"Idempotency-Key": "same"})
            answers.append(answer.status_code)

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
