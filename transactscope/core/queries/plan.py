"""What a query asks for, checked at the call: its requests, and what its items become."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs
from boto3.dynamodb.conditions import AttributeBase, ConditionBase

from transactscope.core.encrypting import refuse_in_condition
from transactscope.core.queries.keys import QueriedKey
from transactscope.core.queries.kinds import Kinds
from transactscope.core.queries.projections import projected, projected_attributes, projection_text
from transactscope.core.terms import QueryTerms
from transactscope.entities.index_keys import projected_by
from transactscope.entities.indexes import Index
from transactscope.entities.items import from_item
from transactscope.entities.keys import projected_fields
from transactscope.entities.mapping import EntityMapping
from transactscope.errors import InvalidKeyError, InvalidRequestError
from transactscope.expressions.aliases import Aliases
from transactscope.expressions.condition_text import condition_text, raws_in
from transactscope.expressions.conditions import Condition, condition_from
from transactscope.expressions.paths import Path
from transactscope.expressions.predicates import (
    And,
    Between,
    Call,
    Comparison,
    In,
    Not,
    Or,
    Size,
)
from transactscope.limits import MAX_EXPRESSION_BYTES
from transactscope.types import FrozenRequest, Item
from transactscope.types.json_text import json_bytes
from transactscope.values.wire import checked

if TYPE_CHECKING:
    from cattrs import Converter

_KEY_TAGS: Final = ("S", "N", "B")


@attrs.frozen
class QueryPlan:
    """A query that can be sent, page by page.

    Attributes:
        kinds: The classes of the items, and their table.
        members: What all of its requests say.
        key_names: The attributes of a LastEvaluatedKey.
        fields: The fields that are wanted; None for whole entities.
        limit: How many items are wanted in all, or None.
        page_size: How many items DynamoDB reads for one page at most, or None.
        start_after: Where the query begins, or None.
    """

    kinds: Kinds
    members: Mapping[str, Any] = attrs.field(repr=False)
    key_names: tuple[str, ...]
    fields: tuple[str, ...] | None
    limit: int | None
    page_size: int | None
    start_after: Item | None = attrs.field(repr=False)

    def request(self, start_after: Item | None, taken: int) -> FrozenRequest:
        """Return the request for the page behind a key, after so many items were taken."""
        body = dict(self.members)
        sizes = [] if self.page_size is None else [self.page_size]
        if self.limit is not None and "FilterExpression" not in body:
            sizes.append(self.limit - taken)  # a filter comes after the count of a page
        if sizes:
            body["Limit"] = min(sizes)
        if start_after is not None:
            body["ExclusiveStartKey"] = start_after
        return FrozenRequest("Query", body, tables=(self.kinds.table,))

    @property
    def fingerprint(self) -> bytes:
        """What tells this query from others, wherever it begins and however its pages are cut."""
        classes = [mapping.name for mapping in self.kinds.mappings]
        asked = [classes, dict(self.members), None if self.fields is None else list(self.fields)]
        return hashlib.sha256(json_bytes(asked)).digest()

    def key_of(self, item: Item) -> Item:
        """Return the LastEvaluatedKey of a page that would end with this item."""
        return {name: item[name] for name in self.key_names}

    def value(self, item: Item, converter: Converter) -> Any:
        """Return what the caller gets for an item. The only place that decides it.

        Raises:
            ConversionError: It is no item of the class.
        """
        if self.fields is not None:
            return projected(self.kinds.mappings[0], self.fields, item, converter)
        return from_item(self.kinds.target, item, converter=converter)


def query_plan(
    kinds: Kinds, key: tuple[object, ...], terms: QueryTerms, converter: Converter
) -> QueryPlan:
    """Return a query that can be sent.

    Args:
        kinds: The classes of the items.
        key: The parts of the partition key, and a key condition behind them.
        terms: What else was said.
        converter: Writes values.

    Raises:
        InvalidRequestError: DynamoDB would refuse it, or it would not mean what it says. Not sent.
        ConversionError: A value does not fit its field's type. Not sent.
    """
    indexes = kinds.indexes(terms.index_name)
    queried = kinds.queried(indexes, converter)
    fields = None if terms.only is None else _fields(kinds, terms.only)
    _refuse_inconsistent(queried, indexes, terms)
    missing = _missing(kinds, indexes, fields)
    parts, tree = _split(key)
    condition = queried.condition(parts, tree)
    keys = (queried.partition, queried.sort, *kinds.mappings[0].key_attributes)
    key_names = tuple(dict.fromkeys(key.attribute for key in keys if key is not None))
    wanted = condition_from(terms.filter, terms.names, terms.values, kinds.vocabulary(converter))
    for mapping in kinds.mappings:
        refuse_in_condition(mapping, wanted)
    attributes = () if fields is None or missing else _projected(kinds, indexes, fields, key_names)
    members = {
        "TableName": kinds.table,
        **_index_members(queried, indexes, missing),
        **_expressions(queried, condition, wanted, attributes),
        **({"ScanIndexForward": False} if _checked_flag("reverse", terms.reverse) else {}),
        **({"ConsistentRead": True} if terms.consistent else {}),
    }
    return QueryPlan(
        kinds,
        members,
        key_names,
        fields,
        _checked_count("limit", terms.limit),
        _checked_count("page_size", terms.page_size),
        _checked_start(queried, terms.start_after, key_names),
    )


def _fields(kinds: Kinds, only: Any) -> tuple[str, ...]:
    if isinstance(only, str) or not isinstance(only, Iterable):
        msg = f"only= takes names of fields, as in a list, not {type(only).__name__}"
        raise InvalidRequestError(msg)
    if len(kinds.mappings) != 1:
        msg = f"only= is about the fields of one class, and {kinds.name} are several"
        raise InvalidRequestError(msg, code="INVALID_UNION")
    return projected_fields(kinds.mappings[0], only)


def _split(key: tuple[object, ...]) -> tuple[tuple[object, ...], object]:
    """Tell the parts of the partition key from a condition behind them."""
    if key and isinstance(key[-1], AttributeBase | ConditionBase):
        return key[:-1], key[-1]
    return key, None


def _refuse_inconsistent(queried: QueriedKey, indexes: Sequence[Index], terms: QueryTerms) -> None:
    """Refuse what a global index cannot do [Query, API Reference, ConsistentRead, 2026-11]."""
    is_consistent = _checked_flag("consistent", terms.consistent)
    if is_consistent and not all(index.is_local for index in indexes):
        msg = (
            f"{queried.where} is global: DynamoDB copies items to it after they are written, and "
            "has no consistent reads of it"
        )
        raise InvalidRequestError(msg, code="NOT_CONSISTENT")


def _missing(
    kinds: Kinds, indexes: Sequence[Index], fields: tuple[str, ...] | None
) -> dict[str, None]:
    """Return the wanted fields that an index does not hold."""
    missing: dict[str, None] = {}
    for mapping, index in zip(kinds.mappings, indexes, strict=False):
        if index.projection == "ALL":
            continue
        there = _held(mapping, index)
        wanted = mapping.fields if fields is None else fields
        lacks = [name for name in wanted if mapping.fields[name].attribute not in there]
        if fields is None and mapping.discriminator is not None:
            lacks += {mapping.discriminator.attribute} - there
        missing |= dict.fromkeys(lacks)
    return missing


def _held(mapping: EntityMapping, index: Index) -> set[str]:
    """Return the attributes that an index holds of what the class has."""
    there = {key.attribute for key in (*mapping.key_attributes, *index.key_attributes)}
    return there | projected_by(mapping, index)


def _index_members(
    queried: QueriedKey, indexes: Sequence[Index], missing: Iterable[str]
) -> dict[str, Any]:
    """Return what a request says of an index; a local one fetches what it does not hold.

    [Query, API Reference, Select, 2026-11] A global one cannot, and defaults in place of what is
    missing would look like data.
    """
    if not indexes:
        return {}
    members, lacks = {"IndexName": indexes[0].name}, ", ".join(missing)
    if not lacks:
        return members
    if all(index.is_local for index in indexes):
        return members | {"Select": "ALL_ATTRIBUTES"}
    msg = (
        f"{queried.where} does not hold {lacks}; ask for what it holds with only=, or let it "
        "project more"
    )
    raise InvalidRequestError(msg, code="NOT_PROJECTED")


def _projected(
    kinds: Kinds, indexes: Sequence[Index], fields: tuple[str, ...], key_names: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the attributes that are asked for: of the keys, of fields, and of the kind."""
    (mapping,) = kinds.mappings
    attributes = dict.fromkeys((*key_names, *projected_attributes(mapping, fields)))
    if indexes and indexes[0].projection != "ALL":
        held = _held(mapping, indexes[0])
        return tuple(name for name in attributes if name in held)
    return tuple(attributes)


