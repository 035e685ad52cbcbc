"""What users test with: faults reach the code under test, and the record shows what left."""

import asyncio
import contextlib
import inspect
import re
import subprocess
import sys
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor

import attrs
import boto3
import pytest
from botocore.exceptions import (
    ChecksumError,
    ClientError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from tests import engines, shells
from transactscope import in_threads
from transactscope.errors import InvalidRequestError
from transactscope.testing import (
    Faults,
    RecordedRequest,
    RequestRecorder,
    answer,
    calling,
    canceled,
    conflict,
    error,
    lost_answer,
    lost_request,
    no_connection,
    raised,
    throttled,
)

TX = "TransactWriteItems"


class Interruption(BaseException):
    """Stands for what ends a program: an event loop lets it pass and goes on."""


@attrs.frozen
class Waiting:
    """A client whose calls are waited for where they have to be awaited."""

    client: object

    def __getattr__(self, name):
        method = getattr(self.client, name)

        def call(**arguments):
            answered = method(**arguments)
            return shells.run(answered) if inspect.iscoroutine(answered) else answered

        return call


@pytest.fixture
def shell_client(client, shell):
    """The client as users have it: boto3's, the same in threads, or aiobotocore's."""
    return shell.client(client)


@pytest.fixture
def waiting(shell_client):
    """The same client, for plain calls."""
    return Waiting(shell_client)


@pytest.fixture
def table(fresh_table, waiting):
    """Two calls that write to one empty table, and one that looks what is there."""
    return Table(waiting, fresh_table())


@pytest.fixture
def table_inside(table, client, shell):
    """The same table for what is called during a send: a thread may wait, an event loop not."""
    return Table(shell.events_of(client), table.name)


@pytest.fixture
def faults(shell_client):
    """Faults for the next sends of the client."""
    with Faults(shell_client) as installed:
        yield installed


@attrs.frozen
class Table:
    """A table, written to by plain calls of one client."""

    client: object
    name: str

    def put(self, number="1"):
        """Write one item by itself."""
        return self.client.put_item(TableName=self.name, Item={"id": {"S": number}})

    def transact(self, *numbers):
        """Write items together."""
        puts = [{"TableName": self.name, "Item": {"id": {"S": number}}} for number in numbers]
        return self.client.transact_write_items(TransactItems=[{"Put": put} for put in puts])

    def transact_get(self, *numbers):
        """Read items together."""
        gets = [{"TableName": self.name, "Key": {"id": {"S": number}}} for number in numbers]
        return self.client.transact_get_items(TransactItems=[{"Get": get} for get in gets])

    def stored(self):
        """List what is stored."""
        items = self.client.scan(TableName=self.name, ConsistentRead=True)["Items"]
        return sorted(item["id"]["S"] for item in items)


def _refusal(call, *arguments):
    with pytest.raises(ClientError) as caught:
        call(*arguments)
    return caught.value.response


def _codes(response):
    return [reason["Code"] for reason in response["CancellationReasons"]]


def test_a_conflict_cancels_a_transaction_at_one_action(table, faults):
    """Code under test sees the reasons that AWS would send, one for each of its actions."""
    faults.next(TX, conflict(index=1))

    response = _refusal(table.transact, "1", "2", "3")

    assert "TransactionCanceledException" == response["Error"]["Code"]
    assert [
        {"Code": "None"},
        {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item."},
        {"Code": "None"},
    ] == response["CancellationReasons"]
    assert "[None, TransactionConflict, None]" in response["Error"]["Message"]


def test_reading_transactions_are_canceled_alike(table, faults):
    """Reads that belong together meet conflicts and throttling, too."""
    faults.next("TransactGetItems", conflict(), throttled())

    responses = [_refusal(table.transact_get, "1", "2") for _ in range(2)]

    assert [["TransactionConflict", "None"], ["ThrottlingError", "None"]] == [
        _codes(response) for response in responses
    ]


def test_single_writes_are_refused_at_the_top_level(table, faults):
    """Outside a transaction there are no reasons."""
    faults.next("PutItem", conflict(), throttled())

    codes = [_refusal(table.put)["Error"]["Code"] for _ in range(2)]

    assert ["TransactionConflictException", "ThrottlingException"] == codes


@pytest.mark.parametrize(
    ("operation", "method", "count"), [(TX, "transact", 1), ("PutItem", "put", 1)]
)
def test_a_conflict_at_an_action_that_is_not_there_is_a_mistake(
    table, faults, operation, method, count
):
    """A script that does not fit the request must not pass as some other conflict."""
    faults.next(operation, conflict(index=3))

    with pytest.raises(InvalidRequestError, match=rf"index=3.*{operation} has {count}"):
        getattr(table, method)("1")


def test_any_list_of_reasons_can_be_sent(table, faults):
    """Codes are enough; whole reasons pass as they are, binary values included."""
    item = {"id": {"S": "1"}, "blob": {"B": b"\x00\xff"}}
    whole = {"Code": "ConditionalCheckFailed", "Message": "no", "Item": item}
    faults.next(TX, canceled("None", whole, message="a text"))

    response = _refusal(table.transact, "1", "2")

    assert [{"Code": "None"}, whole] == response["CancellationReasons"]
    assert "a text" == response["Error"]["Message"]


def test_any_error_can_be_sent(table, faults):
    """Status, text and modeled members arrive where the client puts them."""
    item = {"id": {"S": "1"}}
    faults.next("PutItem", error("ConditionalCheckFailedException", message="no", Item=item))
    faults.next("PutItem", error("InternalServerError", status=500))

    refused, failed = _refusal(table.put), _refusal(table.put)

    assert ("no", item) == (refused["Error"]["Message"], refused["Item"])
    assert "InternalServerError" == failed["Error"]["Code"]
    assert 500 == failed["ResponseMetadata"]["HTTPStatusCode"]
    assert "injected" == failed["ResponseMetadata"]["RequestId"]


def test_any_answer_can_be_sent(waiting, faults):
    """A mapping is JSON, and bytes need not be."""
    checksum = zlib.crc32(b"<html>")  # a wrong one is refused by some of botocore's retry modes
    good, garbage = answer(200, {"TableNames": ["x"]}), answer(200, b"<html>", crc32=checksum)
    faults.next("ListTables", good, garbage)

    told, untold = waiting.list_tables(), waiting.list_tables()

    assert ["x"] == told["TableNames"]
    assert "TableNames" not in untold
    assert str(checksum) == untold["ResponseMetadata"]["HTTPHeaders"]["x-amz-crc32"]


@pytest.mark.parametrize("fault", [conflict(), error("X"), answer(200, {}), lost_request()])
def test_a_send_that_meets_a_fault_reaches_nobody(table, faults, fault):
    """botocore asks every handler; an engine in the process must not apply what was refused."""
    faults.next(TX, fault)

    with contextlib.suppress(ClientError, ReadTimeoutError):
        table.transact("1")

    assert [] == table.stored()


def test_a_lost_answer_is_lost_after_the_write(table, faults):
    """The request is applied, once, and nobody says so."""
    faults.next(TX, lost_answer())

    with pytest.raises(ReadTimeoutError):
        table.transact("1", "2")

    assert ["1", "2"] == table.stored()


def test_a_lost_answer_is_one_send(shell_client, table):
    """Recorders and other faults of the client see it once, whatever stands behind them."""
    early = RequestRecorder(shell_client)
    faults, others = Faults(shell_client), Faults(shell_client)
    late = RequestRecorder(shell_client)
    faults.next("PutItem", lost_answer())
    others.next("PutItem", conflict())

    with pytest.raises(ReadTimeoutError):
        table.put()
    assert (1, 0) == (faults.happened, others.happened)
    _refusal(table.put)

    assert ["PutItem", "PutItem"] == early.operations == late.operations
    assert (1, 1) == (faults.happened, others.happened)


def test_a_connection_that_is_refused_and_what_else_a_send_may_raise(table, faults):
    """Exceptions come out of the client as botocore or a user made them."""
    interruption = Interruption()
    faults.next("PutItem", no_connection(), raised(interruption), raised(LookupError))

    with pytest.raises(EndpointConnectionError):
        table.put()
    with pytest.raises(Interruption) as caught:
        table.put()
    with pytest.raises(LookupError):
        table.put()

    assert interruption is caught.value
    assert [] == table.stored()


def test_a_function_is_called_before_the_send_goes_on(table, faults):
    """What happens in between is seen by whoever asks then."""
    seen = []
    faults.next("PutItem", calling(lambda: seen.append("under way")))

    table.put()

    assert ["under way"] == seen
    assert ["1"] == table.stored()


def test_a_function_may_use_the_client_itself(table, table_inside, faults):
    """No lock is held while a fault happens; what it returns is awaited where it can be."""
    faults.next("PutItem", calling(lambda: table_inside.put("inner")))

    table.put("outer")

    assert ["inner", "outer"] == table.stored()


def test_a_script_is_met_in_order_and_then_used_up(table, faults):
    """What is left of a script shows a call that never happened."""
    first, second, third = conflict(), throttled(), no_connection()
    faults.next("PutItem", first, second)
    faults.next(TX, third)
    assert {"PutItem": (first, second), TX: (third,)} == faults.pending

    codes = [_refusal(table.put)["Error"]["Code"] for _ in range(2)]
    table.put()

    assert ["TransactionConflictException", "ThrottlingException"] == codes
    assert {TX: (third,)} == faults.pending
    assert 2 == faults.happened


def test_every_attempt_of_botocores_is_a_send(engine):
    """A client that repeats by itself meets the next fault, and the record counts all."""
    recorder = RequestRecorder()
    client = recorder.watch(engine.client(retries={"total_max_attempts": 3}))
    faults = Faults(client)
    failure = error("InternalServerError", status=500)
    faults.next("ListTables", failure, failure)

    client.list_tables()

    assert (3, 2, {}) == (recorder.count("ListTables"), faults.happened, faults.pending)


def _outcomes(shell_client, table, probability, seed):
    outcomes = []
    with Faults(shell_client) as faults:
        faults.at_random("PutItem", conflict(), error("Other"), probability=probability, seed=seed)
        for _ in range(30):
            try:
                table.put()
                outcomes.append("stored")
            except ClientError as refused:
                outcomes.append(refused.response["Error"]["Code"])
    return outcomes


@pytest.mark.slow
def test_random_faults_are_those_of_their_seed(shell_client, table):
    """A run that failed can be run again."""
    first = _outcomes(shell_client, table, 0.5, seed=1)

    assert {"stored", "TransactionConflictException", "Other"} == set(first)
    assert first == _outcomes(shell_client, table, 0.5, seed=1)
    assert first != _outcomes(shell_client, table, 0.5, seed=2)


def test_probabilities_reach_from_never_to_always(shell_client, table):
    """The ends of the range mean what they say."""
    assert {"stored"} == set(_outcomes(shell_client, table, 0, seed=1))
    assert "stored" not in _outcomes(shell_client, table, 1, seed=1)


def test_a_script_goes_before_random_faults(table, faults):
    """What a test asks for by name is not left to chance."""
    faults.at_random("PutItem", error("Random"), probability=1, seed="s")
    faults.next("PutItem", error("Scripted"))

    codes = [_refusal(table.put)["Error"]["Code"] for _ in range(2)]

    assert ["Scripted", "Random"] == codes


def test_faults_of_threads_are_met_once_each(client):
    """Several workers share a script without losing or doubling a part of it."""
    with Faults(client) as faults, RequestRecorder(client) as recorder:
        faults.next("ListTables", *[answer(200, {"TableNames": ["injected"]})] * 40)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: client.list_tables(), range(40)))

    assert [["injected"]] * 40 == [each["TableNames"] for each in answers]
    assert (40, {}, 40) == (faults.happened, faults.pending, recorder.count())


