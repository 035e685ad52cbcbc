"""What the tests of encryption have in common."""

from botocore.exceptions import EndpointConnectionError

from tests.contract.vault import Customer
from transactscope import EntityKey

TX = "TransactWriteItems"
OUTAGE = EndpointConnectionError(endpoint_url="https://kms.example")
SECRET = "X 123"


def ways_to_read(db):
    """Return functions that read the same customer, each in another way."""
    return (
        lambda: db.get(Customer, "C-1"),
        lambda: db.transact_get(EntityKey(Customer, "C-1")),
        lambda: list(db.query(Customer, "C-1")),
        lambda: db.batch_get([EntityKey(Customer, "C-1")]),
    )
