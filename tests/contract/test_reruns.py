"""Attempts and `@transactional`: again with fresh reads where others were faster."""

import contextlib
import functools
import itertools

import pytest

from tests.contract.entities import Account, Sheet
from tests.shells import Database, TransactScope, transactional
from transactscope import Attr, RetryPolicy, Rollback, ScopeState
from transactscope.errors import (
    CommitOutcomeUnknownError,
    ConditionFailedError,
    InvalidRequestError,
    ScopeStateError,
    StaleReadError,
    ThrottledError,
    TransactionConflictError,
)
from transactscope.testing import canceled, conflict, lost_request, throttled

TX = "TransactWriteItems"


class TooPoorError(Exception):
    """A user's own error."""


@pytest.fixture
def busy(db, account):
    """Let someone else change the account after each of the next reads: `busy(2)`."""
    left = []

    def interfere():
        if left and left.pop():
            db.update(Account, "A-1", add={"balance": 100})

    def arm(times):
        left.extend([True] * times)
        return interfere

    return arm


def _add_one(tx, interfere=lambda: None):
    account = tx.get(Account, "A-1")
    interfere()
    account.balance += 1
    tx.update(account)


def test_a_stale_read_is_tried_again_with_fresh_reads(db, busy, sent):
    """A new scope, a new token, and what is stored now."""
    interfere, numbers, tokens = busy(2), [], []
    for attempt in db.attempts():
        with attempt as tx:
            numbers.append(attempt.number)
            tokens.append(tx.client_request_token)
            _add_one(tx, interfere)

    assert [1, 2, 3] == numbers
    assert 3 == len(set(tokens))
    assert 211 == db.get(Account, "A-1").balance
    assert ScopeState.COMMITTED is tx.state
    assert 3 == sent.count(TX)


def test_a_conflict_is_tried_again_with_fresh_reads(db, faults, account, sent):
    """Who was at work on the item may have changed it, so the same request is no use."""
    faults.next(TX, conflict(), conflict())
    for attempt in db.attempts():
        with attempt as tx:
            _add_one(tx)

    assert 11 == db.get(Account, "A-1").balance
    tokens = {r.body["ClientRequestToken"] for r in sent.requests if r.operation == TX}
    assert 3 == len(tokens)
    assert 3 == sent.count("GetItem") - 1


def test_throttling_sends_the_same_again_inside_an_attempt(db, faults, account, sent):
    """Nothing has changed, so nothing has to be read; both count against one budget."""
    faults.next(TX, throttled(), conflict(), throttled())
    numbers = []
    for attempt in db.attempts():
        with attempt as tx:
            numbers.append(attempt.number)
            _add_one(tx)

    tokens = [r.body["ClientRequestToken"] for r in sent.requests if r.operation == TX]
    assert [1, 2] == numbers
    assert tokens[0] == tokens[1] != tokens[2] == tokens[3]
    assert 2 == tx.result.attempts


def test_a_users_condition_is_never_tried_again(db, account):
    """It was judged on the item as it was read, so it would fail again."""
    rounds = []
    with pytest.raises(TooPoorError):
        for attempt in db.attempts():
            with attempt as tx:
                rounds.append(attempt.number)
                tx.get(Account, "A-1")
                demand = {"condition": Attr("balance").gte(50), "raises": TooPoorError}
                tx.update(Account, "A-1", add={"balance": -50}, **demand)
    with pytest.raises(ConditionFailedError):
        for attempt in db.attempts():
            with attempt as tx:
                rounds.append(attempt.number)
                tx.insert(Account("A-1"))

    assert [1, 1] == rounds


def test_a_doubt_is_never_run_again(db, always, account):
    """The first one may have been applied; a second one would apply twice."""
    always(lost_request(), TX)
    with pytest.raises(CommitOutcomeUnknownError):
        for attempt in db.attempts():
            with attempt as tx:
                _add_one(tx)

    assert ScopeState.IN_DOUBT is tx.state


def test_a_version_of_an_entity_that_was_not_read_is_not_tried_again(db):
    """Fresh reads cannot help: nothing is read."""
    db.insert(Sheet("A-1"))
    rounds = []
    with pytest.raises(StaleReadError):
        for attempt in db.attempts():
            with attempt as tx:
                rounds.append(attempt.number)
                tx.put(Sheet("A-1", version=7))

    assert [1] == rounds