def test_two_sets_of_faults_take_turns(shell_client, table):
    """A send that the first has answered is no send for the second."""
    first, second = Faults(shell_client), Faults(shell_client)
    first.next("PutItem", error("First"))
    second.next("PutItem", error("Second"))

    codes = [_refusal(table.put)["Error"]["Code"] for _ in range(2)]
    table.put()

    assert ["First", "Second"] == codes
    assert ["1"] == table.stored()


def test_what_is_removed_leaves_the_client_as_it_was(shell_client, table):
    """Later tests with the same client are not disturbed, and neighbours stay."""
    with Faults(shell_client) as faults, RequestRecorder(shell_client) as recorder:
        neighbour = RequestRecorder(shell_client)
        faults.next("PutItem", conflict())
    faults.remove()
    recorder.remove()

    table.put()

    assert ([], ["PutItem"]) == (recorder.operations, neighbour.operations)
    assert 0 == faults.happened
    with pytest.raises(InvalidRequestError, match="removed"):
        faults.next("PutItem", conflict())


def test_a_recorder_has_names_and_bodies(shell_client, table):
    """What was sent is read from the request itself."""
    recorder = RequestRecorder(shell_client, shell_client)

    table.put("1")
    table.stored()
    put, scan = recorder.requests

    assert RecordedRequest("PutItem", {"TableName": table.name, "Item": {"id": {"S": "1"}}}) == put
    assert ["PutItem", "Scan"] == recorder.operations == [put.operation, scan.operation]
    assert (2, 1, 0) == (recorder.count(), recorder.count("Scan"), recorder.count(TX))


