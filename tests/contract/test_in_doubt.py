"""A commit whose answer does not decide: sent again as it was, and never called what it is not."""

import logging

import pytest

from tests.contract.doubts import TX, add_one, left_in_doubt
from tests.contract.entities import Account
from tests.shells import Database, TransactScope
from transactscope import RetryPolicy, ScopeState
from transactscope.errors import (
    CommitOutcomeUnknownError,
    ConditionFailedError,
    TransactionCanceledError,
    TransactionConflictError,
)
from transactscope.testing import (
    answer,
    canceled,
    conflict,
    error,
    lost_answer,
    lost_request,
    no_connection,
    throttled,
)

IN_PROGRESS = error("TransactionInProgressException")
AMBIGUOUS = {
    "lost before it was applied": lost_request(),
    "lost after it was applied": lost_answer(),
    "server fault": error("InternalServerError", status=500),
    "unavailable": error("ServiceUnavailable", status=503),
    "garbage": answer(200, b"<html>"),
    "in progress": IN_PROGRESS,
}


@pytest.mark.needs("idempotency")
@pytest.mark.parametrize("fault", AMBIGUOUS)
def test_it_is_sent_again_as_it_was_and_applies_once(db, faults, sent, fault):
    """The same bytes with the same token: the counter is 1, whatever happened to the first."""
    faults.next(TX, AMBIGUOUS[fault])
    with TransactScope(db) as tx:
        add_one(tx)

    assert ScopeState.COMMITTED is tx.state
    assert 2 == tx.result.attempts == sent.count(TX)
    assert 1 == len({str(request.body) for request in sent.requests})
    assert 1 == db.get(Account, "A-1").balance


@pytest.mark.needs("idempotency", "capacity")
def test_the_result_says_whether_an_earlier_attempt_had_been_applied(db, faults):
    """DynamoDB charges a repeated token as a read, which is how it shows."""
    for fault, was_applied in ((lost_answer(), True), (lost_request(), False)):
        faults.next(TX, fault)
        with TransactScope(db) as tx:
            add_one(tx)

        assert was_applied is tx.result.replayed


UNDECIDED = {
    "throttled": (error("ThrottlingException"), True),
    "request limit": (error("RequestLimitExceeded"), True),
    "replicated write": (error("ReplicatedWriteConflictException"), True),
    "nobody there": (no_connection(), True),
    "mismatch": (error("IdempotentParameterMismatchException"), False),
    "validation": (error("ValidationException"), False),
    "no table": (error("ResourceNotFoundException"), False),
    "access": (error("AccessDeniedException"), False),
    "expired": (error("ExpiredTokenException"), False),
    "unknown code": (error("SomethingNew"), False),
}


