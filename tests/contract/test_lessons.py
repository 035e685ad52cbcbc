"""Mistakes of other libraries, each under its name: this one does not make them.

AWS is Amazon's published C# transaction framework; the others are Python and TypeScript
libraries for DynamoDB. The sample's own lessons are tested beside the sample.
"""

import pytest
from attrs import define

from tests.contract.entities import Account
from tests.shells import Database, TransactScope
from transactscope import Attr, ScopeState, entity
from transactscope.errors import (
    ConditionFailedError,
    ConversionError,
    IdempotencyMismatchError,
    InvalidKeyError,
    InvalidRequestError,
    ScopeStateError,
    TooManyActionsError,
    TransactionCanceledError,
    TransactionConflictError,
    TransactScopeError,
)
from transactscope.testing import (
    canceled,
    conflict,
    error,
    lost_answer,
    lost_request,
    no_connection,
    throttled,
)

TX = "TransactWriteItems"


def test_aws_4_conditions_names_and_return_options_are_never_dropped(db, sent):
    """An insert-only put became a blind overwrite as soon as a scope was used."""
    with TransactScope(db) as tx:
        tx.insert(Account("A-1"), condition="#s <> :s", names={"#s": "status"}, values={":s": "x"})
        tx.update(Account, "A-2", set={"status": "x"}, condition=Attr("status").ne("y"))
        tx.delete(Account, "A-3", condition=Attr("status").not_exists())

    for entry in sent.requests[0].body["TransactItems"]:
        (members,) = entry.values()
        assert members["ConditionExpression"]
        assert members["ExpressionAttributeNames"]
        assert "ALL_OLD" == members["ReturnValuesOnConditionCheckFailure"]


@pytest.mark.parametrize("where", ["scope", "database"])
def test_aws_4_the_same_call_has_the_same_guard_inside_and_outside_a_scope(db, sent, where):
    """Guarded without a scope and unguarded inside one is how unique rows are lost."""
    if where == "database":
        db.insert(Account("A-1"))
        members = sent.requests[0].body
    else:
        with TransactScope(db) as tx:
            tx.insert(Account("A-1"))
        members = sent.requests[0].body["TransactItems"][0]["Put"]

    assert "attribute_not_exists(#n0)" == members["ConditionExpression"]
    assert {"#n0": "number"} == members["ExpressionAttributeNames"]


def test_aws_6_a_scope_that_was_not_begun_or_has_ended_never_ignores_a_write(db):
    """Adds to a dead scope were lost without an error."""
    tx = TransactScope(db)
    with pytest.raises(ScopeStateError):
        tx.put(Account("A-1"))
    with tx:
        pass
    with pytest.raises(ScopeStateError):
        tx.put(Account("A-1"))


@pytest.mark.parametrize("nothing", [None, "", 0, [], {}])
def test_aws_6_nothing_in_place_of_an_entity_or_a_scope_is_refused(db, nothing):
    """A null request or a null scope was silently ignored."""
    with TransactScope(db) as tx:
        for write in (tx.put, tx.insert, tx.replace, tx.delete):
            with pytest.raises(InvalidRequestError):
                write(nothing)
    with pytest.raises(InvalidRequestError):
        TransactScope(nothing)


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_aws_7_blank_strings_survive_outside_keys(db, blank):
    """A legal blank value was skipped, so a replaced item lost the attribute."""
    db.put(Account("A-1", status=blank, note=blank, tags=[blank], address={"city": blank}))

    expected = Account("A-1", status=blank, note=blank, tags=[blank], address={"city": blank})
    assert expected == db.get(Account, "A-1")


def test_aws_7_an_empty_key_part_names_its_entity_at_the_call(db, sent):
    """A missing key part failed the whole commit later, with a message that named nothing."""
    with TransactScope(db) as tx:
        for write in (lambda: tx.put(Account("")), lambda: tx.delete(Account, "")):
            with pytest.raises(InvalidKeyError, match=r"Account\.number is empty"):
                write()

    assert [] == sent.operations


