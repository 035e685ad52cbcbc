"""What batches send: as few requests as can be, and in flight together."""

import threading

import pytest

from tests.contract.batches.given import GET, WRITE, keys_of_accounts, new_accounts
from tests.contract.entities import Account, Order, Profile
from transactscope import EntityKey
from transactscope.errors import BatchTooLargeError, InvalidRequestError
from transactscope.testing import calling, unprocessed


class Text(str):
    """A text of a class of its own, which is written the plain way."""

    __slots__ = ()


# Requests.


@pytest.mark.slow
def test_recipients_of_a_campaign_take_as_few_requests_as_can_be(db, sent, rows):
    """1,037 notifications are 42 requests, and a second run changes nothing."""
    recipients = new_accounts(1037)
    first = db.batch_write(iter(recipients), in_flight=1)
    second = db.batch_write(iter(recipients), in_flight=1)

    assert (1037, 42, 0) == (first.done, first.requests, first.retries)
    assert first.is_complete
    assert 42 == second.requests
    assert [WRITE] * 84 == sent.operations
    assert 1037 == len(rows())


@pytest.mark.parametrize(("count", "requests"), [(0, 0), (1, 1), (50, 1), (100, 1), (130, 2)])
def test_keys_take_as_few_requests_as_can_be(db, sent, count, requests):
    """Warming a cache of 130 keys costs two requests."""
    db.batch_write(new_accounts(40), in_flight=1)
    sent.clear()
    read = db.batch_get(keys_of_accounts(count), in_flight=1)

    assert requests == read.requests == len(sent.operations)
    assert keys_of_accounts(count) == list(read)
    assert new_accounts(min(count, 40)) == read.found
    assert tuple(keys_of_accounts(count)[40:]) == read.missing
    assert read.is_complete


def test_one_request_is_about_several_tables(db, sent, table_names):
    """Tables are no reason for more requests."""
    puts = [Account("A-1", 1), Order("u-1", 7), Profile("u-1", "a@b.example")]
    result = db.batch_write(puts, [EntityKey(Account, "B-1"), Order("u-2", 8)])
    read = db.batch_get([EntityKey(Order, "u-1", 7), EntityKey(Account, "A-1")])

    assert [WRITE, GET] == sent.operations
    assert set(table_names.values()) == set(sent.requests[0].body["RequestItems"])
    assert 5 == result.done
    assert [Order("u-1", 7), Account("A-1", 1)] == list(read.values())


def test_usual_and_unusual_entries_share_requests(db, faults, rows):
    """What is unusual about one entry changes nothing for the others, nor when it is sent again."""
    faults.next(WRITE, unprocessed(1, 2, 4))
    puts = [Account(number) for number in ("A-0", Text("A-1"), "A-2", Text("A-3"))]
    db.batch_write(puts, [EntityKey(Account, "A-4"), EntityKey(Account, Text("A-5"))])
    faults.next(GET, unprocessed(1, 3))
    read = db.batch_get([EntityKey(Account, put.number) for put in puts])

    assert ["A-0", "A-1", "A-2", "A-3"] == rows()
    assert [Account(f"A-{number}") for number in range(4)] == read.found
    assert {} == faults.pending


def test_puts_and_deletes_do_what_they_say(db, rows):
    """An absent item that is deleted is no error."""
    db.batch_write(new_accounts(3))
    db.batch_write(
        [Account("B-1")], [EntityKey(Account, "A-0"), Account("A-2"), *keys_of_accounts(1, 9)]
    )

    assert ["A-1", "B-1"] == rows()


@pytest.mark.parametrize("consistent", [False, True])
def test_reads_are_as_consistent_as_asked(db, sent, table_names, consistent):
    """A strongly consistent read costs twice as much, so it is asked for."""
    db.batch_get(keys_of_accounts(1), consistent=consistent)

    wanted = sent.requests[0].body["RequestItems"][table_names["Account"]]
    assert consistent == wanted.get("ConsistentRead", False)


@pytest.mark.needs("capacity")
def test_capacity_is_added_up_by_table(db, table_names):
    """What a bulk load costs is known when it has ended."""
    result = db.batch_write([*new_accounts(30), Order("u-1", 7)])

    assert {table_names["Account"]: 30.0, table_names["Shop"]: 1.0} == result.capacity


