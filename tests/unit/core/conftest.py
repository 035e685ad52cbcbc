"""An action as the log holds it."""

import pytest

from transactscope.core.actions import BuiltAction


@pytest.fixture
def staged():
    """A raw delete of one item."""
    return BuiltAction(
        verb="delete",
        table="Account",
        key={"number": {"S": "A-1"}},
        entity_class=None,
        call="app.py:1",
        kind="Delete",
    )
