"""Faults on their way into a client: in which order, how often, and for how long."""

import re
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.exceptions import ClientError

from transactscope.errors import InvalidRequestError
from transactscope.testing import (
    Faults,
    RequestRecorder,
    answer,
    conflict,
    error,
    no_connection,
    throttled,
)

TX = "TransactWriteItems"


def _refusal(call, *arguments):
    with pytest.raises(ClientError) as caught:
        call(*arguments)
    return caught.value.response


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
