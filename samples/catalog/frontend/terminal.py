"""The story that `--demo` tells in the terminal: what a transaction sends, and what it does not.

Two sessions take part: mine, and that of another person who looks at the same tables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

import attrs

from samples.catalog.frontend.narrator import Narrator
from samples.catalog.provider.products import Album, Book, Movie, Product, key_of, name_of
from samples.catalog.service.catalog import CatalogService
from samples.catalog.service.outcomes import (
    Begun,
    Canceled,
    Committed,
    Found,
    LevelOpened,
    LevelRolledBack,
    Listed,
    Missing,
    Refused,
    RolledBack,
    Staged,
    TablesReady,
    Unstaged,
    Written,
    counted,
)
from samples.catalog.service.plans import summed, total_of

PARTITAS: Final = Album("Bach", "6 Partitas", 1731)
ODYSSEY: Final = Book("Homer", "Odyssey", date(1614, 11, 2), "English")
THE_KID: Final = Movie("Chaplin", "The Kid", frozenset({"Comedy", "Drama", "Children"}))
PLANETS: Final = Album("Holst", "The Planets", 1918)
THE_GENERAL: Final = Movie("Keaton", "The General", frozenset({"Comedy"}))
EMMA: Final = Book("Austen", "Emma", date(1815, 12, 23), "English")
CAST: Final[tuple[Product, ...]] = (PARTITAS, ODYSSEY, THE_KID, PLANETS, THE_GENERAL, EMMA)


def tell_story(
    open_session: Callable[[], CatalogService],
    *,
    engine: str,
    sent: Sequence[str],
    write: Callable[[str], object] = print,
) -> None:
    """Tell the story from beginning to end. Its own products are removed first.

    Args:
        open_session: Opens a session of its own on the tables.
        engine: Which engine answers, and what it cannot do.
        sent: Grows by one line for every request that really leaves for DynamoDB.
        write: Takes each line of the story.

    Raises:
        StoryError: Something did not happen as it was told.
    """
    story = _Story(open_session(), open_session(), Narrator(sent, write))
    try:
        story.prepare(engine)
        story.commit_three_products()
        story.roll_back()
        story.be_canceled()
        story.read_and_change()
        story.overwrite_nothing()
        story.take_one_level_back()
        story.go_without_a_transaction()
    finally:
        story.mine.close()


@attrs.frozen
class _Story:
    mine: CatalogService
    other: CatalogService
    tale: Narrator

    def prepare(self, engine: str) -> None:
        self.tale.chapter("The engine and the tables")
        self.tale.say(engine)
        self.tale.do("create the tables", self.mine.create_tables, TablesReady, sends=None)
        left = [product for product in CAST if self._sees(product)]
        if left:
            self.tale.say("An earlier run left products of this story. They are removed first.")
            self._begin()
            for product in left:
                self._remove(product)
            self._commit(len(left))

    def commit_three_products(self) -> None:
        self.tale.chapter("Three products in three tables, committed together")
        self._begin()
        for product in (PARTITAS, ODYSSEY, THE_KID):
            self._add(product)
        self._show_staged()
        self.tale.do("retrieve the album", lambda: self._retrieve(PARTITAS), Found)
        self.tale.say("My own transaction shows what it would do. Another session:")
        self._make_sure_other_sees_none_of(PARTITAS, ODYSSEY, THE_KID)
        self._commit(3)
        for product in (PARTITAS, ODYSSEY, THE_KID):
            self.tale.make_sure(
                f"another session sees {name_of(product)}", holds=self._sees(product)
            )

    def roll_back(self) -> None:
        self.tale.chapter("A rollback")
        before = self.other.stored()
        self._begin()
        for product in (PLANETS, THE_GENERAL):
            self._add(product)
        rolled_back = self.tale.do("roll back", self.mine.rollback, RolledBack)
        self.tale.make_sure("two actions were dropped", holds=rolled_back == RolledBack(2))
        unchanged = isinstance(before, Listed) and self.other.stored() == before
        self.tale.make_sure("the tables are as they were before", holds=unchanged)

    def be_canceled(self) -> None:
        self.tale.chapter("A cancellation that names its product")
        self._begin()
        self._add(attrs.evolve(PARTITAS, year=1726))
        self._add(EMMA)
        canceled = self._commit_in_vain(2)
        culprits = [(problem.product, problem.stored) for problem in canceled.problems]
        self.tale.make_sure(
            "the album failed, and nothing else", holds=culprits == [(name_of(PARTITAS), PARTITAS)]
        )
        self._make_sure_other_sees_none_of(EMMA)

    def read_and_change(self) -> None:
        self.tale.chapter("Retrieve, change and remove in one transaction")
        found = self.tale.do(
            "retrieve the book", lambda: self._retrieve(ODYSSEY), Found, sends=["GetItem"]
        )
        translated = attrs.evolve(ODYSSEY, language="English, by Chapman")
        self._begin()
        self.tale.do(
            f"change its language to: {translated.language}",
            lambda: self.mine.change(translated, seen=ODYSSEY),
            Staged,
        )
        self._remove(THE_KID)
        self._show_staged()
        self.tale.make_sure(
            "another session still sees both", holds=self._sees(ODYSSEY) and self._sees(THE_KID)
        )
        self._commit(2)
        now = self.other.retrieve(Book, *key_of(ODYSSEY))
        self.tale.make_sure(
            "the language has changed, and nothing else of the book",
            holds=found == Found(ODYSSEY) and now == Found(translated),
        )
        self._make_sure_other_sees_none_of(THE_KID)

    def overwrite_nothing(self) -> None:
        self.tale.chapter("Nobody's change is overwritten")
        self.tale.do("retrieve the album", lambda: self._retrieve(PARTITAS), Found, ["GetItem"])
        theirs = attrs.evolve(PARTITAS, year=1730)
        self.tale.do(
            "another session changes its year to 1730",
            lambda: self.other.change(theirs, seen=PARTITAS),
            Written,
            sends=["UpdateItem"],
        )
        self._begin()
        self.tale.do(
            "change its year to 1732",
            lambda: self.mine.change(attrs.evolve(PARTITAS, year=1732), seen=PARTITAS),
            Staged,
        )
        canceled = self._commit_in_vain(1)
        self.tale.make_sure(
            "their year is still there, and I was told",
            holds=[problem.stored for problem in canceled.problems] == [theirs],
        )

    def take_one_level_back(self) -> None:
        self.tale.chapter("A level that is rolled back, and calls that become one action")
        self._begin()
        self._add(PLANETS)
        opened = self.tale.do("savepoint", self.mine.savepoint, LevelOpened)
        self._add(EMMA)
        self._show_staged()
        dropped = self.tale.do("roll back the level", self.mine.rollback_level, LevelRolledBack)
        self.tale.make_sure(
            "the book was dropped, and nothing else",
            holds=(opened, dropped) == (LevelOpened(2), LevelRolledBack(2, 1))
            and [call.product for call in self.mine.staged] == [name_of(PLANETS)],
        )
        self._add(THE_GENERAL)
        self._remove(THE_GENERAL)
        self._add(EMMA)
        self.tale.do(
            "take the book back, and it alone",
            lambda: self.mine.unstage(self.mine.staged[-1].number),
            Unstaged,
        )
        self._show_staged()
        self._show_actions()
        self.tale.make_sure(
            "of three calls, those on the movie are one action",
            holds=[action.calls for action in self.mine.actions] == [1, 2],
        )
        self._commit(2)
        self.tale.make_sure(f"another session sees {name_of(PLANETS)}", holds=self._sees(PLANETS))
        self._make_sure_other_sees_none_of(EMMA, THE_GENERAL)

    def go_without_a_transaction(self) -> None:
        self.tale.chapter("Without a transaction, through the same code")
        self.tale.do("commit what was never begun", self.mine.commit, Refused)
        self.tale.do("add a book", lambda: self.mine.add(EMMA), Written, ["PutItem"])
        self.tale.do("add it again", lambda: self.mine.add(EMMA), Canceled, ["PutItem"])
        self.tale.do("add a movie", lambda: self.mine.add(THE_KID), Written, ["PutItem"])
        self.tale.do(
            "add a genre to it, without reading it",
            lambda: self.mine.add_genre(*key_of(THE_KID), "Silent"),
            Written,
            sends=["UpdateItem"],
        )
        self.tale.do("remove the book", lambda: self._removed(EMMA), Written, ["DeleteItem"])
        self.tale.do("remove it again", lambda: self._removed(EMMA), Canceled, ["DeleteItem"])
        self.tale.do("list what is stored", self.mine.stored, Listed, sends=None)

    def _begin(self) -> None:
        self.tale.do("begin", self.mine.begin, Begun)

    def _add(self, product: Product) -> None:
        self.tale.do(f"add {name_of(product)}", lambda: self.mine.add(product), Staged)

    def _remove(self, product: Product) -> None:
        self.tale.do(f"remove {name_of(product)}", lambda: self._removed(product), Staged)

    def _commit(self, actions: int) -> None:
        committed = self.tale.do("commit", self.mine.commit, Committed, [_one_request(actions)])
        self.tale.make_sure("one request carried it all", holds=committed == Committed(actions))

    def _commit_in_vain(self, actions: int) -> Canceled:
        return self.tale.do("commit", self.mine.commit, Canceled, [_one_request(actions)])

    def _show_staged(self) -> None:
        self.tale.say("Staged so far:")
        for number, line in enumerate(self.mine.staged, start=1):
            self.tale.say(f"  {number}. {line}")

    def _show_actions(self) -> None:
        actions = self.mine.actions
        self.tale.say(f"Will be sent: {summed(actions)}.")
        for number, action in enumerate(actions, start=1):
            self.tale.say(f"  {number}. {action}")
        self.tale.say(f"Of what one transaction may have: {total_of(actions)}.")

    def _retrieve(self, product: Product) -> object:
        return self.mine.retrieve(type(product), *key_of(product))

    def _removed(self, product: Product) -> object:
        return self.mine.remove(type(product), *key_of(product))

    def _sees(self, product: Product) -> bool:
        """Whether the other session finds the product in its table."""
        return isinstance(self.other.retrieve(type(product), *key_of(product)), Found)

    def _make_sure_other_sees_none_of(self, *products: Product) -> None:
        for product in products:
            outcome = self.other.retrieve(type(product), *key_of(product))
            self.tale.make_sure(
                f"another session does not see {name_of(product)}",
                holds=isinstance(outcome, Missing),
            )


def _one_request(actions: int) -> str:
    return f"TransactWriteItems with {counted(actions)}"