@pytest.mark.parametrize("refusal", UNDECIDED)
def test_after_a_doubt_no_other_refusal_decides(db, faults, sent, refusal):
    """It says that the second attempt was not applied, and nothing of the first."""
    fault, is_sent_again = UNDECIDED[refusal]
    faults.next(TX, lost_answer(), *[fault] * 5)
    with pytest.raises(CommitOutcomeUnknownError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert ScopeState.IN_DOUBT is tx.state
    assert tx.client_request_token == caught.value.client_request_token
    assert sent.count(TX) == (6 if is_sent_again else 2)
    assert db.get(Account, "A-1") == Account("A-1")


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        (("ConditionalCheckFailed",), ConditionFailedError),
        (("ValidationError",), TransactionCanceledError),
        (("SomethingNew",), TransactionCanceledError),
    ],
)
def test_after_a_doubt_a_cancellation_decides(db, faults, sent, reasons, expected):
    """DynamoDB judged the same token anew, so the first attempt was not applied."""
    faults.next(TX, lost_request(), canceled(*reasons))
    with pytest.raises(TransactionCanceledError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert expected is type(caught.value)
    assert ScopeState.CANCELED is tx.state
    assert 2 == sent.count(TX)


@pytest.mark.needs("idempotency")
@pytest.mark.parametrize(
    "fault", [conflict(), throttled(), canceled("ThrottlingError", "TransactionConflict")]
)
def test_a_conflict_or_throttling_does_not_settle_a_doubt(db, faults, sent, fault):
    """A request whose token is known reads its items, and may meet either: it was applied."""
    faults.next(TX, lost_answer(), *[fault] * 5)
    with pytest.raises(CommitOutcomeUnknownError), TransactScope(db) as tx:
        add_one(tx)

    assert ScopeState.IN_DOUBT is tx.state
    assert 6 == sent.count(TX)
    tx.resolve()
    assert 1 == db.get(Account, "A-1").balance


@pytest.mark.needs("idempotency")
def test_a_doubt_inside_a_rerun_is_sent_again_and_not_run_again(db, faults, sent, account):
    """Fresh reads would apply it a second time under a new token."""
    rounds = []
    faults.next(TX, lost_answer())
    for attempt in db.attempts():
        with attempt as tx:
            rounds.append(attempt.number)
            read = tx.get(Account, "A-1")
            read.balance += 1
            tx.update(read)

    assert [1] == rounds
    assert 11 == db.get(Account, "A-1").balance


@pytest.mark.needs("idempotency")
def test_a_conflict_after_a_doubt_in_a_rerun_is_not_run_again(db, faults):
    """The first attempt was applied; an addition without a guard would be applied twice."""
    rounds = []
    faults.next(TX, lost_answer(), conflict())
    for attempt in db.attempts():
        with attempt as tx:
            rounds.append(attempt.number)
            add_one(tx)

    assert [1] == rounds
    assert 1 == db.get(Account, "A-1").balance


@pytest.mark.needs("idempotency")
def test_a_stale_read_that_settles_a_doubt_in_a_rerun_is_run_again(db, faults, account):
    """Nothing was applied, and what was read has changed."""
    rounds = []
    faults.next(TX, lost_request())
    for attempt in db.attempts():
        with attempt as tx:
            rounds.append(attempt.number)
            read = tx.get(Account, "A-1")
            if len(rounds) == 1:
                db.update(Account, "A-1", add={"balance": 5})
            read.balance += 1
            tx.update(read)

    assert [1, 2] == rounds
    assert 16 == db.get(Account, "A-1").balance


def test_a_request_in_progress_is_asked_for_until_the_timeout(db, always, sent, pauses):
    """DynamoDB may need seconds to finish it; the number of attempts does not count here."""
    always(IN_PROGRESS, TX)
    with pytest.raises(CommitOutcomeUnknownError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert sent.count(TX) > 6
    assert 7.5 < sum(pauses) < 8
    assert ScopeState.IN_DOUBT is tx.state
    assert "TransactionInProgressException" in str(caught.value)


@pytest.mark.needs("idempotency")
def test_a_request_in_progress_that_ends_is_a_success(db, faults):
    """The seventh attempt and more, as long as there is time."""
    faults.next(TX, lost_answer(), *[IN_PROGRESS] * 10)
    with TransactScope(db) as tx:
        add_one(tx)

    assert 12 == tx.result.attempts
    assert 1 == db.get(Account, "A-1").balance


@pytest.mark.only_sync("a task is canceled, not interrupted")
def test_an_interruption_of_a_pause_in_doubt_leaves_the_doubt(client, table_names, faults):
    """The answer before the pause did not decide, so nothing may be called canceled."""

    def interrupt(_):
        raise KeyboardInterrupt

    faults.next(TX, lost_answer())
    db = Database(client, table_names=table_names, sleep=interrupt)
    with pytest.raises(KeyboardInterrupt) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert ScopeState.IN_DOUBT is tx.state
    assert tx.client_request_token in caught.value.__notes__[0]
    assert db.get(Account, "A-1") == Account("A-1")


@pytest.mark.parametrize(
    "refusal", [error("AccessDeniedException"), error("ThrottlingException"), no_connection()]
)
def test_a_single_put_in_doubt_is_not_decided_by_a_later_refusal(db, faults, refusal):
    """It was reported as refused, though the first attempt had been applied."""
    faults.next("PutItem", lost_answer(), *[refusal] * 5)
    with pytest.raises(CommitOutcomeUnknownError):
        db.put(Account("A-1", 5))

    assert 5 == db.get(Account, "A-1").balance


@pytest.mark.only_sync("a task is canceled, not interrupted")
@pytest.mark.parametrize(("fault", "notes"), [(lost_answer(), 1), (conflict(), 0)])
def test_an_interrupted_pause_of_a_single_write_says_what_may_be_applied(
    client, table_names, faults, fault, notes
):
    """A note after a clear no would say too much, none after a doubt too little."""

    def interrupt(_):
        raise KeyboardInterrupt

    faults.next("PutItem", fault)
    db = Database(client, table_names=table_names, sleep=interrupt)
    with pytest.raises(KeyboardInterrupt) as caught:
        db.put(Account("A-1"))

    assert notes == len(getattr(caught.value, "__notes__", ()))


def test_every_retry_is_logged_and_no_value_is(db, faults, caplog):
    """Who looks for a slow commit finds its attempts, token and reasons."""
    caplog.set_level(logging.INFO, logger="transactscope.retries")
    faults.next(TX, conflict(), throttled(), lost_request())
    faults.next("GetItem", throttled())
    faults.next("PutItem", throttled())
    with TransactScope(db) as tx:
        tx.put(Account("A-1", 31_415_926, note="secret"))
    db.put(Account("A-2", 31_415_926, note="secret"))
    db.get(Account, "A-2")

    told = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert ["INFO", "INFO", "WARNING", "INFO", "INFO"] == [level for level, _ in told]
    kinds = (
        "TransactionConflictError (TransactionCanceledException)",
        "ThrottledError (TransactionCanceledException)",
        "CommitOutcomeUnknownError (ReadTimeoutError)",
    )
    for (_, text), kind in zip(told, kinds, strict=False):
        assert kind in text
        assert tx.client_request_token in text
    everything = " ".join(text for _, text in told)
    assert "secret" not in everything
    assert "31415926" not in everything


def test_a_doubt_and_a_rerun_are_logged(hasty, db, faults, caplog, account):
    """A process that ends now leaves the token of what nobody knows."""
    caplog.set_level(logging.INFO, logger="transactscope.retries")
    tx = left_in_doubt(hasty, faults, lost_request())
    (record,) = caplog.records
    assert "WARNING" == record.levelname
    assert "in doubt after 1 attempt(s)" in record.getMessage()
    assert tx.client_request_token in record.getMessage()

    caplog.clear()
    faults.next(TX, conflict())
    for attempt in db.attempts():
        with attempt as tx:
            tx.put(Account("A-1"))
    assert ["attempt 1 at a transaction came to TransactionConflictError"] == [
        record.getMessage().partition(";")[0] for record in caplog.records
    ]


def test_tctfs_numbers_can_be_configured(client, table_names, always, sent):
    """3 attempts, 100 ms, at most 5 s, jitter 0.1, 30 s in all."""
    pauses = []
    db = Database(
        client,
        retry=RetryPolicy(max_attempts=3, base_delay=0.1, max_delay=5.0, jitter=0.1, timeout=30.0),
        table_names=table_names,
        sleep=pauses.append,
        random=lambda: 0.0,
    )
    always(conflict(), TX)
    with pytest.raises(TransactionConflictError), TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert 3 == sent.count(TX)
    assert [0.09, 0.18] == [round(pause, 9) for pause in pauses]
