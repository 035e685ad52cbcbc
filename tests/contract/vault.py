"""What the tests of field encryption share: entities, and a KMS that is counted and can fail."""

import contextlib
from typing import Annotated

import attrs
import boto3
import moto
from attrs import define

from tests import engines
from transactscope import KeyTemplate, entity
from transactscope.ext.encryption import Encrypted, KmsKeyring, LocalKeyring
from transactscope.indexes import GlobalIndex

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))


@entity("Account", partition_key="number")
@define
class Customer:
    """An item with secrets."""

    number: str
    name: str = ""
    passport: Annotated[str | None, Encrypted()] = None
    scores: Annotated[list[int], Encrypted] = attrs.field(factory=list)
    visits: int = 0


@entity("Account", partition_key="number", version="version")
@define
class Patient:
    """A versioned item with a secret."""

    number: str
    diagnosis: Annotated[str, Encrypted()] = ""
    version: int | None = None


@entity("Account", partition_key="number")
@define
class Bearer:
    """A part of a customer, of the same table."""

    number: str
    passport: Annotated[str | None, Encrypted()] = None


@entity("Archive", partition_key="number")
@define
class Archived:
    """The same attributes, in another table."""

    number: str
    passport: Annotated[str | None, Encrypted()] = None


@entity(
    "Tickets",
    partition_key="owner",
    sort_key="number",
    discriminator=("kind", "ticket"),
    indexes=[
        GlobalIndex("by-state", partition_key="state"),
        GlobalIndex("some-by-state", partition_key="state", projection=["seat"]),
    ],
)
@define
class Ticket:
    """An item that is found by indexes."""

    owner: str
    number: int
    state: str
    seat: Annotated[str, Encrypted()] = ""


@define
class Foreign:
    """A class that is not ours."""

    user_id: str
    number: int
    card: str | None = None


entity(
    "Shop",
    partition_key=KeyTemplate("PK", "USER#{user_id}"),
    sort_key=KeyTemplate("SK", "CARD#{number}"),
    fields={"card": Encrypted()},
    discriminator=("kind", "card"),
)(Foreign)


@entity(
    "Shop",
    partition_key=KeyTemplate("PK", "USER#{user_id}"),
    sort_key=KeyTemplate("SK", "NOTE#{number}"),
    discriminator=("kind", "note"),
)
@define
class Note:
    """Another kind of the same table, with nothing to hide but what is given."""

    user_id: str
    number: int
    text: Annotated[str, Encrypted()] = ""


@attrs.define
class Kms:
    """A KMS client, moto's, whose calls are counted and can be made to fail."""

    client: object
    calls: list = attrs.field(factory=list)
    failure: Exception | None = None

    def generate_data_key(self, **members):
        """Pass it on."""
        return self._called("GenerateDataKey", self.client.generate_data_key, members)

    def decrypt(self, **members):
        """Pass it on."""
        return self._called("Decrypt", self.client.decrypt, members)

    def new_key(self):
        """Make a key and return its id."""
        return self.client.create_key()["KeyMetadata"]["KeyId"]

    def take(self):
        """Return what was called since, and forget it."""
        taken, self.calls = self.calls, []
        return taken

    def _called(self, name, function, members):
        self.calls.append(name)
        if self.failure is not None:
            raise self.failure
        return function(**members)


@contextlib.contextmanager
def new_kms(engine):
    """Make a KMS beside an engine: its own where moto is the engine."""
    with contextlib.ExitStack() as stack:
        if engine.endpoint_url is not None:
            stack.enter_context(moto.mock_aws())
        yield Kms(
            boto3.client(
                "kms",
                region_name=engines.REGION,
                aws_access_key_id="testing",
                aws_secret_access_key="testing",
            )
        )


def local(key=KEY, name="key-1", **settings):
    """Make a keyring of one key."""
    return LocalKeyring({name: key}, **settings)


def of_kms(kms, **settings):
    """Make a keyring of a new key of KMS's."""
    return KmsKeyring(kms, kms.new_key(), **settings)
