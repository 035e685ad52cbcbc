"""Page tokens: what they are bound to, and that nothing can be learnt from trying."""

import asyncio
import base64
import types

import attrs
import pytest

from tests.contract import vault
from transactscope.errors import InvalidPageTokenError, InvalidRequestError, KeyServiceError
from transactscope.ext.pages import AsyncPageTokens, PageTokens
from transactscope.types import KeyringEntry

KEY = {"PK": {"S": "USER#ü"}, "n": {"N": "1"}, "b": {"B": b"\x00\xff"}}


@attrs.frozen
class Query:
    """What a token has to know of a query."""

    last_evaluated_key: dict | None = attrs.field(factory=lambda: KEY)
    fingerprint: bytes = b"f" * 32


@pytest.fixture
def now():
    """A clock that the test moves."""
    return [1_800_000_000.25]


@pytest.fixture
def tokens(now):
    """Tokens that are taken for a minute."""
    return PageTokens(vault.local(), max_age=60, wall_clock=lambda: now[0])


def test_a_token_brings_the_key_back(tokens):
    """Every type of key, as it was."""
    token = tokens.seal(Query(), caller="u-1")

    assert KEY == tokens.open(token, Query(None), caller="u-1")
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert len(token) < 240


def test_the_end_and_the_beginning_have_no_token(tokens):
    """Nothing to go on from, and nothing to go on with."""
    assert tokens.seal(Query(None), caller="u-1") is None
    assert tokens.open(None, Query(), caller="u-1") is None


def _refused(tokens, token, query=None, caller="u-1"):
    with pytest.raises(InvalidPageTokenError) as caught:
        tokens.open(token, query or Query(), caller=caller)
    assert "INVALID_PAGE_TOKEN" == caught.value.code
    return str(caught.value)


def test_a_token_is_refused_with_one_error(tokens, now):
    """Whoever tries learns nothing of why."""
    token = tokens.seal(Query(), caller="u-1")
    foreign = PageTokens(vault.local(vault.OTHER_KEY)).seal(Query(), caller="u-1")
    field = vault.local().seal([KeyringEntry(b"x", b"", "T")])[0]
    texts = {
        _refused(tokens, token, Query(fingerprint=b"g" * 32)),
        _refused(tokens, token, caller="u-2"),
        _refused(tokens, token, caller=""),
        _refused(tokens, foreign),
        _refused(tokens, base64.urlsafe_b64encode(field).decode().rstrip("=")),
        _refused(tokens, "A" * 40_000),
        _refused(tokens, token + "="),
        _refused(tokens, token + "\n"),
        _refused(tokens, ""),
        _refused(tokens, "ü"),
        _refused(tokens, 7),
        _refused(tokens, token.encode()),
    }
    texts |= {_refused(tokens, token[:at]) for at in range(len(token))}
    texts |= {
        _refused(tokens, token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :])
        for at in range(len(token))
    }
    now[0] += 60.75
    texts.add(_refused(tokens, token))

    assert {"this page token is not valid here, or not any more"} == texts


def test_a_token_is_taken_until_it_expires(tokens, now):
    """To the second, rounded up."""
    token = tokens.seal(Query(), caller="u-1")

    now[0] = 1_800_000_060.5
    assert KEY == tokens.open(token, Query(), caller="u-1")
    now[0] = 1_800_000_061.0
    _refused(tokens, token)


