"""The page: what it shows, and how a transaction goes on it from begin to its end."""

import itertools

import attrs
import pytest
from botocore.exceptions import ReadTimeoutError

from samples.catalog.frontend.terminal import EMMA, ODYSSEY, PARTITAS, THE_KID
from samples.catalog.provider.products import Album, facts_of, key_of, name_of
from samples.catalog.service.outcomes import Found, Listed


def lose_answers(client, operation):
    """Let requests arrive nowhere, and their sender wait in vain."""

    def lose(**_):
        raise ReadTimeoutError(endpoint_url="http://engine")

    client.meta.events.register(f"before-send.dynamodb.{operation}", lose)


def address_of(product):
    """Return the address of the page for a product's kind."""
    return f"/{type(product).__name__.lower()}"


def test_the_first_page_is_that_of_the_albums(visitor):
    """The bare address leads to something that can be used."""
    page = visitor.open("/")

    assert "/album" == visitor.address
    assert {"artist", "title", "year"} <= set(page.inputs)


@pytest.mark.parametrize("product", [PARTITAS, ODYSSEY, THE_KID], ids=name_of)
def test_each_kind_has_its_fields(visitor, product):
    """Choosing the kind is a link, and shows what is known of such a product."""
    page = visitor.open(visitor.page.links[type(product).__name__])

    assert set(facts_of(product)) == set(page.inputs) - {
        "token",
        "kind",
        "view",
        "transaction",
        "at",
    }


@pytest.mark.parametrize("product", [PARTITAS, ODYSSEY, THE_KID], ids=name_of)
def test_a_product_is_written_at_once_without_a_transaction(visitor, other, product):
    """The same button works with and without a transaction."""
    visitor.open(address_of(product))
    page = visitor.press("Add", **facts_of(product))

    assert page.said("status").startswith("Written to the table at once: add")
    assert product.title in page.said("stored")
    assert Found(product) == other.retrieve(type(product), *key_of(product))


def test_three_products_are_committed_together(visitor, other, sent):
    """What is staged is listed, and sent by one request."""
    visitor.press("Begin")
    for product in (PARTITAS, ODYSSEY, THE_KID):
        visitor.open(address_of(product))
        visitor.press("Add", **facts_of(product))
    staged = visitor.page.said("staged")
    nothing_yet = other.stored()
    sent.clear()
    page = visitor.press("Commit")

    assert (
        'insert Album "6 Partitas" by Bach insert Book "Odyssey" by Homer '
        'insert Movie "The Kid" by Chaplin' == staged
    )
    assert Listed(()) == nothing_yet
    assert "TransactWriteItems with 3 actions" == sent[0]
    assert "Committed: 3 actions, all applied together." == page.said("status")
    assert Listed((PARTITAS, ODYSSEY, THE_KID)) == other.stored()


def test_a_rollback_drops_what_is_staged(visitor, other):
    """The list is empty afterwards, and so are the tables."""
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    page = visitor.press("Roll back")

    assert "Rolled back: 1 action dropped, nothing was sent." == page.said("status")
    assert "Nothing is staged." == page.said("staged")
    assert Listed(()) == other.stored()


def test_the_state_decides_what_can_be_pressed(visitor):
    """A button that would be refused looks like it."""
    before = visitor.page
    during = visitor.press("Begin")
    after = visitor.press("Roll back")

    ends = {"Commit", "Roll back", "Savepoint"}
    assert "No transaction is open" == before.said("transaction") == after.said("transaction")
    assert "A transaction is open" == during.said("transaction")
    assert {"Begin", "Add", "Retrieve", "Remove"} == before.enabled() == after.enabled()
    assert {"Add", "Retrieve", "Remove"} | ends == during.enabled()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("commit", "no transaction is open"),
        ("rollback", "no transaction is open"),
        ("savepoint", "no transaction is open"),
        ("release", "no transaction is open"),
        ("rollback-level", "no transaction is open"),
        ("save", "retrieve a product first"),
    ],
)
def test_a_disabled_button_is_refused_by_the_server_too(visitor, sent, value, words):
    """The page of an hour ago may still show the button enabled."""
    page = visitor.send(value, **facts_of(PARTITAS))

    assert (409, []) == (visitor.response.status_code, [each for each in sent if each != "Scan"])
    assert words in page.said("status")
    assert "6 Partitas" == page.inputs["title"]


