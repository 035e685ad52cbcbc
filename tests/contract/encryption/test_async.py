"""Field encryption and page tokens where the key service has to be awaited."""

import asyncio

import attrs
import pytest

from tests import engines
from tests.contract import vault
from tests.contract.vault import Customer
from transactscope import AsyncDatabase, AsyncTransactScope, Database, ScopeState, in_threads
from transactscope.errors import InvalidRequestError, KeyServiceError
from transactscope.ext.encryption import KmsKeyring
from transactscope.ext.pages import AsyncPageTokens, PageTokens
from transactscope.types import KeyringEntry

SECRET = "X 123"


@attrs.define
class AwaitedKms:
    """A KMS client as aiobotocore's: its methods return what has to be awaited."""

    kms: vault.Kms
    is_entered: asyncio.Event = attrs.field(factory=asyncio.Event)
    is_stuck: bool = False

    async def generate_data_key(self, **members):
        """Wait for a moment, or for ever."""
        self.is_entered.set()
        await asyncio.sleep(3600 if self.is_stuck else 0)
        return self.kms.generate_data_key(**members)

    async def decrypt(self, **members):
        """Wait for a moment."""
        await asyncio.sleep(0)
        return self.kms.decrypt(**members)


@pytest.fixture
def kms(engine):
    """A KMS beside the engine."""
    with vault.new_kms(engine) as made:
        yield made


@pytest.fixture
def database(client, table_names):
    """Make an asynchronous database with a keyring."""
    return lambda keyring: AsyncDatabase(
        in_threads(client), keyring=keyring, table_names=table_names
    )


def test_an_awaited_key_service_serves_writes_and_reads(kms, database):
    """One GenerateDataKey per commit, one Decrypt for each data key, both awaited."""
    key = kms.new_key()

    async def main():
        service = AwaitedKms(kms)
        writer, reader = (database(KmsKeyring(service, key)) for _ in range(2))
        async with AsyncTransactScope(writer) as tx:
            tx.put(Customer("C-1", passport=SECRET))
            tx.put(Customer("C-2", passport=SECRET))
        return [(await reader.get(Customer, number)).passport for number in ("C-1", "C-2", "C-1")]

    assert [SECRET] * 3 == asyncio.run(main())
    assert ["GenerateDataKey", "Decrypt"] == kms.calls


@pytest.mark.aiobotocore
@pytest.mark.needs("endpoint")
def test_a_kms_client_of_aiobotocore_is_awaited(engine):
    """It is known for what it is; the engine is no KMS, and answers that."""
    from aiobotocore.config import AioConfig
    from aiobotocore.session import get_session

    async def main():
        async with get_session().create_client(
            "kms",
            region_name=engines.REGION,
            endpoint_url=engine.endpoint_url,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            config=AioConfig(retries={"total_max_attempts": 1}),
        ) as service:
            keyring = KmsKeyring(service, "alias/app")
            with pytest.raises(KeyServiceError, match="GenerateDataKey"):
                await keyring.seal([KeyringEntry(b"x", b"", "T")])
            return keyring.blocks

    assert not asyncio.run(main())


def test_a_key_service_that_blocks_is_called_in_threads(kms, database):
    """The event loop goes on meanwhile."""
    key = kms.new_key()

    async def main():
        db = database(KmsKeyring(kms, key))
        await db.put(Customer("C-1", passport=SECRET))
        return (await db.get(Customer, "C-1")).passport

    assert SECRET == asyncio.run(main())


def test_failures_are_awaited_too(kms, database):
    """They are the same errors."""
    key = kms.new_key()
    kms.failure = OSError("no network")

    async def main():
        with pytest.raises(KeyServiceError) as caught:
            await database(KmsKeyring(AwaitedKms(kms), key)).put(Customer("C-1", passport=SECRET))
        return caught.value

    assert isinstance(asyncio.run(main()).__cause__, OSError)


def test_a_commit_that_is_cut_off_while_it_waits_for_a_key_is_canceled(kms, database, request_log):
    """Nothing was sent, so nothing is in doubt."""
    key = kms.new_key()

    async def main():
        service = AwaitedKms(kms, is_stuck=True)
        db = database(KmsKeyring(service, key))
        request_log.clear()
        tx = AsyncTransactScope(db).begin()
        tx.put(Customer("C-1", passport=SECRET))
        committing = asyncio.create_task(tx.commit())
        await service.is_entered.wait()
        committing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await committing
        return tx.state

    assert ScopeState.CANCELED is asyncio.run(main())
    assert [] == request_log.requests


def test_a_synchronous_database_awaits_nothing(kms, client, table_names):
    """What would never be awaited is refused, and nothing is sent."""
    keyring = KmsKeyring(AwaitedKms(kms), kms.new_key())
    db = Database(client, keyring=keyring, table_names=table_names)

    with pytest.raises(InvalidRequestError, match="AsyncDatabase"):
        db.put(Customer("C-1", passport=SECRET))


def test_page_tokens_are_awaited(kms, database):
    """With a service that is awaited, and with one that blocks."""
    key = kms.new_key()

    async def main():
        db = database(vault.local())
        for number in range(3):
            await db.put(vault.Note("u-1", number))
        for service in (AwaitedKms(kms), kms):
            tokens = AsyncPageTokens(KmsKeyring(service, key))
            query = db.query(vault.Note, "u-1", limit=2)
            assert [0, 1] == [note.number async for note in query]
            token = await tokens.seal(query, caller="me")
            start = await tokens.open(token, db.query(vault.Note, "u-1"), caller="me")
            rest = db.query(vault.Note, "u-1", start_after=start)
            assert [2] == [note.number async for note in rest]
            assert await tokens.seal(rest, caller="me") is None
            assert await tokens.open(None, rest, caller="me") is None
        plain = PageTokens(KmsKeyring(AwaitedKms(kms), key))
        with pytest.raises(InvalidRequestError, match="AsyncPageTokens"):
            plain.seal(query, caller="me")

    asyncio.run(main())
