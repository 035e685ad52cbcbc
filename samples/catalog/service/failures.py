"""From the library's errors to what they mean for the products."""

from __future__ import annotations

from typing import Final

from samples.catalog.provider.products import PRODUCT_CLASSES, name_under
from samples.catalog.service.outcomes import Canceled, Failed, InDoubt, Problem, Refused
from transactscope.errors import (
    CommitOutcomeUnknownError,
    DuplicateTargetError,
    TransactionCanceledError,
    TransactScopeError,
)
from transactscope.types import CancellationReason

# Reason codes of a cancellation that say nothing about the product's own state.
_PASSING: Final = {
    "TransactionConflict": "was just being written by another transaction; try again",
    "ThrottlingError": "could not be written, because its table has no capacity left right now",
    "ProvisionedThroughputExceeded": "could not be written, because its table is overloaded",
}


def failed(error: TransactScopeError) -> Failed:
    """Say what an error means. The library sorts its errors by what happened to the data."""
    match error:
        case TransactionCanceledError():
            return Canceled(tuple(_problem(reason) for reason in error.failures))
        case CommitOutcomeUnknownError():
            return InDoubt(error.client_request_token)
        case DuplicateTargetError():
            return Refused("a transaction writes a product once, and this one is staged.", error)
        case _:
            return Refused(f"{error}", error)


def _problem(reason: CancellationReason) -> Problem:
    stored = reason.item if isinstance(reason.item, PRODUCT_CLASSES) else None
    return Problem(_product(reason), _why(reason), stored)


def _product(reason: CancellationReason) -> str:
    if reason.entity_class is None or reason.key is None:
        return f"action {reason.index}"
    return name_under(reason.entity_class, reason.key)


def _why(reason: CancellationReason) -> str:
    if reason.code != "ConditionalCheckFailed":
        return _PASSING.get(reason.code, f"failed with {reason.code}")
    if reason.verb == "insert":
        return "is there already"
    return "is not there" if reason.item is None else "has changed since it was read"