def test_a_level_is_marked_and_rolled_back(visitor, other, sent):
    """What it staged is dropped; the rest stays, and is committed by one request."""
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    opened = visitor.press("Savepoint")
    visitor.open("/book")
    inside = visitor.press("Add", **facts_of(EMMA))
    after = visitor.press("Roll back level")
    sent.clear()
    committed = visitor.press("Commit")

    album, book = 'insert Album "6 Partitas" by Bach', 'insert Book "Emma" by Austen'
    assert "Level 2 is open. It can be rolled back on its own." == opened.said("status")
    assert "Level 2" == opened.said("level") == inside.said("level")
    assert f"{album} {book} level 2" == inside.said("staged")
    assert "1 call dropped" in after.said("status")
    assert ("Level 1", album) == (after.said("level"), after.said("staged"))
    assert "Committed: 1 action, all applied together." == committed.said("status")
    assert "TransactWriteItems with 1 action" == sent[0]
    assert Listed((PARTITAS,)) == other.stored()


def test_a_level_is_released(visitor):
    """What it staged stays, and is no longer marked."""
    visitor.press("Begin")
    visitor.press("Savepoint")
    visitor.press("Add", **facts_of(PARTITAS))
    page = visitor.press("Release")

    assert "1 call kept in level 1" in page.said("status")
    assert 'insert Album "6 Partitas" by Bach' == page.said("staged")


def test_the_depth_decides_which_levels_can_end(visitor):
    """The transaction itself is no level that could be released."""
    outside = visitor.page
    begun = visitor.press("Begin")
    inside = visitor.press("Savepoint")
    refused = []
    for name, value in [("Release", "release"), ("Roll back level", "rollback-level")]:
        visitor.press(name)
        refused.append(visitor.send(value).said("status"))
        visitor.press("Savepoint")

    of_levels = {"Savepoint", "Release", "Roll back level"}
    assert [set(), {"Savepoint"}, of_levels] == [
        page.enabled() & of_levels for page in (outside, begun, inside)
    ]
    assert ["", "Level 1", "Level 2"] == [page.said("level") for page in (outside, begun, inside)]
    assert ["Not done: no level is open; open one with a savepoint first."] * 2 == refused


def test_what_will_be_sent_is_shown(visitor):
    """Two calls on one product are one action, with its size, its cost and its condition."""
    nothing = visitor.press("Begin").said("actions")
    visitor.press("Add", **facts_of(PARTITAS))
    added = visitor.page
    page = visitor.press("Remove", artist="Bach", title="6 Partitas")

    heads = (
        "Actions of the request, one for each product "
        "Action What changes Only if Size Write units Take back"
    )
    assert "Nothing will be sent." == nothing
    assert "1 action from 1 call, 32 bytes" == added.said("actions-sum")
    assert (
        f'{heads} put Album "6 Partitas" by Bach is new Year: 1731 '
        "nothing is stored under its name yet 32 bytes 2 Unstage"
    ) == added.said("actions")
    assert 2 == page.said("staged").count("Album")
    assert "1 action from 2 calls, at least 25 bytes" == page.said("actions-sum")
    assert (
        f'{heads} delete Album "6 Partitas" by Bach is not stored: it comes and goes '
        "nothing is stored under its name yet at least 25 bytes 2 Unstage insert Unstage delete"
    ) == page.said("actions")


def test_a_second_begin_loses_nothing(visitor):
    """Two windows of one browser are one session."""
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    page = visitor.send("begin")

    assert "open already" in page.said("status")
    assert 'insert Album "6 Partitas" by Bach' == page.said("staged")