def test_an_exception_in_the_block_ends_the_loop_unchanged(db, account, sent):
    """It is the user's, whatever it is; also a stale read of another transaction."""
    sent.clear()
    for error in (KeyError("x"), StaleReadError("of another one"), SystemExit()):
        with pytest.raises(type(error)) as caught:
            for attempt in db.attempts():
                with attempt as tx:
                    _add_one(tx)
                    raise error
        assert error is caught.value
        assert ScopeState.ROLLED_BACK is tx.state

    assert TX not in sent.operations


def test_rollback_ends_the_loop_quietly(db, account):
    """Who gives up has not failed."""
    rounds = 0
    for attempt in db.attempts():
        with attempt as tx:
            rounds += 1
            _add_one(tx)
            raise Rollback

    assert (1, 10) == (rounds, db.get(Account, "A-1").balance)


def test_a_commit_inside_the_block_is_tried_again_too(db, busy):
    """It is the same commit, only earlier."""
    interfere = busy(1)
    for attempt in db.attempts():
        with attempt as tx:
            _add_one(tx, interfere)
            result = tx.commit()

    assert result.sent
    assert 111 == db.get(Account, "A-1").balance


@pytest.fixture
def patient(client, table_names, pauses, account):
    """Make a database with a policy; its time goes by in pauses only: `patient(max_attempts=4)`."""

    def make(**policy):
        return Database(
            client,
            table_names=table_names,
            retry=RetryPolicy(**policy),
            clock=lambda: sum(pauses),
            sleep=pauses.append,
            random=lambda: 1.0,
        )

    return make


def test_attempts_and_time_are_one_budget(patient, always, pauses):
    """When it is spent the last error is raised, and says how much was tried."""
    always(conflict(), TX)
    db = patient(max_attempts=4, base_delay=1, max_delay=3, timeout=100)
    with pytest.raises(TransactionConflictError) as caught:
        for attempt in db.attempts():
            with attempt as tx:
                _add_one(tx)

    assert (4, [1, 2, 3]) == (attempt.number, pauses)
    assert "4 attempt(s) in 6.000 seconds" in caught.value.__notes__[0]


@pytest.mark.parametrize(("timeout", "expected"), [(None, 3), (0.9, 1), (2.5, 2)])
def test_no_attempt_begins_after_the_timeout(patient, always, timeout, expected):
    """A caller who waits has a limit, too; a pause that would end too late is not made."""
    always(conflict(), TX)
    db = patient(max_attempts=99, base_delay=1, max_delay=9, jitter=0, timeout=5.5)
    with pytest.raises(TransactionConflictError):
        for attempt in db.attempts(timeout=timeout):
            with attempt as tx:
                _add_one(tx)

    assert expected == attempt.number


@pytest.mark.parametrize("timeout", [-1, "1", True, float("nan")])
def test_a_timeout_is_a_number_of_seconds(db, timeout):
    """A mistake must not mean for ever, or never."""
    for make in (db.attempts, lambda timeout: TransactScope(db, timeout=timeout)):
        with pytest.raises(InvalidRequestError, match="timeout"):
            make(timeout=timeout)


def test_an_attempt_that_is_passed_over_is_an_error(db):
    """A loop that never enters its attempts would never end."""
    with pytest.raises(ScopeStateError, match="passed over"):
        for attempt in db.attempts():
            del attempt


def test_an_attempt_is_entered_once(db):
    """Its scope is used once."""
    attempts = db.attempts()
    attempt = next(attempts)
    with attempt:
        pass
    with pytest.raises(ScopeStateError), attempt:
        pass
    with pytest.raises(StopIteration):
        next(attempts)


def _returns_inside(db, interfere):
    for attempt in db.attempts():
        with attempt as tx:
            _add_one(tx, interfere)
            return "done"
    return None


def _returns_behind(db, interfere):
    for attempt in db.attempts():
        with attempt as tx:
            _add_one(tx, interfere)
        return "done"
    return None


def _breaks(db, interfere):
    for attempt in db.attempts():
        with attempt as tx:
            _add_one(tx, interfere)
            break
    return "done"


def _breaks_into_an_outer_loop(db, interfere):
    for _ in range(1):
        for attempt in db.attempts():
            with attempt as tx:
                _add_one(tx, interfere)
                break
    return "done"


def _commits_and_returns(db, interfere):
    for attempt in db.attempts():
        with attempt as tx:
            _add_one(tx, interfere)
            tx.commit()
        return "done"
    return None


def _returns_from_an_inner_loop(db, interfere):
    for attempt in db.attempts():
        with attempt as tx:
            for _ in range(2):
                _add_one(tx, interfere)
                return "done"
    return None


def _may_return_behind(db, interfere):
    for attempt in db.attempts():
        with attempt as tx:
            _add_one(tx, interfere)
        if tx.depth == 0:
            return "done"
    return None


