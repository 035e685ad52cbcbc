"""What could not be done at once: sent again, and listed if it was not done."""

import pytest

from tests.contract.batches.given import GET, WRITE, is_one_of, keys_of_accounts, new_accounts
from tests.contract.entities import Account
from tests.shells import Database
from transactscope import EntityKey
from transactscope.errors import (
    BatchIncompleteError,
    CircuitOpenError,
    ConversionError,
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
    server_error,
    throttled,
    throttling_error,
    unprocessed,
)
from transactscope.types import BatchEntry


class OpenBreaker:
    """A circuit breaker that admits nothing."""

    def admit(self, request):
        """Refuse."""
        raise CircuitOpenError(f"{request.operation} is not admitted")

    def report(self, ticket, health):
        """Hear nothing, because nothing is admitted."""


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
    result = db.batch_write(new_accounts(30), in_flight=1)
    read = db.batch_get(keys_of_accounts(30), in_flight=1)

    assert (30, True) == (result.done, result.is_complete)
    assert 30 == len(rows())
    assert result.retries >= 1
    assert new_accounts(30) == read.found
    assert {} == faults.pending


def test_only_what_is_left_over_is_sent_again(db, faults, sent, pauses):
    """After a pause, and with nothing else in the request."""
    faults.next(WRITE, unprocessed(1, 3))
    db.batch_write(new_accounts(5), in_flight=1)

    writes = list(*sent.requests[-1].body["RequestItems"].values())
    numbers = [write["PutRequest"]["Item"]["number"]["S"] for write in writes]
    assert ["A-1", "A-3"] == numbers
    assert [0.025] == pauses


def test_repetitions_are_logged(db, faults, caplog):
    """Who looks for the reason of a slow load finds it, without values."""
    caplog.set_level("INFO", "transactscope.retries")
    faults.next(WRITE, unprocessed(1), lost_request())
    db.batch_write(new_accounts(2), in_flight=1)

    said = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert [("INFO", "left 1 of 2 over"), ("WARNING", "ReadTimeoutError")] == [
        (level, next(part for part in ("left 1 of 2 over", "ReadTimeoutError") if part in message))
        for level, message in said
    ]


# What is not done.


def test_what_was_not_done_is_listed_exactly(db, faults, rows):
    """Two of sixty items never get through: these two are named, and the others are stored."""
    never = unprocessed(where=is_one_of("A-3", "A-41"))
    faults.at_random(WRITE, never, probability=1, seed=0)
    with pytest.raises(BatchIncompleteError, match="58 done, 2 not applied") as caught:
        db.batch_write(iter(new_accounts(60)), in_flight=1)

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
        db.batch_write(new_accounts(25), in_flight=1)

    result = caught.value.result
    assert tuple(BatchEntry("put", account) for account in new_accounts(25)) == result.unknown
    assert () == result.unprocessed
    assert 25 == len(rows())
    assert "ReadTimeoutError" == type(caught.value.__cause__).__name__


@pytest.mark.slow
def test_where_nothing_gets_through_the_rest_is_not_tried(db, always, sent):
    """A list is accounted for to its end, without a request for every part of it."""
    always(throttled(), WRITE)
    with pytest.raises(BatchIncompleteError) as caught:
        db.batch_write(new_accounts(1000), in_flight=1)

    result = caught.value.result
    assert [BatchEntry("put", account) for account in new_accounts(1000)] == list(
        result.unprocessed
    )
    assert 4 * 6 >= result.requests == len(sent.operations)
    assert not result.is_input_left


@pytest.mark.slow
def test_an_iterator_goes_on_where_the_batch_left_off(db, always, faults):
    """What was never taken is neither lost nor held in memory."""
    always(throttled(), WRITE)
    accounts = iter(new_accounts(1000))
    result = db.batch_write(accounts, in_flight=1, raises=False)
    assert result.is_input_left
    assert 100 == len(result.unprocessed)
    faults.remove()
    again = db.batch_write([*result.puts_left, *accounts], in_flight=1)

    assert 1000 == result.done + again.done


