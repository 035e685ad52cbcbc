"""Names of botocore and urllib3 that the direct transport needs, and that a release may lack."""

import ast
import importlib
import pathlib
import sys

import pytest
import urllib3
from botocore.awsrequest import AWSHTTPConnection, AWSHTTPConnectionPool
from botocore.client import ClientMeta
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.errorfactory import BaseClientExceptions
from botocore.history import HistoryRecorder
from botocore.model import OperationModel, ServiceModel
from botocore.parsers import JSONParser
from urllib3.util import Timeout

from tests.hiding import hidden
from tests.unit.transports.direct.conftest import write
from transactscope import transports
from transactscope.transports import botocore, choice, direct

FOLDER = "transactscope.transports.direct"
PACKAGES = ("botocore", "urllib3")

# Besides those that `test_guard` takes away from a client and from its classes.
ATTRIBUTES = [
    (AWSHTTPConnection, "connect"),
    (AWSHTTPConnectionPool, "_new_conn"),
    (AWSHTTPConnectionPool, "block"),
    (AWSHTTPConnectionPool, "pool"),
    (AWSHTTPConnectionPool, "timeout"),
    (BaseClientExceptions, "from_code"),
    (ClientMeta, "events"),
    (ClientMeta, "service_model"),
    (Config, "retries"),
    (Credentials, "get_frozen_credentials"),
    (HistoryRecorder, "_enabled"),
    (JSONParser, "parse"),
    (OperationModel, "output_shape"),
    (ServiceModel, "operation_model"),
    (ServiceModel, "service_id"),
    (Timeout, "connect_timeout"),
    (Timeout, "read_timeout"),
    (urllib3.PoolManager, "proxy"),
]


def _imported():
    """List the names that the folder takes from the packages when it is imported."""
    found = set()
    for path in pathlib.Path(direct.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] in PACKAGES:
                found |= {(node.module, alias.name) for alias in node.names}
        found |= _used_at_once(tree)
    return sorted(found)


def _used_at_once(tree):
    """List what is used by its full name outside of functions."""
    skipped = (ast.FunctionDef, ast.ClassDef)
    nodes = [node for top in tree.body if not isinstance(top, skipped) for node in ast.walk(top)]
    dotted = [ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)]
    parted = [name.rpartition(".") for name in dotted if name.partition(".")[0] in PACKAGES]
    return {
        (module, name) for module, _, name in parted if module in sys.modules and name[0].isupper()
    }


@pytest.fixture
def forgotten(monkeypatch):
    """The folder, as if it had never been imported."""
    monkeypatch.setattr(transports, "direct", direct)  # an import sets it
    for name in [name for name in sys.modules if _is_in_folder(name)]:
        monkeypatch.delitem(sys.modules, name)
    yield
    for name in [name for name in sys.modules if _is_in_folder(name)]:
        del sys.modules[name]


def _is_in_folder(name):
    return name == FOLDER or name.startswith(f"{FOLDER}.")


@pytest.mark.parametrize(("module", "name"), _imported())
@pytest.mark.usefixtures("forgotten")
def test_a_name_that_cannot_be_imported(serve, connect, monkeypatch, module, name):
    """The ordinary transport is made in its place, and sends."""
    server = serve()
    client = connect(server)
    with monkeypatch.context() as missing:
        missing.delattr(importlib.import_module(module), name)
        transport = choice.transport_for(client)

    assert type(transport) is botocore.BotocoreTransport
    assert transport(write())["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert 1 == len(server.requests)


@pytest.mark.usefixtures("forgotten")
def test_with_all_names_there_is_a_direct_transport(serve, connect):
    """Otherwise the test above proves nothing."""
    assert len(_imported()) > 20
    assert _is_in_folder(type(choice.transport_for(connect(serve()))).__module__)


@pytest.mark.parametrize(
    ("kind", "name"), ATTRIBUTES, ids=lambda each: getattr(each, "__name__", each)
)
def test_an_attribute_that_is_not_there(serve, connect, both, kind, name):
    """What would be sent over it is sent by the ordinary transport, once, and nothing is raised."""
    server = serve()
    transport, spy = both(connect(server))
    with hidden(kind, name, FOLDER):
        requests = [write(), write()]
        answers = [transport(request) for request in requests]

    assert requests == spy.requests
    assert [200, 200] == [answer["ResponseMetadata"]["HTTPStatusCode"] for answer in answers]
    assert 2 == len(server.requests)


def test_what_is_hidden_from_others_is_there(serve, connect, both):
    """The test above is of the folder: others do not see that anything is missing."""
    transport, spy = both(connect(serve()))
    with hidden(AWSHTTPConnectionPool, "pool", "somewhere"):
        transport(write())

    assert [] == spy.requests
