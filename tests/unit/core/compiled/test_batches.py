"""Which entries of a batch are written at once, and what is left to the plain way."""

import datetime as dt

import attrs
import pytest

from transactscope import EntityKey, KeyTemplate, entity
from transactscope.core.batches.entries import BuiltEntry
from transactscope.core.batches.requests import (
    get_request,
    unprocessed_writes,
    write_request,
)
from transactscope.core.building import ActionBuilder
from transactscope.core.compiled.batches import CompiledEntries, EncodedEntry
from transactscope.core.compiled.building import CompiledBuilder
from transactscope.errors import (
    ConversionError,
    InvalidKeyError,
    InvalidRequestError,
    ItemTooLargeError,
)
from transactscope.fields import CreatedAt
from transactscope.types import BatchEntry
from transactscope.values import default_converter, make_converter


class Text(str):
    """A text of a class of its own."""

    __slots__ = ()


@entity("Thing", partition_key="name", sort_key="day")
@attrs.define
class Thing:
    """An item whose key's names are not in the order of the alphabet."""

    name: str
    day: int
    note: str = ""


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


@entity("Shop", partition_key=KeyTemplate("PK", "USER#{name}"))
@attrs.define
class Composed:
    """An item whose key is composed of a field."""

    name: str


@entity("Counted", partition_key="name", version="version")
@attrs.define
class Counted:
    """An item with a version."""

    name: str
    version: int | None = None


@entity("Timed", partition_key="name", fields={"made": CreatedAt})
@attrs.define
class Timed:
    """An item with a time that the library writes."""

    name: str
    made: dt.datetime | None = None


@entity("arn:aws:dynamodb:eu-west-1:123456789012:table/Far", partition_key="name")
@attrs.define
class Far:
    """An item of another account's table."""

    name: str


@entity("Long", partition_key="n" * 256)
@attrs.define
class Long:
    """An item with a key that no table can have."""

    __annotations__ = {"n" * 256: str}


def _entries(converter=None, table_names=None):
    used = default_converter() if converter is None else converter
    builder = CompiledBuilder(ActionBuilder(used, lambda: 0.0, table_names))
    return CompiledEntries(builder.plain, builder.up_to_date())


USUAL = [
    (
        ("put", Thing("é", 1)),
        '{"PutRequest":{"Item":{"name":{"S":"é"},"day":{"N":"1"},"note":{"S":""}}}}',
    ),
    (
        ("put", Composed("a")),
        '{"PutRequest":{"Item":{"PK":{"S":"USER#a"},"name":{"S":"a"}}}}',
    ),
    (
        ("delete", EntityKey(Thing, "a", 1)),
        '{"DeleteRequest":{"Key":{"name":{"S":"a"},"day":{"N":"1"}}}}',
    ),
    (("delete", Composed("a")), '{"DeleteRequest":{"Key":{"PK":{"S":"USER#a"}}}}'),
    (("delete", EntityKey(Counted, "a")), '{"DeleteRequest":{"Key":{"name":{"S":"a"}}}}'),
    (("read", EntityKey(Counted, "a")), '{"name":{"S":"a"}}'),
    (("read", EntityKey(Thing, "a", 1)), '{"name":{"S":"a"},"day":{"N":"1"}}'),
]


def _made(entries, call, number=0):
    verb, given = call
    return getattr(entries, verb)(number, given)


@pytest.mark.parametrize(("call", "text"), USUAL, ids=range(len(USUAL)))
def test_usual_entries_are_written_as_bytes(call, text):
    """Speed is what this is for: an entry that silently takes the plain way has none."""
    entry = _made(_entries(), call)

    assert (EncodedEntry, text.encode()) == (type(entry), entry.content)


UNUSUAL = [
    ("put", Thing(Text("a"), 1)),
    ("put", Raw(b"x")),
    ("put", Timed("a")),
    ("put", Far("a")),
    ("delete", EntityKey(Raw, b"x")),
    ("delete", Far("a")),
    ("read", EntityKey(Far, "a")),
    ("read", EntityKey(Raw, b"x")),
]


@pytest.mark.parametrize("call", UNUSUAL, ids=range(len(UNUSUAL)))
def test_unusual_entries_are_left_to_the_plain_way(call):
    """Only the plain way has rules."""
    assert BuiltEntry is type(_made(_entries(), call))


REFUSED = [
    (("put", Thing("a", "1")), ConversionError),
    (("put", Thing("", 1)), InvalidKeyError),
    (("put", Thing("a", 1, "x" * 409_600)), ItemTooLargeError),
    (("put", Counted("a", 1)), InvalidRequestError),
    (("put", Thing), InvalidRequestError),
    (("put", Long("a")), InvalidKeyError),
    (("delete", Counted("a", 1)), InvalidRequestError),
    (("delete", Thing), InvalidRequestError),
    (("delete", EntityKey(Thing, "a", None)), InvalidKeyError),
    (("delete", EntityKey(Long, "a")), InvalidKeyError),
    (("read", EntityKey(Long, "a")), InvalidKeyError),
    (("read", Thing("a", 1)), InvalidKeyError),
]


