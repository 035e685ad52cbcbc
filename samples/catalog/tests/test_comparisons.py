"""Two versions of one product, and what a new start is proposed to be."""

from datetime import date

import attrs
import pytest

from samples.catalog.provider.products import Book
from samples.catalog.service.comparisons import ComparedField, Comparison

SEEN = Book("Homer", "Odyssey", date(1614, 11, 2), "English")
YOURS = attrs.evolve(SEEN, language="Greek")
THEIRS = attrs.evolve(SEEN, publish_date=date(1615, 1, 1))


@pytest.mark.parametrize(
    ("theirs", "seen", "merged"),
    [
        (THEIRS, SEEN, attrs.evolve(THEIRS, language="Greek")),
        (attrs.evolve(SEEN, language="Latin"), SEEN, YOURS),
        (THEIRS, None, YOURS),
        (None, SEEN, YOURS),
    ],
    ids=["different-fields", "the-same-field", "nothing-was-seen", "nothing-is-stored"],
)
def test_a_new_start_has_their_work_and_your_changes(theirs, seen, merged):
    """What you did not touch is theirs, so that saving takes nothing of it away."""
    assert merged == Comparison(YOURS, theirs, seen).merged


def test_fields_that_differ_are_known():
    """A page marks them, and a field that both have changed is another thing than one of them."""
    both = attrs.evolve(THEIRS, language="Latin")
    fields = Comparison(YOURS, both, SEEN).fields

    assert ComparedField("language", "English", "Latin", "Greek") == fields[3]
    assert [False, False, True, True] == [each.differs for each in fields]
    assert [False, False, False, True] == [each.is_disputed for each in fields]


def test_what_is_not_stored_has_no_texts():
    """A product that somebody else has removed is shown beside nothing."""
    fields = Comparison(YOURS, None, SEEN).fields

    assert {""} == {each.theirs for each in fields}
