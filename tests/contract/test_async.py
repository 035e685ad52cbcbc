"""What only asynchronous code can do: many tasks, cancellation, scopes that travel between tasks.

Everything else is in the other contract tests, which run in the asynchronous shells, too.
"""

import asyncio
import contextlib
import random
import threading

import pytest

from tests import engines, shells
from tests.contract.entities import Account, Order, Sheet
from transactscope import (
    AsyncDatabase,
    AsyncTransactScope,
    Attr,
    Database,
    EntityKey,
    RetryPolicy,
    Rollback,
    ScopeState,
    TransactScope,
    in_threads,
    transactional,
)
from transactscope.errors import (
    CommitOutcomeUnknownError,
    InvalidRequestError,
    ScopeStateError,
    StaleReadError,
)
from transactscope.testing import Faults, calling, conflict, lost_request, raised

pytestmark = pytest.mark.needs("threads", "idempotency")

TX = "TransactWriteItems"
_SHELLS = [
    shells.THREADS,
    pytest.param(
        shells.AIOBOTOCORE,
        marks=[
            pytest.mark.aiobotocore,
            *([pytest.mark.skip(reason=why)] if (why := engines.aiobotocore_problem()) else []),
        ],
    ),
]


@contextlib.contextmanager
def while_sending(faults, operation, action):
    """Call `action` in the event loop when a request is about to leave.

    What is sent in a thread waits until the block ends, so the answer is never there before.
    """
    loop, here = asyncio.get_running_loop(), threading.get_ident()
    is_over = threading.Event()

    def meanwhile():
        if threading.get_ident() == here:
            action()
        else:
            loop.call_soon_threadsafe(action)
            is_over.wait(60)

    faults.next(operation, calling(meanwhile))
    try:
        yield
    finally:
        is_over.set()


class Asynchronous:
    """Runs a coroutine function with a database in an event loop of its own."""

    def __init__(self, engine, shell_name, table_names):
        self.engine = engine
        self.shell_name = shell_name
        self.table_names = table_names

    def __call__(self, main, **settings):
        """Run `main(db)`, or `main(db, faults)` if it takes two."""
        return asyncio.run(self._run(main, settings))

    @contextlib.asynccontextmanager
    async def client(self):
        """Make a client of the shell, and what faults are hooked into."""
        if self.shell_name == shells.AIOBOTOCORE:
            async with engines.new_aio_client(self.engine.endpoint_url) as client:
                yield client, client
        else:
            client = self.engine.client(max_pool_connections=32)
            yield in_threads(client), client
            client.close()

    async def _run(self, main, settings):
        async with self.client() as (client, hooked):
            db = AsyncDatabase(client, table_names=self.table_names, **settings)
            if main.__code__.co_argcount == 1:
                return await main(db)
            with Faults(hooked) as faults:
                return await main(db, faults)


@pytest.fixture(params=_SHELLS)
def run(request, engine, table_names):
    """Run a coroutine function on every kind of asynchronous client."""
    return Asynchronous(engine, request.param, table_names)


@pytest.mark.slow
@pytest.mark.contention
def test_200_transfers_in_one_event_loop_are_exact(run):
    """No amount is lost or made, and nothing is left unawaited: warnings are errors."""
    numbers = [f"A-{n}" for n in range(60)]

    @transactional
    async def transfer(tx, source, target, amount):
        one, other = await tx.get_many(EntityKey(Account, source), EntityKey(Account, target))
        one.balance -= amount
        other.balance += amount
        tx.update(one)
        tx.update(other)
        await asyncio.sleep(0)

    async def main(db):
        for number in numbers:
            await db.put(Account(number, 100))
        dice = random.Random(7)
        await asyncio.gather(
            *(transfer(db, *dice.sample(numbers, 2), dice.randint(1, 9)) for _ in range(200))
        )
        found = [await db.get(Account, number) for number in numbers]
        return [account.balance for account in found]

    policy = RetryPolicy(max_attempts=1000, base_delay=0.02, max_delay=0.5, timeout=100)
    balances = run(main, retry=policy)

    assert 6000 == sum(balances)
    assert len(set(balances)) > 1


