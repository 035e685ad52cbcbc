"""Album, book and movie: a transaction from begin to its end, over three tables or in one.

A shop takes in an album, a book and a movie. They belong to one delivery, so all of them are in
the catalog or none. What is staged is on its way nowhere until the commit, and levels inside are
no transactions of their own: they only say what can be taken back together:

    BEGIN
    INSERT INTO album VALUES ('Bach', '6 Partitas', ...)
    SAVEPOINT level
    INSERT INTO book VALUES ('Homer', 'Odyssey', ...)
    ROLLBACK TO SAVEPOINT level                    -- without the book; the album is still staged
    INSERT INTO movie VALUES ('Chaplin', 'The Kid', ...)
    COMMIT                                         -- two actions, in the one request that is sent

A product that is taken in and out in one transaction is one action, too: DynamoDB takes no second
one on an item, so the two become a delete that demands what the insert demanded.

Whether the kinds have a table each, or share one under `A#Bach`, `B#Homer` and `M#Chaplin`, is
said by their classes. No function here knows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias, TypeVar

from attrs import define, frozen

from transactscope import (
    Database,
    KeyTemplate,
    Rollback,
    TransactScope,
    entity,
    transactional,
)
from transactscope.types import CommitResult


@entity("Album", partition_key="artist", sort_key="title", version="version")
@define
class Album:
    """Music, by artist and title."""

    artist: str
    title: str
    year: int | None = None
    version: int | None = None


@entity("Book", partition_key="author", sort_key="title", version="version")
@define
class Book:
    """A book, by author and title."""

    author: str
    title: str
    year: int | None = None
    language: str | None = None
    version: int | None = None


@entity("Movie", partition_key="director", sort_key="title", version="version")
@define
class Movie:
    """A movie, by director and title. Its genres are one of DynamoDB's sets of strings."""

    director: str
    title: str
    genres: frozenset[str]
    version: int | None = None


_BY_TITLE = KeyTemplate("SK", "{title}")


@entity(
    "Catalog",
    partition_key=KeyTemplate("PK", "A#{artist}"),
    sort_key=_BY_TITLE,
    version="version",
)
@define
class AlbumInOneTable(Album):
    """The same album, in the table that all kinds share."""


@entity(
    "Catalog",
    partition_key=KeyTemplate("PK", "B#{author}"),
    sort_key=_BY_TITLE,
    version="version",
)
@define
class BookInOneTable(Book):
    """The same book, in the table that all kinds share."""


@entity(
    "Catalog",
    partition_key=KeyTemplate("PK", "M#{director}"),
    sort_key=_BY_TITLE,
    version="version",
)
@define
class MovieInOneTable(Movie):
    """The same movie, in the table that all kinds share."""


Product: TypeAlias = Album | Book | Movie
P = TypeVar("P", bound=Album | Book | Movie)


@frozen
class Kinds:
    """The classes of the three products, which say where they are stored."""

    album: type[Album]
    book: type[Book]
    movie: type[Movie]

    def delivery(self) -> tuple[Album, Book, Movie]:
        """Make the three products of the story."""
        return (
            self.album("Bach", "6 Partitas"),
            self.book("Homer", "Odyssey", 1614, "English"),
            self.movie("Chaplin", "The Kid", frozenset({"Comedy", "Drama", "Children"})),
        )


THREE_TABLES: Final = Kinds(Album, Book, Movie)
ONE_TABLE: Final = Kinds(AlbumInOneTable, BookInOneTable, MovieInOneTable)


class UnknownProductError(Exception):
    """There is no such product."""


def create_tables(db: Database, kinds: Kinds) -> None:
    """Create the tables that are missing."""
    for kind in (kinds.album, kinds.book, kinds.movie):
        db.create_table(kind)


def take_in(db: Database, *products: Product) -> CommitResult:
    """Add products that must all be new, or none: begin, stage, commit.

    Raises:
        transactscope.errors.ConditionFailedError: One is there already; nothing was written.
    """
    tx = TransactScope(db).begin()
    for product in products:
        tx.insert(product)
    return tx.commit()


def think_better_of_it(db: Database, *products: Product) -> None:
    """Add products, and roll back. Nothing is sent."""
    tx = TransactScope(db).begin()
    for product in products:
        tx.insert(product)
    tx.rollback()


@transactional
def edit(
    tx: TransactScope, kind: type[P], creator: str, title: str, change: Callable[[P], object]
) -> P:
    """Retrieve a product, change it, and add it again in place of what was retrieved.

    Where somebody else was faster, it is done again on what they have written, so `change` may
    be called several times.

    Raises:
        UnknownProductError: There is no such product; nothing was written.
    """
    product = tx.get(kind, creator, title)
    if product is None:
        raise UnknownProductError
    change(product)
    tx.put(product)
    return product


def take_in_without(db: Database, *products: Product, unwanted: Product) -> CommitResult:
    """Add products, and one more in a level of its own, which is rolled back."""
    tx = TransactScope(db).begin()
    first, *others = products
    tx.insert(first)
    with tx.savepoint():
        tx.insert(unwanted)
        raise Rollback  # leaves this level, and drops what it staged
    for product in others:
        tx.insert(product)
    return tx.commit()


def in_and_out(db: Database, product: Product) -> CommitResult:
    """Add a product that must be new, and remove it in the same transaction.

    Raises:
        transactscope.errors.StaleReadError: One is there already, and is not this one; it stays.
    """
    tx = TransactScope(db).begin()
    tx.insert(product)
    tx.delete(product)
    return tx.commit()


def run(db: Database) -> None:
    """Play the story on empty tables, and once more on an empty table."""
    for title, kinds in (("Three tables", THREE_TABLES), ("One table", ONE_TABLE)):
        print(f"{title}:")
        create_tables(db, kinds)
        _play(db, kinds)


def _play(db: Database, kinds: Kinds) -> None:
    album, book, movie = kinds.delivery()

    think_better_of_it(db, album, book, movie)
    print("- rolled back, nothing was sent:", db.get(kinds.album, "Bach", "6 Partitas"))

    take_in_without(db, album, movie, unwanted=book)
    print("- an inner level was rolled back:", db.get(kinds.book, "Homer", "Odyssey"))
    print("- and what is around it is stored:", db.get(kinds.movie, "Chaplin", "The Kid"))
    in_and_out(db, book)
    print("- in and out at once:", db.get(kinds.book, "Homer", "Odyssey"))

    for product in (album, movie):
        db.delete(product)
    take_in(db, *kinds.delivery())
    print("- a delivery, committed:", db.get(kinds.book, "Homer", "Odyssey"))

    def date(found: Album) -> None:
        found.year = 1731

    print("- retrieved, edited, added:", edit(db, kinds.album, "Bach", "6 Partitas", date))
