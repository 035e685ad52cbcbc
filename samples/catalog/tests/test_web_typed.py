"""What people type into the page: wrong, hostile or half done, it is shown and never lost."""

import pytest

from samples.catalog.frontend.terminal import PARTITAS
from samples.catalog.provider.products import Album, name_at

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "🎼 Fuge",
    "שלום עולם",
    "\u202egnp.exe",
    " two  spaces ",
    "x" * 2000,
]


def test_a_failed_write_keeps_what_was_typed(visitor, service):
    """Without a transaction a failure has the same form, and costs nothing."""
    service.add(PARTITAS)
    page = visitor.press("Add", artist="Bach", title="6 Partitas", year="1")

    assert "is there already" in page.said("problems")
    assert "" == page.said("others")
    assert "1" == page.inputs["year"]


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: name[:10].strip())
def test_hostile_names_are_shown_and_not_executed(visitor, name):
    """Whatever a product is called, the page is the same, and its buttons find it."""
    title = name[:1000]
    visitor.press("Begin")
    staged = visitor.press("Add", artist=name, title=title, year="1")
    committed = visitor.press("Commit")
    retrieved = visitor.press(f"Retrieve {title} by {name}")
    removed = visitor.press(f"Remove {title} by {name}")

    assert " ".join(f"insert {name_at(Album, name, title)}".split()) == staged.said("staged")
    assert " ".join(f"{title} by {name}".split()) in committed.said("stored")
    assert (name, title) == (retrieved.inputs["artist"], retrieved.inputs["title"])
    assert "No album is stored." in removed.said("stored")
    assert {"script", "img"} & {tag for tag, _ in committed.tags + retrieved.tags} == set()


@pytest.mark.parametrize(
    ("field", "text"), [("artist", "x" * 2049), ("title", "é" * 600)], ids=["artist", "title"]
)
def test_a_key_that_is_too_long_is_said_beside_its_field(visitor, field, text):
    """The library's own words, and nothing typed is lost."""
    typed = {"artist": "Bach", "title": "Air", "year": "1731", field: text}
    page = visitor.press("Add", **typed)

    assert 409 == visitor.response.status_code
    assert "at most" in page.said("status")
    assert [field] == list(page.errors)
    assert typed.items() <= page.inputs.items()


@pytest.mark.parametrize(
    ("kind", "typed", "wrong"),
    [
        ("album", {}, {"artist", "title"}),
        ("book", {}, {"author", "title", "publish_date"}),
        ("movie", {}, {"director", "title", "genres"}),
        ("album", {"artist": "Bach", "title": "Air", "year": "MDCC"}, {"year"}),
        ("book", {"author": "A", "title": "B", "publish_date": "1614-02-31"}, {"publish_date"}),
        ("movie", {"director": "A", "title": "B", "genres": " / "}, {"genres"}),
    ],
)
def test_what_is_wrong_stands_beside_its_field(visitor, sent, kind, typed, wrong):
    """All of it at once, with what was typed, and before anything is sent."""
    visitor.open(f"/{kind}")
    page = visitor.press("Add", **typed)

    described = {
        given["name"]: given["aria-describedby"].split()[0]
        for tag, given in page.tags
        if tag == "input" and given.get("aria-invalid") == "true"
    }
    assert 422 == visitor.response.status_code
    assert {name: f"{name}-error" for name in wrong} == described
    assert wrong == set(page.errors)
    assert typed.items() <= page.inputs.items()
    assert {"Scan"} == set(sent)


@pytest.mark.parametrize("name", ["Retrieve", "Remove"])
def test_a_key_is_needed_to_find_a_product(visitor, name):
    """An empty key is no product's."""
    page = visitor.press(name, title="Air")

    assert ["artist"] == list(page.errors)
    assert "Air" == page.inputs["title"]


@pytest.mark.parametrize("name", ["Begin", "Commit", "Roll back", "Savepoint"])
def test_the_buttons_of_the_transaction_keep_what_was_typed(visitor, name):
    """Who types first and begins then does not have to type again."""
    if name != "Begin":
        visitor.press("Begin")
    page = visitor.press(name, artist="Bach", year="not yet a year")

    assert ("Bach", "not yet a year") == (page.inputs["artist"], page.inputs["year"])
    assert {} == page.errors


@pytest.mark.parametrize("value", ["", "dance", 'add ["Bach", "Air"]', "remove [1, 2]", "remove x"])
def test_a_button_that_does_not_exist_does_nothing(visitor, sent, value):
    """What no page of ours sends is refused with a sentence, and what was typed is kept."""
    page = visitor.send(value, artist="Bach", title="Air")
    back = visitor.open(page.links["Go back: what you typed is still there"])

    assert "Nothing was done" in page.said("status")
    assert "Air" == back.inputs["title"]
    assert {"Scan"} == set(sent)
