"""The engines that answer requests in tests, and what each of them can prove.

A test asks for capabilities, never for an engine by name, so that it also runs on
the next engine that has them.
"""

import contextlib
import functools
import http.client
import importlib.util
import json
import os
import pathlib
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time

import boto3
import botocore.config
import moto

ROOT = pathlib.Path(__file__).resolve().parent.parent
DYNOXIDE = ROOT / ".engines/node_modules/@dynoxide/linux-x64/dynoxide"
REGION = "eu-west-1"

_START_SECONDS = 60  # it takes milliseconds; a loaded machine may take longer
_START_ATTEMPTS = 5

# One for all clients: it keeps the service model, which is slow to read, and which a mock throws
# away with boto3's own session.
_SESSION = boto3.session.Session()

_IMPATIENT = {"connect_timeout": 2, "read_timeout": 10, "retries": {"total_max_attempts": 1}}

# dynoxide asks for a signature, and does not check it.
_CREATE_TABLE = {
    "Authorization": (
        "AWS4-HMAC-SHA256 Credential=testing/20260101/eu-west-1/dynamodb/aws4_request, "
        "SignedHeaders=host, Signature=0"
    ),
    "X-Amz-Date": "20260101T000000Z",
    "X-Amz-Target": "DynamoDB_20120810.CreateTable",
    "Content-Type": "application/x-amz-json-1.0",
}

CAPABILITIES = {
    "cancel_validation": "a reason has no other code than DynamoDB's own",
    "capacity": "ConsumedCapacity on transactional writes",
    "endpoint": "an address, where clients of any kind find it",
    "idempotency": "a client request token applies once, and a replay shows",
    "limits": "number digits, nesting depth, token length, empty sets, unused values, 4 MB",
    "persistence": "stored items survive the end of the process",
    "threads": "isolation between threads",
    "transact_get": "TransactGetItems with up to 100 keys, without duplicates",
}


def are_required(environment):
    """Whether a run must fail, rather than prove less, where an engine is missing."""
    names = ("CI", "TRANSACTSCOPE_REQUIRE_ENGINES")
    return any(environment.get(name, "").lower() not in ("", "0", "false") for name in names)


def dynoxide_problem():
    """Say why dynoxide cannot be started here, or return None if it can."""
    if os.access(DYNOXIDE, os.X_OK):
        return None
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return f"dynoxide has no package for {sys.platform} on {platform.machine()}"
    return "dynoxide is not installed; scripts/test installs it where npm is there"


def aiobotocore_problem():
    """Say why no aiobotocore client can be made here, or return None if one can."""
    if importlib.util.find_spec("aiobotocore") is not None:
        return None
    return "aiobotocore is not installed here; scripts/test installs it into .venv-async"


def new_client(endpoint_url=None, **settings):
    """Make a boto3 client that gives up early: no answer of an engine takes seconds.

    `endpoint_url` None means the real service, which only moto may stand in for.
    `settings` are those of botocore's `Config`, and go before ours.
    """
    config = botocore.config.Config(**(_IMPATIENT | settings))
    return _SESSION.client("dynamodb", config=config, **_arguments(endpoint_url))


@contextlib.asynccontextmanager
async def new_aio_client(endpoint_url, **settings):
    """Make an aiobotocore client that gives up early, and close it at the end of the block.

    It needs an engine with the capability `endpoint`: moto's answers cannot be awaited.
    """
    from aiobotocore.config import AioConfig

    config = AioConfig(**(_IMPATIENT | settings))
    arguments = _arguments(endpoint_url)
    async with _aio_session().create_client("dynamodb", config=config, **arguments) as client:
        yield client


@functools.cache
def _aio_session():
    """Make the one session of all aiobotocore clients, for the same reason as `_SESSION`."""
    from aiobotocore.session import get_session

    return get_session()


def _arguments(endpoint_url):
    return {
        "region_name": REGION,
        "endpoint_url": endpoint_url,
        "aws_access_key_id": "testing",
        "aws_secret_access_key": "testing",
    }


class Dynoxide:
    """One dynoxide process. With `db_path`, what it stores outlives it.

    `port` stays the same over `restart`, so a client goes on to work.
    """

    name = "dynoxide"
    capabilities = frozenset(CAPABILITIES)

    def __init__(self, db_path=None):
        self.db_path = db_path
        self.port = None
        self._process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def endpoint_url(self):
        """Where a client finds it."""
        return f"http://127.0.0.1:{self.port}"

    def client(self, **settings):
        """Make a client of this process."""
        return new_client(self.endpoint_url, **settings)

    def create_table(self, **request):
        """Create a table as a client does, but past botocore, which takes far longer than this."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_START_SECONDS)
        with contextlib.closing(connection):
            connection.request("POST", "/", json.dumps(request), _CREATE_TABLE)
            answer = connection.getresponse()
            if answer.status != http.HTTPStatus.OK:
                raise RuntimeError(f"dynoxide created no table: {answer.read().decode()}")

    def start(self):
        """Start on a free port. Between finding it and using it someone may take it: try again."""
        for _ in range(_START_ATTEMPTS):
            self.port = _free_port()
            if self._start_on_port():
                return
        raise RuntimeError(f"dynoxide did not start on any of {_START_ATTEMPTS} free ports")

    def restart(self):
        """Start again on the same port."""
        if not self._start_on_port():
            raise RuntimeError(f"dynoxide did not start again on port {self.port}")

    def stop(self):
        """End the process and wait for its end. Does nothing if it has ended."""
        self._end(signal.SIGTERM)

    def kill(self):
        """End the process as a crash would."""
        self._end(signal.SIGKILL)

    def _start_on_port(self):
        command = [DYNOXIDE, "--host", "127.0.0.1", "--port", str(self.port)]
        if self.db_path is not None:
            command += ["--db-path", str(self.db_path)]
        with tempfile.TemporaryFile() as said:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
            )
            if self._says_it_listens(said):
                return True
        self.kill()
        return False

    def _says_it_listens(self, said):
        """Wait for its own word: someone else who has the port would take a connection, too."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if b"listening" in os.pread(said.fileno(), 1000, 0):
                return True
            time.sleep(0.001)
        return False

    def _end(self, signal_number):
        if self._process is not None:
            self._process.send_signal(signal_number)
            self._process.wait(_START_SECONDS)
            self._process = None


class Moto:
    """moto in this process. While it runs, every client without an endpoint is its client."""

    name = "moto"
    capabilities = frozenset()
    endpoint_url = None

    def __init__(self):
        self._mock = moto.mock_aws()
        self._own = new_client()

    def __enter__(self):
        self._mock.start()
        return self

    def __exit__(self, *_):
        self._mock.stop()

    def client(self, **settings):
        """Make a client of this engine."""
        return new_client(**settings)

    def create_table(self, **request):
        """Create a table, with a client that no test has."""
        self._own.create_table(**request)


ENGINES = {engine.name: engine for engine in (Dynoxide, Moto)}


def engines_with(capabilities):
    """Name the engines that have all of `capabilities`; an unknown one is a mistake."""
    wanted = frozenset(capabilities)
    if unknown := wanted - frozenset(CAPABILITIES):
        raise ValueError(f"no such capability: {', '.join(sorted(unknown))}")
    return [name for name, engine in ENGINES.items() if wanted <= engine.capabilities]


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
