"""boto3's condition trees: everything arrives, or is refused by name."""

import datetime as dt
import functools
import operator
from decimal import Decimal

import pytest
from boto3.dynamodb import conditions as boto3_conditions
from boto3.dynamodb.conditions import Attr, Key

from tests.unit.expressions.fakes import VOCABULARY
from transactscope.errors import ConversionError, InvalidRequestError
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
    Size,
)
from transactscope.expressions.translation import translate


def _n(number):
    return Literal({"N": str(number)})


def _s(text):
    return Literal({"S": text})


PRICE = path("price")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Attr("price").eq(1), Comparison("=", PRICE, _n(1))),
        (Attr("price").ne(1), Comparison("<>", PRICE, _n(1))),
        (Attr("price").lt(1), Comparison("<", PRICE, _n(1))),
        (Attr("price").lte(1), Comparison("<=", PRICE, _n(1))),
        (Attr("price").gt(1), Comparison(">", PRICE, _n(1))),
        (Attr("price").gte(1), Comparison(">=", PRICE, _n(1))),
        (Key("id").eq("x"), Comparison("=", path("id"), _s("x"))),
        (Attr("price").between(1, 2), Between(PRICE, _n(1), _n(2))),
        (Attr("price").is_in([1, 2]), In(PRICE, (_n(1), _n(2)))),
        (Attr("price").is_in((1,)), In(PRICE, (_n(1),))),
        (Attr("price").exists(), Call("attribute_exists", (PRICE,))),
        (Attr("price").not_exists(), Call("attribute_not_exists", (PRICE,))),
        (Attr("price").attribute_type("N"), Call("attribute_type", (PRICE, _s("N")))),
        (Attr("title").begins_with("x"), Call("begins_with", (path("t"), _s("x")))),
        (
            Attr("image").begins_with(b"x"),
            Call("begins_with", (path("image"), Literal({"B": b"x"}))),
        ),
        (Attr("tags").contains("x"), Call("contains", (path("tags"), _s("x")))),
        (Attr("sizes").contains(4), Call("contains", (path("sizes"), _n(4)))),
        (Attr("title").contains("x"), Call("contains", (path("t"), _s("x")))),
        (Attr("subtitle").contains("x"), Call("contains", (path("subtitle"), _s("x")))),
        (Attr("image").contains(b"x"), Call("contains", (path("image"), Literal({"B": b"x"})))),
        (Attr("tags").size().gt(3), Comparison(">", Size(path("tags")), _n(3))),
        (boto3_conditions.In(Attr("title").size(), [1]), In(Size(path("t")), (_n(1),))),
        (Attr("price").lt(Attr("list_price")), Comparison("<", PRICE, path("list_price"))),
        (Attr("price").lt(path("list_price")), Comparison("<", PRICE, path("list_price"))),
        (Attr("tags").size().eq(Attr("price")), Comparison("=", Size(path("tags")), PRICE)),
        (Attr("price").between(Attr("list_price"), 9), Between(PRICE, path("list_price"), _n(9))),
        (Attr("address.city").eq("x"), Comparison("=", path("address.city"), _s("x"))),
        (Attr("lines[0].n").eq(5), Comparison("=", path("lines[0].n"), _n(5))),
        (Attr("visits").eq(None), Comparison("=", path("visits"), Literal({"NULL": True}))),
        (
            Attr("in_stock").eq(value=True),
            Comparison("=", path("in_stock"), Literal({"BOOL": True})),
        ),
    ],
)
def test_every_test_of_boto3_is_translated(condition, expected):
    """Operators, functions, nested paths and comparisons of attributes all have their node."""
    assert expected == translate(condition, VOCABULARY)


def test_values_may_stand_first():
    """boto3's classes can be built by hand; the attribute still gives the type."""
    condition = boto3_conditions.In("x", [Attr("title"), Attr("subtitle")])

    assert In(_s("x"), (path("t"), path("subtitle"))) == translate(condition, VOCABULARY)


