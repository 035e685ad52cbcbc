"""Mistakes of the sample that this one descends from, each with the number it is known by.

`aws-samples/amazon-dynamodb-transaction-framework` has the same three products.
"""

import contextlib
import json
import locale
from typing import Any

import attrs
import pytest

from samples.catalog.app import Options, choose_engine
from samples.catalog.frontend.entry import product_of
from samples.catalog.frontend.terminal import EMMA, ODYSSEY, PARTITAS, PLANETS, THE_KID
from samples.catalog.provider.products import Album, Book, Movie, facts_of, key_of
from samples.catalog.provider.tables import ProductTables
from samples.catalog.service.catalog import CatalogService
from samples.catalog.service.outcomes import (
    Canceled,
    Committed,
    Found,
    Listed,
    Refused,
    RolledBack,
    Staged,
    TablesReady,
    Written,
)
from transactscope import to_item
from transactscope.errors import ScopeStateError


@pytest.fixture
def bodies(client):
    """The bodies of the requests that are sent."""
    seen = []

    def note(request, **_):
        seen.append(json.loads(request.body))

    client.meta.events.register_first("before-send.dynamodb", note)
    return seen


def test_aws_1_an_inner_rollback_keeps_what_is_around_it(service, other, sent):
    """Only the level's own calls are dropped; the others are committed."""
    service.begin()
    service.add(PARTITAS)
    service.savepoint()
    service.add(EMMA)
    service.rollback_level()

    assert Committed(1) == service.commit()
    assert ["TransactWriteItems with 1 action"] == sent
    assert Listed((PARTITAS,)) == other.stored()


def test_aws_1_an_outer_rollback_takes_what_an_inner_level_released(service, other, sent):
    """The end of a level writes nothing, so there is nothing that could stay."""
    service.begin()
    service.add(PARTITAS)
    service.savepoint()
    service.add(EMMA)
    service.release()

    assert RolledBack(2) == service.rollback()
    assert [] == sent
    assert Listed(()) == other.stored()


@pytest.mark.parametrize("is_released", [True, False])
def test_aws_2_all_levels_are_one_request(service, other, sent, is_released):
    """One culprit, in whatever level, keeps all of them out; an open level is no second request."""
    other.add(PARTITAS)
    sent.clear()
    service.begin()
    service.add(PARTITAS)
    service.savepoint()
    service.add(EMMA)
    if is_released:
        service.release()

    assert isinstance(service.commit(), Canceled)
    assert ["TransactWriteItems with 2 actions"] == sent
    assert Listed((PARTITAS,)) == other.stored()


@pytest.mark.parametrize("end", ["release", "rollback_level"])
def test_aws_3_an_empty_level_loses_nothing(service, other, end):
    """What was staged before it and after it is committed."""
    service.begin()
    service.add(PARTITAS)
    service.savepoint()
    getattr(service, end)()
    service.add(ODYSSEY)
    service.add(THE_KID)

    assert Committed(3) == service.commit()
    assert Listed((PARTITAS, ODYSSEY, THE_KID)) == other.stored()


@pytest.mark.parametrize("product", [PARTITAS, ODYSSEY, THE_KID], ids=lambda each: each.title)
@pytest.mark.parametrize("in_a_transaction", [True, False])
def test_aws_5_a_product_that_was_read_can_be_saved(service, other, product, in_a_transaction):
    """Read, change, save works on every kind of product: its type is its class, and never lost."""
    service.add(product)
    read = service.retrieve(type(product), *key_of(product)).product
    changed = (
        attrs.evolve(read, genres=frozenset({"Other"}))
        if isinstance(read, Movie)
        else product_of(type(read), {**facts_of(read), "year": "1"})
        if isinstance(read, Album)
        else attrs.evolve(read, language="Other")
    )
    if in_a_transaction:
        service.begin()
    service.change(changed, seen=read)
    if in_a_transaction:
        service.commit()

    assert Found(changed) == other.retrieve(type(product), *key_of(product))


def test_aws_8_a_second_commit_sends_nothing(service, sent):
    """A second click on commit cannot apply the same list again."""
    service.begin()
    service.add(PARTITAS)

    assert [Committed, Refused] == [type(service.commit()) for _ in range(2)]
    assert ["TransactWriteItems with 1 action"] == sent


