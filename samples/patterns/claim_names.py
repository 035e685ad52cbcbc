"""Create if absent: several names are claimed together, or none, and the taken ones are told.

Somebody founds a company: its web address, its user name and its mail domain must all be free.
Who asks for each and then writes each is overtaken between the two, and is left with two names
of three. So all of them are inserted in one transaction:

    BEGIN
    INSERT INTO names VALUES ('host', 'acme', 'c-1')     -- fails where the name is taken
    INSERT INTO names VALUES ('user', 'acme', 'c-1')
    INSERT INTO names VALUES ('mail', 'acme', 'c-1')
    COMMIT

DynamoDB judges every action, so one refusal names every name that is taken, and by whom: the
stored items come with the answer.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from transactscope import Database, KeyTemplate, TransactScope, entity, transactional
from transactscope.errors import ConditionFailedError


@entity(
    "Names",
    partition_key=KeyTemplate("PK", "{kind}#{name}"),
    sort_key=KeyTemplate("SK", "NAME"),
)
@frozen
class Name:
    """A name of some kind, and who has it."""

    kind: str
    name: str
    owner: str


class TakenError(Exception):
    """Some names belong to somebody already.

    Attributes:
        names: These, as they are stored.
    """

    def __init__(self, names: Iterable[Name]) -> None:
        self.names = tuple(names)
        super().__init__(", ".join(f"{each.kind} {each.name}" for each in self.names))


@transactional
def insert_all(tx: TransactScope, names: Iterable[Name]) -> None:
    """Insert names that must all be free."""
    for name in names:
        tx.insert(name)


def claim(db: Database, names: Iterable[Name]) -> None:
    """Claim all of these names, or none.

    Raises:
        ValueError: There is none. Nothing is sent.
        TakenError: Some are taken; nothing was written.
    """
    wanted = tuple(names)
    if not wanted:
        raise ValueError("there is no name to claim")
    try:
        insert_all(db, wanted)
    except ConditionFailedError as refusal:
        raise TakenError(failure.item for failure in refusal.failures) from refusal


def names_of(owner: str, name: str) -> tuple[Name, ...]:
    """Return the names that a company needs."""
    return tuple(Name(kind, name, owner) for kind in ("host", "user", "mail"))


def run(db: Database) -> None:
    """Play the story on an empty table."""
    db.create_table(Name)

    for owner, name in (("c-1", "acme"), ("c-2", "acme"), ("c-2", "globex")):
        try:
            claim(db, names_of(owner, name))
        except TakenError as error:
            owners = {taken.owner for taken in error.names}
            print(f"- {owner} wants {name}: taken by {', '.join(owners)}: {error}.")
        else:
            print(f"- {owner} wants {name}: host, user and mail are theirs.")

    print("One taken name is enough, and the free ones stay free:")
    db.delete(Name, "host", "globex")
    try:
        claim(db, names_of("c-3", "globex"))
    except TakenError as error:
        free = db.get(Name, "host", "globex")
        print(f"- c-3 wants globex: refused for {error}; who has the host: {free}.")
