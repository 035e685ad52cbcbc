"""Client request tokens: what makes a repeated request apply once."""

from __future__ import annotations

import os

from transactscope.errors import InvalidRequestError
from transactscope.limits import MAX_TOKEN_LENGTH


def random_token() -> str:
    """Return a new token of 32 hexadecimal digits, 128 random bits."""
    return os.urandom(16).hex()  # a UUID says no more and costs four times as much


def checked_token(token: object) -> str:
    """Return the token if DynamoDB takes it [TransactWriteItems, API Reference, 2026-11].

    Raises:
        InvalidRequestError: It is no text of 1 to 36 characters. Not sent.
    """
    if not isinstance(token, str):
        msg = f"client_request_token must be a text, not {type(token).__name__}"
        raise InvalidRequestError(msg, code="INVALID_TOKEN")
    if not 1 <= len(token) <= MAX_TOKEN_LENGTH:
        msg = (
            f"client_request_token has {len(token)} characters; DynamoDB takes 1 to "
            f"{MAX_TOKEN_LENGTH}"
        )
        raise InvalidRequestError(msg, code="INVALID_TOKEN")
    return token
