"""One session's life: begin, stage, commit or roll back, and go on."""

import attrs
import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from samples.catalog.frontend.terminal import EMMA, ODYSSEY, PARTITAS, PLANETS, THE_KID
from samples.catalog.provider.products import Album, Book, Movie, key_of
from samples.catalog.provider.tables import ProductTables
from samples.catalog.service.catalog import CatalogService
from samples.catalog.service.outcomes import (
    Begun,
    Canceled,
    Committed,
    Found,
    InDoubt,
    LevelOpened,
    LevelReleased,
    LevelRolledBack,
    Listed,
    Missing,
    Problem,
    Refused,
    RolledBack,
    Staged,
    Written,
)
from samples.catalog.service.plans import PlannedAction, summed
from transactscope.errors import ScopeStateError


def lose_answers(client):
    """Let every write arrive nowhere, and its sender wait in vain."""
    fail(client, ReadTimeoutError(endpoint_url="http://engine"))


def fail(client, error):
    """Raise where the next requests would be sent."""

    def raise_it(**_):
        raise error

    client.meta.events.register("before-send.dynamodb", raise_it)


def test_a_commit_sends_all_staged_writes_as_one_request(service, other, sent):
    """Three products in three tables become visible by one request."""
    service.begin()
    for product in (PARTITAS, ODYSSEY, THE_KID):
        service.add(product)

    assert [] == sent
    assert Committed(3) == service.commit()
    assert ["TransactWriteItems with 3 actions"] == sent
    assert Listed((PARTITAS, ODYSSEY, THE_KID)) == other.stored()


def test_a_rollback_sends_nothing(service, other, sent):
    """Staged writes come to nothing, and no request was made for them."""
    service.begin()
    service.add(PARTITAS)

    assert RolledBack(1) == service.rollback()
    assert [] == sent
    assert Listed(()) == other.stored()


def test_a_write_outside_a_transaction_is_sent_at_once(service, other, sent):
    """Without a transaction the same call is one plain request."""
    assert isinstance(service.add(PARTITAS), Written)
    assert ["PutItem"] == sent
    assert Found(PARTITAS) == other.retrieve(Album, *key_of(PARTITAS))


def test_staged_writes_are_listed_in_their_order(service):
    """People see what a commit would do before it does it."""
    service.begin()
    service.add(PARTITAS)
    service.remove(Movie, *key_of(THE_KID))

    assert [
        'insert Album "6 Partitas" by Bach',
        'delete Movie "The Kid" by Chaplin',
    ] == [str(call) for call in service.staged]


def test_one_kind_can_be_listed(service, sent):
    """Who looks at books does not read every table."""
    service.add(PARTITAS)
    service.add(EMMA)
    sent.clear()

    assert Listed((EMMA,)) == service.stored(Book)
    assert ["Scan"] == sent


def test_nothing_is_staged_after_the_end(service):
    """What was committed is not shown as if it were still to come."""
    service.begin()
    service.add(PARTITAS)
    service.commit()

    assert ((), (), False, 0) == (
        service.staged,
        service.actions,
        service.is_open,
        service.depth,
    )


def test_a_session_can_go_on_after_a_commit(service, sent):
    """Every begin opens a transaction of its own."""
    outcomes = []
    for product in (PARTITAS, PLANETS):
        outcomes += [service.begin(), service.add(product), service.commit()]

    assert [Begun, Staged, Committed] * 2 == [type(outcome) for outcome in outcomes]
    assert ["TransactWriteItems with 1 action"] * 2 == sent


def test_a_session_can_go_on_after_a_cancellation(service, other):
    """A transaction that failed does not stand in the way of the next one."""
    service.add(PARTITAS)
    service.begin()
    service.add(PARTITAS)
    service.commit()

    service.begin()
    service.add(EMMA)

    assert Committed(1) == service.commit()
    assert Listed((PARTITAS, EMMA)) == other.stored()


def test_an_empty_commit_sends_nothing(service, sent):
    """A transaction without writes ends committed, and says that nothing was sent."""
    service.begin()

    outcome = service.commit()

    assert Committed(0) == outcome
    assert "nothing was sent" in str(outcome)
    assert [] == sent


def test_a_second_begin_is_refused_and_harmless(service):
    """A session has one transaction, and opening another does not lose it."""
    service.begin()
    service.add(PARTITAS)

    outcome = service.begin()

    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, ScopeStateError)
    assert Committed(1) == service.commit()


def test_two_sessions_have_transactions_of_their_own(service, other):
    """What one session rolls back is not what the other commits."""
    for session, product in ((service, PARTITAS), (other, EMMA)):
        session.begin()
        session.add(product)
    service.rollback()
    other.commit()

    assert Listed((EMMA,)) == service.stored()


