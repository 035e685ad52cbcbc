"""Whatever a product is called, its name is shown as it is, and never run."""

import pytest

from samples.catalog.provider.products import Album, name_of
from samples.catalog.tests.browser.driver import expect

pytestmark = pytest.mark.slow

NAMES = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "{{ 7 * 7 }}{% raw %}",
    "Tom &amp; Jerry &lt;b&gt;",
    "👩‍🚀🎵 Space Oddity 🇩🇪",
    "שלום עולם",
    "gnp\u202egpj.exe",  # the rest runs from right to left
    "A very long title " * 28,
    "../../etc/passwd?x=1&y=2#z%00",
    "Rock 'n' \"Roll\" \\ `tick`",
)


@pytest.fixture
def albums(site):
    """One album under each name, stored, in the order in which they are listed."""
    for name in NAMES:
        site.tables.database.put(Album(f"By {name}", name.strip(), 2001))
    return site.tables.stored(Album)


def test_names_are_shown_as_they_are(visit, albums):
    """In the list, among what is staged and among what failed; none of it is run.

    The fixture `visit` fails the test in the end if there was a dialog, a request or an error.
    """
    names = [name_of(album) for album in albums]
    visitor = visit()
    expect(visitor.stored.get_by_role("listitem").get_by_role("strong")).to_have_text(
        [album.title for album in albums]
    )

    visitor.begin()
    for album in albums:
        visitor.add(album)
    expect(visitor.staged.get_by_role("listitem")).to_have_text(
        [f"insert {name}" for name in names]
    )

    visitor.commit()

    expect(visitor.problems.get_by_role("strong")).to_have_text(names)


def test_names_come_back_into_the_form_as_they_were(visit, albums):
    """What is retrieved is the product whose button it was, whatever it is called."""
    visitor = visit()
    for album in albums:
        visitor.click(f"Retrieve {album.title} by {album.artist}")

        expect(visitor.field("artist")).to_have_value(album.artist)
        expect(visitor.field("title")).to_have_value(album.title)


def test_a_script_that_got_in_would_not_run(browser, site):
    """If a name ever came out as markup, the page's own policy would still keep it from running."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(site.url)
        page.evaluate(
            """() => {
                const script = document.createElement("script");
                script.textContent = "window.hasRun = true";
                document.body.append(script);
            }"""
        )

        assert page.evaluate("window.hasRun === undefined")