def test_aws_8_a_second_commit_is_refused_and_applies_nothing_twice(db, sent):
    """A second click sent the same list again, under a new token."""
    tx = TransactScope(db).begin()
    tx.update(Account, "A-1", add={"balance": 1})
    tx.commit()

    with pytest.raises(ScopeStateError, match="COMMITTED"):
        tx.commit()

    assert [TX] == sent.operations
    assert 1 == db.get(Account, "A-1").balance


def test_a_scope_is_not_reused_after_an_abort(db, sent):
    """PynamoDB, pydynox, dyntastic and dynamoxy commit the aborted writes with the next ones."""
    tx = TransactScope(db)
    with pytest.raises(KeyError), tx:
        tx.insert(Account("A-1"))
        raise KeyError

    with pytest.raises(ScopeStateError), tx:
        tx.insert(Account("A-2"))

    assert [] == sent.operations


def test_more_than_one_request_holds_is_refused_and_never_split(db, sent):
    """dyntastic wrote 4 of 5 rows of one `transaction` before its exception."""
    with pytest.raises(TooManyActionsError), TransactScope(db) as tx:
        for number in range(101):
            tx.put(Account(f"A-{number}"))

    assert [] == sent.operations


def test_the_index_of_a_reason_is_the_order_of_the_calls(db):
    """PynamoDB regroups actions by kind: the third failed and index 0 was reported."""
    db.put(Account("A-3"))
    with pytest.raises(ConditionFailedError) as caught, TransactScope(db) as tx:
        tx.check(Account, "A-1", condition=Attr("number").not_exists())
        tx.delete(Account, "A-2")
        tx.insert(Account("A-3"))

    assert [2] == [reason.index for reason in caught.value.failures]


