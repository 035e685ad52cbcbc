"""Reading items by their keys, with or without a transaction around it.

Requests that only read are sent again after whatever may pass: they change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from botocore.parsers import ResponseParserError

from transactscope.core.actions import StagedAction
from transactscope.core.folding import Fold
from transactscope.core.freeze import (
    get_request,
    projected_get_request,
    transaction_get_request,
)
from transactscope.core.outcome import judge_read
from transactscope.core.queries.projections import Wanted, merged
from transactscope.core.retries import Budget
from transactscope.core.transaction import Transaction
from transactscope.entities.items import from_item
from transactscope.flows.effects import Flow
from transactscope.flows.retrying import pause_before_resend
from transactscope.flows.sealing import opened_items, readable
from transactscope.types import Answer, FrozenRequest, Item, Keyring

if TYPE_CHECKING:
    from cattrs import Converter

    from transactscope.core.compiled.reads import QuickReads


def get(
    read: StagedAction, converter: Converter, budget: Budget, keyring: Keyring | None = None
) -> Flow[Any]:
    """Return the stored item as an entity, or None. Sends one GetItem."""
    item = yield from _item(read, converter, budget)
    cls = cast("type", read.entity_class)
    (item,) = yield from readable([(cls, item)], keyring)
    return None if item is None else from_item(cls, item, converter=converter)


def get_quickly(reads: QuickReads, converter: Converter, budget: Budget) -> Flow[Any]:
    """Do the same for a read that is written already."""
    answer = yield from answered(reads.request, reads, converter, budget)
    (entity,) = reads.values((answer.get("Item"),))
    return entity


def get_in_scope(
    transaction: Transaction, read: StagedAction, budget: Budget, *, guarded: bool
) -> Flow[Any]:
    """Return an item as it will be after what is staged, or None. Sends at most one GetItem."""
    transaction.require_active("get()")
    for unread in transaction.unread([read], guarded=guarded):
        item = yield from _item(unread, transaction.converter, budget)
        transaction.keep_read(unread, item)
    yield from _opened_in_scope(transaction, [read])
    return transaction.entity(read, guarded=guarded)


def get_many_in_scope(
    transaction: Transaction, reads: Sequence[StagedAction], budget: Budget, *, guarded: bool
) -> Flow[list[Any]]:
    """Return items as they will be after what is staged. Sends at most one TransactGetItems."""
    transaction.require_active("get_many()")
    unread = transaction.unread(reads, guarded=guarded)
    if unread:
        items = yield from _items(unread, transaction.converter, budget)
        for read, item in zip(unread, items, strict=True):
            transaction.keep_read(read, item, is_transactional=True)
    yield from _opened_in_scope(transaction, reads)
    return [transaction.entity(read, guarded=guarded) for read in reads]


def _opened_in_scope(transaction: Transaction, reads: Sequence[StagedAction]) -> Flow[None]:
    """Open what is encrypted of items that were read, beside what was read: guards are on that."""
    sealed = [transaction.log.reads.sealed(read) for read in reads]
    if not any(sealed):
        return
    items = yield from opened_items(sealed, transaction.keyring)
    for read, item in zip(reads, items, strict=True):
        if item is not None:
            transaction.log.reads.keep_opened(read, item)


def transact_get(
    wanted: Sequence[Wanted],
    converter: Converter,
    budget: Budget,
    keyring: Keyring | None = None,
) -> Flow[list[Any]]:
    """Return what was asked for, in order. Sends at most one TransactGetItems."""
    gets = merged(wanted)
    found: dict[Hashable, Item | None] = {}
    if gets:
        request = projected_get_request(gets)
        folds = tuple(Fold.of(get.read) for get in gets)
        items = yield from _found(request, folds, len(gets), converter, budget)
        found = {get.read.target: item for get, item in zip(gets, items, strict=True)}
    pairs = [(one.read.entity_class, found[one.read.target]) for one in wanted]
    readables = yield from readable(pairs, keyring)
    return [one.value(item, converter) for one, item in zip(wanted, readables, strict=True)]


def transact_get_quickly(
    reads: QuickReads, converter: Converter, budget: Budget
) -> Flow[list[Any]]:
    """Do the same for reads that are written already."""
    items = yield from _found(reads.request, reads, len(reads), converter, budget)
    return reads.values(items)


def answered(
    request: FrozenRequest,
    reads: Iterable[Fold],
    converter: Converter,
    budget: Budget,
    checked: Callable[[Answer], Answer] = lambda answer: answer,
) -> Flow[Answer]:
    """Send a request that changes no item until it is answered or the budget is spent.

    Args:
        request: The request.
        reads: The reads that it consists of, for the reasons if it is canceled.
        converter: The converter of the database.
        budget: How often and how long.
        checked: Returns an answer, or raises where it is none, as a damaged one.
    """
    while True:
        budget.spend()
        try:
            answer: Answer = yield request
            return checked(answer)
        except Exception as error:  # noqa: BLE001 - every one has a meaning
            judgement = judge_read(error, request, tuple(reads), converter)
            pause = budget.pause(judgement.error) if judgement.is_transient else None
            if pause is None:
                raise judgement.raised(error)  # noqa: B904 - chained
        yield from pause_before_resend(request, judgement, budget, pause)


def _item(read: StagedAction, converter: Converter, budget: Budget) -> Flow[Item | None]:
    request = get_request(read.table, read.key or {})
    answer = yield from answered(request, (Fold.of(read),), converter, budget)
    return cast("Item | None", answer.get("Item"))


def _items(
    reads: Sequence[StagedAction], converter: Converter, budget: Budget
) -> Flow[list[Item | None]]:
    request, folds = transaction_get_request(reads), tuple(map(Fold.of, reads))
    return (yield from _found(request, folds, len(reads), converter, budget))


def _found(
    request: FrozenRequest,
    reads: Iterable[Fold],
    count: int,
    converter: Converter,
    budget: Budget,
) -> Flow[list[Item | None]]:
    def checked(answer: Answer) -> Answer:
        entries: Any = answer.get("Responses")
        is_list = isinstance(entries, list) and len(entries) == count
        if not (is_list and all(map(_is_mapping, entries))):
            raise ResponseParserError("the answer has not one entry for each read")
        return answer

    answer = yield from answered(request, reads, converter, budget, checked)
    # An item that is not there comes as an empty entry [TransactGetItems, API Reference].
    return [entry.get("Item") or None for entry in answer["Responses"]]


def _is_mapping(entry: Any) -> bool:
    return type(entry) is dict or isinstance(entry, Mapping)  # the latter takes longer to find out
