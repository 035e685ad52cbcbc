"""Finding out how a commit in doubt has ended, as long as that can be done exactly once."""

import asyncio
import contextlib

import pytest

from tests.contract.doubts import TX, add_one, left_in_doubt
from tests.contract.entities import Account, Sheet
from tests.shells import Database, TransactScope
from transactscope import AsyncDatabase, AsyncTransactScope, ScopeState, in_threads
from transactscope.errors import (
    CommitOutcomeUnknownError,
    ConditionFailedError,
    ScopeStateError,
    StaleReadError,
    TransactionCanceledError,
)
from transactscope.testing import (
    Faults,
    RequestRecorder,
    calling,
    canceled,
    lost_answer,
    lost_request,
    raised,
    throttled,
)


@pytest.mark.needs("idempotency")
@pytest.mark.parametrize("fault", [lost_request(), lost_answer()], ids=["before", "after"])
def test_resolve_finds_out_and_applies_once(hasty, faults, sent, fault):
    """A lost response before or after it was applied: the counter is 1."""
    tx = left_in_doubt(hasty, faults, fault)

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


@pytest.mark.parametrize("late", ["monotonic", "wall"])
def test_past_the_ten_minutes_nothing_is_sent(hasty, faults, sent, clocks, late):
    """Either clock may be wrong: a machine sleeps, a clock is set; the later one counts."""
    tx = left_in_doubt(hasty, faults, lost_answer())
    setattr(clocks, late, getattr(clocks, late) + 601)

    with pytest.raises(CommitOutcomeUnknownError, match="600 seconds") as caught:
        tx.resolve()

    assert 1 == sent.count(TX)
    assert ScopeState.IN_DOUBT is tx.state
    assert tx is caught.value.scope
    assert tx.client_request_token == caught.value.client_request_token


def test_a_clock_that_was_set_back_does_not_prolong_the_ten_minutes(hasty, faults, clocks):
    """The other clock has seen the time pass."""
    tx = left_in_doubt(hasty, faults, lost_answer())
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
        tx = left_in_doubt(db, faults, lost_request())
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
        tx = left_in_doubt(hasty, faults, fault, lambda tx, m=marker: (tx.once(m), add_one(tx)))
        clocks.monotonic += 86_400
        tx.resolve()

        assert ScopeState.COMMITTED is tx.state
        assert number + 1 == hasty.get(Account, "A-1").balance


def test_resolve_that_is_refused_ends_canceled(hasty, faults):
    """It was not applied, and now its condition is false."""
    tx = left_in_doubt(hasty, faults, lost_request(), lambda tx: tx.insert(Account("A-1", 1)))
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

    tx = left_in_doubt(hasty, faults, lost_request(), work)
    hasty.put(Account("A-1", 50))

    with pytest.raises(StaleReadError):
        tx.resolve()

    assert 50 == hasty.get(Account, "A-1").balance


def test_resolve_that_gets_no_answer_can_be_called_again(hasty, faults, sent):
    """The scope stays in doubt until something decides."""
    tx = left_in_doubt(hasty, faults, lost_request())
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

    tx = left_in_doubt(hasty, faults, lost_request(), work)
    assert ([], None) == (seen, sheet.version)

    result = tx.resolve()

    assert [result] == seen
    assert 1 == sheet.version
    assert sheet is result.current(sheet)


def test_other_verbs_are_refused_in_doubt_and_name_the_way_out(hasty, faults):
    """Only an answer can end it."""
    tx = left_in_doubt(hasty, faults, lost_request())
    for verb in (tx.commit, tx.rollback, tx.savepoint, lambda: tx.put(Account("A-2"))):
        with pytest.raises(ScopeStateError, match=r"IN_DOUBT.*resolve\(\)"):
            verb()


@pytest.mark.only_sync("a task is canceled, not interrupted")
def test_an_interrupted_resolve_stays_in_doubt(hasty, faults):
    """Ctrl-C is no answer."""
    tx = left_in_doubt(hasty, faults, lost_request())
    faults.next(TX, raised(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt) as caught:
        tx.resolve()

    assert ScopeState.IN_DOUBT is tx.state
    assert tx.client_request_token in caught.value.__notes__[0]
    tx.resolve()
    assert ScopeState.COMMITTED is tx.state


@pytest.mark.only_sync("somebody else has to come in between")
def test_two_resolves_at_once_send_one_request(hasty, faults, sent):
    """The second is told that somebody is at it."""
    tx = left_in_doubt(hasty, faults, lost_request())
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
        add_one(tx)
        faults.next(TX, raised(asyncio.CancelledError()))
        with pytest.raises(asyncio.CancelledError):
            await tx.commit()
        assert ScopeState.IN_DOUBT is tx.state
        await tx.resolve()
        return tx

    assert ScopeState.COMMITTED is asyncio.run(main()).state
    assert 1 == Database(client, table_names=table_names).get(Account, "A-1").balance
