"""What an update leaves at least: never more than what DynamoDB would have stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.expressions.fakes import VOCABULARY
from transactscope import if_not_exists, list_append, path
from transactscope.errors import InvalidRequestError
from transactscope.expressions.application import apply_update
from transactscope.expressions.least import least_sizes
from transactscope.expressions.updates import update_from
from transactscope.values.sizes import attribute_size

CHANGES = {
    "a value": ({"set": {"image": b"12345"}}, {"image": 5 + 5}),
    "two attributes": ({"set": {"notes": "é", "price": 100}}, {"notes": 5 + 2, "price": 5 + 2}),
    "an attribute with another name": ({"set": {"title": "ab"}}, {"t": 1 + 2}),
    "a copy": ({"set": {"price": path("list_price")}}, {"price": 5}),
    "a default": ({"set": {"notes": if_not_exists("notes", "long")}}, {"notes": 5}),
    "arithmetic": ({"set": {"price": path("price") + 12345}}, {"price": 5 + 1}),
    "an appended list": ({"set": {"tags": list_append("tags", ["ab"])}}, {"tags": 4 + 3 + 1 + 2}),
    "a prepended list": ({"set": {"tags": list_append(["a"], "tags")}}, {"tags": 4 + 3 + 1 + 1}),
    "two stored lists": ({"set": {"tags": list_append("tags", "tags")}}, {"tags": 4 + 3}),
    "a sum": ({"add": {"visits": 10**30}}, {"visits": 6 + 1}),
    "a union": ({"add": {"colours": {"red", "blue"}}}, {"colours": 7 + 7}),
    "a removal": ({"remove": "notes"}, {}),
    "what is left of a set": ({"delete": {"colours": {"red"}}}, {}),
    "a member of a map": ({"set": {"address.city": "ab"}}, {"address": 7 + 3 + 1 + 4 + 2}),
    "two members of a map": (
        {"set": {"address.city": "ab", "address.street": "abc"}},
        {"address": 7 + 3 + 1 + 4 + 2 + 1 + 6 + 3},
    ),
    "an element of a list": ({"set": {"tags[7]": "ab"}}, {"tags": 4 + 3 + 1 + 2}),
    "members in a list": (
        {"set": {"lines[0].a": 1, "lines[0].b": 1, "lines[1].a": 1}},
        {"lines": 5 + 3 + 2 * (1 + 3) + 3 * (1 + 1 + 2)},
    ),
    "a number in a map": ({"add": {"lines[0].a": 5}}, {"lines": 5 + 3 + 1 + 3 + 1 + 1 + 1}),
}


@pytest.mark.parametrize(("changes", "expected"), CHANGES.values(), ids=CHANGES)
def test_the_least_of_every_clause(changes, expected):
    """What a clause surely leaves counts, with the maps and lists that it needs, once each."""
    assert expected == least_sizes(update_from(**changes, vocabulary=VOCABULARY))


_texts = st.text(max_size=4)
_stored_items = st.fixed_dictionaries(
    {"id": st.just({"S": "1"})},
    optional={
        "price": st.integers(0, 99).map(lambda number: {"N": str(number)}),
        "list_price": st.integers(0, 99).map(lambda number: {"N": str(number)}),
        "visits": st.integers(-9, 9).map(lambda number: {"N": str(number)}),
        "notes": _texts.map(lambda text: {"S": text}),
        "image": st.binary(max_size=4).map(lambda data: {"B": data}),
        "tags": st.lists(_texts, max_size=9).map(lambda texts: {"L": [{"S": t} for t in texts]}),
        "colours": st.sets(st.sampled_from(["red", "blue", "x"]), min_size=1).map(
            lambda texts: {"SS": sorted(texts)}
        ),
        "address": st.just({"M": {"city": {"S": ""}}}),
        "lines": st.just({"L": [{"M": {}}, {"M": {}}]}),
    },
)


@given(st.none() | _stored_items, st.sampled_from(sorted(CHANGES)))
def test_no_item_is_smaller_than_the_least(item, name):
    """A bound that is too high would refuse what DynamoDB takes."""
    update = update_from(**CHANGES[name][0], vocabulary=VOCABULARY)
    try:
        after = apply_update(update, item, {"id": {"S": "1"}})
    except InvalidRequestError:
        return

    for attribute, least in least_sizes(update).items():
        assert least <= attribute_size(attribute, after[attribute])
