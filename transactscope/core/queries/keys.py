"""The key condition of a query: from fields and values to the attributes of one key.

A query names one value of the partition key and at most one range of the sort key [Query, API
Reference, 2026-11]. What it cannot say exactly is refused here, and never sent as something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs
from boto3.dynamodb import conditions as boto3_conditions

from transactscope.core.naming import EntityVocabulary
from transactscope.core.queries.ranges import range_of
from transactscope.entities.keys import checked_key_value, key_part, key_value
from transactscope.entities.mapping import EntityMapping, KeyAttribute, unknown_name
from transactscope.entities.templates import KeyTemplate
from transactscope.errors import InvalidKeyError, InvalidRequestError
from transactscope.expressions.conditions import Condition, all_of, equals
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import Path
from transactscope.expressions.predicates import Between, Call, Comparison
from transactscope.expressions.translation import translate
from transactscope.limits import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from transactscope.types import AttributeValue

if TYPE_CHECKING:
    from cattrs import Converter

_TESTS: Final[dict[type, str]] = {
    boto3_conditions.Equals: "=",
    boto3_conditions.LessThan: "<",
    boto3_conditions.LessThanEquals: "<=",
    boto3_conditions.GreaterThan: ">",
    boto3_conditions.GreaterThanEquals: ">=",
    boto3_conditions.Between: "BETWEEN",
    boto3_conditions.BeginsWith: "begins_with",
}
_NAMES: Final = boto3_conditions.Key | boto3_conditions.Attr


@attrs.frozen
class Term:
    """One test of a key condition, as the user wrote it.

    Attributes:
        name: The field or attribute.
        test: The operator, one that a key condition takes.
        values: What it is compared with.
        tree: The condition itself; None for a part of the key that was given as such.
    """

    name: str
    test: str
    values: tuple[Any, ...] = attrs.field(repr=False)
    tree: object = attrs.field(default=None, repr=False)


@attrs.frozen
class QueriedKey:
    """The key that a query goes by: the table's, or an index's.

    Attributes:
        mapping: The mapping of the class.
        where: What has the key, in words.
        partition: Its partition key.
        sort: Its sort key, or None.
        converter: Writes values.
    """

    mapping: EntityMapping
    where: str
    partition: KeyAttribute
    sort: KeyAttribute | None
    converter: Converter

    def condition(self, parts: Sequence[object], tree: object) -> Condition:
        """Return the key condition.

        Args:
            parts: Values of the fields of the partition key.
            tree: boto3's `Key(...)` conditions, or None.

        Raises:
            InvalidRequestError: DynamoDB would refuse it, or it cannot be said exactly. Not sent.
            InvalidKeyError: A value is no key: None, empty, too long. Not sent.
            ConversionError: A value does not fit its field's type. Not sent.
        """
        terms = [*self._given(parts), *terms_of(tree)]
        for term in terms:
            self._refuse_unknown(term)
        ours = {self.partition.attribute, *self.partition.fields}
        on_partition = [term for term in terms if term.name in ours]
        on_sort = [term for term in terms if term.name not in ours]
        known = self._partition_values(on_partition)
        partition = Literal(self._partition_value(on_partition, known))
        condition = equals(Path((self.partition.attribute,)), partition)
        return all_of(condition, self._sort_condition(on_sort, known)) or condition

    def _given(self, parts: Sequence[object]) -> Iterator[Term]:
        fields = self.partition.fields
        if parts and len(parts) != len(fields):
            wanted = ", ".join(fields) or "none"
            msg = (
                f"the partition key of {self.where} has {len(fields)} part(s) ({wanted}), "
                f"{len(parts)} given"
            )
            raise InvalidKeyError(msg)
        for field, value in zip(fields, parts, strict=False):
            yield Term(field, "=", (value,))

    def _refuse_unknown(self, term: Term) -> None:
        keys = [self.partition] if self.sort is None else [self.partition, self.sort]
        names = [name for key in keys for name in (key.attribute, *key.fields)]
        if term.name in names:
            return
        if term.name not in self.mapping.fields and term.name not in self.mapping.key_names:
            raise unknown_name(term.name, self.mapping.name, [*self.mapping.fields, *names])
        raise _refused(
            f"{term.name} is not part of the key of {self.where}, which is "
            f"{', '.join(dict.fromkeys(names))}; filter= takes it"
        )

    def _partition_values(self, terms: Sequence[Term]) -> dict[str, Any]:
        """Return the fields of the partition key that have a value."""
        values: dict[str, Any] = {}
        for term in terms:
            if term.test != "=":
                raise _refused(
                    f"the partition key of {self.where} takes = only, and {term.name} has "
                    f"{term.test}"
                )
            name = self.partition.field or term.name
            if name in values:
                raise _refused(f"{name} has two values: a query is about one partition")
            values[name] = term.values[0]
        return values

    def _partition_value(self, terms: Sequence[Term], known: Mapping[str, Any]) -> AttributeValue:
        key = self.partition
        if key.template is not None and key.attribute in known:
            if len(terms) > 1:
                raise _refused(f"{key.attribute} is composed of fields: give it, or these")
            return self._checked(_literals(translate(terms[0].tree, self._vocabulary))[0], key)
        missing = [field for field in key.fields if field not in known]
        if missing:
            raise _refused(
                f"a query of {self.where} needs a value for its partition key: "
                f"{', '.join(missing)} has none"
            )
        return key_value(self.mapping, key, known, self.converter, MAX_PARTITION_KEY_BYTES)

    def _sort_condition(
        self, terms: Sequence[Term], partition: Mapping[str, Any]
    ) -> Condition | None:
        key = self.sort
        if key is None:
            return None
        if key.template is None or any(term.name == key.attribute for term in terms):
            if len(terms) > 1:
                raise _two_conditions(terms)
            return self._plain(terms[0], key) if terms else None
        return self._composed(terms, key, key.template, partition)

    def _plain(self, term: Term, key: KeyAttribute) -> Condition:
        condition = translate(term.tree, self._vocabulary)
        for value in _literals(condition):
            self._checked(value, key)
        return condition

    def _checked(self, value: Literal, key: KeyAttribute) -> AttributeValue:
        where = f"{self.mapping.name}.{key.attribute}"
        limit = MAX_PARTITION_KEY_BYTES if key is self.partition else MAX_SORT_KEY_BYTES
        return checked_key_value(value.value, where, limit)

    def _composed(
        self,
        terms: Sequence[Term],
        key: KeyAttribute,
        template: KeyTemplate,
        partition: Mapping[str, Any],
    ) -> Condition | None:
        """Return the range of a composed sort key that the terms about its fields come to."""
        path = Path((key.attribute,))
        exact, ranges = _sorted_out(terms)
        known = {name: value for name, value in partition.items() if name in key.fields} | exact
        begun, open_slots = template.beginning(known, self._convert, self.mapping.name)
        if not open_slots:
            return equals(path, Literal(self._checked(Literal({"S": begun}), key)))
        slot = open_slots[0]
        for name in (*exact, *(term.name for term in ranges)):
            if any(name == later.field for later in open_slots[1:]) and name != slot.field:
                raise _refused(
                    f"{key.attribute} is sorted by {slot.field} before {name}, so a condition on "
                    f"{name} needs {slot.field} to be equal to a value"
                )
        if not ranges:
            return Call("begins_with", (path, Literal({"S": begun}))) if begun else None
        (term,) = ranges
        condition = range_of(
            term.test,
            term.values,
            begun=begun,
            slots=open_slots,
            path=path,
            convert=self._convert,
            owner=self.mapping.name,
        )
        for value in _literals(condition):
            self._checked(value, key)
        return condition

    def _convert(self, field: str, value: Any) -> AttributeValue:
        return key_part(self.mapping, field, value, self.converter)

    @property
    def _vocabulary(self) -> EntityVocabulary:
        return EntityVocabulary(self.mapping, self.converter)


def terms_of(tree: object) -> Iterator[Term]:
    """Take a key condition apart.

    Raises:
        InvalidRequestError: It has a test that key conditions do not have. Not sent.
    """
    waiting = [] if tree is None else [tree]
    while waiting:
        one = waiting.pop(0)
        if type(one) is boto3_conditions.And:
            waiting = [*one.get_expression()["values"], *waiting]
            continue
        test = _TESTS.get(type(one))
        if test is None or not isinstance(one, boto3_conditions.ConditionBase):
            raise _no_key_condition(one)
        name, *values = one.get_expression()["values"]
        others = (boto3_conditions.AttributeBase, boto3_conditions.ConditionBase)
        if type(name) not in (boto3_conditions.Key, boto3_conditions.Attr):
            raise _refused(f"{test} of a key condition stands behind Key(...)")
        if any(isinstance(value, others) for value in values):
            raise _refused(f"{name.name} is compared with values only in a key condition")
        yield Term(str(name.name), test, tuple(values), one)


def _sorted_out(terms: Sequence[Term]) -> tuple[dict[str, Any], list[Term]]:
    """Tell the fields that have one value from the one that may have a range."""
    exact: dict[str, Any] = {}
    ranges = [term for term in terms if term.test != "="]
    for term in terms:
        if term.test == "=":
            if term.name in exact:
                raise _two_conditions(terms)
            exact[term.name] = term.values[0]
    if len(ranges) > 1 or any(term.name in exact for term in ranges):
        raise _two_conditions(ranges)
    return exact, ranges


def _literals(condition: Condition) -> list[Literal]:
    """Return the values of a test of a key."""
    if isinstance(condition, Comparison):
        operands: tuple[object, ...] = (condition.left, condition.right)
    elif isinstance(condition, Between):
        operands = (condition.low, condition.high)
    else:
        operands = condition.operands if isinstance(condition, Call) else ()
    return [operand for operand in operands if isinstance(operand, Literal)]


def _two_conditions(terms: Sequence[Term]) -> InvalidRequestError:
    shown = ", ".join(f"{term.name} {term.test}" for term in terms)
    return _refused(
        f"a query takes one condition on the sort key, and these are more: {shown}; a range with "
        "two ends is between(...)"
    )


def _no_key_condition(value: object) -> InvalidRequestError:
    kind = type(value).__name__
    if isinstance(value, _NAMES):
        named: Any = value
        return _refused(f"{kind} of {named.name} is incomplete: add .eq(...) or another test")
    return _refused(
        f"{kind} is no part of a key condition, which takes eq, lt, lte, gt, gte, between and "
        "begins_with, joined by &; filter= takes others"
    )


def _refused(problem: str) -> InvalidRequestError:
    return InvalidRequestError(problem, code="INVALID_KEY_CONDITION")
