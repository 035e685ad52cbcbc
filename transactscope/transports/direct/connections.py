"""Connections of a client to one endpoint, out of the client's own pool.

So TLS, certificates, time-outs, and how many connections there are, are the client's affair. A
connection that the other side has ended meanwhile is replaced before anything is sent; one of
which it is not known where its answer ends is closed and never used again.
"""

from __future__ import annotations

import select
import ssl
from queue import LifoQueue
from typing import Any, Final
from weakref import ref

from botocore.awsrequest import AWSHTTPConnection, AWSHTTPSConnection
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError
from urllib3.exceptions import ConnectTimeoutError as ConnectingTookTooLongError
from urllib3.exceptions import NewConnectionError
from urllib3.exceptions import SSLError as CertificateRefusedError
from urllib3.util import Timeout

from transactscope.transports.direct.parts import ForeignError

_new_poll: Final = getattr(select, "poll", None)  # not on every system
_KINDS: Final = (AWSHTTPConnection, AWSHTTPSConnection)


class Connections:
    """Takes connections and gives them back.

    Raises:
        ForeignError: The client's connections are not kept as they should be.
    """

    __slots__ = ("_connect_timeout", "_pool", "_session", "read_timeout", "url")

    def __init__(self, session: Any, url: str) -> None:
        self._session = session
        self.url: str = url
        pool = self._open()
        timeout = pool.timeout
        self._connect_timeout = Timeout.resolve_default_timeout(timeout.connect_timeout)
        self.read_timeout: float | None = Timeout.resolve_default_timeout(timeout.read_timeout)

    def _open(self) -> Any:
        """Return the pool that botocore itself would use, made ready as it does.

        It is remembered weakly: a client that is closed drops its pools, which closes what they
        keep, and goes on with new ones when it is used again.
        """
        session = self._session
        pool = session._manager.connection_from_url(self.url)
        session._setup_ssl_cert(pool, self.url, session._verify)
        if type(pool.pool) is not LifoQueue or pool.block:
            msg = "connections are kept otherwise"
            raise ForeignError(msg)
        self._pool = ref(pool)
        return pool

    def take(self) -> Any:
        """Return a connection that is open.

        Raises:
            ConnectTimeoutError: It took too long. Nothing was sent; the same holds for all others.
            EndpointConnectionError: There is none.
            ForeignError: It is botocore's affair to make one, or to say why not.
        """
        pool = self._pool()
        if pool is None or pool.pool is None:
            pool = self._open()
        idle = pool.pool
        with idle.mutex:  # what its `get` does, in a fraction of the time
            connection = idle.queue.pop() if idle.queue else None
        if connection is None or not _is_ready(connection):
            connection = self._opened(pool, connection)
        socket = connection.sock
        if socket.gettimeout() != self.read_timeout:
            socket.settimeout(self.read_timeout)
        return connection

    def _opened(self, pool: Any, connection: Any) -> Any:
        """Open a connection: a new one, or one that was closed, by us or by the other side."""
        if connection is None:
            connection = pool._new_conn()
        if type(connection) not in _KINDS:
            pool._put_conn(connection)
            msg = "a connection of another kind"
            raise ForeignError(msg)
        connection.close()
        try:
            self._connect(connection)
        except BaseException:
            self.discard(connection)
            raise
        return connection

    def give_back(self, connection: Any) -> None:
        """Take back a connection that is in order."""
        pool: Any = self._pool()
        idle = None if pool is None else pool.pool
        if pool is None or idle is None:  # the client was closed meanwhile
            connection.close()
            return
        with idle.mutex:
            has_room = len(idle.queue) < idle.maxsize
            if has_room:
                idle.queue.append(connection)
        if not has_room:
            pool._put_conn(connection)  # closes it, and says so in the log

    def discard(self, connection: Any) -> None:
        """Take back a connection that is not: whoever gets it next has to open it again."""
        connection.close()
        self.give_back(connection)

    def _connect(self, connection: Any) -> None:
        connection.timeout = self._connect_timeout
        try:
            connection.connect()
        except NewConnectionError as error:
            raise EndpointConnectionError(endpoint_url=self.url, error=error) from error
        except (ConnectingTookTooLongError, TimeoutError) as error:
            raise ConnectTimeoutError(endpoint_url=self.url, error=error) from error
        except (ssl.SSLError, CertificateRefusedError) as error:
            msg = "the certificate was refused"
            raise ForeignError(msg) from error
        except OSError as error:
            raise EndpointConnectionError(endpoint_url=self.url, error=error) from error
        if type(connection) is AWSHTTPSConnection and not connection.is_verified:
            msg = "the certificate was not checked"
            raise ForeignError(msg)


def _is_ready(connection: Any) -> bool:
    """Whether a connection is open and quiet: what can be read now is its end, or not for us."""
    if type(connection) not in _KINDS or connection.sock is None:
        return False
    if _new_poll is None:
        return bool(connection.is_connected)
    poll = _new_poll()
    poll.register(connection.sock, select.POLLIN)
    return not poll.poll(0)
