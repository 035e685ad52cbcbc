"""Bulk notification: thousands of rows in batches, where a transaction would be the wrong tool.

A campaign goes to every member. Nothing has to happen together: if some rows are written and
others not, the rest is written by a second run. So it is no transaction, which takes 100 items
and costs twice as much, but as many batches of 25 as there have to be:

    INSERT INTO notifications VALUES ('u-1', 'spring', ...)     -- any order, each for itself
    INSERT INTO notifications VALUES ('u-2', 'spring', ...)

The key is made of what the row is about, member and campaign, so a second run writes the same
rows again and no others. What could not be written is told, member by member: also who comes after
a failure that has ended the run, and was not come to at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from attrs import frozen

from transactscope import Database, KeyTemplate, entity
from transactscope.errors import BatchIncompleteError

Progress = Callable[[int], object]

NAMED: Final = 10  # members in the text of an error, which may go to a log


@entity(
    "Notifications",
    partition_key=KeyTemplate("PK", "USER#{user}"),
    sort_key=KeyTemplate("SK", "NOTIF#{campaign}"),
)
@frozen
class Notification:
    """What one member is told by one campaign."""

    user: str
    campaign: str
    text: str


class NotToldError(Exception):
    """Some members could not be told.

    Attributes:
        users: All of these, and who may have been told without an answer.
    """

    def __init__(self, users: Iterable[str]) -> None:
        self.users = tuple(users)
        named, more = ", ".join(self.users[:NAMED]), len(self.users) - NAMED
        and_more = f" and {more} more" if more > 0 else ""
        super().__init__(f"{len(self.users)} not told, or not known to be: {named}{and_more}")


def notify(
    db: Database, campaign: str, text: str, users: Iterable[str], progress: Progress | None = None
) -> int:
    """Tell every member, and return how many that were.

    Args:
        db: The database.
        campaign: What it is about: a member is told once by each.
        text: What they are told.
        users: The members, of whom only the names are held in memory. Who is named twice is told
            once.
        progress: Called with the number of rows that were written since its last call, as the
            `update` of a tqdm bar is; for rich, `lambda count: bar.advance(task, count)`.

    Raises:
        NotToldError: Some could not be told; all others were. Its cause says why.
        transactscope.errors.TransactScopeError: It was refused before anybody was told.
    """
    left = iter(dict.fromkeys(users))
    try:
        return db.batch_write(_about(campaign, text, left), progress=progress).done
    except BatchIncompleteError as incomplete:
        taken = (notification.user for notification in incomplete.result.puts_left)
        raise NotToldError([*taken, *left]) from incomplete  # what is left was never taken


def _about(campaign: str, text: str, users: Iterable[str]) -> Iterator[Notification]:
    return (Notification(user, campaign, text) for user in users)


def members(count: int) -> Iterator[str]:
    """Give the members one by one, as a query would."""
    return (f"u-{number}" for number in range(count))


def run(db: Database) -> None:
    """Play the story on an empty table."""
    db.create_table(Notification)
    count = 1037

    told = 0

    def show(more: int) -> None:
        """Draw a bar, as tqdm and rich would, on a line of its own for every tenth."""
        nonlocal told
        before, told = told, told + more
        if told * 10 // count > before * 10 // count:
            tenths = told * 10 // count
            print(f"  [{'#' * tenths:10}] {told:5} of {count}")

    print(
        f"- {notify(db, 'spring', 'New tables are here', members(count), show)} members are told."
    )
    again = notify(db, "spring", "New tables are here", members(count))
    print(f"- A second run writes {again} rows, the same ones.")
