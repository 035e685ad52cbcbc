"""Unique e-mail address: a rule over all users, kept by one row per address.

DynamoDB knows no UNIQUE but that of the key. Who looks whether an address is free and then
takes it shares it with whoever looked at the same time. So an address is a row of its own,
`EMAIL#ann@example.org / USER`, and whoever can insert it has it:

    BEGIN                                                     -- Ann changes her address
    SELECT * FROM profile WHERE user_id = 'ann' FOR UPDATE
    UPDATE profile SET email = 'ann@new.example'              -- still as it was read
    UPDATE settings SET notification_email = 'ann@new.example'
    INSERT INTO email VALUES ('ann@new.example', 'ann')       -- fails if somebody has it
    DELETE FROM email WHERE address = 'ann@example.org' AND user_id = 'ann'
    COMMIT

The four writes are one request. The read takes no lock: if the profile has changed by then,
nothing is written, and the function runs again. Before an address becomes a key its spelling
is made one, else `Ann@example.org` and `ann@example.org` would be two.
"""

from __future__ import annotations

import unicodedata

from attrs import define, frozen

from transactscope import Attr, Database, KeyTemplate, TransactScope, entity, transactional

_OF_USER = KeyTemplate("PK", "USER#{user_id}")


@entity("Users", partition_key=_OF_USER, sort_key=KeyTemplate("SK", "PROFILE"))
@define
class Profile:
    """A user, with the one address that is theirs."""

    user_id: str
    email: str


@entity("Users", partition_key=_OF_USER, sort_key=KeyTemplate("SK", "SETTINGS"))
@define
class Settings:
    """What a user has chosen; there is no such row before the first choice."""

    user_id: str
    notification_email: str


@entity(
    "Users",
    partition_key=KeyTemplate("PK", "EMAIL#{address}"),
    sort_key=KeyTemplate("SK", "USER"),
)
@frozen
class Email:
    """Whose an address is."""

    address: str
    user_id: str


class AddressTakenError(Exception):
    """The address is somebody's already."""


class UserExistsError(Exception):
    """There is such a user already."""


class UnknownUserError(Exception):
    """There is no such user."""


def normalised(address: str) -> str:
    """Return the one spelling of an address; case and the forms of a letter make no difference.

    Raises:
        ValueError: It is no address.
    """
    folded = unicodedata.normalize("NFKC", address).casefold()
    one = unicodedata.normalize("NFKC", folded)  # folding may take letters apart again
    one = one.strip()  # last, because what was one sign may be a space and an accent by now
    name, _, domain = one.rpartition("@")
    if not (name and domain):
        raise ValueError("an address has a name, @ and a domain")
    return one


@transactional
def register(tx: TransactScope, user_id: str, address: str) -> None:
    """Add a user together with their address.

    Raises:
        ValueError: It is no address. Nothing is sent.
        UserExistsError: The id is taken; nothing was written.
        AddressTakenError: The address is somebody's; nothing was written.
    """
    email = normalised(address)
    tx.insert(Profile(user_id, email), raises=UserExistsError)
    tx.insert(Email(email, user_id), raises=AddressTakenError)


@transactional
def change_address(tx: TransactScope, user_id: str, address: str) -> None:
    """Give a user another address, and free the one before. The same one again writes nothing.

    Raises:
        ValueError: It is no address. Nothing is sent.
        UnknownUserError: There is no such user; nothing was written.
        AddressTakenError: The address is somebody else's; nothing was written.
    """
    new = normalised(address)
    profile = tx.get(Profile, user_id)
    if profile is None:
        raise UnknownUserError
    old, profile.email = profile.email, new
    if old == new:
        return  # one request cannot insert and delete the same row
    tx.update(profile)
    tx.update(Settings, user_id, set={"notification_email": new})
    tx.insert(Email(new, user_id), raises=AddressTakenError)
    tx.delete(Email, old, condition=Attr("user_id").eq(user_id))


def run(db: Database) -> None:
    """Play the story on an empty table."""
    db.create_table(Profile)  # the other two kinds are in the same table

    print("ann registers as Ann@Example.org, and is stored as", normalised("Ann@Example.org"))
    register(db, "ann", "Ann@Example.org")
    print("ben registers with the same in wide letters, \uff41nn@example.org:")
    try:
        register(db, "ben", "\uff41nn@example.org")
    except AddressTakenError:
        print(f"- refused; what is stored of ben is {db.get(Profile, 'ben')}.")

    print("ann moves to ann@new.example:")
    change_address(db, "ann", "ann@new.example")
    for address in ("ann@example.org", "ann@new.example"):
        row = db.get(Email, address)
        print(f"- {address} is {f'the address of {row.user_id}' if row else 'free'}.")
    print("The same in capitals is no change, and nothing is written.")
    change_address(db, "ann", "ANN@NEW.EXAMPLE")
    print("Now ben can have the old one:")
    register(db, "ben", "ann@example.org")
    print(f"- {db.get(Profile, 'ben')}")