def _uses_a_stack(db, interfere):
    for attempt in db.attempts():
        with contextlib.ExitStack() as stack:
            _add_one(stack.enter_context(attempt), interfere)
    return "done"


def _asks_by_hand(db, interfere):
    attempts = db.attempts()
    with next(attempts) as tx:
        _add_one(tx, interfere)
    return "done"


LEAVING = [
    _returns_inside,
    _returns_behind,
    _may_return_behind,
    _breaks,
    _breaks_into_an_outer_loop,
    _commits_and_returns,
    _returns_from_an_inner_loop,
    _uses_a_stack,
    _asks_by_hand,
]


@pytest.mark.parametrize("leave", LEAVING)
def test_code_that_leaves_the_loop_is_never_told_of_a_success_that_was_none(db, busy, leave):
    """A quiet end of the block would let `return` go on as if it were committed."""
    with pytest.raises(StaleReadError) as caught:
        leave(db, busy(1))

    assert "does not always lead back to its loop" in caught.value.__notes__[0]
    assert 110 == db.get(Account, "A-1").balance


@pytest.mark.parametrize("leave", LEAVING)
def test_code_that_leaves_the_loop_after_a_success_is_fine(db, account, leave):
    """Only a failed commit has to be tried again."""
    assert "done" == leave(db, lambda: None)
    assert 11 == db.get(Account, "A-1").balance


def _goes_on(db, interfere):
    for attempt in db.attempts():
        with attempt as tx:
            _add_one(tx, interfere)
            if tx.depth:
                continue
        raise AssertionError
    return "done"


def _does_more_behind_the_block(db, interfere):
    rounds = 0
    for attempt in db.attempts():
        try:
            with contextlib.nullcontext(), attempt as tx:
                _add_one(tx, interfere)
        finally:
            rounds += 1
        for _ in range(rounds):
            rounds += 0
        if rounds > 5:
            raise AssertionError
    return "done"


def _is_inside_another_loop(db, interfere):
    for _ in range(1):
        for attempt in db.attempts():
            with attempt as tx:
                _add_one(tx, interfere)
    return "done"


@pytest.mark.parametrize("stay", [_goes_on, _does_more_behind_the_block, _is_inside_another_loop])
def test_code_that_leads_back_to_the_loop_is_tried_again(db, busy, stay):
    """Whatever else the loop's body does."""
    assert "done" == stay(db, busy(2))
    assert 211 == db.get(Account, "A-1").balance


@transactional
def add(tx, amount, *, interfere=lambda: None):
    """Add to the account's balance and return the new one."""
    account = tx.get(Account, "A-1")
    interfere()
    account.balance += amount
    tx.update(account)
    return account.balance


def test_a_transactional_function_owns_a_scope_and_returns_after_the_commit(db, busy, client):
    """Its value is what the committed run returned."""
    assert 215 == add(db, 5, interfere=busy(2))
    assert 215 == db.get(Account, "A-1").balance
    assert "add" == add.__name__


def test_a_transactional_function_takes_a_client(client, fresh_table):
    """As a scope does."""
    seen = []
    work = transactional(lambda tx: seen.append(tx.depth))
    work(client)

    assert [1] == seen


@pytest.mark.only_sync("a joined function runs in the task of its savepoint")
def test_a_transactional_function_joins_a_scope(db, account, sent):
    """It commits nothing by itself; the outer scope sends one request."""
    sent.clear()
    with TransactScope(db) as tx:
        assert 11 == add(tx, 1)
        assert 13 == add(tx, 2)
        assert TX not in sent.operations

    assert 1 == sent.count(TX)
    assert 13 == db.get(Account, "A-1").balance


@pytest.mark.only_sync("a joined function runs in the task of its savepoint")
def test_a_joined_function_that_fails_drops_only_its_own(db, account):
    """It ran inside a savepoint; the outer block may go on."""

    @transactional
    def fail(tx):
        tx.insert(Account("A-2"))
        raise KeyError

    with TransactScope(db) as tx:
        tx.insert(Account("A-3"))
        with pytest.raises(KeyError):
            fail(tx)
        assert 1 == tx.depth

    assert db.get(Account, "A-2") is None
    assert db.get(Account, "A-3") is not None


@pytest.mark.only_sync("a joined function runs in the task of its savepoint")
def test_rollback_leaves_a_transactional_function_with_nothing(db, account):
    """Owned or joined: it gives up quietly, and returns None."""

    @transactional
    def give_up(tx):
        add(tx, 1)
        raise Rollback

    assert give_up(db) is None
    with TransactScope(db) as tx:
        assert give_up(tx) is None

    assert 10 == db.get(Account, "A-1").balance


