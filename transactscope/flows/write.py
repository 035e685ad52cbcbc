"""One write on its own: PutItem, UpdateItem or DeleteItem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transactscope.core.actions import StagedAction
from transactscope.core.freeze import plain_request
from transactscope.core.outcome import judge_write
from transactscope.flows.effects import Flow

if TYPE_CHECKING:
    from cattrs import Converter


def write(action: StagedAction, converter: Converter) -> Flow[None]:
    """Send one write once."""
    request = plain_request(action)
    try:
        yield request
    except Exception as error:  # noqa: BLE001 - every one has a meaning for the data
        raise judge_write(error, request, action, converter).raised(error)  # noqa: B904 - chained
