"""Escrow release: held money is paid out once, if the work and the contract allow it.

A customer has paid into an escrow, and the money goes to the contractor when the milestone is
approved. Who asks whether the escrow is funded and then pays out pays twice when two people
press the button, and pays for a contract that was suspended in between. So DynamoDB asks, as it
writes:

    BEGIN
    INSERT INTO releases VALUES ('r-1', ...)                   -- the audit row; once
    UPDATE escrows SET status = 'released', held = held - 80
        WHERE escrow_id = 'e-1' AND status = 'funded' AND held >= 80
    UPDATE wallets SET balance = balance + 80 WHERE wallet_id = 'w-1'
    UPDATE milestones SET status = 'approved' WHERE milestone_id = 'm-1' AND status = 'submitted'
    SELECT 1 FROM contracts WHERE contract_id = 'c-1' AND status = 'active'        -- checked
    COMMIT

The escrow is checked and updated in two calls, which are one action of the request: DynamoDB
takes no second action on an item. The audit row is a marker: the same release, asked for again at
any time and by any process, is the success that it was, and nothing is paid again.
"""

from __future__ import annotations

from typing import Literal

from attrs import define, frozen

from transactscope import Attr, Database, KeyTemplate, TransactScope, entity, transactional


@entity("Escrows", partition_key=KeyTemplate("PK", "ESCROW#{escrow_id}"))
@define
class Escrow:
    """Money that is held until it is released, in cents."""

    escrow_id: str
    held: int
    status: Literal["funded", "released"] = "funded"


@entity("Escrows", partition_key=KeyTemplate("PK", "WALLET#{wallet_id}"))
@define
class Wallet:
    """What somebody was paid, in cents."""

    wallet_id: str
    balance: int = 0


@entity("Escrows", partition_key=KeyTemplate("PK", "MILESTONE#{milestone_id}"))
@define
class Milestone:
    """A piece of work."""

    milestone_id: str
    status: Literal["submitted", "approved"] = "submitted"


@entity("Escrows", partition_key=KeyTemplate("PK", "CONTRACT#{contract_id}"))
@define
class Contract:
    """What the work is done under."""

    contract_id: str
    status: Literal["active", "suspended"] = "active"


@entity("Escrows", partition_key=KeyTemplate("PK", "RELEASE#{release_id}"))
@frozen
class Release:
    """The audit row of one release: everything that it was about, and who wanted it."""

    release_id: str
    escrow_id: str
    wallet_id: str
    milestone_id: str
    contract_id: str
    amount: int
    approved_by: str


class ReleaseRefusedError(Exception):
    """Nothing was paid out, and nothing has changed."""


@transactional
def release(tx: TransactScope, wanted: Release) -> None:
    """Pay out of an escrow, approve the milestone, and note who wanted it.

    The same release again changes nothing and is no error.

    Raises:
        ReleaseRefusedError: The amount is not more than nothing (nothing is sent), the escrow or
            the contract does not allow it, or milestone or wallet are not as they have to be.
        transactscope.errors.IdempotencyMismatchError: There is another release with this id.
    """
    if wanted.amount <= 0:
        raise ReleaseRefusedError("the amount must be more than nothing")
    tx.once(wanted)
    tx.check(
        Escrow,
        wanted.escrow_id,
        condition=Attr("status").eq("funded"),
        raises=ReleaseRefusedError("the escrow is not funded"),
    )
    tx.update(
        Escrow,
        wanted.escrow_id,
        set={"status": "released"},
        add={"held": -wanted.amount},
        condition=Attr("held").gte(wanted.amount),
        raises=ReleaseRefusedError("the escrow holds less than that"),
    )
    tx.update(
        Wallet,
        wanted.wallet_id,
        add={"balance": wanted.amount},
        condition=Attr("wallet_id").exists(),  # an update of nothing would make a wallet
        raises=ReleaseRefusedError("there is no such wallet"),
    )
    tx.update(
        Milestone,
        wanted.milestone_id,
        set={"status": "approved"},
        condition=Attr("status").eq("submitted"),
        raises=ReleaseRefusedError("the milestone is not submitted"),
    )
    tx.check(
        Contract,
        wanted.contract_id,
        condition=Attr("status").eq("active"),
        raises=ReleaseRefusedError("the contract is not active"),
    )


def run(db: Database) -> None:
    """Play the story on an empty table."""
    db.create_table(Escrow)  # the other four kinds are in the same table
    for start in (Escrow("e-1", 80), Wallet("w-1"), Milestone("m-1"), Contract("c-1", "suspended")):
        db.insert(start)

    print("80 are held in e-1, and the contract is suspended. Three people want it released:")
    wishes = [Release(f"r-{n}", "e-1", "w-1", "m-1", "c-1", 80, f"person {n}") for n in (1, 2, 3)]
    for wanted in wishes:
        try:
            release(db, wanted)
        except ReleaseRefusedError as refused:
            print(f"- {wanted.release_id} is refused: {refused}.")
        else:
            print(f"- {wanted.release_id} is paid.")
        if wanted is wishes[0]:
            db.put(Contract("c-1"))
            print("- now the contract is active")

    print("r-2 is asked for once more, as its answer might have got lost, and sends:")
    with TransactScope(db) as tx:
        release(tx, wishes[1])
        for row in tx.explain().rows:
            print(f"- {row.kind} if {row.condition}")
    print(f"It was done before: replayed is {tx.result.replayed if tx.result else None}.")
    for now in (db.get(Escrow, "e-1"), db.get(Wallet, "w-1"), db.get(Milestone, "m-1")):
        print(f"- {now}")