class Service:
    """A class whose method was made a transaction by mistake."""

    @transactional
    def method(self, db):
        """Do nothing."""


@pytest.mark.parametrize(
    "wrong",
    [
        lambda db: Service().method(db),
        lambda _: add(None, 1),
        lambda _: add("db", 1),
        lambda db: add(next(db.attempts()), 1),
    ],
    ids=["method", "none", "text", "attempt"],
)
def test_a_transactional_function_says_what_it_has_to_be_called_with(db, sent, wrong):
    """A method has its object in front; the text says what to do."""
    sent.clear()
    with pytest.raises(InvalidRequestError, match="method cannot be one") as caught:
        wrong(db)

    assert "NOT_A_DATABASE" == caught.value.code
    assert [] == sent.operations


def _generator(tx):
    yield tx


async def _coroutine(tx):
    return tx


async def _asynchronous_generator(tx):
    yield tx


@pytest.mark.parametrize(
    "function",
    [
        _generator,
        _asynchronous_generator,
        functools.partial(_generator),
        5,
        Account,
        None,
    ],
    ids=["generator", "async generator", "partial", "number", "class", "none"],
)
def test_what_would_run_after_its_commit_is_refused_at_the_definition(function):
    """Its body runs when the scope is long committed."""
    with pytest.raises(InvalidRequestError):
        transactional(function)


@pytest.mark.parametrize("lazy", [_generator, _coroutine, _asynchronous_generator])
def test_a_body_that_is_returned_to_be_run_later_is_refused(db, sent, lazy):
    """A plain function may hide it; nothing is committed then."""
    work = transactional(lambda tx: (tx.put(Account("A-1")), lazy(tx))[1])
    sent.clear()
    with pytest.raises(InvalidRequestError, match="after the commit"):
        work(db)

    assert [] == sent.operations


def test_versions_stay_right_over_every_kind_of_rerun(db, faults):
    """Objects carry the version that is stored, or the one they had."""
    db.insert(Sheet("A-1"))
    reads, outside = [], Sheet("A-2")
    faults.next(TX, conflict(), throttled(), canceled("ConditionalCheckFailed", "None"))
    for attempt in db.attempts():
        with attempt as tx:
            reads.append(tx.get(Sheet, "A-1"))
            reads[-1].balance += 1
            tx.update(reads[-1])
            with contextlib.suppress(KeyError), tx.savepoint():
                dropped = Sheet("A-3")
                tx.insert(dropped)
                raise KeyError
            tx.insert(outside)

    assert [1] * (len(reads) - 1) + [2] == [sheet.version for sheet in reads]
    assert (1, None) == (outside.version, dropped.version)
    assert 2 == db.get(Sheet, "A-1").version


def test_the_pauses_grow_and_are_random(client, table_names, always, account):
    """Full jitter: competitors that met once do not meet again."""
    always(conflict(), TX)
    pauses, dice = [], itertools.cycle([0.0, 0.5, 1.0])
    db = Database(
        client,
        table_names=table_names,
        retry=RetryPolicy(max_attempts=7),
        sleep=pauses.append,
        random=lambda: next(dice),
    )
    with pytest.raises(TransactionConflictError), TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert [0.0, 0.025, 0.1, 0.0, 0.2, 0.5] == pauses


def test_the_last_error_of_a_throttled_rerun_is_raised(db, always, account):
    """The budget is the same one."""
    always(throttled(), TX)
    with pytest.raises(ThrottledError) as caught:
        add(db, 1)

    assert "6 attempt(s)" in caught.value.__notes__[0]


@pytest.mark.parametrize("verb", ["update", "put", "delete"])
def test_an_entity_that_was_read_without_a_guard_is_tried_again_by_its_version(db, verb):
    """It was read in the scope, so reading again helps."""
    db.insert(Sheet("A-1"))
    rounds = []

    @transactional
    def write(tx):
        rounds.append(tx)
        sheet = tx.get(Sheet, "A-1", guard=False)
        if len(rounds) == 1:
            db.update(Sheet, "A-1", set={"note": "x"})
        sheet.balance += 1
        getattr(tx, verb)(sheet)

    write(db)

    assert 2 == len(rounds)


def test_a_transactional_function_does_not_depend_on_byte_code(db, busy, monkeypatch):
    """Its loop is the library's own, on every Python."""
    monkeypatch.setattr("transactscope.attempts.comes_back", lambda *_: False)

    assert 112 == add(db, 2, interfere=busy(1))