def test_aws_8_what_comes_while_a_commit_is_under_way_is_refused(service, client, sent):
    """An add or a commit during the send is not taken in and then lost, nor sent behind it."""
    during = []

    def meanwhile(**_):
        during.extend([service.add(EMMA), service.commit(), service.rollback(), service.begin()])

    service.begin()
    service.add(PARTITAS)
    client.meta.events.register("before-send.dynamodb.TransactWriteItems", meanwhile)
    outcome = service.commit()

    assert Committed(1) == outcome
    assert [Refused] * 4 == [type(each) for each in during]
    assert Listed((PARTITAS,)) == service.stored()


def test_aws_9_table_name_is_not_stored_in_items(service, tables, client, prefix):
    """Items hold what the product is, and nothing of where it is stored."""
    service.begin()
    for product in (PARTITAS, ODYSSEY, THE_KID):
        service.add(product)
    service.commit()

    items = [
        item
        for table in tables.names
        for item in client.scan(TableName=table, ConsistentRead=True)["Items"]
    ]
    assert [] == [item for item in items if prefix in json.dumps(item)]
    assert [set(facts_of(product)) for product in (PARTITAS, ODYSSEY, THE_KID)] == [
        set(item) for item in items
    ]


@contextlib.contextmanager
def any_other_locale():
    """Set a locale of this machine that writes dates in another order, if there is one."""
    before = locale.setlocale(locale.LC_ALL)
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "en_GB.UTF-8", "C.UTF-8", "C"):
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_ALL, name)
            break
    try:
        yield
    finally:
        locale.setlocale(locale.LC_ALL, before)


def test_aws_10_dates_do_not_depend_on_the_locale(service, other):
    """The second of November stays what it is, whoever writes and whoever reads."""
    with any_other_locale():
        stored = to_item(ODYSSEY)["publish_date"]
        service.add(product_of(Book, facts_of(ODYSSEY)))

    assert {"S": "1614-11-02"} == stored
    assert Found(ODYSSEY) == other.retrieve(Book, *key_of(ODYSSEY))


def test_aws_10_a_date_that_cannot_be_read_is_not_today(service, tables, client):
    """A date that is missing or strange is told, and never replaced by another."""
    item = {**to_item(ODYSSEY), "publish_date": {"S": "02.11.1614"}}
    client.put_item(TableName=tables.name_of(Book), Item=item)

    outcome = service.retrieve(Book, *key_of(ODYSSEY))

    assert isinstance(outcome, Refused)
    assert "publish_date" in str(outcome)


def test_aws_11_a_product_is_what_its_table_says(service, tables, client):
    """A book with an attribute called `artist` is still a book."""
    client.put_item(
        TableName=tables.name_of(Book), Item={**to_item(ODYSSEY), "artist": {"S": "Somebody"}}
    )

    assert Found(ODYSSEY) == service.retrieve(Book, *key_of(ODYSSEY))
    assert Listed((ODYSSEY,)) == service.stored()


@pytest.mark.parametrize("in_a_transaction", [True, False])
def test_aws_11_attributes_of_other_programs_survive_a_change(
    service, tables, client, in_a_transaction
):
    """What this program does not know, it does not erase."""
    shelf = {"M": {"row": {"N": "7"}, "is_high": {"BOOL": True}}}
    client.put_item(TableName=tables.name_of(Book), Item={**to_item(ODYSSEY), "shelf": shelf})
    if in_a_transaction:
        service.begin()
    service.change(attrs.evolve(ODYSSEY, language="Greek"), seen=ODYSSEY)
    if in_a_transaction:
        service.commit()

    key = {name: to_item(ODYSSEY)[name] for name in ("author", "title")}
    item = client.get_item(TableName=tables.name_of(Book), Key=key)["Item"]
    assert ({"S": "Greek"}, shelf) == (item["language"], item["shelf"])


def test_aws_12_a_change_is_no_blind_put(service, other):
    """Of two who change what both have read, the second is told, and the first one's work stays."""
    service.add(PARTITAS)
    first, second = (attrs.evolve(PARTITAS, year=year) for year in (1730, 1732))
    other.change(first, seen=PARTITAS)
    service.begin()
    service.change(second, seen=PARTITAS)

    outcome = service.commit()

    assert isinstance(outcome, Canceled)
    assert [first] == [problem.stored for problem in outcome.problems]
    assert Found(first) == other.retrieve(Album, *key_of(PARTITAS))


def test_aws_12_a_change_sends_an_update_of_what_differs(service, bodies):
    """An update is an update, of one attribute."""
    service.add(ODYSSEY)
    service.change(attrs.evolve(ODYSSEY, language="Greek"), seen=ODYSSEY)

    assert "UpdateExpression" in bodies[-1]
    assert {"S": "Greek"} in bodies[-1]["ExpressionAttributeValues"].values()


