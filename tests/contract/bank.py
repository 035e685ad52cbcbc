"""A bank for tests of outcomes: transfers that can be counted, and an audit of what is stored.

Every transfer changes two balances by ADD, writes an entry of the ledger and, if it is marked,
a receipt. What a scope says of its outcome can so be compared with what is there.
"""

import collections
import random
import sys

from attrs import define, frozen

from transactscope import Attr, TransactScope, entity

OPENING = 1000  # of every account, in money


@entity("Bank", partition_key="number")
@define
class Account:
    """Money under a number."""

    number: str
    balance: int = OPENING


@entity("Bank", partition_key="number")
@frozen
class Entry:
    """A line of the ledger, under the client request token of the scope that wrote it."""

    number: str
    transfer: str
    source: str
    target: str
    amount: int


@entity("Bank", partition_key="number")
@frozen
class Receipt:
    """The marker of a transfer: it is there if the transfer was made, by whichever scope."""

    number: str
    amount: int


@frozen
class Transfer:
    """Money that goes from one account to another.

    A guarded one demands that there is enough; a marked one is made once, however often it
    comes.
    """

    name: str
    source: str
    target: str
    amount: int
    is_guarded: bool = False
    is_marked: bool = True

    @property
    def receipt(self):
        """The marker of this transfer."""
        return Receipt(f"receipt-{self.name}", self.amount)

    def stage(self, tx):
        """Stage all of it, with what reads no balance."""
        enough = Attr("balance").gte(self.amount) if self.is_guarded else None
        tx.update(Account, self.source, add={"balance": -self.amount}, condition=enough)
        tx.update(Account, self.target, add={"balance": self.amount})
        self.stage_papers(tx)

    def stage_papers(self, tx):
        """Stage the entry of the ledger and the marker."""
        number = f"entry-{tx.client_request_token}"
        tx.insert(Entry(number, self.name, self.source, self.target, self.amount))
        if self.is_marked:
            tx.once(self.receipt)


@frozen
class Books:
    """What is stored: balances by account, entries by token, names of transfers with a receipt."""

    balances: dict
    entries: dict
    receipts: frozenset

    @classmethod
    def of(cls, client, table):
        """Read the whole table."""
        pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        items = [item for page in pages for item in page["Items"]]
        texts = [
            {name: next(iter(value.values())) for name, value in item.items()} for item in items
        ]
        balances, entries, receipts = {}, {}, set()
        for text in texts:
            kind, _, name = text["number"].partition("-")
            if kind == "entry":
                entries[name] = Entry(**text | {"amount": int(text["amount"])})
            elif kind == "receipt":
                receipts.add(name)
            else:
                balances[text["number"]] = int(text["balance"])
        return cls(balances, entries, frozenset(receipts))

    @property
    def made(self):
        """How often each transfer has an entry."""
        return collections.Counter(entry.transfer for entry in self.entries.values())

    def audit(self, transfers):
        """Demand that no transfer is stored in part: money, ledger and receipts agree.

        Args:
            transfers: All that were ever tried, by name.
        """
        expected = dict.fromkeys(self.balances, OPENING)
        for entry in self.entries.values():
            expected[entry.source] -= entry.amount
            expected[entry.target] += entry.amount
        assert expected == self.balances
        assert OPENING * len(self.balances) == sum(self.balances.values())
        marked = {name for name in self.made if transfers[name].is_marked}
        assert marked == self.receipts
        assert {1} >= {self.made[name] for name in marked}


def account_numbers(count):
    """Name accounts."""
    return [f"A{number}" for number in range(count)]


def drawn_transfer(dice, name, accounts, **kind):
    """Draw a transfer; every tenth asks for more than there can be."""
    source, target = dice.sample(accounts, 2)
    is_too_much = kind.get("is_guarded") and dice.random() < 0.1
    most = OPENING * len(accounts)
    amount = most + 1 if is_too_much else dice.randint(1, 20)
    return Transfer(name, source, target, amount, **kind)


def stream(seed):
    """Return a source of randomness that no other seed has, the same in every run."""
    return random.Random(f"bank {seed}")


def tried(db, transfer, **options):
    """Stage a transfer in a scope, try to commit it, and return scope and error, None if none."""
    tx = TransactScope(db, **options).begin()
    transfer.stage(tx)
    try:
        tx.commit()
    except Exception as error:  # noqa: BLE001 - what it means is the subject of the tests
        return tx, error
    return tx, None


def tell(record_property, title, figures):
    """Write figures into the report of the test, and as one line into its output."""
    for name, figure in figures.items():
        record_property(name, figure)
    told = ", ".join(f"{figure} {name}" for name, figure in figures.items())
    sys.stdout.write(f"\n{title}: {told}\n")
