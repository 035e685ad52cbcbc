"""What a send meets: every fault, as code under test sees it."""

import asyncio
import contextlib
import zlib

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from transactscope import in_threads
from transactscope.errors import InvalidRequestError
from transactscope.testing import (
    Faults,
    RequestRecorder,
    answer,
    calling,
    canceled,
    conflict,
    error,
    lost_answer,
    lost_request,
    no_connection,
    raised,
    throttled,
)

TX = "TransactWriteItems"


class Interruption(BaseException):
    """Stands for what ends a program: an event loop lets it pass and goes on."""


def _refusal(call, *arguments):
    with pytest.raises(ClientError) as caught:
        call(*arguments)
    return caught.value.response


def _codes(response):
    return [reason["Code"] for reason in response["CancellationReasons"]]


def test_a_conflict_cancels_a_transaction_at_one_action(table, faults):
    """Code under test sees the reasons that AWS would send, one for each of its actions."""
    faults.next(TX, conflict(index=1))

    response = _refusal(table.transact, "1", "2", "3")

    assert "TransactionCanceledException" == response["Error"]["Code"]
    assert [
        {"Code": "None"},
        {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item."},
        {"Code": "None"},
    ] == response["CancellationReasons"]
    assert "[None, TransactionConflict, None]" in response["Error"]["Message"]


def test_reading_transactions_are_canceled_alike(table, faults):
    """Reads that belong together meet conflicts and throttling, too."""
    faults.next("TransactGetItems", conflict(), throttled())

    responses = [_refusal(table.transact_get, "1", "2") for _ in range(2)]

    assert [["TransactionConflict", "None"], ["ThrottlingError", "None"]] == [
        _codes(response) for response in responses
    ]


def test_single_writes_are_refused_at_the_top_level(table, faults):
    """Outside a transaction there are no reasons."""
    faults.next("PutItem", conflict(), throttled())

    codes = [_refusal(table.put)["Error"]["Code"] for _ in range(2)]

    assert ["TransactionConflictException", "ThrottlingException"] == codes


@pytest.mark.parametrize(
    ("operation", "method", "count"), [(TX, "transact", 1), ("PutItem", "put", 1)]
)
def test_a_conflict_at_an_action_that_is_not_there_is_a_mistake(
    table, faults, operation, method, count
):
    """A script that does not fit the request must not pass as some other conflict."""
    faults.next(operation, conflict(index=3))

    with pytest.raises(InvalidRequestError, match=rf"index=3.*{operation} has {count}"):
        getattr(table, method)("1")


def test_any_list_of_reasons_can_be_sent(table, faults):
    """Codes are enough; whole reasons pass as they are, binary values included."""
    item = {"id": {"S": "1"}, "blob": {"B": b"\x00\xff"}}
    whole = {"Code": "ConditionalCheckFailed", "Message": "no", "Item": item}
    faults.next(TX, canceled("None", whole, message="a text"))

    response = _refusal(table.transact, "1", "2")

    assert [{"Code": "None"}, whole] == response["CancellationReasons"]
    assert "a text" == response["Error"]["Message"]


def test_any_error_can_be_sent(table, faults):
    """Status, text and modeled members arrive where the client puts them."""
    item = {"id": {"S": "1"}}
    faults.next("PutItem", error("ConditionalCheckFailedException", message="no", Item=item))
    faults.next("PutItem", error("InternalServerError", status=500))

    refused, failed = _refusal(table.put), _refusal(table.put)

    assert ("no", item) == (refused["Error"]["Message"], refused["Item"])
    assert "InternalServerError" == failed["Error"]["Code"]
    assert 500 == failed["ResponseMetadata"]["HTTPStatusCode"]
    assert "injected" == failed["ResponseMetadata"]["RequestId"]


def test_any_answer_can_be_sent(plain_client, faults):
    """A mapping is JSON, and bytes need not be."""
    checksum = zlib.crc32(b"<html>")  # a wrong one is refused by some of botocore's retry modes
    good, garbage = answer(200, {"TableNames": ["x"]}), answer(200, b"<html>", crc32=checksum)
    faults.next("ListTables", good, garbage)

    told, untold = plain_client.list_tables(), plain_client.list_tables()

    assert ["x"] == told["TableNames"]
    assert "TableNames" not in untold
    assert str(checksum) == untold["ResponseMetadata"]["HTTPHeaders"]["x-amz-crc32"]


@pytest.mark.parametrize("fault", [conflict(), error("X"), answer(200, {}), lost_request()])
def test_a_send_that_meets_a_fault_reaches_nobody(table, faults, fault):
    """botocore asks every handler; an engine in the process must not apply what was refused."""
    faults.next(TX, fault)

    with contextlib.suppress(ClientError, ReadTimeoutError):
        table.transact("1")

    assert [] == table.stored()


def test_a_lost_answer_is_lost_after_the_write(table, faults):
    """The request is applied, once, and nobody says so."""
    faults.next(TX, lost_answer())

    with pytest.raises(ReadTimeoutError):
        table.transact("1", "2")

    assert ["1", "2"] == table.stored()


def test_a_lost_answer_is_one_send(shell_client, table):
    """Recorders and other faults of the client see it once, whatever stands behind them."""
    early = RequestRecorder(shell_client)
    faults, others = Faults(shell_client), Faults(shell_client)
    late = RequestRecorder(shell_client)
    faults.next("PutItem", lost_answer())
    others.next("PutItem", conflict())

    with pytest.raises(ReadTimeoutError):
        table.put()
    assert (1, 0) == (faults.happened, others.happened)
    _refusal(table.put)

    assert ["PutItem", "PutItem"] == early.operations == late.operations
    assert (1, 1) == (faults.happened, others.happened)


def test_a_connection_that_is_refused_and_what_else_a_send_may_raise(table, faults):
    """Exceptions come out of the client as botocore or a user made them."""
    interruption = Interruption()
    faults.next("PutItem", no_connection(), raised(interruption), raised(LookupError))

    with pytest.raises(EndpointConnectionError):
        table.put()
    with pytest.raises(Interruption) as caught:
        table.put()
    with pytest.raises(LookupError):
        table.put()

    assert interruption is caught.value
    assert [] == table.stored()


def test_a_function_is_called_before_the_send_goes_on(table, faults):
    """What happens in between is seen by whoever asks then."""
    seen = []
    faults.next("PutItem", calling(lambda: seen.append("under way")))

    table.put()

    assert ["under way"] == seen
    assert ["1"] == table.stored()


def test_a_function_may_use_the_client_itself(table, table_inside, faults):
    """No lock is held while a fault happens; what it returns is awaited where it can be."""
    faults.next("PutItem", calling(lambda: table_inside.put("inner")))

    table.put("outer")

    assert ["inner", "outer"] == table.stored()


@pytest.mark.parametrize("in_thread", [False, True])
def test_a_client_that_cannot_await_refuses_a_coroutine(client, in_thread):
    """A function that nobody runs would be a fault that never happened."""
    called = []

    async def function():
        called.append("function")

    with Faults(client) as faults:
        faults.next("ListTables", calling(function))
        with pytest.raises(InvalidRequestError, match="cannot await"):
            asyncio.run(in_threads(client).list_tables()) if in_thread else client.list_tables()

    assert [] == called


class Hostile:
    """An object that cannot be written, and has no hash."""

    __hash__ = None

    def __repr__(self):
        raise ZeroDivisionError


WRONG = {
    "operation": lambda faults, wrong: faults.next(wrong, conflict()),
    "fault": lambda faults, wrong: faults.next(TX, wrong),
    "probability": lambda faults, wrong: faults.at_random(
        TX, conflict(), probability=wrong, seed=1
    ),
    "seed": lambda faults, wrong: faults.at_random(TX, conflict(), probability=1, seed=wrong),
}


@pytest.mark.parametrize("wrong", [[], Hostile(), "\ud800", None], ids=type)
@pytest.mark.parametrize("place", WRONG)
def test_whatever_cannot_be_injected_is_refused(faults, place, wrong):
    """A list was a TypeError, a half surrogate a UnicodeEncodeError, a hostile object its own."""
    with pytest.raises(InvalidRequestError):
        WRONG[place](faults, wrong)

    assert {} == faults.pending