@pytest.mark.parametrize(("call", "error"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_wrong_is_refused_by_the_plain_way(call, error):
    """Whatever was written before: among usual entries, too."""
    entries = _entries()
    for usual, _ in USUAL:
        _made(entries, usual)
    with pytest.raises(error):
        _made(entries, call)


def test_an_entry_of_bytes_says_what_any_other_says():
    """Results and errors name verb, class, table and key."""
    entry = _entries().put(7, Thing("a", 1))

    facts = entry.number, entry.verb, entry.table, entry.entity_class, entry.size
    assert (7, "put", "Thing", Thing, 14) == facts
    assert {"name": {"S": "a"}, "day": {"N": "1"}} == entry.key
    assert BatchEntry("put", Thing("a", 1)) == entry.public
    assert "put Thing in table Thing, key name='a', day=1" == entry.public.describe()


def test_requests_are_put_together_of_bytes():
    """Nothing else was made of the entries, so nothing else needs to be checked or written."""
    entries = _entries()
    puts = [entries.put(0, Single("a")), entries.put(1, Thing("a", 1)), entries.put(2, Single("b"))]
    written = write_request(puts)
    read = get_request([entries.read(0, EntityKey(Single, "a"))], consistent=True)

    assert (True, ("Single", "Thing")) == (written.is_written, written.tables)
    assert (
        b'{"RequestItems":{"Single":[{"PutRequest":{"Item":{"name":{"S":"a"}}}},'
        b'{"PutRequest":{"Item":{"name":{"S":"b"}}}}],'
        b'"Thing":[{"PutRequest":{"Item":{"name":{"S":"a"},"day":{"N":"1"},"note":{"S":""}}}}]},'
        b'"ReturnConsumedCapacity":"TOTAL"}'
    ) == b"".join(written.content)
    assert (
        b'{"RequestItems":{"Single":{"Keys":[{"name":{"S":"a"}}],"ConsistentRead":true}},'
        b'"ReturnConsumedCapacity":"TOTAL"}'
    ) == b"".join(read.content)


def test_usual_and_unusual_entries_share_a_request():
    """One odd value among many must not make the others slow, nor itself wrong."""
    entries = _entries()
    mixed = [entries.put(0, Single("a")), entries.put(1, Single(Text("b")))]
    request = write_request(mixed)

    assert [EncodedEntry, BuiltEntry] == [type(entry) for entry in mixed]
    assert request.is_written
    assert {
        "RequestItems": {
            "Single": [{"PutRequest": {"Item": {"name": {"S": name}}}} for name in "ab"]
        },
        "ReturnConsumedCapacity": "TOTAL",
    } == request.body


def test_what_is_left_over_is_found_by_its_key():
    """An entry of bytes is one like any other; a number may come back in another form."""
    entries = _entries()
    sent = [entries.put(number, Thing("a", number)) for number in range(3)]
    sent.append(entries.put(3, Thing(Text("b"), 20)))
    left = [
        {"PutRequest": {"Item": {"day": {"N": "2E1"}, "name": {"S": "b"}}}},
        {"PutRequest": {"Item": {"day": {"N": "1.0"}, "name": {"S": "a"}}}},
        {"PutRequest": {"Item": {"day": {"N": "2"}, "name": {"S": "a"}}}},
    ]

    assert sent[1:] == unprocessed_writes({"UnprocessedItems": {"Thing": left}}, sent)


def test_what_is_sent_is_what_the_entity_was():
    """Objects may change while their entry waits to be sent, or to be sent again."""
    single = Single("a")
    entry = _entries().put(0, single)
    single.name = "b"

    assert {"PutRequest": {"Item": {"name": {"S": "a"}}}} == entry.parameters


def test_a_hook_of_the_users_has_the_last_word():
    """A converter that writes a type its own way must not be passed by."""
    converter = make_converter()
    before = _entries(converter).put(0, Thing("a", 1))
    converter.register_unstructure_hook(int, lambda value: {"N": str(value + 1)})
    after = _entries(converter).put(0, Thing("a", 1))

    assert [EncodedEntry, BuiltEntry] == [type(before), type(after)]
    assert {"N": "2"} == after.key["day"]


def test_each_table_has_its_own_entries():
    """A function that names tables may name another for the next entry, as for another tenant."""
    tenant = ["one"]
    entries = _entries(table_names=lambda name: f"{tenant[0]}-{name}")
    for tenant[0] in ("one", "two", "one"):
        entry = entries.put(0, Single("a"))

        assert (EncodedEntry, f"{tenant[0]}-Single") == (type(entry), entry.table)
