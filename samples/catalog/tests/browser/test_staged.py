"""What a page shows of a transaction before it is committed, and how it is taken back."""

import json
import re

import attrs
import pytest

from samples.catalog.frontend.terminal import EMMA, PARTITAS
from samples.catalog.provider.products import Album, Book, name_of
from samples.catalog.tests.browser.browsers import USUAL_WAYS, in_ways
from samples.catalog.tests.browser.driver import expect

pytestmark = [pytest.mark.slow, in_ways(*USUAL_WAYS)]


def test_what_is_staged_can_be_looked_at_and_taken_back(me, store, stored):
    """Each action says what differs; what is unstaged is not sent, and the rest is."""
    store(PARTITAS)
    me.begin()
    me.retrieve(PARTITAS)
    me.change(year="1732")
    me.add(EMMA)

    change = me.actions.filter(has_text="update")
    expect(me.actions).to_have_count(2)
    expect(change.get_by_role("rowheader")).to_have_text(f"update {name_of(PARTITAS)}")
    expect(change.locator("del")).to_have_text("1731")
    expect(change.locator("ins")).to_have_text("1732")
    expect(me.page.locator("#total-actions")).to_have_text("2 of 100 actions")
    expect(me.page.locator("#total-bytes")).to_have_text(re.compile(r"\d bytes of 4 MB$"))
    expect(me.page.locator("#total-units")).to_have_text(re.compile(r"\d write units$"))
    expect(me.page.get_by_role("progressbar", name="2 of 100 actions")).to_be_visible()

    me.click(f"Unstage insert {name_of(EMMA)}")

    expect(me.status).to_contain_text(f"Unstaged: insert {name_of(EMMA)}")
    expect(me.staged.get_by_role("listitem")).to_have_count(1)
    expect(me.page.locator("#total-actions")).to_have_text("1 of 100 actions")

    me.commit()

    expect(me.status).to_contain_text("Committed: 1 action")
    assert ([attrs.evolve(PARTITAS, year=1732)], []) == (stored(Album), stored(Book))


def test_the_exact_request_can_be_read_before_and_after(me, stored):
    """Looking at it sends nothing, and what is sent is what was shown."""
    me.begin()
    me.add(PARTITAS)
    me.follow("Exact request")
    expect(me.page.get_by_role("heading", name="The exact request")).to_be_visible()
    planned = me.page.locator("#request-open").inner_text()
    assert [] == stored(Album)

    me.follow("Back to the catalog")
    me.commit()
    me.follow("The request that was sent")
    sent = me.page.locator("#request-sent").inner_text()

    (action,) = json.loads(planned)["TransactItems"]
    assert {"S": PARTITAS.title} == action["Put"]["Item"]["title"]
    assert planned == sent
    assert [PARTITAS] == stored(Album)


def test_a_released_level_belongs_to_the_transaction(me, stored):
    """What it staged is committed with the rest."""
    me.begin()
    me.click("Savepoint")
    me.add(PARTITAS)
    me.click("Release")
    expect(me.level).to_have_text("Level 1")
    expect(me.staged.get_by_role("listitem")).to_have_text([f"insert {name_of(PARTITAS)}"])

    me.commit()

    assert [PARTITAS] == stored(Album)
