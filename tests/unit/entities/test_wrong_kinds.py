"""Names that are none, and items of another class: what only a careless program hands over."""

import attrs
import pytest

from transactscope import EntityKey, entity
from transactscope.entities.items import item_reader
from transactscope.entities.mapping import mapping_of
from transactscope.errors import InvalidRequestError, TransactScopeError
from transactscope.values import default_converter


@entity("Kinds", partition_key="name", discriminator=("kind", "album"))
@attrs.define
class Album:
    """An item of one kind among others."""

    name: str


async def _later(name):
    return name


def _failing(name):
    raise LookupError(name)


@pytest.mark.parametrize(
    ("naming", "told"),
    [(_failing, "naming= raised LookupError"), (_later, "must return a text")],
)
def test_a_function_that_names_nothing_is_refused(naming, told):
    """What a function of the user's does wrong is told with the field that it was asked for."""

    @attrs.define
    class Plain:
        name: str

    with pytest.raises(InvalidRequestError, match=told):
        entity("Plain", partition_key="name", naming=naming)(Plain)


@pytest.mark.parametrize("name", [5, None])
def test_an_index_is_named_by_a_text(name):
    """Another type is a mistake, and no index that is not there."""
    with pytest.raises(InvalidRequestError, match="must be the name of an index") as refused:
        mapping_of(Album).index(name)

    assert "UNKNOWN_INDEX" == refused.value.code


def test_a_field_is_named_by_a_text():
    """As in a projection that was made of something else."""
    with pytest.raises(InvalidRequestError, match="not by int") as refused:
        EntityKey(Album, "a").only(5)

    assert "UNKNOWN_FIELD" == refused.value.code


def test_an_item_of_another_kind_is_not_read_as_this_one():
    """The quick way reads what has the right tag, and leaves the rest to the way that refuses."""
    read = item_reader(Album, default_converter())

    assert Album("a") == read({"name": {"S": "a"}, "kind": {"S": "album"}})
    with pytest.raises(TransactScopeError, match="kind"):
        read({"name": {"S": "a"}, "kind": {"S": "book"}})
