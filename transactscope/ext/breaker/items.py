"""The item that a shared circuit is stored in.

May import public modules only.
"""

import attrs

from transactscope import entity
from transactscope.ext.breaker.circuit import CircuitState


@entity("CircuitBreaker", partition_key="name")
@attrs.define
class Circuit:
    """What all processes know of a circuit; an item of the table `CircuitBreaker`.

    `db.create_table(Circuit)` makes that table; `table_names=` of the database gives it
    another name. To keep it in a table that is there already, derive a class and give it
    an `entity` of its own.

    Attributes:
        name: The circuit's name.
        state: What it was when this was written.
        until: Seconds since 1970, by the clock of whoever wrote it: when it is no more open,
            or when the probe is given up. 0 if it is closed.
        turn: Counts what was written; every write demands that it is the next.

    Example:
        >>> from attrs import define
        >>> from transactscope import KeyTemplate, entity, to_key
        >>> from transactscope.ext.breaker import Circuit
        >>> key = KeyTemplate("PK", "BREAKER#{name}"), KeyTemplate("SK", "BREAKER")
        >>> @entity("Shop", partition_key=key[0], sort_key=key[1])
        ... @define
        ... class ShopCircuit(Circuit):
        ...     '''A circuit in the table of the shop.'''
        >>> to_key(ShopCircuit, "orders")
        {'PK': {'S': 'BREAKER#orders'}, 'SK': {'S': 'BREAKER'}}

    .. versionadded:: 0.1.0
    """

    name: str
    state: CircuitState = CircuitState.CLOSED
    until: float = 0.0
    turn: int = 0