def test_a_recorder_counts_what_meets_a_fault(shell_client, table):
    """Whichever was made first: a request that was lost had left."""
    faults = Faults(shell_client)
    recorder = RequestRecorder(shell_client)
    faults.next("PutItem", conflict(), no_connection(), raised(Interruption))

    for kind in (ClientError, EndpointConnectionError, Interruption):
        with pytest.raises(kind):
            table.put()

    assert 3 == recorder.count("PutItem")


def test_a_recorder_forgets_and_begins_anew(shell_client, table):
    """Preparations do not count."""
    recorder = RequestRecorder(shell_client)
    table.put()
    recorder.clear()
    table.stored()
    recorder.remove()
    table.put()
    assert shell_client is recorder.watch(shell_client)
    table.transact("2")

    assert ["Scan", TX] == recorder.operations


def test_one_recorder_watches_several_clients(engine):
    """Requests of all of them stand in the order in which they left."""
    first, second = engine.client(), engine.client()

    with RequestRecorder(first, second) as recorder:
        first.list_tables()
        with contextlib.suppress(ClientError):
            second.delete_table(TableName="nobody")

    assert ["ListTables", "DeleteTable"] == recorder.operations


def test_requests_of_threads_are_all_recorded(client):
    """A count of a busy client is exact."""
    barrier = threading.Barrier(8)

    def send(_):
        barrier.wait(5)
        client.list_tables()

    with (
        Faults(client) as faults,
        RequestRecorder(client) as recorder,
        ThreadPoolExecutor(8) as pool,
    ):
        faults.at_random("ListTables", answer(200, {}), probability=1, seed=1)
        list(pool.map(send, range(64)))

    assert 64 == recorder.count("ListTables") == faults.happened


