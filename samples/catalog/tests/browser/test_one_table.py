"""The same page on one table for all products: it looks and works the same."""

import pytest

from samples.catalog.frontend.terminal import ODYSSEY, PARTITAS, THE_KID
from samples.catalog.provider.products import Album
from samples.catalog.tests.browser import conftest
from samples.catalog.tests.browser.browsers import CHROMIUM, FIREFOX_WITHOUT_SCRIPTS, in_ways
from samples.catalog.tests.browser.driver import expect

pytestmark = [pytest.mark.slow, in_ways(CHROMIUM, FIREFOX_WITHOUT_SCRIPTS)]


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """The program as it is started with `--single-table`."""
    with conftest.served(tmp_path_factory.mktemp("catalog"), single_table=True) as started:
        yield started


def test_products_of_all_kinds_share_a_table(me, other, site):
    """They are committed together, each listed among its own kind, changed and removed."""
    me.begin()
    for product in (PARTITAS, ODYSSEY, THE_KID):
        me.add(product)

    me.commit()

    expect(me.status).to_contain_text("Committed: 3 actions")
    expect(me.facts).to_contain_text("in Catalog")
    for product in (PARTITAS, ODYSSEY, THE_KID):
        other.shows(product)
        assert [product.title] == other.titles()

    other.retrieve(PARTITAS)
    other.change(year="1732")
    other.remove(ODYSSEY)

    assert {Album("Bach", "6 Partitas", 1732), THE_KID} == set(site.program.stored())


def test_the_request_has_the_keys_of_one_table(me):
    """What is sent says which kind a product is of."""
    me.begin()
    me.add(PARTITAS)
    me.follow("Exact request")

    expect(me.page.locator("#request-open")).to_contain_text('"A#Bach')
