"""What a lease is stored as.

May import public modules only.
"""

from datetime import datetime
from typing import Annotated

import attrs

from transactscope import entity
from transactscope.fields import TTL, OmitIfNone


@attrs.define(kw_only=True)
class LeaseFields:
    """What every stored lease has beside its key: a base for an entity of your own.

    Derive a class with the fields of its key, and give it an `entity`. Whatever else it has
    needs a default. It may store these fields under other names: `entity(..., fields=...)`.

    Attributes:
        token: Made anew by everyone who acquires the lease; None in an item without a holder.
        expires_at: Seconds since 1970, by the clock of the holder: from then on others may
            take the lease.
        owner: What the holder says of itself, for people; nothing depends on it.
        delete_after: A day after `expires_at`: DynamoDB may delete the item from then on. Nothing
            depends on that, either.

    Example:
        >>> from attrs import define
        >>> from transactscope import KeyTemplate, entity, to_item
        >>> from transactscope.ext.lease import LeaseFields
        >>> from transactscope.fields import Alias
        >>> @entity(
        ...     "Pages",
        ...     partition_key=KeyTemplate("PK", "{site}#{path}"),
        ...     sort_key=KeyTemplate("SK", "LOCK"),
        ...     fields={"token": Alias("lease_token"), "expires_at": Alias("lease_expires_at")},
        ... )
        ... @define
        ... class PageLock(LeaseFields):
        ...     site: str
        ...     path: str
        >>> sorted(to_item(PageLock("blog", "/start", token="t")))[:4]
        ['PK', 'SK', 'lease_expires_at', 'lease_token']

    .. versionadded:: 0.1.0
    """

    token: str | None = None
    expires_at: float = 0.0
    owner: Annotated[str | None, OmitIfNone] = None
    delete_after: Annotated[datetime | None, TTL, OmitIfNone] = None


@entity("Lease", partition_key="name")
@attrs.define
class LeaseItem(LeaseFields):
    """A lease that is known by a name; an item of the table `Lease`.

    `db.create_table(LeaseItem)` makes that table, with its Time to Live; `table_names=` of the
    database gives it another name.

    Attributes:
        name: The name of the lease.

    Example:
        >>> from transactscope import to_key
        >>> from transactscope.ext.lease import LeaseItem
        >>> to_key(LeaseItem, "nightly report")
        {'name': {'S': 'nightly report'}}

    .. versionadded:: 0.1.0
    """

    name: str
