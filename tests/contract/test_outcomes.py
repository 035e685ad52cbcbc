"""What a user is told when a commit or a single write does not succeed."""

import copy
import pickle

import pytest
from attrs import define
from botocore.exceptions import ClientError, NoCredentialsError, ReadTimeoutError

from tests.contract.entities import Account, Order
from tests.shells import Database, TransactScope
from transactscope import Attr, RetryPolicy, ScopeState, entity
from transactscope.errors import (
    CommitOutcomeUnknownError,
    ConditionFailedError,
    DuplicateTargetError,
    IdempotencyMismatchError,
    InvalidRequestError,
    NotSentError,
    RequestRejectedError,
    TableNotFoundError,
    ThrottledError,
    TransactionCanceledError,
    TransactionConflictError,
    TransactScopeError,
)
from transactscope.testing import (
    Faults,
    answer,
    canceled,
    error,
    lost_answer,
    lost_request,
    no_connection,
    raised,
)

TX = "TransactWriteItems"
ONE_ATTEMPT = RetryPolicy(max_attempts=1)


def _pickled(error):
    """Send an error through pickle, as a task queue does."""
    return pickle.loads(pickle.dumps(error))  # noqa: S301 - it is our own


class TooPoorError(Exception):
    """A user's own error."""


def test_the_reasons_are_in_call_order_and_name_the_call(db, account):
    """The third action failed, so index 2 and its line are reported, whatever the tables."""
    with pytest.raises(ConditionFailedError) as caught, TransactScope(db) as tx:
        tx.insert(Order("u-1", 1))
        tx.put(Account("A-2"))
        failing = tx.insert(Account("A-1", 99))
        tx.delete(Account, "A-4")

    reasons = caught.value.reasons
    assert ["None", "None", "ConditionalCheckFailed", "None"] == [r.code for r in reasons]
    (failure,) = caught.value.failures
    assert (2, "insert", Account, (failing.call,)) == (
        failure.index,
        failure.verb,
        failure.entity_class,
        failure.calls,
    )
    assert Account("A-1", 10) == failure.item
    assert failing.key == failure.key


def test_the_text_names_the_action_and_no_value_but_the_key(db):
    """An error's text goes to logs, and values are none of their business."""
    db.put(Account("A-1", 31415926, note="secret-stored"))

    with pytest.raises(ConditionFailedError) as caught, TransactScope(db) as tx:
        tx.insert(Account("A-1", 27182818, note="secret-new"))

    text = str(caught.value) + repr(caught.value) + repr(caught.value.reasons)
    assert "A-1" in text
    assert "insert Account" in text
    assert "test_outcomes.py:" in text
    for value in ("secret", "31415926", "27182818"):
        assert value not in text


def test_a_canceled_scope_applied_nothing(db, stored, account):
    """One failed condition, and no action of the scope is visible."""
    with pytest.raises(ConditionFailedError), TransactScope(db) as tx:
        tx.put(Account("A-2"))
        tx.insert(Account("A-1"))

    assert ScopeState.CANCELED is tx.state
    assert stored("A-2") is None


def test_raises_is_raised_from_the_cancellation(db, account):
    """The domain's error is what the caller sees; the full story is its cause."""
    poor = Attr("balance").gte(100)

    with pytest.raises(TooPoorError) as caught, TransactScope(db) as tx:
        tx.update(Account, "A-1", add={"balance": -100}, condition=poor, raises=TooPoorError)

    assert isinstance(caught.value.__cause__, ConditionFailedError)
    assert isinstance(caught.value.__cause__.__cause__, ClientError)


