"""Which calls are written at once, and what is left to the plain way."""

import copy
import datetime as dt
import pickle
import sys

import attrs
import pytest
from boto3.dynamodb.conditions import And, Attr, Equals, Key

from transactscope import EntityKey, KeyTemplate, entity, path
from transactscope.core.building import ActionBuilder, Terms, changes_of
from transactscope.core.compiled import building, plans
from transactscope.core.compiled.building import CompiledBuilder
from transactscope.core.compiled.making import RecordingVocabulary, shape_of
from transactscope.fields import Alias, CreatedAt
from transactscope.indexes import GlobalIndex
from transactscope.values import default_converter, make_converter


@entity("Thing", partition_key="name", sort_key="day")
@attrs.define
class Thing:
    """An item whose key's names are not in the order of the alphabet."""

    name: str
    day: int
    count: int | None = None
    anything: object = None


@entity("Single", partition_key="name")
@attrs.define
class Single:
    """An item with a partition key alone."""

    name: str


@entity("Raw", partition_key="digest")
@attrs.define
class Raw:
    """An item whose key is bytes."""

    digest: bytes


@entity("Kinds", partition_key="name", discriminator=("kind", "album"))
@attrs.define
class Album:
    """An item of one kind among others."""

    name: str
    plays: int = 0


@entity("Shop", partition_key=KeyTemplate("PK", "USER#{name}#"))
@attrs.define
class Composed:
    """An item whose key is composed of a field."""

    name: str
    text: str = ""


@entity("Counted", partition_key="name", version="version")
@attrs.define
class Counted:
    """An item with a version."""

    name: str
    count: int = 0
    version: int | None = None


@entity("Timed", partition_key="name", fields={"made": CreatedAt})
@attrs.define
class Timed:
    """An item with a time that the library writes."""

    name: str
    made: dt.datetime | None = None


@entity("Listed", partition_key="name", indexes=[GlobalIndex("by-day", partition_key="day")])
@attrs.define
class Listed:
    """An item that an index lists, too."""

    name: str
    day: int = 0


@entity("arn:aws:dynamodb:eu-west-1:123456789012:table/Far", partition_key="name")
@attrs.define
class Far:
    """An item of another account's table."""

    name: str


@entity("LongName", partition_key="name", fields={"name": Alias("n" * 256)})
@attrs.define
class LongName:
    """An item whose key has a name that no table takes."""

    name: str


NO_CHANGES = changes_of(None, None, None, None)


@pytest.fixture
def plain():
    """What builds calls the plain way."""
    return ActionBuilder(default_converter(), lambda: 0.0)


@pytest.fixture
def compiled(plain):
    """What writes usual calls."""
    return CompiledBuilder(plain)


def _update(compiled, terms=Terms(), **changes):  # noqa: B008 - it does not change
    return compiled.update(Thing, ("a", 1), NO_CHANGES | changes, terms, sys._getframe())


def _check(compiled, condition, raises=None):
    terms = Terms(condition, raises=raises)
    return compiled.check(Thing, ("a", 1), terms, sys._getframe())


@pytest.mark.parametrize(
    "condition",
    [
        Equals(Attr("count")),
        Equals(1, Attr("count")),
        Key("count").eq(1),
        And(Attr("count").eq(1)),
        Attr("count").between(1, 2),
        Attr("count").is_in([1]),
        "attribute_exists(#a)",
    ],
    ids=["incomplete", "turned", "key", "half", "between", "in", "text"],
)
def test_unusual_conditions_are_left_alone(compiled, condition):
    """The rules of some depend on values, and of others only the plain way knows what is wrong."""
    assert _check(compiled, condition) is None


def test_attributes_may_be_compared(compiled):
    """A form tells an attribute from a value, or `a = b` would be sent as `a = :b`."""
    with_attribute = _check(compiled, Attr("count").eq(Attr("day")))

    assert "#n0 = #n1" == with_attribute.rendered.condition
    assert "#n0 = :v0" == _check(compiled, Attr("count").eq(5)).rendered.condition


