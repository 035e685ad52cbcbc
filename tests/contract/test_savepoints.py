"""Savepoints: levels inside one scope, and still one request."""

import threading

import pytest

from tests.contract.entities import Account
from tests.shells import TransactScope
from transactscope import Rollback, ScopeState, path
from transactscope.errors import (
    ConditionFailedError,
    DuplicateTargetError,
    InvalidRequestError,
    ScopeStateError,
)


def _keys(tx):
    return [action.key["number"]["S"] for action in tx.staged]


def test_a_savepoint_that_raised_drops_its_own_actions_only(db, sent):
    """bloop and dynamoxy commit the inner block's writes although it failed."""
    with TransactScope(db) as tx:
        tx.insert(Account("A-1"))
        with pytest.raises(KeyError), tx.savepoint():
            tx.insert(Account("A-2"))
            raise KeyError
        tx.insert(Account("A-3"))

    assert ["A-1", "A-3"] == _keys(tx)
    assert ["TransactWriteItems"] == sent.operations
    assert db.get(Account, "A-2") is None


def test_a_savepoint_that_ends_well_keeps_its_actions(db, sent):
    """Releasing sends nothing: there is one request per scope, whatever its levels."""
    with TransactScope(db) as tx:
        with tx.savepoint(), tx.savepoint():
            tx.insert(Account("A-1"))
        assert [] == sent.operations

    assert ["TransactWriteItems"] == sent.operations
    assert db.get(Account, "A-1") is not None


def test_an_outer_rollback_takes_what_an_inner_level_released(db, sent):
    """AWS-1, dyntastic: an inner commit stayed written when the outer level rolled back."""
    with TransactScope(db) as tx:
        tx.insert(Account("A-1"))
        with tx.savepoint():
            tx.insert(Account("A-2"))
        tx.rollback()

    assert [] == sent.operations
    assert db.get(Account, "A-2") is None


def test_levels_never_send_on_their_own(db, sent):
    """AWS-2: a commit with an open inner level sent two requests, and the second could fail."""
    db.put(Account("A-1"))
    sent.clear()
    with pytest.raises(ConditionFailedError), TransactScope(db) as tx:
        tx.insert(Account("A-1"))
        tx.savepoint()
        tx.insert(Account("A-2"))

    assert ["TransactWriteItems"] == sent.operations
    assert db.get(Account, "A-2") is None


def test_an_empty_inner_level_costs_the_outer_one_nothing(db):
    """AWS-3: after an empty inner commit, what the outer level had staged was never sent."""
    with TransactScope(db) as tx:
        tx.insert(Account("A-1"))
        with tx.savepoint():
            pass
        with tx.savepoint():
            tx.insert(Account("A-2"))
        tx.insert(Account("A-3"))

    assert all(db.get(Account, f"A-{number}") for number in (1, 2, 3))


def test_rollback_of_a_savepoint_leaves_it_open(db):
    """As in SQL, ROLLBACK TO can be repeated."""
    with TransactScope(db) as tx:
        savepoint = tx.savepoint()
        for number in (1, 2):
            tx.insert(Account(f"A-{number}"))
            savepoint.rollback()
        tx.insert(Account("A-3"))
        savepoint.release()

    assert ["A-3"] == _keys(tx)


def test_a_raised_rollback_leaves_the_innermost_block(db):
    """`raise Rollback` is quiet for the level that it is raised in."""
    with TransactScope(db) as tx:
        with tx.savepoint():
            tx.insert(Account("A-1"))
            with tx.savepoint():
                tx.insert(Account("A-2"))
                raise Rollback
        assert ["A-1"] == _keys(tx)

    assert ScopeState.COMMITTED is tx.state


def test_a_raised_rollback_can_name_its_level(db):
    """An outer savepoint, or the whole scope, from any depth."""
    with TransactScope(db) as tx:
        tx.insert(Account("A-1"))
        with tx.savepoint() as outer:
            tx.insert(Account("A-2"))
            with tx.savepoint():
                tx.insert(Account("A-3"))
                raise Rollback(outer)
        assert ["A-1"] == _keys(tx)
        with tx.savepoint():
            raise Rollback(tx)

    assert ScopeState.ROLLED_BACK is tx.state


