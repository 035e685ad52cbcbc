"""Whatever is left out or renamed: what was written comes back, and says the same twice."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from transactscope import entity, from_item, to_item
from transactscope.fields import TTL, Alias, OmitIfDefault, OmitIfNone

NUMBERS = st.sampled_from([0, 1, 5, -1])
ANYTHING = st.recursive(
    st.sampled_from([None, True, False, 0, 1, "", "x", Decimal("0.5")]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=4,
)


@define
class Part:
    """A nested class."""

    n: Annotated[int | None, OmitIfNone, Alias("m")] = 5
    m: Annotated[int | None, OmitIfDefault, Alias("n")] = 5


@entity("Some", partition_key="id", naming=str.upper, discriminator=("kind", "x"))
@define
class Thing:
    """An entity whose fields are left out in all ways."""

    id: str
    number: Annotated[int, OmitIfDefault] = 5
    truth: Annotated[bool, OmitIfDefault] = True
    maybe: Annotated[bool | int | None, OmitIfDefault] = 0
    none: Annotated[Any, OmitIfNone] = 0
    any: Annotated[Any, OmitIfDefault] = field(default=[0, False])
    marks: Annotated[set[int], OmitIfDefault] = field(factory=set)
    part: Part | None = None
    parts: Annotated[list[Part], OmitIfDefault] = field(factory=list)
    expires: Annotated[datetime, TTL] | None = None


PARTS = st.builds(Part, n=st.none() | NUMBERS, m=st.none() | NUMBERS)
THINGS = st.builds(
    Thing,
    id=st.just("1"),
    number=NUMBERS,
    truth=st.booleans(),
    maybe=st.none() | st.booleans() | NUMBERS,
    none=ANYTHING,
    any=ANYTHING | st.just([0, False]) | st.just([False, 0]),
    marks=st.sets(NUMBERS),
    part=st.none() | PARTS,
    parts=st.lists(PARTS, max_size=2),
    expires=st.none()
    | st.integers(-(10**9), 10**10).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)


def _exactly(value: Any) -> str:
    return repr(value)  # True is 1 to Python, and must not become it


@given(THINGS)
def test_what_was_written_comes_back(thing):
    """Leaving out loses nothing, not even the difference between 0 and False."""
    item = to_item(thing)
    again = from_item(Thing, item)

    assert thing == again
    assert _exactly([thing.maybe, thing.none, thing.any]) == _exactly(
        [again.maybe, again.none, again.any]
    )
    assert item == to_item(again)
