"""Fields that are stored encrypted: how their values are set apart."""

import copy
import pickle
from datetime import UTC, datetime
from typing import Annotated, Final, NewType

import attrs
import pytest
from attrs import define

from transactscope import (
    entity,
    from_attribute_value,
    from_item,
    to_attribute_value,
    to_item,
)
from transactscope.errors import ConversionError, InvalidRequestError
from transactscope.fields import TTL, Alias, CreatedAt, Encrypted, OmitIfDefault, OmitIfNone
from transactscope.indexes import GlobalIndex
from transactscope.types.json_text import json_bytes
from transactscope.values.secret import ENCRYPTED, Secret, is_secret
from transactscope.values.sizes import attribute_size, item_size
from transactscope.values.wire import canonical, checked

Code = NewType("Code", Annotated[str, Encrypted()])
Plain = NewType("Plain", str)


@entity("Vault", partition_key="number")
@define
class Vault:
    """Every way to say it."""

    number: str
    whole: Annotated[str, Encrypted()] = "w"
    as_class: Annotated[int, Encrypted] = 1
    inside: Annotated[str, Encrypted()] | None = None
    optional: Annotated[str | None, Encrypted(), OmitIfNone] = "none"
    named: Annotated[bytes, Alias("n"), Encrypted()] = b"n"
    omitted: Annotated[list[int], Encrypted(), OmitIfDefault] = attrs.field(factory=list)
    new_type: Code = Code("c")
    other: Annotated[Plain, "somebody else's", Encrypted()] = Plain("p")


def test_values_are_set_apart_and_come_back():
    """Each once, whatever stands around the marker."""
    vault = Vault("V-1", inside="i", omitted=[1])
    item = to_item(vault)

    secrets = {name: value[ENCRYPTED].value for name, value in item.items() if name != "number"}
    assert {
        "whole": {"S": "w"},
        "as_class": {"N": "1"},
        "inside": {"S": "i"},
        "optional": {"S": "none"},
        "n": {"B": b"n"},
        "omitted": {"L": [{"N": "1"}]},
        "new_type": {"S": "c"},
        "other": {"S": "p"},
    } == secrets
    assert vault == from_item(Vault, item)


def test_what_is_left_out_is_left_out():
    """None and defaults are nothing that could be sealed."""
    item = to_item(Vault("V-1", optional=None))

    assert {"inside", "optional", "omitted"}.isdisjoint(item)
    assert Vault("V-1", optional=None) == from_item(Vault, item)


@pytest.mark.parametrize(
    "value", [{"S": "w"}, {"B": b"w"}, {ENCRYPTED: "w"}, "w"], ids=["S", "B", "no secret", "text"]
)
def test_what_was_not_opened_is_not_read(value):
    """Neither a sealed value nor a plain one is taken for the field's."""
    with pytest.raises(ConversionError, match="through a database with its keyring"):
        from_item(Vault, {"number": {"S": "V-1"}, "whole": value})


def test_secrets_are_attributes_of_their_own_item():
    """Inside of another value nothing would seal them."""

    @entity("Vault", partition_key="number")
    @define
    class House:
        number: str
        vault: Vault

    with pytest.raises(ConversionError, match="inside of a value"):
        to_item(House("H-1", Vault("V-1")))
    with pytest.raises(ConversionError, match="inside of a value"):
        to_attribute_value(Vault("V-1"))
    assert is_secret(to_attribute_value("x", Annotated[str, Encrypted()]))


def test_a_secret_is_told_from_other_members_of_a_union():
    """Its tag is its own."""
    either = Annotated[str, Encrypted()] | int

    assert {"N": "1"} == to_attribute_value(1, either)
    assert 1 == from_attribute_value({"N": "1"}, either)


def _declared(type_, default=attrs.NOTHING, value="x", **options):
    def make():
        made = attrs.make_class(
            "Made",
            {
                "number": attrs.field(type=str),
                "field": attrs.field(type=type_, default=default),
            },
        )
        to_item(entity("Vault", **({"partition_key": "number"} | options))(made)("1", value))

    return make


MISDECLARED = {
    "partition key": (_declared(Annotated[str, Encrypted()], partition_key="field"), "key"),
    "index key": (
        _declared(
            Annotated[str, Encrypted()],
            indexes=[GlobalIndex("by-field", partition_key="field")],
        ),
        "key",
    ),
    "version": (
        _declared(Annotated[int | None, Encrypted()], None, value=1, version="field"),
        "version",
    ),
    "time to live": (_declared(Annotated[datetime, TTL, Encrypted()]), "TTL"),
    "created": (_declared(Annotated[datetime | None, CreatedAt, Encrypted()], None), "CreatedAt"),
    "in a list": (_declared(list[Annotated[str, Encrypted()]]), "around the whole type"),
}


@pytest.mark.parametrize(("declare", "told"), MISDECLARED.values(), ids=MISDECLARED)
def test_what_others_have_to_read_is_not_encrypted(declare, told):
    """Keys, versions, and what the library or DynamoDB writes or reads by itself."""
    with pytest.raises(InvalidRequestError, match=told) as caught:
        declare()

    assert "INVALID_ENTITY" == caught.value.code


def test_only_entities_have_encrypted_fields():
    """A value of another class is a part of some attribute."""

    @define
    class Part:
        secret: Annotated[str, Encrypted()]

    with pytest.raises(InvalidRequestError, match="this class is none"):
        to_attribute_value(Part("x"))


def test_a_final_field_is_one_like_others():
    """What stands around the type says nothing of its own."""

    @entity("Vault", partition_key="number")
    @define
    class Fixed:
        number: str
        secret: Final[Annotated[str, Encrypted()]] = "s"

    assert {"S": "s"} == to_item(Fixed("1"))["secret"][ENCRYPTED].value


SECRET = Secret({"S": "x"})


def test_a_secret_cannot_be_sent():
    """It is no JSON, and no AttributeValue that comes from outside."""
    with pytest.raises(TypeError):
        json_bytes({"a": {ENCRYPTED: SECRET}})
    with pytest.raises(ConversionError):
        checked({ENCRYPTED: SECRET})


def test_a_secret_does_not_show_itself():
    """Not in its repr, nor in that of what holds it."""
    assert "{'a': {'ENCRYPTED': encrypted}}" == repr({"a": {ENCRYPTED: SECRET}})


def test_secrets_are_values():
    """They compare, are copied and travel."""
    wire = {ENCRYPTED: SECRET}

    assert Secret({"S": "x"}) == SECRET != Secret({"S": "y"})
    assert wire == copy.deepcopy(wire) == pickle.loads(pickle.dumps(wire))  # noqa: S301 - its own
    assert canonical(wire) == canonical({ENCRYPTED: Secret({"S": "x"}, "Table", 7)})
    assert canonical(wire) != canonical({"S": "x"})
    assert Secret.of_content(SECRET.content) == SECRET


def test_sizes_are_those_of_what_will_be_stored():
    """The JSON of the value, and what sealing adds at least."""
    assert len(b'{"S":"x"}') == SECRET.size
    assert len("a") + SECRET.size + 66 == attribute_size(
        "a", {ENCRYPTED: Secret({"S": "x"}, "", 66)}
    )
    assert 10 == item_size({"a": {ENCRYPTED: SECRET}})


def test_moments_and_other_types_are_encrypted():
    """Whatever converts."""

    @entity("Vault", partition_key="number")
    @define
    class Moment:
        number: str
        at: Annotated[datetime, Encrypted()]

    moment = Moment("1", datetime(2027, 1, 15, tzinfo=UTC))

    assert moment == from_item(Moment, to_item(moment))
