"""Requests and answers of batches, where no engine shows the case."""

import time

import attrs
import pytest
from attrs import define

from transactscope import EntityKey, entity
from transactscope.core.batches.entries import Entries
from transactscope.core.batches.exchange import Chunk, GetExchange, WriteExchange
from transactscope.core.batches.outcome import judge_batch_write
from transactscope.core.batches.requests import (
    Room,
    UnreadableError,
    items_read,
    unprocessed_reads,
    unprocessed_writes,
    wire_size,
    write_request,
)
from transactscope.core.batches.schedule import Schedule
from transactscope.core.building import ActionBuilder
from transactscope.core.retries import RetryPolicy
from transactscope.errors import BatchIncompleteError, InvalidKeyError, InvalidRequestError
from transactscope.values import default_converter

ENTRIES = Entries(ActionBuilder(default_converter(), wall_clock=time.time))
ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/Thing"


@entity("Thing", partition_key="id")
@define
class Thing:
    """An item under a text."""

    id: str
    data: bytes = b""
    note: str = ""


@entity("Flagged", partition_key="id")
@define
class Flagged:
    """An item whose JSON is as large as it can be for its size."""

    id: str
    flags: list[bool | None]
    more: dict[str, None]


@entity("Blob", partition_key="id")
@define
class Blob:
    """An item under bytes."""

    id: bytes


def _entries(*ids):
    return [ENTRIES.put(number, Thing(each)) for number, each in enumerate(ids)]


def test_unprocessed_writes_are_found_by_their_keys():
    """DynamoDB gives them back in any order, and a table as it likes to name it."""
    entries = [*_entries("a", "b"), ENTRIES.delete(2, EntityKey(Thing, "c"))]
    answer = {
        "UnprocessedItems": {
            ARN: [
                {"DeleteRequest": {"Key": {"id": {"S": "c"}}}},
                {"PutRequest": {"Item": {"note": {"S": ""}, "id": {"S": "a"}}}},
            ]
        }
    }

    assert [entries[0], entries[2]] == unprocessed_writes(answer, entries)


@pytest.mark.parametrize(
    "left",
    [
        {"Thing": [{"PutRequest": {"Item": {"id": {"S": "z"}}}}]},
        {"Other": [{"PutRequest": {"Item": {"id": {"S": "a"}}}}]},
        {"Thing": [{"PutRequest": {"Item": {"note": {"S": "a"}}}}]},
        {"Thing": [{"PutRequest": {"Item": {"id": {"S": ["a"]}}}}]},
        {"Thing": [{"PutRequest": {"Item": {"id": {"N": "a"}}}}]},
        {"Thing": [{"PutRequest": {"Item": {"id": {}}}}]},
        {"Thing": [{"PutRequest": {"Item": {"id": "a"}}}]},
        {"no table!": [{"PutRequest": {"Item": {"id": {"S": "a"}}}}]},
    ],
    ids=[
        "other key",
        "other table",
        "no key",
        "list",
        "no number",
        "no value",
        "text",
        "no name of a table",
    ],
)
def test_what_was_not_sent_cannot_be_left_over(left):
    """Such an answer says nothing, least of all that the rest was done."""
    with pytest.raises(UnreadableError):
        unprocessed_writes({"UnprocessedItems": left}, _entries("a"))


def test_what_was_not_asked_for_cannot_be_read():
    """The same for reads."""
    entries = [ENTRIES.read(0, EntityKey(Thing, "a"))]
    with pytest.raises(UnreadableError):
        unprocessed_reads({"UnprocessedKeys": {"Thing": {"Keys": [{"id": {"S": "b"}}]}}}, entries)
    with pytest.raises(UnreadableError):
        items_read({"Responses": {"Thing": [{"note": {"S": "x"}}]}}, entries)


