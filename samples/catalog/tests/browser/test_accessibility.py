"""Everybody can use every kind of page, as far as a program can tell."""

import pytest

from samples.catalog.tests.browser import axe, kinds, layout
from samples.catalog.tests.browser.browsers import CHROMIUM, in_ways
from samples.catalog.tests.browser.driver import expect

pytestmark = pytest.mark.slow


@in_ways(CHROMIUM)  # the judge reads the same page in every browser
@pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.__name__)
def test_no_page_keeps_people_out(browser, visit, site, kind):
    """In light colours and in dark ones nothing is serious or critical, and all fits a phone."""
    visitor = visit(statuses=kinds.STATUSES)
    kind(visitor, site.tables)
    found = {}
    for scheme in browser.schemes:
        browser.show_in(scheme, visitor.page)
        found[scheme] = axe.severe(axe.violations(visitor.page))
    found["small"] = layout.beyond_the_window(visitor.page, layout.SMALL)

    assert {scheme: [] for scheme in (*browser.schemes, "small")} == found


@in_ways(CHROMIUM)
def test_axe_finds_what_is_there(browser):
    """A judge who finds nothing looks like a good page."""
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content("<html><body><input><p style='color: #ccc'>Pale</p></body></html>")
        found = axe.severe(axe.violations(page))

    assert {"critical: label", "serious: color-contrast", "serious: html-has-lang"} <= {
        ": ".join(violation.split(": ")[:2]) for violation in found
    }


def test_what_happened_is_read_out(visit):
    """The line that says what happened is a live region, for those who do not see it change."""
    expect(visit().status).to_have_role("status")
