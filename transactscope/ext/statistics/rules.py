"""What a report gives reason to advise: one pure function for each rule.

Imports the figures only. A text says what was seen, with figures, and what would be better, and
nothing that is not so. Prices: Developer Guide, "DynamoDB read and write operations" and "Amazon
DynamoDB Transactions: How it works", section "Capacity management", 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from transactscope.ext.statistics.figures import Advice, Finding, HotItem
from transactscope.ext.statistics.report import Report
from transactscope.ext.statistics.thresholds import (
    MANY_PUTS,
    MANY_VALUES,
    MAX_ACTIONS,
    MAX_BYTES,
    MAX_ITEM_BYTES,
    OFTEN,
)

Rule: TypeAlias = Callable[[Report], list[Advice]]


def advice(report: Report) -> list[Advice]:
    """List the advice of all rules."""
    return [each for rule in RULES for each in rule(report)]


def one_action(report: Report) -> list[Advice]:
    """Advise single writes: a transactional one costs twice as much."""
    seen = report.one_action
    if seen.count < OFTEN:
        return []
    text = (
        f"{seen.count} of {report.commits.actions.count} commits had one action only. As a single "
        f"write, put(), insert(), replace(), update() or delete() of a database, it costs half: "
        f"{_saved(seen)}. Leave it a transaction where its reads are guarded or run again, or "
        "where its token matters: a single write has none, so an update or a write with a "
        "condition is not sent again when its answer is lost, and ends in doubt."
    )
    return [_of("one-action", text, seen, "docs/how-to/cost.md")]


def batchable(report: Report) -> list[Advice]:
    """Advise batches for many puts that demand nothing."""
    seen = report.batchable
    if seen.count < OFTEN:
        return []
    text = (
        f"{seen.count} commits were {MANY_PUTS} or more puts and deletes without any condition, "
        f"and nothing else. batch_write() of a database does them for half the price: "
        f"{_saved(seen)}. But each item is then written for itself: only where nobody has to find "
        "all of them or none."
    )
    return [_of("batchable", text, seen, "docs/how-to/batches.md")]


def hot_items(report: Report) -> list[Advice]:
    """Name each item that surely was met by repeated conflicts."""
    return [_hot(item) for item in report.hot_items if item.count - item.over >= OFTEN]


def near_limits(report: Report) -> list[Advice]:
    """Warn of commits that are four fifths of what is possible, or more."""
    near = [
        (report.near_actions, "actions", MAX_ACTIONS, "More are refused when they are staged."),
        (
            report.near_bytes,
            "bytes in all items",
            MAX_BYTES,
            "More are refused, by the library when that is certain, and else by DynamoDB.",
        ),
        (
            report.near_item_bytes,
            "bytes in one item",
            MAX_ITEM_BYTES,
            "More are refused, by the library when that is certain, and else by DynamoDB.",
        ),
    ]
    return [_near(*each) for each in near if each[0].count]


def guards_by_values(report: Report) -> list[Advice]:
    """Advise a version where guards compare many values."""
    seen = report.guards_by_values
    if seen.count < OFTEN:
        return []
    text = (
        f"{seen.count} actions demanded that {MANY_VALUES} or more loaded values are unchanged, "
        f"{seen.most} at most. With a version, entity(..., version=), a guard compares one number: "
        "requests get smaller, and conditions stay away from the limit of 4096 bytes. The price "
        "in units stays the same, and every program that writes these items has to count the "
        "version."
    )
    return [_of("guards-by-values", text, seen, "docs/how-to/versions.md")]


def replays(report: Report) -> list[Advice]:
    """Point to work that is done again after it was done."""
    count = report.scopes.replayed + report.scopes.resolved.get("replayed", 0)
    if count < OFTEN:
        return []
    text = (
        f"{count} commits found that the same had been committed before, by their token or a "
        "marker of once(). Nothing was applied twice, but each was a request that is paid for. "
        "Either the program begins the same work again, or answers are lost: compare "
        "read_timeout of the client with the times of TransactWriteItems."
    )
    return [Advice(rule="replays", text=text, count=count, page="docs/how-to/outcomes.md")]


RULES: Final[tuple[Rule, ...]] = (
    one_action,
    batchable,
    hot_items,
    near_limits,
    guards_by_values,
    replays,
)


def _of(rule: str, text: str, seen: Finding, page: str) -> Advice:
    return Advice(rule=rule, text=text, count=seen.count, where=tuple(seen.where), page=page)


def _saved(seen: Finding) -> str:
    """Say what half the price is, at most: a transaction does not double entries of indexes."""
    half, units = f"{seen.write_units / 2:g}", f"{seen.write_units:g}"
    if seen.is_estimated:
        return f"about {half} of an estimated {units} write units"
    return f"up to {half} of the {units} write units that were consumed"


def _hot(item: HotItem) -> Advice:
    certain = item.count - item.over
    text = (
        f"{item} met {certain} conflicts and stale reads{' or more' if item.over else ''}. After "
        "each something was sent or begun again, or given up. Spread what is counted over several "
        "items, write the item in fewer transactions, or let one worker at a time do it."
    )
    return Advice(
        rule="hot-item", text=text, count=certain, where=(str(item),), page="docs/how-to/re-run.md"
    )


def _near(seen: Finding, what: str, limit: int, consequence: str) -> Advice:
    text = (
        f"{seen.count} commits had {limit * 4 // 5} or more {what}, {seen.most} at most, and "
        f"{limit} are possible. {consequence}"
    )
    return _of("near-limits", text, seen, "docs/how-to/limits.md")
