"""Generated encoders and decoders do what the plain path does, or say that they did nothing."""

import attrs
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.property.compiled_types import CLASSES, EVERYTHING, NUMBERS, TEXTS, TYPES, VALUES
from transactscope.errors import TransactScopeError
from transactscope.types.json_text import from_json
from transactscope.values import from_attribute_value, make_converter, to_attribute_value
from transactscope.values.compiled import NOT_DECODED, encoder, members_decoder, members_encoder
from transactscope.values.nesting import whole_item
from transactscope.values.sizes import item_size, value_size

CONVERTER = make_converter()
MOSTLY = st.integers(0, 3).map(bool)


def _plainly_written(value, type_):
    try:
        return to_attribute_value(value, type_, converter=CONVERTER)
    except TransactScopeError:
        return None


@given(TYPES, st.data())
def test_a_value_is_encoded_as_the_plain_path_writes_it(case, data):
    """Its text, to the order of a set's elements, and its size; or nothing."""
    type_, values = case
    value = data.draw(values if data.draw(MOSTLY) else VALUES)

    encoded = encoder(type_, CONVERTER)(value)

    if encoded is not None:
        text, size = encoded
        wire = _plainly_written(value, type_)
        assert wire is not None
        assert wire == from_json(text.encode())
        assert value_size(wire) == size


def _plain_item(value):
    try:
        with whole_item():
            return to_attribute_value(value, type(value), converter=CONVERTER)["M"]
    except TransactScopeError:
        return None


def _check_members(value, class_, keep=()):
    encoded = members_encoder(class_, CONVERTER, keep)(value)
    if encoded is None:
        return
    text, size, kept = encoded
    item = _plain_item(value)
    assert item is not None
    assert item == from_json(f"{{{text}}}".encode())
    assert item_size(item) == size
    assert [item[name] for name in keep] == [{tag: content} for tag, content in kept]
    assert all(type(content) is str for _tag, content in kept)


@given(CLASSES, st.data())
def test_an_object_is_encoded_as_the_plain_path_writes_it(case, data):
    """Its members and their size; or nothing."""
    class_, values = case
    _check_members(data.draw(values), class_)


@given(
    EVERYTHING,
    st.sampled_from(
        [
            "text",
            "whole",
            "exact",
            "moment",
            "genre",
            "name",
            "mixed",
            "raw",
            "words",
            "day",
            "choice",
        ]
    ),
)
def test_a_field_of_every_kind(value, kept):
    """Beside each other, which none of them notices."""
    _check_members(value, type(value), (kept,))


@given(EVERYTHING, st.data())
def test_a_field_that_does_not_fit(value, data):
    """A text where a number is declared never gets into the text."""
    for field in data.draw(st.lists(st.sampled_from(attrs.fields(type(value))), max_size=3)):
        content = data.draw(st.just(...) | VALUES)
        if content is ...:
            delattr(value, field.name) if hasattr(value, field.name) else None
        else:
            setattr(value, field.name, content)

    _check_members(value, type(value))


WIRES = st.recursive(
    st.builds(lambda text: {"S": text}, TEXTS)
    | st.builds(lambda text: {"N": text}, NUMBERS)
    | st.builds(lambda flag: {"BOOL": flag}, st.sampled_from([True, False, 1, None]))
    | st.builds(lambda flag: {"NULL": flag}, st.sampled_from([True, False, 1, None]))
    | st.builds(lambda raw: {"B": raw}, st.binary(max_size=3) | TEXTS)
    | st.builds(lambda texts: {"SS": texts}, st.lists(TEXTS, max_size=3) | TEXTS)
    | st.builds(lambda texts: {"NS": texts}, st.lists(NUMBERS, max_size=3) | st.none())
    | st.sampled_from([{}, None, "S", {"S": "a", "N": "1"}, {"X": "a"}, {"S": b"a"}, {"N": b"5"}]),
    lambda inner: (
        st.builds(lambda items: {"L": items}, st.lists(inner, max_size=2))
        | st.builds(lambda items: {"L": tuple(items)}, st.lists(inner, max_size=2))
        | st.builds(lambda items: {"M": items}, st.dictionaries(TEXTS, inner, max_size=2))
    ),
    max_leaves=4,
)


def _read_plainly(item, class_):
    try:
        with whole_item():
            return from_attribute_value({"M": item}, class_, converter=CONVERTER)
    except TransactScopeError:
        return NOT_DECODED


def _check_decoded(item, class_):
    decoded = members_decoder(class_, CONVERTER)(item)
    if decoded is not NOT_DECODED:
        expected = _read_plainly(item, class_)
        assert type(expected) is type(decoded)
        assert repr(expected) == repr(decoded)  # an object with an unset field cannot be compared


def _spoilt(item, data):
    """Put something else into an item, or take something out of it."""
    for name in data.draw(st.lists(st.sampled_from([*item, "unknown"]), max_size=2)):
        inside = item.get(name) or {}
        is_map = inside.keys() == {"M"} and isinstance(inside["M"], dict)
        if is_map and inside["M"] and data.draw(st.booleans()):
            _spoilt(inside["M"], data)
        elif data.draw(st.booleans()):
            item.pop(name, None)
        else:
            item[name] = data.draw(WIRES)


@given(CLASSES, st.data())
def test_an_object_is_decoded_as_the_plain_path_reads_it(case, data):
    """As it was written, and with anything in the place of an attribute; or not at all."""
    class_, values = case
    item = _plain_item(data.draw(values))
    assume(item is not None)

    _check_decoded(item, class_)
    _spoilt(item, data)

    _check_decoded(item, class_)


@given(TYPES, st.data())
def test_a_value_of_any_type_is_decoded_as_the_plain_path_reads_it(case, data):
    """The same for whatever a class can be declared with."""
    type_, values = case
    class_ = attrs.make_class("Holder", {"content": attrs.field(type=type_)})
    wire = _plainly_written(data.draw(values), type_)

    if not data.draw(MOSTLY):
        wire = data.draw(WIRES)

    _check_decoded({"content": wire}, class_)


# Most objects have a field that does not fit.
@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(EVERYTHING, st.data())
def test_fields_of_every_kind_are_decoded(value, data):
    """Beside each other, which none of them notices."""
    item = _plain_item(value)
    assume(item is not None)

    _check_decoded(item, type(value))
    _spoilt(item, data)

    _check_decoded(item, type(value))