def _expressions(
    queried: QueriedKey,
    condition: Condition,
    wanted: Condition | None,
    attributes: tuple[str, ...],
) -> dict[str, Any]:
    aliases = Aliases.around([] if wanted is None else raws_in(wanted))
    texts = {"KeyConditionExpression": condition_text(condition, aliases)}
    if wanted is not None:
        _refuse_key_names(queried, wanted)
        texts["FilterExpression"] = condition_text(wanted, aliases)
    if attributes:
        texts["ProjectionExpression"] = projection_text(attributes, aliases)
    for name, text in texts.items():
        size = len(text.encode(errors="surrogatepass"))
        if size > MAX_EXPRESSION_BYTES:
            msg = (
                f"query() of {queried.where}: the {name} has {size} bytes, and DynamoDB takes "
                f"{MAX_EXPRESSION_BYTES}"
            )
            raise InvalidRequestError(msg, code="EXPRESSION_TOO_LONG")
    return {
        **texts,
        "ExpressionAttributeNames": aliases.names,
        "ExpressionAttributeValues": aliases.values,
    }


def _refuse_key_names(queried: QueriedKey, wanted: Condition) -> None:
    """Refuse a filter on the key ["Filter Expression can only contain non-primary key ..."]."""
    keys = [queried.partition] if queried.sort is None else [queried.partition, queried.sort]
    taken = {key.attribute for key in keys}
    for root in _roots(wanted):
        if root in taken:
            msg = f"filter= cannot be about {root}, which is the key of {queried.where}"
            raise InvalidRequestError(msg, code="INVALID_CONDITION")


