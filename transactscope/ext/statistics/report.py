"""A report: all that was counted, at one moment.

May import public modules only. No annotation is a text here: the class is exported.
"""

import base64
from collections.abc import Mapping
from typing import Any

import attrs

from transactscope.ext.statistics.figures import (
    CommitFigures,
    Finding,
    HotItem,
    OperationFigures,
    Outcomes,
    TableFigures,
)
from transactscope.ext.statistics.text import text_of


@attrs.frozen(kw_only=True)
class Report:
    """What `Statistics` have counted at one moment. `str()` of it is the whole as text.

    Figures are of the works that were counted and never scaled up: where `sample` is 0.1, ten times
    as much has happened, more or less. Names for which there was no room are counted together,
    as `(others)`. It has no values of items but keys, and those only with `keys=True`.

    Attributes:
        sample: Which share of all scopes and single calls was counted.
        seconds: For how long.
        events: How many events were counted.
        scopes: How scopes have ended. In a re-run each attempt is a scope.
        writes: How single writes of a database have ended.
        staged: How many calls were staged, by verb.
        retries: How often the same was sent again, by the error that came before: its class, or
            DynamoDB's code of what was rejected as a whole; `unprocessed` is for parts of a batch
            that met none.
        reruns: How often a transaction was begun anew, in the same way.
        operations: What came of requests, by operation.
        tables: Trouble and units, by table as it is sent. `(one of several)` stands for the table
            where the refusal of a request for several does not tell.
        commits: How long commits take, and how large they are.
        hot_items: The items with the most conflicts and stale reads, ten at most.
        one_action: Commits of one action that a single write could do.
        batchable: Commits of ten or more puts and deletes without any condition.
        near_actions: Commits of 80 actions or more, of the 100 that are possible.
        near_bytes: Commits of four fifths of 4 MB, or more.
        near_item_bytes: Commits with an item of four fifths of 400 KB, or more.
        guards_by_values: Actions that demand five or more loaded values to be unchanged.

    Example:
        >>> from transactscope.ext.statistics import Statistics
        >>> Statistics().report().scopes.committed
        0

    .. versionadded:: 0.1.0
    """

    sample: float = 1.0
    seconds: float = 0.0
    events: int = 0
    scopes: Outcomes = attrs.field(factory=Outcomes)
    writes: Outcomes = attrs.field(factory=Outcomes)
    staged: Mapping[str, int] = attrs.field(factory=dict)
    retries: Mapping[str, int] = attrs.field(factory=dict)
    reruns: Mapping[str, int] = attrs.field(factory=dict)
    operations: Mapping[str, OperationFigures] = attrs.field(factory=dict)
    tables: Mapping[str, TableFigures] = attrs.field(factory=dict)
    commits: CommitFigures = attrs.field(factory=CommitFigures)
    hot_items: tuple[HotItem, ...] = ()
    one_action: Finding = attrs.field(factory=Finding)
    batchable: Finding = attrs.field(factory=Finding)
    near_actions: Finding = attrs.field(factory=Finding)
    near_bytes: Finding = attrs.field(factory=Finding)
    near_item_bytes: Finding = attrs.field(factory=Finding)
    guards_by_values: Finding = attrs.field(factory=Finding)

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as dicts, lists, texts and numbers, as JSON takes them.

        Nothing is sent. Names are those of the attributes; the key of an item is in
        AttributeValues, with bytes as base64; what is not known is None.

        Example:
            >>> from transactscope.ext.statistics import Statistics
            >>> Statistics().report().as_dict()["commits"]["seconds"]["p99"] is None
            True
        """
        found: dict[str, Any] = _plain(self)
        return found

    def __str__(self) -> str:
        return text_of(self)


def _plain(value: Any) -> Any:
    if attrs.has(type(value)):
        return {name: _plain(part) for name, part in attrs.asdict(value, recurse=False).items()}
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value
