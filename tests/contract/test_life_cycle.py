"""The life cycle of a scope: what begins, what ends, and what is refused in between."""

import gc
import threading
import warnings

import pytest

from tests.contract.entities import Account
from tests.shells import Database, TransactScope
from transactscope import Rollback, ScopeState
from transactscope.errors import (
    CommitOutcomeUnknownError,
    ConditionFailedError,
    InvalidRequestError,
    ScopeStateError,
)
from transactscope.testing import calling, lost_request, raised


def test_leaving_the_block_commits_everything_in_one_request(db, sent, stored):
    """One scope is one TransactWriteItems, whatever it holds."""
    with TransactScope(db) as tx:
        tx.insert(Account("A-1", 1))
        tx.insert(Account("A-2", 2))
        tx.insert(Account("A-3", 3))

    assert ["TransactWriteItems"] == sent.operations
    assert ScopeState.COMMITTED is tx.state
    assert ["1", "2", "3"] == [stored(f"A-{n}")["balance"]["N"] for n in (1, 2, 3)]


def test_begin_and_commit_can_be_called_by_hand(db, stored):
    """Code that cannot use a with-block has the same life cycle."""
    tx = TransactScope(db)
    assert tx.begin() is tx
    tx.insert(Account("A-1"))

    result = tx.commit()

    assert tx.result is result
    assert result.sent
    assert stored("A-1") is not None


def test_nothing_is_sent_before_the_commit(db, sent):
    """An open scope holds nothing in DynamoDB."""
    tx = TransactScope(db).begin()
    tx.insert(Account("A-1"))
    tx.update(Account, "A-2", add={"balance": 1})
    tx.delete(Account, "A-3")

    assert [] == sent.operations
    tx.rollback()


def test_an_exception_in_the_block_rolls_back_and_propagates_unchanged(db, sent, stored):
    """A failure of the user's own code sends nothing and is not dressed up."""
    failure = KeyError("mine")

    with pytest.raises(KeyError) as caught, TransactScope(db) as tx:
        tx.insert(Account("A-1"))
        raise failure

    assert failure is caught.value
    assert ScopeState.ROLLED_BACK is tx.state
    assert [] == sent.operations
    assert stored("A-1") is None


def test_rollback_by_hand_leaves_nothing_and_leaving_the_block_is_quiet(db, sent):
    """After an explicit end the block has nothing left to do."""
    with TransactScope(db) as tx:
        tx.insert(Account("A-1"))
        tx.rollback()

    assert ScopeState.ROLLED_BACK is tx.state
    assert () == tx.staged
    assert [] == sent.operations


def test_commit_by_hand_in_the_block_is_not_repeated_at_its_end(db, sent):
    """After an explicit commit the block sends nothing more."""
    with TransactScope(db) as tx:
        tx.insert(Account("A-1"))
        tx.commit()

    assert ["TransactWriteItems"] == sent.operations


def test_an_empty_commit_sends_nothing_and_ends_committed(db, sent):
    """Committing nothing is legal and free."""
    with TransactScope(db) as tx:
        pass

    assert [] == sent.operations
    assert ScopeState.COMMITTED is tx.state
    assert not tx.result.sent


def test_a_lone_check_is_sent(db, sent, account):
    """An explicit check counts as staged: it is what the user asked to know."""
    sent.clear()
    with TransactScope(db) as tx:
        tx.check(Account, "A-1", condition="balance = :ten", values={":ten": 10})

    assert ["TransactWriteItems"] == sent.operations


def test_rollback_raised_in_the_block_leaves_it_quietly(db, sent):
    """`raise Rollback` is the way out without a flag or an error to catch."""
    with TransactScope(db) as tx:
        tx.insert(Account("A-1"))
        raise Rollback

    assert ScopeState.ROLLED_BACK is tx.state
    assert [] == sent.operations


def test_rollback_of_an_outer_scope_passes_through_an_inner_one(db, sent):
    """`Rollback(tx)` ends exactly the scope that it names, and what is inside it."""
    with TransactScope(db) as outer:
        outer.insert(Account("A-1"))
        with TransactScope(db) as inner:
            inner.insert(Account("A-2"))
            raise Rollback(outer)

    assert ScopeState.ROLLED_BACK is outer.state
    assert ScopeState.ROLLED_BACK is inner.state
    assert [] == sent.operations


def test_rollback_without_a_name_stops_at_the_innermost_scope(db, stored):
    """A plain `Rollback` does not reach the scopes around the block."""
    with TransactScope(db) as outer:
        outer.insert(Account("A-1"))
        with TransactScope(db) as inner:
            inner.insert(Account("A-2"))
            raise Rollback

    assert ScopeState.COMMITTED is outer.state
    assert stored("A-1") is not None
    assert stored("A-2") is None


def test_rollback_after_the_commit_is_refused_loudly(db):
    """What is committed can not be rolled back, and nobody may believe that it was."""
    with pytest.raises(ScopeStateError, match="COMMITTED"), TransactScope(db) as tx:
        tx.insert(Account("A-1"))
        tx.commit()
        raise Rollback