@pytest.mark.parametrize("end", ["commit", "rollback"])
@pytest.mark.parametrize("before", ["nothing", "commit", "rollback", "cancellation"])
def test_aws_15_an_end_without_a_begin_is_a_sentence(service, sent, end, before):
    """Commit and rollback without a transaction are answered, whatever came before."""
    if before != "nothing":
        service.begin()
        service.add(PARTITAS)
    if before == "cancellation":
        CatalogService(service._tables).add(PARTITAS)
    if before in ("commit", "cancellation"):
        service.commit()
    elif before == "rollback":
        service.rollback()
    sent.clear()

    outcome = getattr(service, end)()

    assert "Not done: no transaction is open; begin one first." == str(outcome)
    assert isinstance(outcome.error, ScopeStateError)
    assert [] == sent


def test_aws_16_staged_is_not_called_stored(service, other):
    """What is only staged is never reported as done."""
    service.begin()
    staged = [service.add(PARTITAS), service.remove(Movie, *key_of(THE_KID))]
    service.rollback()
    written = service.add(PARTITAS)

    assert [Staged, Staged, Written] == [type(outcome) for outcome in [*staged, written]]
    assert all(str(outcome).startswith("Staged, not sent") for outcome in staged)


def test_aws_16_an_error_of_the_service_ends_nothing(client):
    """Every use of tables that are not there is answered with a sentence."""
    service = CatalogService(ProductTables(client, prefix="nowhere-"))
    outcomes = [
        service.add(PARTITAS),
        service.retrieve(Album, *key_of(PARTITAS)),
        service.change(attrs.evolve(PARTITAS, year=1), seen=PARTITAS),
        service.add_genre(*key_of(THE_KID), "Silent"),
        service.remove(Album, *key_of(PARTITAS)),
        service.stored(),
    ]
    service.begin()
    service.add(PARTITAS)

    assert [Refused] * 7 == [type(outcome) for outcome in [*outcomes, service.commit()]]


def test_aws_17_tables_are_created_and_awaited_even_if_one_exists(client, prefix):
    """A table that exists does not keep the others from being created, and all are usable."""
    tables = ProductTables(client, prefix=prefix)
    tables.database.create_table(Album)
    service = CatalogService(tables)

    assert TablesReady(tables.names) == service.create_tables()
    states = [client.describe_table(TableName=name)["Table"] for name in tables.names]
    assert [("ACTIVE", "PAY_PER_REQUEST")] * 3 == [
        (state["TableStatus"], state["BillingModeSummary"]["BillingMode"]) for state in states
    ]


def test_aws_18_credentials_and_region_are_the_users_own(monkeypatch, tmp_path):
    """A remote engine is used with the settings that boto3 finds, and with none of the sample's."""
    settings = tmp_path / "credentials"
    settings.write_text("[mine]\naws_access_key_id = own\naws_secret_access_key = own\n")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(settings))
    options = Options(engine="remote", region="ap-southeast-2", profile="mine")

    with choose_engine(options) as engine:
        client: Any = engine.client
        access_key = client._request_signer._credentials.access_key

    assert ("own", "ap-southeast-2") == (access_key, client.meta.region_name)


def test_aws_18_any_client_can_be_used(engine, prefix):
    """The layers work with the client that they are given, wherever it speaks to."""
    service = CatalogService(ProductTables(engine.client, prefix=prefix))
    service.create_tables()
    service.add(PLANETS)

    assert Found(PLANETS) == service.retrieve(Album, *key_of(PLANETS))


def test_aws_19_add_and_remove_of_one_product_does_not_poison_the_transaction(service, other):
    """Both together come to one action, which leaves no product; the rest is committed."""
    service.begin()
    outcomes = [service.add(PARTITAS), service.remove(Album, *key_of(PARTITAS)), service.add(EMMA)]

    assert [Staged] * 3 == [type(outcome) for outcome in outcomes]
    assert [("delete", 2), ("put", 1)] == [(each.verb, each.calls) for each in service.actions]
    assert Committed(2) == service.commit()
    assert Listed((EMMA,)) == other.stored()


def test_aws_19_add_and_remove_and_add_of_one_product_adds_it(service, other):
    """Whatever the number of calls on a product is, the last word counts."""
    service.begin()
    service.add(PARTITAS)
    service.remove(Album, *key_of(PARTITAS))
    service.add(PARTITAS)

    assert Committed(1) == service.commit()
    assert Listed((PARTITAS,)) == other.stored()
