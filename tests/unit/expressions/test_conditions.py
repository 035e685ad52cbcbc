"""`condition=`, `names=` and `values=` as they come from a caller."""

import pytest
from boto3.dynamodb.conditions import Attr

from tests.unit.expressions.fakes import VOCABULARY
from transactscope.errors import InvalidRequestError
from transactscope.expressions.conditions import RawCondition, condition_from
from transactscope.expressions.translation import translate


def test_no_condition_is_no_demand():
    """Most writes have none."""
    assert condition_from(None, None, None, VOCABULARY) is None
    assert condition_from(None, {}, {}, VOCABULARY) is None


def test_a_tree_is_translated():
    """The door adds nothing to it."""
    tree = Attr("price").gte(10)

    assert translate(tree, VOCABULARY) == condition_from(tree, None, None, VOCABULARY)


def test_a_string_takes_names_and_values():
    """They are its placeholders."""
    expected = RawCondition("#p > :p", {"#p": "price"}, {":p": {"N": "1"}})

    assert expected == condition_from("#p > :p", {"#p": "price"}, {":p": 1}, VOCABULARY)


@pytest.mark.parametrize("condition", [None, Attr("price").exists()])
@pytest.mark.parametrize(("names", "values"), [({"#p": "price"}, None), (None, {":p": 1})])
def test_placeholders_without_a_string_are_refused(condition, names, values):
    """They would be dropped, and the condition would not be what was meant."""
    with pytest.raises(InvalidRequestError, match="belong to a condition that is a string"):
        condition_from(condition, names, values, VOCABULARY)


def test_an_empty_string_is_a_condition_and_refused():
    """It must not count as no condition at all."""
    with pytest.raises(InvalidRequestError, match="not blank"):
        condition_from("", None, None, VOCABULARY)


def test_false_is_refused():
    """`condition=Attr("a") == 1` is False, which must not count as no condition."""
    with pytest.raises(InvalidRequestError, match="bool"):
        condition_from(condition=False, names=None, values=None, vocabulary=VOCABULARY)


@pytest.mark.parametrize("wrong", [0, False, "", []], ids=repr)
@pytest.mark.parametrize("condition", [None, Attr("price").gte(10)], ids=["none", "tree"])
def test_names_and_values_that_are_no_mapping_are_refused(condition, wrong):
    """What is false was taken for nothing."""
    with pytest.raises(InvalidRequestError, match="names= takes a mapping"):
        condition_from(condition, wrong, None, VOCABULARY)
    with pytest.raises(InvalidRequestError, match="values= takes a mapping"):
        condition_from(condition, None, wrong, VOCABULARY)
