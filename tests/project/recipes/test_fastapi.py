"""The program of docs/how-to/fastapi.md, driven by the framework's own test client."""

import logging

import pytest

from tests.crowds import together
from tests.project.recipes import callers, pages
from transactscope.testing import lost_answer, lost_request

PAGE = "fastapi.md"
COMMIT = "TransactWriteItems"


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


@pytest.mark.contention
@pytest.mark.needs("threads")
def test_many_at_once_with_one_key_are_applied_once(bank, ledger):
    """A caller who loses patience sends again while the first request is still at work."""
    source, target = ledger.open(30), ledger.open(0)
    body = {"source": source, "target": target, "amount": 20}
    answers = []

    with bank.TestClient(bank.app) as client:

        def ask(_number):
            answers.append(callers.through_fastapi(client).transfer(body, "same").status_code)

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
        with bank.TestClient(bank.app) as client:
            caller = callers.through_fastapi(client)
            assert [201] * 3 == [pay(caller, ledger.open(1))().status_code for _ in range(3)]

    assert 2 == len(made)
    assert made == closed


@pytest.mark.aiobotocore
def test_the_lifespan_of_aiobotocore_takes_the_place_of_the_other(durable_engine, monkeypatch):
    """What the page shows as text, because not every reader has what it needs, runs as well."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", durable_engine.endpoint_url)
    bank = pages.run(PAGE, texts_too=True)  # its own tests go through it

    assert "create_client" in bank.lifespan.__wrapped__.__code__.co_names
