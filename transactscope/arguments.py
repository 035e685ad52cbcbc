"""What is raised while an argument is looked at, by code that is not ours.

May import `errors` only. An argument's own `__eq__`, `__iter__` or `__class__` may raise whatever
it likes, and whoever called us handles the errors of this library.
"""

from __future__ import annotations

from types import TracebackType

import attrs

from transactscope.errors import InvalidRequestError, TransactScopeError


@attrs.frozen
class Reading:
    """A with-block in which arguments are read, and nothing is sent."""

    call: str

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, TransactScopeError) or not isinstance(error, Exception):
            return
        if isinstance(error, RecursionError):
            problem = "an argument is nested too deeply to be read"
        else:
            problem = f"an argument cannot be read: {type(error).__name__} was raised meanwhile"
        raise InvalidRequestError(f"{self.call}: {problem}", code="UNREADABLE_ARGUMENT") from error


def reading(call: str) -> Reading:
    """Turn what arguments raise in a with-block into an error of the library.

    Errors of the library pass, and so does what is no `Exception`, as Ctrl-C.

    Args:
        call: What was called, for the error text.

    Raises:
        InvalidRequestError: Anything else was raised; it is the cause. Not sent.

    Example:
        >>> from transactscope.arguments import reading
        >>> try:
        ...     with reading("put()"):
        ...         1 / 0
        ... except InvalidRequestError as error:
        ...     print(error.code, type(error.__cause__).__name__)
        UNREADABLE_ARGUMENT ZeroDivisionError
    """
    return Reading(call)
