"""What of a request is sealed and what of an item is opened, and what binds it to its place."""

from typing import Annotated

import pytest
from attrs import define

from transactscope import entity
from transactscope.core.actions import BuiltAction
from transactscope.core.batches.entries import BuiltEntry
from transactscope.core.batches.requests import Room, wire_size
from transactscope.core.sealing import (
    context_of,
    has_secrets,
    refuse_too_large,
    sealed,
    sealed_item,
    sealed_item_of,
    to_seal,
)
from transactscope.entities.mapping import mapping_of
from transactscope.errors import DecryptionError, InvalidRequestError, TransactionTooLargeError
from transactscope.expressions.clauses import AddClause, RemoveClause, SetClause, Update
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import Path
from transactscope.fields import Alias, Encrypted
from transactscope.values.secret import ENCRYPTED, Secret

KEY = {"number": {"S": "C-1"}}


@entity("Cards", partition_key="number", discriminator=("kind", "card"))
@define
class Card:
    """A class with two secrets."""

    number: str
    pin: Annotated[str | None, Encrypted()] = None
    code: Annotated[str | None, Encrypted(), Alias("c")] = None


@entity("Cards", partition_key="number", discriminator=("kind", "plain"))
@define
class Bare:
    """One of the same table, without."""

    number: str


def _secret(text, table="Cards"):
    return {ENCRYPTED: Secret({"S": text}, table)}


def _put(item):
    return BuiltAction("put", "cards-1", KEY, Card, "f.py:1", "Put", item={**KEY, **item})


def _update(*clauses):
    return BuiltAction("update", "cards-1", KEY, Card, "f.py:1", "Update", update=Update(clauses))


def _set(name, value):
    return SetClause(Path((name,)), Literal(value))


def test_the_context_is_written_as_it_is_documented():
    """What is bound must never change: it is in nothing that is stored."""
    key = {"b": {"N": "01.50"}, "a": {"B": b"\x00\xff"}}

    expected = b"".join(
        len(part).to_bytes(4, "big") + part
        for part in (
            b"transactscope field 1",
            b"Cards",
            "pün".encode(),
            *(b"a", b"B", b"\x00\xff"),
            *(b"b", b"N", b"1.5"),
        )
    )
    assert expected == context_of("Cards", key, "pün")


def test_no_two_places_have_one_context():
    """Parts are told apart by their lengths."""
    places = [
        context_of("Cards", KEY, "pin"),
        context_of("Card", KEY, "spin"),
        context_of("Cards", {"number": {"S": "C-2"}}, "pin"),
        context_of("Cards", {"number": {"B": b"C-1"}}, "pin"),
        context_of("Cards", {"numbe": {"S": "rC-1"}}, "pin"),
        context_of("Cards", {}, "pin"),
    ]

    assert len(places) == len(set(places))


def test_secrets_are_sealed_where_they_stand():
    """In the item of a put, in what an update sets, in the order of the actions."""
    removal = RemoveClause(Path(("c",)))
    addition = AddClause(Path(("n",)), Literal({"N": "1"}))
    copy = SetClause(Path(("m",)), Path(("n",)))
    actions = [
        _put({"pin": _secret("1"), "n": {"N": "1"}, "c": _secret("2")}),
        _update(_set("pin", _secret("3")), removal, addition, copy, _set("n", {"N": "2"})),
        _put({"n": {"N": "1"}}),
    ]
    entries = to_seal(actions)
    first, second, third = sealed(actions, [b"one", b"two", b"three"])

    assert [b'{"S":"1"}', b'{"S":"2"}', b'{"S":"3"}'] == [entry.content for entry in entries]
    assert [context_of("Cards", KEY, name) for name in ("pin", "c", "pin")] == [
        entry.context for entry in entries
    ]
    assert {"Cards"} == {entry.table for entry in entries}
    assert {**KEY, "pin": {"B": b"one"}, "n": {"N": "1"}, "c": {"B": b"two"}} == first.item
    assert (
        _set("pin", {"B": b"three"}),
        removal,
        addition,
        copy,
        _set("n", {"N": "2"}),
    ) == second.update.clauses
    assert third is actions[2]
    assert [True, True, False] == [has_secrets(action) for action in actions]
    assert not any(has_secrets(action) for action in (first, second, third))


def test_deletes_and_raw_updates_have_no_secrets():
    """There is nothing in them that could be one."""
    delete = BuiltAction("delete", "cards-1", KEY, Card, "f.py:1", "Delete")

    assert not has_secrets(delete)
    assert [] == to_seal([delete])


def test_values_of_updates_are_measured_again():
    """Sealed they may be more than the expressions of a request take."""
    action = _update(_set("pin", _secret("1")), _set("n", {"B": b"x" * 2_000_000}))

    with pytest.raises(InvalidRequestError) as caught:
        sealed([action], [b"x" * 100_000])

    assert caught.value.code in {"VALUES_TOO_LARGE", "ITEM_TOO_LARGE"}


