"""`set=`, `add=`, `remove=`, `delete=`: every value gets its type, nothing is guessed."""

import collections
from decimal import Decimal

import pytest
from boto3.dynamodb.conditions import Attr

from tests.unit.expressions.fakes import VOCABULARY
from transactscope.errors import ConversionError, InvalidKeyError, InvalidRequestError
from transactscope.expressions import if_not_exists, list_append, path
from transactscope.expressions.arithmetic import Arithmetic
from transactscope.expressions.clauses import (
    AddClause,
    DeleteClause,
    RemoveClause,
    SetClause,
    Update,
)
from transactscope.expressions.literals import Literal
from transactscope.expressions.operands import IfNotExists, ListAppend
from transactscope.expressions.updates import update_from


def _update(**changes):
    return update_from(**changes, vocabulary=VOCABULARY)


def _set_value(target, value):
    (clause,) = _update(set={target: value}).clauses
    return clause.value


def _n(number):
    return Literal({"N": str(number)})


def _texts(*texts):
    return Literal({"L": [{"S": text} for text in texts]})


def test_the_four_words_become_clauses():
    """Fields become attributes, and values AttributeValues by their declared types."""
    update = _update(
        set={"title": "x", path("address.city"): "y"},
        remove=["notes", path("lines[0]")],
        add={"visits": 1, "sizes": {4}},
        delete={"colours": {"red"}},
    )

    assert (
        Update(
            (
                SetClause(path("t"), Literal({"S": "x"})),
                SetClause(path("address.city"), Literal({"S": "y"})),
                RemoveClause(path("notes")),
                RemoveClause(path("lines[0]")),
                AddClause(path("visits"), _n(1)),
                AddClause(path("sizes"), Literal({"NS": ["4"]})),
                DeleteClause(path("colours"), Literal({"SS": ["red"]})),
            )
        )
        == update
    )


@pytest.mark.parametrize(
    ("target", "value", "expected"),
    [
        ("price", 5, _n(5)),
        ("visits", None, Literal({"NULL": True})),
        ("price", path("list_price"), path("list_price")),
        ("subtitle", path("title"), path("t")),
        ("price", path("list_price") - 5, Arithmetic(path("list_price"), "-", _n(5))),
        ("price", 5 - path("price"), Arithmetic(_n(5), "-", path("price"))),
        ("weight", path("price") + Decimal("1.50"), Arithmetic(path("price"), "+", _n("1.5"))),
        ("price", path("price") + path("visits"), Arithmetic(path("price"), "+", path("visits"))),
        (
            "title",
            if_not_exists("subtitle", "x"),
            IfNotExists(path("subtitle"), Literal({"S": "x"})),
        ),
        (
            "price",
            if_not_exists("visits", path("price")),
            IfNotExists(path("visits"), path("price")),
        ),
        (
            "visits",
            if_not_exists("visits", 0) + 1,
            Arithmetic(IfNotExists(path("visits"), _n(0)), "+", _n(1)),
        ),
        ("tags", list_append("tags", ["x"]), ListAppend(path("tags"), _texts("x"))),
        ("tags", list_append(["x"], "tags"), ListAppend(_texts("x"), path("tags"))),
        (
            "tags",
            list_append(if_not_exists("tags", []), ["x"]),
            ListAppend(IfNotExists(path("tags"), _texts()), _texts("x")),
        ),
        (
            "notes",
            list_append(["x"], if_not_exists("tags", path("notes"))),
            ListAppend(_texts("x"), IfNotExists(path("tags"), path("notes"))),
        ),
        (
            "notes",
            list_append("notes", ("x", 1)),
            ListAppend(path("notes"), Literal({"L": [{"S": "x"}, {"N": "1"}]})),
        ),
    ],
)
def test_set_takes_what_dynamodb_takes(target, value, expected):
    """A literal has the type of what it meets: the target, the read path, or a number."""
    assert expected == _set_value(target, value)


@pytest.mark.parametrize(
    ("target", "value"),
    [
        ("price", "5"),
        ("price", None),
        ("price", {"$add": -100}),
        ("tags", list_append("tags", [5])),
        ("tags", list_append("colours", ["x"])),
        ("price", if_not_exists("price", "0") + 1),
        ("subtitle", if_not_exists("title", None)),
        ("address.city", 5),
    ],
)
def test_a_value_of_another_type_is_refused(target, value):
    """A map stored where a number was is lost money; the field's type says so at the call."""
    with pytest.raises(ConversionError):
        _update(set={target: value})


