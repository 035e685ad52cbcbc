"""Databases and items whose cost is known."""

import pytest

from tests.contract.cost.given import Indexed, sized
from tests.shells import Database


@pytest.fixture
def small(client, shell, fresh_table, tokens):
    """A database with an empty table of small items."""
    return Database(client, table_names={"Small": fresh_table("k")}, new_token=tokens)


@pytest.fixture
def indexed(client, shell, table_name, tokens):
    """A database with an empty table that has indexes."""
    made = Database(client, table_names={"Indexed": table_name}, new_token=tokens)
    made.create_table(Indexed)
    return made


@pytest.fixture
def large(db):
    """An account of 5,000 bytes that is stored, and one that is not."""
    db.put(sized(5000))
    return "A-1"
