"""An action as the log holds it."""

import pytest

from transactscope.core.actions import StagedAction


@pytest.fixture
def staged():
    """A raw delete of one item."""
    return StagedAction(
        verb="delete",
        table="Account",
        key={"number": {"S": "A-1"}},
        entity_class=None,
        call="app.py:1",
        kind="Delete",
    )