def test_the_first_raises_in_call_order_wins(db, account):
    """Of several failed conditions, the one that was staged first speaks."""
    first, second = KeyError("first"), KeyError("second")

    with pytest.raises(KeyError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-9"), condition=Attr("balance").exists())
        tx.insert(Account("A-1"), raises=first)
        tx.replace(Account("A-2"), raises=second)

    assert first is caught.value


def test_raises_of_a_condition_that_held_is_not_raised(db, account):
    """Only the action whose condition failed may speak."""
    with pytest.raises(ConditionFailedError), TransactScope(db) as tx:
        tx.insert(Account("A-2"), raises=TooPoorError)
        tx.insert(Account("A-1"))


@pytest.mark.parametrize("wrong", ["text", 5, object, int, KeyboardInterrupt])
def test_raises_takes_exceptions_only(db, wrong):
    """A mistake that would only show when a condition fails is found at the call."""
    with TransactScope(db) as tx, pytest.raises(InvalidRequestError, match="raises="):
        tx.put(Account("A-1"), raises=wrong)


def test_a_raises_class_that_cannot_be_made_does_not_hide_the_cancellation(db, account):
    """A mistake in the user's error class must not cost the outcome."""

    class Picky(Exception):  # noqa: N818
        def __init__(self, required):
            super().__init__(required)

    with pytest.raises(ConditionFailedError) as caught, TransactScope(db) as tx:
        tx.insert(Account("A-1"), raises=Picky)

    assert "Picky" in caught.value.__notes__[0]


def test_single_writes_raise_the_same_classes_with_one_reason(db, account):
    """Inside and outside a scope a false condition is one thing."""
    with pytest.raises(ConditionFailedError) as caught:
        db.insert(Account("A-1", 99))

    (reason,) = caught.value.reasons
    assert (0, "insert", "ConditionalCheckFailed") == (reason.index, reason.verb, reason.code)
    assert account == reason.item
    with pytest.raises(TooPoorError):
        db.update(
            Account, "A-1", set={"note": "x"}, condition=Attr("balance").eq(0), raises=TooPoorError
        )


MIXTURES = [
    (("None", "TransactionConflict"), TransactionConflictError, True),
    (("None", "ThrottlingError"), ThrottledError, True),
    (("None", "ProvisionedThroughputExceeded"), ThrottledError, True),
    (("TransactionConflict", "ThrottlingError"), TransactionConflictError, True),
    (("TransactionConflict", "ConditionalCheckFailed"), ConditionFailedError, False),
    (("TransactionConflict", "ValidationError"), TransactionCanceledError, False),
    (("None", "ValidationError"), TransactionCanceledError, False),
    (("None", "ItemCollectionSizeLimitExceeded"), TransactionCanceledError, False),
    (("None", "SomethingNew"), TransactionCanceledError, False),
    (("None", "None"), TransactionCanceledError, False),
]


@pytest.mark.parametrize(("codes", "expected", "retryable"), MIXTURES)
def test_the_class_of_a_cancellation_follows_from_all_reasons(
    db, always, codes, expected, retryable
):
    """Not every cancellation is a conflict, and one transient reason makes none retryable."""
    always(canceled(*codes), TX)

    with pytest.raises(TransactionCanceledError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))
        tx.put(Account("A-2"))

    assert expected is type(caught.value)
    assert retryable is caught.value.retryable
    assert list(codes) == [reason.code for reason in caught.value.reasons]
    assert ScopeState.CANCELED is tx.state


def test_a_missing_reason_list_survives_by_the_message(db, faults):
    """DynamoDB Local may cancel without a list; the codes are in the text."""
    text = "Transaction cancelled, please refer cancellation reasons for specific reasons [None, X]"
    faults.next(TX, error("TransactionCanceledException", message=text))

    with pytest.raises(TransactionCanceledError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))
        tx.put(Account("A-2"))

    assert ["None", "X"] == [reason.code for reason in caught.value.reasons]
    assert "A-2" in str(caught.value)


@pytest.mark.parametrize("message", ["", "no list here", "wrong number [None]"])
def test_a_missing_reason_list_without_a_fitting_message_survives(db, faults, message):
    """No reason is made up where none was given."""
    faults.next(TX, error("TransactionCanceledException", message=message))

    with pytest.raises(TransactionCanceledError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))
        tx.put(Account("A-2"))

    assert () == caught.value.reasons
    assert "no reason" in str(caught.value)
    assert ScopeState.CANCELED is tx.state


def test_more_reasons_than_actions_survive(db, faults):
    """A server that says more than was asked is reported, not tripped over."""
    faults.next(TX, canceled("None", {"Code": "X", "Item": {"a": {"S": "b"}}}))

    with pytest.raises(TransactionCanceledError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))

    extra = caught.value.reasons[1]
    assert (1, None, {"a": {"S": "b"}}) == (extra.index, extra.verb, extra.item)


def test_a_stored_item_that_does_not_fit_the_class_is_given_raw(db, faults):
    """An item that someone else wrote must not hide why the commit failed."""
    raw = {"number": {"S": "A-1"}, "balance": {"S": "not a number"}}
    faults.next(TX, canceled({"Code": "ConditionalCheckFailed", "Item": raw}))

    with pytest.raises(ConditionFailedError) as caught, TransactScope(db) as tx:
        tx.insert(Account("A-1"))

    assert raw == caught.value.failures[0].item


TOP_LEVEL = [
    ("ThrottlingException", ThrottledError, True),
    ("ProvisionedThroughputExceededException", ThrottledError, True),
    ("RequestLimitExceeded", ThrottledError, True),
    ("TransactionConflictException", TransactionConflictError, True),
    ("ReplicatedWriteConflictException", TransactionConflictError, True),
    ("IdempotentParameterMismatchException", IdempotencyMismatchError, False),
    ("ResourceNotFoundException", TableNotFoundError, False),
    ("ValidationException", RequestRejectedError, False),
    ("AccessDeniedException", RequestRejectedError, False),
    ("ExpiredTokenException", RequestRejectedError, False),
    ("SomethingNewException", RequestRejectedError, False),
]