def test_the_timeout_is_that_of_the_whole_call(db, always):
    """What is not sent in time is listed."""
    always(unprocessed(where=is_one_of("A-1")), WRITE)
    none = db.batch_write(new_accounts(3), timeout=0, raises=False)
    short = db.batch_write(new_accounts(3), timeout=0.06, raises=False)

    assert (0, 0, 3) == (none.done, none.requests, len(none.unprocessed))
    assert (2, 2, (Account("A-1", 1),)) == (short.done, short.requests, short.puts_left)


def test_a_refusal_before_anything_was_done_is_raised_itself(db, sent, faults):
    """Its class says that nothing was applied."""
    faults.next(WRITE, error("AccessDeniedException"))
    with pytest.raises(RequestRejectedError):
        db.batch_write(new_accounts(60), in_flight=1)
    faults.next(GET, error("ResourceNotFoundException"))
    with pytest.raises(TableNotFoundError):
        db.batch_get(keys_of_accounts(1))

    assert [WRITE, GET] == sent.operations


def test_a_refusal_later_says_what_was_done(db, faults, sent, rows):
    """An expired session in the middle of a load is no reason to guess."""
    faults.next(WRITE, calling(lambda: None), error("ExpiredTokenException"))
    with pytest.raises(BatchIncompleteError, match="ExpiredTokenException") as caught:
        db.batch_write(new_accounts(100), in_flight=1)

    result = caught.value.result
    assert isinstance(caught.value.__cause__, RequestRejectedError)
    assert not caught.value.retryable
    assert [WRITE] * 2 == sent.operations
    assert 25 == result.done == len(rows())
    assert new_accounts(75, 25) == list(result.puts_left)


def test_a_value_that_does_not_fit_later_says_what_was_done(db, rows):
    """What was sent stays sent, and the error says so."""
    accounts = iter([*new_accounts(30), Account("A-30", "much"), Account("A-31")])
    with pytest.raises(BatchIncompleteError, match=r"25 done.*ConversionError") as caught:
        db.batch_write(accounts, in_flight=1)

    result = caught.value.result
    assert isinstance(caught.value.__cause__, ConversionError)
    assert [*new_accounts(5, 25), Account("A-30", "much")] == list(result.puts_left)
    assert (25, True) == (len(rows()), result.is_input_left)
    assert [Account("A-31")] == list(accounts)


@pytest.mark.parametrize("in_flight", [1, 4])
def test_progress_is_told_of_all_that_was_done_before_the_end(db, rows, in_flight):
    """What was under way when a value did not fit is done: a bar stands where the result does."""
    told = []
    puts = (Account(f"A-{number}", "x" if number == 260 else 1) for number in range(1000))
    with pytest.raises(BatchIncompleteError) as caught:
        db.batch_write(puts, in_flight=in_flight, progress=told.append)

    assert 0 < caught.value.result.done == sum(told) == len(rows())


def test_what_progress_raises_at_such_an_end_is_noted(db):
    """The batch has ended because of something else, which stays the error."""

    def broken(_):
        raise LookupError

    puts = (Account(f"A-{number}", "x" if number == 26 else 1) for number in range(50))
    with pytest.raises(BatchIncompleteError) as caught:
        db.batch_write(puts, in_flight=4, progress=broken)

    assert ["transactscope: LookupError was raised in progress()"] == [
        *getattr(caught.value.__cause__, "__notes__", ()),
    ]


def test_a_value_that_does_not_fit_at_once_is_raised_itself(db, sent):
    """Nothing was sent."""
    with pytest.raises(ConversionError, match=r"Account\.balance"):
        db.batch_write([Account("A-1", "much")])

    assert [] == sent.operations


def test_an_open_breaker_is_asked_before_every_request(db, client, table_names, sent):
    """A batch is no way round a circuit breaker."""
    guarded = Database(client, table_names=table_names, breaker=OpenBreaker())
    with pytest.raises(CircuitOpenError):
        guarded.batch_write(new_accounts(30))

    assert [] == sent.operations


def test_keys_that_were_not_read_do_not_look_absent(db, always):
    """A missing read is no missing item."""
    db.batch_write(new_accounts(3))
    always(unprocessed(where=is_one_of("A-1")), GET)
    keys = keys_of_accounts(4)
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
