"""The program of docs/how-to/fastapi.md, driven by the framework's own test client."""

import json
import logging

import pytest

from tests.crowds import together
from tests.project.recipes import pages, statuses
from transactscope import AsyncDatabase, RetryPolicy, in_threads
from transactscope.ext.breaker import Breaker
from transactscope.testing import lost_answer, lost_request, no_waiting, throttled

PAGE = "fastapi.md"
COMMIT = "TransactWriteItems"


@pytest.fixture
def serve(bank):
    """Serve callers with a database that does not wait; settings go before ours."""

    def make(**settings):
        usual = {**no_waiting().settings, "retry": RetryPolicy(max_attempts=2)}
        db = AsyncDatabase(in_threads(bank.client), **{**usual, **settings})

        async def database():
            return db

        bank.app.dependency_overrides[bank.database] = database
        return bank.TestClient(bank.app, raise_server_exceptions=False)

    yield make
    bank.app.dependency_overrides.clear()


@pytest.fixture
def pay(ledger):
    """Ask for a transfer between two accounts of the test's own."""

    def ask(caller, source, key="k-1", amount=1):
        body = {"source": source, "target": ledger.open(0), "amount": amount}
        return lambda: caller.post("/transfers", json=body, headers={"Idempotency-Key": key})

    return ask


def test_a_repeated_request_has_the_same_answer_and_is_applied_once(serve, pay, ledger):
    """A caller may repeat whatever got no answer."""
    source = ledger.open(30)
    ask = pay(serve(), source, amount=20)
    first, second = ask(), ask()

    assert (201, 201) == (first.status_code, second.status_code)
    assert first.json() == second.json()
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


@pytest.mark.parametrize("fault", [lost_answer(), lost_request()], ids=repr)
def test_a_doubt_is_settled_in_the_background(serve, pay, ledger, faults, fault):
    """Nobody has to come back for it, and who does come back changes nothing."""
    source = ledger.open(30)
    ask = pay(serve(), source, amount=20)
    faults.next(COMMIT, fault, fault)
    told = ask().status_code
    settled = ledger.balance(source)

    assert (504, 10) == (told, settled)
    assert 201 == ask().status_code
    assert 10 == ledger.balance(source)


def test_a_doubt_that_cannot_be_settled_harms_nobody(serve, pay, ledger, faults, caplog):
    """The background task ends with a line in the log, and the next request is served."""
    source = ledger.open(30)
    ask = pay(serve(), source, amount=20)
    caplog.set_level(logging.WARNING, logger="bank")
    faults.next(COMMIT, *[lost_request()] * 4)  # two attempts of the commit, two of resolve()
    told = ask().status_code

    assert (504, 30) == (told, ledger.balance(source))
    assert 1 == sum("still in doubt" in line for line in caplog.messages)
    assert 201 == ask().status_code
    assert 10 == ledger.balance(source)


@pytest.mark.parametrize("fault", [lost_answer(), lost_request()], ids=repr)
def test_callers_learn_nothing_of_the_inside(serve, pay, ledger, faults, fault):
    """Texts of the library name lines of code and tables; they are for the log."""
    source = ledger.open(0)
    ask = pay(serve(), source)
    faults.at_random(COMMIT, fault, probability=1, seed=0)
    answer = ask().text

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
    ("changed", "key"),
    [
        ({"amount": True}, "k"),
        ({"amount": 1.5}, "k"),
        ({"amount": 0}, "k"),
        ({"amount": 10**9 + 1}, "k"),
        ({"amount": float("nan")}, "k"),
        ({"target": ""}, "k"),
        ({"target": "x" * 65}, "k"),
        ({"target": "\ud800"}, "k"),
        ({"target": None}, "k"),
        ({}, ""),
        ({}, "k" * 65),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_what_does_not_fit_is_refused_before_anything_is_sent(serve, ledger, sent, changed, key):
    """The library never sees it, so nothing of it can become an error of the server's."""
    body = {"source": ledger.open(5), "target": ledger.open(5), "amount": 1, **changed}
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    sent.clear()
    answer = serve().post("/transfers", content=json.dumps(body), headers=headers)

    assert 422 == answer.status_code
    assert [] == sent.operations


def test_a_transfer_without_a_key_is_refused(serve, ledger):
    """A request that cannot be repeated safely is not taken."""
    body = {"source": ledger.open(5), "target": ledger.open(5), "amount": 1}

    assert 422 == serve().post("/transfers", json=body).status_code


def test_a_transfer_to_itself_is_refused(serve, ledger):
    """Two calls on one item would fold, and the condition would speak of the wrong balance."""
    source = ledger.open(5)
    body = {"source": source, "target": source, "amount": 1}

    assert (
        422 == serve().post("/transfers", json=body, headers={"Idempotency-Key": "k"}).status_code
    )


@pytest.mark.parametrize("path", ["none/none", "%ED%A0%80/k"])
def test_a_transfer_that_is_not_there_is_not_found(serve, path):
    """Also where the address cannot be a key at all."""
    assert 404 == serve().get(f"/transfers/{path}").status_code


@pytest.mark.contention
@pytest.mark.needs("threads")
def test_many_at_once_with_one_key_are_applied_once(bank, ledger):
    """A caller who loses patience sends again while the first request is still at work."""
    source, target = ledger.open(30), ledger.open(0)
    body = {"source": source, "target": target, "amount": 20}
    answers = []

    with bank.TestClient(bank.app) as caller:

        def ask(_number):
            answer = caller.post("/transfers", json=body, headers={"Idempotency-Key": "same"})
            answers.append(answer.status_code)

        together(8, ask)

    assert [201] * 8 == answers
    assert (10, 20) == (ledger.balance(source), ledger.balance(target))


@pytest.mark.slow
def test_each_life_of_the_application_has_one_client(bank, ledger, pay, monkeypatch):
    """It is made at the start, serves every request, and is closed at the end."""
    made, closed = [], []
    make = bank.boto3.client

    def observed(*arguments, **settings):
        client = make(*arguments, **settings)
        made.append(client)
        close = client.close
        monkeypatch.setattr(client, "close", lambda: closed.append(client) or close())
        return client

    monkeypatch.setattr(bank.boto3, "client", observed)
    for _ in range(2):
        with bank.TestClient(bank.app) as caller:
            assert [201] * 3 == [pay(caller, ledger.open(1))().status_code for _ in range(3)]

    assert 2 == len(made)
    assert made == closed


@pytest.mark.aiobotocore
def test_the_lifespan_of_aiobotocore_takes_the_place_of_the_other(durable_engine, monkeypatch):
    """What the page shows as text, because not every reader has what it needs, runs as well."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", durable_engine.endpoint_url)
    bank = pages.run(PAGE, texts_too=True)  # its own tests go through it

    assert "create_client" in bank.lifespan.__wrapped__.__code__.co_names
