"""A client that encrypts by itself, of the shape of AWS's Database Encryption SDK.

It wraps a client, has its methods, changes items on their way, and knows nothing of ours.
"""

import itertools

import attrs
import pytest
from botocore.client import BaseClient

from tests.contract.entities import Account, Sheet
from transactscope import Attr, Database, EntityKey, ScopeState, TransactScope
from transactscope.errors import CommitOutcomeUnknownError, StaleReadError
from transactscope.testing import Faults, lost_answer


def _reversed(item):
    """Stand for encryption: the note is stored backwards."""
    note = item.get("note", {}).get("S")
    return item if note is None else {**item, "note": {"S": note[::-1]}}


@attrs.define
class EncryptingClient:
    """Wraps a client, as `aws_dbesdk_dynamodb.encrypted.client.EncryptedClient` does."""

    _client: BaseClient
    calls: list = attrs.field(factory=list)
    salts: itertools.count | None = None

    def transact_write_items(self, **members):
        """Seal what is put."""
        self.calls.append("transact_write_items")
        actions = [
            {"Put": {**action["Put"], "Item": self._sealed(action["Put"]["Item"])}}
            if "Put" in action
            else action
            for action in members["TransactItems"]
        ]
        return self._client.transact_write_items(**{**members, "TransactItems": actions})

    def put_item(self, **members):
        """Seal what is put."""
        self.calls.append("put_item")
        return self._client.put_item(**{**members, "Item": _reversed(members["Item"])})

    def get_item(self, **members):
        """Open what was found."""
        self.calls.append("get_item")
        answer = self._client.get_item(**members)
        return answer | ({"Item": _reversed(answer["Item"])} if "Item" in answer else {})

    def transact_get_items(self, **members):
        """Open what was found."""
        self.calls.append("transact_get_items")
        answer = self._client.transact_get_items(**members)
        return answer | {"Responses": [{"Item": _reversed(e["Item"])} for e in answer["Responses"]]}

    def query(self, **members):
        """Open what was found."""
        self.calls.append("query")
        answer = self._client.query(**members)
        return answer | {"Items": [_reversed(item) for item in answer["Items"]]}

    def _sealed(self, item):
        sealed = _reversed(item)
        return sealed if self.salts is None else sealed | {"salt": {"N": str(next(self.salts))}}

    def __getattr__(self, name):
        return getattr(self._client, name)


@pytest.fixture
def wrapper(client):
    """The client that stands in for the SDK's."""
    return EncryptingClient(client)


def test_every_request_goes_through_the_wrapper(client, wrapper, table_names):
    """No short way goes past it: what is stored is what it makes of it, and so is what is read."""
    db = Database(wrapper, table_names=table_names)
    with TransactScope(db) as tx:
        tx.put(Account("A-1", 1, note="abc"))
        tx.insert(Account("A-2", 2, note="def"))
    db.put(Account("A-3", 3, note="ghi"))

    scan = client.scan(TableName=table_names["Account"])["Items"]
    assert {"cba", "fed", "ihg"} == {item["note"]["S"] for item in scan}
    assert "abc" == db.get(Account, "A-1").note
    keys = [EntityKey(Account, f"A-{number}") for number in (2, 3)]
    assert ["def", "ghi"] == [account.note for account in db.transact_get(*keys)]
    assert ["abc"] == [account.note for account in db.query(Account, "A-1")]
    assert [
        "transact_write_items",
        "put_item",
        "get_item",
        "transact_get_items",
        "query",
    ] == wrapper.calls


def test_a_version_guards_what_such_a_client_hides(wrapper, table_names):
    """Guards that compare encrypted values would never hold: a version is not encrypted."""
    db = Database(wrapper, table_names=table_names)
    db.insert(Sheet("A-1", 1, "abc"))
    for attempt in db.attempts():
        with attempt as tx:
            sheet = tx.get(Sheet, "A-1")
            sheet.balance += 1
            tx.put(sheet, condition=Attr("balance").eq(1))
    with pytest.raises(StaleReadError), TransactScope(db) as tx:
        tx.put(Sheet("A-1", 9, "xyz", 1))

    assert Sheet("A-1", 2, "abc", 2) == db.get(Sheet, "A-1")
    assert "transact_write_items" in wrapper.calls


@pytest.mark.needs("idempotency")
def test_what_such_a_client_seals_anew_for_each_send_stays_in_doubt(client, wrapper, table_names):
    """It is another request under one token, and only the same bytes could settle the doubt."""
    wrapper.salts = itertools.count()
    db = Database(wrapper, table_names=table_names, sleep=lambda _: None)
    with Faults(client) as faults:
        faults.next("TransactWriteItems", lost_answer())
        with pytest.raises(CommitOutcomeUnknownError) as caught, TransactScope(db) as tx:
            tx.put(Account("A-1", 1, note="abc"))

    assert ScopeState.IN_DOUBT is tx.state
    assert tx is caught.value.scope
    assert wrapper.calls.count("transact_write_items") > 1
    assert 1 == db.get(Account, "A-1").balance
