"""What is raised while an argument is looked at, by code that is neither ours nor the library's."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from transactscope.errors import InvalidRequestError, TransactScopeError


@contextlib.contextmanager
def reading(call: str) -> Generator[None, None, None]:
    """Turn what arguments raise in a with-block into an error of the library.

    Args:
        call: What was called, for the error text.

    Raises:
        InvalidRequestError: Something else than an error of the library was raised; it is the
            cause. Not sent.
    """
    try:
        yield
    except TransactScopeError:
        raise
    except Exception as error:
        msg = f"{call}: an argument cannot be read: {type(error).__name__} was raised meanwhile"
        raise InvalidRequestError(msg, code="UNREADABLE_ARGUMENT") from error
