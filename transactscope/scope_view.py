"""What can be looked at in a scope: its state, what is staged, and what will be sent.

Looking sends nothing and changes nothing.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from transactscope.core.explanation import explanation

if TYPE_CHECKING:
    from transactscope.core.states import ScopeState
    from transactscope.core.transaction import Transaction
    from transactscope.types import Action, CommitResult, Explanation


class ScopeView:
    """The part of every scope that shows and does nothing else."""

    _transaction: Transaction

    @property
    def state(self) -> ScopeState:
        """Where the scope is in its life. Nothing is sent."""
        return self._transaction.state

    @property
    def depth(self) -> int:
        """How many levels are open: 0 outside, 1 once begun, 1 more per savepoint."""
        return self._transaction.depth

    @property
    def staged(self) -> tuple[Action, ...]:
        """The actions in the order of the calls; none after a rollback. Nothing is sent."""
        return tuple(self._transaction.log)

    @property
    def client_request_token(self) -> str | None:
        """The token of the commit, made at begin unless it was given; None before that."""
        return self._transaction.token

    @property
    def result(self) -> CommitResult | None:
        """What the commit found out; None until the scope is committed."""
        return self._transaction.result

    def explain(self) -> Explanation:
        """Say what a commit will send and consume: actions, conditions, changes, bytes, units.

        Nothing is sent. The texts contain values, so they are for you and not for logs.

        Raises:
            ScopeStateError: The scope has not begun. Not sent.

        Example:
            >>> from transactscope import Attr, TransactScope
            >>> with TransactScope(client) as tx:
            ...     _ = tx.check(Account, "A-1", condition=Attr("balance").not_exists())
            ...     _ = tx.put(Account("A-1", 10))
            ...     explained = tx.explain()
            >>> explained.rows[0].condition, explained.rows[0].changes, explained.bytes
            ('attribute_not_exists(balance)', ("number = 'A-1'", 'balance = 10'), 18)
        """
        self._transaction.require_begun("explain()")
        log = self._transaction.log
        return explanation(log.folds(), log.reads)

    def to_request(self) -> dict[str, Any]:
        """Return the TransactWriteItems parameters that a commit sends or has sent.

        Nothing is sent. The value is a copy, as `client.transact_write_items(**...)` takes it:
        `{"TransactItems": [{"Put": {...}}, ...], "ClientRequestToken": str,
        "ReturnConsumedCapacity": "TOTAL"}`.

        Raises:
            ScopeStateError: The scope has not begun, so it has no token yet. Not sent.
            InvalidRequestError: Encrypted fields are staged, which the commit has to seal first.
                Not sent.

        Example:
            >>> from transactscope import TransactScope
            >>> with TransactScope(client, client_request_token="t-1") as tx:
            ...     _ = tx.delete(Account, "A-1")
            ...     request = tx.to_request()
            >>> request["TransactItems"][0]["Delete"]["Key"]
            {'number': {'S': 'A-1'}}
        """
        return copy.deepcopy(dict(self._transaction.frozen().body))

    def __repr__(self) -> str:
        count = len(self._transaction.log)
        return f"<{type(self).__name__} {self.state.name}, {count} action(s) staged>"
