"""Which transport sends for a client: the ordinary one, or the direct one around it.

The only module that knows of `transports.direct`, a folder that can be deleted.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any, Final

from transactscope.transports import botocore
from transactscope.types import Transport

_DIRECT: Final = "transactscope.transports.direct.transport"
_VARIABLE: Final = "TRANSACTSCOPE_DIRECT"
_OFF: Final = "0"


def transport_for(client: Any, direct: bool = True) -> Transport:  # noqa: FBT001, FBT002
    """Return the transport that sends through a client. Nothing is sent.

    Args:
        client: Any object that can serve as a client.
        direct: Whether requests may go past botocore, where that makes no difference but in
            time. The environment variable `TRANSACTSCOPE_DIRECT=0` forbids it, too.
    """
    ordinary = botocore.transport_for(client)
    if not direct or os.environ.get(_VARIABLE) == _OFF:
        return ordinary
    around = _direct_transport_for()
    return ordinary if around is None else around(client, ordinary)


def _direct_transport_for() -> Callable[[Any, Transport], Transport] | None:
    """Return what makes a direct transport, or None where there is none.

    The folder may have been deleted, or botocore or urllib3 may be without a name that it needs.
    """
    try:
        module = importlib.import_module(_DIRECT)
    except (ImportError, AttributeError):
        return None
    make: Callable[[Any, Transport], Transport] = module.direct_transport_for
    return make
