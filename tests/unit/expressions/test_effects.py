"""What expressions read and write, and when two of them have nothing to do with each other."""

import pytest

from transactscope.expressions import if_not_exists, list_append, path
from transactscope.expressions.clauses import (
    AddClause,
    DeleteClause,
    RemoveClause,
    SetClause,
    Update,
)
from transactscope.expressions.effects import (
    are_disjoint,
    cannot_fail,
    paths_read_by_condition,
    paths_read_by_update,
    paths_written,
)
from transactscope.expressions.literals import Literal
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

ONE = Literal({"N": "1"})
RAW = RawCondition("a = b", {}, {})


def _texts(paths):
    return sorted(map(str, paths))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (exists(path("a.b")), ["a.b"]),
        (Comparison("=", path("a"), ONE), ["a"]),
        (Comparison("<", Literal({"M": {"x": {"N": "1"}}}), path("b[0]")), ["b[0]"]),
        (Comparison("<>", path("a"), Size(path("b"))), ["a", "b"]),
        (Between(path("a"), path("b"), path("c")), ["a", "b", "c"]),
        (In(path("a"), (ONE, path("b"), Size(path("c")))), ["a", "b", "c"]),
        (Call("contains", (path("a"), path("b"))), ["a", "b"]),
        (And((exists(path("a")), Not(Or((exists(path("b")), exists(path("a"))))))), ["a", "b"]),
    ],
    ids=str,
)
def test_a_condition_reads_every_path_in_it(condition, expected):
    """On both sides, and however deep."""
    assert expected == _texts(paths_read_by_condition(condition))


@pytest.mark.parametrize("condition", [RAW, Not(RAW), And((exists(path("a")), RAW))], ids=str)
def test_a_text_may_read_anything(condition):
    """Nobody has looked into it."""
    assert paths_read_by_condition(condition) is None


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (SetClause(path("w"), ONE), []),
        (SetClause(path("w"), path("a.b")), ["a.b"]),
        (SetClause(path("w"), path("w") + ONE), ["w"]),
        (SetClause(path("w"), if_not_exists("a", ONE) - path("b")), ["a", "b"]),
        (SetClause(path("w"), if_not_exists("a", path("b"))), ["a", "b"]),
        (SetClause(path("w"), list_append("a", if_not_exists("b", ONE))), ["a", "b"]),
        (RemoveClause(path("w")), []),
        (AddClause(path("w"), ONE), ["w"]),
        (DeleteClause(path("w"), Literal({"SS": ["x"]})), ["w"]),
    ],
    ids=str,
)
def test_an_update_reads_its_right_sides_and_what_it_adds_to(clause, expected):
    """ADD and DELETE read what they change, SET only what it names."""
    assert expected == _texts(paths_read_by_update(Update((clause,))))
    assert ["w"] == _texts(paths_written(Update((clause,))))


def test_an_update_has_the_paths_of_all_its_clauses():
    """Their order means nothing."""
    update = Update((SetClause(path("a"), path("b")), AddClause(path("c.d"), ONE)))

    assert ["a", "c.d"] == _texts(paths_written(update))
    assert ["b", "c.d"] == _texts(paths_read_by_update(update))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a", "b", True),
        ("a", "a", False),
        ("a", "a.b", False),
        ("a", "a[3].b", False),
        ("a.b", "a.c", True),
        ("a.b", "a[0]", False),
        ("a[0]", "a[1]", False),
        ("a[0].x", "a[1]", False),
        ("a[0].x", "a[1].x", True),
        ("a[0][1]", "a[1][1]", True),
        ("a[0][1]", "a[0][2].x", False),
        ("a.b[0]", "a.c[1]", True),
        ("a.b[0]", "a.c", True),
        ("a[0].x", "b[0].x", True),
        ("a[0].b[1]", "a[2]", False),
    ],
)
def test_paths_are_disjoint_unless_one_write_shows_at_the_other(one, other, expected):
    """An element of a list moves when another one is removed."""
    assert expected == are_disjoint([path(one)], [path(other)])
    assert expected == are_disjoint([path(other)], [path(one)])


def test_many_paths_are_disjoint_if_every_two_are():
    """Iterators are read once."""
    assert are_disjoint(iter([path("a"), path("b")]), iter([path("c"), path("d")]))
    assert not are_disjoint(iter([path("a"), path("b")]), iter([path("c"), path("b.x")]))
    assert are_disjoint([], [path("a")])


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (SetClause(path("a"), ONE), True),
        (SetClause(path("a"), if_not_exists("b", ONE)), True),
        (RemoveClause(path("a")), True),
        (SetClause(path("a.b"), ONE), False),
        (SetClause(path("a[0]"), ONE), False),
        (RemoveClause(path("a.b")), False),
        (SetClause(path("a"), path("b")), False),
        (SetClause(path("a"), if_not_exists("b", path("c"))), False),
        (SetClause(path("a"), if_not_exists("b.c", ONE)), False),
        (SetClause(path("a"), if_not_exists("b", ONE) + ONE), False),
        (SetClause(path("a"), list_append("a", "b")), False),
        (AddClause(path("a"), ONE), False),
        (DeleteClause(path("a"), Literal({"SS": ["x"]})), False),
    ],
    ids=str,
)
def test_only_whole_attributes_and_values_cannot_fail(clause, expected):
    """Everything else needs an attribute that is there, or that has the right type."""
    assert expected == cannot_fail(clause)
    assert expected == cannot_fail(Update((RemoveClause(path("z")), clause)))