def _roots(node: object) -> Iterator[str]:
    """Return the attributes that a condition is about, but for parts that are text."""
    if isinstance(node, Path):
        yield node.root
    elif isinstance(node, Size):
        yield node.path.root
    for inner in _inside(node):
        yield from _roots(inner)


def _inside(node: object) -> tuple[object, ...]:
    if isinstance(node, And | Or):
        return node.terms
    if isinstance(node, Not):
        return (node.term,)
    if isinstance(node, Comparison):
        return node.left, node.right
    if isinstance(node, Between):
        return node.operand, node.low, node.high
    if isinstance(node, In):
        return node.operand, *node.choices
    return node.operands if isinstance(node, Call) else ()


def _checked_flag(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise InvalidRequestError(f"{name}= is True or False, not {type(value).__name__}")


def _checked_count(name: str, value: Any) -> int | None:
    if value is None or (type(value) is int and value > 0):
        return value
    raise InvalidRequestError(f"{name}= is a whole number from 1 on, or None")


def _checked_start(
    queried: QueriedKey, start_after: Any, key_names: tuple[str, ...]
) -> Item | None:
    if start_after is None:
        return None
    given = set(start_after) if isinstance(start_after, Mapping) else set()
    if given != set(key_names):
        msg = (
            f"start_after= is a LastEvaluatedKey of {queried.where}: AttributeValues of "
            f"{', '.join(key_names)}"
        )
        raise InvalidKeyError(msg)
    key = {name: checked(start_after[name], f"start_after.{name}") for name in key_names}
    for name, value in key.items():
        if not value.keys() & set(_KEY_TAGS):
            msg = f"start_after.{name} is part of a key and must be of type S, N or B"
            raise InvalidKeyError(msg, path=f"start_after.{name}")
    return key
