"""Items as documents: found, written and removed in place, never invented."""

import pytest

from transactscope.errors import InvalidRequestError
from transactscope.expressions.documents import find, put, remove
from transactscope.expressions.paths import path

ONE = {"N": "1"}


def _item():
    return {"n": {"N": "5"}, "m": {"M": {"x": {"S": "a"}}}, "l": {"L": [{"S": "b"}, {"M": {}}]}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n", {"N": "5"}),
        ("m.x", {"S": "a"}),
        ("l[0]", {"S": "b"}),
        ("l[1]", {"M": {}}),
        ("l[2]", None),
        ("l[1].x", None),
        ("absent", None),
        ("absent.x.y", None),
        ("n.x", None),
        ("n[0]", None),
        ("m[0]", None),
        ("l.x", None),
    ],
)
def test_finding_follows_maps_and_lists(text, expected):
    """A step that does not fit what is there finds nothing."""
    assert expected == find(_item(), path(text))


@pytest.mark.parametrize("text", ["n", "m.x", "m.new", "l[0]", "l[1].x", "new"])
def test_what_is_put_is_found(text):
    """Writing replaces, or adds to the map that is there."""
    item = _item()
    put(item, path(text), ONE)

    assert ONE == find(item, path(text))


@pytest.mark.parametrize("index", [2, 3, 99])
def test_putting_past_the_end_of_a_list_appends(index):
    """DynamoDB leaves no gaps in a list."""
    item = _item()
    put(item, path(f"l[{index}]"), ONE)

    assert [{"S": "b"}, {"M": {}}, ONE] == item["l"]["L"]


@pytest.mark.parametrize(
    ("text", "changed"),
    [("n", {"n": None}), ("m.x", {"m": {"M": {}}}), ("l[0]", {"l": {"L": [{"M": {}}]}})],
)
def test_what_is_removed_is_gone(text, changed):
    """The rest stays, and later elements of a list move up."""
    item = _item()
    remove(item, path(text))

    expected = {name: value for name, value in (_item() | changed).items() if value is not None}

    assert expected == item


@pytest.mark.parametrize("text", ["absent", "m.absent", "l[2]"])
def test_removing_nothing_is_no_error(text):
    """DynamoDB's REMOVE is idempotent."""
    item = _item()
    remove(item, path(text))

    assert _item() == item


@pytest.mark.parametrize(
    "change", [lambda item, at: put(item, at, ONE), remove], ids=["put", "remove"]
)
@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("absent.x", "map"),
        ("absent[0]", "list"),
        ("n.x", "map"),
        ("m[0]", "list"),
        ("l.x", "map"),
        ("l[2].x", "map"),
        ("m.y.z", "map"),
    ],
)
def test_a_parent_must_be_there(change, text, word):
    """DynamoDB calls the path invalid for update; nothing is created on the way."""
    item = _item()

    with pytest.raises(InvalidRequestError, match=f"there is no {word}") as caught:
        change(item, path(text))

    assert "UPDATE_NOT_APPLICABLE" == caught.value.code
    assert text in str(caught.value)
    assert _item() == item