def test_a_cancellation_stands_beside_its_product(visitor, other):
    """Each culprit has its reason and what is stored; the others are told apart from it."""
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    visitor.open("/book")
    visitor.press("Add", **facts_of(EMMA))
    other.add(attrs.evolve(PARTITAS, year=1726))
    page = visitor.press("Commit")

    expected = (
        'Album "6 Partitas" by Bach is there already. '
        'Stored now: Album "6 Partitas" by Bach (year 1726).'
    )
    assert "Canceled, nothing was applied." == page.said("status")
    assert page.said("problems").startswith(expected)
    assert 'insert Book "Emma" by Austen' == page.said("others")
    assert page.title.startswith("Canceled – No transaction is open")
    assert "No transaction is open" == page.said("transaction")


def test_reloading_does_nothing_again(visitor, sent):
    """What came of an action has an address of its own, and can be looked at twice."""
    page = visitor.press("Add", **facts_of(PARTITAS))
    again = visitor.open(visitor.response.request.full_path)

    assert page.said("status") == again.said("status") != ""
    assert ["PutItem"] == [each for each in sent if each != "Scan"]


def test_a_doubt_says_what_it_means(visitor, client):
    """Nobody says "failed" about what may have been applied, and reloading sends nothing."""
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    lose_answers(client, "TransactWriteItems")
    page = visitor.press("Commit")

    assert "All of it was applied, or none of it. Resolve finds out" in page.said("status")
    assert page.title.startswith("In doubt – ")
    assert "No transaction is open" == page.said("transaction")
    assert "GET" == visitor.response.request.method


def test_a_doubt_about_one_write_keeps_what_was_typed(visitor, client):
    """Who has looked can do it again."""
    lose_answers(client, "PutItem")
    page = visitor.press("Add", **facts_of(PARTITAS))

    assert page.said("status").startswith("In doubt")
    assert "6 Partitas" == page.inputs["title"]


def test_the_title_says_what_did_not_go_well(visitor):
    """In words of its own: a name with a full stop in it is not cut in two."""
    visitor.open("/movie")
    page = visitor.press("Retrieve", director="Kubrick", title="Dr. Strangelove")

    assert "is not there." in page.said("status")
    assert page.title.startswith("Not there – No transaction is open")


def test_buttons_of_products_with_one_title_have_different_names(visitor, other):
    """Who does not see the row hears whose product it is."""
    for artist in ("Bach", "Telemann"):
        other.add(Album(artist, "Suite"))
    page = visitor.open("/album")

    for verb in ("Retrieve", "Remove"):
        assert {f"{verb} Suite by {artist}" for artist in ("Bach", "Telemann")} <= page.enabled()


def test_products_that_cannot_be_read_are_said(visitor, client):
    """The rest of the page works on."""
    lose_answers(client, "Scan")
    page = visitor.press("Begin")

    assert "This cannot be shown: table" in page.said("stored")
    assert "could not be read" in page.said("stored")
    assert "Not done" not in page.said("stored")
    assert "A transaction is open" == page.said("transaction")


def test_the_engine_is_named_on_every_page(visitor):
    """Nobody takes an imitation for the service."""
    pages = [visitor.page, visitor.open("/book"), visitor.open("/nowhere")]

    assert ["an engine that <forgets>"] * 3 == [page.said("engine") for page in pages]


def test_the_page_can_be_used_without_seeing_it(visitor, service):
    """Every field has a label, headings come in order, and messages are announced."""
    service.add(PARTITAS)
    page = visitor.press("Retrieve", artist="Bach", title="6 Partitas")

    tags = [tag for tag, _ in page.tags]
    ids = [given["id"] for _, given in page.tags if "id" in given]
    fields = {given["id"] for tag, given in page.tags if tag == "input" and "id" in given}
    levels = [int(tag[1]) for tag in tags if tag in ("h1", "h2", "h3")]
    assert {given["for"] for tag, given in page.tags if tag == "label"} == fields
    assert len(set(ids)) == len(ids)
    assert 1 == levels[0]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert {"header", "nav", "main", "footer", "form"} <= set(tags)
    assert ("html", {"lang": "en"}) in page.tags
    assert ("div", {"id": "status", "role": "status", "aria-live": "polite"}) in page.tags
    assert "#main" == page.links["Skip to the content"]
    assert "script" not in tags
