"""Parentheses: all that are needed, none that DynamoDB calls redundant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transactscope.expressions.aliases import Aliases
from transactscope.expressions.condition_text import condition_text, raws_in
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import path
from transactscope.expressions.predicates import (
    And,
    Between,
    Call,
    Comparison,
    In,
    Not,
    Or,
    RawCondition,
    Size,
    exists,
)

A, B, C = (Comparison("=", path(name), path(f"{name}2")) for name in "abc")
ONE, TWO = Literal({"N": "1"}), Literal({"N": "2"})


def _text(condition):
    """Write a condition with its names in place, which is easier to read here."""
    aliases = Aliases()
    text = condition_text(condition, aliases)
    for alias, name in reversed(aliases.names.items()):
        text = text.replace(alias, name)
    return text


def _raw(text):
    return RawCondition(text, {}, {})


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Comparison("<>", path("a.b[0]"), ONE), "a.b[0] <> :v0"),
        (Comparison("<", ONE, Size(path("a"))), ":v0 < size(a)"),
        (Between(path("a"), ONE, TWO), "a BETWEEN :v0 AND :v1"),
        (In(path("a"), (ONE, path("b"))), "a IN (:v0, b)"),
        (exists(path("a")), "attribute_exists(a)"),
        (Call("contains", (path("a"), ONE)), "contains(a, :v0)"),
    ],
)
def test_every_test_has_its_text(condition, expected):
    """Operands stand in the order of the node."""
    assert expected == _text(condition)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (And((A, B, C)), "a = a2 AND b = b2 AND c = c2"),
        (Or((A, B, C)), "a = a2 OR b = b2 OR c = c2"),
        (Or((And((A, B)), C)), "a = a2 AND b = b2 OR c = c2"),
        (And((Or((A, B)), C)), "(a = a2 OR b = b2) AND c = c2"),
        (Not(A), "NOT a = a2"),
        (Not(And((A, B))), "NOT (a = a2 AND b = b2)"),
        (Not(Or((A, B))), "NOT (a = a2 OR b = b2)"),
        (And((Not(A), B)), "NOT a = a2 AND b = b2"),
        (Or((Not(And((A, B))), C)), "NOT (a = a2 AND b = b2) OR c = c2"),
        (Not(Between(path("a"), path("b"), path("c"))), "NOT a BETWEEN b AND c"),
        (And((Between(path("a"), path("b"), path("c")), A)), "a BETWEEN b AND c AND a = a2"),
    ],
)
def test_parentheses_follow_precedence(condition, expected):
    """`NOT a AND b` is not `NOT (a AND b)`, and `((a))` is refused."""
    assert expected == _text(condition)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (_raw("a = b OR c = d"), "a = b OR c = d"),
        (_raw("(a = b)"), "(a = b)"),
        (And((_raw("a = b OR c = d"), A)), "(a = b OR c = d) AND a = a2"),
        (And((_raw("(a = b OR c = d)"), A)), "(a = b OR c = d) AND a = a2"),
        (And((_raw(" (a = b) "), A)), " (a = b)  AND a = a2"),
        (And((_raw("(a = b) OR (c = d)"), A)), "((a = b) OR (c = d)) AND a = a2"),
        (And((_raw("size(a) = size(b)"), A)), "(size(a) = size(b)) AND a = a2"),
        (And((_raw("NOT (a = b)"), A)), "(NOT (a = b)) AND a = a2"),
        (Or((_raw("a = b"), A)), "(a = b) OR a = a2"),
        (Not(_raw("a = b AND c = d")), "NOT (a = b AND c = d)"),
        (Not(_raw("(a = b)")), "NOT (a = b)"),
    ],
)
def test_a_raw_text_is_kept_together(condition, expected):
    """Its own OR must not swallow what it is joined with."""
    assert expected == _text(condition)


def test_raw_parts_are_found_wherever_they_are():
    """Their placeholders have to be known before ours are chosen."""
    one, two, three = _raw("a"), _raw("b"), _raw("c")

    assert [one, two, three] == list(raws_in(And((one, Not(two), Or((A, three))))))


_conditions = st.recursive(
    st.sampled_from("abc"),
    lambda inner: (
        st.tuples(st.just(Not), inner)
        | st.tuples(st.sampled_from([And, Or]), st.lists(inner, min_size=2, max_size=3))
    ),
    max_leaves=8,
)


def _node(shape):
    if isinstance(shape, str):
        return Comparison("=", path(shape), path("yes"))
    kind, inner = shape
    return Not(_node(inner)) if kind is Not else kind(tuple(map(_node, inner)))


def _truth(shape, facts):
    if isinstance(shape, str):
        return facts[shape]
    kind, inner = shape
    if kind is Not:
        return not _truth(inner, facts)
    return (all if kind is And else any)(_truth(term, facts) for term in inner)


def _redundant(text):
    """Say whether a pair of parentheses holds one test, or nothing but another pair."""
    open_at, pairs = [], set()
    for place, character in enumerate(text):
        if character == "(":
            open_at.append(place)
        elif character == ")":
            pairs.add((open_at.pop(), place))
    holds_pair = any((start + 1, end - 1) in pairs for start, end in pairs)
    return holds_pair or any(len(text[start + 1 : end].split()) == 1 for start, end in pairs)


@given(_conditions, st.fixed_dictionaries(dict.fromkeys("abc", st.booleans())))
def test_the_text_means_what_the_tree_means(shape, facts):
    """Python has DynamoDB's precedence, so it can judge the parentheses."""
    text = _text(_node(shape)).replace(" = yes", "")
    python = text.replace("NOT", "not").replace("AND", "and").replace("OR", "or")

    assert _truth(shape, facts) is eval(python, {}, facts)  # noqa: S307 - our own words only
    assert not _redundant(text)