def test_closing_rolls_back_what_is_open(service, sent):
    """A session that ends leaves nothing half done behind."""
    service.begin()
    service.add(PARTITAS)

    assert RolledBack(1) == service.close()
    assert service.close() is None
    assert [] == sent


def test_a_cancellation_names_every_product_that_failed(service):
    """Each culprit is named with its reason, and the others are not."""
    service.add(PARTITAS)
    service.begin()
    service.add(attrs.evolve(PARTITAS, year=1726))
    service.add(EMMA)
    service.remove(Movie, *key_of(THE_KID))

    outcome = service.commit()

    expected = (
        Problem('Album "6 Partitas" by Bach', "is there already", PARTITAS),
        Problem('Movie "The Kid" by Chaplin', "is not there"),
    )
    assert Canceled(expected) == outcome
    assert "stored with year 1731" in str(outcome)


def test_a_cancellation_applies_nothing(service, other):
    """A product that was fine is not stored beside one that was not."""
    service.add(PARTITAS)
    service.begin()
    service.add(EMMA)
    service.add(PARTITAS)
    service.commit()

    assert Missing('Book "Emma" by Austen') == other.retrieve(Book, *key_of(EMMA))


def test_a_failed_write_outside_a_transaction_is_told_alike(service):
    """With and without a transaction a failure has one form."""
    service.add(PARTITAS)

    expected = Problem('Album "6 Partitas" by Bach', "is there already", PARTITAS)
    assert Canceled((expected,)) == service.add(PARTITAS)


def test_a_genre_is_staged_by_key(service, sent):
    """An update by key needs no read."""
    service.add(THE_KID)
    service.begin()
    service.add_genre(*key_of(THE_KID), "Silent")

    assert Committed(1) == service.commit()
    assert ["PutItem", "TransactWriteItems with 1 action"] == sent


def test_a_transaction_retrieves_as_its_commit_would_leave_it(service, other):
    """A session sees its own staged writes; another one does not."""
    service.begin()
    service.add(PARTITAS)

    assert Found(PARTITAS) == service.retrieve(Album, *key_of(PARTITAS))
    assert isinstance(other.retrieve(Album, *key_of(PARTITAS)), Missing)


def test_a_lost_answer_leaves_the_commit_in_doubt(service, client):
    """Nobody says "failed" about what may have been applied."""
    service.begin()
    service.add(PARTITAS)
    lose_answers(client)

    outcome = service.commit()

    assert isinstance(outcome, InDoubt)
    assert outcome.client_request_token is not None
    assert "Resolve finds out" in str(outcome)
    assert not service.is_open


def test_a_single_write_without_an_answer_cannot_be_resolved(service, client):
    """Only a transaction has a token, so nobody is sent to a button that is not there."""
    lose_answers(client)

    outcome = service.add(PARTITAS)

    assert isinstance(outcome, InDoubt)
    assert "Look at it" in str(outcome)


def test_an_engine_that_is_gone_has_got_nothing(service, client):
    """What never left is not called in doubt."""
    service.begin()
    service.add(PARTITAS)
    fail(client, EndpointConnectionError(endpoint_url="http://engine"))

    assert isinstance(service.commit(), Refused)


def test_a_failed_read_is_told(service, client):
    """A reader gets an answer where the engine gives none."""
    fail(client, EndpointConnectionError(endpoint_url="http://engine"))

    outcomes = [service.retrieve(Album, *key_of(PARTITAS)), service.stored()]
    assert [Refused, Refused] == [type(outcome) for outcome in outcomes]


def test_an_item_that_is_no_such_product_is_told(service, tables, client):
    """Data of another program in a table are reported, not guessed at."""
    item = {"author": {"S": "Homer"}, "title": {"S": "Odyssey"}, "publish_date": {"S": "?"}}
    client.put_item(TableName=tables.name_of(Book), Item=item)

    outcomes = [service.retrieve(Book, "Homer", "Odyssey"), service.stored()]

    assert [Refused, Refused] == [type(outcome) for outcome in outcomes]


@pytest.mark.parametrize("product", [Album("", "6 Partitas"), Movie("A", "B", frozenset())])
def test_a_product_that_cannot_be_stored_is_refused_before_anything_is_sent(service, sent, product):
    """An empty key or an empty set is told at once, not at the commit."""
    service.begin()

    assert isinstance(service.add(product), Refused)
    assert (Committed(0), []) == (service.commit(), sent)


def test_tables_that_cannot_be_created_are_told(client):
    """A name that DynamoDB would refuse is said before anything else is tried."""
    service = CatalogService(ProductTables(client, prefix="no spaces "))

    assert isinstance(service.create_tables(), Refused)