@pytest.mark.parametrize("where", ["scope", "database"])
@pytest.mark.parametrize("case", TOP_LEVEL, ids=str)
def test_every_top_level_error_has_its_class(db, always, where, case):
    """Answered no means that nothing was applied, and the code says why."""
    code, expected, retryable = case
    always(error(code, message="secret"), TX, "PutItem")

    with pytest.raises(TransactScopeError) as caught:
        if where == "database":
            db.put(Account("A-1"))
        else:
            with TransactScope(db) as tx:
                tx.put(Account("A-1"))

    assert expected is type(caught.value)
    assert retryable is caught.value.retryable
    assert (code, "secret") == (caught.value.code, caught.value.server_message)
    assert "secret" not in str(caught.value)
    assert "injected" == caught.value.request_id


UNDECIDED = [
    ("InternalServerError", 500),
    ("ServiceUnavailable", 503),
    ("TransactionInProgressException", 400),
    ("SomethingElse", 502),
]


@pytest.mark.parametrize(("code", "status"), UNDECIDED)
def test_an_answer_that_does_not_decide_leaves_the_scope_in_doubt(db, always, code, status):
    """A server fault may come after the write: it must never be called a failure."""
    always(error(code, status=status), TX)

    with pytest.raises(CommitOutcomeUnknownError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert ScopeState.IN_DOUBT is tx.state
    assert tx.client_request_token == caught.value.client_request_token
    assert code in str(caught.value)


def test_an_undecided_single_write_has_neither_token_nor_scope(db, faults):
    """Outside a scope there is nothing to resolve later, and the error says so."""
    faults.next("PutItem", lost_request())

    with pytest.raises(CommitOutcomeUnknownError) as caught:
        db.insert(Account("A-1"))

    assert caught.value.client_request_token is None
    assert caught.value.scope is None
    assert isinstance(caught.value.__cause__, ReadTimeoutError)


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b'{"half', b"\xff"])
def test_garbage_instead_of_an_answer_is_in_doubt(db, always, body):
    """botocore reads a body that is no JSON as an empty success; nobody knows what happened."""
    always(answer(200, body), TX, "PutItem", "GetItem")

    with pytest.raises(CommitOutcomeUnknownError), TransactScope(db) as tx:
        tx.put(Account("A-1"))
    with pytest.raises(CommitOutcomeUnknownError):
        db.insert(Account("A-1"))
    with pytest.raises(NotSentError):
        db.get(Account, "A-1")

    assert ScopeState.IN_DOUBT is tx.state


def test_an_answer_that_does_not_match_its_checksum_is_in_doubt(db, always):
    """botocore would send again; a write whose answer is damaged may have been applied."""
    always(answer(200, {}, crc32=1), TX, "PutItem")

    with pytest.raises(CommitOutcomeUnknownError), TransactScope(db) as tx:
        tx.put(Account("A-1"))
    with pytest.raises(CommitOutcomeUnknownError):
        db.insert(Account("A-1"))


@pytest.mark.needs("idempotency")
@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_a_lost_answer_is_never_reported_as_a_failed_condition(
    engine, table_names, mode, request_log
):
    """botocore's own second send would meet the insert that the first one did."""
    client = request_log.watch(engine.client(retries={"mode": mode, "total_max_attempts": 3}))
    _lose_first_answers(client)
    db = Database(client, table_names=table_names)
    request_log.clear()

    with pytest.raises(CommitOutcomeUnknownError):
        db.insert(Account("A-1"))
    with TransactScope(db) as tx:
        tx.insert(Account("A-2"))

    assert ["PutItem", TX, TX] == request_log.operations
    assert db.get(Account, "A-1") == Account("A-1")
    assert db.get(Account, "A-2") == Account("A-2")


def _lose_first_answers(client):
    faults = Faults(client)
    faults.next("PutItem", lost_answer())
    faults.next(TX, lost_answer())


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_a_server_fault_is_not_sent_again_by_botocore(engine, table_names, mode, request_log):
    """After a 500 only a resolution that knows of the first send may send again."""
    client = request_log.watch(engine.client(retries={"mode": mode, "total_max_attempts": 3}))
    Faults(client).next(TX, error("InternalServerError", status=500))
    request_log.clear()

    with (
        pytest.raises(CommitOutcomeUnknownError),
        TransactScope(Database(client, table_names=table_names, retry=ONE_ATTEMPT)) as tx,
    ):
        tx.insert(Account("A-1"))

    assert [TX] == request_log.operations


def test_botocores_retries_of_other_calls_are_left_alone(engine, table_names, request_log):
    """The client stays the user's: what is not ours is repeated as configured."""
    client = request_log.watch(engine.client(retries={"total_max_attempts": 3}))
    Database(client)
    Faults(client).next("DescribeTable", error("InternalServerError", status=500))
    request_log.clear()

    client.describe_table(TableName=table_names["Account"])

    assert ["DescribeTable", "DescribeTable"] == request_log.operations


