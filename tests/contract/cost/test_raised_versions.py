"""A version is raised by its commit, and costs what it makes of the item and its index entries."""

import pytest
from attrs import define

from tests.contract.cost.given import course, only_sync
from tests.shells import Database, TransactScope
from transactscope import entity, to_item
from transactscope.indexes import GlobalIndex
from transactscope.values.sizes import item_size

pytestmark = pytest.mark.needs("capacity")


@entity(
    "Document",
    partition_key="name",
    version="version",
    indexes=[
        GlobalIndex("by-owner", partition_key="owner"),
        GlobalIndex("by-site", partition_key="site", projection=["version"]),
        GlobalIndex("by-kind", partition_key="kind", projection=["title"]),
    ],
)
@define
class Document:
    """An entity with a version, which some of its indexes hold."""

    name: str
    title: str = ""
    owner: str | None = None
    site: str | None = None
    kind: str | None = None
    version: int | None = None


@pytest.fixture
def documents(client, shell, table_name, tokens):
    """A database with an empty table of documents."""
    made = Database(client, table_names={"Document": table_name}, new_token=tokens)
    made.create_table(Document)
    return made


def _put(tx, found):
    found.title = found.title[:-1] + "y"
    tx.put(found)


def _update(tx, found):
    found.title = found.title[:-1] + "y"
    tx.update(found)


def _update_twice(tx, found):
    tx.update(Document, found.name, set={"title": found.title})
    tx.update(Document, found.name, set={"kind": found.kind or "k"})


CHANGES = {
    "put": _put,
    "update of the entity": _update,
    "update by key": lambda tx, found: tx.update(Document, "a", set={"title": found.title}),
    "updates": _update_twice,
    "put, then update": lambda tx, found: (
        tx.put(found),
        tx.update(Document, "a", set={"title": found.title}),
    ),
}


@only_sync
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("version", [9, 98, 99, 100, 999])
def test_a_longer_number_makes_a_larger_item(documents, client, table_name, change, version):
    """From 99 to 100 an item grows by a byte or not, and may be a write unit larger."""
    item = to_item(Document("a", "x")) | {"version": {"N": str(version)}}
    item["title"] = {"S": "x" * (1024 - item_size(item) + 1)}
    client.put_item(TableName=table_name, Item=item)
    tx = TransactScope(documents).begin()
    CHANGES[change](tx, tx.get(Document, "a"))
    computed, is_exact, consumed = course(tx)

    assert (True, consumed) == (is_exact, computed)


@only_sync
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("index", [{"owner": "o"}, {"site": "s"}, {"kind": "k"}])
def test_an_entry_that_holds_the_version_changes_with_it(documents, change, index):
    """Whatever else stays as it was, and for no other entry there is anything to pay."""
    documents.put(Document("a", "title", **index))
    tx = TransactScope(documents).begin()
    CHANGES[change](tx, tx.get(Document, "a"))
    computed, is_exact, consumed = course(tx)

    assert (True, consumed) == (is_exact, computed)
