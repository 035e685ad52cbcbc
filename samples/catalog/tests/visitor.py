"""A browser without a window: reads a page, types into its form and presses its buttons."""

from html.parser import HTMLParser
from typing import Any

import attrs

VOID = frozenset({"meta", "link", "input", "br"})
UNSEEN = {"aria-hidden": "true"}


@attrs.define
class Button:
    """A button as it stands on a page."""

    value: str
    name: str
    is_disabled: bool


class Page(HTMLParser):
    """What a person could see of a page, and what its form would send."""

    def __init__(self, text):
        super().__init__()
        self.texts = {}  # by id
        self.inputs = {}  # by name
        self.errors = {}  # by name of the field
        self.links = {}  # by text
        self.buttons = []
        self.on_enter = ""  # the value of the button that Enter presses
        self.title = ""
        self.tags = []
        self._open: list[tuple[str, dict[str, Any]]] = []
        self.feed(text)
        assert [] == self._open, "something is never closed"

    def handle_starttag(self, tag, attributes):
        """Note an element as it begins."""
        given = dict(attributes)
        self.tags.append((tag, given))
        if tag == "input":
            self.inputs[given["name"]] = given["value"]
        elif tag == "button":
            self.on_enter = self.on_enter or given["value"]
        if tag == "button" and given.items() >= UNSEEN.items():
            pass  # nobody sees it
        elif tag == "button":
            name = given.get("aria-label", "")
            self.buttons.append(Button(given["value"], name, "disabled" in given))
        if tag not in VOID:
            self._open.append((tag, given))

    def handle_endtag(self, tag):
        """Insist that elements end in order."""
        opened, _ = self._open.pop()
        assert opened == tag

    def handle_data(self, data):
        """Note what is written, for every element around it."""
        for tag, given in self._open:
            if "id" in given:
                self.texts[given["id"]] = self.texts.get(given["id"], "") + data
            if given.get("id", "").endswith("-error"):
                name = given["id"].removesuffix("-error")
                self.errors[name] = self.errors.get(name, "") + data
            if tag == "title":
                self.title += data
            if tag == "a":
                self.links[data] = given["href"]
            if tag == "button" and not self.buttons[-1].name:
                self.buttons[-1].name = data

    def said(self, id_):
        """Return what is written in an element, without its line breaks; empty if it is not."""
        return " ".join(self.texts.get(id_, "").split())

    def button(self, name):
        """Find the one button of that name."""
        (found,) = [each for each in self.buttons if each.name == name]
        return found

    def enabled(self):
        """Name the buttons that can be pressed."""
        return {each.name for each in self.buttons if not each.is_disabled}


class Visitor:
    """One person with one browser. Redirects are followed as browsers do.

    Args:
        client: A test client of the application.
    """

    def __init__(self, client):
        self.client = client
        self.address = "/album"
        self.response: Any = None
        self.page: Any = None

    def open(self, address):
        """Go to an address."""
        self._arrived(self.client.get(address))
        return self.page

    def press(self, name, **typed):
        """Type into the fields, press a button, and look at the page that comes."""
        return self.send(self.page.button(name).value, **typed)

    def send(self, value, **typed):
        """Send the form as if there were a button of that value, enabled."""
        form = {**self.page.inputs, **typed, "do": value}
        self._arrived(self.client.post(self.address, data=form))
        return self.page

    def _arrived(self, response):
        while response.status_code in (302, 303):
            response = self.client.get(response.location)
        self.response = response
        self.page = Page(response.text)
        self.address = response.request.path
