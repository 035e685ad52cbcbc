"""Whole expressions: what a request member gets, always the same for the same trees."""

import pytest
from boto3.dynamodb.conditions import Attr

from tests.unit.expressions.fakes import VOCABULARY
from transactscope.errors import InvalidRequestError
from transactscope.expressions.conditions import all_of, condition_from
from transactscope.expressions.predicates import RawCondition
from transactscope.expressions.raw import raw_update
from transactscope.expressions.rendering import Rendered, render
from transactscope.expressions.translation import translate
from transactscope.expressions.updates import update_from


def test_nothing_renders_as_nothing():
    """A plain put has no expressions, and DynamoDB refuses empty ones."""
    assert Rendered(None, None, {}, {}) == render(condition=None, update=None)


def test_condition_and_update_share_their_placeholders():
    """A request member has one pair of mappings for both."""
    condition = translate(Attr("price").gte(10), VOCABULARY)
    update = update_from(add={"price": -10}, remove="address.city", vocabulary=VOCABULARY)

    expected = Rendered(
        condition="#n0 >= :v0",
        update="REMOVE #n1.#n2 ADD #n0 :v1",
        names={"#n0": "price", "#n1": "address", "#n2": "city"},
        values={":v0": {"N": "10"}, ":v1": {"N": "-10"}},
    )

    assert expected == render(condition=condition, update=update)
    assert expected == render(condition=condition, update=update)


def test_our_placeholders_avoid_those_of_raw_parts():
    """A raw condition may call its own `#n0` and `:v0`, first or last."""
    ours = translate(Attr("price").gte(10), VOCABULARY)
    raw = condition_from("#n0 = :v0", {"#n0": "x"}, {":v0": 1}, VOCABULARY)

    rendered = render(condition=all_of(ours, raw), update=None)

    assert "#n1 >= :v1 AND (#n0 = :v0)" == rendered.condition
    assert {"#n0": "x", "#n1": "price"} == rendered.names
    assert {":v0": {"N": "1"}, ":v1": {"N": "10"}} == rendered.values


def test_raw_parts_may_share_a_definition_and_not_disagree():
    """boto3's calls define placeholders once for both expressions."""
    update = raw_update("SET #a = :v", {"#a": "x"}, {":v": {"N": "1"}})
    same = RawCondition("#a < :v", {"#a": "x"}, {":v": {"N": "1"}})
    other = RawCondition("#a < :v", {"#a": "y"}, {":v": {"N": "1"}})

    expected = Rendered("#a < :v", "SET #a = :v", {"#a": "x"}, {":v": {"N": "1"}})

    assert expected == render(condition=same, update=update)
    with pytest.raises(InvalidRequestError, match="#a is defined twice"):
        render(condition=other, update=update)


def test_rendered_values_are_not_shown():
    """A repr ends up in logs and error texts."""
    condition = translate(Attr("title").eq("secret"), VOCABULARY)

    assert "secret" not in repr(render(condition=condition, update=None))