def test_a_level_is_rolled_back_on_its_own(service, other, sent):
    """What the level staged is dropped, and the level around it goes on."""
    service.begin()
    service.add(PARTITAS)
    outcomes = [service.savepoint(), service.add(EMMA), service.rollback_level()]
    service.add(ODYSSEY)

    assert (LevelOpened(2), LevelRolledBack(2, 1)) == (outcomes[0], outcomes[2])
    assert [] == sent
    assert Committed(2) == service.commit()
    assert Listed((PARTITAS, ODYSSEY)) == other.stored()


def test_a_level_is_released_into_the_one_around_it(service):
    """Its calls stay, and are that level's from then on."""
    service.begin()
    for product in (PARTITAS, EMMA, THE_KID):
        service.add(product)
        service.savepoint()
    before = [call.level for call in service.staged]
    outcomes = [service.release(), service.release()]

    assert ([1, 2, 3], [1, 2, 2]) == (before, [call.level for call in service.staged])
    assert [LevelReleased(4, 0), LevelReleased(3, 1)] == outcomes
    assert LevelRolledBack(2, 2) == service.rollback_level()


def test_the_depth_counts_levels(service):
    """Outside there is none, and every savepoint is one more."""
    depths = [service.depth]
    for step in (service.begin, service.savepoint, service.savepoint, service.release):
        step()
        depths.append(service.depth)
    service.rollback_level()

    assert [0, 1, 2, 3, 2] == depths
    assert 1 == service.depth


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_levels_end_with_their_transaction(service, end):
    """A level that was left open is not one of the next transaction."""
    service.begin()
    service.savepoint()
    service.savepoint()
    getattr(service, end)()
    service.begin()
    service.add(PARTITAS)

    assert (1, [1]) == (service.depth, [call.level for call in service.staged])
    assert isinstance(service.release(), Refused)


@pytest.mark.parametrize("step", ["savepoint", "release", "rollback_level"])
def test_levels_need_a_transaction(service, step):
    """Outside there is nothing that could be taken back."""
    outcome = getattr(service, step)()

    assert "Not done: no transaction is open; begin one first." == str(outcome)
    assert isinstance(outcome.error, ScopeStateError)


@pytest.mark.parametrize("step", ["release", "rollback_level"])
def test_a_level_that_is_not_open_cannot_end(service, step):
    """The transaction itself ends by a commit or a rollback, and by nothing else."""
    service.begin()
    service.add(PARTITAS)
    outcome = getattr(service, step)()

    assert "Not done: no level is open; open one with a savepoint first." == str(outcome)
    assert isinstance(outcome.error, ScopeStateError)
    assert (1, 1) == (service.depth, len(service.staged))


def test_a_level_cannot_end_during_a_commit(service, client):
    """What is being sent is not changed any more."""
    during = []

    def meanwhile(**_):
        during.extend([service.savepoint(), service.release(), service.rollback_level()])

    service.begin()
    service.add(PARTITAS)
    service.savepoint()
    client.meta.events.register("before-send.dynamodb.TransactWriteItems", meanwhile)

    assert Committed(1) == service.commit()
    assert [Refused] * 3 == [type(each) for each in during]


def test_what_will_be_sent_shows_what_calls_come_to(service, sent):
    """Two calls on one product are one action, with the condition of the first."""
    service.begin()
    service.add(THE_KID)
    service.remove(Movie, *key_of(THE_KID))
    service.add(PARTITAS)

    is_missing = "attribute_not_exists"
    facts = ("artist = 'Bach'", "title = '6 Partitas'", "year = 1731")
    movie, album = 'Movie "The Kid" by Chaplin', 'Album "6 Partitas" by Bach'
    assert (
        PlannedAction("delete", movie, (), f"{is_missing}(director)", 27, False, 2),
        PlannedAction("put", album, facts, f"{is_missing}(artist)", 32, True, 1),
    ) == service.actions
    assert "2 actions from 3 calls, at least 59 bytes" == summed(service.actions)
    assert "32 bytes, from 1 call" == service.actions[1].size
    assert [] == sent


def test_actions_are_counted_at_the_end_and_not_calls(service, sent):
    """What is told to be committed is what was sent, and a rollback counts alike."""
    outcomes = []
    for end in (service.rollback, service.commit):
        service.begin()
        service.add(PARTITAS)
        service.change(attrs.evolve(PARTITAS, year=1), seen=PARTITAS)
        outcomes.append(end())

    assert [RolledBack(1), Committed(1)] == outcomes
    assert ["TransactWriteItems with 1 action"] == sent
