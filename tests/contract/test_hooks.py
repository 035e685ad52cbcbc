"""`on_commit`: what has to happen once the data is committed, and only then."""

import pytest

from tests.contract.entities import Account
from tests.shells import TransactScope, transactional
from transactscope import Rollback, ScopeState
from transactscope.errors import ConditionFailedError, InvalidRequestError, ScopeStateError
from transactscope.testing import conflict


def test_hooks_get_the_result_in_order_after_the_commit(db):
    """Mail goes out when the order is stored."""
    seen = []
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))
        tx.on_commit(lambda result: seen.append(("first", tx.state, result)))
        tx.on_commit(lambda result: seen.append(("second", tx.state, result)))
        assert [] == seen

    committed = ScopeState.COMMITTED
    assert [("first", committed, tx.result), ("second", committed, tx.result)] == seen


def test_hooks_run_where_nothing_was_staged(db):
    """COMMITTED is COMMITTED."""
    seen = []
    with TransactScope(db) as tx:
        tx.on_commit(seen.append)

    assert [False] == [result.sent for result in seen]


def test_hooks_do_not_run_without_a_commit(db, account):
    """A cancellation, a rollback, an exception."""
    seen = []

    def leave(error):
        with TransactScope(db) as tx:
            tx.on_commit(seen.append)
            if error is ConditionFailedError:
                tx.insert(account)
            else:
                raise error

    for error in (ConditionFailedError, KeyError):
        with pytest.raises(error):
            leave(error)
    leave(Rollback)

    assert [] == seen


def test_a_savepoint_drops_its_hooks(db):
    """What was staged inside is gone, and so is what was to follow from it."""
    seen = []
    with TransactScope(db) as tx:
        tx.on_commit(lambda _: seen.append("before"))
        savepoint = tx.savepoint()
        tx.on_commit(lambda _: seen.append("dropped"))
        savepoint.rollback()
        tx.on_commit(lambda _: seen.append("after"))
        with tx.savepoint():
            tx.on_commit(lambda _: seen.append("kept"))

    assert ["before", "after", "kept"] == seen


def test_all_hooks_run_and_their_errors_say_that_the_data_is_committed(db, stored):
    """Nobody may take a failed mail for a failed commit."""
    seen = []

    def fail(error):
        def hook(_):
            raise error

        return hook

    with pytest.raises(ExceptionGroup, match="is committed; 2 of 3") as caught:  # noqa: SIM117
        with TransactScope(db) as tx:
            tx.put(Account("A-1"))
            tx.on_commit(fail(KeyError("a")))
            tx.on_commit(seen.append)
            tx.on_commit(fail(ValueError("b")))

    assert [KeyError, ValueError] == [type(error) for error in caught.value.exceptions]
    assert 1 == len(seen)
    assert ScopeState.COMMITTED is tx.state
    assert stored("A-1") is not None


def test_hooks_run_once_per_rerun_that_was_committed(db, faults):
    """The runs that failed have sent no mail."""
    seen = []
    faults.next("TransactWriteItems", conflict(), conflict())

    @transactional
    def work(tx):
        tx.on_commit(lambda result: seen.append(result.attempts))
        tx.put(Account("A-1"))

    work(db)

    assert [1] == seen


def test_a_failed_hook_does_not_run_the_function_again(db):
    """The commit has succeeded."""
    runs = []

    @transactional
    def work(tx):
        runs.append(tx)
        tx.on_commit(lambda _: 1 / 0)
        tx.update(Account, "A-1", add={"balance": 1})

    with pytest.raises(ExceptionGroup):
        work(db)

    assert 1 == len(runs) == db.get(Account, "A-1").balance


@pytest.mark.only_sync("a hook runs in the event loop")
def test_hooks_may_use_the_database_and_look_at_the_scope(db):
    """The scope is over, and says so."""
    seen = []

    def hook(result):
        seen.append(db.get(Account, "A-1"))
        with pytest.raises(ScopeStateError, match="COMMITTED"):
            tx.put(Account("A-2"))
        seen.append(tx.result is result)

    with TransactScope(db) as tx:
        tx.put(Account("A-1", 3))
        tx.on_commit(hook)

    assert [Account("A-1", 3), True] == seen


async def _coroutine(_):
    """Never awaited."""


@pytest.mark.parametrize(
    "wrong", [None, 5, "text", _coroutine], ids=["none", "number", "text", "coroutine"]
)
@pytest.mark.only_sync("coroutine functions are welcome there")
def test_what_cannot_be_a_hook_is_refused_at_the_call(db, wrong):
    """After the commit it would be too late to say so."""
    with TransactScope(db) as tx, pytest.raises(InvalidRequestError, match="on_commit"):
        tx.on_commit(wrong)


def test_hooks_belong_to_an_active_scope(db):
    """As everything else."""
    tx = TransactScope(db)
    with pytest.raises(ScopeStateError):
        tx.on_commit(print)
    with tx:
        pass
    with pytest.raises(ScopeStateError):
        tx.on_commit(print)


@pytest.mark.only_sync("an asynchronous scope awaits it")
def test_a_hook_that_leaves_something_to_be_awaited_is_reported(db):
    """A plain function may hide a coroutine, which nobody here would ever run."""

    def hook(result):
        return _coroutine(result)

    with pytest.raises(ExceptionGroup) as caught, TransactScope(db) as tx:
        tx.on_commit(hook)

    assert isinstance(caught.value.exceptions[0], InvalidRequestError)


@pytest.mark.only_sync("a task is canceled, not interrupted")
def test_an_interrupted_hook_says_that_the_data_is_committed(db):
    """Control-C must not look like a failed commit."""

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught, TransactScope(db) as tx:
        tx.on_commit(interrupt)
        tx.on_commit(print)

    assert "is committed" in caught.value.__notes__[0]
    assert ScopeState.COMMITTED is tx.state
