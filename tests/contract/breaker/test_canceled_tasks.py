"""What only asynchronous code can do while a breaker looks: a task is canceled."""

import asyncio
import contextlib
import threading

import pytest

import transactscope
from tests.conftest import random_table_name
from tests.contract.breaker.given import CLOSED, HALF_OPEN, ONCE, TX
from tests.contract.entities import Account
from transactscope import ScopeState
from transactscope.errors import TransactScopeError
from transactscope.ext.breaker import AsyncTableBreaker, Circuit
from transactscope.testing import Faults, RequestRecorder, calling, throttled

# What only asynchronous code can do: a task is canceled.


async def _cancel_while_under_way(work, under_way):
    task = asyncio.create_task(work)
    await asyncio.to_thread(under_way.wait, 10)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return task


@pytest.mark.needs("threads")
def test_a_canceled_probe_makes_room(client, table_names, clock, breaker):
    """Its task is gone, and would never report."""
    threaded = transactscope.in_threads(client)
    db = transactscope.AsyncDatabase(threaded, table_names=table_names, breaker=breaker, retry=ONCE)
    under_way, go_on = threading.Event(), threading.Event()

    def hang():
        under_way.set()
        go_on.wait(60)

    async def main():
        with Faults(client) as faults:
            faults.next("GetItem", throttled(), throttled(), calling(hang))
            for _ in range(2):
                with contextlib.suppress(TransactScopeError):
                    await db.get(Account, "A-1")
            clock.now += 5
            task = await _cancel_while_under_way(db.get(Account, "A-1"), under_way)
            states = [breaker.state]
            go_on.set()
            await db.get(Account, "A-1")
            return task, [*states, breaker.state]

    task, states = asyncio.run(main())
    assert task.cancelled()
    assert [HALF_OPEN, CLOSED] == states


@pytest.mark.needs("threads")
def test_a_commit_that_is_canceled_while_the_breaker_looks_is_not_in_doubt(
    client, table_names, clock
):
    """Its own request was never sent; what hung was the breaker's."""
    threaded = transactscope.in_threads(client)
    breaker = AsyncTableBreaker(transactscope.AsyncDatabase(threaded, retry=ONCE), clock=clock)
    db = transactscope.AsyncDatabase(threaded, table_names=table_names, breaker=breaker)
    under_way, go_on = threading.Event(), threading.Event()

    def hang():
        under_way.set()
        go_on.wait(60)

    async def main():
        tx = transactscope.AsyncTransactScope(db).begin()
        tx.put(Account("A-1"))
        with Faults(client) as faults, RequestRecorder(client) as sent:
            faults.next("GetItem", calling(hang))
            task = await _cancel_while_under_way(tx.commit(), under_way)
            go_on.set()
            return task, tx.state, sent.count(TX)

    task, state, commits = asyncio.run(main())
    assert task.cancelled()
    assert ScopeState.CANCELED is state
    assert 0 == commits


@pytest.mark.needs("threads")
def test_a_task_that_is_canceled_in_an_election_makes_room(client, table_names, clock, engine):
    """Nobody has the ticket that it would have got."""
    plain = transactscope.Database(client, table_names={"CircuitBreaker": random_table_name()})
    plain.create_table(Circuit)
    own = engine.client()
    options = {"retry": ONCE, "table_names": plain._environment.builder.table_names}
    breaker = AsyncTableBreaker(
        transactscope.AsyncDatabase(transactscope.in_threads(own), **options),
        failures=1,
        open_for=5,
        clock=clock,
        wall_clock=clock,
    )
    db = transactscope.AsyncDatabase(
        transactscope.in_threads(client), table_names=table_names, breaker=breaker, retry=ONCE
    )
    under_way, go_on = threading.Event(), threading.Event()

    def hang():
        under_way.set()
        go_on.wait(60)

    async def main():
        with Faults(client) as faults, Faults(own) as of_breaker:
            faults.next("GetItem", throttled())
            with contextlib.suppress(TransactScopeError):
                await db.get(Account, "A-1")
            clock.now += 5
            of_breaker.next("GetItem", calling(hang))
            await _cancel_while_under_way(db.get(Account, "A-1"), under_way)
            go_on.set()
            await db.get(Account, "A-1")

    asyncio.run(main())
    own.close()
    assert CLOSED is breaker.state
