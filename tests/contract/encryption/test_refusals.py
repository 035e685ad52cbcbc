"""What cannot be done with sealed values is refused."""

import pytest

from tests.contract.vault import Customer, Foreign, Note
from tests.shells import TransactScope
from transactscope import Attr, if_not_exists, list_append, path
from transactscope.errors import InvalidRequestError

REFUSED = {
    "add": {"add": {"scores": 1}},
    "delete": {"delete": {"scores": {1}}},
    "append": {"set": {"scores": list_append("scores", [1])}},
    "default": {"set": {"passport": if_not_exists("passport", "x")}},
    "copy from": {"set": {"name": path("passport")}},
    "copy to": {"set": {"passport": path("name")}},
    "sum": {"set": {"visits": path("passport") + 1}},
    "inside": {"set": {"scores[0]": 1}},
    "remove inside": {"remove": "scores[0]"},
    "equal": {"set": {"visits": 1}, "condition": Attr("passport").eq("x")},
    "greater": {"set": {"visits": 1}, "condition": Attr("passport").gt("x")},
    "begins": {"set": {"visits": 1}, "condition": Attr("passport").begins_with("x")},
    "contains": {"set": {"visits": 1}, "condition": ~Attr("scores").contains(1)},
    "type": {"set": {"visits": 1}, "condition": Attr("passport").attribute_type("S")},
    "size": {"set": {"visits": 1}, "condition": Attr("passport").size().gt(1)},
    "in": {"set": {"visits": 1}, "condition": Attr("passport").is_in(["x"])},
    "between": {"set": {"visits": 1}, "condition": Attr("passport").between("a", "b")},
    "compared": {"set": {"visits": 1}, "condition": Attr("name").eq(path("passport"))},
    "exists inside": {"set": {"visits": 1}, "condition": Attr("scores[0]").exists()},
    "text": {"set": {"visits": 1}, "condition": "passport = name"},
    "text with names": {
        "set": {"visits": 1},
        "condition": "#p <> visits",
        "names": {"#p": "passport"},
    },
}


@pytest.mark.parametrize("arguments", REFUSED.values(), ids=REFUSED)
def test_what_dynamodb_cannot_do_with_sealed_values_is_refused(safe, sent, arguments):
    """At the call, and nothing of it is sent."""
    with pytest.raises(InvalidRequestError) as caught:
        safe.update(Customer, "C-1", **arguments)

    assert "ENCRYPTED_FIELD" == caught.value.code
    assert "is stored encrypted" in str(caught.value)
    assert [] == sent.requests


def test_filters_are_conditions(safe, sent):
    """A query cannot look into sealed values, either."""
    with pytest.raises(InvalidRequestError, match="stored encrypted"):
        list(safe.query(Foreign, "u-1", filter=Attr("card").eq("x")))
    with pytest.raises(InvalidRequestError, match="stored encrypted"):
        list(safe.query(Foreign | Note, "u-1", filter=Attr("text").eq("x")))
    assert [] == sent.requests

    safe.put(Foreign("u-1", 1, "card"))
    assert [Foreign("u-1", 1, "card")] == list(
        safe.query(Foreign, "u-1", filter=Attr("card").exists())
    )


def test_text_that_only_looks_like_a_field_is_taken(safe):
    """A placeholder that is called like a field is none."""
    safe.put(Customer("C-1"))

    safe.update(
        Customer,
        "C-1",
        set={"visits": 1},
        condition="visits = :passport",
        values={":passport": 0},
    )

    assert 1 == safe.get(Customer, "C-1").visits


def test_a_marker_cannot_be_encrypted(safe):
    """It would have to be compared with the one that is stored."""
    with TransactScope(safe) as tx, pytest.raises(InvalidRequestError) as caught:
        tx.once(Customer("C-1"))

    assert "ENCRYPTED_FIELD" == caught.value.code
