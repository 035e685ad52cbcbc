"""Commit a transaction on moto with the transactscope that is installed; see docs/releasing.md."""

import attrs
import boto3
import moto

from transactscope import Database, TransactScope, entity


@entity("Account", partition_key="number")
@attrs.define
class Account:  # noqa: D101 - ten lines are all that it takes
    number: str


with moto.mock_aws():
    db = Database(boto3.client("dynamodb", region_name="eu-west-1"))
    db.create_table(Account)
    with TransactScope(db) as tx:
        tx.insert(Account("A-1"))
        tx.insert(Account("B-2"))
    print(tx.result, db.get(Account, "A-1"))
