"""The guard itself is tested: a guard that does nothing looks like one that works."""

import os
import socket

import boto3
import pytest
from botocore.config import Config

from tests import guard

SOMEONE_ELSES = ("192.0.2.1", 80)  # a documentation address, RFC 5737


def test_a_client_without_an_engine_reaches_nothing():
    """A test that forgets its engine fails; it does not call the real service."""
    client = boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))

    with pytest.raises(guard.RealNetworkError, match="amazonaws"):
        client.list_tables()


def test_connections_to_other_machines_are_refused():
    """An address that needs no name service is refused as well."""
    with socket.socket() as connection, pytest.raises(guard.RealNetworkError):
        connection.connect(SOMEONE_ELSES)


def test_a_patched_socket_is_no_way_out(monkeypatch):
    """The guard holds below the `socket` module."""
    monkeypatch.undo()
    with socket.socket() as connection, pytest.raises(guard.RealNetworkError):
        super(socket.socket, connection).connect(SOMEONE_ELSES)


def test_connections_on_this_machine_are_open():
    """Engines listen on the loopback interface."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def test_settings_of_the_person_at_the_keyboard_are_gone():
    """Profiles, real keys and proxies are not seen by any test."""
    settings = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}

    assert guard.DUMMY_SETTINGS == settings
    assert not {name.lower() for name in os.environ} & {"http_proxy", "https_proxy", "all_proxy"}


def test_installing_replaces_whatever_was_set():
    """A profile or a session token would otherwise win over the dummy keys."""
    environment = {"AWS_PROFILE": "work", "AWS_SESSION_TOKEN": "real", "HTTPS_PROXY": "proxy:1"}

    guard.install(environment)

    assert guard.DUMMY_SETTINGS == environment
