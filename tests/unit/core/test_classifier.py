"""Every answer that a commit can get, alone and after an attempt that may have been applied."""

import itertools

import botocore.exceptions
import pytest
from botocore.exceptions import ClientError

from transactscope.core import answers
from transactscope.core.actions import BuiltAction
from transactscope.core.folding import Fold
from transactscope.core.outcome import judge_commit, still_in_doubt
from transactscope.core.reasons import THROTTLED
from transactscope.core.states import Event
from transactscope.errors import (
    CommitOutcomeUnknownError,
    ConditionFailedError,
    IdempotencyMismatchError,
    NotSentError,
    RequestRejectedError,
    TableNotFoundError,
    ThrottledError,
    TransactionCanceledError,
    TransactionConflictError,
)
from transactscope.types import FrozenRequest
from transactscope.values import make_converter

REQUEST = FrozenRequest("TransactWriteItems", {}, "t", ("Account",))

TRANSIENT_REASONS = ("TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError")
FINAL_REASONS = (
    "ConditionalCheckFailed",
    "ItemCollectionSizeLimitExceeded",
    "ValidationError",
    "DuplicateItem",
    "AccessDenied",
    "KeyError",
    "InternalError",
    "NeverHeardOf",
)
REASONS = ("None", *TRANSIENT_REASONS, *FINAL_REASONS)

REFUSALS = {
    **dict.fromkeys(answers.THROTTLING_CODES, (ThrottledError, True)),
    **dict.fromkeys(answers.CONFLICT_CODES, (TransactionConflictError, True)),
    **dict.fromkeys(answers.MISMATCH_CODES, (IdempotencyMismatchError, False)),
    **dict.fromkeys(answers.MISSING_TABLE_CODES, (TableNotFoundError, False)),
    "ValidationException": (RequestRejectedError, False),
    "AccessDeniedException": (RequestRejectedError, False),
    "ExpiredTokenException": (RequestRejectedError, False),
    "UnrecognizedClientException": (RequestRejectedError, False),
    "LimitExceededException": (RequestRejectedError, False),
    "NeverHeardOfException": (RequestRejectedError, False),
}
NO_ANSWERS = (
    botocore.exceptions.ReadTimeoutError(endpoint_url="x"),
    botocore.exceptions.ConnectionClosedError(endpoint_url="x"),
    botocore.exceptions.HTTPClientError(error="x"),
    botocore.exceptions.ResponseStreamingError(error="x"),
    RuntimeError("x"),
)


def _client_error(code, status=400, codes=None):
    response = {"Error": {"Code": code, "Message": "m"}}
    response["ResponseMetadata"] = {"HTTPStatusCode": status, "RequestId": "r"}
    if codes is not None:
        response["CancellationReasons"] = [{"Code": each} for each in codes]
    return ClientError(response, "TransactWriteItems")


def _canceled(codes):
    return _client_error("TransactionCanceledException", codes=codes)


@pytest.fixture
def judged():
    """Judge an exception, alone or after an attempt that may have been applied."""
    calls = tuple(
        BuiltAction(
            verb="put",
            table="Account",
            key={"number": {"S": number}},
            entity_class=None,
            call="here:1",
            kind="Put",
        )
        for number in "12"
    )
    folds = tuple(Fold.of(call) for call in calls)

    def judge(error, *, in_doubt):
        judgement = judge_commit(error, REQUEST, folds, calls, make_converter())
        return still_in_doubt(judgement, error, REQUEST) if in_doubt else judgement

    return judge


def _expected_class(codes):
    failed = set(codes) - {"None"}
    if "ConditionalCheckFailed" in failed:
        return ConditionFailedError
    if failed and failed <= THROTTLED:
        return ThrottledError
    if failed and failed <= {"TransactionConflict", *THROTTLED}:
        return TransactionConflictError
    return TransactionCanceledError