@pytest.mark.parametrize(
    "changes",
    [
        {"set": [("count", 1)]},
        {"add": [("count", 1)]},
        {"remove": path("count")},
        {"remove": [path("count")]},
        {"remove": {"count"}},
        {"set": {"count": [path("day")]}},
        {"set": {"anything": 1}},
        {"set": {"count": "text"}},
        {},
    ],
    ids=str,
)
def test_unusual_changes_are_left_alone(compiled, changes):
    """What is no name or not of one type needs the plain way, which also knows what it may be."""
    assert _update(compiled, **changes) is None


@pytest.mark.parametrize("raises", [int, 5, "no"])
def test_only_exceptions_are_raised(compiled, raises):
    """A wrong `raises=` is an error of the call, which the plain way tells."""
    assert _check(compiled, Attr("count").eq(1), raises) is None


def test_a_form_without_shape_is_found_out_once(compiled, plain, monkeypatch):
    """Otherwise each such call would be built twice."""
    assert _update(compiled, set={"anything": 1}) is None
    calls = []
    monkeypatch.setattr(ActionBuilder, "update", lambda *_, **__: calls.append(1))

    assert _update(compiled, set={"anything": 2}) is None
    assert [] == calls


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        (Thing("a", 1), ("b",)),
        (EntityKey(Thing, "a", 1), ("b",)),
        (Thing, ("a",)),
        (Thing, ("", 1)),
        (Thing, ("a" * 2049, 1)),
        (Thing, (None, 1)),
        (Far, ("a",)),
        (LongName, ("a",)),
        (Thing, ("a", "1")),
        (Raw, (b"a",)),
        (int, (1,)),
        ("text", ()),
    ],
    ids=range(12),
)
def test_unusual_keys_are_left_alone(compiled, target, parts):
    """A key that may be wrong is judged by the plain way, which says what is."""
    assert compiled.delete(Thing, ("a", 1), Terms(), sys._getframe()) is not None
    assert compiled.delete(target, parts, Terms(), sys._getframe()) is None


def test_an_entity_is_no_target_of_an_update_by_key(compiled):
    """`update(entity)` writes what was changed, which only the scope knows."""
    call = compiled.update(Thing("a", 1), (), NO_CHANGES, Terms(), sys._getframe())

    assert call is None


@pytest.mark.parametrize(
    "entity_",
    [Thing("", 1), Thing("a" * 2049, 1), Single(""), Single("a" * 2049), Counted("a"), 5],
    ids=range(6),
)
def test_unusual_entities_are_left_alone(compiled, entity_):
    """What cannot be stored, or is composed, takes the plain way."""
    assert compiled.put("put", entity_, None, sys._getframe()) is None


def test_long_keys_are_measured_in_bytes(compiled):
    """2,048 bytes are the limit, and a character may have four."""
    fits, does_not = Single("é" * 1024), Single("é" * 1025)

    assert compiled.put("put", fits, None, sys._getframe()) is not None
    assert compiled.put("put", does_not, None, sys._getframe()) is None


def test_long_sort_keys_are_measured(compiled):
    """A sort key takes half of what a partition key takes."""

    @entity("Sorted", partition_key="a", sort_key="b")
    @attrs.define
    class Sorted:
        a: str
        b: str

    def put(text):
        return compiled.put("put", Sorted("x", text), None, sys._getframe())

    assert put("b" * 1024) is not None
    assert put("b" * 1025) is None
    assert ("Sorted", "a", "S", "x", "b", "S", "y") == put("y").target


def test_the_version_of_an_object_is_left_to_the_plain_way(compiled, plain):
    """What a call by key does to a version is always the same; an object has one to expect."""
    frame, terms = sys._getframe(), Terms()
    changes = changes_of({"count": 5}, None, None, None)
    update = compiled.update(Counted, ("a",), changes, terms, frame)

    assert compiled.delete(Counted("a"), (), terms, frame) is None
    assert compiled.delete(Counted, ("a",), terms, frame) is not None
    assert plain.update(EntityKey(Counted, "a"), changes, terms).update == update.update


@pytest.mark.parametrize("kind", [Timed, Listed])
def test_what_the_library_writes_beside_is_left_to_the_plain_way(compiled, plain, kind):
    """A time, or the key of an index, is another for every call; a key alone has neither."""
    frame, terms = sys._getframe(), Terms(Attr("name").exists())
    check = compiled.check(kind, ("a",), terms, frame)

    assert compiled.put("put", kind("a"), None, frame) is None
    assert compiled.update(kind, ("a",), NO_CHANGES, terms, frame) is None
    assert compiled.delete(kind("a"), (), terms, frame).encoded is not None
    assert plain.check(kind, ("a",), terms).rendered == check.rendered


