"""Identifiers of calls: random UUIDs of version 4, as botocore sends one for each [RFC 9562].

They are made in stock, because the system's randomness costs as much for one as for many. A child
process throws the stock of its parent away.
"""

from __future__ import annotations

import os
from binascii import hexlify
from typing import Final

_AT_ONCE: Final = 32
_BYTES: Final = 16
_DIGITS: Final = 2 * _BYTES
_stock: Final[list[bytes]] = []

if hasattr(os, "register_at_fork"):  # not on every system
    os.register_at_fork(after_in_child=_stock.clear)


def new_identifier() -> bytes:
    """Return an identifier that no call had before. Threads may share the stock."""
    try:
        return _stock.pop()
    except IndexError:
        digits = hexlify(os.urandom(_BYTES * _AT_ONCE))
        made = [_identifier(digits[at : at + _DIGITS]) for at in range(0, len(digits), _DIGITS)]
        _stock.extend(made[1:])
        return made[0]


def _identifier(digits: bytes) -> bytes:
    parts = (digits[:8], digits[8:12], digits[13:16], digits[17:20], digits[20:])
    return b"%b-%b-4%b-8%b-%b" % parts
