"""Keyrings: the bytes of a sealed value, its keys, and what is asked of KMS."""

import asyncio
import subprocess
import sys
import threading

import attrs
import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.contract import vault
from tests.project.tree import ROOT
from transactscope.errors import DecryptionError, InvalidRequestError, KeyServiceError
from transactscope.ext.encryption import KmsKeyring, LocalKeyring
from transactscope.ext.encryption.envelope import OVERHEAD, Envelope, WrappedKey
from transactscope.types import KeyringEntry

CONTEXT = b"card of C-1"
PLAIN = [KeyringEntry(content, CONTEXT, "Customer") for content in (b"one", b"", b"three")]


def _to_open(sealed, context=CONTEXT):
    return [KeyringEntry(content, context, "Customer") for content in sealed]


@attrs.define
class FakeKms:
    """A KMS that wraps by writing down, and says what the real one says."""

    keys: dict = attrs.field(factory=dict)
    calls: list = attrs.field(factory=list)
    failure: Exception | None = None
    answers: dict | None = None

    def generate_data_key(self, **members):
        """Make a data key that is the number of the call."""
        self._note("GenerateDataKey", members)
        key, blob = len(self.calls).to_bytes(32, "big"), b"blob %d" % len(self.calls)
        self.keys[blob] = (key, members["KeyId"], members["EncryptionContext"])
        return {"Plaintext": key, "CiphertextBlob": blob} if self.answers is None else self.answers

    def decrypt(self, **members):
        """Unwrap one, for the same key and context."""
        self._note("Decrypt", members)
        if self.answers is not None:
            return self.answers
        key, *made_for = self.keys.get(members["CiphertextBlob"], (None, None, None))
        if made_for[0] != members["KeyId"] or made_for[1] != members["EncryptionContext"]:
            raise denied("InvalidCiphertextException")
        return {"Plaintext": key}

    def _note(self, name, members):
        self.calls.append((name, members))
        if self.failure is not None:
            raise self.failure


def denied(code):
    """Return the error that botocore raises for a code of KMS's."""
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Decrypt")


def test_the_bytes_are_those_that_are_documented():
    """What was stored once has to be read for as long as anybody keeps it."""
    keyring = vault.local(random_bytes=lambda count: bytes(range(count)))
    (sealed,) = keyring.seal(PLAIN[:1])

    salt, nonce = bytes(range(32)), bytes(range(12))
    header = b"\x01\x05key-1\x00\x20" + salt
    derivation = HKDF(SHA256(), length=32, salt=salt, info=b"transactscope data key 1")
    data_key = derivation.derive(vault.KEY)
    assert header + nonce + AESGCM(data_key).encrypt(nonce, b"one", header + CONTEXT) == sealed
    assert keyring.overhead == len(sealed) - len(b"one")


def test_one_stored_value_of_every_format_opens():
    """A value that was sealed by the first release."""
    sealed = bytes.fromhex(
        "01056b65792d310020000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e"
        "1f000102030405060708090a0bdf6299d36e5bcfd98c264a06718e4edbf43600"
    )

    assert [b"one"] == vault.local().open(_to_open([sealed]))


def test_what_is_sealed_opens():
    """Each value in its place, also an empty one."""
    keyring = vault.local()

    assert [b"one", b"", b"three"] == keyring.open(_to_open(keyring.seal(PLAIN)))
    assert [] == keyring.open([])


def test_nothing_is_sealed_the_same_twice():
    """Equal values cannot be told from others, in one request or in two."""
    keyring = vault.local()
    sealed = [*keyring.seal([PLAIN[0], PLAIN[0]]), *keyring.seal([PLAIN[0]])]

    assert 3 == len(set(sealed))
    salts = [Envelope.of(each).key for each in sealed]
    assert salts[0] == salts[1] != salts[2]


def _refused(keyring, sealed, context=CONTEXT):
    with pytest.raises(DecryptionError) as caught:
        keyring.open(_to_open([sealed], context))
    return str(caught.value)


