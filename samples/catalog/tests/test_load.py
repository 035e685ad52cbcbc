"""Twenty people at once on the real program: everybody keeps what is theirs, and nothing is lost.

Each of them tells stories of their own, drawn at random, and knows at every step what their page
has to show. Only albums that all of them count up are shared.
"""

import collections
import concurrent.futures
import html
import http.client
import random
import re
import secrets
import threading
import urllib.parse
from datetime import date
from typing import Any

import attrs
import pytest

from samples.catalog.provider.products import (
    PRODUCT_CLASSES,
    Album,
    Book,
    Movie,
    facts_of,
    name_of,
)
from samples.catalog.service.mishaps import MISHAPS
from samples.catalog.tests.conftest import require_dynoxide
from samples.catalog.tests.program import running_program
from samples.catalog.tests.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.contention]

SESSIONS = 20
STORIES = 2  # of each session, beside the first one
MOST_WRITES = 4  # of one story
EVERYBODYS = [Album("Everybody", f"Album {number}", 0) for number in range(3)]

# How often a commit is sent, by what goes wrong on purpose: these end within some attempts.
TIMES = {
    "": "Sent once.",
    "conflict": "Sent 2 times",
    "throttling": "Sent 3 times",
    "lost-request": "Sent 2 times",
    "lost-answer": "Sent 2 times",
}
SHORT = tuple(name for name in TIMES if name)


@attrs.frozen
class Answer:
    """What `Visitor` looks at of an answer."""

    status_code: int
    location: str | None
    text: str
    request: object


@attrs.frozen
class Asked:
    """Where an answer comes from."""

    path: str


@attrs.define
class Connection:
    """One person's browser, as far as the page needs it: requests, and a cookie."""

    port: int
    cookie: str = ""

    def get(self, address):
        """Ask for a page."""
        return self._send("GET", address)

    def post(self, address, data):
        """Send a form."""
        return self._send("POST", address, urllib.parse.urlencode(data))

    def _send(self, method, address, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, address, body, headers)
        answer = connection.getresponse()
        if answer.headers["Set-Cookie"]:
            self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        text = answer.read().decode()
        connection.close()
        path = address.partition("?")[0]
        return Answer(answer.status, answer.headers["Location"], text, Asked(path))


