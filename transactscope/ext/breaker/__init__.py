"""Circuit breakers: while DynamoDB is overloaded or down, nothing more is sent to it.

For `Database(client, breaker=...)`. `Breaker` knows what its own process has seen; `TableBreaker`
and `AsyncTableBreaker` share one circuit among all processes, in an item of a table.
"""

from __future__ import annotations

from transactscope.ext.breaker.circuit import CircuitState
from transactscope.ext.breaker.in_process import Breaker
from transactscope.ext.breaker.in_table import AsyncTableBreaker, TableBreaker
from transactscope.ext.breaker.items import Circuit

__all__ = [
    "AsyncTableBreaker",
    "Breaker",
    "Circuit",
    "CircuitState",
    "TableBreaker",
]

# They say where they are imported from, as the library's own names do.
for _each in (AsyncTableBreaker, Breaker, Circuit, CircuitState, TableBreaker):
    _each.__module__ = __name__
