"""The program of docs/how-to/lambda.md, called as Lambda calls it."""

import base64
import json
import logging

import pytest

from tests.project.recipes import pages, statuses
from transactscope import Database, RetryPolicy
from transactscope.testing import (
    Faults,
    calling,
    lost_answer,
    lost_request,
    no_waiting,
    throttled,
)

PAGE = "lambda.md"
COMMIT = "TransactWriteItems"


class Invocation:
    """The context of an invocation whose time is told by a clock of the test's."""

    def __init__(self, seconds, clock=lambda: 0.0):
        self._end, self._clock = clock() + seconds, clock

    def get_remaining_time_in_millis(self):
        """Tell the time that is left as Lambda does: whole milliseconds, and 0 at the least."""
        return max(0, round(1000 * (self._end - self._clock())))


def message(source, target, amount, message_id="m-1", work_id=None):
    """Make one message of a batch, as SQS hands it to Lambda."""
    body = json.dumps({"source": source, "target": target, "amount": amount})
    attributes = {"id": {"stringValue": work_id, "dataType": "String"}} if work_id else {}
    return {"messageId": message_id, "body": body, "messageAttributes": attributes}


def request(source, target, amount, key="k-1"):
    """Make a request, as an HTTP API hands it to Lambda."""
    body = json.dumps({"source": source, "target": target, "amount": amount})
    return {"headers": {"idempotency-key": key}, "body": body, "isBase64Encoded": False}


@pytest.fixture
def waiting(bank, monkeypatch):
    """A time in which nobody waits, for the page's database."""
    made = no_waiting()
    settings = {**made.settings, "retry": RetryPolicy(timeout=5.0, max_attempts=100)}
    monkeypatch.setattr(bank, "db", Database(bank.client, **settings))
    return made


@pytest.fixture
def work_off(bank):
    """Work off some messages, and return the ids of those that will come again."""

    def call(*records, seconds=15, handler=bank.on_messages):
        response = handler({"Records": list(records)}, Invocation(seconds))
        return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]

    return call


def test_a_message_is_worked_off_once(work_off, ledger):
    """SQS delivers at least once."""
    source, target = ledger.open(30), ledger.open(0)
    left = [work_off(message(source, target, 10)) for _ in range(2)]

    assert [[], []] == left
    assert (20, 10) == (ledger.balance(source), ledger.balance(target))


def test_a_message_is_one_request(work_off, ledger, sent, bank, monkeypatch):
    """The recipe's cost is what the library promises."""
    monkeypatch.setattr(bank, "db", Database(bank.client))
    record = message(ledger.open(30), ledger.open(0), 20)
    sent.clear()
    work_off(record)

    assert [COMMIT] == sent.operations


def test_only_what_failed_comes_again(work_off, ledger):
    """The others of its batch are done, and a refusal is an answer."""
    source, target = ledger.open(30), ledger.open(0)
    left = work_off(
        message(source, target, 5, "good"),
        message(source, target, 0, "poison"),
        message(source, target, 1000, "refused"),
        message(source, target, 5, "good too"),
    )

    assert ["poison"] == left
    assert 20 == ledger.balance(source)


@pytest.mark.parametrize("body", ["{", "[]", "null", '"text"', '{"source": "\\ud800"}', ""])
def test_a_body_that_cannot_be_read_comes_again_alone(work_off, ledger, body):
    """It ends in the dead-letter queue, and the rest of its batch does not."""
    source = ledger.open(30)
    bad = {"messageId": "bad", "body": body}

    assert ["bad"] == work_off(bad, message(source, ledger.open(0), 1))
    assert 29 == ledger.balance(source)


def test_what_follows_a_failure_in_a_fifo_queue_comes_again(bank, work_off, ledger):
    """Nothing overtakes a message that failed."""
    source, target = ledger.open(30), ledger.open(0)
    records = [
        message(source, target, 1, "first"),
        message(source, target, 0, "poison"),
        message(source, target, 1, "after it"),
    ]

    assert ["poison", "after it"] == work_off(*records, handler=bank.on_ordered_messages)
    assert 29 == ledger.balance(source)