def test_an_unreadable_answer_is_ambiguous():
    """What was sent may have been applied."""
    judged = judge_batch_write(UnreadableError("x"), write_request(_entries("a")))

    assert (True, True) == (judged.may_pass, judged.is_ambiguous)
    assert "UnreadableError" == judged.kind


def test_the_size_on_the_wire_is_never_underrated():
    """The cheap estimate must be on the safe side of the exact count."""
    things = [
        Flagged("a", [None, False] * 500, {}),
        Flagged("b", [], {chr(32 + n) * (1 + n % 3): None for n in range(90)}),
        Flagged("c", [], {chr(n): None for n in range(1, 32)}),
        Thing("d", b"\xff" * 1000),
        Thing("e", note="\x01\x7f\U0001f600é" * 300),
        Thing("f"),
    ]
    for thing in things:
        entry = ENTRIES.put(0, thing)

        assert wire_size(entry) <= 12 * entry.size + 200


def test_bytes_take_a_third_more_on_the_wire():
    """They travel as Base64."""
    small, large = (ENTRIES.put(0, Thing("a", b"x" * size)) for size in (0, 3000))

    assert 4000 == wire_size(large) - wire_size(small)


def test_the_first_entry_always_fits():
    """No item is too large for a request of its own."""
    entry = ENTRIES.put(0, Thing("a", note="\x01" * 400_000))
    # Not possible with one item, so an item is made larger than DynamoDB would take it.
    huge = attrs.evolve(entry.action, item={**entry.action.item, "x": {"S": "\x01" * 3_000_000}})

    assert Room().takes(attrs.evolve(entry, action=huge))


def test_a_key_that_is_not_hashable_is_refused():
    """A mapping could not answer it."""
    exchange = GetExchange(ENTRIES, consistent=False)
    with pytest.raises(InvalidKeyError, match="hashable"):
        exchange.entry(0, "get", EntityKey(Blob, bytearray(b"x")))


def _result(exchange, rest=(), **options):
    schedule = Schedule(RetryPolicy(), lambda: 1.0, 1)
    return exchange.result(schedule, rest, **({"is_input_left": False} | options))


def test_keys_that_were_never_taken_are_unprocessed():
    """Whatever they are: a list may hold anything."""
    exchange = GetExchange(ENTRIES, consistent=False)
    exchange.gather(Chunk(), exchange.entry(0, "get", EntityKey(Thing, "a")))
    rest = [("get", EntityKey(Thing, "a")), ("get", EntityKey(Thing, "b")), ("get", ["c"])]
    result = _result(exchange, rest, is_input_left=True)

    assert (EntityKey(Thing, "a"), EntityKey(Thing, "b"), ["c"]) == result.unprocessed
    assert not result.is_complete
    assert exchange.told(result) == (
        "0 keys read, 3 not, the rest of the keys not taken: Thing a; Thing b; list"
    )
    with pytest.raises(InvalidRequestError, match="Thing b was not read"):
        result[EntityKey(Thing, "b")]


def test_what_was_never_taken_has_no_key_yet():
    """It is named by its class."""
    result = _result(WriteExchange(ENTRIES), [("put", Thing("a"))] * 5)

    told = WriteExchange(ENTRIES).told(result)
    assert "0 done, 5 not applied: put Thing; put Thing; put Thing and 2 more" == told


def test_long_keys_are_shortened_in_texts():
    """A key may have 2,048 bytes, and an error is read by people."""
    exchange = GetExchange(ENTRIES, consistent=False)
    result = _result(exchange, [("get", EntityKey(Thing, "k" * 500))])

    assert f"1 not: Thing {'k' * 79}…" == exchange.told(result).partition(", ")[2]


def test_the_error_says_nothing_more_where_there_is_nothing_to_name():
    """A result without entries has no list."""
    result = _result(WriteExchange(ENTRIES), is_input_left=True)

    assert "0 done, 0 not applied, the rest of the input not taken" == (
        WriteExchange(ENTRIES).told(result)
    )
    assert result == BatchIncompleteError("x", result=result).result