def test_a_client_in_threads_is_the_client_in_them(client):
    """A request is one request, whichever of the two is listened to."""
    threaded = in_threads(client)
    recorder = RequestRecorder(client)
    assert threaded is recorder.watch(threaded)

    with Faults(threaded) as faults:
        faults.next("ListTables", answer(200, {"TableNames": ["injected"]}))
        told = client.list_tables()["TableNames"]

    assert ["injected"] == told
    assert 1 == recorder.count("ListTables") == faults.happened


@pytest.mark.parametrize("in_thread", [False, True])
def test_a_client_that_cannot_await_refuses_a_coroutine(client, in_thread):
    """A function that nobody runs would be a fault that never happened."""
    called = []

    async def function():
        called.append("function")

    with Faults(client) as faults:
        faults.next("ListTables", calling(function))
        with pytest.raises(InvalidRequestError, match="cannot await"):
            asyncio.run(in_threads(client).list_tables()) if in_thread else client.list_tables()

    assert [] == called


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


WRONG = {
    "expected the code": lambda: error(""),
    "status=99": lambda: error("X", status=99),
    "status='200'": lambda: answer("200", b""),
    "body='text'": lambda: answer(200, "text"),
    "must be JSON": lambda: answer(200, {"TableNames": {1, 2}}),
    "name a reason": canceled,
    "7: expected the code": lambda: canceled("None", 7),
    "None: expected the code": lambda: canceled({"Message": "no code"}),
    "index=-1": lambda: conflict(-1),
    "index='1'": lambda: conflict("1"),
    "expected an exception": lambda: raised("text"),
    "expected a function": lambda: calling(5),
}


