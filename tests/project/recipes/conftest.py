"""What every recipe's tests need: the program of its page, run on an engine, and accounts."""

import logging
import secrets

import pytest

from tests.project.recipes import callers, pages
from transactscope.testing import Faults, RequestRecorder


@pytest.fixture(scope="module")
def endpoint(engine):
    """Let every client that the pages make speak to the engine."""
    with pytest.MonkeyPatch.context() as settings:
        if engine.endpoint_url:
            settings.setenv("AWS_ENDPOINT_URL_DYNAMODB", engine.endpoint_url)
        yield


@pytest.fixture(scope="module")
def page(request):
    """The page that the module names."""
    return request.module.PAGE


@pytest.fixture(scope="module")
def bank(page, endpoint):
    """The program of the page, after the tests of the page itself."""
    return pages.run(page)


@pytest.fixture
def serve(page, bank):
    """Serve callers with a database that does not wait; settings go before ours."""
    with callers.OF_PAGES[page](bank) as caller:
        yield caller


@pytest.fixture(autouse=True)
def _without_warnings(caplog):
    """Leave out of the report what is logged of every request that is sent again."""
    caplog.set_level(logging.ERROR, logger="transactscope")


class Ledger:
    """Accounts of a test's own, written and read with calls of the page's client."""

    def __init__(self, client):
        self._client = client

    def open(self, balance):
        """Store an account, and return its number, which no other test has."""
        number = f"T-{secrets.token_hex(4)}"
        self.set(number, balance)
        return number

    def set(self, number, balance):
        """Let an account have this balance."""
        item = {"number": {"S": number}, "balance": {"N": str(balance)}}
        self._client.put_item(TableName="Account", Item=item)

    def balance(self, number):
        """Read the balance of an account."""
        key = {"number": {"S": number}}
        answer = self._client.get_item(TableName="Account", Key=key, ConsistentRead=True)
        return int(answer["Item"]["balance"]["N"])


@pytest.fixture
def ledger(bank):
    """Accounts of the test's own."""
    return Ledger(bank.client)


@pytest.fixture
def pay(ledger):
    """Ask for a transfer between two accounts of the test's own."""

    def ask(caller, source, key="k-1", amount=1):
        body = {"source": source, "target": ledger.open(0), "amount": amount}
        return lambda: caller.transfer(body, key)

    return ask


@pytest.fixture
def faults(bank):
    """Faults for the next sends of the page's own client."""
    with Faults(bank.client) as installed:
        yield installed


@pytest.fixture
def sent(bank):
    """What the page's own client sends."""
    with RequestRecorder(bank.client) as recorder:
        yield recorder
