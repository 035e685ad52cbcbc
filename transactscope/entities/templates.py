"""Key attributes that are composed of several fields, or of none.

A template must lead to one key only: two different entities may never end in
the same key because a field happens to contain the separator.
"""

import string
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from transactscope.arguments import reading
from transactscope.errors import ConversionError, InvalidKeyError, InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.types import AttributeValue
from transactscope.values.wire import valid_text

_FORMATTER: Final = string.Formatter()


@attrs.frozen
class Slot:
    """One field of a pattern, its format, and the literal text that follows it."""

    field: str
    format_spec: str
    literal_after: str

    def text(self, value: Any, convert: Callable[[str, Any], AttributeValue], owner: str) -> str:
        """Return what a value of the field is in the key.

        Raises:
            InvalidKeyError: It cannot be a part of the key; see `KeyTemplate.compose`. Not sent.
        """
        return _slot_text(self, value, convert, f"{owner}.{self.field}")


@exported_from("transactscope")
@attrs.frozen
class KeyTemplate:
    """A key attribute of type S that is composed of fields. Nothing is sent.

    A field's text is what the field is stored as; with a format, as in
    `{number:08d}`, it is Python's `format()` of the value. A pattern without
    fields is a constant. The fields are also stored as attributes of their own.

    Args:
        attribute: The key attribute's name in the table.
        pattern: Text with fields in braces; `{{` and `}}` are literal braces.

    Raises:
        InvalidRequestError: The pattern cannot be read, or two of its fields stand
            side by side, which would let two entities share a key. Not sent.

    Example:
        >>> from transactscope import KeyTemplate
        >>> KeyTemplate("SK", "ORDER#{number:08d}").fields
        ('number',)

    .. versionadded:: 0.1.0
    """

    attribute: str
    pattern: str
    _prefix: str = attrs.field(init=False, repr=False, eq=False)
    _slots: tuple[Slot, ...] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        with reading("KeyTemplate()"):
            for name in ("attribute", "pattern"):
                _refuse_no_text(name, getattr(self, name))
            prefix, slots = _parse(self.pattern)
        object.__setattr__(self, "_prefix", prefix)
        object.__setattr__(self, "_slots", slots)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields in the pattern, once each, in order."""
        return tuple(dict.fromkeys(slot.field for slot in self._slots))

    def compose(
        self, values: Mapping[str, Any], convert: Callable[[str, Any], AttributeValue], owner: str
    ) -> str:
        """Return the key's text for these field values.

        Args:
            values: Field names to Python values.
            convert: Turns a field's value into the AttributeValue it is stored as.
            owner: The class's name, for errors.

        Raises:
            InvalidKeyError: A part is None, empty, neither text nor number, does not
                fit its format, or contains the text that ends it. Not sent.
        """
        pieces = [self._prefix]
        for slot in self._slots:
            pieces += slot.text(values[slot.field], convert, owner), slot.literal_after
        return "".join(pieces)

    def beginning(
        self, values: Mapping[str, Any], convert: Callable[[str, Any], AttributeValue], owner: str
    ) -> tuple[str, tuple[Slot, ...]]:
        """Return the key's text up to the first field without a value, and the parts from it on.

        Raises:
            InvalidKeyError: As in `compose`. Not sent.
        """
        pieces = [self._prefix]
        for number, slot in enumerate(self._slots):
            if slot.field not in values:
                return "".join(pieces), self._slots[number:]
            pieces += slot.text(values[slot.field], convert, owner), slot.literal_after
        return "".join(pieces), ()


def parts_of(template: KeyTemplate) -> tuple[str, tuple[Slot, ...]]:
    """Return the text before a template's first field, and its fields with what follows them."""
    return template._prefix, template._slots  # noqa: SLF001 - users have no use for them


def _refuse_no_text(name: str, text: Any) -> None:
    if not isinstance(text, str) or not text:
        problem = "must be a text that is not empty"
    elif not _is_unicode(text):
        problem = "is not valid Unicode: it has half of a surrogate pair"
    else:
        return
    raise InvalidRequestError(f"KeyTemplate: {name} {problem}", code="INVALID_ENTITY")


def _is_unicode(text: str) -> bool:
    try:
        valid_text(text)
    except ConversionError:
        return False
    return True


def _parse(pattern: str) -> tuple[str, tuple[Slot, ...]]:
    try:
        pieces = list(_FORMATTER.parse(pattern))
    except ValueError as error:
        msg = f"KeyTemplate: the pattern {pattern!r} cannot be read: {error}"
        raise InvalidRequestError(msg, code="INVALID_ENTITY") from None
    literals, fields = _literals_and_fields(pattern, pieces)
    slots = tuple(
        Slot(name, spec, literal)
        for (name, spec), literal in zip(fields, literals[1:], strict=True)
    )
    _refuse_neighbours(pattern, slots)
    return literals[0], slots


def _literals_and_fields(
    pattern: str, pieces: list[tuple[str, str | None, str | None, str | None]]
) -> tuple[list[str], list[tuple[str, str]]]:
    """Split the pattern into n fields and the n + 1 literals around them."""
    literals, fields = [""], []
    for literal, name, spec, conversion in pieces:
        literals[-1] += literal
        if name is None:  # the end of the pattern, or an escaped brace
            continue
        if not name.isidentifier() or conversion is not None or "{" in (spec or ""):
            msg = f"KeyTemplate: {pattern!r} may name fields only as {{field}} or {{field:format}}"
            raise InvalidRequestError(msg, code="INVALID_ENTITY")
        fields.append((name, spec or ""))
        literals.append("")
    return literals, fields


def _refuse_neighbours(pattern: str, slots: tuple[Slot, ...]) -> None:
    for slot in slots[:-1]:
        if not slot.literal_after:
            msg = (
                f"KeyTemplate: in {pattern!r} the field after {slot.field!r} needs a literal text "
                "before it, or two entities could share one key"
            )
            raise InvalidRequestError(msg, code="INVALID_ENTITY")


def _slot_text(
    slot: Slot, value: Any, convert: Callable[[str, Any], AttributeValue], where: str
) -> str:
    stored = convert(slot.field, value)  # also proves that the value fits the field's type
    text = _formatted(value, slot.format_spec, where) if slot.format_spec else _text(stored, where)
    if not text:
        msg = f"{where} is empty, and it is part of a key"
        raise InvalidKeyError(msg, path=where)
    if slot.literal_after and (text + slot.literal_after).find(slot.literal_after) != len(text):
        msg = f"{where} contains {slot.literal_after!r}, which ends it in the key's pattern"
        raise InvalidKeyError(msg, path=where)
    return text


def _text(stored: AttributeValue, where: str) -> str:
    content = stored.get("S", stored.get("N"))
    if not isinstance(content, str):
        (tag,) = stored
        msg = f"{where} is part of a key and must be text or a number, not {tag}"
        raise InvalidKeyError(msg, path=where)
    return content


def _formatted(value: Any, spec: str, where: str) -> str:
    try:
        return format(value, spec)
    except Exception:  # noqa: BLE001 - a value's own `__format__` raises what it likes
        msg = f"{where} does not fit the format {spec!r} of its key"
        raise InvalidKeyError(msg, path=where) from None
