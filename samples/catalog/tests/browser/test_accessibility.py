"""Everybody can use every kind of page, as far as a program can tell."""

import contextlib

import pytest

from samples.catalog.tests.browser import axe, kinds, layout
from samples.catalog.tests.browser.driver import expect

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.__name__)
def test_no_page_keeps_people_out(visit, site, kind):
    """In light colours and in dark ones nothing is serious or critical, and all fits a phone."""
    visitor = visit(statuses=kinds.STATUSES, reduced_motion="reduce")
    kind(visitor, site.tables)
    found = {}
    for scheme in ("light", "dark"):
        visitor.page.emulate_media(color_scheme=scheme)
        found[scheme] = axe.severe(axe.violations(visitor.page))
    visitor.page.set_viewport_size(layout.SMALL)
    found["small"] = layout.beyond_the_window(visitor.page)

    assert {"light": [], "dark": [], "small": []} == found


def test_axe_finds_what_is_there(browser):
    """A judge who finds nothing looks like a good page."""
    with contextlib.closing(browser.new_page()) as page:
        page.set_content("<html><body><input><p style='color: #ccc'>Pale</p></body></html>")
        found = axe.severe(axe.violations(page))

    assert {"critical: label", "serious: color-contrast", "serious: html-has-lang"} <= {
        ": ".join(violation.split(": ")[:2]) for violation in found
    }


def test_what_happened_is_read_out(visit):
    """The line that says what happened is a live region, for those who do not see it change."""
    expect(visit().status).to_have_role("status")
