"""A vocabulary for tests: a product whose fields have types, and one field another name."""

import typing
from decimal import Decimal
from typing import Any

from transactscope.errors import InvalidRequestError
from transactscope.expressions.paths import Path
from transactscope.expressions.vocabulary import Vocabulary
from transactscope.types import AttributeValue
from transactscope.values import to_attribute_value

FIELDS: dict[str, Any] = {
    "id": str,
    "title": str,
    "subtitle": str | None,
    "price": int,
    "list_price": int,
    "weight": Decimal,
    "visits": int | None,
    "in_stock": bool,
    "image": bytes,
    "tags": list[str],
    "lines": list[dict[str, int]],
    "sizes": set[int],
    "colours": set[str],
    "address": dict[str, str],
    "notes": Any,
}
ATTRIBUTES = {"title": "t"}


class FakeVocabulary:
    """Speaks as an entity class would, with the library's own conversion."""

    key_names = frozenset({"id", "PK"})
    version_name = None
    managed_names: typing.ClassVar = {}

    def resolve(self, path: Path, /) -> Path:
        """Rename `title`, and refuse names that are neither fields nor of the key."""
        if path.root not in FIELDS and path.root not in self.key_names:
            raise InvalidRequestError(f"there is no field {path.root}", code="UNKNOWN_FIELD")
        return Path((ATTRIBUTES.get(path.root, path.root), *path.parts[1:]))

    def type_at(self, path: Path, /) -> Any:
        """Follow a path through the elements of collections."""
        declared = FIELDS.get(path.root, Any)
        for _ in path.parts[1:]:
            declared = self.element_type(declared)
        return declared

    def element_type(self, declared: Any, /) -> Any:
        """Return the last argument of a generic type."""
        return (typing.get_args(declared) or (Any,))[-1]

    def convert(self, value: Any, declared: Any, path: Path, /) -> AttributeValue:
        """Convert strictly by the declared type."""
        del path
        return to_attribute_value(value, declared)


VOCABULARY: Vocabulary = FakeVocabulary()