@pytest.mark.parametrize("fault", [lost_answer(), lost_request()], ids=repr)
def test_a_doubt_is_settled_by_the_next_delivery(bank, work_off, waiting, ledger, fault):
    """No code of its own is needed for it."""
    source = ledger.open(30)
    record = message(source, ledger.open(0), 10)
    with Faults(bank.client) as faults:
        faults.at_random(COMMIT, fault, probability=1, seed=0)
        first = work_off(record)

    assert ["m-1"] == first
    assert [] == work_off(record)
    assert 20 == ledger.balance(source)


@pytest.mark.parametrize("fault", [throttled(), lost_request()], ids=repr)
def test_what_comes_again_is_one_line_in_the_log(work_off, waiting, faults, caplog, fault):
    """A traceback would print what the server said, and that may quote values."""
    caplog.set_level(logging.WARNING, logger="bank")
    faults.at_random(COMMIT, fault, probability=1, seed=0)
    work_off(message("A-1", "B-2", 1))

    assert [None] == [line.exc_info for line in caplog.records if line.name == "bank"]


def test_the_producers_id_goes_before_the_queues(work_off, ledger):
    """A message that is sent twice, or moved back from a dead-letter queue, has a new id."""
    source, target = ledger.open(30), ledger.open(0)
    left = [
        work_off(message(source, target, 10, message_id, work_id="work-1"))
        for message_id in ("m-1", "m-2")
    ]

    assert [[], []] == left
    assert 20 == ledger.balance(source)


def test_attempts_end_before_the_time_is_over(bank, waiting, ledger, faults):
    """Lambda ends a function wherever it is; the reserve is for the last attempt."""
    source = ledger.open(30)
    faults.at_random(COMMIT, throttled(), probability=1, seed=0)
    context = Invocation(bank.RESERVE + 2, waiting.clock)
    answer = bank.on_request(request(source, ledger.open(0), 1), context)

    assert 503 == answer["statusCode"]
    assert 1.0 < waiting.clock() <= 2.0
    assert bank.RESERVE * 1000 <= context.get_remaining_time_in_millis()


def test_the_policy_ends_them_where_there_is_time(bank, waiting, ledger, faults):
    """A caller does not wait for all of a long time-out."""
    faults.at_random(COMMIT, throttled(), probability=1, seed=0)
    bank.on_request(request(ledger.open(30), ledger.open(0), 1), Invocation(900, waiting.clock))

    assert 4.0 < waiting.clock() <= 5.0


def test_a_message_for_which_there_is_no_time_is_not_begun(bank, work_off, ledger, sent):
    """What is begun and cut off is in doubt; what is not begun just comes again."""
    records = [message(ledger.open(5), ledger.open(5), 1, f"m-{number}") for number in range(2)]
    sent.clear()

    assert ["m-0", "m-1"] == work_off(*records, seconds=bank.RESERVE - 0.001)
    assert [] == sent.operations


def test_a_batch_goes_on_as_long_as_there_is_time(bank, waiting, ledger, faults):
    """Messages at its end come again; they do not spoil those before them."""
    source, target = ledger.open(30), ledger.open(0)
    records = [message(source, target, 1, f"m-{number}") for number in range(4)]
    slow = calling(lambda: waiting.advance(2.0))
    faults.at_random(COMMIT, slow, probability=1, seed=0)
    context = Invocation(bank.RESERVE + 3, waiting.clock)
    response = bank.on_messages({"Records": records}, context)

    assert ["m-2", "m-3"] == [each["itemIdentifier"] for each in response["batchItemFailures"]]
    assert 28 == ledger.balance(source)


@pytest.mark.parametrize("met", statuses.MET, ids=statuses.name_of)
def test_every_end_of_a_commit_has_its_status(bank, waiting, ledger, faults, met):
    """What really comes back from DynamoDB is told as what it means for the data."""
    fault, status = met
    faults.at_random(COMMIT, fault, probability=1, seed=0)
    answer = bank.on_request(
        request(ledger.open(30), ledger.open(0), 1), Invocation(15, waiting.clock)
    )

    assert status == answer["statusCode"]
    assert (status in (503, 504)) is ("Retry-After" in answer["headers"])


