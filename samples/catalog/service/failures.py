"""From the library's errors to what they mean for the products."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from samples.catalog.provider.layouts import field_of, name_under, plain
from samples.catalog.provider.products import PRODUCT_CLASSES
from samples.catalog.service.asked import Asked
from samples.catalog.service.comparisons import Comparison
from samples.catalog.service.outcomes import Canceled, Failed, InDoubt, Problem, Refused
from transactscope.errors import (
    CommitOutcomeUnknownError,
    ConversionError,
    DuplicateTargetError,
    InvalidKeyError,
    TransactionCanceledError,
    TransactScopeError,
)
from transactscope.types import Action, CancellationReason

# Reason codes of a cancellation that say nothing about the product's own state.
_PASSING: Final = {
    "TransactionConflict": "was just being written by another transaction; try again",
    "ThrottlingError": "could not be written, because its table has no capacity left right now",
    "ProvisionedThroughputExceeded": "could not be written, because its table is overloaded",
}

_CLASSES: Final = {cls.__name__: cls for cls in PRODUCT_CLASSES}
_PLACE: Final = re.compile(rf"({'|'.join(_CLASSES)})\.(\w+)")
_LINE_OF_CODE: Final = re.compile(r", staged at [^\n]*?\.py:\d+")


def _nobody_asked(_reason: CancellationReason) -> Asked | None:
    return None


def failed(
    error: TransactScopeError,
    staged: Sequence[Action] = (),
    asked_of: Callable[[CancellationReason], Asked | None] = _nobody_asked,
) -> Failed:
    """Say what an error means. The library sorts its errors by what happened to the data.

    Args:
        error: What was raised.
        staged: The calls that were to be committed, in order.
        asked_of: Finds what was asked of the product that a reason is about.
    """
    match error:
        case TransactionCanceledError():
            return Canceled(
                tuple(_problem(reason, staged, asked_of(reason)) for reason in error.failures)
            )
        case CommitOutcomeUnknownError():
            return InDoubt(error.client_request_token)
        case DuplicateTargetError():
            return Refused(_does_not_fold(error.why), error)
        case ConversionError() | InvalidKeyError():
            return _about_a_field(error)
        case _:
            return Refused(_without_code(error), error)


def _about_a_field(error: ConversionError | InvalidKeyError) -> Refused:
    """Name the field that an error is about; its path begins with `Album.artist`."""
    found = _PLACE.match(error.path)
    if not found:
        return Refused(_without_code(error), error)
    place, name, attribute = found[0], found[1], found[2]
    field = field_of(_CLASSES[name], attribute)
    told = place if field == attribute else f"{name}.{field}, which is stored in {attribute},"
    return Refused(_without_code(error).replace(place, told, 1), error, field=field)


def _without_code(error: TransactScopeError) -> str:
    """Leave out the lines of this program that an error names: they are nothing for visitors."""
    return _LINE_OF_CODE.sub("", f"{error}")


def _does_not_fold(why: str) -> str:
    """Say why a call does not go together with what is staged on its product."""
    plain = "this does not fold with what is staged for it"
    told = why.replace("the second", "the new one").replace("the first", "the earlier one")
    way_out = "To do this instead, unstage that first, or roll back"
    return f"{plain}: {told}. {way_out}." if told else f"{plain}. {way_out}."


def stays(error: DuplicateTargetError) -> Refused:
    """Say why a staged call cannot be taken back."""
    what_for = "it stays, because the later ones on the same product do not go without it"
    return Refused(f"{what_for}: {error.why}." if error.why else f"{what_for}.", error)


def _problem(reason: CancellationReason, staged: Sequence[Action], asked: Asked | None) -> Problem:
    stored = plain(reason.item) if isinstance(reason.item, PRODUCT_CLASSES) else None
    comparison = None
    if reason.code == "ConditionalCheckFailed" and asked is not None and asked.wanted is not None:
        comparison = Comparison(asked.wanted, stored, asked.seen)
    return Problem(_product(reason), _why(reason, staged), stored, comparison)


def _product(reason: CancellationReason) -> str:
    if reason.entity_class is None or reason.key is None:
        return f"action {reason.index}"
    return name_under(reason.entity_class, reason.key)


def _why(reason: CancellationReason, staged: Sequence[Action]) -> str:
    if reason.code != "ConditionalCheckFailed":
        return _PASSING.get(reason.code, f"failed with {reason.code}")
    if _first_verb(reason, staged) == "insert":
        return "is there already"
    return "is not there" if reason.item is None else "has changed since it was read"


def _first_verb(reason: CancellationReason, staged: Sequence[Action]) -> str | None:
    """Return the verb of the first of the calls that were folded: the item had to suit that one."""
    target = (reason.table, reason.key)
    verbs = (each.verb for each in staged if (each.table, each.key) == target)
    return next(verbs, reason.verb)
