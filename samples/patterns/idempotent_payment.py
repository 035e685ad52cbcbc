"""Idempotent payment: one that is asked for twice is made once, today and next year.

A payment is asked for, and the answer gets lost. Whoever asks again must not pay again, and
wants the answer that the first one would have had. Whoever asks for something else under the
same id has made a mistake, and must be told. Two things look after it, in one request:

    BEGIN                                                  -- with a token made of the id
    INSERT INTO payment VALUES ('p-1', ..., hash)          -- if it is there: compare the hashes
    UPDATE wallet SET balance = balance - 30 WHERE owner = 'ann' AND balance >= 30
    UPDATE wallet SET balance = balance + 30 WHERE owner = 'shop' AND it is there
    COMMIT

For ten minutes DynamoDB itself knows the token, and answers the same request again without doing
it again. After that, and in another process, the stored payment does it: `once` takes one that is
equal for a success, and one that is not for an error. A hash stands for everything that was asked
for, also for what is not stored, as the memo here.
"""

from __future__ import annotations

import hashlib
import json

from attrs import asdict, define, frozen

from transactscope import Attr, Database, KeyTemplate, TransactScope, entity
from transactscope.errors import IdempotencyMismatchError


@frozen
class Request:
    """What somebody asks for, under an id of their own."""

    payment_id: str
    payer: str
    payee: str
    amount: int
    memo: str = ""

    @property
    def hash(self) -> str:
        """One text for all of it: two requests are the same if this is."""
        content = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


@entity(
    "Payments",
    partition_key=KeyTemplate("PK", "PAYMENT#{payment_id}"),
    sort_key=KeyTemplate("SK", "PAYMENT"),
)
@frozen
class Payment:
    """A payment that was made. Nothing in it may differ when it is asked for again: no time."""

    payment_id: str
    payer: str
    payee: str
    amount: int
    request_hash: str


@entity(
    "Payments",
    partition_key=KeyTemplate("PK", "WALLET#{owner}"),
    sort_key=KeyTemplate("SK", "WALLET"),
)
@define
class Wallet:
    """What somebody has, in cents."""

    owner: str
    balance: int = 0


@frozen
class Receipt:
    """What whoever asks is told.

    Attributes:
        payment: The payment, as it is stored.
        is_repeated: Whether it had been made before.
    """

    payment: Payment
    is_repeated: bool


class NotEnoughError(Exception):
    """The payer has less than that; nothing was paid."""


class NoWalletError(Exception):
    """The payee has no wallet; nothing was paid."""


def pay(db: Database, request: Request) -> Receipt:
    """Make a payment, or tell that it was made.

    Raises:
        ValueError: The amount is not more than nothing, or somebody pays themselves. Nothing is
            sent.
        NotEnoughError: The payer has less than that; nothing was paid.
        NoWalletError: The payee has no wallet; nothing was paid.
        IdempotencyMismatchError: Something else was paid under this id; nothing was paid now.
    """
    if request.amount <= 0 or request.payer == request.payee:
        raise ValueError("a payment is more than nothing, and to somebody else")
    payment = Payment(
        request.payment_id, request.payer, request.payee, request.amount, request.hash
    )
    with TransactScope(db, client_request_token=token_of(request.payment_id)) as tx:
        tx.once(payment)
        tx.update(
            Wallet,
            request.payer,
            add={"balance": -request.amount},
            condition=Attr("balance").gte(request.amount),
            raises=NotEnoughError,
        )
        tx.update(
            Wallet,
            request.payee,
            add={"balance": request.amount},
            condition=Attr("owner").exists(),
            raises=NoWalletError,
        )
    # What is stored is equal to what was asked for, or this line would not be reached.
    return Receipt(payment, is_repeated=tx.result is not None and tx.result.replayed)


def token_of(payment_id: str) -> str:
    """Make the client request token of a payment: 36 characters, whatever its id is.

    A token must be that of one request in the whole account and Region, and so must the id.
    """
    return hashlib.sha256(payment_id.encode()).hexdigest()[:36]


def run(db: Database) -> None:
    """Play the story on an empty table."""
    db.create_table(Payment)  # wallets are in the same table
    for wallet in (Wallet("ann", 50), Wallet("shop")):
        db.insert(wallet)
    lamp = Request("p-1", "ann", "shop", 30, memo="a lamp")

    print("ann has 50 and pays 30 for a lamp. No answer arrives, so she asks again, and again:")
    for _ in range(3):
        receipt = pay(db, lamp)
        known = "it had been made before" if receipt.is_repeated else "it is made now"
        print(f"- {receipt.payment.payment_id}: {receipt.payment.amount} to shop; {known}.")

    print("Then come requests that are refused:")
    for request in (
        Request("p-1", "ann", "shop", 20, memo="a lamp"),
        Request("p-1", "ann", "shop", 30, memo="a table"),
        Request("p-2", "ann", "shop", 30, memo="another lamp"),
    ):
        try:
            pay(db, request)
        except IdempotencyMismatchError:
            print(f"- {request.amount} for {request.memo}: {request.payment_id} was another one.")
        except NotEnoughError:
            print(f"- {request.amount} for {request.memo}: ann has less than that.")

    for owner in ("ann", "shop"):
        if wallet_now := db.get(Wallet, owner):
            print(f"{owner} has {wallet_now.balance}.")
