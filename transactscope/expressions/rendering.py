"""From trees to the text that DynamoDB reads.

May import `aliases`, `condition_text`, `update_text` and the nodes. The same tree always
gives the same text: a request that is sent again has to be the same request.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from transactscope.expressions.aliases import Aliases
from transactscope.expressions.clauses import RawUpdate, Update
from transactscope.expressions.condition_text import condition_text, raws_in
from transactscope.expressions.predicates import Condition, RawCondition
from transactscope.expressions.update_text import update_text
from transactscope.types import AttributeValue


@attrs.frozen
class Rendered:
    """The expressions of one request member, with all that they refer to.

    Attributes:
        condition: The ConditionExpression, or None.
        update: The UpdateExpression, or None.
        names: ExpressionAttributeNames of both; empty if they use none.
        values: ExpressionAttributeValues of both; empty if they use none.
        size: The bytes of all that names and values stand for.
    """

    condition: str | None
    update: str | None
    names: dict[str, str]
    values: dict[str, AttributeValue] = attrs.field(repr=False)
    size: int = attrs.field(default=0, eq=False)


def render(*, condition: Condition | None, update: Update | RawUpdate | None) -> Rendered:
    """Write the expressions of one action.

    Args:
        condition: What must be true of the stored item; None for no demand.
        update: What an Update does; None for the other actions.

    Raises:
        InvalidRequestError: Two raw expressions define one placeholder differently.
            Not sent.

    Example:
        >>> from transactscope.expressions.paths import path
        >>> from transactscope.expressions.predicates import exists
        >>> rendered = render(condition=exists(path("address.city")), update=None)
        >>> rendered.condition, rendered.names
        ('attribute_exists(#n0.#n1)', {'#n0': 'address', '#n1': 'city'})
    """
    aliases = Aliases.around(_raws(condition, update))
    condition_as_text = None if condition is None else condition_text(condition, aliases)
    update_as_text = None if update is None else update_text(update, aliases)
    return Rendered(condition_as_text, update_as_text, aliases.names, aliases.values, aliases.size)


def _raws(
    condition: Condition | None, update: Update | RawUpdate | None
) -> Iterator[RawCondition | RawUpdate]:
    if condition is not None:
        yield from raws_in(condition)
    if isinstance(update, RawUpdate):
        yield update
