"""A shop with orders."""

import pytest

from tests.contract.test_indexes import Order
from tests.shells import Database


@pytest.fixture
def shop(client, shell, table_name, tokens, pauses):
    """A database with a table that has the indexes of Order."""
    db = Database(
        client,
        table_names={"Shop": table_name},
        sleep=pauses.append,
        clock=lambda: sum(pauses),
        random=lambda: 1.0,
    )
    db.create_table(Order)
    return db