def test_a_repeated_request_is_applied_once(bank, ledger):
    """A caller may repeat whatever got no answer."""
    source, target = ledger.open(30), ledger.open(0)
    event = request(source, target, 20)
    answers = [bank.on_request(event, Invocation(15)) for _ in range(2)]

    assert [201, 201] == [answer["statusCode"] for answer in answers]
    assert answers[0] == answers[1]
    assert 10 == ledger.balance(source)


def test_a_body_in_base64_is_read(bank, ledger):
    """API Gateway writes bodies so that it does not take for text."""
    source = ledger.open(30)
    event = request(source, ledger.open(0), 20)
    event |= {"body": base64.b64encode(event["body"].encode()).decode(), "isBase64Encoded": True}

    assert 201 == bank.on_request(event, Invocation(15))["statusCode"]
    assert 10 == ledger.balance(source)


@pytest.mark.parametrize(
    "changed",
    [
        {"headers": {}},
        {"headers": {"idempotency-key": "k" * 65}},
        {"body": None},
        {"body": "{"},
        {"body": "!", "isBase64Encoded": True},
        {"body": "/w==", "isBase64Encoded": True},
        {"body": '{"source": "a", "target": "a", "amount": 1}'},
        {"body": '{"source": "a", "target": "b", "amount": true}'},
        {"body": '{"source": "a", "target": "\\ud800", "amount": 1}'},
    ],
    ids=ascii,
)
def test_what_does_not_fit_is_refused_before_anything_is_sent(bank, ledger, sent, changed):
    """The library never sees it, so nothing of it can become an error of the function's."""
    event = request(ledger.open(5), ledger.open(5), 1) | changed
    sent.clear()

    assert 422 == bank.on_request(event, Invocation(15))["statusCode"]
    assert [] == sent.operations


def test_there_is_one_client_for_all_invocations(bank, ledger, monkeypatch):
    """Every client has connections of its own, and takes long to be made."""
    monkeypatch.setattr(bank.boto3, "client", None)
    answers = [
        bank.on_request(request(ledger.open(5), ledger.open(5), 1), Invocation(15)) for _ in "ab"
    ]

    assert [201, 201] == [answer["statusCode"] for answer in answers]


def test_the_policy_allows_what_is_sent_and_nothing_else(work_off, ledger, sent):
    """A function with the rights on the page works, and has no others."""
    record = message(ledger.open(30), ledger.open(0), 20)
    sent.clear()
    work_off(record)
    (policy,) = pages.blocks(PAGE, "json")
    allowed = {
        (statement["Action"], statement["Resource"].rpartition("/")[2])
        for statement in json.loads(policy)["Statement"]
    }

    assert _rights_for(sent.requests) == allowed


RIGHTS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}


def _rights_for(requests):
    return {
        (RIGHTS[kind], action["TableName"])
        for each in requests
        for entry in each.body["TransactItems"]
        for kind, action in entry.items()
    }


def test_a_connection_that_died_in_silence_costs_one_attempt(bank, waiting, ledger, sent):
    """A thawed environment may wait for an answer in vain, and then asks again."""
    source = ledger.open(30)
    event = request(source, ledger.open(0), 20)
    sent.clear()
    with Faults(bank.client) as faults:
        faults.next(COMMIT, lost_request())
        answer = bank.on_request(event, Invocation(15, waiting.clock))

    assert (201, 10) == (answer["statusCode"], ledger.balance(source))
    first, second = (each for each in sent.requests if each.operation == COMMIT)
    assert first.body == second.body


@pytest.mark.slow
def test_connections_that_were_closed_meanwhile_are_replaced(durable_engine, monkeypatch):
    """A thawed environment has connections of which the server knows nothing any more."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", durable_engine.endpoint_url)
    bank = pages.run(PAGE)
    monkeypatch.setattr(bank, "db", Database(bank.client, retry=RetryPolicy(base_delay=0.0)))
    bank.db.put(bank.Account("A-1", 30))
    answers = []
    for number in range(3):
        event = request("A-1", "B-2", 1, key=f"thaw-{number}")
        answers.append(bank.on_request(event, Invocation(15))["statusCode"])
        durable_engine.kill()  # all its connections are gone
        durable_engine.restart()

    assert [201] * 3 == answers
    assert 27 == bank.db.get(bank.Account, "A-1").balance
