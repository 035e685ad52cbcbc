"""What a lease raises by itself.

May import public modules only. Texts hold the lease's key, and nothing else that is stored.
"""

from transactscope.errors import TransactScopeError


class LeaseTakenError(TransactScopeError):
    """Somebody else holds the lease: it was not acquired.

    Attributes:
        owner: What the holder says of itself; None if it says nothing.
        expires_at: Seconds since 1970 when the lease may be taken, as it was stored at the last
            try; None if that could not be read.
        retryable: True: the holder will release it, or it will expire.

    Example:
        >>> from transactscope import Database
        >>> from transactscope.ext.lease import Lease, LeaseItem, LeaseTakenError
        >>> db = Database(client)
        >>> db.create_table(LeaseItem)
        >>> with Lease(db, "report", owner="worker 1"):
        ...     try:
        ...         Lease(db, "report").acquire()
        ...     except LeaseTakenError as error:
        ...         print(error.owner)
        worker 1

    .. versionadded:: 0.1.0
    """

    retryable = True

    def __init__(
        self, message: str, *, owner: str | None = None, expires_at: float | None = None
    ) -> None:
        super().__init__(message)
        self.owner = owner
        self.expires_at = expires_at


class LeaseLostError(TransactScopeError):
    """The lease is not held any more. The transaction that demanded it was not applied.

    It has expired by the clock of its holder, or others have taken or deleted it. Raised by a
    commit, its cause is the `ConditionFailedError`, with the lease as it is stored.

    Example:
        >>> from transactscope import Database, TransactScope
        >>> from transactscope.ext.lease import Lease, LeaseItem, LeaseLostError
        >>> db = Database(client)
        >>> db.create_table(LeaseItem)
        >>> lease = Lease(db, "report")
        >>> lease.acquire()
        >>> try:
        ...     with TransactScope(db) as tx:
        ...         _ = lease.check(tx)
        ...         _ = tx.insert(Account("A-1"))
        ...         _ = db.delete(LeaseItem, "report")  # as if another one had released it
        ... except LeaseLostError as error:
        ...     print(type(error.__cause__).__name__, db.get(Account, "A-1"))
        ConditionFailedError None

    .. versionadded:: 0.1.0
    """