def test_depth_counts_every_open_level(db):
    """What a page shows as levels."""
    with TransactScope(db) as tx:
        depths = [tx.depth]
        with tx.savepoint():
            depths.append(tx.depth)
            inner = tx.savepoint()
            depths.append(tx.depth)
            inner.release()
            depths.append(tx.depth)
        depths.append(tx.depth)

    assert [1, 2, 3, 2, 1, 0] == [*depths, tx.depth]


def test_closing_an_outer_savepoint_closes_the_inner_ones(db):
    """As in SQL; using a closed one raises."""
    with TransactScope(db) as tx:
        outer = tx.savepoint()
        inner = tx.savepoint()
        outer.release()

        assert 1 == tx.depth
        assert not inner.is_open
        for use in (inner.release, inner.rollback, outer.release, outer.rollback, inner.__enter__):
            with pytest.raises(ScopeStateError, match="closed"):
                use()


def test_rolling_back_an_outer_savepoint_closes_the_inner_ones(db):
    """What they marked is gone."""
    with TransactScope(db) as tx:
        outer = tx.savepoint()
        tx.insert(Account("A-1"))
        inner = tx.savepoint()
        outer.rollback()

        assert outer.is_open
        assert not inner.is_open
        assert [] == _keys(tx)


def test_an_outer_savepoint_cannot_be_closed_inside_an_inner_block(db):
    """The inner block still has to be able to drop what is its own."""
    with TransactScope(db) as tx:
        outer = tx.savepoint()
        with tx.savepoint():
            for use in (outer.release, outer.rollback):
                with pytest.raises(ScopeStateError, match="has not been left"):
                    use()
        outer.release()


def test_blocks_left_out_of_order_keep_the_exception_that_left_them(db):
    """A mistake in the order is told as a note, and never in place of what went wrong."""
    failure = KeyError()
    with TransactScope(db) as tx:
        outer, inner = tx.savepoint(), tx.savepoint()
        outer.__enter__()
        inner.__enter__()

        assert not outer.__exit__(KeyError, failure, None)
        assert "could not be rolled back" in failure.__notes__[0]
        with pytest.raises(ScopeStateError, match="has not been left"):
            outer.__exit__(None, None, None)
        inner.__exit__(None, None, None)
        outer.__exit__(None, None, None)


def test_a_rollback_raised_after_the_release_is_refused(db):
    """What was released is kept; nobody may believe that it was dropped."""
    tx = TransactScope(db).begin()
    with pytest.raises(ScopeStateError, match="was released"), tx.savepoint() as savepoint:
        tx.insert(Account("A-1"))
        savepoint.release()
        raise Rollback
    tx.rollback()


def test_a_savepoint_is_one_block_at_a_time(db):
    """Entered twice, its inner end would close it under the outer one."""
    with TransactScope(db) as tx, tx.savepoint() as savepoint:
        with pytest.raises(ScopeStateError, match="has been entered"):
            savepoint.__enter__()
        assert savepoint.is_open


def test_what_was_rolled_back_or_refused_has_taught_nothing(db, table_names):
    """A mistake that was undone must not make the correct call fail."""
    wrong = {"TableName": table_names["Account"], "Key": {"nmber": {"S": "A-1"}}}
    arn = "arn:aws:dynamodb:{}:123456789012:table/Account"
    with TransactScope(db) as tx:
        with tx.savepoint():
            tx.client.delete_item(**wrong)
            raise Rollback
        tx.insert(Account("A-1"))
        with pytest.raises(DuplicateTargetError):
            tx.insert(Account("A-1"))
        with tx.savepoint():
            tx.client.delete_item(TableName=arn.format("eu-west-1"), Key=wrong["Key"])
            raise Rollback
        tx.client.delete_item(TableName=arn.format("us-east-1"), Key={"id": {"S": "1"}})
        tx.rollback()


def test_unstage_knows_a_raw_put_after_its_key_became_known(db, table_names):
    """The action that a page shows a button for stays the same action."""
    with TransactScope(db) as tx:
        tx.client.put_item(TableName=table_names["Account"], Item={"number": {"S": "A-1"}})
        (raw,) = tx.staged
        tx.delete(Account, "A-2")
        tx.unstage(raw)

        assert ["A-2"] == _keys(tx)


