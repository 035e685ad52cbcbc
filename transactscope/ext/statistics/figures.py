"""What statistics tell, as values.

May import public modules only. No annotation is a text here: the classes are exported.
"""

from collections.abc import Mapping

import attrs

from transactscope.types import Item


@attrs.frozen(kw_only=True)
class Spread:
    """How some numbers are spread.

    A percentile is the least number that so many of a hundred do not exceed. It is within 1.6 %
    of the exact one; whole numbers below 64, and `count`, `mean` and `max`, are exact.

    Attributes:
        count: How many numbers there are.
        mean: Their mean; None where there are none, as for those below.
        p50: Half of them are not over this.
        p90: 90 of 100 are not over this.
        p99: 99 of 100 are not over this.
        max: The largest.

    Example:
        >>> from transactscope.ext.statistics import Spread
        >>> Spread(count=2, mean=1.5, p50=1.0, p90=2.0, p99=2.0, max=2.0).p50
        1.0

    .. versionadded:: 0.1.0
    """

    count: int = 0
    mean: float | None = None
    p50: float | None = None
    p90: float | None = None
    p99: float | None = None
    max: float | None = None


@attrs.frozen(kw_only=True)
class Outcomes:
    """How scopes, or single writes, have ended; each is counted once.

    Attributes:
        begun: How many scopes were begun; 0 for single writes.
        committed: How many have applied what they sent.
        replayed: How many were told that the same had been committed before: by another scope, or
            by an attempt of their own whose answer was lost. What was applied then is not listed
            among the actions of commits.
        empty: How many commits had nothing to send.
        canceled: How many were not applied, by the error: its class, or DynamoDB's code of what
            was rejected as a whole.
        in_doubt: How many commits or writes ended without anybody knowing whether they are applied.
        resolved: What `resolve()` found of those, by `committed`, `replayed`, `canceled` and
            `in doubt`; they are not counted under these a second time.
        rolled_back: How many scopes were rolled back.
        rolled_back_calls: How many calls were staged in those.
        unknown_calls: In how many of those it is not known, because too many scopes were open.

    Example:
        >>> from transactscope.ext.statistics import Outcomes
        >>> Outcomes(canceled={"StaleReadError": 3}).canceled
        {'StaleReadError': 3}

    .. versionadded:: 0.1.0
    """

    begun: int = 0
    committed: int = 0
    replayed: int = 0
    empty: int = 0
    canceled: Mapping[str, int] = attrs.field(factory=dict)
    in_doubt: int = 0
    resolved: Mapping[str, int] = attrs.field(factory=dict)
    rolled_back: int = 0
    rolled_back_calls: int = 0
    unknown_calls: int = 0


@attrs.frozen(kw_only=True)
class OperationFigures:
    """What came of the requests of one operation; each attempt is a request.

    Attributes:
        sent: How many were sent.
        failed: How many of them were answered with an error, or not at all.
        errors: These by DynamoDB's code, or the error's class where no answer came.
        seconds: How long they took.

    Example:
        >>> from transactscope.ext.statistics import OperationFigures
        >>> OperationFigures(sent=2, failed=1).failed
        1

    .. versionadded:: 0.1.0
    """

    sent: int = 0
    failed: int = 0
    errors: Mapping[str, int] = attrs.field(factory=dict)
    seconds: Spread = attrs.field(factory=Spread)


@attrs.frozen(kw_only=True)
class Units:
    """Capacity units that were consumed, as far as DynamoDB reported them.

    Attributes:
        consumed: How many units; None where requests were answered and none of them reported.
        reported: How many answers reported them.
        unreported: How many answers did not. Answers that are errors never do, and are not here,
            though DynamoDB charges for many of them.

    Example:
        >>> from transactscope.ext.statistics import Units
        >>> str(Units(consumed=None, unreported=3))
        'not reported'

    .. versionadded:: 0.1.0
    """

    consumed: float | None = 0.0
    reported: int = 0
    unreported: int = 0

    def __str__(self) -> str:
        if self.consumed is None:
            return "not reported"
        return f"{self.consumed:.1f}{' or more' if self.unreported else ''}"


