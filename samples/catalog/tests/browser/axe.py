"""axe-core: what keeps people from using a page, as far as a program can find it."""

from samples.catalog.tests.browser import tools

SEVERE = ("serious", "critical")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"


def violations(page):
    """List what axe-core finds on a page, severe or not, each with the elements it is about.

    It comes in through the debugger, which no policy of the page forbids, so the page is
    judged as people get it.
    """
    page.wait_for_load_state()  # without its styles a page has other colours
    page.evaluate(tools.AXE.read_text("utf-8"))
    return [
        f"{found['impact']}: {found['id']}: {node['html']} {node['failureSummary']}"
        for found in page.evaluate(_RUN, _RULES)["violations"]
        for node in found["nodes"]
    ]


def severe(found):
    """Pick what nobody may be asked to live with."""
    return [violation for violation in found if violation.startswith(SEVERE)]
