"""An item after an update: as DynamoDB would store it, from the item before."""

import copy

import pytest

from tests.unit.expressions.fakes import VOCABULARY
from transactscope.errors import InvalidRequestError
from transactscope.expressions import if_not_exists, list_append, path
from transactscope.expressions.application import apply_update
from transactscope.expressions.updates import update_from

KEY = {"id": {"S": "1"}}


def _item():
    return {
        **KEY,
        "price": {"N": "5"},
        "tags": {"L": [{"S": "a"}, {"S": "b"}, {"S": "c"}]},
        "address": {"M": {"city": {"S": "Wien"}}},
        "colours": {"SS": ["red"]},
        "lines": {"L": [{"M": {"n": {"N": "1"}}}, {"M": {"n": {"N": "2"}, "m": {"N": "3"}}}]},
    }


def _applied(item, **changes):
    return apply_update(update_from(**changes, vocabulary=VOCABULARY), item, KEY)


def _changed(**changes):
    """Return the attributes that an update has changed, None for those that are gone."""
    before, after = _item(), _applied(_item(), **changes)
    names = before.keys() | after.keys()
    return {name: after.get(name) for name in names if before.get(name) != after.get(name)}


def _list(*texts):
    return {"L": [{"S": text} for text in texts]}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"set": {"price": 7, "title": "x"}}, {"price": {"N": "7"}, "t": {"S": "x"}}),
        (
            {"set": {"address.zip": "1010"}, "remove": "address.city"},
            {"address": {"M": {"zip": {"S": "1010"}}}},
        ),
        ({"set": {"tags[1]": "x"}}, {"tags": _list("a", "x", "c")}),
        ({"set": {"tags": list_append("tags", ["d"])}}, {"tags": _list("a", "b", "c", "d")}),
        ({"set": {"tags[9]": "y", "tags[3]": "x"}}, {"tags": _list("a", "b", "c", "x", "y")}),
        ({"remove": "price"}, {"price": None}),
        ({"remove": ["visits", "tags[7]", "address.zip"]}, {}),
        ({"remove": ["tags[0]", "tags[1]"]}, {"tags": _list("c")}),
        ({"remove": ["tags[1]", "tags[0]"]}, {"tags": _list("c")}),
        ({"set": {"tags[2]": "x"}, "remove": "tags[0]"}, {"tags": _list("b", "x")}),
        ({"set": {"tags[9]": "x"}, "remove": "tags[0]"}, {"tags": _list("b", "c", "x")}),
        (
            {"remove": ["lines[0]", "lines[1].n"]},
            {"lines": {"L": [{"M": {"m": {"N": "3"}}}]}},
        ),
        ({"add": {"price": 1, "visits": 2}}, {"price": {"N": "6"}, "visits": {"N": "2"}}),
        ({"add": {"colours": {"blue"}}}, {"colours": {"SS": ["red", "blue"]}}),
        ({"delete": {"colours": {"red"}}}, {"colours": None}),
        ({"delete": {"colours": {"blue"}, "sizes": {1}}}, {}),
        (
            {"set": {"price": path("price") + 1, "list_price": path("price")}},
            {"price": {"N": "6"}, "list_price": {"N": "5"}},
        ),
        (
            {"set": {"list_price": path("price")}, "remove": "price"},
            {"price": None, "list_price": {"N": "5"}},
        ),
        ({"set": {"visits": if_not_exists("visits", 0) + 1}}, {"visits": {"N": "1"}}),
    ],
    ids=str,
)
def test_every_right_side_and_index_is_about_the_item_before(changes, expected):
    """No clause sees what another one does, whatever their order."""
    assert expected == _changed(**changes)


def test_an_absent_item_is_created_with_its_key():
    """UpdateItem inserts where nothing is stored."""
    after = _applied(
        None,
        set={"title": "x", "visits": if_not_exists("visits", 0)},
        add={"price": 2},
        remove="notes",
    )

    assert {**KEY, "t": {"S": "x"}, "visits": {"N": "0"}, "price": {"N": "2"}} == after


def test_removing_from_an_absent_item_leaves_its_key():
    """DynamoDB stores an item that has its key only."""
    assert KEY == _applied(None, remove="notes", delete={"colours": {"red"}})


@pytest.mark.parametrize(
    ("item", "changes", "words"),
    [
        (None, {"set": {"price": path("list_price")}}, "list_price: it is read for price"),
        (None, {"set": {"address.city": "x"}}, "address.city: there is no map"),
        (None, {"remove": "tags[0]"}, r"tags\[0\]: there is no list"),
        (_item(), {"set": {"lines[2].n": 1}}, r"lines\[2\].n: there is no map"),
        (_item(), {"set": {"notes[0]": 1}}, r"notes\[0\]: there is no list"),
        (_item(), {"remove": "notes.a"}, "notes.a: there is no map"),
        (_item(), {"delete": {"notes.a": {"x"}}}, "notes.a: there is no map"),
        (_item(), {"add": {"notes.a": 1}}, "notes.a: there is no map"),
    ],
    ids=str,
)
def test_what_the_server_would_refuse_is_refused(item, changes, words):
    """A result that DynamoDB would never store must not be read."""
    with pytest.raises(InvalidRequestError, match=words) as caught:
        _applied(item, **changes)

    assert "UPDATE_NOT_APPLICABLE" == caught.value.code


def test_the_result_shares_nothing_with_what_it_came_from():
    """Whoever changes one item must not change another."""
    item, update = (
        _item(),
        update_from(
            set={"notes": [["x"]], "list_price": path("price"), "lines[9]": path("lines[0]")},
            vocabulary=VOCABULARY,
        ),
    )
    before = copy.deepcopy((item, update))

    after = apply_update(update, item, KEY)
    after["notes"]["L"][0]["L"].clear()
    after["lines"]["L"][2]["M"].clear()
    after["address"]["M"].clear()
    after["id"]["S"] = "2"

    assert before == (item, update)
    assert {"N": "1"} == after["lines"]["L"][0]["M"]["n"]
    assert {"S": "1"} == KEY["id"]


def test_a_created_item_shares_nothing_with_its_key():
    """The key goes on into the request."""
    after = _applied(None, remove="notes")
    after["id"]["S"] = "2"

    assert {"S": "1"} == KEY["id"]
