"""What batches of an `AsyncDatabase` have of their own: asynchronous input, tasks, cancellation."""

import asyncio
import threading

import pytest

from tests.contract.entities import Account
from tests.engines import new_aio_client
from transactscope import AsyncDatabase, EntityKey, in_threads
from transactscope.testing import Faults, calling, unprocessed

WRITE = "BatchWriteItem"

pytestmark = pytest.mark.needs("threads", "endpoint")


@pytest.fixture
def db(client, table_names):
    """An asynchronous database whose requests run in threads."""
    return AsyncDatabase(in_threads(client), table_names=table_names)


@pytest.fixture
def shell():
    """Nothing: these tests drive their event loops themselves."""


async def _accounts(count):
    for number in range(count):
        await asyncio.sleep(0)
        yield Account(f"A-{number}", number)


async def _keys(count):
    async for account in _accounts(count):
        yield EntityKey(Account, account.number)


def test_input_may_be_asynchronous(db):
    """Pages of another service are written as they come."""

    async def main():
        told = []
        written = await db.batch_write(_accounts(60), _keys(1 - 1), progress=told.append)
        read = await db.batch_get(_keys(130))
        return written, read, told

    written, read, told = asyncio.run(main())

    assert (60, 3) == (written.done, written.requests)
    assert (60, 70) == (len(read.found), len(read.missing))
    assert 60 == sum(told)


def test_progress_may_be_awaited(db):
    """A bar that is shown by another task can be told."""
    told = []

    async def progress(count):
        await asyncio.sleep(0)
        told.append(count)

    async def main():
        return await db.batch_write(_accounts(30), progress=progress)

    assert asyncio.run(main()).done == sum(told) == 30


def test_two_inputs_are_taken_one_after_the_other(db):
    """Puts go first: what is put and deleted in one call is gone."""

    async def main():
        await db.batch_write(_accounts(50), _keys(20), in_flight=4)
        return await db.batch_get(_keys(50))

    assert 30 == len(asyncio.run(main()).found)


def test_an_asynchronous_input_that_fails_ends_the_batch(db):
    """Its error passes unchanged, with a word about what was done."""

    async def accounts():
        async for account in _accounts(30):
            yield account
        raise LookupError("gone")

    with pytest.raises(LookupError) as caught:
        asyncio.run(db.batch_write(accounts()))

    assert "25 done" in caught.value.__notes__[0]


def test_a_canceled_batch_cancels_its_requests(db, client):
    """Nothing goes on behind the program's back, and nobody calls undone what may be done."""
    release = threading.Event()

    async def main():
        began = asyncio.Event()
        loop = asyncio.get_running_loop()

        def hold():
            loop.call_soon_threadsafe(began.set)
            release.wait(60)

        with Faults(client) as faults:
            faults.next(WRITE, calling(hold))
            batch = asyncio.create_task(db.batch_write(_accounts(100), in_flight=1))
            await began.wait()
            batch.cancel()
            try:
                await batch
            except asyncio.CancelledError as cut:
                return cut.__notes__, [t for t in asyncio.all_tasks() if not t.done()]
            finally:
                release.set()

    notes, tasks = asyncio.run(main())

    assert ["0 done, 25 under way with an unknown end"] == [
        note.partition(": ")[2][-40:] for note in notes
    ]
    assert 1 == len(tasks)


@pytest.mark.aiobotocore
def test_tasks_are_in_flight_at_once(engine, table_names):
    """Three requests have to be there at once, or none of them goes on."""

    async def main():
        meeting = asyncio.Barrier(3)
        async with new_aio_client(engine.endpoint_url) as client:
            db = AsyncDatabase(client, table_names=table_names)
            with Faults(client) as faults:
                faults.at_random(WRITE, calling(meeting.wait), probability=1, seed=0)
                return await asyncio.wait_for(db.batch_write(_accounts(75), in_flight=3), 10)

    assert 75 == asyncio.run(main()).done


@pytest.mark.aiobotocore
def test_leftovers_of_tasks_are_sent_again(engine, table_names):
    """The fault of a part works where answers are awaited, too."""

    async def main():
        async with new_aio_client(engine.endpoint_url) as client:
            db = AsyncDatabase(client, table_names=table_names)
            with Faults(client) as faults:
                faults.next(WRITE, unprocessed(0, 7), unprocessed())
                written = await db.batch_write(_accounts(30))
                faults.next("BatchGetItem", unprocessed(0, 7))
                return written, await db.batch_get(_keys(30))

    written, read = asyncio.run(main())

    assert 30 == written.done == len(read.found)