def test_junctions_are_flattened():
    """boto3 nests every & and |; flat terms need no parentheses among their own kind."""
    a, b, c, d = (Attr(name).exists() for name in ("title", "price", "tags", "notes"))
    ours = [translate(term, VOCABULARY) for term in (a, b, c, d)]

    assert And(tuple(ours)) == translate(a & b & (c & d), VOCABULARY)
    assert Or((And(tuple(ours[:2])), *ours[2:])) == translate((a & b) | c | d, VOCABULARY)


@pytest.mark.parametrize("join", [operator.and_, operator.or_])
def test_long_junctions_are_no_deep_ones(join):
    """DynamoDB takes 300 operators, and Python fewer than 1000 nested calls."""
    terms = [Attr("price").ne(number) for number in range(300)]

    condition = translate(functools.reduce(join, terms), VOCABULARY)

    assert [_n(number) for number in range(300)] == [term.right for term in condition.terms]


def test_negation_is_kept():
    """NOT over a junction is the opposite of the whole junction."""
    a, b = Attr("title").exists(), Attr("price").exists()
    ours = And((translate(a, VOCABULARY), translate(b, VOCABULARY)))

    assert Not(ours) == translate(~(a & b), VOCABULARY)
    assert ours == translate(~~(a & b), VOCABULARY)


def test_choices_of_a_set_are_in_a_fixed_order():
    """The order of a set of strings differs between runs; a request must not."""
    condition = Attr("title").is_in({"b", "c", "a"})

    assert (_s("a"), _s("b"), _s("c")) == translate(condition, VOCABULARY).choices


def test_a_set_of_choices_may_hold_paths():
    """A path is hashable, and means the attribute."""
    condition = Attr("price").is_in(frozenset({5, path("list_price")}))

    assert {_n(5).content, "list_price"} == {
        str(getattr(choice, "content", choice))
        for choice in translate(condition, VOCABULARY).choices
    }


@pytest.mark.parametrize(
    "condition",
    [
        Attr("price").eq("12"),
        Attr("price").between(1, "2"),
        Attr("price").is_in([1, "2"]),
        Attr("title").eq(None),
        Attr("tags").contains(5),
        Attr("title").contains(5),
        Attr("title").begins_with(5),
        Attr("lines[0].n").eq("x"),
        Attr("price").eq(lambda: 5),
    ],
)
def test_a_value_of_another_type_is_refused(condition):
    """A comparison across types is always false in DynamoDB, and nobody would notice."""
    with pytest.raises(ConversionError):
        translate(condition, VOCABULARY)


class ForeignCondition(boto3_conditions.Equals):
    """What another library may derive."""