def test_commit_releases_what_is_open(db):
    """As in SQL; the savepoints are closed then."""
    tx = TransactScope(db).begin()
    with tx.savepoint() as savepoint:
        tx.insert(Account("A-1"))
        tx.commit()

    assert db.get(Account, "A-1") is not None
    with pytest.raises(ScopeStateError, match="COMMITTED"):
        savepoint.rollback()


def test_a_rollback_that_comes_after_the_commit_is_refused(db):
    """Nobody may believe that a level was undone when everything is committed."""
    with (
        pytest.raises(ScopeStateError, match="COMMITTED"),
        TransactScope(db) as tx,
        tx.savepoint(),
    ):
        tx.insert(Account("A-1"))
        tx.commit()
        raise Rollback


def test_a_savepoint_outside_the_active_state_is_refused(db):
    """There is nothing to mark."""
    with pytest.raises(ScopeStateError, match="NOT_STARTED"):
        TransactScope(db).savepoint()


def test_rollback_restores_what_an_item_came_to_before(db, sent):
    """A fold that was begun before the mark is what it was."""
    with TransactScope(db) as tx:
        tx.update(Account, "A-1", add={"balance": 1})
        with tx.savepoint():
            tx.update(Account, "A-1", add={"balance": 10})
            tx.insert(Account("A-2"))
            raise Rollback
        tx.update(Account, "A-1", add={"balance": 100})

    assert 101 == db.get(Account, "A-1").balance
    assert 1 == len(sent.requests[0].body["TransactItems"])


def test_unstage_drops_one_action_and_folds_the_rest_again(db):
    """A page has a button beside each action."""
    with TransactScope(db) as tx:
        first = tx.update(Account, "A-1", add={"balance": 1})
        second = tx.update(Account, "A-1", add={"balance": 10})
        third = tx.insert(Account("A-2"))
        tx.unstage(first)
        tx.unstage(third)
        assert (second,) == tx.staged

    assert 10 == db.get(Account, "A-1").balance


def test_unstage_refuses_what_others_need(db):
    """What folds only because of the action that is to go keeps it."""
    with TransactScope(db) as tx:
        tx.update(Account, "A-1", add={"balance": 1})
        removed = tx.update(Account, "A-1", remove="tags")
        tx.update(Account, "A-1", set={"tags": ["x"]})
        between = tx.put(Account("A-2"))
        tx.update(Account, "A-2", set={"balance": 5})
        tx.update(Account, "A-2", set={"balance": path("balance") + 1})
        staged = tx.staged

        with pytest.raises(DuplicateTargetError):
            tx.unstage(between)
        assert staged == tx.staged
        tx.unstage(removed)
        with pytest.raises(InvalidRequestError) as caught:
            tx.unstage(removed)
        tx.rollback()

    assert "NOT_STAGED" == caught.value.code


def test_unstage_before_a_savepoint_keeps_its_mark(db):
    """The mark stays between the same actions."""
    with TransactScope(db) as tx:
        early = tx.insert(Account("A-1"))
        tx.insert(Account("A-2"))
        savepoint = tx.savepoint()
        tx.insert(Account("A-3"))
        tx.unstage(early)
        savepoint.rollback()

        assert ["A-2"] == _keys(tx)


def test_nobody_else_stages_while_a_block_is_open(db):
    """What another thread staged meanwhile would be dropped with the block, without a word."""
    refused = []

    def intrude(tx):
        for use in (
            lambda: tx.put(Account("A-2")),
            lambda: tx.on_commit(print),
            tx.savepoint,
            tx.commit,
            tx.rollback,
        ):
            with pytest.raises(ScopeStateError, match="another thread or task"):
                use()
            refused.append(use)

    with TransactScope(db) as tx:
        with tx.savepoint():
            tx.put(Account("A-1"))
            thread = threading.Thread(target=intrude, args=(tx,))
            thread.start()
            thread.join()
        elsewhere = threading.Thread(target=lambda: tx.put(Account("A-3")))
        elsewhere.start()
        elsewhere.join()

    assert 5 == len(refused)
    assert [True, False, True] == [db.get(Account, f"A-{n}") is not None for n in (1, 2, 3)]
