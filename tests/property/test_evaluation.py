"""Conditions: whatever is said here about one, the engine finds the same."""

import itertools
from typing import get_args

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from transactscope.expressions.evaluation import Known, Truth, evaluate
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import Path
from transactscope.expressions.predicates import (
    And,
    Between,
    Call,
    Comparator,
    Comparison,
    Condition,
    In,
    Or,
    Size,
    joined,
    negated,
)
from transactscope.expressions.rendering import render
from transactscope.values.numbers import parse_decimal
from transactscope.values.wire import canonical

# Few values, so that two of them are often equal, in order, or one in the other.
CONTENTS = {
    "S": st.sampled_from(["", "a", "ab", "b", "é", "\uffff", "\U0001d11e"]),
    "N": st.sampled_from(
        ["0", "1", "1.0", "2", "1E1", "-.5", "1E-130"]
        + [f"1234567890123456789012345678901234567{digit}" for digit in (0, 1)]
    ),
    "B": st.sampled_from([b"", b"a", b"ab", b"\x7f", b"\xff"]),
    "BOOL": st.booleans(),
    "NULL": st.just(True),
}
ORDERABLE = ("S", "N", "B")
MEMBERS = st.sampled_from("xy")


def _one_of(*strategies):
    """Draw from each as often as from the others; `st.one_of` would count their own parts."""
    return st.sampled_from(strategies).flatmap(lambda strategy: strategy)


def _tagged(tag, contents):
    return contents.map(lambda content: {tag: content})


def _set_of(tag):
    def identity(element):
        return canonical({tag: element})

    return st.lists(CONTENTS[tag], min_size=1, max_size=3, unique_by=identity)


SCALARS = {tag: _tagged(tag, contents) for tag, contents in CONTENTS.items()}
SETS = {f"{tag}S": _tagged(f"{tag}S", _set_of(tag)) for tag in ORDERABLE}
VALUES = st.recursive(
    st.one_of(*SCALARS.values(), *SETS.values()),
    lambda inner: (
        _tagged("L", st.lists(inner, max_size=3))
        | _tagged("M", st.dictionaries(MEMBERS, inner, max_size=2))
    ),
    max_leaves=4,
)
DOCUMENTS = {
    "L": _tagged("L", st.lists(VALUES, max_size=3)),
    "M": _tagged("M", st.dictionaries(MEMBERS, VALUES, max_size=2)),
}
TYPED = SCALARS | SETS | DOCUMENTS

# An attribute is named after its type, so that a test often meets the type that it is about.
ITEMS = _one_of(st.fixed_dictionaries(TYPED), st.fixed_dictionaries({}, optional=TYPED))
ROOTS = st.sampled_from(sorted(TYPED)).map(lambda tag: Path((tag,)))
PATHS = ROOTS | st.builds(
    lambda root, rest: Path((root, *rest)),
    st.sampled_from(["L", "M", "S"]),
    st.lists(MEMBERS | st.integers(0, 2), min_size=1, max_size=2),
)
READ = PATHS | st.builds(Size, PATHS)
LITERALS = st.builds(Literal, VALUES)


def _literals(*tags):
    return st.builds(Literal, st.one_of([TYPED[tag] for tag in tags]))


def _operands(first, *others):
    """Draw operands of which the first differs from all others, as DynamoDB demands."""
    return st.tuples(first, *others).filter(lambda drawn: drawn[0] not in drawn[1:])


def _alike(tags, count):
    """Draw an attribute and values of its type, or a size and numbers."""
    typed = [st.tuples(st.just(Path((tag,))), *[_literals(tag)] * count) for tag in tags]
    return st.one_of(*typed, st.tuples(st.builds(Size, ROOTS), *[_literals("N")] * count))


def _comparison(comparator):
    """Compare an attribute or a size, on either side, with what the comparator takes."""
    is_equality = comparator in {"=", "<>"}
    alike = _alike(TYPED if is_equality else ORDERABLE, 1)
    unlike = _operands(READ, READ | (LITERALS if is_equality else _literals(*ORDERABLE)))
    sides = _one_of(alike, unlike).flatmap(st.permutations)
    return sides.map(lambda pair: Comparison(comparator, *pair))


def _rank(literal):
    return parse_decimal(literal.content) if literal.tag == "N" else literal.content


def _between(operands):
    """Sort two literal bounds, as DynamoDB demands."""
    operand, *bounds = operands
    if all(isinstance(bound, Literal) for bound in bounds):
        bounds.sort(key=_rank)
    return Between(operand, *bounds)