CONTENTS = {
    "nothing": b"",
    "no json": b"\0" * 8 + b"{",
    "list": b"\xff" * 8 + b"[]",
    "no values": b"\xff" * 8 + b'{"a":1}',
    "two tags": b"\xff" * 8 + b'{"a":{"S":"x","N":"1"}}',
    "other tag": b"\xff" * 8 + b'{"a":{"SS":"x"}}',
    "number": b"\xff" * 8 + b'{"a":{"N":1}}',
    "no base64": b"\xff" * 8 + b'{"a":{"B":"x"}}',
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_what_was_sealed_by_somebody_else_with_the_same_key_is_read_with_care(tokens, content):
    """Another release may write something else."""
    keyring = types.SimpleNamespace(seal=None, open=lambda _: [content], blocks=False)
    keyring.seal = keyring.open
    strange = PageTokens(keyring, wall_clock=lambda: 0.0)

    _refused(strange, "AAAA")


def test_what_is_no_query_or_caller_is_a_mistake(tokens):
    """And no bad token: it is the program's own."""
    token = tokens.seal(Query(), caller="u-1")
    for query, caller in ((object(), "u-1"), (None, "u-1"), (Query(), None), (Query(), 7)):
        for use in (
            lambda query=query, caller=caller: tokens.seal(query, caller=caller),
            lambda query=query, caller=caller: tokens.open(token, query, caller=caller),
            lambda query=query, caller=caller: tokens.open(None, query, caller=caller),
        ):
            with pytest.raises(InvalidRequestError) as caught:
                use()
            assert not isinstance(caught.value, InvalidPageTokenError)


def test_asynchronous_tokens_refuse_with_the_same_error():
    """Also where the keyring need not be awaited."""
    tokens = AsyncPageTokens(vault.local())

    async def main():
        token = await tokens.seal(Query(), caller="u-1")
        with pytest.raises(InvalidPageTokenError) as caught:
            await tokens.open(token, Query(), caller="u-2")
        return str(caught.value), await tokens.open(token, Query(), caller="u-1")

    assert ("this page token is not valid here, or not any more", KEY) == asyncio.run(main())


def test_what_has_to_be_awaited_is_refused_where_nobody_does():
    """Whatever kind of thing it is."""
    loop = asyncio.new_event_loop()
    future = loop.create_future()
    keyring = types.SimpleNamespace(seal=lambda _: future, open=None, blocks=False)
    keyring.open = keyring.seal

    with pytest.raises(InvalidRequestError, match="AsyncPageTokens"):
        PageTokens(keyring).seal(Query(), caller="u-1")
    loop.close()


class Hostile:
    """A query that cannot be looked at."""

    @property
    def fingerprint(self):
        """Fail."""
        raise ZeroDivisionError


def test_what_is_raised_while_arguments_are_read_is_a_cause(tokens):
    """Whoever calls handles the errors of the library."""
    with pytest.raises(InvalidRequestError) as caught:
        tokens.open(None, Hostile(), caller="u-1")

    assert "UNREADABLE_ARGUMENT" == caught.value.code
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_clock_is_a_function():
    """A time is none."""
    with pytest.raises(InvalidRequestError, match="wall_clock="):
        PageTokens(vault.local(), wall_clock=5.0)


def test_an_outage_is_no_bad_token():
    """The user can try again."""
    kms = vault.Kms(None, failure=OSError("no network"))
    tokens = PageTokens(vault.KmsKeyring(kms, "k"))

    with pytest.raises(KeyServiceError):
        tokens.seal(Query(), caller="u-1")


@pytest.mark.parametrize("kind", [PageTokens, AsyncPageTokens], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    ("keyring", "max_age"),
    [
        (object(), 1.0),
        (vault.LocalKeyring, 1.0),
        (vault.local(), 0),
        (vault.local(), -1),
        (vault.local(), True),
        (vault.local(), "1"),
        (vault.local(), float("nan")),
        (vault.local(), float("inf")),
    ],
    ids=["object", "class", "zero", "negative", "bool", "text", "nan", "endless"],
)
def test_settings_are_checked(kind, keyring, max_age):
    """When it is made, not with the first token."""
    with pytest.raises(InvalidRequestError):
        kind(keyring, max_age=max_age)


def test_it_shows_no_key(tokens):
    """Its repr says how long tokens are taken."""
    assert "<PageTokens 60 s>" == repr(tokens)
