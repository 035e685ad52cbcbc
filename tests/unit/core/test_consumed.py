"""What an answer says that its request has consumed."""

import pytest

from transactscope.core.consumed import all_consumed, consumed_of

A = {"TableName": "a", "CapacityUnits": 2.0}
B = {"TableName": "b", "CapacityUnits": 4.0}


def test_what_is_not_reported_is_not_made_up():
    """A server that says nothing has consumed what nobody knows."""
    for answer in (None, {}, {"ConsumedCapacity": None}, {"ConsumedCapacity": []}):
        assert ({}, {}, {}) == all_consumed(answer)
        assert ({}, {}) == consumed_of(answer, "GetItem")


@pytest.mark.parametrize(
    ("operation", "is_read"),
    [
        ("", False),
        ("PutItem", False),
        ("TransactWriteItems", False),
        ("BatchWriteItem", False),
        ("GetItem", True),
        ("BatchGetItem", True),
        ("TransactGetItems", True),
        ("Query", True),
        ("Scan", True),
    ],
)
@pytest.mark.parametrize("is_list", [True, False])
def test_a_total_is_of_the_kind_of_the_operation(operation, is_read, is_list):
    """Most answers give the sum only; single calls answer with one entry, not with a list."""
    answer = {"ConsumedCapacity": [A] if is_list else A}
    units = {"a": 2.0}

    assert ((units, {}) if is_read else ({}, units)) == consumed_of(answer, operation)


def test_an_entry_that_tells_the_kinds_apart_is_believed():
    """A token that was committed before is charged as a read, although the operation writes."""
    entries = [
        A | {"ReadCapacityUnits": 2.0, "WriteCapacityUnits": 0.0},
        B | {"ReadCapacityUnits": 1.0, "WriteCapacityUnits": 3.0},
        B | {"WriteCapacityUnits": 4.0},
        {"TableName": "c"},
    ]

    assert (
        {"a": 2.0, "b": 8.0, "c": 0.0},
        {"a": 2.0, "b": 1.0},
        {"b": 7.0},
    ) == all_consumed({"ConsumedCapacity": entries}, "TransactWriteItems")
