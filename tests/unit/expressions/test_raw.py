"""Conditions and updates written as text: placeholders and parentheses are checked."""

import pytest

from tests.unit.expressions.fakes import VOCABULARY
from transactscope.errors import ConversionError, InvalidRequestError
from transactscope.expressions.clauses import RawUpdate
from transactscope.expressions.predicates import RawCondition
from transactscope.expressions.raw import raw, raw_condition, raw_update, refuse_unused


def test_a_text_keeps_its_placeholders():
    """Names are attribute names as they are, values convert by their own types."""
    condition = raw("#s = :open", {"#s": "status"}, {":open": "OPEN"}, VOCABULARY)

    assert RawCondition("#s = :open", {"#s": "status"}, {":open": {"S": "OPEN"}}) == condition


def test_a_text_needs_no_placeholders():
    """Plain names are legal in an expression."""
    assert RawCondition("attribute_exists(id)", {}, {}) == raw(
        "attribute_exists(id)", None, None, VOCABULARY
    )


@pytest.mark.parametrize(
    ("text", "names", "values", "words"),
    [
        ("", None, None, "not blank"),
        (" \n", None, None, "not blank"),
        (5, None, None, "not blank"),
        ("a = :v", None, None, ":v is used and not defined"),
        ("#a = b", {"#b": "b"}, None, "#a is used and not defined"),
        ("a = b", {"#b": "b"}, None, "#b is defined and never used"),
        ("a = b", None, {":b": 1}, ":b is defined and never used"),
        ("a = :", None, None, ": is used and not defined"),
        ("a = :v", None, {"v": 1}, "'v' is no placeholder: :"),
        ("a = :v", None, {":v-1": 1}, "':v-1' is no placeholder"),
        ("a = :v", None, {":": 1}, "':' is no placeholder"),
        ("a = :v", None, {5: 1}, "5 is no placeholder"),
        ("a = :v", None, {"#v": 1}, "'#v' is no placeholder"),
        ("#a = b", {":a": "a"}, None, "':a' is no placeholder"),
        ("#a = b", {"a": "a"}, None, "'a' is no placeholder"),
        ("#a = b", {"#a": ""}, None, "#a stands for no attribute name"),
        ("#a = b", {"#a": 5}, None, "#a stands for no attribute name"),
        ("#a = b", ["#a"], None, "names= takes a mapping, not list"),
        ("a = :b", None, [":b"], "values= takes a mapping, not list"),
        ("(a = b", None, None, "parentheses"),
        ("a = b)", None, None, "parentheses"),
        ("a = b) OR (c = d", None, None, "parentheses"),
    ],
)
def test_a_text_that_does_not_fit_is_refused(text, names, values, words):
    """The server would refuse it later, or read it otherwise once it is joined with another."""
    with pytest.raises(InvalidRequestError, match=words) as caught:
        raw(text, names, values, VOCABULARY)

    assert "INVALID_EXPRESSION" == caught.value.code


def test_a_value_that_cannot_be_stored_is_refused():
    """Raw text does not mean unchecked values."""
    with pytest.raises(ConversionError):
        raw("a = :v", None, {":v": float("nan")}, VOCABULARY)


def test_expressions_of_one_call_share_definitions():
    """boto3 has one pair of mappings for both expressions; each keeps what it uses."""
    names, values = {"#a": "a", "#b": "b"}, {":x": {"N": "1"}, ":y": {"N": "2"}}

    assert RawCondition("#a = :x", {"#a": "a"}, {":x": {"N": "1"}}) == raw_condition(
        "#a = :x", names, values
    )
    assert RawUpdate("SET #b = :y", {"#b": "b"}, {":y": {"N": "2"}}) == raw_update(
        "SET #b = :y", names, values
    )


def test_a_definition_is_used_by_any_of_the_texts():
    """Only what none of them uses is refused."""
    refuse_unused(("#a = b", None, "SET #c = :d"), {"#a": "a", "#c": "c"}, {":d": {"N": "1"}})

    with pytest.raises(InvalidRequestError, match="#a1 is defined"):
        refuse_unused(("#a11 = b",), {"#a1": "a"}, None)


@pytest.mark.parametrize("wrong", [True, 0, "", []], ids=repr)
def test_definitions_that_are_no_mapping_are_refused(wrong):
    """True was a TypeError, and what is false was taken for nothing."""
    with pytest.raises(InvalidRequestError, match="names= takes a mapping"):
        refuse_unused((None,), wrong, None)
    with pytest.raises(InvalidRequestError, match="values= takes a mapping"):
        refuse_unused((None,), None, wrong)
