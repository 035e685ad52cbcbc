"""What a client's exception means for the data, without an engine."""

import itertools

import botocore.exceptions
import pytest
from botocore.exceptions import ClientError, ParamValidationError

from transactscope.core import answers, reasons
from transactscope.core.answers import ErrorAnswer, Verdict, verdict_on
from transactscope.core.folding import Fold
from transactscope.core.outcome import judge_commit, judge_read, judge_write
from transactscope.core.states import Event
from transactscope.errors import (
    InvalidRequestError,
    NotSentError,
    RequestRejectedError,
    ThrottledError,
    TransactionCanceledError,
    TransactionConflictError,
)
from transactscope.types import FrozenRequest
from transactscope.values import make_converter

REQUEST = FrozenRequest("TransactWriteItems", {}, "t", ("Account",))
READ = FrozenRequest("GetItem", {}, tables=("Account",))


def _client_error(code, status=400, **members):
    response = {"Error": {"Code": code, "Message": "m"}, **members}
    response["ResponseMetadata"] = {"HTTPStatusCode": status, "RequestId": "r"}
    return ClientError(response, "TransactWriteItems")


def test_what_carries_no_answer_is_unknown():
    """An exception that nobody knows may have come after the request was sent."""
    odd = ClientError({}, "x")
    odd.response = {"Error": "x"}
    for error in (RuntimeError(), ClientError({}, "x"), odd):
        assert Verdict.UNKNOWN is verdict_on(error)
        assert ErrorAnswer.of(error) is None


def test_an_answer_without_metadata_is_read():
    """Stand-ins for clients do not have all of botocore's members."""
    answer = ErrorAnswer.of(ClientError({"Error": {}}, "x"))

    assert ("Unknown", None, None, None) == (
        answer.code,
        answer.message,
        answer.status,
        answer.request_id,
    )


@pytest.mark.parametrize("error", answers.NEVER_SENT)
def test_never_sent_errors_are_botocores_own(error):
    """A name that botocore renames must be noticed here, not in production."""
    assert issubclass(error, botocore.exceptions.BotoCoreError)


def test_no_code_stands_in_two_tables():
    """Each code has one meaning."""
    tables = (
        answers.CONDITION_CODES,
        answers.CONFLICT_CODES,
        answers.THROTTLING_CODES,
        answers.MISMATCH_CODES,
        answers.MISSING_TABLE_CODES,
        answers.UNDECIDED_CODES,
        {answers.CANCELED_CODE},
    )
    for one, other in itertools.combinations(tables, 2):
        assert not set(one) & set(other)


def test_a_request_that_botocore_refuses_was_not_sent():
    """botocore's text quotes values, so ours does not repeat it."""
    error = ParamValidationError(report="secret")

    judgement = judge_commit(error, REQUEST, (), (), make_converter())

    assert Event.REFUSE is judgement.event
    assert isinstance(judgement.error, InvalidRequestError)
    assert "secret" not in str(judgement.error)


@pytest.mark.parametrize(
    ("code", "expected", "reason"),
    [
        ("TransactionConflictException", TransactionConflictError, "TransactionConflict"),
        ("ThrottlingException", ThrottledError, "ThrottlingError"),
        ("RequestLimitExceeded", ThrottledError, "ThrottlingError"),
        (
            "ProvisionedThroughputExceededException",
            ThrottledError,
            "ProvisionedThroughputExceeded",
        ),
    ],
)
def test_single_writes_speak_of_reasons_as_transactions_do(code, expected, reason, staged):
    """Code that handles an error needs one vocabulary for both."""
    judgement = judge_write(_client_error(code), REQUEST, Fold.of(staged), make_converter())

    assert expected is type(judgement.error)
    assert [reason] == [found.code for found in judgement.error.reasons]
    assert judgement.error.retryable


@pytest.mark.parametrize(
    "code",
    ["ThrottlingException", "TransactionConflictException", "ConditionalCheckFailedException"],
)
def test_a_server_fault_decides_no_single_write_whatever_its_code(code, staged):
    """It may have come after the write, as for a commit."""
    error = _client_error(code, 503)

    assert Event.LOSE is judge_write(error, REQUEST, Fold.of(staged), make_converter()).event


def test_a_code_of_no_table_stays_what_it_is(staged):
    """Unknown codes are passed on, never renamed."""
    answer = ErrorAnswer.of(_client_error("Strange"))

    assert "Strange" == reasons.single_reason(answer, Fold.of(staged), make_converter()).code


@pytest.mark.parametrize(
    ("error", "expected", "retryable"),
    [
        (_client_error("InternalServerError", 500), RequestRejectedError, True),
        (_client_error("AccessDeniedException"), RequestRejectedError, False),
        (_client_error("ThrottlingException"), ThrottledError, True),
        (RuntimeError(), NotSentError, True),
        (botocore.exceptions.NoCredentialsError(), NotSentError, False),
    ],
)
def test_a_read_is_never_in_doubt_and_says_whether_to_read_again(error, expected, retryable):
    """Reading changes nothing, so it may always be repeated where that can help."""
    judgement = judge_read(error, READ, (), make_converter())

    assert expected is type(judgement.error)
    assert retryable is judgement.error.retryable


def test_a_cancellation_without_actions_of_ours_survives():
    """A server that answers with reasons nobody asked for."""
    error = _client_error("TransactionCanceledException", CancellationReasons=[{}, {"Code": "X"}])

    judged = judge_commit(error, REQUEST, (), (), make_converter()).error

    assert isinstance(judged, TransactionCanceledError)
    assert ["None", "X"] == [reason.code for reason in judged.reasons]
    assert "did not stage" in str(judged)
