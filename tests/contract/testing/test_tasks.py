"""Faults and records of an aiobotocore client, whose sends are under way at once in one loop."""

import asyncio

import pytest
from botocore.exceptions import ChecksumError, ReadTimeoutError

from tests import engines
from transactscope.testing import (
    Faults,
    RequestRecorder,
    answer,
    calling,
    error,
    lost_answer,
    raised,
)


def _in_loop(engine, work, **settings):
    """Run a coroutine function with an aiobotocore client in an event loop of its own."""

    async def main():
        async with engines.new_aio_client(engine.endpoint_url, **settings) as client:
            return await work(client)

    return asyncio.run(main())


@pytest.mark.aiobotocore
@pytest.mark.needs("endpoint")
def test_faults_of_tasks_are_met_once_each(engine):
    """Sends that are under way at once in one loop share a script, and all are recorded."""

    async def work(client):
        with Faults(client) as faults, RequestRecorder(client) as recorder:
            pause = calling(lambda: asyncio.sleep(0))
            injected = answer(200, {"TableNames": ["injected"]})
            faults.next("ListTables", pause, *[injected] * 20, pause)
            answers = await asyncio.gather(*(client.list_tables() for _ in range(40)))
        names = [each["TableNames"] for each in answers]
        return names.count(["injected"]), faults.happened, faults.pending, recorder.count()

    assert (20, 22, {}, 40) == _in_loop(engine, work)


@pytest.mark.aiobotocore
@pytest.mark.needs("endpoint")
def test_a_lost_answer_does_not_hold_up_other_tasks(engine):
    """While a request is delivered in the background, the loop goes on, and each loses its own."""

    async def work(client):
        early, late = RequestRecorder(client), Faults(client)
        late.next("ListTables", *[lost_answer()] * 5)
        outcomes = await asyncio.gather(
            *(client.list_tables() for _ in range(8)), return_exceptions=True
        )
        lost = [outcome for outcome in outcomes if isinstance(outcome, ReadTimeoutError)]
        return len(lost), early.count(), late.happened

    assert (5, 8, 5) == _in_loop(engine, work)


@pytest.mark.aiobotocore
@pytest.mark.needs("endpoint")
def test_every_attempt_of_aiobotocores_is_a_send(engine):
    """A client that repeats by itself meets the next fault, and the record counts all."""

    async def work(client):
        failure = error("InternalServerError", status=500)
        with Faults(client) as faults, RequestRecorder(client) as recorder:
            faults.next("ListTables", failure, failure)
            await client.list_tables()
        return recorder.count("ListTables"), faults.happened, faults.pending

    assert (3, 2, {}) == _in_loop(engine, work, retries={"total_max_attempts": 3})


@pytest.mark.aiobotocore
@pytest.mark.needs("endpoint")
def test_a_send_may_be_interrupted_as_a_canceled_task_is(engine):
    """The task of the call is canceled; the client can be used afterwards."""

    async def work(client):
        with Faults(client) as faults:
            faults.next("ListTables", raised(asyncio.CancelledError()))
            call = asyncio.ensure_future(client.list_tables())
            await asyncio.wait([call])
        return call.cancelled(), (await client.list_tables())["TableNames"]

    was_canceled, names = _in_loop(engine, work)

    assert was_canceled
    assert isinstance(names, list)


@pytest.mark.aiobotocore
@pytest.mark.needs("endpoint")
def test_a_damaged_answer_is_damaged_for_aiobotocore_too(engine):
    """The checksum of a fault is compared with the bytes that it sends."""

    async def work(client):
        with Faults(client) as faults:
            faults.next("GetItem", answer(200, b"{}", crc32=1))
            await client.get_item(TableName="nobody", Key={"id": {"S": "1"}})

    with pytest.raises(ChecksumError):
        _in_loop(engine, work, retries={"mode": "legacy", "total_max_attempts": 1})