@attrs.define
class Session:
    """One person, what they have stored so far, and what they have staged.

    Attributes:
        number: Tells this person from the others.
        visitor: Their browser.
        dice: Decides everything.
        all_are_here: Where sessions wait for each other.
        stored: Their own products, by name.
        counted: How often they have counted up each shared album.
        staged: What the page has to list, in order.
        wanted: What a commit makes of their own products: a product, or None.
        counting: The shared albums that a commit counts up.
        outcomes: What came of the commits, and what went wrong in them on purpose.
        told: What happened, for the report of a failure.
    """

    number: int
    visitor: Visitor
    dice: random.Random
    all_are_here: threading.Barrier
    stored: dict[str, Any] = attrs.field(factory=dict)
    counted: collections.Counter[str] = attrs.field(factory=collections.Counter)
    staged: list[str] = attrs.field(factory=list)
    wanted: dict[str, Any] = attrs.field(factory=dict)
    counting: list[str] = attrs.field(factory=list)
    outcomes: collections.Counter[str] = attrs.field(factory=collections.Counter)
    told: list[str] = attrs.field(factory=list)

    def run(self):
        """Tell all stories; who fails keeps nobody waiting."""
        try:
            self.tell()
        except BaseException:
            self.all_are_here.abort()
            raise

    def tell(self):
        """Tell all stories, one after the other; everybody commits the first one at once."""
        self.visitor.open("/album")
        self.press("Begin", "A transaction is open")
        self.count()
        self.all_are_here.wait(60)
        self.commit("" if self.number % 2 else "conflict")
        for _ in range(STORIES):
            self.tell_one()
        if self.number == 0:  # whatever the dice say, one story ends in doubt
            self.press("Begin", "A transaction is open")
            self.add()
            self.commit("lost-answers")

    def tell_one(self):
        """Tell one story, from the beginning of a transaction to its end."""
        acts = [self.add, self.add, self.change, self.remove, self.count, self.level]
        self.press("Begin", "A transaction is open")
        for _ in range(self.dice.randint(1, MOST_WRITES)):
            self.dice.choice(acts)()
        if self.staged and self.dice.random() < 0.3:
            self.unstage()
        if self.dice.random() < 0.2:
            self.press("Roll back", "Rolled back", staged=[])
            self.forget()
        else:
            self.commit(self.mishap() if self.staged else "")

    def add(self):
        """Add a product that nobody else has."""
        self.at(self.dice.choice(PRODUCT_CLASSES))
        product = self.new_product(self.kind)
        self.write("Add", f"insert {name_of(product)}", **facts_of(product))
        self.wanted[name_of(product)] = product

    def change(self):
        """Change an album of one's own."""
        own = [each for each in self.untouched() if isinstance(each, Album)]
        if own:
            product = self.dice.choice(own)
            changed = attrs.evolve(product, year=(product.year or 0) + self.dice.randint(1, 9))
            self.retrieve(product)
            self.write("Save changes", f"update {name_of(product)}", **facts_of(changed))
            self.wanted[name_of(product)] = changed

    def remove(self):
        """Remove a product of one's own."""
        own = self.untouched()
        if own:
            product = self.dice.choice(own)
            self.at(type(product))
            self.write("Remove", f"delete {name_of(product)}", **facts_of(product))
            self.wanted[name_of(product)] = None

    def count(self):
        """Count up an album that everybody counts up."""
        album = self.dice.choice(EVERYBODYS)
        if name_of(album) not in self.counting:
            self.retrieve(album)
            year = int(self.visitor.page.inputs["year"])
            typed = {**facts_of(album), "year": str(year + 1)}
            self.write("Save changes", f"update {name_of(album)}", **typed)
            self.counting.append(name_of(album))

    def level(self):
        """Stage something in a level that is rolled back."""
        before = list(self.staged)
        self.press("Savepoint", "Level 2 is open")
        self.at(Book)
        product = self.new_product(Book)
        inside = f"insert {name_of(product)}"
        self.press("Add", "Staged", staged=[*before, f"{inside} level 2"], **facts_of(product))
        self.press("Roll back level", "1 call dropped", staged=before)

    def unstage(self):
        """Take one call back."""
        text = self.dice.choice(self.staged)
        self.staged.remove(text)
        name = text.partition(" ")[2]
        self.wanted.pop(name, None)
        if name in self.counting:
            self.counting.remove(name)
        self.press(f"Unstage {text}", f"Unstaged: {text}")

    def commit(self, mishap):
        """Commit, maybe with something that goes wrong, and believe what the page says."""
        self.press("Commit", "", staged=[], **({"fault": mishap} if mishap else {}))
        status, facts = self.said("status"), self.said("facts")
        if mishap:
            self.expect(facts, MISHAPS[mishap].happened)
        if status.startswith("In doubt"):
            self.visitor.open("/movie")  # it is still known on other pages, and later
            self.press("Resolve", "", staged=[])
            status = self.said("status")
        elif self.staged:  # a fault of somebody else would change how often it was sent
            self.expect(facts, TIMES[mishap])
        self.outcomes[status.partition(":")[0].partition(",")[0]] += 1
        self.outcomes[mishap] += 1
        self.believe(status)
        self.forget()

    def mishap(self):
        """Choose what goes wrong: in every other session something does in most commits."""
        return "" if self.number % 2 or self.dice.random() < 0.3 else self.dice.choice(SHORT)

    def forget(self):
        """Nothing is staged any more."""
        self.staged, self.wanted, self.counting = [], {}, []

    def believe(self, status):
        """Keep in mind what is stored now, according to the page."""
        if status.startswith("Committed"):
            for name, product in self.wanted.items():
                self.stored[name] = product
            for name in self.counting:
                self.counted[name] += 1
            return
        self.expect(status, "Canceled, nothing was applied.")
        blamed = set(re.findall(r'Album "Album \d" by Everybody', self.said("problems")))
        assert blamed, self.report("canceled, though nobody else writes what is this person's own")
        assert blamed <= set(self.counting), self.report("somebody else's product is blamed")

    @property
    def kind(self):
        """The kind of product of the page that is open."""
        word = self.visitor.address.strip("/").capitalize()
        return {cls.__name__: cls for cls in PRODUCT_CLASSES}[word]

    def at(self, kind):
        """Go to the page of a kind."""
        self.visitor.open(f"/{kind.__name__.lower()}")
        self.shows(self.staged)

    def retrieve(self, product):
        """Put a product that is stored into the form."""
        self.at(type(product))
        self.press("Retrieve", name_of(product), **facts_of(product))

    def new_product(self, kind):
        """Make a product of a name that is used once."""
        creator = f"Session {self.number}"
        title = f"{kind.__name__} {len(self.told)}"
        if kind is Album:
            return Album(creator, title, self.dice.randint(1, 2000))
        if kind is Book:
            return Book(creator, title, date(2000, 1, 1), "Klingon")
        return Movie(creator, title, frozenset({"Silent"}))

    def untouched(self):
        """List what is stored of one's own, and is not staged."""
        stored = [each for each in self.stored.values() if each is not None]
        return [each for each in stored if name_of(each) not in self.wanted]

    def write(self, button, text, **typed):
        """Stage something, and know it."""
        self.staged.append(text)
        self.press(button, "Staged, not sent: ", **typed)

    def press(self, button, status, *, staged=None, **typed):
        """Press a button; the page has to say that it was done, and to list what is staged."""
        self.told.append(f"{button} {typed}")
        self.visitor.press(button, **typed)
        self.expect(self.said("status"), status)
        self.shows(self.staged if staged is None else staged)

    def shows(self, staged):
        """Compare what the page lists as staged with what is."""
        answered = self.visitor.response.status_code
        assert answered == 200, self.report(f"answered with {answered}")
        listed = " ".join(staged) or "Nothing is staged."
        assert listed == self.said("staged"), self.report("lost or foreign actions")

    def said(self, id_):
        """Return what is written in an element."""
        return html.unescape(self.visitor.page.said(id_))

    def expect(self, text, part):
        """Insist that a part stands in a text of the page."""
        assert part in text, self.report(f"{part!r} is not in {text!r}")

    def report(self, why):
        """Say what happened to whom."""
        return f"session {self.number}: {why}\n" + "\n".join(self.told)