@pytest.mark.parametrize("chunk", [1, 7, 25])
def test_chunks_may_be_smaller(db, sent, chunk):
    """Whoever shares a table may take small bites."""
    db.batch_write(new_accounts(50), chunk=chunk, in_flight=1)

    sizes = [len(*request.body["RequestItems"].values()) for request in sent.requests]
    assert [chunk] * (50 // chunk) + [50 % chunk] * (50 % chunk > 0) == sizes


@pytest.mark.parametrize("chunk", [0, 26, -1, 2.5, True, "10"])
def test_a_chunk_of_no_size_is_refused(db, sent, chunk):
    """What DynamoDB would refuse is refused first."""
    with pytest.raises(InvalidRequestError, match="1 to 25") as caught:
        db.batch_write(new_accounts(1), chunk=chunk)

    assert "INVALID_CHUNK" == caught.value.code
    assert [] == sent.operations


def test_one_request_only_takes_what_dynamodb_takes(db, sent):
    """`chunk=False` sends one request or none."""
    assert 25 == db.batch_write(iter(new_accounts(25)), chunk=False).done
    assert 100 == len(db.batch_get([*keys_of_accounts(100), *keys_of_accounts(100)], chunk=False))
    with pytest.raises(BatchTooLargeError, match="25 puts and deletes"):
        db.batch_write(new_accounts(20), keys_of_accounts(6, 50), chunk=False)
    with pytest.raises(BatchTooLargeError, match="100 keys") as caught:
        db.batch_get(keys_of_accounts(101), chunk=False)

    assert "BATCH_SIZE_EXCEEDED" == caught.value.code
    assert [WRITE, GET] == sent.operations


@pytest.mark.slow
@pytest.mark.only_sync("aiohttp warns of bodies of more than a megabyte")
def test_requests_stay_below_16_megabytes_on_the_wire(db, sent):
    """A character that JSON writes with six fills a request six times as fast."""
    large = [Account(f"A-{number}", note="\x01" * 390_000) for number in range(8)]
    with pytest.raises(BatchTooLargeError, match="16,777,216 bytes"):
        db.batch_write(large, chunk=False)
    db.batch_write(large, in_flight=1)

    sizes = [len(*request.body["RequestItems"].values()) for request in sent.requests]
    assert [7, 1] == sizes


@pytest.mark.parametrize("in_flight", [0, -1, True, 1.5, None])
def test_in_flight_is_a_whole_number_from_one(db, in_flight):
    """Nothing is guessed."""
    with pytest.raises(InvalidRequestError, match="in_flight="):
        db.batch_get(keys_of_accounts(1), in_flight=in_flight)


@pytest.mark.parametrize(
    "wrong",
    [
        {"progress": 3},
        {"raises": "no"},
        {"timeout": -1},
        {"timeout": "soon"},
        {"puts": Account("A-1")},
        {"deletes": 3},
    ],
    ids=str,
)
def test_wrong_arguments_are_refused_at_the_call(db, sent, wrong):
    """Nothing is sent, and nothing is taken."""
    with pytest.raises(InvalidRequestError):
        db.batch_write(**wrong)

    assert [] == sent.operations


@pytest.mark.needs("threads")
def test_several_requests_are_in_flight(db, always, shell):
    """Three requests have to be there at once, or none of them goes on."""
    if shell.name == "aiobotocore":
        pytest.skip("a task must not block; tests/contract/test_batches_async.py has its own")
    meeting = threading.Barrier(3, timeout=60)
    always(calling(meeting.wait), WRITE)

    assert 75 == db.batch_write(new_accounts(75), in_flight=3).done


def test_input_is_taken_as_it_is_sent(db, faults):
    """Any number of items takes the same memory: each waits in the iterator until it is sent."""
    taken, seen = [], []

    def accounts():
        for account in new_accounts(75):
            taken.append(account)
            yield account

    faults.next(WRITE, *[calling(lambda: seen.append(len(taken)))] * 3)
    db.batch_write(accounts(), in_flight=1)

    assert [25, 50, 75] == seen