VERBS = {
    "put": lambda tx: tx.put(Account("A-1")),
    "insert": lambda tx: tx.insert(Account("A-1")),
    "replace": lambda tx: tx.replace(Account("A-1")),
    "update": lambda tx: tx.update(Account, "A-1", add={"balance": 1}),
    "delete": lambda tx: tx.delete(Account, "A-1"),
    "check": lambda tx: tx.check(Account, "A-1", condition="attribute_exists(balance)"),
    "get": lambda tx: tx.get(Account, "A-1", guard=False),
    "commit": lambda tx: tx.commit(),
    "rollback": lambda tx: tx.rollback(),
    "tx.client": lambda tx: tx.client.delete_item(TableName="Account", Key={"n": {"S": "1"}}),
}


def _committed(db):
    with TransactScope(db) as tx:
        tx.put(Account("A-0"))
    return tx


def _rolled_back(db):
    tx = TransactScope(db).begin()
    tx.rollback()
    return tx


def _canceled(db):
    db.put(Account("A-0"))
    tx = TransactScope(db).begin()
    tx.insert(Account("A-0"))
    with pytest.raises(ConditionFailedError):
        tx.commit()
    return tx


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("make", "state"),
    [
        (TransactScope, "NOT_STARTED"),
        (_committed, "COMMITTED"),
        (_rolled_back, "ROLLED_BACK"),
        (_canceled, "CANCELED"),
    ],
)
def test_every_verb_outside_the_active_state_is_refused(db, sent, make, state, verb):
    """Nothing is ever silently ignored: the error says the state."""
    tx = make(db)
    sent.clear()

    with pytest.raises(ScopeStateError, match=state):
        VERBS[verb](tx)

    assert [] == sent.operations
    assert state == tx.state.name


def test_beginning_twice_names_the_savepoint(db):
    """Who wants a level inside a transaction is told its name."""
    tx = TransactScope(db).begin()

    with pytest.raises(ScopeStateError, match="savepoint"):
        tx.begin()
    tx.rollback()


def test_a_begun_scope_can_be_entered_once(db, stored):
    """`with TransactScope(db).begin() as tx` is legal, a second entry is not."""
    with TransactScope(db).begin() as tx:
        tx.insert(Account("A-1"))
        with pytest.raises(ScopeStateError, match="second time"):
            tx.__enter__()

    assert stored("A-1") is not None


def test_an_ended_scope_cannot_be_entered_again(db, sent):
    """Other libraries commit the aborted writes on reuse; here a scope is used once."""
    tx = TransactScope(db)
    with pytest.raises(KeyError), tx:
        tx.insert(Account("A-1"))
        raise KeyError

    with pytest.raises(ScopeStateError, match="ROLLED_BACK"), tx:
        pass

    assert [] == sent.operations


def test_depth_says_how_many_levels_are_open(db):
    """The catalog's buttons, and savepoints later, go by it."""
    tx = TransactScope(db)
    depths = [tx.depth]
    with tx:
        depths.append(tx.depth)
    depths.append(tx.depth)

    assert [0, 1, 0] == depths


def test_the_token_is_made_at_begin_unless_it_is_given(client):
    """The user can store the token before anything is sent."""
    db = Database(client, new_token=lambda: "made")
    tx = TransactScope(db)
    before = tx.client_request_token
    tx.begin()

    assert (None, "made") == (before, tx.client_request_token)
    assert "mine" == TransactScope(db, client_request_token="mine").client_request_token
    tx.rollback()


@pytest.mark.parametrize("token", ["", "x" * 37, 5])
def test_a_token_that_dynamodb_does_not_take_is_refused_at_once(db, token):
    """moto accepts 37 characters, DynamoDB does not: the library must know."""
    with pytest.raises(InvalidRequestError) as caught:
        TransactScope(db, client_request_token=token)

    assert "INVALID_TOKEN" == caught.value.code


def test_the_frozen_request_does_not_change_when_an_entity_does(db, stored):
    """An entity is converted at the call; changing it later needs a new call."""
    account = Account("A-1", 1, tags=["a"])
    with TransactScope(db) as tx:
        tx.insert(account)
        account.balance = 2
        account.tags.append("b")

    assert {"N": "1"} == stored("A-1")["balance"]
    assert {"L": [{"S": "a"}]} == stored("A-1")["tags"]


def test_to_request_is_what_is_sent_and_a_copy(db, sent):
    """What the user can look at is the request itself, and looking changes nothing."""
    with TransactScope(db) as tx:
        tx.insert(Account("A-1"))
        shown = tx.to_request()
        tx.to_request()["TransactItems"].clear()

    assert shown == sent.requests[0].body
    assert shown == tx.to_request()


def test_to_request_before_begin_is_refused(db):
    """Without a token there is no request yet."""
    with pytest.raises(ScopeStateError, match="NOT_STARTED"):
        TransactScope(db).to_request()