@pytest.fixture(params=[False, True], ids=["three-tables", "one-table"])
def program(request, tmp_path):
    """The program, with either layout."""
    require_dynoxide()
    with running_program(tmp_path, single_table=request.param) as running:
        yield running


def test_twenty_sessions_at_once_keep_what_is_theirs(program):
    """No error of the server, no action lost or foreign, no fault of others; all counts add up."""
    for album in EVERYBODYS:
        program.tables.database.put(program.tables.layout.to_store(album))
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    gate = threading.Barrier(SESSIONS)
    sessions = [
        Session(number, Visitor(Connection(program.port)), random.Random(seed + number), gate)
        for number in range(SESSIONS)
    ]
    with concurrent.futures.ThreadPoolExecutor(SESSIONS) as pool:
        told = [pool.submit(session.run) for session in sessions]
    for error in filter(None, (each.exception() for each in told)):
        if not isinstance(error, threading.BrokenBarrierError):
            raise error

    outcomes = sum((session.outcomes for session in sessions), collections.Counter[str]())
    print(f"outcomes {dict(outcomes)}")

    assert _told_by(sessions) == set(program.stored())
    assert "" == program.complaints
    assert {"Committed", "Canceled", "lost-answers"} <= set(outcomes)


def _told_by(sessions):
    """Say what has to be stored if all commits did what their pages said."""
    own = {product for session in sessions for product in session.stored.values()} - {None}
    counted = sum((session.counted for session in sessions), collections.Counter[str]())
    return own | {attrs.evolve(album, year=counted[name_of(album)]) for album in EVERYBODYS}
