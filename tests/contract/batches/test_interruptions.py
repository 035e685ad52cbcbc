"""Batches that are interrupted, watched, and fed by iterators."""

import threading

import pytest

from tests.contract.batches.given import WRITE, keys_of_accounts, new_accounts
from tests.contract.entities import Account
from transactscope.errors import BatchIncompleteError, InvalidRequestError
from transactscope.testing import calling, raised, unprocessed

# Interruptions, and what others are told.


@pytest.mark.only_sync("a KeyboardInterrupt ends the event loop of the tests")
def test_an_interruption_goes_on_and_tells_what_was_done(db, faults, sent):
    """Nothing more is sent, and what was under way is not called undone."""
    faults.next(WRITE, calling(lambda: None), raised(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt) as caught:
        db.batch_write(new_accounts(100), in_flight=1)

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
        db.batch_write(new_accounts(500), in_flight=4, progress=interrupt)

    (note,) = caught.value.__notes__
    assert f"{len(rows())} done, 0 under way" in note
    assert not [t for t in threading.enumerate() if t.name.startswith("transactscope-batch")]


def test_progress_is_told_in_pieces(db, faults):
    """The pieces of a progress bar add up to the whole, repetitions or not."""
    told = []
    faults.next(WRITE, unprocessed(0, 1))
    db.batch_write(new_accounts(60), in_flight=1, progress=told.append)
    assert 60 == sum(told)
    assert [23, 25] == told[:2]
    told.clear()
    db.batch_get([*keys_of_accounts(130), *keys_of_accounts(5)], in_flight=1, progress=told.append)

    assert 135 == sum(told)


def test_what_progress_raises_ends_the_batch(db, sent):
    """An error of one's own passes unchanged, with a word about the data."""

    def fail(_):
        raise LookupError("no bar")

    with pytest.raises(LookupError, match="no bar") as caught:
        db.batch_write(new_accounts(75), in_flight=1, progress=fail)

    assert "25 done" in caught.value.__notes__[0]
    assert [WRITE] == sent.operations


def test_what_the_input_raises_ends_the_batch(db, sent):
    """The same holds for an iterator that fails."""

    def accounts():
        yield from new_accounts(30)
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
        db.batch_write(new_accounts(1), progress=lambda _: progress(1))
    with pytest.raises(InvalidRequestError, match="nobody awaits"):
        db.batch_write(new_accounts(1), progress=progress)


@pytest.mark.only_sync("an AsyncDatabase takes it")
def test_an_asynchronous_input_is_refused(db):
    """The error says where it can be given."""

    async def accounts():
        yield Account("A-1")

    with pytest.raises(InvalidRequestError, match="AsyncDatabase"):
        db.batch_write(accounts())
