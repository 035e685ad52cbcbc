"""Money transfer: two balances and a ledger change together, without reading anything before.

Who reads a balance, looks whether it is enough and then writes, pays with money that somebody
else has spent in between. Who changes two balances one after the other loses the amount when
the program ends between them. Here DynamoDB itself looks, as it writes:

    BEGIN
    INSERT INTO transfer VALUES (...)
    UPDATE account SET balance = balance - 30 WHERE number = 'A-1' AND balance >= 30 AND is open
    UPDATE account SET balance = balance + 30 WHERE number = 'B-2' AND is open
    COMMIT

Five calls become three actions of one request: a check and an update of one account are one
action, because DynamoDB takes no second one on the same item. A transfer has an id, which the
ledger takes once, so one that is asked for again is not made again.
"""

from __future__ import annotations

from typing import Literal

from attrs import define, frozen

from transactscope import Attr, Database, TransactScope, entity, transactional


@entity("Account", partition_key="number", version="version")
@define
class Account:
    """An account, its balance in cents. Every change raises its version."""

    number: str
    balance: int = 0
    status: Literal["open", "closed"] = "open"
    version: int | None = None


@entity("Transfer", partition_key="id")
@frozen
class Transfer:
    """One line of the ledger."""

    id: str
    source: str
    target: str
    amount: int


class TransferRefusedError(Exception):
    """The transfer was not made, and nothing has changed."""


@transactional
def transfer(tx: TransactScope, transfer_id: str, source: str, target: str, amount: int) -> None:
    """Take an amount from one account, give it to another, and note it in the ledger.

    Raises:
        TransferRefusedError: It is no such transfer (nothing is sent), it was made before, an
            account is not open, or the source has less than the amount.
    """
    if source == target:
        raise TransferRefusedError(f"{source} cannot pay itself")
    if amount <= 0:
        raise TransferRefusedError("the amount must be more than nothing")
    tx.insert(
        Transfer(transfer_id, source, target, amount),
        raises=TransferRefusedError(f"{transfer_id} was made before"),
    )
    for number in (source, target):
        tx.check(  # an account that is not there has no status, so it is not open either
            Account,
            number,
            condition=Attr("status").eq("open"),
            raises=TransferRefusedError(f"{number} is not open"),
        )
    tx.update(
        Account,
        source,
        add={"balance": -amount},
        condition=Attr("balance").gte(amount),
        raises=TransferRefusedError(f"{source} has less than that"),
    )
    tx.update(Account, target, add={"balance": amount})


def run(db: Database) -> None:
    """Play the story on empty tables."""
    for table in (Account, Transfer):
        db.create_table(table)
    for account in (Account("A-1", 100), Account("B-2", 5), Account("C-3", status="closed")):
        db.insert(account)

    print("A-1 has 100, B-2 has 5, and C-3 is closed. t-1 takes 30 from A-1 to B-2, and sends:")
    with TransactScope(db) as tx:
        transfer(tx, "t-1", "A-1", "B-2", 30)
        print(tx.explain())

    print("Then come transfers that are refused:")
    for transfer_id, source, target, amount in (
        ("t-1", "A-1", "B-2", 30),
        ("t-2", "A-1", "B-2", 500),
        ("t-3", "A-1", "C-3", 10),
        ("t-4", "A-1", "D-4", 10),
        ("t-5", "A-1", "A-1", 10),
    ):
        try:
            transfer(db, transfer_id, source, target, amount)
        except TransferRefusedError as refused:
            print(f"- {transfer_id}, {amount} from {source} to {target}: {refused}.")

    for number in ("A-1", "B-2", "C-3"):
        if account_now := db.get(Account, number):
            print(f"{number} has {account_now.balance}, version {account_now.version}.")
