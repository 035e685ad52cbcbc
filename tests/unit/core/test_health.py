"""What every exception shows of DynamoDB's health, as a circuit breaker is told."""

import asyncio

import pytest
from botocore import exceptions as botocore_errors
from botocore.exceptions import ClientError

from transactscope.core import answers, health, reasons
from transactscope.core.health import health_of
from transactscope.errors import InvalidRequestError
from transactscope.types import Health

GOOD, OVERLOADED, UNKNOWN = Health.GOOD, Health.OVERLOADED, Health.UNKNOWN

CODES = {
    "ConditionalCheckFailedException": GOOD,
    "TransactionConflictException": GOOD,
    "ReplicatedWriteConflictException": GOOD,
    "ThrottlingException": OVERLOADED,
    "Throttling": OVERLOADED,
    "ProvisionedThroughputExceededException": OVERLOADED,
    "RequestLimitExceeded": OVERLOADED,
    "IdempotentParameterMismatchException": GOOD,
    "ResourceNotFoundException": GOOD,
    "TableNotFoundException": GOOD,
    "InternalServerError": OVERLOADED,
    "ServiceUnavailable": OVERLOADED,
    "TransactionInProgressException": GOOD,
    "TransactionCanceledException": GOOD,  # without reasons; the others are below
}
OTHER_CODES = {
    "ValidationException": GOOD,
    "AccessDeniedException": GOOD,
    "ExpiredTokenException": GOOD,
    "UnrecognizedClientException": GOOD,
    "ResourceInUseException": GOOD,
    "SomethingNew": GOOD,
}
CANCELLATIONS = {
    "None, ConditionalCheckFailed": GOOD,
    "TransactionConflict": GOOD,
    "ValidationError, None": GOOD,
    "ItemCollectionSizeLimitExceeded": GOOD,
    "DuplicateItem": GOOD,
    "ThrottlingError": OVERLOADED,
    "None, ProvisionedThroughputExceeded": OVERLOADED,
    "TransactionConflict, ThrottlingError": OVERLOADED,
    "ConditionalCheckFailed, ThrottlingError": OVERLOADED,
}
UNANSWERED = {
    botocore_errors.EndpointConnectionError: OVERLOADED,
    botocore_errors.ConnectTimeoutError: OVERLOADED,
    botocore_errors.ProxyConnectionError: OVERLOADED,
    botocore_errors.ReadTimeoutError: OVERLOADED,
    botocore_errors.ConnectionClosedError: OVERLOADED,
    botocore_errors.IncompleteReadError: OVERLOADED,
    botocore_errors.ResponseStreamingError: OVERLOADED,
    ConnectionResetError: OVERLOADED,
    TimeoutError: OVERLOADED,
    botocore_errors.ParamValidationError: UNKNOWN,
    botocore_errors.NoCredentialsError: UNKNOWN,
    botocore_errors.PartialCredentialsError: UNKNOWN,
    botocore_errors.CredentialRetrievalError: UNKNOWN,
    botocore_errors.NoAuthTokenError: UNKNOWN,
    botocore_errors.TokenRetrievalError: UNKNOWN,
    botocore_errors.SSOError: UNKNOWN,
    botocore_errors.NoRegionError: UNKNOWN,
    botocore_errors.InvalidRegionError: UNKNOWN,
    botocore_errors.UnknownEndpointError: UNKNOWN,
    botocore_errors.EndpointProviderError: UNKNOWN,
    botocore_errors.UnsupportedSignatureVersionError: UNKNOWN,
    botocore_errors.SSLError: UNKNOWN,
    botocore_errors.InvalidProxiesConfigError: UNKNOWN,
    botocore_errors.ChecksumError: UNKNOWN,
    InvalidRequestError: UNKNOWN,
    RuntimeError: UNKNOWN,
    KeyboardInterrupt: UNKNOWN,
    asyncio.CancelledError: UNKNOWN,
}
WITHOUT_STATUS = {"ResponseMetadata": {}}


def _answered(code, status=400, **members):
    metadata = {"ResponseMetadata": {"HTTPStatusCode": status}} | members
    return ClientError(
        {"Error": {"Code": code, "Message": members.get("Message", "m")}} | metadata, "X"
    )


def _made(error_class):
    """Make an exception without the arguments that botocore's own ones format."""
    error = error_class.__new__(error_class)
    BaseException.__init__(error, "made")
    return error


@pytest.mark.parametrize(("code", "expected"), (CODES | OTHER_CODES).items())
def test_every_code_of_dynamodb_is_healthy_or_not(code, expected):
    """A condition or conflict that counted would close a shop in which much is going on."""
    assert expected is health_of(_answered(code))
    assert expected is health_of(_answered(code, **WITHOUT_STATUS))


@pytest.mark.parametrize("code", CODES | OTHER_CODES)
def test_a_status_from_500_on_is_an_overload_whatever_the_code(code):
    """A proxy or load balancer answers with codes of its own."""
    assert OVERLOADED is health_of(_answered(code, 500))
    assert OVERLOADED is health_of(_answered(code, 503))


@pytest.mark.parametrize(("codes", "expected"), CANCELLATIONS.items())
def test_one_throttled_action_makes_a_cancellation_an_overload(codes, expected):
    """What else is said beside it does not change that there was no capacity."""
    listed = [{"Code": code} for code in codes.split(", ")]

    assert expected is health_of(
        _answered("TransactionCanceledException", CancellationReasons=listed)
    )


@pytest.mark.parametrize(("codes", "expected"), CANCELLATIONS.items())
def test_the_codes_of_a_cancellation_without_a_list_are_read_from_its_message(codes, expected):
    """Some servers give no list."""
    error = _answered("TransactionCanceledException", Message=f"Transaction cancelled [{codes}]")

    assert expected is health_of(error)


def test_a_cancellation_without_any_text_is_an_answer():
    """Nothing can be read from nothing."""
    error = ClientError({"Error": {"Code": "TransactionCanceledException"}}, "X")

    assert GOOD is health_of(error)


@pytest.mark.parametrize(
    ("error_class", "expected"),
    UNANSWERED.items(),
    ids=[error_class.__name__ for error_class in UNANSWERED],
)
def test_what_came_instead_of_an_answer(error_class, expected):
    """Time-outs and lost connections count; what this side does wrong says nothing."""
    assert expected is health_of(_made(error_class))


def test_every_code_and_exception_of_the_library_is_in_these_tables():
    """Who adds one there has to decide here what it says of DynamoDB's health."""
    codes = {answers.CANCELED_CODE}.union(
        *(value for value in vars(answers).values() if isinstance(value, frozenset))
    )

    assert codes == set(CODES)
    assert set(answers.NEVER_SENT) <= set(UNANSWERED)
    assert codes >= health.FAULT_CODES
    assert reasons.THROTTLED <= {code for listed in CANCELLATIONS for code in listed.split(", ")}
