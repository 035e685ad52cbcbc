"""A client that is borrowed is as good as new, whatever the test before did to the last one."""

import pytest

from tests import engines
from tests.lending import Lender
from transactscope import Database
from transactscope.transports.handover import handover_to

SENT = "before-send.dynamodb.ListTables"


@pytest.fixture
def lender():
    """Lends clients of nobody."""
    return Lender(lambda: engines.new_client("http://127.0.0.1:9"))


@pytest.fixture
def fresh():
    """A client that was just made."""
    return engines.new_client("http://127.0.0.1:9")


def _listeners(client):
    """Name all that are asked about any event of a client, in their order."""

    def below(node, path):
        for section in node["values"] or ():
            yield from ((path, getattr(each, "__qualname__", type(each))) for each in section)
        for chunk, child in sorted(node["children"].items()):
            yield from below(child, (*path, chunk))

    return list(below(client.meta.events._emitter._handlers._root, ()))


def _listen(client):
    client.meta.events.register_first(SENT, lambda **_: None, "an id")


def _stop_listening(client):
    client.meta.events.unregister("before-send", engines.moto.core.models.botocore_stubber)


def _use(client):
    Database(client)


CHANGES = {
    "a listener": _listen,
    "a listener less": _stop_listening,
    "a database": _use,
    "a method": lambda client: setattr(client, "put_item", print),
    "other events": lambda client: setattr(client.meta, "events", None),
    "another class": lambda client: setattr(client, "__class__", type("C", (type(client),), {})),
    "a signer's credentials": lambda client: setattr(client._request_signer, "_credentials", None),
    "a secret": lambda client: setattr(client._request_signer._credentials, "secret_key", "s"),
    "a session": lambda client: setattr(client._endpoint, "http_session", object()),
    "its check of certificates": lambda client: setattr(
        client._endpoint.http_session, "_verify", "no"
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_left_of_what_a_test_changed(lender, fresh, change):
    """Or a test would pass or fail by the one that happened to run before it."""
    with lender.lent() as changed:
        CHANGES[change](changed)
    with lender.lent() as lent:
        credentials, session = lent._request_signer._credentials, lent._endpoint.http_session
        verify = fresh._endpoint.http_session._verify

        assert _listeners(fresh) == _listeners(lent)
        assert "put_item" not in vars(lent)
        assert lent.meta.events is lent._endpoint._event_emitter
        assert type(lent).__mro__[1:] == type(fresh).__mro__[1:]
        assert ("testing", verify) == (credentials.secret_key, session._verify)


def test_an_unchanged_client_is_made_once(lender):
    """Otherwise nothing is saved, and nobody would notice."""
    with lender.lent() as one:
        Database(one)
    with lender.lent() as other:
        assert one._endpoint is other._endpoint
        assert one is not other


def test_what_the_library_knows_of_a_client_is_not_known_of_the_next(lender):
    """It remembers clients as objects, and what it registered with one is gone."""
    with lender.lent() as one:
        known = handover_to(one)
    with lender.lent() as other:
        assert handover_to(other) is not known


def test_two_at_once_share_nothing(lender):
    """A test that borrows two may listen to one of them."""
    with lender.lent() as one, lender.lent() as other:
        _listen(one)

        assert one._endpoint is not other._endpoint
        assert len(_listeners(one)) == len(_listeners(other)) + 1
