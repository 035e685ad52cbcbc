"""Faults with a name of their own: what a client sees, and what the library makes of it."""

import contextlib

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.contract.entities import Account
from tests.shells import Database, TransactScope
from transactscope import RetryPolicy, ScopeState
from transactscope.errors import (
    CommitOutcomeUnknownError,
    NotSentError,
    ThrottledError,
    TransactionConflictError,
)
from transactscope.testing import (
    RequestRecorder,
    conflict,
    every_fault,
    garbage,
    in_progress,
    lost_answer,
    lost_request,
    no_connection,
    server_error,
    throttled,
    throttling_error,
    timed_out,
)

TX = "TransactWriteItems"

THROTTLING = (
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
)
KINDS = ("truncated", "html", "empty", "checksum")

# What a commit that meets nothing else comes to.
ENDS = {
    conflict(): TransactionConflictError,
    throttled(): ThrottledError,
    throttling_error(): ThrottledError,
    no_connection(): NotSentError,
}


@pytest.fixture
def once(client, shell, table_names, tokens):
    """A database that tries everything once."""
    policy = RetryPolicy(max_attempts=1)
    return Database(client, table_names=table_names, new_token=tokens, retry=policy)


def _refusal(call, *arguments):
    with pytest.raises(ClientError) as caught:
        call(*arguments)
    return caught.value.response


def _seen(response):
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def test_a_transaction_in_progress_is_refused_at_the_top_level(table, faults):
    """What DynamoDB says to a repetition that comes too soon has no reasons."""
    faults.next(TX, in_progress())

    response = _refusal(table.transact, "1")

    assert (400, "TransactionInProgressException") == _seen(response)
    assert "CancellationReasons" not in response
    assert [] == table.stored()


@pytest.mark.parametrize(
    "code",
    ["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"],
)
@pytest.mark.parametrize("method", ["put", "transact"])
def test_a_request_may_be_throttled_as_a_whole(table, faults, code, method):
    """Transactions, too, may be refused before anybody looked at their actions."""
    operation = "PutItem" if method == "put" else TX
    faults.next(operation, throttling_error(code))

    response = _refusal(getattr(table, method), "1")

    assert (400, code) == _seen(response)
    assert "CancellationReasons" not in response
    assert [] == table.stored()


@pytest.mark.parametrize("applied", [False, True])
@pytest.mark.parametrize(
    ("status", "code"), [(500, "InternalServerError"), (503, "ServiceUnavailable")]
)
def test_a_server_error_looks_the_same_before_and_after_the_write(
    table, faults, status, code, applied
):
    """Code under test can only tell by looking what happened."""
    faults.next(TX, server_error(status, applied=applied))

    response = _refusal(table.transact, "1")

    assert (status, code) == _seen(response)
    assert (["1"] if applied else []) == table.stored()


@pytest.mark.parametrize("applied", [False, True])
def test_a_time_out_looks_the_same_before_and_after_the_write(table, faults, applied):
    """The two names of a loss do what the losses do."""
    faults.next("PutItem", timed_out(applied=applied))

    with pytest.raises(ReadTimeoutError):
        table.put()

    assert (["1"] if applied else []) == table.stored()


@pytest.mark.parametrize("applied", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_garbage_is_no_success(once, stored, faults, kind, applied):
    """A body that nobody can read says nothing, whatever its status says."""
    faults.next("PutItem", garbage(kind, applied=applied))

    with pytest.raises(CommitOutcomeUnknownError):
        once.insert(Account("A-1"))

    assert applied is (stored("A-1") is not None)


@pytest.mark.parametrize("fault", [server_error(applied=True), garbage(applied=True)], ids=repr)
def test_what_is_applied_and_answered_is_one_send(shell_client, table, faults, fault):
    """A record counts it once, and an engine in the process applies it once."""
    recorder = RequestRecorder(shell_client)
    faults.next("PutItem", fault)
    with contextlib.suppress(ClientError):
        table.put()

    assert ["PutItem"] == recorder.operations
    assert 1 == faults.happened
    assert ["1"] == table.stored()


@pytest.mark.parametrize("fault", every_fault(applied=False), ids=repr)
def test_a_fault_that_passes_is_survived(db, faults, waiting, fault):
    """Whatever happens once by itself, the transaction is committed by the second attempt."""
    faults.next(TX, fault)

    with TransactScope(db) as tx:
        tx.insert(Account("A-1", 5))

    assert (2, {}) == (tx.result.attempts, faults.pending)
    assert [0.025] == waiting.pauses
    assert Account("A-1", 5) == db.get(Account, "A-1")


@pytest.mark.needs("idempotency")
@pytest.mark.parametrize("fault", every_fault(applied=True), ids=repr)
def test_a_fault_after_the_write_is_survived_without_a_second_one(db, faults, fault):
    """The attempt that is answered replays the one that was applied."""
    db.put(Account("A-1", 5))
    faults.next(TX, fault)

    with TransactScope(db) as tx:
        tx.update(Account, "A-1", add={"balance": 1})

    assert (2, True) == (tx.result.attempts, tx.result.replayed)
    assert 6 == db.get(Account, "A-1").balance


@pytest.mark.parametrize("fault", every_fault(), ids=repr)
def test_a_fault_that_does_not_pass_ends_as_what_it_is(db, faults, waiting, fault):
    """Clear refusals cancel a commit, and everything else leaves it in doubt."""
    faults.at_random(TX, fault, probability=1, seed=0)

    with pytest.raises(ENDS.get(fault, CommitOutcomeUnknownError)), TransactScope(db) as tx:
        tx.put(Account("A-1"))

    expected = ScopeState.CANCELED if fault in ENDS else ScopeState.IN_DOUBT
    assert expected is tx.state
    assert waiting.pauses[:5] == [0.025, 0.05, 0.1, 0.2, 0.4]
    assert (fault in every_fault(applied=True)) is (db.get(Account, "A-1") is not None)


@pytest.mark.needs("idempotency")
@pytest.mark.slow
def test_every_fault_at_random_changes_no_sum(db, faults):
    """Under all of them together, each commit that is reported happened exactly once."""
    db.put(Account("A-1", 0))
    faults.at_random(TX, *every_fault(), probability=0.4, seed=1)

    for _ in range(40):
        with TransactScope(db) as tx:
            tx.update(Account, "A-1", add={"balance": 1})

    assert faults.happened > 10
    assert 40 == db.get(Account, "A-1").balance


def test_the_two_names_of_a_loss_are_equal():
    """A list of cases needs one of them."""
    assert (lost_request(), lost_answer()) == (timed_out(), timed_out(applied=True))
