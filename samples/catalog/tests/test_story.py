"""The story happens as it is told, and stops where it would not."""

import pytest

from samples.catalog.frontend.narrator import Narrator, StoryError
from samples.catalog.frontend.terminal import CAST, EMMA, tell_story
from samples.catalog.provider.products import Album, key_of
from samples.catalog.service.catalog import CatalogService
from samples.catalog.service.outcomes import Begun, Found, Refused

OWN = Album("Somebody", "Something of my own", 2001)


@pytest.fixture
def tell(tables, sent):
    """Tell the story, and return its lines."""

    def telling():
        lines: list[str] = []
        sessions = lambda: CatalogService(tables)  # noqa: E731
        tell_story(sessions, engine="an engine", sent=sent, write=lines.append)
        return lines

    return telling


def test_the_story_tells_what_was_sent(tell, sent):
    """Five commits send five transactions, and the two that are refused are two of them."""
    lines = tell()

    transactions = [each for each in sent if each.startswith("TransactWriteItems")]
    assert [3, 2, 2, 1, 2] == [int(each.split()[2]) for each in transactions]
    assert "     [sent to DynamoDB: TransactWriteItems with 3 actions]" in lines


def test_the_story_names_the_engine_first(tell):
    """Who reads on knows on what it happened."""
    assert "     an engine" == tell()[1]


def test_the_story_shows_the_product_that_failed(tell):
    """The cancellation names the album and what is stored of it."""
    wanted = 'Album "6 Partitas" by Bach is there already; stored with year 1731'

    assert any(wanted in line for line in tell())


def test_the_story_can_be_told_again(tell, sent):
    """It removes its own products first, and says so."""
    tell()

    assert any("An earlier run" in line for line in tell())


def test_the_story_leaves_other_products_alone(tell, service):
    """Nothing but its own cast comes and goes."""
    service.add(OWN)
    tell()
    tell()

    assert OWN in service.stored().products


def test_the_story_shows_what_calls_come_to(tell):
    """A level is marked where it holds a call, and what will be sent is told before the commit."""
    lines = tell()

    assert '       2. insert Book "Emma" by Austen (level 2)' in lines
    assert "     Will be sent: 2 actions from 3 calls, at least 64 bytes." in lines
    assert (
        '       2. delete Movie "The General" by Keaton: at least 30 bytes, from 2 calls' in lines
    )


def test_the_story_ends_with_four_products(tell, other):
    """What it leaves behind is the catalog to play with."""
    tell()

    stored = other.stored()
    assert ["6 Partitas", "The Planets", "Odyssey", "The Kid"] == [
        each.title for each in stored.products
    ]


def test_the_story_stops_where_the_tables_say_otherwise(tables):
    """It claims nothing that it has not counted: here nothing is ever counted."""
    with pytest.raises(StoryError, match="TransactWriteItems"):
        tell_story(
            lambda: CatalogService(tables), engine="an engine", sent=[], write=lambda _line: None
        )


def test_a_story_that_stops_leaves_no_transaction_open(tables):
    """Its session ends with it."""
    sessions = []

    def open_session():
        sessions.append(CatalogService(tables))
        return sessions[-1]

    with pytest.raises(StoryError):
        tell_story(open_session, engine="an engine", sent=[], write=lambda _line: None)

    assert [False, False] == [session.is_open for session in sessions]


def sending(operation, sent, outcome):
    """Make a step that sends one request."""

    def act():
        sent.append(operation)
        return outcome

    return act


@pytest.fixture
def lines():
    """What a narrator has written."""
    return []


def test_a_step_with_another_outcome_stops_the_story(lines):
    """A refusal is not told as a success."""
    tale = Narrator([], lines.append)

    with pytest.raises(StoryError, match="begin: this was not to come of it: Not done: no"):
        tale.do("begin", lambda: Refused("no", ValueError()), Begun)


def test_a_step_that_sends_something_else_stops_the_story(lines):
    """What is sent is part of what is told."""
    sent: list[str] = []
    tale = Narrator(sent, lines.append)

    with pytest.raises(StoryError, match="was told to be sent"):
        tale.do("begin", sending("PutItem", sent, Begun()), Begun)


def test_a_step_may_send_what_is_not_told(lines):
    """Where the number of requests depends on the engine, the story shows it only."""
    sent: list[str] = []
    tale = Narrator(sent, lines.append)

    tale.do("read", sending("Scan", sent, Found(EMMA)), Found, sends=None)

    assert "     [sent to DynamoDB: Scan]" == lines[-1]


def test_a_claim_that_does_not_hold_stops_the_story(lines):
    """A claim is told after it was looked up."""
    tale = Narrator([], lines.append)

    with pytest.raises(StoryError, match="the earth is flat"):
        tale.make_sure("the earth is flat", holds=False)

    assert [] == lines


def test_everything_the_story_stores_is_in_its_cast(tell, other):
    """What it stores is what it removes before it starts again."""
    tell()

    cast = {(type(product), key_of(product)) for product in CAST}
    assert {(type(product), key_of(product)) for product in other.stored().products} <= cast
