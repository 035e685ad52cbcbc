"""What batches leave behind."""

import pytest


@pytest.fixture
def rows(client, table_names):
    """Return the numbers of all accounts that are stored, with a client of its own."""

    def read():
        pages = client.get_paginator("scan").paginate(TableName=table_names["Account"])
        return sorted(item["number"]["S"] for page in pages for item in page["Items"])

    return read
