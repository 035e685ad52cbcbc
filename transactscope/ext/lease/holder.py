"""One who holds a lease or wants to: what it knows of it, and what is asked of the item.

May import public modules only. Sends nothing and never waits.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import attrs

from transactscope import Attr, EntityKey
from transactscope.errors import InvalidRequestError
from transactscope.ext.lease.errors import LeaseLostError, LeaseTakenError
from transactscope.ext.lease.items import LeaseFields
from transactscope.ext.lease.settings import Settings, checked_token

_FORGOTTEN_AFTER: Final = timedelta(days=1)  # no two clocks differ by that much


@attrs.frozen
class Holding:
    """What is known of a lease that is held.

    Attributes:
        token: What the item is known by as ours.
        expires_at: Seconds since 1970: from then on others may take it.
        until: The same moment, by the clock that never goes back.
    """

    token: str
    expires_at: float
    until: float


class Holder:
    """Knows whether it holds the lease, as far as that can be known without asking.

    Attributes:
        key: The lease's key.
        settings: Its seconds.
        clock: Tells seconds from any point on, and never goes back.
        holding: What is held, or None. It is replaced and never changed, so that another
            thread may refresh the lease.
    """

    def __init__(
        self,
        key: EntityKey[LeaseFields],
        owner: str | None,
        settings: Settings,
        clocks: tuple[Callable[[], float], Callable[[], float]],
        new_token: Callable[[], str],
    ) -> None:
        self.key = key
        self.settings = settings
        clock, self._wall_clock = clocks
        self.clock: Callable[[], float] = clock
        self.holding: Holding | None = None
        self._owner = owner
        self._new_token = new_token

    @property
    def seconds_left(self) -> float:
        """For how long the lease may be trusted in; 0.0 if it may not be."""
        held = self.holding
        if held is None:
            return 0.0
        # Of two clocks the one that says less: one may be set back, the other one may stand
        # still while the machine sleeps.
        left = min(held.expires_at - self._wall_clock(), held.until - self.clock())
        return max(0.0, left - self.settings.margin)

    def new_token(self) -> str:
        """Make the token of an acquisition.

        Raises:
            InvalidRequestError: The lease is held already.
        """
        if self.seconds_left > 0:
            msg = f"{self} is held here already; another holder needs a lease object of its own"
            raise InvalidRequestError(msg, code="LEASE_HELD")
        return checked_token(self._new_token())

    def claim(self, token: str) -> Holding:
        """Return what will be held if the item is written now."""
        # Before the request, so that the holder is never the last to know of the end.
        return self.as_stored(token, self._wall_clock() + self.settings.duration)

    def as_stored(self, token: str, expires_at: float) -> Holding:
        """Return what is held if the item says that it ends at this time."""
        return Holding(token, expires_at, self.clock() + expires_at - self._wall_clock())

    def keep(self, holding: Holding) -> None:
        """Hold it."""
        self.holding = holding

    def keep_if_held(self, holding: Holding) -> None:
        """Hold it for longer, unless it was released or acquired anew meanwhile."""
        if self.holding is not None and self.holding.token == holding.token:
            self.holding = holding

    def forget(self, token: str) -> None:
        """Hold it no more, unless it was acquired anew meanwhile."""
        if self.holding is not None and self.holding.token == token:
            self.holding = None

    def held(self) -> Holding:
        """Return what is held, even if its time is over.

        Raises:
            InvalidRequestError: It was never acquired, or has been released.
        """
        if self.holding is None:
            msg = f"{self} is not held here; acquire() comes first"
            raise InvalidRequestError(msg, code="LEASE_NOT_HELD")
        return self.holding

    def trusted(self) -> Holding:
        """Return what is held and may be trusted in.

        Raises:
            InvalidRequestError: It was never acquired, or has been released.
            LeaseLostError: Its time is over.
        """
        held = self.held()
        if self.seconds_left > 0:
            return held
        raise LeaseLostError(f"{self} is lost: its time is over by the clock of this process")

    def taking(self, claim: Holding) -> dict[str, Any]:
        """Return the changes that make the lease ours, and of whom it may be taken."""
        changes = self._times(claim) | {"token": claim.token}
        is_free = Attr("token").not_exists() | Attr("expires_at").lte(self._wall_clock())
        if self._owner is None:
            return {"set": changes, "remove": "owner", "condition": is_free}
        return {"set": changes | {"owner": self._owner}, "condition": is_free}

    def extending(self, longer: Holding) -> dict[str, Any]:
        """Return the changes that let a lease last longer, if nobody has taken it."""
        # A request that is late must not shorten what a later one has lengthened.
        is_longer = Attr("expires_at").lte(longer.expires_at)
        return {"set": self._times(longer), "condition": self.ours(longer) & is_longer}

    def ours(self, held: Holding) -> Any:
        """Return the condition that nobody has taken the lease; its time may be over."""
        return Attr("token").eq(held.token)

    def ours_in_time(self, held: Holding) -> Any:
        """Return the condition that nobody has taken the lease, and its time is not over."""
        return self.ours(held) & Attr("expires_at").gt(self._wall_clock())

    def lost(self) -> LeaseLostError:
        """Return the error for a lease that is not ours any more."""
        return LeaseLostError(f"{self} is lost: it has expired, or is not this holder's any more")

    def taken(self, stored: Any, timeout: float) -> LeaseTakenError:
        """Return the error for a lease that others had for as long as one waited."""
        msg = f"{self} is held by somebody else; given up after {timeout:g} seconds"
        # What does not fit the class comes as something else, and tells nothing.
        owner, expires_at = (getattr(stored, name, None) for name in ("owner", "expires_at"))
        return LeaseTakenError(msg, owner=owner, expires_at=expires_at)

    def _times(self, holding: Holding) -> dict[str, Any]:
        expiry = datetime.fromtimestamp(holding.expires_at, UTC)
        return {"expires_at": holding.expires_at, "delete_after": expiry + _FORGOTTEN_AFTER}

    def __str__(self) -> str:
        parts = ", ".join(map(reprlib.repr, self.key.parts))
        return f"lease {self.key.entity_class.__name__} {parts}"
