"""Markers: a transaction that is applied once, however often and however late it comes again."""

import pytest
from attrs import frozen

from tests.contract.entities import Account, Order, Sheet
from tests.shells import TransactScope, transactional
from transactscope import KeyTemplate, Rollback, ScopeState, entity
from transactscope.errors import (
    ConditionFailedError,
    DuplicateTargetError,
    IdempotencyMismatchError,
    InvalidRequestError,
    ScopeStateError,
    StaleReadError,
    TooManyActionsError,
)
from transactscope.testing import calling, canceled, conflict, lost_answer

TX = "TransactWriteItems"


@entity("Shop", partition_key=KeyTemplate("PK", "MESSAGE#{id}"), sort_key=KeyTemplate("SK", "M"))
@frozen
class Message:
    """What stands for a message that was worked on."""

    id: str
    digest: str = ""
    tags: frozenset[str] | None = None
    note: str | None = None


def _receive(db, marker, amount=1):
    with TransactScope(db) as tx:
        tx.once(marker)
        tx.update(Account, "A-1", add={"balance": amount})
    return tx


def test_it_is_applied_once_under_new_tokens(db):
    """A queue delivers twice, hours apart, to two processes."""
    first, second = (_receive(db, Message("7", "first text")) for _ in range(2))

    assert (False, True) == (first.result.replayed, second.result.replayed)
    assert ScopeState.COMMITTED is second.state
    assert 1 == db.get(Account, "A-1").balance
    assert second.client_request_token == second.result.client_request_token


def test_the_result_of_a_replay_says_what_happened(db, sent):
    """It was sent, and nothing was written."""
    _receive(db, Message("7"))
    result = _receive(db, Message("7")).result

    assert (True, True, 1, {}) == (result.sent, result.replayed, result.attempts, result.capacity)
    assert result.request_id
    assert 2 == sent.count(TX)


def test_other_content_under_the_same_key_is_a_mismatch(db):
    """One message id for two messages is somebody's mistake, and never a success."""
    _receive(db, Message("7", "first text"))
    with pytest.raises(IdempotencyMismatchError, match="other content") as caught:
        _receive(db, Message("7", "second text"))

    assert "test_once.py:" in str(caught.value)
    assert "text" not in str(caught.value)
    assert 1 == db.get(Account, "A-1").balance


@pytest.mark.parametrize(
    ("stored", "again"),
    [
        (Message("7", tags=frozenset("ab")), Message("7", tags=frozenset("a"))),
        (Message("7", note="x"), Message("7")),
        (Message("7"), Message("7", note="x")),
    ],
    ids=["set", "removed", "added"],
)
def test_every_field_is_compared(db, stored, again):
    """Also those that are left out where they are None."""
    _receive(db, stored)
    with pytest.raises(IdempotencyMismatchError):
        _receive(db, again)


def test_equal_content_is_equal_however_it_is_written(db, client, table_names):
    """Numbers by their value, sets without an order, and what the class does not know is left."""
    client.put_item(
        TableName=table_names["Account"],
        Item={
            "number": {"S": "m-1"},
            "balance": {"N": "10.0"},
            "status": {"S": "open"},
            "tags": {"L": []},
            "address": {"M": {}},
            "written_by": {"S": "another program"},
        },
    )
    marker = Account("m-1", 10)

    with TransactScope(db) as tx:
        tx.once(marker)

    assert tx.result.replayed


def test_the_version_of_a_marker_is_not_compared(db):
    """It counts how often the marker was written, and is no part of what it says."""
    _receive(db, Sheet("m-1"))
    db.put(db.get(Sheet, "m-1"))
    again = Sheet("m-1")

    assert _receive(db, again).result.replayed
    assert again.version is None


def test_a_new_marker_gets_its_version(db):
    """It is inserted like any other entity."""
    marker = Sheet("m-1")
    _receive(db, marker)

    assert 1 == marker.version == db.get(Sheet, "m-1").version


def test_entities_of_a_replay_stay_as_they_are(db):
    """Nothing was written now, so nothing has a new version."""
    _receive(db, Message("7"))
    sheet = Sheet("S-1")
    with TransactScope(db) as tx:
        tx.once(Message("7"))
        tx.insert(sheet)

    assert tx.result.replayed
    assert sheet.version is None
    with pytest.raises(InvalidRequestError) as caught:
        tx.result.current(sheet)
    assert "NOT_WRITTEN" == caught.value.code


def test_hooks_run_after_a_replay(db):
    """The process that committed it may have ended before its hooks ran."""
    _receive(db, Message("7"))
    seen = []
    with TransactScope(db) as tx:
        tx.once(Message("7"))
        tx.on_commit(seen.append)

    assert [tx.result] == seen


def test_the_markers_reason_outranks_all_others(db, account):
    """What was true then need not be true now: the insert has been done."""
    marker = Message("7")

    def open_account():
        with TransactScope(db) as tx:
            tx.insert(Account("A-9"), raises=KeyError)
            tx.once(marker)
        return tx.result.replayed

    assert (False, True) == (open_account(), open_account())


def test_the_markers_reason_outranks_a_stale_read(db, account):
    """A second delivery that read before the first one had committed is still a replay."""
    with TransactScope(db) as tx:
        read = tx.get(Account, "A-1")
        _receive(db, Message("7"))
        tx.once(Message("7"))
        read.balance += 1
        tx.update(read)

    assert tx.result.replayed
    assert 11 == db.get(Account, "A-1").balance