def test_one_changed_bit_is_refused():
    """Wherever it is: in the header, the nonce, the content, the tag."""
    keyring = vault.local()
    (sealed,) = keyring.seal(PLAIN[:1])

    texts = {
        _refused(keyring, sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :])
        for at in range(len(sealed))
    }
    texts |= {_refused(keyring, sealed[:at]) for at in range(len(sealed))}
    texts |= {_refused(keyring, sealed + b"\0"), _refused(keyring, sealed, b"another place")}
    assert 1 == len(texts)


def test_a_name_has_to_be_one():
    """An envelope without a name, or with half of a character."""
    keyring = vault.local()
    for sealed in (b"\x01\x00\x00\x00" + b"x" * 28, b"\x01\x01\xff\x00\x00" + b"x" * 28):
        _refused(keyring, sealed)


def test_the_last_key_seals_unless_another_is_named():
    """A new key is added behind the others."""
    keys = {"old": vault.KEY, "new": vault.OTHER_KEY}

    assert b"\x01\x03new" == LocalKeyring(keys).seal(PLAIN)[0][:5]
    assert b"\x01\x03old" == LocalKeyring(keys, primary="old").seal(PLAIN)[0][:5]


UNUSABLE = {
    "no keys": lambda: LocalKeyring({}),
    "no mapping": lambda: LocalKeyring([b"x" * 32]),
    "short": lambda: LocalKeyring({"k": b"x" * 16}),
    "text": lambda: LocalKeyring({"k": "x" * 32}),
    "empty name": lambda: LocalKeyring({"": vault.KEY}),
    "long name": lambda: LocalKeyring({"x" * 256: vault.KEY}),
    "half a pair": lambda: LocalKeyring({"\ud800": vault.KEY}),
    "number": lambda: LocalKeyring({1: vault.KEY}),
    "unknown primary": lambda: LocalKeyring({"k": vault.KEY}, primary="l"),
    "no client": lambda: KmsKeyring(object(), "k"),
    "class": lambda: KmsKeyring(FakeKms, "k"),
    "no id": lambda: KmsKeyring(FakeKms(), None),
    "empty read": lambda: KmsKeyring(FakeKms(), "k", reads=[""]),
    "context": lambda: KmsKeyring(FakeKms(), "k", encryption_context={"a": 1}),
    "our context": lambda: KmsKeyring(FakeKms(), "k", encryption_context={"tables": "T"}),
    "no context": lambda: KmsKeyring(FakeKms(), "k", encryption_context="a"),
    "entries": lambda: KmsKeyring(FakeKms(), "k", max_entries=-1),
    "bool": lambda: KmsKeyring(FakeKms(), "k", max_entries=True),
    "age": lambda: KmsKeyring(FakeKms(), "k", max_age=-1),
    "for ever": lambda: KmsKeyring(FakeKms(), "k", max_age=float("inf")),
    "one text": lambda: KmsKeyring(FakeKms(), "k", reads="other"),
    "no reads": lambda: KmsKeyring(FakeKms(), "k", reads=None),
    "no clock": lambda: KmsKeyring(FakeKms(), "k", clock=5.0),
    "no randomness": lambda: LocalKeyring({"k": vault.KEY}, random_bytes=b"x"),
    "no age": lambda: KmsKeyring(FakeKms(), "k", max_age=True),
}


@pytest.mark.parametrize("make", UNUSABLE.values(), ids=UNUSABLE)
def test_keyrings_are_checked_when_they_are_made(make):
    """Not with the first value."""
    with pytest.raises(InvalidRequestError) as caught:
        make()

    assert "INVALID_KEYRING" == caught.value.code


def test_keyrings_do_not_show_their_keys():
    """Nor do the parts of an envelope."""
    keyring = vault.local()
    (sealed,) = keyring.seal(PLAIN[:1])

    assert "<LocalKeyring key-1>" == repr(keyring)
    assert "<KmsKeyring alias/app>" == repr(KmsKeyring(FakeKms(), "alias/app"))
    assert "Envelope(key=WrappedKey(name='key-1'))" == repr(Envelope.of(sealed))


