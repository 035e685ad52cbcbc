"""What errors mean for products; engines do not produce all of them."""

from datetime import date

import attrs
import pytest

from samples.catalog.provider.products import Album, Book, Movie, name_of
from samples.catalog.service.failures import failed
from samples.catalog.service.outcomes import Canceled, Problem, Refused, Staged
from transactscope.errors import (
    ConversionError,
    DuplicateTargetError,
    InvalidKeyError,
    InvalidRequestError,
    NotSentError,
    TableNotFoundError,
    TransactionCanceledError,
)
from transactscope.types import CancellationReason

KEY = {"artist": {"S": "Bach"}, "title": {"S": "6 Partitas"}}


def canceled(code, **facts):
    """Make the error of a transaction whose one action failed."""
    details = {"verb": "insert", "table": "Album", "key": KEY, "entity_class": Album, **facts}
    reason = CancellationReason(0, code, **details)
    return TransactionCanceledError("canceled", reasons=(reason,))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("TransactionConflict", "another transaction"),
        ("ThrottlingError", "no capacity"),
        ("ProvisionedThroughputExceeded", "overloaded"),
        ("ItemCollectionSizeLimitExceeded", "ItemCollectionSizeLimitExceeded"),
    ],
)
def test_each_reason_names_the_product(code, words):
    """Whatever the reason is, it is told about a product."""
    text = str(failed(canceled(code)))

    assert 'Album "6 Partitas" by Bach' in text
    assert words in text


def test_a_cancellation_without_reasons_is_still_told():
    """A server may give none."""
    outcome = failed(TransactionCanceledError("canceled"))

    assert Canceled(()) == outcome
    assert "gave no reason" in str(outcome)


def test_a_reason_without_an_action_has_its_position():
    """What cannot be traced to a product is not hidden."""
    outcome = failed(canceled("ValidationError", entity_class=None, key=None))

    assert "action 0 failed with ValidationError" in str(outcome)


def test_a_stored_item_that_is_no_product_is_left_out():
    """Raw attribute values are nothing for people to read."""
    outcome = failed(canceled("ConditionalCheckFailed", item={"artist": {"S": "Bach"}}))

    assert Canceled((Problem('Album "6 Partitas" by Bach', "is there already"),)) == outcome


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DuplicateTargetError("two items"), "does not fold with what is staged for it."),
        (TableNotFoundError("no table"), "no table"),
        (NotSentError("no connection"), "no connection"),
        (InvalidRequestError("too long"), "too long"),
    ],
)
def test_every_other_error_says_that_it_was_not_done(error, words):
    """All of these classes promise that nothing was applied."""
    outcome = failed(error)

    assert isinstance(outcome, Refused)
    assert error is outcome.error
    assert words in str(outcome)


@pytest.mark.parametrize(
    ("error", "field"),
    [
        (InvalidKeyError("it is empty, and a key attribute", path="Album.artist"), "artist"),
        (ConversionError("an empty set cannot be stored", path="Movie.genres"), "genres"),
        (InvalidKeyError("two tables"), None),
        (InvalidRequestError("Album.artist is mentioned"), None),
    ],
)
def test_an_error_about_a_field_names_it(error, field):
    """A front end can say it beside the field."""
    outcome = failed(error)

    assert isinstance(outcome, Refused)
    assert field == outcome.field


@pytest.mark.parametrize("product", [Album("", "6 Partitas"), Movie("A", "B", frozenset())])
def test_the_field_is_found_in_what_the_library_says(service, product):
    """The errors are the library's own, and so is the place where they name the field."""
    assert service.add(product).field in ("artist", "genres")


def test_what_does_not_fold_is_told_without_lines_of_code(service):
    """The library names both calls with their files; people get the reason."""
    service.begin()
    service.add(Album("Bach", "6 Partitas"))

    assert (
        "Not done: this does not fold with what is staged for it: "
        "the new one's condition can never be true after the earlier one. "
        "To do this instead, unstage that first, or roll back."
    ) == str(service.add(Album("Bach", "6 Partitas")))


def test_a_second_change_says_what_can_be_done(service, other):
    """A change that depends on one before it is refused, with the ways out."""
    album = Album("Bach", "6 Partitas", 1731)
    other.add(album)
    service.begin()
    first, second = (attrs.evolve(album, year=year) for year in (1732, 1733))
    service.change(first, seen=album)
    refused = service.change(second, seen=first)
    service.unstage(service.staged[0].number)

    assert str(refused).endswith(" To do this instead, unstage that first, or roll back.")
    assert Staged(f"change {name_of(album)}") == service.change(second, seen=album)


def test_what_is_too_much_is_told_without_lines_of_code(service):
    """Nobody who looks at a page has to see where on a machine the program is."""
    too_large = Book("a", "b", date(1614, 11, 2), "x" * 410_000)
    service.begin()
    outcomes = [service.add(too_large)]
    outcomes += [service.add(Album("Bach", f"{number}")) for number in range(101)][-1:]

    assert [Refused] * 2 == [type(each) for each in outcomes]
    assert [] == [each for each in map(str, outcomes) if "staged at" in each or ".py" in each]
    assert "the item would have" in str(outcomes[0])
    assert "at most 100 actions" in str(outcomes[1])


def test_a_change_of_nothing_is_said_in_words(service):
    """The library would speak of its own arguments."""
    album = Album("Bach", "6 Partitas")

    assert "Not done: nothing differs from what was retrieved." == str(
        service.change(album, seen=album)
    )


@pytest.mark.parametrize("is_stored", [True, False])
def test_a_folded_action_failed_because_of_its_first_call(service, other, is_stored):
    """One action stands for an add and a remove; the add is what the stored product has to suit."""
    album = Album("Bach", "6 Partitas")
    calls = [lambda: service.add(album), lambda: service.remove(Album, "Bach", "6 Partitas")]
    if is_stored:
        other.add(album)
    else:
        calls.reverse()
    service.begin()
    for call in calls:
        call()

    (problem,) = service.commit().problems
    assert ("is there already" if is_stored else "is not there") == problem.why
