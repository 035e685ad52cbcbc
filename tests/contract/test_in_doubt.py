"""A commit whose answer does not decide: sent again as it was, and never called what it is not."""

import asyncio
import contextlib
import logging

import pytest

from tests.contract.entities import Account, Sheet
from tests.shells import Database, TransactScope
from transactscope import AsyncDatabase, AsyncTransactScope, RetryPolicy, ScopeState, in_threads
from transactscope.errors import (
    CommitOutcomeUnknownError,
    ConditionFailedError,
    ScopeStateError,
    StaleReadError,
    TransactionCanceledError,
    TransactionConflictError,
)
from transactscope.testing import (
    Faults,
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
IN_PROGRESS = error("TransactionInProgressException")
AMBIGUOUS = {
    "lost before it was applied": lost_request(),
    "lost after it was applied": lost_answer(),
    "server fault": error("InternalServerError", status=500),
    "unavailable": error("ServiceUnavailable", status=503),
    "garbage": answer(200, b"<html>"),
    "in progress": IN_PROGRESS,
}


class Clocks:
    """Two clocks that a test sets."""

    def __init__(self):
        self.monotonic, self.wall = 1000.0, 1_700_000_000.0

    def sleep(self, seconds):
        """Let time pass instead of waiting."""
        self.monotonic += seconds
        self.wall += seconds


@pytest.fixture
def clocks():
    """The clocks of what `database` makes."""
    return Clocks()


@pytest.fixture
def database(shell, table_names, tokens, clocks):
    """Make a database over a client, with clocks that the test sets."""

    def make(client, **policy):
        return Database(
            client,
            retry=RetryPolicy(**policy),
            table_names=table_names,
            new_token=tokens,
            clock=lambda: clocks.monotonic,
            wall_clock=lambda: clocks.wall,
            sleep=clocks.sleep,
        )

    return make


@pytest.fixture
def hasty(client, database):
    """A database that sends everything once, so that one lost answer is a doubt."""
    return database(client, max_attempts=1)


def _add_one(tx):
    tx.update(Account, "A-1", add={"balance": 1})


def _left_in_doubt(db, faults, fault, work=_add_one):
    faults.next(TX, fault)
    with pytest.raises(CommitOutcomeUnknownError), TransactScope(db) as tx:
        work(tx)
    assert ScopeState.IN_DOUBT is tx.state
    return tx


@pytest.mark.needs("idempotency")
@pytest.mark.parametrize("fault", AMBIGUOUS)
def test_it_is_sent_again_as_it_was_and_applies_once(db, faults, sent, fault):
    """The same bytes with the same token: the counter is 1, whatever happened to the first."""
    faults.next(TX, AMBIGUOUS[fault])
    with TransactScope(db) as tx:
        _add_one(tx)

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
            _add_one(tx)

        assert was_applied is tx.result.replayed


@pytest.mark.needs("idempotency")
@pytest.mark.parametrize("fault", [lost_request(), lost_answer()], ids=["before", "after"])
def test_resolve_finds_out_and_applies_once(hasty, faults, sent, fault):
    """A lost response before or after it was applied: the counter is 1."""
    tx = _left_in_doubt(hasty, faults, fault)

    result = tx.resolve()

    assert ScopeState.COMMITTED is tx.state
    assert tx.result is result
    assert (2, tx.client_request_token) == (result.attempts, result.client_request_token)
    assert 1 == len({str(request.body) for request in sent.requests})
    assert 1 == hasty.get(Account, "A-1").balance


def test_the_error_leads_to_its_scope(hasty, faults):
    """Who catches the error far away can resolve the commit."""
    faults.next(TX, lost_request())
    with pytest.raises(CommitOutcomeUnknownError) as caught, TransactScope(hasty) as tx:
        tx.put(Account("A-1"))

    caught.value.scope.resolve()

    assert ScopeState.COMMITTED is tx.state
    assert hasty.get(Account, "A-1") == Account("A-1")


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
        _add_one(tx)

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
            _add_one(tx)

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
        _add_one(tx)

    assert 12 == tx.result.attempts
    assert 1 == db.get(Account, "A-1").balance


@pytest.mark.parametrize("late", ["monotonic", "wall"])
def test_past_the_ten_minutes_nothing_is_sent(hasty, faults, sent, clocks, late):
    """Either clock may be wrong: a machine sleeps, a clock is set; the later one counts."""
    tx = _left_in_doubt(hasty, faults, lost_answer())
    setattr(clocks, late, getattr(clocks, late) + 601)

    with pytest.raises(CommitOutcomeUnknownError, match="600 seconds") as caught:
        tx.resolve()

    assert 1 == sent.count(TX)
    assert ScopeState.IN_DOUBT is tx.state
    assert tx is caught.value.scope
    assert tx.client_request_token == caught.value.client_request_token


def test_a_clock_that_was_set_back_does_not_prolong_the_ten_minutes(hasty, faults, clocks):
    """The other clock has seen the time pass."""
    tx = _left_in_doubt(hasty, faults, lost_answer())
    clocks.wall -= 86_400
    clocks.monotonic += 601

    with pytest.raises(CommitOutcomeUnknownError, match="600 seconds"):
        tx.resolve()


@pytest.mark.parametrize(("connect_timeout", "sends"), [(60, 1), (10, 2)])
@pytest.mark.only_sync("the settings of the boto3 client count")
def test_a_request_that_could_arrive_too_late_is_not_sent(
    engine, database, clocks, connect_timeout, sends
):
    """Connecting may take as long as the client lets it, and then the token may be forgotten."""
    client = engine.client(connect_timeout=connect_timeout)
    db = database(client, max_attempts=1)
    with Faults(client) as faults, RequestRecorder(client) as sent:
        tx = _left_in_doubt(db, faults, lost_request())
        clocks.monotonic += 560
        with contextlib.suppress(CommitOutcomeUnknownError):
            tx.resolve()

    assert sends == sent.count(TX)
    assert tx.state is (ScopeState.COMMITTED if sends == 2 else ScopeState.IN_DOUBT)


def test_a_long_commit_ends_with_its_token(client, database, clocks, always, sent):
    """However long the policy would go on, no attempt is made that could apply a second time."""
    thirty = {"base_delay": 30, "max_delay": 30, "jitter": 0}
    db = database(client, max_attempts=10_000, timeout=86_400, **thirty)
    always(lost_request(), TX)
    started = clocks.monotonic
    with pytest.raises(CommitOutcomeUnknownError), TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert 500 < clocks.monotonic - started < 600
    assert sent.count(TX) == 1 + (clocks.monotonic - started) // 30
    assert ScopeState.IN_DOUBT is tx.state


def test_a_marked_commit_is_resolved_at_any_time(hasty, faults, clocks):
    """The marker keeps it from being applied twice when the token is long forgotten."""
    for number, fault in enumerate((lost_request(), lost_answer())):
        marker = Account(f"marker-{number}")
        tx = _left_in_doubt(hasty, faults, fault, lambda tx, m=marker: (tx.once(m), _add_one(tx)))
        clocks.monotonic += 86_400
        tx.resolve()

        assert ScopeState.COMMITTED is tx.state
        assert number + 1 == hasty.get(Account, "A-1").balance


def test_resolve_that_is_refused_ends_canceled(hasty, faults):
    """It was not applied, and now its condition is false."""
    tx = _left_in_doubt(hasty, faults, lost_request(), lambda tx: tx.insert(Account("A-1", 1)))
    hasty.put(Account("A-1", 2))

    with pytest.raises(ConditionFailedError):
        tx.resolve()

    assert ScopeState.CANCELED is tx.state
    assert 2 == hasty.get(Account, "A-1").balance
    with pytest.raises(ScopeStateError, match="CANCELED"):
        tx.resolve()


def test_resolve_judges_the_guards_of_reads(hasty, faults, account):
    """What was read has changed since: nothing of the old request may be applied."""

    def work(tx):
        read = tx.get(Account, "A-1")
        read.balance += 1
        tx.update(read)

    tx = _left_in_doubt(hasty, faults, lost_request(), work)
    hasty.put(Account("A-1", 50))

    with pytest.raises(StaleReadError):
        tx.resolve()

    assert 50 == hasty.get(Account, "A-1").balance


def test_resolve_that_gets_no_answer_can_be_called_again(hasty, faults, sent):
    """The scope stays in doubt until something decides."""
    tx = _left_in_doubt(hasty, faults, lost_request())
    faults.next(TX, lost_request(), throttled(), canceled("ValidationError"))
    for _ in range(2):
        with pytest.raises(CommitOutcomeUnknownError) as caught:
            tx.resolve()
        assert tx is caught.value.scope
    with pytest.raises(TransactionCanceledError):
        tx.resolve()

    assert ScopeState.CANCELED is tx.state
    assert 4 == sent.count(TX)


def test_resolve_is_refused_where_nothing_is_in_doubt(db):
    """It would send what was never committed, or what is known."""
    tx = TransactScope(db)
    with pytest.raises(ScopeStateError, match=r"NOT_STARTED.*only a commit in doubt"):
        tx.resolve()
    with tx:
        tx.put(Account("A-1"))
        with pytest.raises(ScopeStateError, match="ACTIVE"):
            tx.resolve()
    with pytest.raises(ScopeStateError, match="COMMITTED"):
        tx.resolve()

    rolled_back = TransactScope(db).begin()
    rolled_back.rollback()
    with pytest.raises(ScopeStateError, match="ROLLED_BACK"):
        rolled_back.resolve()


def test_resolve_runs_the_hooks_once_and_raises_the_versions(hasty, faults):
    """What follows a commit follows it whenever it is known."""
    seen, sheet = [], Sheet("A-1")

    def work(tx):
        tx.insert(sheet)
        tx.on_commit(seen.append)

    tx = _left_in_doubt(hasty, faults, lost_request(), work)
    assert ([], None) == (seen, sheet.version)

    result = tx.resolve()

    assert [result] == seen
    assert 1 == sheet.version
    assert sheet is result.current(sheet)


def test_other_verbs_are_refused_in_doubt_and_name_the_way_out(hasty, faults):
    """Only an answer can end it."""
    tx = _left_in_doubt(hasty, faults, lost_request())
    for verb in (tx.commit, tx.rollback, tx.savepoint, lambda: tx.put(Account("A-2"))):
        with pytest.raises(ScopeStateError, match=r"IN_DOUBT.*resolve\(\)"):
            verb()


@pytest.mark.only_sync("a task is canceled, not interrupted")
def test_an_interrupted_resolve_stays_in_doubt(hasty, faults):
    """Ctrl-C is no answer."""
    tx = _left_in_doubt(hasty, faults, lost_request())
    faults.next(TX, raised(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt) as caught:
        tx.resolve()

    assert ScopeState.IN_DOUBT is tx.state
    assert tx.client_request_token in caught.value.__notes__[0]
    tx.resolve()
    assert ScopeState.COMMITTED is tx.state


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


@pytest.mark.only_sync("somebody else has to come in between")
def test_two_resolves_at_once_send_one_request(hasty, faults, sent):
    """The second is told that somebody is at it."""
    tx = _left_in_doubt(hasty, faults, lost_request())
    refused = []

    def resolve_too():
        with pytest.raises(ScopeStateError, match="right now") as caught:
            tx.resolve()
        refused.append(caught.value)

    faults.next(TX, calling(resolve_too))
    tx.resolve()

    assert 1 == len(refused)
    assert 2 == sent.count(TX)


@pytest.mark.needs("idempotency")
@pytest.mark.only_sync("it drives an asynchronous shell by itself")
def test_a_canceled_task_can_be_resolved(client, table_names, tokens, faults):
    """A time-out of the caller's leaves a doubt, and the scope still knows its request."""
    db = AsyncDatabase(in_threads(client), table_names=table_names, new_token=tokens)

    async def main():
        tx = AsyncTransactScope(db).begin()
        _add_one(tx)
        faults.next(TX, raised(asyncio.CancelledError()))
        with pytest.raises(asyncio.CancelledError):
            await tx.commit()
        assert ScopeState.IN_DOUBT is tx.state
        await tx.resolve()
        return tx

    assert ScopeState.COMMITTED is asyncio.run(main()).state
    assert 1 == Database(client, table_names=table_names).get(Account, "A-1").balance


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
    tx = _left_in_doubt(hasty, faults, lost_request())
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