@pytest.mark.parametrize("name", ["", "a#b", None, 5, "a" * 2049])
def test_unusual_parts_of_composed_keys_are_left_alone(compiled, name):
    """A part that contains what ends it would forge another key, which the plain way says."""
    assert compiled.delete(Composed, ("a",), Terms(), sys._getframe()) is not None
    assert compiled.delete(Composed, (name,), Terms(), sys._getframe()) is None


def test_a_composed_key_must_be_a_text(compiled):
    """A format can make anything of a value."""

    class Odd(str):
        __slots__ = ()

        def __format__(self, spec):
            return "\ud800"

    @entity("Formatted", partition_key=KeyTemplate("PK", "X#{name:>3}"))
    @attrs.define
    class Formatted:
        name: str

    assert compiled.put("put", Formatted("a"), None, sys._getframe()) is not None
    assert compiled.put("put", Formatted(Odd("a")), None, sys._getframe()) is None


_ON_CONDITION = Terms(Attr("count").eq(1))


@pytest.mark.parametrize(
    ("usual", "large", "terms"),
    [
        (Thing("a", 1), Thing("a", 1, anything="x" * 409_600), None),
        (Thing("a", 1), Thing("a", 1, anything="x" * 409_600), _ON_CONDITION),
        (Composed("a"), Composed("a", "x" * 409_600), None),
    ],
)
def test_too_large_items_are_left_to_the_plain_way(compiled, usual, large, terms):
    """It says which attribute is too large."""
    assert compiled.put("put", usual, terms, sys._getframe()) is not None
    assert compiled.put("put", large, terms, sys._getframe()) is None


@pytest.mark.parametrize("terms", [None, _ON_CONDITION])
def test_empty_keys_are_left_to_the_plain_way(compiled, terms):
    """It says which key is empty, with and without a condition."""
    assert compiled.put("put", Thing("", 1), terms, sys._getframe()) is None


def test_too_large_updates_are_left_to_the_plain_way(compiled):
    """What an update surely leaves counts, too."""

    @entity("Noted", partition_key="name")
    @attrs.define
    class Noted:
        name: str
        note: str = ""

    def update(note):
        changes = changes_of({"note": note}, None, None, None)
        return compiled.update(Noted, ("a",), changes, Terms(), sys._getframe())

    assert update("x") is not None
    assert update("x" * 409_600) is None


def test_too_many_bytes_of_values_are_left_to_the_plain_way(compiled, monkeypatch):
    """All values of one action have a limit of their own."""
    from transactscope.core.compiled import shapes

    assert _check(compiled, Attr("count").eq(5)) is not None
    monkeypatch.setattr(shapes, "MAX_SUBSTITUTION_BYTES", 3)

    assert _check(compiled, Attr("count").eq(5)) is None


def test_an_update_says_what_kind_of_item_it_makes(compiled, plain):
    """What the library writes by itself is the same in every call, and has no gap."""
    changes = changes_of({"plays": 5}, None, None, None)
    key = EntityKey(Album, "a")
    for plays in (5, 6):
        changes["set"] = {"plays": plays}
        action = compiled.update(key, (), changes, Terms(), sys._getframe())

        assert plain.update(key, changes, Terms()).update == action.update
        assert plain.update(key, changes, Terms()).rendered == action.rendered


def test_a_value_of_unknown_origin_has_no_shape(compiled, plain):
    """What was converted must be what the call was found to hold, one by one."""
    assert compiled.put("put", Thing("a", 1), None, sys._getframe()) is not None
    (plan,) = compiled._plans.values()
    vocabulary = RecordingVocabulary(plan.mapping, plain.converter)
    terms = Terms(Attr("count").eq(500_000))
    action = plain.check(Thing, ("a", 1), terms, vocabulary=vocabulary)

    assert shape_of(action, plan, [500_001], vocabulary) is None
    assert shape_of(action, plan, [500_000], vocabulary) is not None