@pytest.mark.parametrize("problem", WRONG)
def test_a_fault_that_cannot_happen_is_refused_where_it_is_made(problem):
    """A mistake in a test is found at its own line, not inside a send."""
    with pytest.raises(InvalidRequestError) as caught:
        WRONG[problem]()

    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("problem", "operation", "script"),
    [
        ("'TransactWrite'", "TransactWrite", [conflict()]),
        ("'put_item'", "put_item", [conflict()]),
        ("name a fault for PutItem", "PutItem", []),
        ("'conflict'", "PutItem", ["conflict"]),
        ("function conflict", "PutItem", [throttled(), conflict]),
    ],
)
def test_a_script_that_could_never_happen_is_refused(faults, problem, operation, script):
    """A typo must not make a test green."""
    with pytest.raises(InvalidRequestError, match=re.escape(problem)) as scripted:
        faults.next(operation, *script)
    with pytest.raises(InvalidRequestError) as at_random:
        faults.at_random(operation, *script, probability=1, seed=1)

    assert str(scripted.value) == str(at_random.value)
    assert {} == faults.pending


@pytest.mark.parametrize("probability", [-0.1, 1.1, float("nan"), "1", None])
def test_a_probability_lies_between_0_and_1(faults, probability):
    """A percentage is not read as a certainty."""
    with pytest.raises(InvalidRequestError, match="probability="):
        faults.at_random("PutItem", conflict(), probability=probability, seed=1)


def test_a_seed_must_be_given(faults):
    """Faults that nobody can repeat help nobody."""
    with pytest.raises(InvalidRequestError, match="seed=None"):
        faults.at_random("PutItem", conflict(), probability=1, seed=None)


@pytest.mark.parametrize("make", [Faults, RequestRecorder])
def test_only_clients_of_dynamodb_can_be_listened_to(make):
    """A stand-in, a resource or another service's client would never send what is listened to."""
    resource = boto3.resource("dynamodb", region_name="eu-west-1")
    other = boto3.client("sts", region_name="eu-west-1")

    for wrong in (object(), None, resource, other):
        with pytest.raises(InvalidRequestError, match="expected a client of boto3") as caught:
            make(wrong)

        assert "WRONG_CLIENT" == caught.value.code


def test_a_recorder_knows_the_operations_that_it_can_count(client):
    """A misspelt name is not counted as zero."""
    with pytest.raises(InvalidRequestError, match="'put_item'"):
        RequestRecorder(client).count("put_item")


def test_faults_are_values():
    """They can be compared, shared, and kept in a list of cases."""
    assert conflict(1) == conflict(1) != conflict(2)
    assert error("X", message="m") == error("X", message="m")
    assert 2 == len({lost_request(), lost_request(), lost_answer()})
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        conflict().index = 5


@pytest.mark.slow
def test_the_library_does_not_load_it_and_it_loads_no_tool_of_tests():
    """Programs do not pay for it, and users choose their own tools."""
    script = (
        "import sys, transactscope\n"
        "assert 'transactscope.testing' not in sys.modules\n"
        "import transactscope.testing\n"
        "print(*sorted({'moto', 'pytest', 'hypothesis'} & set(sys.modules)))\n"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert outcome.stdout.strip() == ""
