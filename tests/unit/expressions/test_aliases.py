"""Placeholders: one per name, one per value, none of anybody else's."""

import pytest

from transactscope.errors import InvalidRequestError
from transactscope.expressions.aliases import Aliases
from transactscope.expressions.clauses import RawUpdate
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import path
from transactscope.expressions.predicates import RawCondition


def test_a_name_has_one_placeholder():
    """Wherever it stands in a path: expressions stay short."""
    aliases = Aliases()

    assert "#n0.#n1[2].#n0" == aliases.path(path("a.b[2].a"))
    assert "#n1" == aliases.path(path("b"))
    assert {"#n0": "a", "#n1": "b"} == aliases.names


def test_every_value_has_its_own_placeholder():
    """Equal values stay apart, so that a text does not depend on values."""
    aliases = Aliases()
    one = Literal({"N": "1"})

    assert (":v0", ":v1") == (aliases.literal(one), aliases.literal(one))
    assert {":v0": {"N": "1"}, ":v1": {"N": "1"}} == aliases.values


def test_placeholders_of_raw_expressions_are_kept_and_avoided():
    """A user may have called them as we do."""
    aliases = Aliases.around(
        [
            RawCondition("", {"#n0": "x", "#n2": "y"}, {":v1": {"N": "1"}}),
            RawUpdate("", {"#n0": "x"}, {":v1": {"N": "1"}, ":a": {"N": "2"}}),
        ]
    )

    assert "#n1.#n3" == aliases.path(path("x.z"))
    assert [":v0", ":v2"] == [aliases.literal(Literal({"S": text})) for text in "ab"]


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (RawCondition("", {"#a": "x"}, {}), RawUpdate("", {"#a": "y"}, {}), "#a is defined twice"),
        (
            RawCondition("", {}, {":a": {"S": "secret"}}),
            RawCondition("", {}, {":a": {"S": "other"}}),
            ":a is defined twice",
        ),
    ],
    ids=["names", "values"],
)
def test_one_placeholder_has_one_meaning(one, other, words):
    """One request has one definition of each; the other expression would change its meaning."""
    with pytest.raises(InvalidRequestError, match=words) as caught:
        Aliases.around([one, other])

    assert "secret" not in str(caught.value)


def test_the_bytes_behind_placeholders_are_counted_once_each():
    """A name counts once however often it stands there, a value each time that it is sent."""
    raw = RawCondition("#a = :v", {"#a": "é"}, {":v": {"S": "xyz"}})
    aliases = Aliases.around([raw, raw])
    aliases.path(path("price.price"))
    aliases.literal(Literal({"N": "123"}))

    assert 2 + 3 + 5 + 3 == aliases.size