@pytest.mark.only_sync("tasks have a test of their own")
def test_a_second_user_at_the_same_time_is_refused(db, faults):
    """A scope may travel between threads; two threads in it at once is an error, not a race."""
    tx = TransactScope(db).begin()
    tx.insert(Account("A-1"))
    refused = []

    def intrude():
        for verb in ("commit", "put", "rollback"):
            try:
                VERBS[verb](tx)
            except ScopeStateError as error:
                refused.append(str(error))

    def intrude_from_a_thread():
        thread = threading.Thread(target=intrude)
        thread.start()
        thread.join()

    faults.next("TransactWriteItems", calling(intrude_from_a_thread))
    tx.commit()

    assert 3 == len(refused)
    assert ScopeState.COMMITTED is tx.state


@pytest.mark.only_sync("tasks have a test of their own")
def test_two_commits_at_the_same_time_send_once(db, faults, sent):
    """A double click is one transaction."""
    tx = TransactScope(db).begin()
    tx.update(Account, "A-1", add={"balance": 1})

    def commit_again():
        with pytest.raises(ScopeStateError):
            tx.commit()

    faults.next("TransactWriteItems", calling(commit_again))
    tx.commit()

    assert ["TransactWriteItems"] == sent.operations


@pytest.mark.only_sync("tasks have a test of their own")
def test_the_users_exception_is_seen_even_if_the_scope_is_busy(db, faults):
    """What went wrong in the block is not replaced by what went wrong while leaving it."""
    failure, seen = KeyError("mine"), []

    def leave_with_an_error():
        try:
            tx.__exit__(KeyError, failure, None)
        except ScopeStateError as error:
            seen.append(error)

    tx = TransactScope(db).begin()
    tx.insert(Account("A-1"))
    faults.next("GetItem", calling(leave_with_an_error))
    tx.get(Account, "A-2", guard=False)
    tx.rollback()

    assert [] == seen
    assert "could not be rolled back" in failure.__notes__[0]


@pytest.mark.only_sync("it shows the name of its class")
def test_a_scope_shows_its_state_and_no_values(db):
    """A repr goes to logs."""
    with TransactScope(db) as tx:
        action = tx.insert(Account("A-1", note="secret"))
        shown = repr(tx) + repr(action)
        tx.rollback()

    assert "<TransactScope ACTIVE, 1 action(s) staged>" in shown
    assert "insert Account" in shown
    assert "secret" not in shown


def test_staging_from_a_thread_that_outlived_the_block_raises(db, stored):
    """A write that comes too late is refused, never lost in a dead scope."""
    done = threading.Event()
    refused = []

    def stage_late(tx):
        done.wait(60)
        try:
            tx.insert(Account("late"))
        except ScopeStateError as error:
            refused.append(error)

    with TransactScope(db) as tx:
        thread = threading.Thread(target=stage_late, args=(tx,), daemon=True)
        thread.start()
        tx.insert(Account("A-1"))
    done.set()
    thread.join()

    assert 1 == len(refused)
    assert stored("late") is None


def test_a_dropped_scope_with_staged_actions_warns(db):
    """Forgetting to commit is heard."""
    tx = TransactScope(db).begin()
    tx.insert(Account("A-1"))

    with pytest.warns(ResourceWarning, match="1 staged action"):
        del tx
        gc.collect()


def test_a_dropped_scope_without_staged_actions_is_silent(db):
    """Nothing is lost, so nothing is said."""
    tx = TransactScope(db).begin()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        del tx
        gc.collect()


def test_an_answer_that_never_came_leaves_the_scope_in_doubt(db, always, stored):
    """It was sent and nobody can know: the error carries the token and the scope."""
    always(lost_request(), "TransactWriteItems")

    with pytest.raises(CommitOutcomeUnknownError) as caught, TransactScope(db) as tx:
        tx.insert(Account("A-1"))

    assert ScopeState.IN_DOUBT is tx.state
    assert tx.client_request_token == caught.value.client_request_token
    assert tx is caught.value.scope
    assert stored("A-1") is None


@pytest.mark.only_sync("a task is canceled, not interrupted")
def test_an_interruption_leaves_the_scope_in_doubt_and_propagates_unchanged(db, faults):
    """Ctrl-C during a commit is not an answer, and it is not ours to swallow."""
    interruption = KeyboardInterrupt()
    faults.next("TransactWriteItems", raised(interruption))

    with pytest.raises(KeyboardInterrupt) as caught, TransactScope(db) as tx:
        tx.insert(Account("A-1"))

    assert interruption is caught.value
    assert tx.client_request_token in caught.value.__notes__[0]
    assert ScopeState.IN_DOUBT is tx.state


def test_rollback_raised_on_a_scope_in_doubt_is_refused(db, always):
    """What may have been applied cannot be called rolled back."""
    always(lost_request(), "TransactWriteItems")

    with pytest.raises(ScopeStateError, match="IN_DOUBT"), TransactScope(db) as tx:
        tx.insert(Account("A-1"))
        try:
            tx.commit()
        except CommitOutcomeUnknownError:
            raise Rollback from None


def test_a_bare_client_is_as_good_as_a_database(client, fresh_table):
    """The first example needs no more than boto3's client."""
    table = fresh_table("number")
    with TransactScope(client) as tx:
        tx.client.put_item(TableName=table, Item={"number": {"S": "1"}})

    assert tx.result.sent
