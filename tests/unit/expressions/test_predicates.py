"""Nodes of conditions: how they join, and that no node is meaningless."""

import pytest

from transactscope.expressions.paths import path
from transactscope.expressions.predicates import (
    And,
    In,
    Not,
    Or,
    RawCondition,
    all_of,
    exists,
    joined,
    negated,
    not_exists,
)

A, B, C = (exists(path(name)) for name in "abc")


def test_all_of_nothing_is_no_demand():
    """Callers pass what they have, which may be nothing."""
    assert all_of() is None
    assert all_of(None, None) is None


def test_all_of_one_is_that_one():
    """A single term needs no AND around it."""
    assert all_of(None, A) == A


def test_all_of_flattens_and_keeps_the_order():
    """Nested ANDs would come with parentheses that say nothing."""
    either = Or((A, B))

    assert And((A, B, either, C)) == all_of(A, And((B, either)), None, C)


@pytest.mark.parametrize("kind", [And, Or])
def test_joining_takes_in_the_same_kind_only(kind):
    """AND inside OR means something else than OR inside AND."""
    other = Or if kind is And else And

    assert kind((A, B, C)) == joined(kind, [joined(kind, [A, B]), C])
    assert kind((other((A, B)), C)) == joined(kind, [other((A, B)), C])


def test_two_negations_cancel():
    """A condition is true or false; a chain of NOTs would only cost bytes."""
    assert Not(A) == negated(A)
    assert negated(negated(A)) == A


def test_presence_is_a_call():
    """These two are what `insert` and `replace` are guarded by."""
    assert "attribute_exists" == A.function
    assert "attribute_not_exists" == not_exists(path("a")).function


@pytest.mark.parametrize("kind", [And, Or])
def test_a_junction_has_two_terms_or_more(kind):
    """With fewer it would be rendered as nothing, and the guard would be gone."""
    with pytest.raises(ValueError, match="terms"):
        kind((A,))


def test_a_choice_has_an_alternative():
    """DynamoDB has no empty IN."""
    with pytest.raises(ValueError, match="choices"):
        In(path("a"), ())


def test_raw_values_are_not_shown():
    """A repr ends up in logs and error texts."""
    assert "secret" not in repr(RawCondition("a = :v", {}, {":v": {"S": "secret"}}))
