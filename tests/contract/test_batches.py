"""`batch_get` and `batch_write`: any number of items, and an exact account of them."""

import decimal
import threading

import pytest
from attrs import define

from tests.contract.entities import Account, Loose, Order, Profile, Sheet
from tests.shells import Database
from transactscope import EntityKey, entity
from transactscope.errors import (
    BatchIncompleteError,
    BatchTooLargeError,
    CircuitOpenError,
    ConversionError,
    DuplicateTargetError,
    InvalidKeyError,
    InvalidRequestError,
    RequestRejectedError,
    TableNotFoundError,
)
from transactscope.testing import (
    calling,
    conflict,
    error,
    garbage,
    lost_answer,
    lost_request,
    no_connection,
    raised,
    server_error,
    throttled,
    throttling_error,
    unprocessed,
)
from transactscope.types import BatchEntry

WRITE, GET = "BatchWriteItem", "BatchGetItem"


@entity("Numbered", partition_key="number")
@define
class Numbered:
    """An item under a number."""

    number: decimal.Decimal
    note: str = ""


class Text(str):
    """A text of a class of its own, which is written the plain way."""

    __slots__ = ()


class OpenBreaker:
    """A circuit breaker that admits nothing."""

    def admit(self, request):
        """Refuse."""
        raise CircuitOpenError(f"{request.operation} is not admitted")

    def report(self, ticket, health):
        """Hear nothing, because nothing is admitted."""


def _accounts(count, first=0):
    return [Account(f"A-{number}", number) for number in range(first, first + count)]


def _keys(count, first=0):
    return [EntityKey(Account, f"A-{number}") for number in range(first, first + count)]


def _is_one_of(*numbers):
    return lambda item: item["number"]["S"] in numbers


@pytest.fixture
def rows(client, table_names):
    """Return the numbers of all accounts that are stored, with a client of its own."""

    def read():
        pages = client.get_paginator("scan").paginate(TableName=table_names["Account"])
        return sorted(item["number"]["S"] for page in pages for item in page["Items"])

    return read


# Requests.


@pytest.mark.slow
def test_recipients_of_a_campaign_take_as_few_requests_as_can_be(db, sent, rows):
    """1,037 notifications are 42 requests, and a second run changes nothing."""
    recipients = _accounts(1037)
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
    db.batch_write(_accounts(40), in_flight=1)
    sent.clear()
    read = db.batch_get(_keys(count), in_flight=1)

    assert requests == read.requests == len(sent.operations)
    assert _keys(count) == list(read)
    assert _accounts(min(count, 40)) == read.found
    assert tuple(_keys(count)[40:]) == read.missing
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
    db.batch_write(_accounts(3))
    db.batch_write([Account("B-1")], [EntityKey(Account, "A-0"), Account("A-2"), *_keys(1, 9)])

    assert ["A-1", "B-1"] == rows()


@pytest.mark.parametrize("consistent", [False, True])
def test_reads_are_as_consistent_as_asked(db, sent, table_names, consistent):
    """A strongly consistent read costs twice as much, so it is asked for."""
    db.batch_get(_keys(1), consistent=consistent)

    wanted = sent.requests[0].body["RequestItems"][table_names["Account"]]
    assert consistent == wanted.get("ConsistentRead", False)


@pytest.mark.needs("capacity")
def test_capacity_is_added_up_by_table(db, table_names):
    """What a bulk load costs is known when it has ended."""
    result = db.batch_write([*_accounts(30), Order("u-1", 7)])

    assert {table_names["Account"]: 30.0, table_names["Shop"]: 1.0} == result.capacity