class ForeignAttribute(boto3_conditions.AttributeBase):
    """What another library may derive."""


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (ForeignCondition(Attr("price"), 1), "ForeignCondition"),
        (boto3_conditions.ConditionBase(), "ConditionBase"),
        (Attr("price"), "Attr of price is incomplete"),
        (Key("price"), "Key of price is incomplete"),
        (Attr("price").size(), "Size of price is incomplete"),
        (True, "a bool is no condition"),
        (Attr("price") == 5, "a bool is no condition"),
        ({"price": 5}, "dict is no condition"),
        (lambda: True, "function is no condition"),
        (path("price"), "Path is no condition"),
        (Attr("price").exists() & Attr("price").size(), "Size of price is incomplete"),
        (~Attr("price").size(), "Size of price is incomplete"),
        (boto3_conditions.And(Attr("price").exists(), Attr("title")), "Attr of title"),
        (
            boto3_conditions.And(Attr("price").exists(), boto3_conditions.And()),
            "AND takes 2 operands, not 0",
        ),
        (boto3_conditions.And(Attr("price").exists()), "AND takes 2 operands, not 1"),
        (boto3_conditions.Between(Attr("price"), 1), "BETWEEN takes 3 operands, not 2"),
        (boto3_conditions.Equals(Attr("price"), 1, 2), "= takes 2 operands, not 3"),
        (boto3_conditions.Equals(1, 2), "= compares values only"),
        (Attr("price").eq(Attr("price")), "= compares price with itself"),
        (Attr("tags").size().eq(Attr("tags").size()), r"= compares size\(tags\) with itself"),
        (Attr("tags").contains(Attr("tags")), r"contains\(\) compares tags with itself"),
        (Attr("price").is_in([1, Attr("price")]), "IN compares price with itself"),
        (Attr("in_stock").lt(value=True), "< takes values of type S, N, B, not BOOL"),
        (Attr("visits").gte(None), ">= takes values of type S, N, B, not NULL"),
        (Attr("tags").between(["a"], ["b"]), "BETWEEN takes values of type S, N, B, not L"),
        (Attr("notes").between(1, "2"), "bounds of one type, not N and S"),
        (Attr("price").between(10, 9), "lower bound first"),
        (Attr("title").between("ü", "z"), "lower bound first"),
        (Attr("image").between(b"b", b"a"), "lower bound first"),
        (Attr("tags").size().gt("3"), r"size\(tags\) > takes values of type N, not S"),
        (Attr("tags").size().eq(value=True), r"size\(tags\) = takes values of type N, not BOOL"),
        (Attr("price").begins_with(5), r"begins_with\(\) takes values of type S, B, not N"),
        (Attr("title").size().begins_with("x"), r"begins_with\(\) takes an attribute, not Size"),
        (boto3_conditions.AttributeExists("price"), r"attribute_exists\(\) takes an attribute"),
        (boto3_conditions.Size(ForeignAttribute("price")).eq(1), r"size\(\) takes an attribute"),
        (Attr("price").eq(ForeignAttribute("title")), "ForeignAttribute cannot be used"),
        (Attr("price").eq(Attr("title").exists()), "AttributeExists cannot be used"),
        (Attr("price").eq(path("list_price") + 1), "Arithmetic cannot be used"),
        (Attr("price").attribute_type("INT"), r"attribute_type\(\) takes one of S, SS"),
        (Attr("price").attribute_type(["N"]), r"attribute_type\(\) takes one of S, SS"),
        (Attr("title").is_in("abc"), "IN takes a list, tuple or set, not str"),
        (Attr("title").is_in({"a": 1}), "IN takes a list, tuple or set, not dict"),
        (Attr("title").is_in(iter("abc")), "IN takes a list, tuple or set, not str_"),
        (Attr("title").is_in([]), "IN takes 1 to 100 values, not 0"),
        (Attr("price").is_in(list(range(101))), "IN takes 1 to 100 values, not 101"),
        (Attr("pric").eq(1), "pric"),
        (Attr("price").eq(Attr("titel")), "titel"),
        (Attr("tagz").size().eq(1), "tagz"),
        (Attr("").exists(), "is no path"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(condition, words):
    """A part that vanished would leave a weaker guard, or none."""
    with pytest.raises(InvalidRequestError, match=words):
        translate(condition, VOCABULARY)


def test_the_largest_number_of_choices_is_allowed():
    """The limit is DynamoDB's and inclusive."""
    assert 100 == len(translate(Attr("price").is_in(list(range(100))), VOCABULARY).choices)


def test_equal_bounds_and_bounds_in_numeric_order_are_allowed():
    """9 comes before 10 as a number, though not as text."""
    condition = Attr("weight").between(Decimal("9.0"), Decimal(10))

    assert Between(path("weight"), _n(9), _n(10)) == translate(condition, VOCABULARY)
    assert translate(Attr("price").between(1, 1), VOCABULARY)


def test_refusals_do_not_show_values():
    """Error texts end up in logs, values belong to users."""
    condition = Attr("title").between("secret-b", "secret-a")

    with pytest.raises(InvalidRequestError) as caught:
        translate(condition, VOCABULARY)

    assert "secret" not in str(caught.value)


def test_a_value_without_declared_type_converts_by_its_own():
    """Not every attribute has a declared type."""
    condition = Attr("notes").eq(dt.date(2026, 1, 2))

    assert _s("2026-01-02") == translate(condition, VOCABULARY).right
