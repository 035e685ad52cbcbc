"""Crowds of threads that want one lease, and tasks that are canceled."""

import asyncio
import contextlib
import threading

import pytest

import transactscope
from tests.contract.entities import Account
from tests.crowds import together
from tests.shells import TransactScope
from transactscope.ext.lease import AsyncLease, Lease, LeaseItem
from transactscope.testing import Faults, calling

# Many at once.


@pytest.mark.only_sync("threads of the test's own")
@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_of_a_crowd_one_at_a_time_works(db):
    """Each of them gets it in the end, and never two at the same moment."""
    within, most, done = [], [], []

    def work(number):
        with Lease(db, "job", timeout=600, poll=0.1, sleep=lambda _: None) as lease:
            within.append(number)
            most.append(len(within))
            with TransactScope(db) as tx:
                lease.check(tx)
                tx.update(Account, "A-1", add={"balance": 1})
            within.remove(number)
        done.append(number)

    together(8, work)

    assert list(range(8)) == sorted(done)
    assert [1] * 8 == most
    assert 8 == db.get(Account, "A-1").balance


# What only asynchronous code can do: a task is canceled.


@pytest.mark.needs("threads")
def test_a_canceled_block_releases_its_lease(client, table_names):
    """Others need not wait for what nobody works on."""
    db = transactscope.AsyncDatabase(transactscope.in_threads(client), table_names=table_names)

    async def main():
        entered = asyncio.Event()

        async def work():
            async with AsyncLease(db, "job"):
                entered.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(work())
        await entered.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return task.cancelled(), await db.get(LeaseItem, "job")

    assert (True, None) == asyncio.run(main())


@pytest.mark.needs("threads")
def test_a_task_that_is_canceled_while_it_acquires_holds_nothing(client, table_names):
    """What may be stored is nobody's until it expires, and `CancelledError` stays what it is."""
    db = transactscope.AsyncDatabase(transactscope.in_threads(client), table_names=table_names)
    under_way, go_on = threading.Event(), threading.Event()

    def hang():
        under_way.set()
        go_on.wait(60)

    async def main():
        lease = AsyncLease(db, "job")
        with Faults(client) as faults:
            faults.next("UpdateItem", calling(hang))
            task = asyncio.create_task(lease.acquire())
            await asyncio.to_thread(under_way.wait, 10)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            go_on.set()
        return task.cancelled(), lease.is_held, lease.token

    assert (True, False, None) == asyncio.run(main())