def test_a_task_that_is_canceled_in_mid_commit_leaves_the_scope_in_doubt(run):
    """The request may be applied; the CancelledError stays what it is, and carries a note."""

    async def main(db, faults):
        tx = AsyncTransactScope(db).begin()
        tx.put(Account("A-1"))
        task = asyncio.create_task(tx.commit())
        cancel = while_sending(faults, TX, lambda: task.cancel("enough"))
        with pytest.raises(asyncio.CancelledError) as caught, cancel:
            await task
        return tx, caught.value

    tx, error = run(main)

    assert ScopeState.IN_DOUBT is tx.state
    assert ("enough",) == error.args
    assert tx.client_request_token in error.__notes__[0]


def test_a_task_that_is_canceled_in_a_pause_leaves_nothing_in_doubt(run):
    """The last answer was a clear no."""

    async def main(db, faults):
        pausing = asyncio.Event()

        async def sleep(_):
            pausing.set()
            await asyncio.Event().wait()

        patient = AsyncDatabase(
            db._environment.client, table_names=db._environment.builder.table_names, sleep=sleep
        )
        faults.next(TX, conflict())
        tx = AsyncTransactScope(patient).begin()
        tx.put(Account("A-1"))
        task = asyncio.create_task(tx.commit())
        await pausing.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return tx.state, await db.get(Account, "A-1")

    assert (ScopeState.CANCELED, None) == run(main)


