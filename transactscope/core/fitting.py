"""Whether DynamoDB takes what one action says, judged before anything is sent.

Only what is certain is refused: what depends on the stored item is left to the server.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import attrs

from transactscope.core.actions import StagedAction
from transactscope.errors import InvalidRequestError, ItemTooLargeError
from transactscope.expressions.clauses import Update
from transactscope.expressions.least import least_sizes
from transactscope.expressions.rendering import Rendered
from transactscope.limits import (
    MAX_EXPRESSION_BYTES,
    MAX_ITEM_BYTES,
    MAX_SUBSTITUTION_BYTES,
    MAX_UPDATE_OPERATORS,
)
from transactscope.values.sizes import attribute_size

# "SET a = :val1 + :val2 + :val3 contains two + operators" [SQ], so a `=` is none.
_OPERATOR: Final = re.compile(r"[-+]|[A-Za-z_]\s*\(")
_MOST_SHOWN: Final = 60  # characters of an attribute's name


@attrs.frozen
class Misfit:
    """Why DynamoDB would refuse some expressions.

    Attributes:
        code: The code of the error.
        text: What is too much, with its figure and the limit.
    """

    code: str
    text: str


def misfit(rendered: Rendered) -> Misfit | None:
    """Return what is too long or too much in the expressions of one action, or None.

    Sizes are those of what is sent, placeholders included [Service, account, and table quotas,
    "Expression parameters", Developer Guide, 2026-11].
    """
    condition, update = rendered.condition or "", rendered.update or ""
    for name, text in (("ConditionExpression", condition), ("UpdateExpression", update)):
        size = len(text.encode(errors="surrogatepass"))
        if size > MAX_EXPRESSION_BYTES:
            told = f"the {name} has {size} bytes, and DynamoDB takes {MAX_EXPRESSION_BYTES} bytes"
            return Misfit(code="EXPRESSION_TOO_LONG", text=told)
    operators = len(_OPERATOR.findall(update)) if len(update) > MAX_UPDATE_OPERATORS else 0
    if operators > MAX_UPDATE_OPERATORS:
        told = (
            f"the UpdateExpression has {operators} operators and functions, and DynamoDB takes "
            f"{MAX_UPDATE_OPERATORS}"
        )
        return Misfit(code="TOO_MANY_OPERATORS", text=told)
    if rendered.size > MAX_SUBSTITUTION_BYTES:
        told = (
            f"all names and values of the expressions have {rendered.size} bytes, and DynamoDB "
            f"takes {MAX_SUBSTITUTION_BYTES}"
        )
        return Misfit(code="VALUES_TOO_LARGE", text=told)
    return None


def fitting(action: StagedAction) -> StagedAction:
    """Return an action if it fits into a request by itself, in a transaction or outside one.

    Raises:
        ItemTooLargeError: It surely leaves an item of more than 409,600 bytes. Not sent.
        InvalidRequestError: Its expressions are too long or too much. Not sent.
    """
    refuse_large_item(action, action.describe)
    return expressible(action)


def expressible(action: StagedAction) -> StagedAction:
    """Return an action if its expressions fit into a request.

    Raises:
        InvalidRequestError: They are too long or too much. Not sent.
    """
    sent = action.alone
    if sent.condition is not None or sent.update is not None:
        problem = misfit(sent.rendered)
        if problem is not None:
            raise InvalidRequestError(f"{action.describe()}: {problem.text}", code=problem.code)
    return action


def refuse_large_item(action: StagedAction, describe: Callable[[], str]) -> None:
    """Refuse an action that surely leaves too large an item.

    An UpdateItem outside a transaction is also measured without its key and with some bytes for
    each clause [seen at the service's limit]; these few bytes are left to the server.

    Args:
        action: What is done with the item.
        describe: Says the action in words, with all calls that it comes from.

    Raises:
        ItemTooLargeError: It does. Not sent.
    """
    if action.size > MAX_ITEM_BYTES:
        raise _too_large(action, describe())


def _too_large(action: StagedAction, told: str) -> ItemTooLargeError:
    sizes = _attribute_sizes(action)
    largest = max(sizes, key=lambda name: sizes[name])
    figure = f"{action.size} bytes" if action.item is not None else f"at least {action.size} bytes"
    shown = largest if len(largest) <= _MOST_SHOWN else f"{largest[: _MOST_SHOWN - 1]}…"
    return ItemTooLargeError(
        f"{told}: the item would have {figure}, and DynamoDB takes {MAX_ITEM_BYTES}; its largest "
        f"attribute is {shown!r} with {sizes[largest]} bytes"
    )


def _attribute_sizes(action: StagedAction) -> dict[str, int]:
    """Return the bytes of every attribute that is known."""
    known = action.item if action.item is not None else action.key or {}
    sizes = {name: attribute_size(name, value) for name, value in known.items()}
    return sizes | least_sizes(action.update) if isinstance(action.update, Update) else sizes