def test_a_cancellation_has_its_reasons(db):
    """pydynox and bloop drop them."""
    db.put(Account("A-1"))
    with pytest.raises(ConditionFailedError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-0"))
        tx.insert(Account("A-1"))

    assert ["None", "ConditionalCheckFailed"] == [reason.code for reason in caught.value.reasons]
    assert 1 == len(caught.value.failures)


def test_a_create_does_not_overwrite(db):
    """PynamoDB#706: a `unique` row was duplicated; insert, put and replace are three verbs."""
    db.insert(Account("A-1", 1))

    with pytest.raises(ConditionFailedError):
        db.insert(Account("A-1", 2))

    assert 1 == db.get(Account, "A-1").balance


@pytest.mark.parametrize(
    "condition",
    [
        {"balance": {"gte": 1}},
        {"attribute_not_exists": "number"},
        Attr("balance"),
        Attr("balance").size(),
        True,
        5,
        lambda: True,
        "",
        "  ",
    ],
)
def test_an_unknown_condition_is_refused_and_never_weakened(db, sent, condition):
    """ddb-lib compiles unknown operators to nothing, and the guard is gone."""
    with TransactScope(db) as tx, pytest.raises(InvalidRequestError):
        tx.put(Account("A-1"), condition=condition)

    assert [] == sent.operations


def test_not_negates_all_of_what_it_stands_before(db):
    """ddb-lib: `not {a: 1, b: 2}` became `NOT a = 1 AND b = 2`."""
    db.put(Account("A-1", 1, status="y"))
    both = Attr("balance").eq(1) & Attr("status").eq("x")

    db.update(Account, "A-1", set={"note": "ok"}, condition=~both)

    assert "ok" == db.get(Account, "A-1").note


def test_zero_and_false_survive(db, table_names):
    """TableTheory's omitempty turned 0 and False into the defaults 5 and True."""

    @entity("Account", partition_key="number")
    @define
    class Settings:
        number: str
        balance: int = 5
        active: bool = True
        name: str | None = "x"

    db.put(Settings("A-1", 0, active=False, name=None))

    assert Settings("A-1", 0, active=False, name=None) == db.get(Settings, "A-1")


def test_an_update_of_nothing_is_refused(db):
    """ddb-lib sent `SET ` and let the server complain."""
    with TransactScope(db) as tx:
        for nothing in ({}, {"set": {}}, {"remove": []}, {"set": {}, "add": {}}):
            with pytest.raises(InvalidRequestError) as caught:
                tx.update(Account, "A-1", **nothing)
            assert "EMPTY_UPDATE" == caught.value.code


def test_a_map_that_looks_like_an_operator_is_not_stored_by_mistake(db):
    """ddb-lib stored `{"$add": -100}` as the new balance and reported success."""
    with TransactScope(db) as tx, pytest.raises(ConversionError, match="balance"):
        tx.update(Account, "A-1", set={"balance": {"$add": -100}})


def test_aws_14_a_read_is_consistent_and_sees_what_is_staged(db, sent):
    """A query showed the old product right after the commit, and never the staged one."""
    with TransactScope(db) as tx:
        tx.insert(Account("A-1", 1))
        assert Account("A-1", 1) == tx.get(Account, "A-1")
        tx.update(Account, "A-1", add={"balance": 1})
        assert Account("A-1", 2) == tx.get(Account, "A-1")
    with TransactScope(db) as tx:
        read = tx.get(Account, "A-1")

    assert Account("A-1", 2) == read
    assert ["TransactWriteItems", "GetItem"] == sent.operations
    assert sent.requests[-1].body["ConsistentRead"] is True


@pytest.mark.needs("idempotency")
def test_aws_13_a_repetition_after_a_time_out_applies_once(db, faults, sent, tokens):
    """Without a token of the caller's, trying again after a time-out applied an ADD twice."""
    faults.next(TX, lost_answer(), lost_answer())
    with TransactScope(db, client_request_token=tokens()) as tx:
        tx.update(Account, "A-1", add={"balance": 1})

    assert {tx.client_request_token} == {each.body["ClientRequestToken"] for each in sent.requests}
    assert 3 == tx.result.attempts
    assert 1 == db.get(Account, "A-1").balance


def test_aws_13_a_failed_commit_tells_its_reasons_and_is_over(db, account):
    """Only the message was read, and the doomed list stayed to be sent again."""
    with pytest.raises(ConditionFailedError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-2"))
        tx.insert(Account("A-1"))

    assert [1] == [failure.index for failure in caught.value.failures]
    assert account == caught.value.failures[0].item
    assert ScopeState.CANCELED is tx.state
    with pytest.raises(ScopeStateError):
        tx.commit()


@pytest.mark.needs("idempotency")
def test_ddb_8_a_lost_response_to_an_insert_is_not_a_failed_condition(db, faults, sent):
    """A new token per repetition made DynamoDB judge the insert by its own first success."""
    faults.next(TX, lost_answer())
    with TransactScope(db) as tx:
        tx.insert(Account("A-1", 1))

    assert ScopeState.COMMITTED is tx.state
    assert 1 == len({each.body["ClientRequestToken"] for each in sent.requests})
    assert 2 == sent.count(TX)


def test_ddb_8_nobody_multiplies_the_attempts(db, always, sent):
    """Four attempts of the library's were times those of the SDK."""
    always(error("InternalServerError", status=500), TX)
    with pytest.raises(TransactScopeError), TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert 6 == sent.count(TX)


@pytest.mark.parametrize(
    "fault",
    [
        canceled("None", "TransactionConflict"),
        canceled("ThrottlingError", "None"),
        error("TransactionInProgressException"),
        error("TransactionConflictException"),
    ],
    ids=["conflict", "throttling", "in progress", "conflict at top level"],
)
def test_ddb_9_what_passes_is_tried_again(db, faults, sent, fault):
    """Neither conflicts nor a transaction in progress were ever repeated."""
    faults.next(TX, fault)
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))
        tx.put(Account("A-2"))

    assert 2 == sent.count(TX)


def test_ddb_9_in_progress_is_no_mismatch(db, faults):
    """The guide explained the one as the other."""
    faults.next(TX, error("IdempotentParameterMismatchException"))
    with pytest.raises(IdempotencyMismatchError), TransactScope(db) as tx:
        tx.put(Account("A-1"))