@pytest.mark.parametrize("chunk", [1, 7, 25])
def test_chunks_may_be_smaller(db, sent, chunk):
    """Whoever shares a table may take small bites."""
    db.batch_write(_accounts(50), chunk=chunk, in_flight=1)

    sizes = [len(*request.body["RequestItems"].values()) for request in sent.requests]
    assert [chunk] * (50 // chunk) + [50 % chunk] * (50 % chunk > 0) == sizes


@pytest.mark.parametrize("chunk", [0, 26, -1, 2.5, True, "10"])
def test_a_chunk_of_no_size_is_refused(db, sent, chunk):
    """What DynamoDB would refuse is refused first."""
    with pytest.raises(InvalidRequestError, match="1 to 25") as caught:
        db.batch_write(_accounts(1), chunk=chunk)

    assert "INVALID_CHUNK" == caught.value.code
    assert [] == sent.operations


def test_one_request_only_takes_what_dynamodb_takes(db, sent):
    """`chunk=False` sends one request or none."""
    assert 25 == db.batch_write(iter(_accounts(25)), chunk=False).done
    assert 100 == len(db.batch_get([*_keys(100), *_keys(100)], chunk=False))
    with pytest.raises(BatchTooLargeError, match="25 puts and deletes"):
        db.batch_write(_accounts(20), _keys(6, 50), chunk=False)
    with pytest.raises(BatchTooLargeError, match="100 keys") as caught:
        db.batch_get(_keys(101), chunk=False)

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
        db.batch_get(_keys(1), in_flight=in_flight)


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

    assert 75 == db.batch_write(_accounts(75), in_flight=3).done


def test_input_is_taken_as_it_is_sent(db, faults):
    """Any number of items takes the same memory: each waits in the iterator until it is sent."""
    taken, seen = [], []

    def accounts():
        for account in _accounts(75):
            taken.append(account)
            yield account

    faults.next(WRITE, *[calling(lambda: seen.append(len(taken)))] * 3)
    db.batch_write(accounts(), in_flight=1)

    assert [25, 50, 75] == seen


# What is given.


@pytest.mark.parametrize(
    ("puts", "deletes"),
    [([EntityKey(Account, "A-1")], ()), ([{"number": "A-1"}], ()), ((), ["A-1"]), ((), [Account])],
    ids=["key", "dict", "text", "class"],
)
def test_what_is_no_entity_is_refused(db, sent, puts, deletes):
    """A put is an entity, and a delete says which item: there is no third kind."""
    with pytest.raises(InvalidRequestError):
        db.batch_write(puts, deletes)

    assert [] == sent.operations


@pytest.mark.parametrize(
    ("puts", "deletes"), [([Sheet("A-1")], ()), ((), [Sheet("A-1", version=3)])], ids=["put", "del"]
)
def test_a_guard_is_never_dropped(db, sent, puts, deletes):
    """A batch carries no conditions, so it does not take what needs one."""
    with pytest.raises(InvalidRequestError, match=r"Sheet.*'A-1'.*cannot carry") as caught:
        db.batch_write(puts, deletes)

    assert "GUARD_IN_BATCH" == caught.value.code
    assert [] == sent.operations


def test_a_versioned_item_can_be_deleted_by_its_key(db, rows):
    """A key says nothing of a version, in a batch as elsewhere."""
    db.insert(Sheet("A-1"))
    db.batch_write(deletes=[EntityKey(Sheet, "A-1")])

    assert [] == rows()


@pytest.mark.parametrize("chunk", [None, False, 2])
def test_an_item_twice_in_one_request_is_refused(db, sent, chunk):
    """DynamoDB refuses it, too, and does not say which item it is."""
    with pytest.raises(DuplicateTargetError, match=r"'A-1', comes twice \(put, delete\)"):
        db.batch_write([Account("A-1")], [EntityKey(Account, "A-1")], chunk=chunk)

    assert [] == sent.operations


def test_keys_compare_as_dynamodb_compares_them(db, client, fresh_table):
    """1 and 1.0 are one item."""
    numbered = Database(client, table_names={"Numbered": fresh_table(("number", "N"))})
    one, same = Numbered(decimal.Decimal(1), "x"), Numbered(decimal.Decimal("1.0"), "y")
    with pytest.raises(DuplicateTargetError):
        numbered.batch_write([one, same])
    numbered.put(one)
    keys = [EntityKey(Numbered, each.number) for each in (one, same)]

    assert {keys[0]: one} == dict(numbered.batch_get(keys))


def test_an_item_that_comes_again_waits_for_the_first(db, faults, client, table_names):
    """What comes last in the input is what is stored, also where the first was left over."""
    faults.next(WRITE, unprocessed(0))
    accounts = [*_accounts(25), *_accounts(24, 100), Account("A-0", 99)]
    result = db.batch_write(accounts, in_flight=1)

    assert 3 == result.requests
    assert 50 == result.done
    assert 99 == db.get(Account, "A-0").balance


def test_a_key_twice_is_read_once_and_answered_for_every_class(db, sent, table_names):
    """DynamoDB refuses duplicates; a program need not care."""
    db.put(Account("A-0", 5))
    keys = [EntityKey(Account, "A-0"), EntityKey(Loose, "A-0"), EntityKey(Account, "A-0")]
    sent.clear()
    read = db.batch_get(keys)

    assert [Account("A-0", 5), Loose("A-0")] == list(read.values())
    assert 1 == len(sent.requests[0].body["RequestItems"][table_names["Account"]]["Keys"])


def test_what_is_no_key_is_refused(db, sent):
    """A class without its key is no item."""
    for wrong in (Account, Account("A-1"), "A-1"):
        with pytest.raises(InvalidKeyError):
            db.batch_get([wrong])

    assert [] == sent.operations


def test_a_stored_item_that_does_not_fit_is_a_conversion_error(db, client, table_names):
    """A read that cannot be understood is no absent item."""
    item = {"number": {"S": "A-1"}, "balance": {"S": "secret"}}
    client.put_item(TableName=table_names["Account"], Item=item)

    with pytest.raises(ConversionError, match=r"Account\.balance"):
        db.batch_get([EntityKey(Account, "A-1")])


# What is sent again.

PASSING = [
    throttled(),
    throttling_error("RequestLimitExceeded"),
    conflict(),
    server_error(),
    server_error(503, applied=True),
    lost_request(),
    lost_answer(),
    no_connection(),
    garbage(),
    unprocessed(),
    unprocessed(0, 2),
]


@pytest.mark.parametrize("fault", PASSING, ids=repr)
def test_what_may_pass_is_sent_again(db, faults, rows, fault):
    """Doing it twice is as good as once, so a lost answer is no reason to give up."""
    faults.next(WRITE, fault, fault)
    faults.next(GET, fault)
    result = db.batch_write(_accounts(30), in_flight=1)
    read = db.batch_get(_keys(30), in_flight=1)

    assert (30, True) == (result.done, result.is_complete)
    assert 30 == len(rows())
    assert result.retries >= 1
    assert _accounts(30) == read.found
    assert {} == faults.pending


def test_only_what_is_left_over_is_sent_again(db, faults, sent, pauses):
    """After a pause, and with nothing else in the request."""
    faults.next(WRITE, unprocessed(1, 3))
    db.batch_write(_accounts(5), in_flight=1)

    writes = list(*sent.requests[-1].body["RequestItems"].values())
    numbers = [write["PutRequest"]["Item"]["number"]["S"] for write in writes]
    assert ["A-1", "A-3"] == numbers
    assert [0.025] == pauses


def test_repetitions_are_logged(db, faults, caplog):
    """Who looks for the reason of a slow load finds it, without values."""
    caplog.set_level("INFO", "transactscope.retries")
    faults.next(WRITE, unprocessed(1), lost_request())
    db.batch_write(_accounts(2), in_flight=1)

    said = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert [("INFO", "left 1 of 2 over"), ("WARNING", "ReadTimeoutError")] == [
        (level, next(part for part in ("left 1 of 2 over", "ReadTimeoutError") if part in message))
        for level, message in said
    ]


# What is not done.


def test_what_was_not_done_is_listed_exactly(db, faults, rows):
    """Two of sixty items never get through: these two are named, and the others are stored."""
    never = unprocessed(where=_is_one_of("A-3", "A-41"))
    faults.at_random(WRITE, never, probability=1, seed=0)
    with pytest.raises(BatchIncompleteError, match="58 done, 2 not applied") as caught:
        db.batch_write(iter(_accounts(60)), in_flight=1)

    result = caught.value.result
    left = [Account("A-3", 3), Account("A-41", 41)]
    assert [BatchEntry("put", account) for account in left] == list(result.unprocessed)
    assert (58, (), False) == (result.done, result.unknown, result.is_input_left)
    assert 58 == len(rows())
    assert caught.value.retryable
    faults.remove()
    assert db.batch_write(result.puts_left, result.deletes_left).is_complete
    assert 60 == len(rows())


def test_deletes_that_were_not_done_are_listed_as_deletes(db, always, account):
    """Whoever repeats them must not write them."""
    always(unprocessed(), WRITE)
    key = EntityKey(Account, "A-1")
    result = db.batch_write([Account("A-2")], [key], raises=False)

    assert (BatchEntry("put", Account("A-2")), BatchEntry("delete", key)) == result.unprocessed
    assert ((Account("A-2"),), (key,)) == (result.puts_left, result.deletes_left)
    assert "'A-2'" in result.unprocessed[0].describe()
    assert 0 == result.done


def test_a_lost_answer_is_unknown_and_not_undone(db, always, rows):
    """It was applied, and nobody here can know: it is never called undone."""
    always(lost_answer(), WRITE)
    with pytest.raises(BatchIncompleteError, match="25 that may be applied or not") as caught:
        db.batch_write(_accounts(25), in_flight=1)

    result = caught.value.result
    assert tuple(BatchEntry("put", account) for account in _accounts(25)) == result.unknown
    assert () == result.unprocessed
    assert 25 == len(rows())
    assert "ReadTimeoutError" == type(caught.value.__cause__).__name__


@pytest.mark.slow
def test_where_nothing_gets_through_the_rest_is_not_tried(db, always, sent):
    """A list is accounted for to its end, without a request for every part of it."""
    always(throttled(), WRITE)
    with pytest.raises(BatchIncompleteError) as caught:
        db.batch_write(_accounts(1000), in_flight=1)

    result = caught.value.result
    assert [BatchEntry("put", account) for account in _accounts(1000)] == list(result.unprocessed)
    assert 4 * 6 >= result.requests == len(sent.operations)
    assert not result.is_input_left


@pytest.mark.slow
def test_an_iterator_goes_on_where_the_batch_left_off(db, always, faults):
    """What was never taken is neither lost nor held in memory."""
    always(throttled(), WRITE)
    accounts = iter(_accounts(1000))
    result = db.batch_write(accounts, in_flight=1, raises=False)
    assert result.is_input_left
    assert 100 == len(result.unprocessed)
    faults.remove()
    again = db.batch_write([*result.puts_left, *accounts], in_flight=1)

    assert 1000 == result.done + again.done


def test_the_timeout_is_that_of_the_whole_call(db, always):
    """What is not sent in time is listed."""
    always(unprocessed(where=_is_one_of("A-1")), WRITE)
    none = db.batch_write(_accounts(3), timeout=0, raises=False)
    short = db.batch_write(_accounts(3), timeout=0.06, raises=False)

    assert (0, 0, 3) == (none.done, none.requests, len(none.unprocessed))
    assert (2, 2, (Account("A-1", 1),)) == (short.done, short.requests, short.puts_left)


def test_a_refusal_before_anything_was_done_is_raised_itself(db, sent, faults):
    """Its class says that nothing was applied."""
    faults.next(WRITE, error("AccessDeniedException"))
    with pytest.raises(RequestRejectedError):
        db.batch_write(_accounts(60), in_flight=1)
    faults.next(GET, error("ResourceNotFoundException"))
    with pytest.raises(TableNotFoundError):
        db.batch_get(_keys(1))

    assert [WRITE, GET] == sent.operations


def test_a_refusal_later_says_what_was_done(db, faults, sent, rows):
    """An expired session in the middle of a load is no reason to guess."""
    faults.next(WRITE, calling(lambda: None), error("ExpiredTokenException"))
    with pytest.raises(BatchIncompleteError, match="ExpiredTokenException") as caught:
        db.batch_write(_accounts(100), in_flight=1)

    result = caught.value.result
    assert isinstance(caught.value.__cause__, RequestRejectedError)
    assert not caught.value.retryable
    assert [WRITE] * 2 == sent.operations
    assert 25 == result.done == len(rows())
    assert _accounts(75, 25) == list(result.puts_left)


def test_a_value_that_does_not_fit_later_says_what_was_done(db, rows):
    """What was sent stays sent, and the error says so."""
    accounts = iter([*_accounts(30), Account("A-30", "much"), Account("A-31")])
    with pytest.raises(BatchIncompleteError, match=r"25 done.*ConversionError") as caught:
        db.batch_write(accounts, in_flight=1)

    result = caught.value.result
    assert isinstance(caught.value.__cause__, ConversionError)
    assert [*_accounts(5, 25), Account("A-30", "much")] == list(result.puts_left)
    assert (25, True) == (len(rows()), result.is_input_left)
    assert [Account("A-31")] == list(accounts)


def test_a_value_that_does_not_fit_at_once_is_raised_itself(db, sent):
    """Nothing was sent."""
    with pytest.raises(ConversionError, match=r"Account\.balance"):
        db.batch_write([Account("A-1", "much")])

    assert [] == sent.operations


def test_an_open_breaker_is_asked_before_every_request(db, client, table_names, sent):
    """A batch is no way round a circuit breaker."""
    guarded = Database(client, table_names=table_names, breaker=OpenBreaker())
    with pytest.raises(CircuitOpenError):
        guarded.batch_write(_accounts(30))

    assert [] == sent.operations


def test_keys_that_were_not_read_do_not_look_absent(db, always):
    """A missing read is no missing item."""
    db.batch_write(_accounts(3))
    always(unprocessed(where=_is_one_of("A-1")), GET)
    keys = _keys(4)
    with pytest.raises(BatchIncompleteError, match="3 keys read, 1 not: Account A-1") as caught:
        db.batch_get(keys)
    read = db.batch_get(keys, raises=False)

    for result in (read, caught.value.result):
        assert ((keys[1],), (keys[3],)) == (result.unprocessed, result.missing)
        assert [keys[0], keys[2], keys[3]] == list(result)
        assert keys[1] not in result
        with pytest.raises(InvalidRequestError, match="was not read"):
            result.get(keys[1])
        with pytest.raises(KeyError):
            result[EntityKey(Account, "B-1")]


# Interruptions, and what others are told.


@pytest.mark.only_sync("a KeyboardInterrupt ends the event loop of the tests")
def test_an_interruption_goes_on_and_tells_what_was_done(db, faults, sent):
    """Nothing more is sent, and what was under way is not called undone."""
    faults.next(WRITE, calling(lambda: None), raised(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt) as caught:
        db.batch_write(_accounts(100), in_flight=1)

    (note,) = caught.value.__notes__
    assert "25 done, 25 under way with an unknown end" in note
    assert [WRITE] * 2 == sent.operations


@pytest.mark.only_sync("threads are those of the synchronous shell")
@pytest.mark.needs("threads")
def test_threads_that_are_under_way_are_waited_for(db, rows):
    """After an interruption nothing goes on behind the program's back."""

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        db.batch_write(_accounts(500), in_flight=4, progress=interrupt)

    (note,) = caught.value.__notes__
    assert f"{len(rows())} done, 0 under way" in note
    assert not [t for t in threading.enumerate() if t.name.startswith("transactscope-batch")]


def test_progress_is_told_in_pieces(db, faults):
    """The pieces of a progress bar add up to the whole, repetitions or not."""
    told = []
    faults.next(WRITE, unprocessed(0, 1))
    db.batch_write(_accounts(60), in_flight=1, progress=told.append)
    assert 60 == sum(told)
    assert [23, 25] == told[:2]
    told.clear()
    db.batch_get([*_keys(130), *_keys(5)], in_flight=1, progress=told.append)

    assert 135 == sum(told)


def test_what_progress_raises_ends_the_batch(db, sent):
    """An error of one's own passes unchanged, with a word about the data."""

    def fail(_):
        raise LookupError("no bar")

    with pytest.raises(LookupError, match="no bar") as caught:
        db.batch_write(_accounts(75), in_flight=1, progress=fail)

    assert "25 done" in caught.value.__notes__[0]
    assert [WRITE] == sent.operations


def test_what_the_input_raises_ends_the_batch(db, sent):
    """The same holds for an iterator that fails."""

    def accounts():
        yield from _accounts(30)
        raise LookupError("end of file")

    with pytest.raises(LookupError) as caught:
        db.batch_write(accounts(), in_flight=1)

    assert "25 done" in caught.value.__notes__[0]
    assert [WRITE] == sent.operations


@pytest.mark.only_sync("an AsyncDatabase awaits it")
def test_progress_that_has_to_be_awaited_is_refused(db):
    """A bar that never moves would be no progress."""

    async def progress(count):
        """Do nothing."""

    with pytest.raises(BatchIncompleteError, match="nobody awaits"):
        db.batch_write(_accounts(1), progress=lambda _: progress(1))
    with pytest.raises(InvalidRequestError, match="nobody awaits"):
        db.batch_write(_accounts(1), progress=progress)


@pytest.mark.only_sync("an AsyncDatabase takes it")
def test_an_asynchronous_input_is_refused(db):
    """The error says where it can be given."""

    async def accounts():
        yield Account("A-1")

    with pytest.raises(InvalidRequestError, match="AsyncDatabase"):
        db.batch_write(accounts())
