"""Asking a keyring: what it raises and returns, and what must never come of it."""

import asyncio
import logging
import types
from typing import Annotated

import attrs
import pytest
from attrs import define

from tests import engines
from tests.contract import vault
from transactscope import AsyncDatabase, Database, entity, in_threads
from transactscope.core.sealing import sealed_item
from transactscope.driver import drive
from transactscope.entities.mapping import mapping_of
from transactscope.errors import (
    CircuitOpenError,
    DecryptionError,
    InvalidRequestError,
    KeyServiceError,
)
from transactscope.fields import Encrypted
from transactscope.flows.sealing import opened_items, readable
from transactscope.transports.threads import ThreadedKeyring


@entity("Cards", partition_key="number")
@define
class Card:
    """A class with a secret."""

    number: str
    pin: Annotated[str | None, Encrypted()] = None


@attrs.define
class Scripted:
    """A keyring that opens and seals as the test says."""

    answer: object = None
    overhead: int = 0
    blocks: bool = False
    asked: list = attrs.field(factory=list)

    def seal(self, entries):
        """Answer, or raise."""
        self.asked.append(len(entries))
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer(entries) if callable(self.answer) else self.answer

    open = seal


def _item(number, content=b"x"):
    return {"number": {"S": number}, "pin": {"B": content}}


def _sealed(*items):
    return [sealed_item(mapping_of(Card), item) for item in items]


def _opened(keyring, *items):
    return drive(opened_items(_sealed(*items), keyring), None, None)


async def _never():
    """Return nothing."""


WRONG = {
    "none": None,
    "too few": [],
    "too many": [b"a", b"b"],
    "text": ["a"],
    "iterator": iter([b"a"]),
}


@pytest.mark.parametrize("answer", WRONG.values(), ids=WRONG)
def test_what_is_not_one_text_of_bytes_for_each_value_is_no_answer(answer):
    """A keyring of somebody's own may be wrong; it is not believed."""
    with pytest.raises(KeyServiceError, match="did not return"):
        _opened(Scripted(answer), _item("1"))


def test_what_a_keyring_raises_is_an_outage_unless_the_library_has_a_name_for_it():
    """The cause stays."""
    failure = ZeroDivisionError()
    with pytest.raises(KeyServiceError, match="ZeroDivisionError") as caught:
        _opened(Scripted(failure), _item("1"))
    assert caught.value.__cause__ is failure

    own = CircuitOpenError("the key service's own breaker")
    with pytest.raises(CircuitOpenError):
        _opened(Scripted(own), _item("1"))

    with pytest.raises(KeyboardInterrupt):
        _opened(Scripted(KeyboardInterrupt()), _item("1"))


def test_what_has_to_be_awaited_is_refused_where_nobody_does():
    """It is closed, and not only forgotten."""
    with pytest.raises(InvalidRequestError, match="AsyncDatabase"):
        _opened(Scripted(lambda _: _never()), _item("1"))

    loop = asyncio.new_event_loop()
    future = loop.create_future()
    with pytest.raises(InvalidRequestError, match="AsyncDatabase"):
        _opened(Scripted(lambda _: future), _item("1"))
    loop.close()


def test_several_items_are_one_question():
    """And none where there is nothing to open."""
    keyring = Scripted([b'{"S":"a"}', b'{"S":"b"}'])
    found = _opened(keyring, _item("1"), None, {"number": {"S": "2"}}, _item("3"))

    assert [True, False, False, True] == [item is not None for item in found]
    assert [2] == keyring.asked
    assert [None] == _opened(keyring, None)
    assert [2] == keyring.asked


def test_the_item_that_cannot_be_opened_is_named():
    """Of several: whoever looks for it needs the key."""

    def answer(entries):
        if any(entry.content == b"bad" for entry in entries):
            raise DecryptionError("no")
        return [b'{"S":"a"}'] * len(entries)

    with pytest.raises(DecryptionError) as caught:
        _opened(Scripted(answer), _item("1"), _item("2", b"bad"), _item("3"))
    assert "Card.pin" == caught.value.path
    assert ["transactscope: of the item key number='2'"] == caught.value.__notes__

    with pytest.raises(DecryptionError) as caught:
        _opened(Scripted(answer), _item("1", b"bad"))
    assert ["transactscope: of the item key number='1'"] == caught.value.__notes__


def test_a_keyring_that_changes_its_mind_is_still_an_error():
    """If none of the items is wrong by itself, the first answer stands."""

    def answer(entries):
        if len(entries) > 1:
            raise DecryptionError("not together")
        return [b'{"S":"a"}']

    with pytest.raises(DecryptionError, match="not together"):
        _opened(Scripted(answer), _item("1"), _item("2"))


def test_items_of_classes_without_secrets_cost_nothing():
    """Without a keyring everything is as it was found."""
    items = [(Card, _item("1")), (Card, None)]

    assert [item for _, item in items] == drive(readable(items, None), None, None)


@pytest.fixture
def client():
    """A client of nobody."""
    made = engines.new_client("http://127.0.0.1:9")
    yield made
    made.close()


NO_KEYRINGS = {
    "object": object(),
    "class": vault.LocalKeyring,
    "no open": types.SimpleNamespace(seal=print, overhead=0, blocks=False),
    "no overhead": types.SimpleNamespace(seal=print, open=print, blocks=False),
    "negative": Scripted(overhead=-1),
    "bool": Scripted(overhead=True),
    "no blocks": Scripted(blocks=None),
}


@pytest.mark.parametrize("keyring", NO_KEYRINGS.values(), ids=NO_KEYRINGS)
def test_keyrings_are_checked_when_a_database_is_made(client, keyring):
    """With both kinds of databases, and before anything is sent."""
    for make in (
        lambda: Database(client, keyring=keyring),
        lambda: AsyncDatabase(in_threads(client), keyring=keyring),
    ):
        with pytest.raises(InvalidRequestError, match="keyring="):
            make()


class Awaited(Scripted):
    """A keyring of coroutine functions."""

    async def seal(self, _):
        """Return what is to be returned."""
        return self.answer

    open = seal


def test_a_database_takes_the_keyring_that_it_can_use(client):
    """Coroutine functions need somebody who awaits; what blocks gets a thread."""
    with pytest.raises(InvalidRequestError, match="has to be awaited"):
        Database(client, keyring=Awaited())
    awaited, blocking = Awaited(), Scripted(blocks=True)
    made = [
        AsyncDatabase(in_threads(client), keyring=keyring)._environment.keyring
        for keyring in (awaited, blocking)
    ]

    assert awaited is made[0]
    assert isinstance(made[1], ThreadedKeyring)
    assert (0, False) == (made[1].overhead, made[1].blocks)
    assert Database(client, keyring=blocking)._environment.keyring is blocking
    assert Database(client)._environment.keyring is None


def test_nothing_is_logged(caplog):
    """Neither values nor that there are some."""
    with caplog.at_level(logging.DEBUG, "transactscope"), pytest.raises(KeyServiceError):
        _opened(Scripted(OSError("no network")), _item("1"))

    assert [] == caplog.records