def test_a_failure_of_others_is_theirs(db, account):
    """A marker that could be inserted says nothing of the rest."""
    with pytest.raises(ConditionFailedError), TransactScope(db) as tx:
        tx.once(Message("7"))
        tx.insert(Account("A-1"))

    assert db.get(Message, "7") is None


def test_several_markers_are_stored_together_or_not_at_all(db):
    """A half that was done before cannot be told from the other half."""

    def both(first, second):
        with TransactScope(db) as tx:
            tx.once(first)
            tx.once(second)
        return tx.result.replayed

    assert (False, True) == (both(Message("1"), Message("2")), both(Message("1"), Message("2")))
    with pytest.raises(IdempotencyMismatchError, match="another is not"):
        both(Message("2"), Message("3"))


def test_a_marker_whose_stored_item_is_not_shown_is_a_failed_condition(db, faults):
    """A server that shows nothing leaves nothing to compare, and nothing is made up."""
    faults.next(TX, canceled("ConditionalCheckFailed", "None"))
    with pytest.raises(ConditionFailedError):
        _receive(db, Message("7"))


def test_nothing_else_folds_with_a_marker(db):
    """What is compared later is what was staged."""
    with TransactScope(db) as tx:
        tx.once(Account("A-1"))
        for other in (
            lambda: tx.update(Account, "A-1", add={"balance": 1}),
            lambda: tx.put(Account("A-1", 5)),
            lambda: tx.once(Account("A-1")),
        ):
            with pytest.raises(DuplicateTargetError, match=r"once\(\)"):
                other()
        tx.put(Account("A-2"))
        with pytest.raises(DuplicateTargetError, match=r"once\(\)"):
            tx.once(Account("A-2"))

    assert db.get(Account, "A-1") == Account("A-1")


def test_a_savepoint_drops_its_marker(db, sent):
    """What is rolled back leaves no trace of having been done."""
    with TransactScope(db) as tx:
        tx.insert(Order("u-1", 1))
        with tx.savepoint():
            tx.once(Message("7"))
            raise Rollback

    assert db.get(Message, "7") is None
    assert _receive(db, Message("7")).result.replayed is False


def test_a_marker_can_be_unstaged(db):
    """It is an action like the others."""
    with TransactScope(db) as tx:
        action = tx.once(Message("7"))
        assert "once" == action.verb
        tx.unstage(action)

    assert not tx.result.sent


def test_a_marker_is_an_action_of_its_own(db):
    """It counts, and the 101st is refused at its call."""
    with TransactScope(db) as tx:
        for number in range(100):
            tx.put(Account(f"A-{number}"))
        with pytest.raises(TooManyActionsError):
            tx.once(Message("7"))
        tx.rollback()


@pytest.mark.parametrize("wrong", [None, "7", 7, Message, Account], ids=repr)
def test_a_marker_is_an_entity(db, wrong):
    """A name alone says nothing that could be compared."""
    with TransactScope(db) as tx, pytest.raises(InvalidRequestError):
        tx.once(wrong)


def test_once_needs_an_active_scope(db):
    """Nothing is ever silently ignored."""
    with pytest.raises(ScopeStateError):
        TransactScope(db).once(Message("7"))


@pytest.mark.only_sync("somebody else has to come in between")
def test_two_deliveries_at_one_moment_become_one_and_a_replay(db, faults):
    """One is first; the other meets a conflict, comes again, and finds that all is done."""

    def be_first():
        _receive(db, Message("7"))

    faults.next(TX, calling(be_first), conflict())
    tx = _receive(db, Message("7"))

    assert tx.result.replayed
    assert 1 == db.get(Account, "A-1").balance


def test_a_lost_answer_is_found_done_without_a_token(db, faults):
    """Where the server has forgotten the token, the marker still tells (moto forgets all)."""
    faults.next(TX, lost_answer())
    tx = _receive(db, Message("7"))

    assert ScopeState.COMMITTED is tx.state
    assert tx.result.replayed
    assert 1 == db.get(Account, "A-1").balance


def test_a_rerun_meets_its_own_marker_of_another_process(db, account):
    """It is run again because the other was faster, and finds that all is done."""
    rounds = []

    @transactional
    def receive(tx):
        rounds.append(len(rounds))
        read = tx.get(Account, "A-1")
        if len(rounds) == 1:
            _receive(db, Message("8"), 5)  # another message
        tx.once(Message("7"))
        read.balance += 1
        tx.update(read)

    receive(db)
    receive(db)

    assert [0, 1, 2] == rounds
    assert 16 == db.get(Account, "A-1").balance


def test_a_stale_read_without_a_stored_marker_stays_one(db, account):
    """Only a stored marker outranks it."""
    with pytest.raises(StaleReadError), TransactScope(db) as tx:
        read = tx.get(Account, "A-1")
        db.update(Account, "A-1", add={"balance": 1})
        tx.once(Message("7"))
        read.balance += 1
        tx.update(read)


def test_explain_and_the_request_show_the_marker(db):
    """It is a Put that demands an absent item."""
    with TransactScope(db) as tx:
        tx.once(Message("7", "a text"))
        (row,) = tx.explain().rows
        (member,) = tx.to_request()["TransactItems"]
        tx.rollback()

    assert ("once", "Put") == (row.verb, row.kind)
    assert "attribute_not_exists(#n0)" == member["Put"]["ConditionExpression"]