@pytest.mark.parametrize("in_doubt", [False, True], ids=["alone", "after a doubt"])
@pytest.mark.parametrize("codes", list(itertools.product(REASONS, repeat=2)), ids="+".join)
def test_every_mixture_of_two_reasons(judged, codes, in_doubt):
    """Only if all its reasons pass may a cancellation be repeated; after a doubt others decide.

    TT-1 took the code `None` for a failure, so the normal case was never repeated; xoto3 read the
    wrong member and repeated a ValidationError.
    """
    judgement = judged(_canceled(codes), in_doubt=in_doubt)

    failed = [code for code in codes if code != "None"]
    may_pass = bool(failed) and set(failed) <= set(TRANSIENT_REASONS)
    assert may_pass is judgement.may_pass
    if may_pass and in_doubt:
        assert Event.LOSE is judgement.event
        assert CommitOutcomeUnknownError is type(judgement.error)
        return
    assert Event.REFUSE is judgement.event
    assert _expected_class(codes) is type(judgement.error)
    assert may_pass is judgement.is_transient is judgement.error.retryable
    assert may_pass is not judgement.settles
    assert list(codes) == [reason.code for reason in judgement.error.reasons]
    assert failed == [reason.code for reason in judgement.error.failures]


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_alone(judged, code):
    """One action, one code."""
    judgement = judged(_canceled([code]), in_doubt=False)

    assert _expected_class([code]) is type(judgement.error)
    assert (code in TRANSIENT_REASONS) is judgement.is_transient


@pytest.mark.parametrize("in_doubt", [False, True], ids=["alone", "after a doubt"])
def test_a_cancellation_without_reasons_is_not_repeated(judged, in_doubt):
    """TT-12 repeated it four times: what is not known to pass is not tried again."""
    judgement = judged(_canceled(None), in_doubt=in_doubt)

    assert Event.REFUSE is judgement.event
    assert TransactionCanceledError is type(judgement.error)
    assert not judgement.may_pass


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_every_top_level_refusal_alone(judged, code):
    """Answered no for all of it: nothing was applied."""
    expected, may_pass = REFUSALS[code]
    judgement = judged(_client_error(code), in_doubt=False)

    assert Event.REFUSE is judgement.event
    assert expected is type(judgement.error)
    assert may_pass is judgement.may_pass
    assert not judgement.settles


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_every_top_level_refusal_after_a_doubt(judged, code):
    """It speaks of the second attempt only; what passes may be asked again."""
    _, may_pass = REFUSALS[code]
    judgement = judged(_client_error(code), in_doubt=True)

    assert Event.LOSE is judgement.event
    assert CommitOutcomeUnknownError is type(judgement.error)
    assert may_pass is judgement.may_pass
    assert "t" == judgement.error.client_request_token


@pytest.mark.parametrize("in_doubt", [False, True], ids=["alone", "after a doubt"])
@pytest.mark.parametrize("code", sorted(answers.UNDECIDED_CODES))
def test_what_does_not_decide_is_asked_again(judged, code, in_doubt):
    """DDB-9 and TCTF-4 never repeated a TransactionInProgressException."""
    judgement = judged(_client_error(code), in_doubt=in_doubt)

    assert Event.LOSE is judgement.event
    assert judgement.may_pass
    assert (code == answers.IN_PROGRESS_CODE) is judgement.is_in_progress


@pytest.mark.parametrize("in_doubt", [False, True], ids=["alone", "after a doubt"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("code", ["ValidationException", "ThrottlingException", "Anything"])
def test_a_server_fault_is_one_whatever_its_code(judged, code, status, in_doubt):
    """It may have come after the write."""
    judgement = judged(_client_error(code, status), in_doubt=in_doubt)

    assert Event.LOSE is judgement.event
    assert judgement.may_pass


@pytest.mark.parametrize("in_doubt", [False, True], ids=["alone", "after a doubt"])
@pytest.mark.parametrize("error", NO_ANSWERS, ids=lambda error: type(error).__name__)
def test_no_answer_is_asked_for_again(judged, error, in_doubt):
    """It may have been applied; the token makes asking harmless."""
    judgement = judged(error, in_doubt=in_doubt)

    assert Event.LOSE is judgement.event
    assert judgement.may_pass


@pytest.mark.parametrize(
    "error",
    [
        botocore.exceptions.EndpointConnectionError(endpoint_url="x"),
        botocore.exceptions.ConnectTimeoutError(endpoint_url="x"),
        botocore.exceptions.NoCredentialsError(),
        botocore.exceptions.ParamValidationError(report="x"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_was_never_sent_decides_only_alone(judged, error):
    """The first attempt was sent."""
    alone = judged(error, in_doubt=False)
    after = judged(error, in_doubt=True)

    assert Event.REFUSE is alone.event
    assert Event.LOSE is after.event
    assert alone.may_pass is after.may_pass
    is_transient = isinstance(error, answers.TRANSIENT_NEVER_SENT)
    assert is_transient is alone.may_pass
    assert is_transient <= isinstance(alone.error, NotSentError)