@pytest.mark.parametrize("number", ["5", True, 0.5])
def test_numbers_of_arithmetic_have_the_type_of_what_is_written(number):
    """An int that had 0.5 added could not be read any more."""
    with pytest.raises(ConversionError, match="int expected"):
        _update(set={"price": path("price") + number})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"set": {"notes": path("price") + "5"}}, "notes: arithmetic takes .* N, not S"),
        ({"set": {"notes": path("price") + True}}, "notes: arithmetic takes .* N, not BOOL"),
        ({"set": {"price": if_not_exists("title", "0") + 1}}, "arithmetic takes .* N, not S"),
        ({"set": {"tags": list_append(if_not_exists("title", "x"), ["y"])}}, "type L, not S"),
        ({"set": {"price": Attr("list_price")}}, "price: Attr cannot be used as a value"),
        ({"set": {"price": Attr("list_price").exists()}}, "AttributeExists cannot be used"),
        ({"set": {"price": path("price") + Attr("visits")}}, "Attr cannot be used"),
        ({"set": {"notes": {"a": [path("price")]}}}, "Path cannot be used"),
        ({"set": {"price": if_not_exists("price", list_append("tags", []))}}, "ListAppend"),
        ({"add": {"title": "x"}}, "add title: takes .* N, SS, NS, BS, not S"),
        ({"add": {"tags": ["x"]}}, "add tags: .* not L"),
        ({"add": {"price": path("list_price")}}, "Path cannot be used"),
        ({"delete": {"price": 5}}, "delete price: takes .* SS, NS, BS, not N"),
        ({"delete": {"tags": ["x"]}}, "delete tags: .* not L"),
    ],
)
def test_operands_out_of_place_are_refused_by_name(changes, words):
    """DynamoDB would refuse them when they are sent, or store something else."""
    with pytest.raises(InvalidRequestError, match=words) as caught:
        _update(**changes)

    assert "UNSUPPORTED_OPERAND" == caught.value.code


@pytest.mark.parametrize(
    "changes",
    [{}, {"set": {}}, {"set": {}, "add": {}, "remove": [], "delete": {}}, {"remove": ()}],
    ids=["nothing", "set", "all", "remove"],
)
def test_an_update_that_does_nothing_is_refused(changes):
    """It would be sent as `SET `, or create an empty item."""
    with pytest.raises(InvalidRequestError) as caught:
        _update(**changes)

    assert "EMPTY_UPDATE" == caught.value.code


@pytest.mark.parametrize("word", ["set", "add", "delete"])
@pytest.mark.parametrize("given", [["price"], "price", {"price"}, 5])
def test_what_takes_a_mapping_takes_nothing_else(word, given):
    """A value without its path, or a path without its value, cannot be meant."""
    with pytest.raises(InvalidRequestError, match=f"{word}= takes a mapping"):
        _update(**{word: given})


@pytest.mark.parametrize("given", [5, {"price": 1}])
def test_remove_takes_paths(given):
    """A mapping there is a slip: its values would be dropped."""
    with pytest.raises(InvalidRequestError, match="remove= takes paths"):
        _update(remove=given)


def test_a_single_str_is_one_path_to_remove():
    """It is an iterable of its letters, too."""
    assert Update((RemoveClause(path("notes")),)) == _update(remove="notes")
    assert Update((RemoveClause(path("notes")),)) == _update(remove=path("notes"))


def test_paths_to_remove_keep_their_order_and_sets_are_sorted():
    """The order of a set of strings differs between runs; a request must not."""
    ordered = _update(remove=iter(["visits", "price", "notes"]))
    unordered = _update(remove={"visits", path("price"), "notes"})

    assert ["visits", "price", "notes"] == [clause.path.root for clause in ordered.clauses]
    assert ["notes", "price", "visits"] == [clause.path.root for clause in unordered.clauses]


@pytest.mark.parametrize("word", ["set", "remove", "add", "delete"])
@pytest.mark.parametrize("name", ["id", "PK", "id.part", "PK[0]"])
def test_the_key_cannot_be_changed(word, name):
    """DynamoDB refuses it, and one engine that tests run on does not."""
    with pytest.raises(InvalidKeyError, match=f"{word} {name.split('[')[0]}"):
        _update(**{word: name if word == "remove" else {name: {"x"}}})


@pytest.mark.parametrize(
    "changes",
    [
        {"set": {"pric": 1}},
        {"add": {"pric": 1}},
        {"remove": "pric.x"},
        {"delete": {"pric": {1}}},
        {"set": {"price": path("pric")}},
        {"set": {"price": path("pric") + 1}},
        {"set": {"price": if_not_exists("pric", 1)}},
        {"set": {"tags": list_append("pric", [1])}},
    ],
    ids=str,
)
def test_unknown_names_are_refused(changes):
    """A typo would create an attribute that nobody reads."""
    with pytest.raises(InvalidRequestError, match="pric") as caught:
        _update(**changes)

    assert "UNKNOWN_FIELD" == caught.value.code


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"set": {"price": 1}, "add": {"price": 1}}, "set price and add price overlap"),
        ({"set": {"price": 1, path("price"): 2}}, "set price and set price overlap"),
        ({"remove": ["notes", "notes"]}, "remove notes and remove notes overlap"),
        (
            {"set": {"address": {}}, "remove": "address.city"},
            "set address and remove address.city overlap",
        ),
        ({"set": {"notes.a": 1}, "remove": "notes[0]"}, "overlap"),
        ({"add": {"colours": {"a"}}, "delete": {"colours": {"b"}}}, "overlap"),
    ],
)
def test_overlapping_paths_are_refused_by_name(changes, words):
    """DynamoDB refuses them, and one engine that tests run on does not."""
    with pytest.raises(InvalidRequestError, match=words) as caught:
        _update(**changes)

    assert "OVERLAPPING_PATHS" == caught.value.code


def test_any_mapping_will_do():
    """Callers may build their changes in mappings of their own."""
    changes = collections.ChainMap({"price": 1}, {"price": 2, "visits": 3})

    assert {"price": _n(1), "visits": _n(3)} == {
        str(clause.path): clause.value for clause in _update(set=changes).clauses
    }


def test_refusals_do_not_show_values():
    """Error texts end up in logs, values belong to users."""
    with pytest.raises(InvalidRequestError) as caught:
        _update(add={"title": "secret"})

    assert "secret" not in str(caught.value)