def test_a_refused_connection_was_never_sent(db, always):
    """Nobody was there, so nothing was applied, and trying again may help."""
    always(no_connection(), TX)

    with pytest.raises(NotSentError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert caught.value.retryable
    assert ScopeState.CANCELED is tx.state


@pytest.mark.not_direct("no server can take credentials away")
def test_missing_credentials_are_not_sent_and_not_retryable(db, faults):
    """What configuration lacks, repetition does not bring."""
    faults.next(TX, raised(NoCredentialsError()))

    with pytest.raises(NotSentError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert not caught.value.retryable
    assert ScopeState.CANCELED is tx.state


def test_a_missing_table_is_named(client, tokens):
    """The most common mistake of a new deployment says what it is."""
    db = Database(client, table_names={"Account": "no-such-table"}, new_token=tokens)

    for write in (lambda: db.put(Account("A-1")), lambda: db.get(Account, "A-1")):
        with pytest.raises(TableNotFoundError, match="no-such-table"):
            write()
    with pytest.raises(TableNotFoundError, match="no-such-table"), TransactScope(db) as tx:
        tx.put(Account("A-1"))


def test_a_read_that_gets_no_answer_changed_nothing(db, always):
    """A read is never in doubt."""
    always(lost_request(), "GetItem")

    with pytest.raises(NotSentError):
        db.get(Account, "A-1")


def test_a_duplicate_that_only_the_server_could_see_is_mapped_back(db, table_names):
    """Raw puts name no key; when DynamoDB finds two on one item, the calls are named."""
    item = {"number": {"S": "1"}}
    with pytest.raises(DuplicateTargetError, match=r"test_outcomes\.py:"), TransactScope(db) as tx:
        tx.client.put_item(TableName=table_names["Account"], Item=item)
        tx.client.put_item(TableName=table_names["Account"], Item=item)

    assert ScopeState.CANCELED is tx.state


@pytest.mark.needs("idempotency")
def test_a_token_with_other_content_is_a_mismatch(db, tokens):
    """One token stands for one content."""
    token = tokens()
    with TransactScope(db, client_request_token=token) as tx:
        tx.put(Account("A-1"))

    with (
        pytest.raises(IdempotencyMismatchError),
        TransactScope(db, client_request_token=token) as tx,
    ):
        tx.put(Account("A-2"))


@pytest.mark.needs("idempotency", "capacity")
def test_the_same_token_again_is_replayed_and_applies_once(db, tokens):
    """A repeated request writes nothing, and the result says so."""
    token = tokens()
    for expected in (False, True):
        with TransactScope(db, client_request_token=token) as tx:
            tx.update(Account, "A-1", add={"balance": 1})

        assert expected is tx.result.replayed
    assert 1 == db.get(Account, "A-1").balance


@pytest.mark.needs("capacity")
def test_the_result_reports_capacity_by_table(db, table_names):
    """A transactional write of up to 1 KB costs two units."""
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))
        tx.put(Account("A-2"))
        tx.put(Order("u-1", 1))

    expected = {table_names["Account"]: 4.0, table_names["Shop"]: 2.0}
    assert expected == dict(tx.result.capacity)


def test_errors_pickle_with_their_reasons(db, account):
    """Errors cross process borders in task queues and test runners."""
    with pytest.raises(ConditionFailedError) as caught, TransactScope(db) as tx:
        tx.insert(Account("A-1"))

    copied = _pickled(caught.value)

    assert type(caught.value) is type(copied)
    assert str(caught.value) == str(copied)
    assert caught.value.reasons == copied.reasons
    assert copied.failures[0].item == account


def test_errors_about_local_classes_pickle_with_the_item_raw(client, table_names):
    """A class that cannot be imported elsewhere must not keep the error at home."""

    @entity("Account", partition_key="number")
    @define
    class Local:
        number: str

    db = Database(client, table_names=table_names)
    db.put(Local("A-1"))
    with pytest.raises(ConditionFailedError) as caught:
        db.insert(Local("A-1"))

    copied = _pickled(caught.value)

    assert {"number": {"S": "A-1"}} == copied.failures[0].item
    assert copied.failures[0].entity_class is None
    assert Local("A-1") == caught.value.failures[0].item
    assert caught.value.reasons == copy.copy(caught.value).reasons


def test_an_error_in_doubt_pickles_without_its_scope(db, always):
    """The token travels, the scope cannot."""
    always(lost_request(), TX)
    with pytest.raises(CommitOutcomeUnknownError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))

    copied = _pickled(caught.value)

    assert caught.value.client_request_token == copied.client_request_token
    assert copied.scope is None
