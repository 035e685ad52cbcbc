"""The catalog's page as a person knows it: by what is written on it."""

from samples.catalog.provider.products import facts_of, key_of
from samples.catalog.tests.browser.driver import expect

NOTHING_STAGED = "Nothing is staged."
OPEN = "A transaction is open"
NOT_OPEN = "No transaction is open"


class CatalogPage:
    """One person's page. Its words are those of the page, so a test reads like a visit."""

    def __init__(self, page, url):
        self.page = page
        self.url = url
        self.status = page.locator("#status")
        self.transaction = page.locator("#transaction")
        self.level = page.locator("#level")
        self.staged = page.locator("#staged")
        self.actions = page.locator("table#actions").locator("tbody").get_by_role("row")
        self.sum_of_actions = page.locator("#actions-sum")
        self.facts = page.locator("#facts")
        self.doubts = page.locator("#doubts")
        self.versions = page.get_by_role("table", name="Versions of")
        self.stored = page.locator("#stored")
        self.problems = page.locator("#problems")

    def open(self):
        """Go to the page, or look again at what it shows now."""
        self.go_to("")
        return self

    def go_to(self, path):
        """Go to an address, as soon as the page before has arrived: Firefox mixes up the two."""
        self.page.wait_for_load_state()
        self.page.goto(f"{self.url}{path}")

    def begin(self):
        """Begin a transaction."""
        self.click("Begin")
        expect(self.transaction).to_contain_text(OPEN)

    def commit(self):
        """Commit, whatever comes of it."""
        self.click("Commit")
        expect(self.transaction).to_contain_text(NOT_OPEN)

    def roll_back(self):
        """Roll back."""
        self.click("Roll back")
        expect(self.transaction).to_contain_text(NOT_OPEN)

    def choose(self, kind):
        """Choose albums, books or movies, and see what is stored now."""
        with self._arrival():
            self._link(kind).click()

    def add(self, product):
        """Fill in what is known of the product, and add it."""
        self._be_at(type(product))
        self.fill(**facts_of(product))
        self.click("Add")

    def fill(self, **facts):
        """Fill in some fields, by what is written beside them: `publish_date` is Publish date."""
        for name, text in facts.items():
            self.field(name).fill(text)

    def field(self, name):
        """Find a field."""
        return self.page.get_by_label(name.replace("_", " ").capitalize(), exact=True)

    def retrieve(self, product):
        """Retrieve a product that is listed."""
        self.choose(type(product))
        self.click(f"Retrieve {product.title} by {key_of(product)[0]}")

    def change(self, **facts):
        """Change fields of the product that was retrieved."""
        self.fill(**facts)
        self.click("Save changes")

    def remove(self, product):
        """Remove a product that is listed."""
        self.choose(type(product))
        self.click(f"Remove {product.title} by {key_of(product)[0]}")

    def let(self, mishap):
        """Choose what the next commit meets, by what is written in the switch."""
        self.page.get_by_label("The next commit meets").select_option(label=mishap)

    def follow(self, name):
        """Follow a link."""
        with self._arrival():
            self.page.get_by_role("link", name=name, exact=True).click()

    def titles(self):
        """Read the titles of the products that are listed."""
        return self.stored.get_by_role("listitem").get_by_role("strong").all_inner_texts()

    def click(self, name):
        """Click a button. Every one of them sends the form, and leads to a page."""
        with self._arrival():
            self.page.get_by_role("button", name=name, exact=True).click()

    def shows(self, product):
        """Make sure that a product is listed as stored."""
        self.choose(type(product))
        expect(self.stored).to_contain_text(product.title)

    def does_not_show(self, product):
        """Make sure that a product is not listed as stored."""
        self.choose(type(product))
        expect(self.stored).not_to_contain_text(product.title)

    def _arrival(self):
        """Wait for the next page: a click alone waits for it on a fast machine only."""
        return self.page.expect_navigation(wait_until="commit")

    def _link(self, kind):
        kinds = self.page.get_by_role("navigation", name="Kind of product")
        return kinds.get_by_role("link", name=kind.__name__, exact=True)

    def _be_at(self, kind):
        if self._link(kind).get_attribute("aria-current") is None:
            self.choose(kind)
