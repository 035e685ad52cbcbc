"""From the fields of a form to products and keys."""

import pytest

from samples.catalog.frontend.entry import EntryError
from samples.catalog.frontend.terminal import ODYSSEY, PARTITAS, THE_KID
from samples.catalog.frontend.web.forms import (
    FormError,
    changed_in,
    fields_of,
    key_from_text,
    key_to_text,
    product_in,
    texts_in,
)
from samples.catalog.frontend.web.reports import report_of
from samples.catalog.provider.products import Album, Book, Movie, facts_of, key_of, name_of
from samples.catalog.service.outcomes import Begun, Canceled, Committed, Problem
from samples.catalog.service.plans import StagedCall


@pytest.mark.parametrize("product", [PARTITAS, ODYSSEY, THE_KID], ids=name_of)
def test_what_stands_in_a_form_is_the_product(product):
    """A form that nobody touched means what was put into it."""
    assert product == product_in(type(product), facts_of(product))
    assert product == changed_in(product, facts_of(product))


def test_fields_are_labelled_in_words():
    """What people read has no underscores."""
    assert ["Author", "Title", "Publish date", "Language"] == [
        field.label for field in fields_of(Book, {}, {})
    ]


def test_whatever_is_sent_becomes_the_fields_of_the_kind():
    """What is missing is empty, and what is unknown is left out."""
    sent = {"title": "Air", "year": "1", "owner": "me"}

    assert {"artist": "", "title": "Air", "year": "1"} == texts_in(Album, sent)


@pytest.mark.parametrize(
    "title", ["6 Partitas", 'a "quoted" one', "two\r\nlines", "\0", "\u2028", "🎼", "</button>"]
)
def test_a_key_comes_back_as_it_was(title):
    """Browsers change some signs in a form; none of them is written into it."""
    album = Album("Bach", title)
    text = key_to_text(album)

    assert key_of(album) == key_from_text(text)
    assert text.isascii()
    assert text.isprintable()


@pytest.mark.parametrize(
    "text", ["", "x", "[]", '["a"]', '["a", 1]', '"ab"', "null", '{"a": 1}', "[" * 100_000]
)
def test_what_is_no_key_is_refused(text):
    """Also what looks a little like one."""
    with pytest.raises(EntryError, match="no key"):
        key_from_text(text)


def test_every_wrong_field_is_named():
    """People correct a form once, not field by field."""
    with pytest.raises(FormError) as caught:
        product_in(Movie, {"director": "", "title": "", "genres": ""})

    assert ["director", "title", "genres"] == list(caught.value.errors)


def test_a_year_can_be_taken_away():
    """An empty field is no value, not an old one."""
    assert changed_in(PARTITAS, {**facts_of(PARTITAS), "year": ""}).year is None


def test_a_cancellation_tells_culprits_from_others():
    """What was staged beside a culprit is not blamed."""
    problem = Problem('Album "Air" by Bach', "is there already")
    attempted = [
        StagedCall(f"insert {name}", name, level=2)
        for name in ('Album "Air" by Bach', 'Album "Airs" by Bach')
    ]

    report = report_of(Canceled((problem,)), attempted)

    assert ((problem,), ('insert Album "Airs" by Bach',)) == (report.problems, report.others)
    assert "Canceled" == report.headline


def test_a_cancellation_without_reasons_is_said():
    """A server may give none."""
    assert "gave no reason" in report_of(Canceled(())).text


def test_what_went_well_is_no_headline():
    """The title of the page warns, and does not cheer."""
    assert ["", ""] == [report_of(each).headline for each in (Begun(), Committed(1))]
