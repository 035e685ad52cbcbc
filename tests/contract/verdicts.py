"""What the engine says of a content, and what the library says of the same: both are asked."""

from attrs import define, field
from botocore.exceptions import ClientError

from tests.contract.entities import Account
from tests.shells import TransactScope
from transactscope import Attr, ScopeState, entity
from transactscope.errors import ConversionError, InvalidRequestError
from transactscope.values.sizes import item_size

ACCEPTED, REFUSED = "accepted", "refused"
MAX_ITEM = 409_600  # "400 KB", attribute names included [Service quotas, 2026-11]
MAX_TOGETHER = 4_194_304  # "4 MB" [TransactWriteItems, API Reference, 2026-11]
BESIDE = {"number": {"S": "beside"}}  # the key of a check that is staged before every content


@entity("Account", partition_key="number")
@define
class Box:
    """An item with anything in it, in the table of accounts."""

    number: str
    content: object = None
    text: str = ""
    items: list[str] = field(factory=list)
    place: dict[str, str] = field(factory=dict)
    marks: set[str] | None = None


@define
class Judges:
    """Both sides of every boundary: boto3's client of an engine, and a database of the library."""

    client: object
    db: object
    sent: object
    table: str

    def engine(self, *entries):
        """Say whether the engine takes a transaction, sent raw."""
        try:
            self.client.transact_write_items(TransactItems=list(entries))
        except ClientError as error:
            answer = error.response
            codes = {reason["Code"] for reason in answer.get("CancellationReasons", ())}
            assert answer["Error"]["Code"] == "ValidationException" or "ValidationError" in codes
            return REFUSED
        return ACCEPTED

    def library(self, stage, error=(InvalidRequestError, ConversionError), code=None):
        """Say whether the library takes what is staged; what it takes, the engine has to take.

        What is refused is refused at the call: nothing is sent for it, and the scope goes on and
        commits what was staged before.
        """
        self.sent.clear()
        found = None
        with TransactScope(self.db) as tx:
            tx.check(Account, "beside", condition=Attr("balance").not_exists())
            try:
                stage(tx)
            except error as refusal:
                found = refusal
            assert [] == self.sent.operations
        assert ScopeState.COMMITTED is tx.state
        assert ["TransactWriteItems"] == self.sent.operations
        assert None in (found, code) or code == found.code
        return ACCEPTED if found is None else REFUSED


def filled(item, size, key="A-1"):
    """Return the item with its key and as much text as is missing to that size."""
    item = {**item, "number": {"S": key}, "text": {"S": ""}}
    return item | {"text": {"S": "x" * (size - item_size(item))}}
