"""Client request tokens."""

import pytest

from transactscope.core.tokens import checked_token, random_token
from transactscope.errors import InvalidRequestError


def test_random_tokens_are_legal_and_new():
    """Two scopes never share a token by accident."""
    tokens = {checked_token(random_token()) for _ in range(100)}

    assert 100 == len(tokens)


@pytest.mark.parametrize("token", ["x", "x" * 36])
def test_the_limits_are_inclusive(token):
    """One to 36 characters."""
    assert token == checked_token(token)


@pytest.mark.parametrize("token", ["", "x" * 37, None, 5, b"x"])
def test_others_are_refused_and_not_shown(token):
    """A token may be a secret of the user's, such as a payment's id."""
    with pytest.raises(InvalidRequestError) as caught:
        checked_token(token)

    assert "INVALID_TOKEN" == caught.value.code
    assert "xx" not in str(caught.value)