def test_kms_is_asked_for_one_key_with_a_context():
    """What CloudTrail shows: the tables, and what the program adds."""
    kms = FakeKms()
    keyring = KmsKeyring(kms, "alias/app", encryption_context={"service": "shop"})
    entries = [attrs.evolve(PLAIN[0], table=table) for table in ("B", "A", "B")]
    keyring.seal(entries)

    context = {"service": "shop", "transactscope": "fields 1", "tables": "A,B"}
    expected = {"KeyId": "alias/app", "KeySpec": "AES_256", "EncryptionContext": context}
    assert [("GenerateDataKey", expected)] == kms.calls


def test_kms_unwraps_each_key_once():
    """With the same context, which travels with the value."""
    kms = FakeKms()
    writer, reader = (KmsKeyring(kms, "alias/app") for _ in range(2))
    sealed = [*writer.seal(PLAIN), *writer.seal(PLAIN)]
    kms.calls.clear()

    assert [b"one", b"", b"three"] * 2 == reader.open(_to_open(sealed))
    assert ["Decrypt", "Decrypt"] == [name for name, _ in kms.calls]
    assert {"alias/app"} == {members["KeyId"] for _, members in kms.calls}
    reader.open(_to_open(sealed))
    writer.open(_to_open(sealed))
    assert 2 == len(kms.calls)


def test_very_many_tables_are_counted():
    """Their names would be stored with every value."""
    kms = FakeKms()
    keyring = KmsKeyring(kms, "k")
    entries = [attrs.evolve(PLAIN[0], table=f"{number:0255d}") for number in range(5)]
    sealed = keyring.seal(entries)

    assert "5 tables" == kms.calls[0][1]["EncryptionContext"]["tables"]
    assert [b"one"] * 5 == KmsKeyring(kms, "k").open(_to_open(sealed))


def test_overheads_are_lower_bounds():
    """Nothing is refused at a call that would have fitted."""
    for keyring in (vault.local(), KmsKeyring(FakeKms(), "alias/app")):
        entry = attrs.evolve(PLAIN[0], table="")
        (sealed,) = keyring.seal([entry])

        assert OVERHEAD <= keyring.overhead <= len(sealed) - len(entry.content)


def test_only_keys_that_were_named_are_asked_for():
    """A value that names another key is refused without a question."""
    kms = FakeKms()
    (sealed,) = KmsKeyring(kms, "other").seal(PLAIN[:1])
    kms.calls.clear()

    _refused(KmsKeyring(kms, "k"), sealed)
    assert [] == kms.calls
    assert [b"one"] == KmsKeyring(kms, "k", reads=["other"]).open(_to_open([sealed]))


@pytest.mark.parametrize(
    "wrapped", [b"", b"\x00", b"\x00\x01", b"\x00\x01\xff1", b"\x00\x01T", b"\x00\x00"], ids=repr
)
def test_wrapped_keys_that_are_none_are_refused(wrapped):
    """Before KMS is asked."""
    kms = FakeKms()
    sealed = WrappedKey("k", wrapped).header + b"x" * 28

    _refused(KmsKeyring(kms, "k"), sealed)
    assert [] == kms.calls


@pytest.mark.parametrize("code", ["IncorrectKeyException", "InvalidCiphertextException"])
def test_a_key_that_kms_does_not_know_is_a_wrong_value(code):
    """It is not an outage: asking again is of no use."""
    kms = FakeKms()
    (sealed,) = KmsKeyring(kms, "k").seal(PLAIN[:1])
    kms.failure = denied(code)

    _refused(KmsKeyring(kms, "k"), sealed)


