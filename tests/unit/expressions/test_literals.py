"""Values of expressions, and what cannot be one."""

from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr

from tests.unit.expressions.fakes import VOCABULARY
from transactscope.errors import InvalidRequestError
from transactscope.expressions import if_not_exists, path
from transactscope.expressions.literals import Literal, literal


def test_a_literal_is_tag_and_content():
    """Both are read all over this package."""
    value = Literal({"S": "secret"})

    assert ("S", "secret") == (value.tag, value.content)


def test_a_literal_does_not_show_its_value():
    """A repr ends up in logs and error texts."""
    assert "secret" not in repr(Literal({"S": "secret"}))


@pytest.mark.parametrize(
    "value",
    [
        path("a"),
        Attr("a"),
        Attr("a").eq(1),
        [1, [path("a") + 1]],
        {"x": {"y": if_not_exists("a", 1)}},
        (Attr("a").size(),),
        {path("a")},
    ],
    ids=["path", "attr", "condition", "in-list", "in-dict", "in-tuple", "in-set"],
)
def test_a_part_of_an_expression_is_no_value(value):
    """As a value it would be stored as a map of its own attributes, and look like success."""
    with pytest.raises(InvalidRequestError, match=r"notes: .* cannot be used as a value") as caught:
        literal(value, Any, path("notes"), VOCABULARY)

    assert "UNSUPPORTED_OPERAND" == caught.value.code


def test_collections_of_values_are_values():
    """Looking inside them changes nothing."""
    value = {"list": [1, (True,)], "set": {"a"}}

    expected = {"M": {"list": {"L": [{"N": "1"}, {"L": [{"BOOL": True}]}]}, "set": {"SS": ["a"]}}}

    assert expected == literal(value, Any, path("notes"), VOCABULARY).value
