"""Clients that tests borrow, one after the other: the parts are used again, and nothing else.

To make a client of botocore's takes longer than most tests do: it reads settings, makes a class,
copies hundreds of handlers, and with its first request it reads the model of that operation.

A test gets an object of its own, which nobody knows yet, around parts that were made for an
earlier one. What is registered with them is put back; parts that were changed in another way
are not lent again.
"""

import contextlib
import copy

import attrs
from botocore.hooks import NodeList


@attrs.define(eq=False)
class Lender:
    """Lends clients that are all made alike.

    Attributes:
        make: Makes one.
    """

    make: object
    _free: list = attrs.field(factory=list)

    @contextlib.contextmanager
    def lent(self):
        """Lend a client for the block; it is closed afterwards."""
        parts = self._free.pop() if self._free else Parts.of(self.make())
        try:
            yield parts.as_client()
        finally:
            if parts.are_restored():
                self._free.append(parts)


@attrs.frozen(eq=False)
class Parts:
    """A client that is never given away, and what it was when it was made."""

    _made: object
    _session: object
    _handlers: dict
    _unique: dict
    _attributes: list  # of each part: the part and its attributes

    @classmethod
    def of(cls, made):
        """Keep a client that nobody has used."""
        emitter = made.meta.events._emitter
        return cls(
            made,
            made._endpoint.http_session,
            _copied_node(emitter._handlers._root),
            _copied(emitter._unique_id_handlers),
            [(each, dict(vars(each))) for each in _parts_of(made)],
        )

    def as_client(self):
        """Return another client of the same class around the same parts."""
        client = object.__new__(type(self._made))
        vars(client).update(vars(self._made))
        client.meta = copy.copy(self._made.meta)
        return client

    def are_restored(self):
        """Close connections and put the handlers back; say whether all else is as it was."""
        self._session.close()
        if not all(_is_unchanged(each, attributes) for each, attributes in self._attributes):
            return False
        emitter = self._made.meta.events._emitter
        emitter._handlers._root = _copied_node(self._handlers)
        emitter._unique_id_handlers = _copied(self._unique)
        emitter._lookup_cache = {}
        return True


def _parts_of(client):
    endpoint, signer = client._endpoint, client._request_signer
    session = endpoint.http_session
    yield from (client, client.meta, client.meta.config, client.meta.events)
    yield from (endpoint, session, session._manager, session._proxy_config)
    yield from (signer, signer._credentials)


def _is_unchanged(part, attributes):
    """Whether a part has the attributes that it had; what they consist of is not looked at."""
    now = vars(part)
    return now.keys() == attributes.keys() and all(
        now[name] is value for name, value in attributes.items()
    )


def _copied_node(node):
    """Copy a node of the tree of handlers as botocore does, in a fraction of the time."""
    values = node["values"]
    return {
        "chunk": node["chunk"],
        "children": {chunk: _copied_node(child) for chunk, child in node["children"].items()},
        "values": values and NodeList(*map(list, values)),
    }


def _copied(unique):
    return {name: dict(each) for name, each in unique.items()}