def test_null_is_no_number(compiled):
    """A shape is made for one type tag: DynamoDB's rules depend on it."""
    assert _update(compiled, set={"count": None}) is None
    assert _update(compiled, set={"count": 5}) is not None
    assert _update(compiled, set={"count": "text"}) is None
    assert _update(compiled, set={"count": None}) is None


def test_shapes_are_not_kept_without_end(compiled, monkeypatch):
    """A program may make conditions of any form, and a database lives long."""
    monkeypatch.setattr(plans, "MAX_SHAPES", 2)
    conditions = [Attr("count").eq(1), Attr("count").lt(1), Attr("count").gt(1)]
    for condition in (*conditions, *conditions):
        assert _check(compiled, condition) is not None
    (plan,) = compiled._plans.values()

    assert 2 == len(plan.shapes._known)


def test_plans_are_not_kept_without_end(plain, monkeypatch):
    """A program may have a table for each of its tenants."""
    monkeypatch.setattr(building, "MAX_PLANS", 2)
    compiled = CompiledBuilder(plain)
    for thing in (Thing("a", 1), Single("a"), Raw(b"x"), Thing("b", 2)):
        compiled.put("put", thing, None, sys._getframe())

    assert [Raw, Thing] == list(compiled._plans)
    assert [Thing] == list(compiled._named_once)


def test_a_hook_that_is_registered_later_is_asked():
    """The plain way asks it from the next call on; so does a scope that begins later."""
    converter = make_converter()
    compiled = CompiledBuilder(ActionBuilder(converter, lambda: 0.0)).up_to_date()

    def stored():
        return compiled.put("put", Album("a", 2), None, sys._getframe()).item["plays"]

    assert {"N": "2"} == stored()
    converter.register_unstructure_hook(int, lambda value: {"N": str(value + 1)})
    assert compiled is compiled.up_to_date() is compiled.up_to_date()
    assert {"N": "3"} == stored()


def test_a_key_with_a_hook_of_the_users_takes_the_plain_way():
    """Two writers of one key could write two items."""
    converter = make_converter()
    converter.register_unstructure_hook(int, lambda value: {"N": str(value + 1)})
    compiled = CompiledBuilder(ActionBuilder(converter, lambda: 0.0))

    assert compiled.put("put", Thing("a", 1), None, sys._getframe()) is None
    assert compiled.delete(Thing, ("a", 1), Terms(), sys._getframe()) is None


def test_texts_with_escapes_are_values_like_others(compiled):
    """What JSON has to escape is written another way."""
    terms = Terms(Attr("name").eq('"\\\n'))
    for _ in range(2):
        action = compiled.check(Thing, ("a", 1), terms, sys._getframe())

        assert {":v0": {"S": '"\\\n'}} == action.rendered.values


def test_facts_are_those_of_the_call(compiled):
    """An object that is changed later must not change what was staged."""
    thing = Thing("a", 1, 2)
    action = compiled.put("put", thing, None, sys._getframe())
    thing.count, thing.name = 3, "b"

    assert {"N": "2"} == action.item["count"]
    assert {"name": {"S": "a"}, "day": {"N": "1"}} == action.key
    assert thing is action.entity


def test_the_place_of_the_call_is_known(compiled):
    """Errors about an action name the line that staged it."""
    frame = sys._getframe()
    action = compiled.put("put", Thing("a", 1), None, frame)
    line = frame.f_lineno - 1

    assert f"{__file__}:{line}" == action.call


def test_an_action_can_be_copied_and_pickled(compiled):
    """It is data, although it holds a place in the code until somebody asks for it."""
    action = _update(compiled, Terms(Attr("count").eq(1)), set={"count": 5})
    pickled = pickle.loads(pickle.dumps(action))  # noqa: S301 - our own
    for twin in (pickled, copy.copy(action), copy.deepcopy(action)):
        assert action.update == twin.update
        assert action.condition == twin.condition
        assert (action.serial, action.call) == (twin.serial, twin.call)


def test_unknown_attributes_are_unknown(compiled):
    """A misspelt name must not become a fact."""
    action = _update(compiled, set={"count": 5})

    with pytest.raises(AttributeError, match="'EncodedAction' object has no attribute 'verbs'"):
        action.verbs  # noqa: B018 - it raises
    assert action.rendered is action.rendered