def test_many_values_are_too_large_together():
    """Each item would fit by itself, and the expressions would not."""
    texts = [f"n{number}" for number in range(8)]
    clauses = [_set(name, _secret("1")) for name in texts]
    removed = [RemoveClause(Path((f"r{number}" + "x" * 60_000,))) for number in range(30)]

    with pytest.raises(InvalidRequestError) as caught:
        sealed([_update(*clauses, *removed)], [b"x" * 40_000] * len(texts))

    assert "VALUES_TOO_LARGE" == caught.value.code


def test_a_batch_makes_room_for_what_will_be_sealed():
    """Its request is measured before there is a key, by the least that it will be."""
    value = {ENCRYPTED: Secret({"S": "x" * 390_000}, "Cards", 66)}
    entries = [
        BuiltEntry(number, None, "put", number, _put({"pin": value})) for number in range(40)
    ]
    room = Room()
    taken = [room.takes(entry) for entry in entries]

    assert [True] * 30 == taken[:30]
    assert not taken[-1]
    assert 520_000 < wire_size(entries[0]) < 521_000


def test_items_are_too_large_together():
    """4 MB are allowed, of what is stored."""
    actions = [_put({"n": {"B": b"x" * 400_000}}) for _ in range(10)]
    refuse_too_large(actions)

    with pytest.raises(TransactionTooLargeError, match="4194304"):
        refuse_too_large([*actions, *actions[:1]])


def test_what_is_sealed_is_opened_once():
    """An item that is opened has nothing more to open; the rest of it stays."""
    mapping = mapping_of(Card)
    item = {**KEY, "kind": {"S": "card"}, "pin": {"B": b"one"}, "c": {"B": bytearray(b"two")}}
    found = sealed_item(mapping, item)
    opened = found.opened(iter([b'{"S":"1"}', b'{"S":"2"}']))

    assert [b"one", b"two"] == [entry.content for entry in found.entries()]
    assert {**item, "pin": _secret("1", ""), "c": _secret("2", "")} == opened
    assert sealed_item(mapping, opened) is None
    assert {"B": b"one"} == item["pin"]


def test_there_may_be_nothing_to_open():
    """No item, no such attribute, no such class, another kind."""
    mapping = mapping_of(Card)

    assert sealed_item(mapping, None) is None
    assert sealed_item(mapping, {**KEY, "kind": {"S": "card"}}) is None
    assert sealed_item(mapping_of(Bare), {**KEY, "pin": {"B": b"x"}}) is None
    assert sealed_item(mapping, {**KEY, "kind": {"S": "plain"}, "pin": {"B": b"x"}}) is None
    assert sealed_item(mapping, {"pin": {"B": b"x"}}) is not None


def test_one_of_a_union_is_opened_as_what_it_is():
    """What is none of its classes is left to whoever makes an entity of it."""
    card = {**KEY, "kind": {"S": "card"}, "pin": {"B": b"x"}}

    assert mapping_of(Card) is sealed_item_of(Card | Bare, card).mapping
    assert sealed_item_of(Card | Bare, {**card, "kind": {"S": "plain"}}) is None
    assert sealed_item_of(Card | Bare, {**card, "kind": {"S": "third"}}) is None
    assert sealed_item_of(Card | Bare, KEY | {"pin": {"B": b"x"}}) is None
    assert sealed_item_of(Card, {"pin": {"B": b"x"}}) is not None  # as a projection has it
    assert sealed_item_of(Card, {**card, "kind": {"S": "plain"}}) is None


@pytest.mark.parametrize("value", [{"S": "x"}, {"NULL": True}, {"N": "1"}], ids=str)
def test_what_is_not_sealed_is_refused(value):
    """A plain value in the table does not become a secret by being there."""
    found = sealed_item(mapping_of(Card), {**KEY, "kind": {"S": "card"}, "c": value})

    with pytest.raises(DecryptionError) as caught:
        found.entries()

    assert "Card.code" == caught.value.path


def test_what_was_opened_has_to_be_a_value():
    """A keyring of somebody else's may return anything."""
    found = sealed_item(mapping_of(Card), {**KEY, "kind": {"S": "card"}, "pin": {"B": b"x"}})

    with pytest.raises(DecryptionError, match=r"Card\.pin"):
        found.opened(iter([b"no json"]))


def test_a_refusal_names_the_fields_and_the_item():
    """That is where somebody has to look."""
    item = {**KEY, "kind": {"S": "card"}, "pin": {"B": b"x"}, "c": {"B": b"y"}}
    error = sealed_item(mapping_of(Card), item).refusal()

    assert "Card.pin or code" == error.path
    assert ["transactscope: of the item key number='C-1'"] == error.__notes__
