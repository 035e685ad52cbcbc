"""Calls as one action each, as guides have them: what the library never sends."""

import pytest
from botocore.exceptions import ClientError

from transactscope import TransactScope

TWICE = "multiple operations on one item"  # DynamoDB's words


def unfolded_is_refused(deployment, *calls):
    """Send each call as an action of its own, all in one request; return DynamoDB's refusal."""
    with pytest.raises(ClientError) as refused:
        deployment.client.transact_write_items(
            TransactItems=[_action(deployment.database, call) for call in calls]
        )
    return refused.value.response["Error"]["Message"]


def _action(db, call):
    """Make the action of a call that is alone in its scope. Nothing is sent."""
    tx = TransactScope(db).begin()
    call(tx)
    (action,) = tx.to_request()["TransactItems"]
    tx.rollback()
    return action