def test_a_timeout_around_a_commit_is_a_doubt_too(run):
    """`asyncio.timeout` cancels, and turns that into its own error."""

    async def main(db, faults):
        now = asyncio.get_running_loop().time()
        tx = AsyncTransactScope(db).begin()
        tx.put(Account("A-1"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(None) as limit:
                with while_sending(faults, TX, lambda: limit.reschedule(now)):
                    await tx.commit()
        return tx.state

    assert ScopeState.IN_DOUBT is run(main)


def test_a_canceled_single_write_says_that_it_may_be_applied(run):
    """It has no token, and nothing to resolve; a note is all there can be."""

    async def main(db, faults):
        task = asyncio.create_task(db.insert(Account("A-1")))
        cancel = while_sending(faults, "PutItem", task.cancel)
        with pytest.raises(asyncio.CancelledError) as caught, cancel:
            await task
        return caught.value.__notes__

    (note,) = run(main)

    assert "may be applied: insert Account" in note


def test_a_lost_answer_is_a_doubt(run):
    """As in synchronous code, with the scope on the error."""

    async def main(db, faults):
        faults.at_random(TX, lost_request(), probability=1, seed=0)
        with pytest.raises(CommitOutcomeUnknownError) as caught:
            async with AsyncTransactScope(db, timeout=0) as tx:
                tx.put(Account("A-1"))
        return tx, caught.value

    tx, error = run(main)

    assert error.scope is tx
    assert ScopeState.IN_DOUBT is tx.state


def test_two_tasks_at_once_are_refused(run):
    """One of them waits for an answer; what the other stages would be half seen."""

    async def main(db):
        tx = AsyncTransactScope(db).begin()
        read = asyncio.create_task(tx.get(Account, "A-1"))
        await asyncio.sleep(0)
        for use in (lambda: tx.put(Account("A-2")), tx.rollback, tx.savepoint):
            with pytest.raises(ScopeStateError, match="right now"):
                use()
        with pytest.raises(ScopeStateError, match="right now"):
            await tx.get(Account, "A-1")
        assert await read is None
        tx.put(Account("A-1"))
        commits = [asyncio.create_task(tx.commit()) for _ in range(2)]
        results = await asyncio.gather(*commits, return_exceptions=True)
        return [type(result).__name__ for result in results], tx.state

    expected = (["CommitResult", "ScopeStateError"], ScopeState.COMMITTED)
    assert expected == run(main)


def test_a_scope_may_travel_between_tasks(run):
    """It belongs to nobody; only not to two at once."""

    async def main(db):
        tx = AsyncTransactScope(db).begin()
        await asyncio.create_task(_stage(tx, "A-1"))
        await asyncio.create_task(_stage(tx, "A-2"))
        await asyncio.create_task(tx.commit())
        return [await db.get(Account, number) for number in ("A-1", "A-2")]

    assert [Account("A-1"), Account("A-2")] == run(main)


async def _stage(tx, number):
    await tx.get(Account, number)
    tx.insert(Account(number))


def test_a_task_that_outlives_its_block_is_refused(run):
    """dyntastic: the write of a late task was lost without an error."""

    async def main(db):
        ended = asyncio.Event()

        async def late(tx):
            await ended.wait()
            tx.insert(Account("A-2"))

        async with AsyncTransactScope(db) as tx:
            tx.insert(Account("A-1"))
            task = asyncio.create_task(late(tx))
        ended.set()
        with pytest.raises(ScopeStateError, match="COMMITTED"):
            await task
        with pytest.raises(ScopeStateError, match="COMMITTED"):
            await tx.get(Account, "A-1")

    run(main)


def test_a_read_that_is_awaited_after_the_end_is_refused(run):
    """It was called in time; what counts is when it runs."""

    async def main(db):
        async with AsyncTransactScope(db) as tx:
            reads = [tx.get(Account, "A-1"), tx.get_many(EntityKey(Account, "A-1"))]
        for read in reads:
            with pytest.raises(ScopeStateError, match="COMMITTED"):
                await read

    run(main)


@transactional
async def part(tx, number, *, fails=False):
    """Stage one account, and fail if it is told to."""
    tx.put(Account(number))
    await asyncio.sleep(0)
    if fails:
        raise KeyError(number)
    return number


def test_joined_functions_that_run_together_lose_nothing(run):
    """Their savepoints would drop each other's actions; whoever comes second is told."""

    async def main(db):
        async with AsyncTransactScope(db) as tx:
            results = await asyncio.gather(
                part(tx, "A-1", fails=True), part(tx, "A-2"), return_exceptions=True
            )
        return results, await db.get(Account, "A-2")

    (first, second), stored = run(main)

    assert isinstance(first, KeyError)
    assert isinstance(second, ScopeStateError)
    assert "another thread or task" in str(second)
    assert stored is None


def test_joined_functions_run_one_after_the_other(run):
    """Each in a savepoint of its own; a failed one drops only its own actions."""

    async def main(db):
        async with AsyncTransactScope(db) as tx:
            assert "A-1" == await part(tx, "A-1")
            with pytest.raises(KeyError):
                await part(tx, "A-2", fails=True)
            with tx.savepoint():
                assert Account("A-1") == await asyncio.wait_for(tx.get(Account, "A-1"), 5)
        return [await db.get(Account, f"A-{n}") is not None for n in (1, 2)]

    assert [True, False] == run(main)


def test_rollback_leaves_a_coroutine_function_with_nothing(run):
    """Owned or joined, it gives up quietly."""

    @transactional
    async def give_up(tx):
        tx.put(Account("A-1"))
        raise Rollback

    async def main(db):
        assert await give_up(db) is None
        async with AsyncTransactScope(db) as tx:
            assert await give_up(tx) is None
            assert () == tx.staged
        return await db.get(Account, "A-1")

    assert run(main) is None


def test_code_that_returns_from_the_block_is_never_told_of_a_success_that_was_none(run):
    """As in a plain loop."""

    async def returns(db, interfere):
        async for attempt in db.attempts():
            async with attempt as tx:
                account = await tx.get(Account, "A-1")
                account.balance += 1
                tx.update(account)
                if interfere:
                    await db.update(Account, "A-1", add={"balance": 100})
                return account.balance
        return None

    async def goes_on(db):
        rounds = 0
        async for attempt in db.attempts():
            async with attempt as tx:
                rounds += 1
                account = await tx.get(Account, "A-1")
                account.balance += 1
                tx.update(account)
                if rounds < 3:
                    await db.update(Account, "A-1", add={"balance": 100})
        return rounds

    async def main(db):
        await db.put(Account("A-1"))
        assert 1 == await returns(db, interfere=False)
        with pytest.raises(StaleReadError) as caught:
            await returns(db, interfere=True)
        assert "lead back to its loop" in caught.value.__notes__[0]
        return await goes_on(db), (await db.get(Account, "A-1")).balance

    assert (3, 302) == run(main)


def test_hooks_may_be_coroutine_functions(run):
    """They are awaited, in order with the others, when the data is committed."""
    seen = []

    async def awaited(result):
        await asyncio.sleep(0)
        seen.append(("awaited", result.sent))

    async def failing(_):
        raise KeyError

    async def main(db):
        async with AsyncTransactScope(db) as tx:
            tx.put(Account("A-1"))
            tx.on_commit(awaited)
            tx.on_commit(lambda result: seen.append(("plain", result.sent)))
            tx.on_commit(failing)

    with pytest.raises(ExceptionGroup, match="is committed; 1 of 3"):
        run(main)

    assert [("awaited", True), ("plain", True)] == seen


def test_a_hook_that_is_canceled_says_that_the_data_is_committed(run):
    """Who cancels the task must not take it for a failed commit."""

    async def main(db):
        hooked, after = asyncio.Event(), []

        async def waits(_):
            hooked.set()
            await asyncio.Event().wait()

        tx = AsyncTransactScope(db).begin()
        tx.put(Account("A-1"))
        tx.on_commit(waits)
        tx.on_commit(after.append)
        task = asyncio.create_task(tx.commit())
        await hooked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        return tx.state, after, caught.value.__notes__[0]

    state, after, note = run(main)

    assert (ScopeState.COMMITTED, []) == (state, after)
    assert "is committed" in note
    assert "1 more did not run" in note


def test_staged_calls_of_the_stand_in_can_be_awaited(run):
    """Data access that was written for an asynchronous client works on a scope as it is."""

    async def main(db):
        table, key = db._environment.builder.table_names["Account"], {"number": {"S": "A-1"}}
        async with AsyncTransactScope(db) as tx:
            answers = [
                await tx.client.put_item(TableName=table, Item=key),
                tx.client.put_item(TableName=table, Item={"number": {"S": "A-2"}}),
                (await tx.client.get_item(TableName=table, Key=key)).get("Item"),
            ]
        return answers, await db.get(Account, "A-1")

    assert ([{}, {}, None], Account("A-1")) == run(main)


def test_bad_arguments_are_refused_at_the_call(run):
    """Before anything is awaited, where the mistake stands."""

    async def main(db):
        async with AsyncTransactScope(db) as tx:
            for call in (
                lambda: tx.get(str, "A-1"),
                lambda: tx.get(Account),
                lambda: tx.get_many("A-1"),
                lambda: db.get(Order, "u-1"),
                lambda: db.put(None),
                lambda: db.update(Account, "A-1"),
            ):
                with pytest.raises(InvalidRequestError):
                    call()

    run(main)


def test_versions_and_conditions_work_with_single_writes(run):
    """Every verb of the database, awaited."""

    async def main(db):
        sheet = Sheet("A-1")
        await db.insert(sheet)
        await db.replace(sheet)
        await db.update(Sheet, "A-1", add={"balance": 1}, condition=Attr("version").eq(2))
        with pytest.raises(StaleReadError):
            await db.put(sheet)
        await db.delete(await db.get(Sheet, "A-1"))
        await db.create_table(Sheet)
        return sheet.version, await db.get(Sheet, "A-1")

    assert (2, None) == run(main)


def test_the_budget_of_a_read_begins_when_it_is_awaited(run):
    """A coroutine that waits for its turn has not spent any time."""

    async def main(db, faults):
        now = [0.0]
        patient = AsyncDatabase(
            db._environment.client,
            table_names=db._environment.builder.table_names,
            clock=lambda: now[0],
            sleep=lambda _: None,
        )
        faults.next("GetItem", lost_request())
        read = patient.get(Account, "A-1")
        now[0] = 1000.0
        return await read

    assert run(main) is None


def test_wrong_kinds_are_refused_in_both_directions_with_the_way_out(engine, client):
    """A plain client would block the event loop, an asynchronous one would answer nothing."""
    threaded = in_threads(client)
    plain, awaited = Database(client), AsyncDatabase(threaded)

    @transactional
    def plain_function(tx):
        """Do nothing."""

    for wrong, way_out in (
        (lambda: AsyncTransactScope(client), "in_threads"),
        (lambda: AsyncDatabase(client), "in_threads"),
        (lambda: AsyncTransactScope(plain), "in_threads"),
        (lambda: TransactScope(threaded), "AsyncTransactScope"),
        (lambda: Database(threaded), "AsyncDatabase"),
        (lambda: TransactScope(awaited), "AsyncTransactScope"),
        (lambda: in_threads(threaded), "already"),
        (lambda: in_threads(None), "boto3"),
        (lambda: in_threads(client, executor=5), "ThreadPoolExecutor"),
        (lambda: AsyncTransactScope(None), "boto3"),
        (lambda: AsyncTransactScope(AsyncTransactScope(awaited)), "client"),
        (lambda: TransactScope(TransactScope(plain)), "client"),
        (lambda: plain_function(awaited), "coroutine functions"),
        (lambda: plain_function(AsyncTransactScope(awaited)), "two kinds"),
        (lambda: asyncio.run(part(plain, "A-1")), "plain functions"),
        (lambda: asyncio.run(part(TransactScope(plain), "A-1")), "two kinds"),
        (lambda: asyncio.run(part(None, "A-1")), "method cannot be one"),
    ):
        with pytest.raises(InvalidRequestError, match=way_out):
            wrong()


def test_a_threaded_client_has_the_operations_of_the_client(client, fresh_table):
    """Awaited; what would block the event loop is refused."""
    table = fresh_table()

    async def main():
        threaded = in_threads(client)
        answer = await threaded.describe_table(TableName=table)
        for name in ("get_paginator", "get_waiter"):
            with pytest.raises(InvalidRequestError, match="event loop"):
                getattr(threaded, name)
        assert threaded.exceptions is client.exceptions
        assert "in_threads(" in repr(threaded)
        return answer["Table"]["TableName"]

    assert table == asyncio.run(main())


def test_an_exception_of_the_block_propagates_and_sends_nothing(run):
    """Also a cancellation that the block itself raises."""

    async def main(db, faults):
        faults.at_random(TX, raised(AssertionError("sent")), probability=1, seed=1)
        for error in (KeyError, asyncio.CancelledError):
            with pytest.raises(error):
                async with AsyncTransactScope(db) as tx:
                    tx.put(Account("A-1"))
                    raise error
            assert ScopeState.ROLLED_BACK is tx.state
        return faults.happened

    assert 0 == run(main)


def test_a_stop_iteration_in_a_thread_reaches_the_task(client):
    """Python cannot hand it over by itself; the task would wait for ever."""

    async def main():
        threaded = in_threads(client)
        with Faults(client) as faults:
            faults.next("ListTables", raised(StopIteration()))
            with pytest.raises(RuntimeError, match="StopIteration"):
                await asyncio.wait_for(threaded.list_tables(), 30)

    asyncio.run(main())
