"""Every kind of page that a person can come to, and the way there."""

import attrs

from samples.catalog.frontend.terminal import EMMA, ODYSSEY, PARTITAS, PLANETS, THE_KID
from samples.catalog.provider.products import Album, name_of
from samples.catalog.service.mishaps import MISHAPS
from samples.catalog.tests.browser.driver import expect
from samples.catalog.tests.browser.pages import NOTHING_STAGED


def empty(visitor, _tables):
    """Nothing is stored, nothing is staged."""
    visitor.open()
    expect(visitor.staged).to_have_text(NOTHING_STAGED)


def staged(visitor, tables):
    """A transaction is open, with one action of each sort, and the last one in a level."""
    for product in (PARTITAS, PLANETS):
        tables.database.put(product)
    visitor.begin()
    visitor.add(ODYSSEY)
    visitor.remove(PLANETS)
    visitor.click("Savepoint")
    visitor.retrieve(PARTITAS)
    visitor.change(year="1732")
    expect(visitor.staged.get_by_role("listitem")).to_have_count(3)


def canceled(visitor, tables):
    """A commit failed because of one of its products."""
    for product in (PARTITAS, PLANETS):
        tables.database.put(product)
    visitor.begin()
    visitor.add(EMMA)
    visitor.add(attrs.evolve(PARTITAS, year=1726))
    visitor.commit()
    expect(visitor.problems.get_by_role("listitem")).to_have_count(1)


def retrieved(visitor, tables):
    """A product is shown with its fields, to be changed."""
    tables.database.put(THE_KID)
    visitor.open().retrieve(THE_KID)
    expect(visitor.field("title")).to_have_value(THE_KID.title)


def wrong_entry(visitor, _tables):
    """What was filled in makes no product."""
    visitor.choose(Album)
    visitor.fill(artist="Bach", title="Air", year="long ago")
    visitor.click("Add")
    expect(visitor.field("year")).to_have_attribute("aria-invalid", "true")


def versions(visitor, tables):
    """A commit failed because a product had changed, and both versions are shown."""
    tables.database.put(PARTITAS)
    visitor.begin()
    visitor.retrieve(PARTITAS)
    visitor.change(year="1732")
    tables.database.delete(Album, PARTITAS.artist, PARTITAS.title)
    tables.database.put(attrs.evolve(PARTITAS, year=1730))
    visitor.commit()
    expect(visitor.versions).to_be_visible()


def started_again(visitor, tables):
    """The new version is in the form, with the changes that were wanted."""
    versions(visitor, tables)
    visitor.click(f"Start again with your changes: {name_of(PARTITAS)}")
    expect(visitor.field("year")).to_have_value("1732")


def in_doubt(visitor, _tables):
    """No answer came to a commit, after all attempts."""
    visitor.begin()
    visitor.add(EMMA)
    visitor.let(MISHAPS["lost-answers"].label)
    visitor.commit()
    expect(visitor.doubts).to_be_visible()


def request(visitor, tables):
    """The request that a commit would send, as it is."""
    staged(visitor, tables)
    visitor.follow("Exact request")
    expect(visitor.page.locator("#request-open")).to_be_visible()


def second_page(visitor, tables):
    """The list of products has several pages, and the second is shown."""
    for number in range(21):
        tables.database.put(Album("Bach", f"Suite {number}", 1720))
    visitor.choose(Album)
    visitor.follow("Next page")
    expect(visitor.page.locator("#page-number")).to_have_text("Page 2")


def no_page(visitor, _tables):
    """There is no such page."""
    visitor.go_to("nowhere")
    expect(visitor.status).to_contain_text("no page")


STATUSES = (400, 404, 409, 422)  # of pages that say what is wrong; they are expected
KINDS = (
    empty,
    staged,
    canceled,
    retrieved,
    wrong_entry,
    versions,
    started_again,
    in_doubt,
    request,
    second_page,
    no_page,
)
