"""Fields that are stored encrypted: their values are set apart, to be sealed and opened later.

May import `hooks`, `markers`, `nesting`, `secret`, `wording` and `wrappers`. A type is of this kind
if it is `Annotated` with `Encrypted`; `classes` sees to it that the marker is found wherever it
stands. Nothing here knows a key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from transactscope.types import AttributeValue
from transactscope.values.hooks import Kind, Reader, Tags, Writer, reader, writer
from transactscope.values.markers import Encrypted
from transactscope.values.nesting import current_level
from transactscope.values.secret import ENCRYPTED, Secret
from transactscope.values.wording import refusal

if TYPE_CHECKING:
    import cattrs


def is_encrypted(type_: Any) -> bool:
    """Say whether values of a type are stored encrypted.

    Example:
        >>> from typing import Annotated
        >>> from transactscope.values.encrypted import is_encrypted
        >>> is_encrypted(Annotated[str, Encrypted()]), is_encrypted(str)
        (True, False)
    """
    if get_origin(type_) is not Annotated:
        return False
    return any(each is Encrypted or isinstance(each, Encrypted) for each in type_.__metadata__)


def _writer(type_: Any, converter: cattrs.Converter) -> Writer:
    write_plain = writer(_plain(type_), converter)

    def write(value: Any) -> AttributeValue:
        if current_level() > 1:
            problem = "an encrypted field is an attribute of an item, and this is inside of a value"
            raise refusal(problem, type_)
        return {ENCRYPTED: Secret(write_plain(value))}

    return write


def _reader(type_: Any, converter: cattrs.Converter) -> Reader:
    read_plain = reader(_plain(type_), converter)

    def read(wire: Any) -> Any:
        secret = wire.get(ENCRYPTED) if isinstance(wire, dict) else None
        if not isinstance(secret, Secret):
            problem = "an encrypted field is read through a database with its keyring only"
            raise refusal(problem, type_)
        return read_plain(secret.value)

    return read


def _plain(type_: Any) -> Any:
    """Return the type without this marker; hooks of the user's may go by others."""
    others = [
        each
        for each in type_.__metadata__
        if each is not Encrypted and not isinstance(each, Encrypted)
    ]
    inner = get_args(type_)[0]
    return Annotated[(inner, *others)] if others else inner


def _tags(_type: Any, _converter: cattrs.Converter) -> Tags:
    return frozenset({ENCRYPTED})


SECRETS: Kind = Kind(is_encrypted, _writer, _reader, _tags)
