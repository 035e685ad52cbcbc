"""Random sequences of writes to one item, and what they do one after the other.

The oracle is the engine itself: each call of a sequence is sent alone. A sequence stops
at its first call that fails, and then nothing of it counts, as in a transaction.
"""

from typing import Any

from attrs import define, evolve
from hypothesis import strategies as st

from transactscope import Attr, entity, if_not_exists, list_append, path
from transactscope.errors import TransactScopeError


@entity("Thing", partition_key="id", extra="allow")
@define
class Thing:
    """An item whose attributes may have any type."""

    id: str
    n: Any = None
    s: Any = None
    l: Any = None  # noqa: E741 - a list
    m: Any = None
    u: Any = None


@define
class Call:
    """One call: a verb, and what it is called with."""

    verb: str
    entity: Thing | None
    options: dict[str, Any]

    def perform(self, target, key):
        """Call the verb of a scope or database on the item with this key."""
        if self.entity is not None:
            return getattr(target, self.verb)(evolve(self.entity, id=key), **self.options)
        return getattr(target, self.verb)(Thing, key, **self.options)


NUMBERS = st.integers(-2, 2)
TEXTS = st.sampled_from(["", "a", "ab"])
LISTS = st.lists(NUMBERS, max_size=3)
MAPS = st.dictionaries(st.sampled_from("xy"), NUMBERS, max_size=2)
SETS = st.sets(st.integers(0, 3), min_size=1, max_size=3)

THINGS = st.builds(
    Thing,
    id=st.just("?"),
    n=st.none() | NUMBERS | TEXTS,
    s=st.none() | TEXTS,
    l=st.none() | LISTS,
    m=st.none() | MAPS,
    u=st.none() | SETS,
)

_TESTS = st.one_of(
    st.builds(lambda name: Attr(name).exists(), st.sampled_from(["id", "n", "s", "l", "m.x"])),
    st.builds(lambda name: Attr(name).not_exists(), st.sampled_from(["id", "n", "l[0]", "m.y"])),
    st.builds(lambda value: Attr("n").gte(value), NUMBERS),
    st.builds(lambda value: Attr("n").eq(value), NUMBERS),
    st.builds(lambda value: Attr("m.x").ne(value), NUMBERS),
    st.builds(lambda value: Attr("s").begins_with(value), st.sampled_from(["a", "ab"])),
    st.builds(lambda value: Attr("l").contains(value), NUMBERS),
    st.builds(lambda value: Attr("u").contains(value), st.integers(0, 3)),
    st.just(Attr("n").lt(Attr("m.x"))),
)
CONDITIONS = st.recursive(
    _TESTS,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        st.builds(lambda a: ~a, inner),
    ),
    max_leaves=3,
)

_SETS_OF = st.one_of(
    st.tuples(st.just("n"), NUMBERS),
    st.tuples(st.just("n"), st.just(path("n") + 1)),
    st.tuples(st.just("n"), st.builds(lambda d: if_not_exists("n", d), NUMBERS)),
    st.tuples(st.just("n"), st.just(path("m.x"))),
    st.tuples(st.just("s"), TEXTS),
    st.tuples(st.just("l"), LISTS),
    st.tuples(st.just("l"), st.builds(lambda v: list_append("l", v), LISTS)),
    st.tuples(st.just("l"), st.builds(lambda v: list_append(v, path("l")), LISTS)),
    st.tuples(st.just("l"), st.builds(lambda v: list_append(if_not_exists("l", []), v), LISTS)),
    st.tuples(st.just("l[0]"), NUMBERS),
    st.tuples(st.just("m"), MAPS),
    st.tuples(st.just("m.x"), NUMBERS),
    st.tuples(st.just("m.y"), st.just(path("n") - 1)),
)
_CLAUSES = st.one_of(
    _SETS_OF.map(lambda pair: ("set", *pair)),
    st.sampled_from(["n", "s", "l[0]", "m.x", "m", "l"]).map(lambda name: ("remove", name, None)),
    NUMBERS.map(lambda value: ("add", "n", value)),
    SETS.map(lambda value: ("add", "u", value)),
    SETS.map(lambda value: ("delete", "u", value)),
)


@st.composite
def _changes(draw):
    """Draw clauses whose paths have different roots, so that no update refuses itself."""
    drawn = draw(st.lists(_CLAUSES, min_size=1, max_size=3, unique_by=lambda c: c[1][0]))
    changes = {}
    for word, name, value in drawn:
        if word == "remove":
            changes.setdefault(word, []).append(name)
        else:
            changes.setdefault(word, {})[name] = value
    return changes


_CONDITION = st.fixed_dictionaries({}, optional={"condition": CONDITIONS})

CALLS = st.one_of(
    st.builds(Call, st.sampled_from(["put", "insert", "replace"]), THINGS, _CONDITION),
    st.builds(
        lambda changes, condition: Call("update", None, changes | condition), _changes(), _CONDITION
    ),
    st.builds(
        lambda changes, condition: Call("update", None, changes | condition), _changes(), _CONDITION
    ),
    st.builds(Call, st.just("delete"), st.none(), _CONDITION),
    st.builds(Call, st.just("check"), st.none(), st.fixed_dictionaries({"condition": CONDITIONS})),
)
SEQUENCES = st.tuples(st.none() | THINGS, st.lists(CALLS, min_size=2, max_size=4))


def one_by_one(scope_of, calls, key):
    """Send each call alone; return whether all succeeded."""
    for call in calls:
        try:
            with scope_of() as tx:
                call.perform(tx, key)
        except TransactScopeError:
            return False
    return True