@pytest.mark.parametrize(
    ("failure", "retryable"),
    [
        (denied("ThrottlingException"), True),
        (denied("KMSInternalException"), True),
        (OSError("no network"), True),
        (denied("AccessDeniedException"), False),
        (denied("DisabledException"), False),
        (denied("NotFoundException"), False),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_kms_that_does_not_serve_is_an_outage(failure, retryable):
    """For values to seal and values to open."""
    kms = FakeKms()
    (sealed,) = KmsKeyring(kms, "k").seal(PLAIN[:1])
    kms.failure = failure
    for use in (
        lambda: KmsKeyring(kms, "k").seal(PLAIN),
        lambda: KmsKeyring(kms, "k").open(_to_open([sealed])),
    ):
        with pytest.raises(KeyServiceError) as caught:
            use()
        assert retryable is caught.value.retryable
        assert caught.value.__cause__ is failure


@pytest.mark.parametrize(
    "answer",
    [{"CiphertextBlob": b"b"}, {"CiphertextBlob": b"b", "Plaintext": b"short"}],
    ids=["none", "short"],
)
def test_an_answer_without_a_key_is_an_outage(answer):
    """A stand-in may answer anything."""
    kms = FakeKms()
    (sealed,) = KmsKeyring(kms, "k").seal(PLAIN[:1])
    kms.answers = answer
    for use in (
        lambda: KmsKeyring(kms, "k").seal(PLAIN),
        lambda: KmsKeyring(kms, "k").open(_to_open([sealed])),
    ):
        with pytest.raises(KeyServiceError, match="without a data key"):
            use()


def test_nothing_is_kept_where_nothing_may_be():
    """A cache of no entries, and one of no time."""
    kms = FakeKms()
    for settings in ({"max_entries": 0}, {"max_age": 0}):
        keyring = KmsKeyring(kms, "k", clock=lambda: 5.0, **settings)
        sealed = keyring.seal(PLAIN)
        kms.calls.clear()
        keyring.open(_to_open(sealed))
        keyring.open(_to_open(sealed))
        assert 2 == len(kms.calls)


def test_threads_share_a_keyring():
    """Each gets what it sealed."""
    keyring = KmsKeyring(FakeKms(), "k", max_entries=2)
    results = []

    def work(text):
        entry = KeyringEntry(text, CONTEXT, "T")
        results.extend(keyring.open(_to_open(keyring.seal([entry]))) == [text] for _ in range(20))

    threads = [threading.Thread(target=work, args=(b"%d" % number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [True] * 80 == results


class AioKms:
    """Methods that are no coroutine functions, and return what is awaited, as aiobotocore's."""

    __module__ = "aiobotocore.client"

    def __init__(self, kms):
        self.kms = kms

    def generate_data_key(self, **members):
        """Return a coroutine."""
        return self._later(self.kms.generate_data_key, members)

    def decrypt(self, **members):
        """Return a coroutine."""
        return self._later(self.kms.decrypt, members)

    async def _later(self, function, members):
        await asyncio.sleep(0)
        return function(**members)


def test_a_client_of_aiobotocore_is_awaited():
    """It is known by its class."""
    kms = FakeKms()
    keyring = KmsKeyring(AioKms(kms), "k")
    fresh = KmsKeyring(AioKms(kms), "k")

    async def main():
        sealed = await keyring.seal(PLAIN)
        opened = await fresh.open(_to_open(sealed))
        kms.failure = denied("DisabledException")
        with pytest.raises(KeyServiceError):
            await fresh.seal(PLAIN)
        return opened, await fresh.open(_to_open(sealed))

    assert ([b"one", b"", b"three"],) * 2 == asyncio.run(main())
    assert not keyring.blocks
    assert KmsKeyring(kms, "k").blocks


def _printed(program):
    """Return what a program prints, and says at its end, where cryptography is not installed."""
    hidden = f"import sys; sys.modules['cryptography'] = None; {program}"
    outcome = subprocess.run(
        [sys.executable, "-c", hidden], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return outcome.stdout, outcome.stderr


def test_what_is_missing_is_named():
    """Not only the name of a module that somebody has never heard of."""
    printed, said = _printed("import transactscope.ext.encryption")

    assert ("", True) == (printed, "install transactscope[encryption]" in said)


def test_nothing_else_needs_cryptography():
    """Neither the marker nor page tokens with a keyring of one's own."""
    program = (
        "import transactscope.ext.pages, transactscope.fields; "
        "print(transactscope.fields.Encrypted())"
    )

    assert ("Encrypted()\n", "") == _printed(program)
