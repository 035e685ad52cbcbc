"""What is asked of a product, in words: one call, and several that come together."""

import attrs
import pytest

from samples.catalog.frontend.terminal import PARTITAS, THE_KID
from samples.catalog.provider.products import Album, Movie, key_of
from samples.catalog.service import asked
from samples.catalog.service.asked import Difference

CHANGED = attrs.evolve(PARTITAS, year=1732)
ADD = asked.to_add(PARTITAS)
CHANGE = asked.to_change(CHANGED, PARTITAS)
REMOVE = asked.to_remove(Album, *key_of(PARTITAS), None)


@pytest.mark.parametrize(
    ("what", "differences"),
    [
        (ADD, ["year: 1731"]),
        (asked.to_add(Album("Bach", "Air")), []),
        (CHANGE, ["year: 1731 → 1732"]),
        (asked.to_change(attrs.evolve(PARTITAS, year=None), PARTITAS), ["year: 1731"]),
        (asked.to_remove(Album, *key_of(PARTITAS), PARTITAS), ["year: 1731"]),
        (REMOVE, []),
    ],
    ids=["add", "add-with-nothing", "change", "take-away", "remove-seen", "remove-unseen"],
)
def test_differences_are_told_field_by_field(what, differences):
    """Nobody has to compare two products in the head, or to read what stays as it is."""
    assert differences == [str(each) for each in what.differences]


def test_a_difference_has_both_sides():
    """What is taken away has no after, and what is new no before."""
    (taken,) = asked.to_change(attrs.evolve(PARTITAS, year=None), PARTITAS).differences

    assert Difference("year", "1731", "") == taken


@pytest.mark.parametrize(
    ("what", "condition"),
    [
        (ADD, "nothing is stored under its name yet"),
        (CHANGE, "it is still stored as it was retrieved: year 1731"),
        (
            asked.to_change(PARTITAS, attrs.evolve(PARTITAS, year=None)),
            "it is still stored as it was retrieved",
        ),
        (REMOVE, "it is there"),
    ],
    ids=["add", "change", "change-of-little", "remove"],
)
def test_conditions_are_told_in_words(what, condition):
    """An expression of DynamoDB's is nothing for people."""
    assert condition == what.condition


@pytest.mark.parametrize(
    ("calls", "summary", "condition", "differences"),
    [
        ([CHANGE], CHANGE.summary, CHANGE.condition, ["year: 1731 → 1732"]),
        ([ADD, CHANGE], "is new", ADD.condition, ["year: 1732"]),
        ([ADD, REMOVE], "is not stored: it comes and goes", ADD.condition, []),
        ([CHANGE, REMOVE], "is removed", CHANGE.condition, ["year: 1731"]),
        ([REMOVE, ADD], "is replaced", REMOVE.condition, ["year: 1731"]),
        (
            [CHANGE, asked.to_change(PARTITAS, CHANGED)],
            "is changed",
            CHANGE.condition,
            [],
        ),
    ],
    ids=["one", "add-change", "add-remove", "change-remove", "remove-add", "there-and-back"],
)
def test_calls_on_one_product_are_told_together(calls, summary, condition, differences):
    """The first one says what has to be stored, the last one what will be."""
    whole = asked.together(calls)

    assert (summary, condition, differences) == (
        whole.summary,
        whole.condition,
        [str(each) for each in whole.differences],
    )


def test_what_nobody_has_seen_is_told_without_values():
    """A genre is added to those that are stored, whatever they are."""
    genre = asked.to_add_genre(*key_of(THE_KID), "Silent")
    whole = asked.together([genre, genre])

    assert ("gets the genre Silent, whatever it has", ()) == (genre.summary, genre.differences)
    assert (None, ()) == (whole.wanted, whole.differences)
    assert whole.summary.startswith(genre.summary)


def test_another_product_is_not_the_one_that_was_seen():
    """What stands in the form may be another product than the one that is removed."""
    unseen = [
        asked.to_remove(Album, "Bach", "Air", PARTITAS),
        asked.to_remove(Movie, *key_of(PARTITAS), PARTITAS),
    ]

    assert [None, None] == [each.seen for each in unseen]