@attrs.frozen(kw_only=True)
class TableFigures:
    """What is known of one table.

    Attributes:
        conflicts: How often an item was part of another transaction at that moment.
        stale_reads: How often an item was not any more as it was read, or of another version.
        throttles: How often capacity was not enough, for a request or an item of it.
        write_units: Write units, of answers to writes.
        read_units: Read units, of answers to reads, and of writes that were replayed.

    Example:
        >>> from transactscope.ext.statistics import TableFigures
        >>> TableFigures(conflicts=2).conflicts
        2

    .. versionadded:: 0.1.0
    """

    conflicts: int = 0
    stale_reads: int = 0
    throttles: int = 0
    write_units: Units = attrs.field(factory=Units)
    read_units: Units = attrs.field(factory=Units)


@attrs.frozen(kw_only=True)
class CommitFigures:
    """What is known of the commits that were sent.

    Attributes:
        seconds: How long they took, with all attempts and pauses, whatever came of them.
        actions: How many actions each of those has that were committed.
        bytes: The size of their items together; where only DynamoDB knows one, its least.
        item_bytes: The size of the largest item of each, in the same way.

    Example:
        >>> from transactscope.ext.statistics import CommitFigures
        >>> CommitFigures().seconds.count
        0

    .. versionadded:: 0.1.0
    """

    seconds: Spread = attrs.field(factory=Spread)
    actions: Spread = attrs.field(factory=Spread)
    bytes: Spread = attrs.field(factory=Spread)
    item_bytes: Spread = attrs.field(factory=Spread)


@attrs.frozen(kw_only=True)
class HotItem:
    """An item on which conflicts and stale reads were met.

    Attributes:
        table: Its table.
        key: Its key as AttributeValues.
        count: How many were met, at most.
        over: How many of these may have been met on others; so `count - over` are certain.

    Example:
        >>> from transactscope.ext.statistics import HotItem
        >>> str(HotItem(table="Account", key={"number": {"S": "A-1"}}, count=3, over=0))
        "Account number='A-1'"

    .. versionadded:: 0.1.0
    """

    table: str
    key: Item
    count: int
    over: int

    def __str__(self) -> str:
        return f"{self.table} {', '.join(f'{name}={_shown(self.key[name])}' for name in self.key)}"


@attrs.frozen(kw_only=True)
class Finding:
    """How often something was seen that may be done better; what advice is made of.

    Attributes:
        count: How many commits it was seen in; for guards, on how many actions.
        most: The largest figure that was seen: actions, bytes or values.
        write_units: What the commits consumed together.
        is_estimated: Whether that is an estimate for some of them, which is often the least.
        where: The places that it was seen at most often, with how often: `file:line` of the call
            that staged an action, or, for guards, the entity class or table.

    Example:
        >>> from transactscope.ext.statistics import Finding
        >>> Finding(count=3, most=1).count
        3

    .. versionadded:: 0.1.0
    """

    count: int = 0
    most: int = 0
    write_units: float = 0.0
    is_estimated: bool = False
    where: Mapping[str, int] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Advice:
    """Something that may be done better, as one rule sees it. `str()` of it is the text.

    Attributes:
        rule: The name of the rule, which does not change: `one-action`, `batchable`, `hot-item`,
            `near-limits`, `guards-by-values` or `replays`.
        text: What was seen, with figures, and what would be better, in sentences.
        count: How often it was seen.
        where: The places that it was seen at most often, as `file:line`, the name of an entity
            class, or a table and key.
        page: The page of the documentation that says more.

    Example:
        >>> from transactscope.ext.statistics import Statistics
        >>> Statistics().advice()
        []

    .. versionadded:: 0.1.0
    """

    rule: str
    text: str
    count: int
    where: tuple[str, ...] = ()
    page: str = ""

    def __str__(self) -> str:
        return self.text


_LONGEST_SHOWN = 60  # characters of one value of a key


def _shown(value: Mapping[str, object]) -> str:
    tag, content = next(iter(value.items()))
    text = str(content) if tag == "N" else repr(content)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
