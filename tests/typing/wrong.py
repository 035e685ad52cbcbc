"""Wrong uses, and the error that a type checker must report. Checked, never run."""

# pyright: strict

from attrs import define

from transactscope import (
    AsyncDatabase,
    AsyncTransactScope,
    Database,
    EntityKey,
    TransactScope,
    entity,
    in_threads,
    to_item,
    transactional,
)
from transactscope.fields import Alias
from transactscope.indexes import GlobalIndex, LocalIndex


@entity("Account", partition_key="number")
@define
class Account:
    """A plain entity."""

    number: str
    balance: int = 0


def wrong_uses(db: Database) -> None:
    """Each line is a mistake that must not wait for the first run."""
    Account(5)  # expect: arg-type
    entity("Account")  # expect: call-arg
    TransactScope()  # expect: call-arg
    TransactScope("dynamodb")  # expect: arg-type
    Database(db, "prefix")  # expect: call-arg, arg-type
    EntityKey("Account", "A-1")  # expect: arg-type
    balance: int = to_item(Account("A-1"))  # expect: assignment
    db.check(Account, "A-1")  # expect: attr-defined
    with TransactScope(db) as tx:
        tx.put(Account("A-1"), None)  # expect: call-arg
        tx.put(Account("A-1"), condition=5)  # expect: arg-type
        tx.put(Account("A-1"), raises=5)  # expect: arg-type
        tx.update(Account, "A-1", set=["balance"])  # expect: call-overload
        tx.state = None  # expect: misc, assignment
        tx.get(Account, "A-1").balance  # expect: union-attr
        tx.get_many(Account, "A-1")  # expect: call-overload
        tx.on_commit(5)  # expect: arg-type
        tx.update(Account("A-1"), set={"balance": 1})  # expect: call-overload
    db.transact_get(Account, "A-1")  # expect: call-overload
    db.transact_get(EntityKey(Account, "A-1"))[0].balance  # expect: union-attr
    db.batch_get(Account)  # expect: call-overload
    db.batch_get([])[EntityKey(Account, "A-1")].balance  # expect: union-attr
    db.batch_write([Account("A-1")], chunk="10")  # expect: arg-type
    db.batch_write(Account("A-1"))  # expect: arg-type
    db.batch_write([Account("A-1")], progress=5)  # expect: arg-type
    EntityKey(Account, "A-1").only(5)  # expect: arg-type
    db.query("Account", "A-1")  # expect: call-overload
    db.query(Account, "A-1", limit="5")  # expect: call-overload
    next(db.query(Account, "A-1", only=["balance"])).balance  # expect: attr-defined
    db.create_table()  # expect: call-arg
    db.create_table(Account, billing="FREE")  # expect: arg-type
    GlobalIndex("by-day")  # expect: call-arg
    entity("Account", partition_key="number", discriminator="kind")  # expect: arg-type
    entity("Account", partition_key="number", naming="upper")  # expect: arg-type
    Alias(5)  # expect: arg-type
    LocalIndex("by-day", sort_key=5)  # expect: arg-type
    for attempt in db.attempts("soon"):  # expect: arg-type
        attempt.put(Account("A-1"))  # expect: attr-defined
    transfer(db, "ten")  # expect: arg-type
    transfer("db", 10)  # expect: arg-type
    tx_later = AsyncTransactScope(5)  # expect: arg-type
    tx_later.commit().attempts  # expect: attr-defined
    in_threads(client=None)  # expect: arg-type
    key: EntityKey[Database] = EntityKey(Account, "A-1")  # expect: arg-type
    del balance, key


async def wrong_uses_in_asynchronous_code(db: AsyncDatabase) -> None:
    """What was forgotten to be awaited has no fields, and what is absent has none, either."""
    db.get(Account, "A-1").balance  # expect: attr-defined
    (await db.get(Account, "A-1")).balance  # expect: union-attr
    (await db.transact_get(EntityKey(Account, "A-1")))[0].balance  # expect: union-attr
    await db.get("Account", "A-1")  # expect: call-overload
    with AsyncTransactScope(db) as tx:  # expect: attr-defined
        del tx


@transactional
def transfer(tx: TransactScope, amount: int) -> int:
    """A function that is a transaction."""
    del tx
    return amount
