"""Sealed values and page tokens: what was sealed opens, and nothing else does."""

from datetime import UTC, datetime
from typing import Annotated, Any

import attrs
import pytest
from attrs import define
from hypothesis import example, given
from hypothesis import strategies as st

from tests.contract import vault
from transactscope import entity, from_item, to_item
from transactscope.core.actions import BuiltAction
from transactscope.core.sealing import context_of, sealed, sealed_item, to_seal, with_tables
from transactscope.entities.mapping import mapping_of
from transactscope.errors import DecryptionError, InvalidPageTokenError
from transactscope.ext.encryption import Encrypted, KmsKeyring
from transactscope.ext.pages import PageTokens
from transactscope.types import KeyringEntry

KEYRING = vault.local()
CONTEXT = b"a place"
(SEALED,) = KEYRING.seal([KeyringEntry(b"content", CONTEXT, "T")])


@define
class Part:
    """A nested value."""

    name: str
    number: int | None = None


@entity("Vault", partition_key="number", sort_key="part")
@define
class Vault:
    """Secrets of every kind."""

    number: str
    part: int
    text: Annotated[str, Encrypted()]
    content: Annotated[bytes, Encrypted()]
    count: Annotated[int | None, Encrypted()]
    flags: Annotated[frozenset[int], Encrypted()]
    moment: Annotated[datetime, Encrypted()]
    parts: Annotated[list[Part], Encrypted()]
    anything: Annotated[dict[str, Any], Encrypted()]
    plain: str = ""


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.integers(-(10**30), 10**30)
vaults = st.builds(
    Vault,
    texts.filter(bool),
    numbers,
    texts,
    st.binary(max_size=40),
    st.none() | numbers,
    st.frozensets(numbers, min_size=1, max_size=4),
    st.datetimes(timezones=st.just(UTC)),
    st.lists(st.builds(Part, texts, st.none() | numbers), max_size=3),
    st.dictionaries(texts, texts | numbers | st.booleans() | st.binary(max_size=9), max_size=3),
    texts,
)


class Query:
    """What a token has to know of a query."""

    fingerprint = b"f" * 32


TOKENS = PageTokens(KEYRING)


def _stored(entity_, keyring):
    """Do what a put does, as far as its item."""
    mapping = mapping_of(type(entity_))
    item = with_tables(mapping, to_item(entity_), KEYRING.overhead)
    key = {each.attribute: item[each.attribute] for each in mapping.key_attributes}
    action = BuiltAction("put", "Vault", key, type(entity_), "f.py:1", "Put", item=item)
    (put,) = sealed([action], keyring.seal(to_seal([action])))
    return put.item


def _read(item, keyring):
    found = sealed_item(mapping_of(Vault), item)
    return from_item(Vault, found.opened(iter(keyring.open(found.entries()))))


@pytest.mark.slow
@given(vaults)
def test_entities_come_back_as_they_were(vault_):
    """Whatever their fields are, and none of it is stored plain."""
    item = _stored(vault_, KEYRING)

    assert {"number", "part", "plain"} == {name for name in item if list(item[name]) != ["B"]}
    assert vault_ == _read(item, KEYRING)


@pytest.mark.slow
@given(vaults, vaults)
def test_values_of_one_item_are_none_of_another(one, other):
    """Unless they have the same key."""
    item, foreign = _stored(one, KEYRING), _stored(other, KEYRING)
    moved = {**item, "text": foreign["text"]}
    is_same = (one.number, one.part) == (other.number, other.part)

    try:
        text = _read(moved, KEYRING).text
    except DecryptionError:
        assert not is_same
    else:
        assert is_same
        assert other.text == text


keys = st.dictionaries(
    texts.filter(bool),
    st.one_of(
        st.builds(lambda text: {"S": text}, texts),
        st.builds(lambda content: {"B": content}, st.binary(max_size=9)),
        st.builds(lambda number: {"N": str(number)}, st.integers(0, 30)),
    ),
    min_size=1,
    max_size=2,
)
places = st.tuples(texts, keys, texts)


@given(places, places)
def test_contexts_are_equal_only_where_places_are(one, other):
    """No concatenation of parts is that of others."""
    assert (one == other) == (context_of(*one) == context_of(*other))


@given(st.binary(max_size=200))
@example(b"")
@example(SEALED[:-1])
@example(b"\x01\x05key-1\xff\xff")
def test_any_bytes_are_refused_by_every_keyring(content):
    """With the documented error, and KMS is not even asked."""
    kms = vault.Kms(None)
    for keyring in (KEYRING, KmsKeyring(kms, "k")):
        with pytest.raises(DecryptionError):
            keyring.open([KeyringEntry(content, CONTEXT, "T")])
    assert [] == kms.calls


@given(st.data())
def test_any_change_of_a_sealed_value_is_refused(data):
    """Bytes that are put in, taken out, or others."""
    at = data.draw(st.integers(0, len(SEALED)))
    end = data.draw(st.integers(at, min(at + 4, len(SEALED))))
    changed = SEALED[:at] + data.draw(st.binary(max_size=4)) + SEALED[end:]
    try:
        opened = KEYRING.open([KeyringEntry(changed, CONTEXT, "T")])
    except DecryptionError:
        assert changed != SEALED
    else:
        assert (SEALED, [b"content"]) == (changed, opened)


@given(st.text(max_size=60) | st.text("ABCabc019-_", max_size=200) | st.binary(max_size=9))
def test_any_token_that_was_not_made_here_is_refused(token):
    """With the one error."""
    with pytest.raises(InvalidPageTokenError, match="this page token is not valid here"):
        TOKENS.open(token, Query(), caller="me")


@given(st.binary(max_size=80))
def test_any_content_of_a_token_is_read_with_care(content):
    """What somebody else has sealed with the same key for the same place."""

    @attrs.frozen
    class Opening:
        blocks = False

        def seal(self, entries):
            return [content] * len(entries)

        open = seal

    tokens = PageTokens(Opening(), wall_clock=lambda: 0.0)
    try:
        found = tokens.open("AAAA", Query(), caller="me")
    except InvalidPageTokenError:
        return
    assert all(tag in ("S", "N", "B") for value in found.values() for tag in value)
