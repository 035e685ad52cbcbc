"""What only an asynchronous query can do: two tasks at once, and a task that is canceled."""

import asyncio
import threading

import pytest

from tests.contract.entities import Account
from transactscope import AsyncDatabase, EntityKey, in_threads
from transactscope.errors import InvalidRequestError
from transactscope.testing import Faults, calling

pytestmark = pytest.mark.needs("threads")


@pytest.fixture
def later(client, table_names):
    """An asynchronous database with one account."""
    client.put_item(TableName=table_names["Account"], Item={"number": {"S": "A-1"}})
    return AsyncDatabase(in_threads(client), table_names=table_names)


def test_a_query_is_not_awaited_and_its_items_are(later):
    """The call checks arguments and sends nothing."""

    async def main():
        items = [account async for account in later.query(Account, "A-1")]
        pages = [page async for page in later.query(Account, "A-1").pages()]
        return items, pages, await later.transact_get(EntityKey(Account, "A-1"))

    with pytest.raises(InvalidRequestError, match="has none"):
        later.query(Account)
    account = Account("A-1")
    assert ([account], [[account]], [account]) == asyncio.run(main())


def test_a_page_is_read_by_one_task_and_again_after_its_cancellation(client, later):
    """Two at once would leave items out; who gives up leaves the query where it was."""
    go_on = threading.Event()

    async def main():
        query = later.query(Account, "A-1")
        under_way, loop = asyncio.Event(), asyncio.get_running_loop()

        def hold():
            loop.call_soon_threadsafe(under_way.set)
            go_on.wait(60)

        with Faults(client) as faults:
            faults.next("Query", calling(hold))
            first = asyncio.create_task(anext(query))
            await under_way.wait()
            with pytest.raises(InvalidRequestError, match="another thread or task"):
                await anext(query)
            first.cancel()
            await asyncio.wait([first])
            go_on.set()
            assert first.cancelled()
            return [account async for account in query]

    assert [Account("A-1")] == asyncio.run(main())
