"""Leases: one of many workers at a time, for a limited time, and no late commit of another.

A lease is an item. `Lease` and `AsyncLease` acquire, refresh and release it; `check(tx)` makes a
transaction demand that it is still held.
"""

from __future__ import annotations

from transactscope.ext.lease.errors import LeaseLostError, LeaseTakenError
from transactscope.ext.lease.items import LeaseFields, LeaseItem
from transactscope.ext.lease.shells import AsyncLease, Lease

__all__ = [
    "AsyncLease",
    "Lease",
    "LeaseFields",
    "LeaseItem",
    "LeaseLostError",
    "LeaseTakenError",
]

# They say where they are imported from, as the library's own names do.
for _each in (AsyncLease, Lease, LeaseFields, LeaseItem, LeaseLostError, LeaseTakenError):
    _each.__module__ = __name__
