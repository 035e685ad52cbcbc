"""What of a request has to be sealed, and what of an answer has to be opened.

Values that are stored encrypted travel as `Secret`s. Here they become entries for a keyring, and
what it returns takes their place: in actions before they are sent, in items that were read.
Nothing here calls a keyring, and nothing knows a key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from transactscope.core.actions import StagedAction
from transactscope.core.fitting import misfit, refuse_large_item
from transactscope.descriptions import describe_key
from transactscope.entities.kinds import mapping_of_item
from transactscope.entities.mapping import EntityMapping, mapping_of
from transactscope.errors import (
    ConversionError,
    DecryptionError,
    InvalidRequestError,
    TransactionTooLargeError,
)
from transactscope.expressions.clauses import Clause, SetClause, Update
from transactscope.expressions.literals import Literal
from transactscope.limits import MAX_TRANSACTION_BYTES
from transactscope.types import AttributeValue, Item, KeyringEntry, StoredItem
from transactscope.values.secret import ENCRYPTED, Secret, is_secret
from transactscope.values.wire import BytesLike, canonical

_FORMAT: Final = b"transactscope field 1"
_LENGTH_BYTES: Final = 4


def context_of(table: str, key: StoredItem, attribute: str) -> bytes:
    """Return what binds a sealed value to its place, in bytes.

    The parts are a text that names the format, the table, the attribute, and for each attribute of
    the key, sorted by name, its name, its type tag and its content: UTF-8, bytes as they are,
    numbers without zeros that say nothing. Each stands behind its length in four bytes, big-endian.

    Args:
        table: The table as the class names it.
        key: The item, or its key.
        attribute: The attribute that holds the value.

    Example:
        >>> context_of("T", {"id": {"N": "1.0"}}, "a") == context_of("T", {"id": {"N": "1"}}, "a")
        True
    """
    parts = [_FORMAT, table.encode(), attribute.encode()]
    for name in sorted(key):
        tag, content = canonical(dict(key[name]))
        parts += name.encode(), tag.encode(), _bytes(content)
    return b"".join(len(part).to_bytes(_LENGTH_BYTES, "big") + part for part in parts)


def _bytes(content: Any) -> bytes:
    return content if isinstance(content, bytes) else str(content).encode(errors="surrogatepass")


def no_keyring(owner: str) -> InvalidRequestError:
    """Return the error for encrypted fields where there is nothing to seal or open them with."""
    msg = f"{owner} has encrypted fields, and there is no keyring: Database(client, keyring=...)"
    return InvalidRequestError(msg, code="NO_KEYRING")


def has_secrets(action: StagedAction) -> bool:
    """Whether an action writes a value that has to be sealed."""
    return next(_secrets(action), None) is not None


def to_seal(actions: Iterable[StagedAction]) -> list[KeyringEntry]:
    """Return what has to be sealed before these actions are sent, in their order."""
    return [
        KeyringEntry(secret.content, context_of(secret.table, action.key or {}, name), secret.table)
        for action in actions
        for name, secret in _secrets(action)
    ]


def sealed(actions: Sequence[StagedAction], contents: Iterable[bytes]) -> list[StagedAction]:
    """Return the actions with sealed values in the places of plain ones.

    Args:
        actions: The actions.
        contents: What the keyring has made of the entries of `to_seal`, in their order.

    Raises:
        ItemTooLargeError: With its sealed values an item surely has over 409,600 bytes. Not sent.
        InvalidRequestError: The values of an update are too large together. Not sent.
    """
    left = iter(contents)
    return [
        _fitting(_sealed(action, left)) if has_secrets(action) else action for action in actions
    ]


def _fitting(action: StagedAction) -> StagedAction:
    refuse_large_item(action, action.describe)
    problem = misfit(action.rendered)
    if problem is not None:
        raise InvalidRequestError(f"{action.describe()}: {problem.text}", code=problem.code)
    return action


def refuse_too_large(actions: Iterable[StagedAction]) -> None:
    """Refuse a transaction whose items are too large together, now that all are sealed.

    Raises:
        TransactionTooLargeError: They would have over 4,194,304 bytes. Not sent.
    """
    total = sum(action.size for action in actions)
    if total > MAX_TRANSACTION_BYTES:
        msg = (
            f"the items of one transaction have at most {MAX_TRANSACTION_BYTES} bytes, and with "
            f"their encrypted values these have {total}"
        )
        raise TransactionTooLargeError(msg)


def _secrets(action: StagedAction) -> Iterator[tuple[str, Secret]]:
    """Find the values that an action stores encrypted, with their attributes."""
    if action.encoded is not None:  # then its class has none
        return
    for name, value in (action.item or {}).items():
        if is_secret(value):
            yield name, value[ENCRYPTED]
    for clause in _clauses(action):
        secret = _secret_of(clause)
        if secret is not None:
            yield clause.path.root, secret


def _clauses(action: StagedAction) -> tuple[Clause, ...]:
    return action.update.clauses if isinstance(action.update, Update) else ()


def _secret_of(clause: Clause) -> Secret | None:
    """Return the value that a clause stores encrypted; None if it stores none."""
    if isinstance(clause, SetClause) and isinstance(clause.value, Literal):
        return clause.value.value.get(ENCRYPTED)
    return None


def _setting(clause: Clause, value: AttributeValue) -> Clause:
    return SetClause(clause.path, Literal(value))


def _sealed(action: StagedAction, contents: Iterator[bytes]) -> StagedAction:
    if action.item is not None:
        return action.changed(
            item={
                name: {"B": next(contents)} if is_secret(value) else value
                for name, value in action.item.items()
            }
        )
    clauses = tuple(
        clause if _secret_of(clause) is None else _setting(clause, {"B": next(contents)})
        for clause in _clauses(action)
    )
    return action.changed(update=Update(clauses))


def with_tables(mapping: EntityMapping, item: Item, overhead: int) -> Item:
    """Return an item whose values know which table they are sealed for."""
    return {name: _of_table(mapping, value, overhead) for name, value in item.items()}


def clauses_with_tables(mapping: EntityMapping, update: Update, overhead: int) -> Update:
    """Return an update whose values know which table they are sealed for."""
    clauses = []
    for clause in update.clauses:
        secret = _secret_of(clause)
        value = None if secret is None else _of_table(mapping, {ENCRYPTED: secret}, overhead)
        clauses.append(clause if value is None else _setting(clause, value))
    return Update(tuple(clauses))


def _of_table(mapping: EntityMapping, value: AttributeValue, overhead: int) -> AttributeValue:
    if not is_secret(value):
        return value
    return {ENCRYPTED: Secret(value[ENCRYPTED].value, mapping.table, overhead)}


@attrs.frozen(eq=False)
class SealedItem:
    """An item that was read as a class, and has values that were not opened yet.

    Attributes:
        mapping: What is known of the class.
        item: The item, which is left as it is.
        names: The attributes that have to be opened.
    """

    mapping: EntityMapping
    item: Item = attrs.field(repr=False)
    names: tuple[str, ...]

    def entries(self) -> list[KeyringEntry]:
        """Return what has to be opened.

        Raises:
            DecryptionError: A value is nothing that a keyring has sealed.
        """
        table, key = self.mapping.table, self._key()
        return [
            KeyringEntry(self._content(name), context_of(table, key, name), table)
            for name in self.names
        ]

    def opened(self, contents: Iterator[bytes]) -> Item:
        """Return the item with what was opened in the places of what was sealed.

        Raises:
            DecryptionError: What was opened is no value.
        """
        opened = {name: self._value(name, next(contents)) for name in self.names}
        return {**self.item, **opened}

    def refusal(self) -> DecryptionError:
        """Return the error for values that cannot be opened, naming their place."""
        error = _refused(self.mapping, self.names)
        error.add_note(f"transactscope: of the item {describe_key(self._key())}")
        return error

    def _key(self) -> Item:
        names = (each.attribute for each in self.mapping.key_attributes)
        return {name: self.item[name] for name in names if name in self.item}

    def _content(self, name: str) -> bytes:
        value: Mapping[str, Any] = self.item[name]
        content = value.get("B")
        if not isinstance(content, BytesLike):
            raise _refused(self.mapping, (name,))
        return bytes(content)

    def _value(self, name: str, content: bytes) -> AttributeValue:
        try:
            return {ENCRYPTED: Secret.of_content(content)}
        except ValueError:
            raise _refused(self.mapping, (name,)) from None


def _refused(mapping: EntityMapping, names: Sequence[str]) -> DecryptionError:
    fields = [field.name for field in mapping.fields.values() if field.attribute in names]
    problem = (
        "the stored value was not sealed for this place by this keyring: it was changed or moved, "
        "is not encrypted, or its key is another one"
    )
    return DecryptionError(problem, path=f"{mapping.name}.{' or '.join(fields)}", type="B")


def sealed_item(mapping: EntityMapping, item: Item | None) -> SealedItem | None:
    """Return what has to be opened of an item that is read as a class; None if nothing has to be.

    An item of another kind is left as it is: whoever makes an entity of it refuses it.
    """
    if item is None or not mapping.encrypted or not _is_of_kind(mapping, item):
        return None
    names = tuple(name for name in item if name in mapping.encrypted and not is_secret(item[name]))
    return SealedItem(mapping, item, names) if names else None


def sealed_item_of(target: Any, item: Item) -> SealedItem | None:
    """Do the same for a class, or for a union of classes that share a table."""
    if isinstance(target, type):
        return sealed_item(mapping_of(target), item)
    try:
        return sealed_item(mapping_of_item(target, item), item)
    except ConversionError:  # it is of none of these kinds
        return None


def _is_of_kind(mapping: EntityMapping, item: Item) -> bool:
    kind = mapping.discriminator
    return kind is None or item.get(kind.attribute, {"S": kind.tag}) == {"S": kind.tag}
