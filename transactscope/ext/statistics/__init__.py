"""Statistics: what a database does, counted in bounded room, and what could be done better.

For `Database(client, observers=[statistics])`. `Statistics` counts; `report()` is a value with
figures, `advice()` what follows from them.
"""

from __future__ import annotations

from transactscope.ext.statistics.figures import (
    Advice,
    CommitFigures,
    Finding,
    HotItem,
    OperationFigures,
    Outcomes,
    Spread,
    TableFigures,
    Units,
)
from transactscope.ext.statistics.observer import Statistics
from transactscope.ext.statistics.report import Report

__all__ = [
    "Advice",
    "CommitFigures",
    "Finding",
    "HotItem",
    "OperationFigures",
    "Outcomes",
    "Report",
    "Spread",
    "Statistics",
    "TableFigures",
    "Units",
]

# They say where they are imported from, as the library's own names do.
for _each in (
    Advice,
    CommitFigures,
    Finding,
    HotItem,
    OperationFigures,
    Outcomes,
    Report,
    Spread,
    Statistics,
    TableFigures,
    Units,
):
    _each.__module__ = __name__
