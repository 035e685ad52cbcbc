"""Updates as text: each keyword once, every operand in its place."""

import pytest

from transactscope.expressions import if_not_exists, list_append, path
from transactscope.expressions.aliases import Aliases
from transactscope.expressions.arithmetic import Arithmetic
from transactscope.expressions.clauses import (
    AddClause,
    DeleteClause,
    RawUpdate,
    RemoveClause,
    SetClause,
    Update,
)
from transactscope.expressions.literals import Literal
from transactscope.expressions.update_text import update_text

ONE, LIST, SET = Literal({"N": "1"}), Literal({"L": []}), Literal({"SS": ["x"]})


def test_each_keyword_stands_once():
    """DynamoDB takes every section at most once, whatever the order of the clauses."""
    clauses = (
        DeleteClause(path("e"), SET),
        SetClause(path("a"), ONE),
        RemoveClause(path("c[0]")),
        AddClause(path("d"), ONE),
        SetClause(path("b"), path("a")),
        RemoveClause(path("c[1]")),
    )
    aliases = Aliases()

    expected = "SET #n0 = :v0, #n1 = #n0 REMOVE #n2[0], #n2[1] ADD #n3 :v1 DELETE #n4 :v2"

    assert expected == update_text(Update(clauses), aliases)
    assert {"#n0": "a", "#n1": "b", "#n2": "c", "#n3": "d", "#n4": "e"} == aliases.names
    assert {":v0": ONE.value, ":v1": ONE.value, ":v2": SET.value} == aliases.values


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Arithmetic(path("b"), "-", ONE), "#n1 - :v0"),
        (Arithmetic(ONE, "+", path("a")), ":v0 + #n0"),
        (if_not_exists("b.c", ONE), "if_not_exists(#n1.#n2, :v0)"),
        (if_not_exists("b", path("c")), "if_not_exists(#n1, #n2)"),
        (if_not_exists("a", ONE) + ONE, "if_not_exists(#n0, :v0) + :v1"),
        (list_append("a", "b"), "list_append(#n0, #n1)"),
        (list_append(if_not_exists("a", LIST), "b"), "list_append(if_not_exists(#n0, :v0), #n1)"),
    ],
    ids=str,
)
def test_every_operand_has_its_text(value, expected):
    """Functions nest as far as DynamoDB lets them."""
    update = Update((SetClause(path("a"), value),))

    assert f"SET #n0 = {expected}" == update_text(update, Aliases())


def test_a_raw_update_is_sent_as_it_is():
    """Its writer knows what it says."""
    assert "SET a = b " == update_text(RawUpdate("SET a = b ", {}, {}), Aliases())