def _have_one_type(operands):
    return len({bound.tag for bound in operands[1:] if isinstance(bound, Literal)}) < 2


BOUNDS = READ | _literals(*ORDERABLE)
CHOICES = READ | LITERALS


def _calls(function, *operands):
    return st.builds(Call, st.just(function), _one_of(*operands))


TESTS = _one_of(
    *map(_comparison, get_args(Comparator)),
    _one_of(_alike(ORDERABLE, 2), _operands(READ, BOUNDS, BOUNDS).filter(_have_one_type)).map(
        _between
    ),
    _one_of(_alike(TYPED, 3), _operands(READ, CHOICES, CHOICES)).map(
        lambda operands: In(operands[0], operands[1:])
    ),
    _calls("attribute_exists", st.tuples(PATHS)),
    _calls("attribute_not_exists", st.tuples(PATHS)),
    _calls(
        "attribute_type",
        st.tuples(PATHS, st.builds(Literal, _tagged("S", st.sampled_from(sorted(TYPED))))),
    ),
    _calls(
        "begins_with",
        *(st.tuples(st.just(Path((tag,))), _literals(tag)) for tag in ("S", "B")),
        _operands(PATHS, PATHS | _literals("S", "B")),
    ),
    _calls(
        "contains",
        *(st.tuples(st.just(Path((tag,))), _literals(tag[0])) for tag in ("S", "B", *SETS)),
        st.tuples(st.just(Path(("L",))), _literals(*SCALARS)),
        _operands(PATHS, READ | LITERALS),
    ),
)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: (
        st.builds(negated, inner)
        | st.builds(joined, st.sampled_from([And, Or]), st.lists(inner, min_size=2, max_size=3))
    ),
    max_leaves=4,
)


@attrs.frozen
class Case:
    """An item, or None for none, and a condition on it."""

    attributes: dict | None
    condition: Condition

    @property
    def answer(self):
        """What is said here."""
        return evaluate(self.condition, Known(self.attributes or {}, is_complete=True))


CASES = st.builds(Case, _one_of(ITEMS, ITEMS, ITEMS, ITEMS, st.none()), CONDITIONS)


def _found(client, table, keyed):
    """Ask the engine about cases by their keys: it judges all of them in one request."""
    requests = [
        {"PutRequest": {"Item": case.attributes | {"id": {"S": key}}}}
        for key, case in keyed.items()
        if case.attributes is not None
    ]
    if requests:
        client.batch_write_item(RequestItems={table: requests})
    checks = [_check(table, key, case.condition) for key, case in keyed.items()]
    try:
        client.transact_write_items(TransactItems=checks)
    except client.exceptions.TransactionCanceledException as error:
        reasons = error.response["CancellationReasons"]
        return [TRUTHS[reason["Code"]] for reason in reasons]
    return [Truth.YES] * len(keyed)


TRUTHS = {"None": Truth.YES, "ConditionalCheckFailed": Truth.NO}


def _check(table, key, condition):
    rendered = render(condition=condition, update=None)
    members = {
        "TableName": table,
        "Key": {"id": {"S": key}},
        "ConditionExpression": rendered.condition,
        "ExpressionAttributeNames": rendered.names,
        "ExpressionAttributeValues": rendered.values,
    }
    return {"ConditionCheck": {name: member for name, member in members.items() if member}}


@pytest.mark.slow
@pytest.mark.needs("cancel_validation")
def test_every_answer_is_that_of_the_engine(client, fresh_table):
    """A yes drops a condition, and a no refuses a call: neither may be wrong."""
    table, numbers = fresh_table(), itertools.count()

    @settings(max_examples=80, deadline=None)
    @given(st.lists(CASES, min_size=1, max_size=20))
    def agree(cases):
        keyed = {str(next(numbers)): case for case in cases if case.answer is not Truth.UNKNOWN}
        assume(keyed)

        assert [case.answer for case in keyed.values()] == _found(client, table, keyed)

    agree()


@given(ITEMS, st.sets(st.sampled_from(sorted(TYPED))), CONDITIONS)
def test_to_know_less_never_turns_an_answer_round(item, names, condition):
    """It only makes it unknown."""
    part = {name: value for name, value in item.items() if name in names}
    answer = evaluate(condition, Known(part, is_complete=False))

    assert answer in {Truth.UNKNOWN, evaluate(condition, Known(item, is_complete=True))}
