"""What is staged, on the page: a table of actions, totals, the exact request, and a way back."""

import json

import attrs
import pytest

from samples.catalog.frontend.terminal import EMMA, PARTITAS
from samples.catalog.provider.products import Album, facts_of, name_of
from samples.catalog.service.outcomes import Listed
from samples.catalog.tests.marks import in_both_layouts

UNSTAGE = f"Unstage insert {name_of(PARTITAS)}"


@in_both_layouts
def test_a_change_is_shown_field_by_field(visitor, other):
    """What was retrieved stands beside what it will be, and what has to be true in words."""
    other.add(PARTITAS)
    visitor.press("Begin")
    visitor.open("/album")
    visitor.press("Retrieve 6 Partitas by Bach")
    page = visitor.press("Save changes", year="1732")

    assert "is changed Year: 1731 becomes 1732" in page.said("actions")
    assert "it is still stored as it was retrieved: year 1731" in page.said("actions")


def test_totals_stand_beside_the_limits(visitor):
    """As text, and as a bar that has a name."""
    visitor.press("Begin")
    page = visitor.press("Add", **facts_of(PARTITAS))

    bars = [given for tag, given in page.tags if tag == "progress"]
    assert ["1 of 100 actions", "32 bytes of 4 MB", "2 write units"] == [
        page.said(f"total-{each}") for each in ("actions", "bytes", "units")
    ]
    assert [("100", "1"), ("4194304", "32")] == [(bar["max"], bar["value"]) for bar in bars]
    assert ["total-actions", "total-bytes"] == [bar["aria-labelledby"] for bar in bars]


def test_nothing_will_be_sent_without_a_transaction(visitor):
    """What is written at once is not planned."""
    page = visitor.press("Add", **facts_of(PARTITAS))

    assert ("", "") == (page.said("actions"), page.said("actions-sum"))


def test_a_call_is_taken_back_by_its_button(visitor, other):
    """It alone goes, what was typed stays, and the rest is committed."""
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    visitor.open("/book")
    visitor.press("Add", **facts_of(EMMA))
    page = visitor.press(UNSTAGE, title="half typed")
    visitor.press("Commit")

    assert f"Unstaged: insert {name_of(PARTITAS)}. Nothing was sent." == page.said("status")
    assert (f"insert {name_of(EMMA)}", "half typed") == (page.said("staged"), page.inputs["title"])
    assert Listed((EMMA,)) == other.stored()


def test_a_call_that_others_need_says_why_it_stays(visitor, sent):
    """Nothing was done, and nothing is lost."""
    visitor.press("Begin")
    visitor.press("Add", **facts_of(PARTITAS))
    visitor.press("Remove", artist="Bach", title="6 Partitas")
    visitor.press("Add", **facts_of(PARTITAS))
    page = visitor.press(f"Unstage delete {name_of(PARTITAS)}")

    assert 409 == visitor.response.status_code
    assert "it stays, because the later ones on the same product" in page.said("status")
    assert 3 == page.said("staged").count("Album")
    assert {"Scan"} == set(sent)


def test_the_button_of_an_old_page_takes_back_nothing_else(visitor):
    """Two windows of one browser: what was taken back in one is not another call in the other."""
    visitor.press("Begin")
    old = visitor.press("Add", **facts_of(PARTITAS))
    visitor.press(UNSTAGE)
    visitor.press("Add", **facts_of(attrs.evolve(PARTITAS, title="Air")))
    visitor.page = old
    page = visitor.press(UNSTAGE)

    assert 409 == visitor.response.status_code
    assert "not staged any more" in page.said("status")
    assert 'insert Album "Air" by Bach' == page.said("staged")


@pytest.mark.parametrize(
    "value",
    ["unstage", "unstage x", "unstage -1", f"unstage {'9' * 5000}"],
    ids=["none", "text", "sign", "long"],
)
def test_a_number_that_is_none_is_no_button(visitor, sent, value):
    """What no page of ours sends is refused."""
    page = visitor.send(value)

    assert 400 == visitor.response.status_code
    assert "Nothing was done: there is no such button." == page.said("status")
    assert [] == sent


def test_the_exact_request_is_shown_before_and_after(visitor, sent):
    """It is JSON, what is sent is what was shown, and looking sends nothing."""
    nothing = visitor.open("/album/request").said("no-request")
    visitor.open("/album")
    visitor.press("Begin")
    staged = visitor.press("Add", **facts_of(PARTITAS))
    sent.clear()
    before = visitor.open(staged.links["Exact request"])
    calls = list(sent)
    visitor.open(before.links["Back to the catalog"])
    done = visitor.press("Commit")
    after = visitor.open(done.links["The request that was sent"])

    planned = json.loads(before.texts["request-open"])
    assert nothing.startswith("Nothing is staged in this session")
    assert [] == calls
    assert {"artist", "title", "year"} == set(planned["TransactItems"][0]["Put"]["Item"])
    assert (planned, "") == (json.loads(after.texts["request-sent"]), after.said("request-open"))


def test_the_way_back_leads_to_the_same_page(visitor, other):
    """What stands in the form is still there."""
    other.add(PARTITAS)
    visitor.press("Begin")
    visitor.press("Add", **facts_of(Album("Bach", "Air")))
    retrieved = visitor.press("Retrieve", artist="Bach", title="6 Partitas")
    request = visitor.open(retrieved.links["Exact request"])
    page = visitor.open(request.links["Back to the catalog"])

    assert ("1731", "save") == (page.inputs["year"], page.on_enter)


def test_a_name_does_not_turn_a_request_around(visitor):
    """A character that reverses what follows it is written as JSON's escape."""
    visitor.press("Begin")
    visitor.press("Add", artist="Bach", title="gnp\u202egpj.exe")
    page = visitor.open("/album/request")

    (item,) = json.loads(page.texts["request-open"])["TransactItems"]
    assert "gnp\u202egpj.exe" == item["Put"]["Item"]["title"]["S"]
    assert "gnp\\u202egpj.exe" in page.texts["request-open"]
    assert "\u202e" not in page.texts["request-open"]


def test_hostile_names_are_text_in_a_request(visitor):
    """Whatever a product is called, the page shows it and runs nothing."""
    name = "</pre><script>alert(1)</script>"
    visitor.press("Begin")
    visitor.press("Add", artist=name, title="x")
    page = visitor.open("/album/request")

    assert name in page.texts["request-open"]
    assert "script" not in {tag for tag, _ in page.tags}
