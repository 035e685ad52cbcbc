"""Markers: facts about single fields, as `Annotated` carries them.

May import `arguments`, `errors` and `wording`. This module says what there is and finds it in
types; what it means for a class is worked out in `facts`. Its annotations are evaluated at once,
so that those of its examples are, too: a class in an example has no module to look names up in.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Final, NewType, TypeAlias, get_args, get_origin

import attrs

from transactscope.arguments import reading
from transactscope.errors import InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.values.wording import is_union


def _check_attribute(_: object, __: object, name: Any) -> None:
    with reading("Alias()"):
        is_right = isinstance(name, str) and bool(name)
    if not is_right:
        raise misdeclared("Alias takes the name of an attribute, a text that is not empty")


@exported_from("transactscope.fields")
@attrs.frozen
class Alias:
    """Store a field under another name. Nothing is sent.

    Programs go on using the field's name, also in conditions and updates.

    Args:
        attribute: The name of the stored attribute.

    Raises:
        InvalidRequestError: It is no text, or an empty one. Not sent.

    Example:
        >>> from typing import Annotated
        >>> from attrs import define
        >>> from transactscope import entity, to_item
        >>> from transactscope.fields import Alias
        >>> @entity("Album", partition_key="title")
        ... @define
        ... class Album:
        ...     title: Annotated[str, Alias("t")]
        >>> to_item(Album("Kind of Blue"))
        {'t': {'S': 'Kind of Blue'}}

    .. versionadded:: 0.1.0
    """

    attribute: str = attrs.field(validator=_check_attribute)


@exported_from("transactscope.fields")
@attrs.frozen
class OmitIfNone:
    """Leave a field out of the item if it is None, whatever its default. Nothing is sent.

    Where the attribute is missing, None comes back, whatever the default. Without this marker
    None is left out only where the default is None, and stored as NULL elsewhere.

    Example:
        >>> from typing import Annotated
        >>> from attrs import define
        >>> from transactscope import to_attribute_value
        >>> from transactscope.fields import OmitIfNone
        >>> @define
        ... class Track:
        ...     title: str
        ...     label: Annotated[str | None, OmitIfNone] = "unknown"
        >>> to_attribute_value(Track("So What", None))
        {'M': {'title': {'S': 'So What'}}}

    .. versionadded:: 0.1.0
    """


@exported_from("transactscope.fields")
@attrs.frozen
class OmitIfDefault:
    """Leave a field out of the item if it has its default value. Nothing is sent.

    Where the attribute is missing, the default comes back: the one that the class has then.

    Example:
        >>> from typing import Annotated
        >>> from attrs import define
        >>> from transactscope import to_attribute_value
        >>> from transactscope.fields import OmitIfDefault
        >>> @define
        ... class Track:
        ...     title: str
        ...     plays: Annotated[int, OmitIfDefault] = 0
        >>> to_attribute_value(Track("So What"))
        {'M': {'title': {'S': 'So What'}}}

    .. versionadded:: 0.1.0
    """


@exported_from("transactscope.fields")
@attrs.frozen
class CreatedAt:
    """Have the library write when an item was created. Nothing is sent.

    For a field of an entity that is declared as `datetime | None = None`. A put, insert or
    replace of an object that has None there writes the time of the call by the clock of the
    database; what an object has already is kept. An update by key writes it if the attribute is
    absent. Objects get the value once the write has succeeded.

    Example:
        >>> from datetime import datetime
        >>> from typing import Annotated
        >>> from attrs import define
        >>> from transactscope import Database, entity
        >>> from transactscope.fields import CreatedAt
        >>> @entity("Account", partition_key="number")
        ... @define
        ... class Customer:
        ...     number: str
        ...     created_at: Annotated[datetime | None, CreatedAt] = None
        >>> db = Database(client, wall_clock=lambda: 1_800_000_000)
        >>> _ = db.insert(Customer("C-1"))
        >>> print(db.get(Customer, "C-1").created_at)
        2027-01-15 08:00:00+00:00

    .. versionadded:: 0.1.0
    """


@exported_from("transactscope.fields")
@attrs.frozen
class UpdatedAt:
    """Have the library write when an item was last written. Nothing is sent.

    For a field of an entity that is declared as `datetime | None = None`. Every write of the
    item through its class writes the time of the call by the clock of the database, whatever the
    object has there. Objects get the value once the write has succeeded.

    Example:
        >>> from datetime import datetime
        >>> from typing import Annotated
        >>> from attrs import define
        >>> from transactscope import Database, entity
        >>> from transactscope.fields import UpdatedAt
        >>> @entity("Account", partition_key="number")
        ... @define
        ... class Customer:
        ...     number: str
        ...     name: str = ""
        ...     updated_at: Annotated[datetime | None, UpdatedAt] = None
        >>> db = Database(client, wall_clock=lambda: 1_800_000_000)
        >>> _ = db.update(Customer, "C-1", set={"name": "Ann"})
        >>> print(db.get(Customer, "C-1").updated_at)
        2027-01-15 08:00:00+00:00

    .. versionadded:: 0.1.0
    """


@exported_from("transactscope.fields")
@attrs.frozen
class TTL:
    """Store a moment as DynamoDB's Time to Live wants it. Nothing is sent.

    For a field of an entity that is declared as `datetime | None` or `datetime`. It is stored as
    whole seconds since 1970, of type N, and comes back as an aware datetime in UTC. Fractions of
    a second are cut off. DynamoDB deletes an item some time after that moment, if the table is
    told the name of the attribute [Developer Guide, "Using time to live (TTL) in DynamoDB",
    2026-11].

    Example:
        >>> from datetime import UTC, datetime
        >>> from typing import Annotated
        >>> from attrs import define
        >>> from transactscope import entity, to_item
        >>> from transactscope.fields import TTL
        >>> @entity("Session", partition_key="id")
        ... @define
        ... class Session:
        ...     id: str
        ...     expires: Annotated[datetime | None, TTL] = None
        >>> to_item(Session("s-1", datetime(2027, 1, 15, 8, tzinfo=UTC)))["expires"]
        {'N': '1800000000'}

    .. versionadded:: 0.1.0
    """


@exported_from("transactscope.fields")
@attrs.frozen
class Encrypted:
    """Store a field encrypted. Nothing is sent.

    For a field of an entity, of any type that converts; not for those that keys are made of. It
    is sealed by the keyring of the database, `Database(client, keyring=...)`, before anything is
    sent, and opened where it is read. DynamoDB sees a value of type B, so that no condition can
    be about it but whether it is there.

    Example:
        >>> from typing import Annotated
        >>> from attrs import define
        >>> from transactscope import Database, entity
        >>> from transactscope.ext.encryption import Encrypted, LocalKeyring
        >>> @entity("Account", partition_key="number")
        ... @define
        ... class Customer:
        ...     number: str
        ...     passport: Annotated[str, Encrypted()]
        >>> db = Database(client, keyring=LocalKeyring({"key-1": bytes(range(32))}))
        >>> _ = db.put(Customer("C-1", "X 123"))
        >>> stored = client.get_item(TableName="Account", Key={"number": {"S": "C-1"}})["Item"]
        >>> list(stored["passport"])
        ['B']
        >>> db.get(Customer, "C-1").passport
        'X 123'

    .. versionadded:: 0.1.0
    """


Marker: TypeAlias = Alias | OmitIfNone | OmitIfDefault | CreatedAt | UpdatedAt | TTL | Encrypted
"""A fact about one field."""

_MARKERS: Final = (Alias, OmitIfNone, OmitIfDefault, CreatedAt, UpdatedAt, TTL, Encrypted)


def markers_of(type_: Any, where: str) -> Iterator[Marker]:
    """Find the markers of a field: around its type, or around what may be None in it.

    Args:
        type_: The declared type.
        where: The field, for error texts.

    Raises:
        InvalidRequestError: A marker stands deeper, where it would mean nothing. Not sent.

    Example:
        >>> from typing import Annotated
        >>> from transactscope.values.markers import Alias, markers_of
        >>> list(markers_of(Annotated[str, Alias("t"), "someone else's"] | None, "Album.title"))
        [Alias(attribute='t')]
    """
    arguments = get_args(type_)
    if get_origin(type_) is Annotated:
        yield from (_marker(each, where) for each in type_.__metadata__ if _is_marker(each))
        yield from markers_of(arguments[0], where)
    elif isinstance(type_, NewType):
        yield from markers_of(type_.__supertype__, where)
    else:
        members = [each for each in arguments if each is not type(None)]
        is_optional = is_union(type_) and len(members) == 1
        for member in members:
            found = markers_of(member, where)
            if is_optional or get_origin(type_) is Final:
                yield from found
            elif next(found, None) is not None:
                raise misdeclared(f"{where}: a marker goes around the whole type of the field")


def given_markers(given: Any, where: str) -> tuple[Marker, ...]:
    """Return the markers that `fields=` gives for one field: one of them, or a tuple.

    Raises:
        InvalidRequestError: It is something else. Not sent.

    Example:
        >>> from transactscope.values.markers import TTL, given_markers
        >>> given_markers(TTL, "Session.expires")
        (TTL(),)
    """
    each_given = given if isinstance(given, tuple) else (given,)
    for each in each_given:
        if not _is_marker(each):
            shown = each.__name__ if isinstance(each, type) else type(each).__name__
            raise misdeclared(f"{where}: a marker of transactscope.fields expected, not {shown}")
    return tuple(_marker(each, where) for each in each_given)


def misdeclared(problem: str) -> InvalidRequestError:
    """Return the error for a class that says something which cannot be.

    Example:
        >>> misdeclared("Album: it has two versions").code
        'INVALID_ENTITY'
    """
    return InvalidRequestError(problem, code="INVALID_ENTITY")


def _is_marker(given: Any) -> bool:
    return isinstance(given, _MARKERS) or (isinstance(given, type) and given in _MARKERS)


def _marker(given: Any, where: str) -> Marker:
    """Return the marker itself: those without arguments may be written as their class."""
    if given is Alias:
        raise misdeclared(f'{where}: Alias needs the name of the attribute, as in Alias("t")')
    marker: Marker = given() if isinstance(given, type) else given
    return marker
