"""What errors mean for products; engines do not produce all of them."""

import pytest

from samples.catalog.provider.products import Album
from samples.catalog.service.failures import failed
from samples.catalog.service.outcomes import Canceled, Problem, Refused
from transactscope.errors import (
    DuplicateTargetError,
    InvalidRequestError,
    NotSentError,
    TableNotFoundError,
    TransactionCanceledError,
)
from transactscope.types import CancellationReason

KEY = {"artist": {"S": "Bach"}, "title": {"S": "6 Partitas"}}


def canceled(code, **facts):
    """Make the error of a transaction whose one action failed."""
    details = {"verb": "insert", "table": "Album", "key": KEY, "entity_class": Album, **facts}
    reason = CancellationReason(0, code, **details)
    return TransactionCanceledError("canceled", reasons=(reason,))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("TransactionConflict", "another transaction"),
        ("ThrottlingError", "no capacity"),
        ("ProvisionedThroughputExceeded", "overloaded"),
        ("ItemCollectionSizeLimitExceeded", "ItemCollectionSizeLimitExceeded"),
    ],
)
def test_each_reason_names_the_product(code, words):
    """Whatever the reason is, it is told about a product."""
    text = str(failed(canceled(code)))

    assert 'Album "6 Partitas" by Bach' in text
    assert words in text


def test_a_cancellation_without_reasons_is_still_told():
    """A server may give none."""
    outcome = failed(TransactionCanceledError("canceled"))

    assert Canceled(()) == outcome
    assert "gave no reason" in str(outcome)


def test_a_reason_without_an_action_has_its_position():
    """What cannot be traced to a product is not hidden."""
    outcome = failed(canceled("ValidationError", entity_class=None, key=None))

    assert "action 0 failed with ValidationError" in str(outcome)


def test_a_stored_item_that_is_no_product_is_left_out():
    """Raw attribute values are nothing for people to read."""
    outcome = failed(canceled("ConditionalCheckFailed", item={"artist": {"S": "Bach"}}))

    assert Canceled((Problem('Album "6 Partitas" by Bach', "is there already"),)) == outcome


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DuplicateTargetError("insert and delete"), "this one is staged"),
        (TableNotFoundError("no table"), "no table"),
        (NotSentError("no connection"), "no connection"),
        (InvalidRequestError("too long"), "too long"),
    ],
)
def test_every_other_error_says_that_it_was_not_done(error, words):
    """All of these classes promise that nothing was applied."""
    outcome = failed(error)

    assert isinstance(outcome, Refused)
    assert error is outcome.error
    assert words in str(outcome)