def test_tt_1_an_action_without_an_error_is_no_failure(db, faults, sent, account):
    """The code `None` counted as one: the wrong action was blamed, and nothing was repeated."""
    faults.next(TX, canceled("None", "TransactionConflict", "None"))
    with pytest.raises(ConditionFailedError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-2"))
        tx.insert(Account("A-1"))
        tx.put(Account("A-3"))

    assert 2 == sent.count(TX)
    assert [1] == [failure.index for failure in caught.value.failures]


@pytest.mark.parametrize(
    "fault",
    [
        error("TransactionCanceledException"),
        canceled("InternalServerError"),
        canceled("None"),
    ],
    ids=["no reasons", "a code that is none", "no failure"],
)
def test_tt_12_what_is_not_known_to_pass_is_not_tried_again(db, faults, sent, fault):
    """A cancellation without reasons was repeated four times."""
    faults.next(TX, fault)
    with pytest.raises(TransactionCanceledError), TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert 1 == sent.count(TX)


def test_tt_12_a_hundred_actions_are_taken_and_the_token_is_the_callers(db, sent, tokens):
    """25 was the limit of old, and no token could be given."""
    token = tokens()
    with TransactScope(db, client_request_token=token) as tx:
        for number in range(100):
            tx.put(Account(f"A-{number}"))

    assert token == sent.requests[0].body["ClientRequestToken"]
    assert 100 == len(sent.requests[0].body["TransactItems"])


def test_tt_12_pauses_are_drawn(client, table_names, always):
    """100, 200, 400 and 800 ms without jitter let competitors meet again and again."""
    pauses, drawn = [], iter([0.5, 0.25, 0.0, 1.0, 0.5])
    db = Database(client, table_names=table_names, sleep=pauses.append, random=lambda: next(drawn))
    always(conflict(), TX)
    with pytest.raises(TransactionConflictError), TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert [0.0125, 0.0125, 0.0, 0.2, 0.2] == pauses


def test_tt_12_a_refused_call_leaves_the_scope_as_it_was(db):
    """An error was sticky, and made the builder unusable; a typo was a guard that never holds."""
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))
        with pytest.raises(InvalidRequestError):
            tx.put(Account("A-2"), condition=Attr("ballance").gte(0))
        tx.put(Account("A-3"), condition="attribute_not_exists(#n)", names={"#n": "number"})

    assert ScopeState.COMMITTED is tx.state
    assert db.get(Account, "A-2") is None
    assert db.get(Account, "A-3") is not None


@pytest.mark.parametrize(
    "codes", [("ValidationError",), ("ValidationError", "TransactionConflict")]
)
def test_xoto3s_classifier_a_validation_error_is_never_tried_again(db, faults, sent, codes):
    """It read the wrong member of the answer, and repeated what cannot succeed."""
    faults.next(TX, canceled(*codes))
    with pytest.raises(TransactionCanceledError), TransactScope(db) as tx:
        tx.put(Account("A-1"))
        tx.put(Account("A-2"))

    assert 1 == sent.count(TX)


@pytest.mark.needs("idempotency")
@pytest.mark.parametrize(
    "fault",
    [
        conflict(),
        throttled(),
        error("TransactionInProgressException"),
        error("RequestLimitExceeded"),
        error("ThrottlingException"),
        error("ServiceUnavailable", status=503),
        error("InternalServerError", status=500),
        lost_request(),
        lost_answer(),
        no_connection(),
    ],
    ids=[
        "conflict",
        "throttling",
        "in progress",
        "request limit",
        "throttling at top level",
        "unavailable",
        "server fault",
        "lost request",
        "lost answer",
        "nobody there",
    ],
)
def test_tctf_4_whatever_passes_is_tried_again_under_the_same_token(db, faults, sent, fault):
    """Half of these were missing, and no token made the other half safe."""
    faults.next(TX, fault)
    with TransactScope(db) as tx:
        tx.update(Account, "A-1", add={"balance": 1})

    assert 2 == tx.result.attempts
    assert 1 == len({each.body["ClientRequestToken"] for each in sent.requests})
    assert 1 == db.get(Account, "A-1").balance
