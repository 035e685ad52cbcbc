"""Profile form: one button saves four kinds of rows, or none, and says what is wrong.

A page lets people change name, address and language. Behind it are a profile, settings, a row for
each address, and an audit row. Saved one after the other, the third failure leaves a user whose
profile has an address that is somebody else's. So the parts of the form are functions that know
nothing of each other, and share a transaction:

    BEGIN
    UPDATE profiles SET name = 'Ann B.' WHERE user_id = 'ann'
    UPDATE profiles SET email = 'b@new.example' WHERE user_id = 'ann' AND email = 'a@old.example'
    UPDATE settings SET notify = 'b@new.example' WHERE user_id = 'ann'
    INSERT INTO emails VALUES ('b@new.example', 'ann')
    DELETE FROM emails WHERE address = 'a@old.example' AND user_id = 'ann'
    UPDATE settings SET language = 'de' WHERE user_id = 'ann'
    INSERT INTO changes VALUES ('h-1', ...)
    COMMIT

Seven calls are five actions: those on one item become one. If a condition is false, the answer
names the actions that failed, by their place in the request and with the item that is stored, so
the page can say which field it is about.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, frozen

from transactscope import Attr, Database, KeyTemplate, TransactScope, entity, transactional
from transactscope.errors import ConditionFailedError
from transactscope.types import CancellationReason

_OF_USER = KeyTemplate("PK", "USER#{user_id}")
_IS_THERE = Attr("PK").exists()  # about the key, so known after any other call on the item


@entity("Members", partition_key=_OF_USER, sort_key=KeyTemplate("SK", "PROFILE"))
@define
class Profile:
    """A user, with the one address that is theirs."""

    user_id: str
    name: str
    email: str


@entity("Members", partition_key=_OF_USER, sort_key=KeyTemplate("SK", "SETTINGS"))
@define
class Settings:
    """What a user has chosen, and where they are told."""

    user_id: str
    notify: str
    language: str = "en"


@entity("Members", partition_key=_OF_USER, sort_key=KeyTemplate("SK", "CHANGE#{change_id}"))
@frozen
class Change:
    """The audit row of a saved form."""

    user_id: str
    change_id: str
    fields: tuple[str, ...]


@entity(
    "Members",
    partition_key=KeyTemplate("PK", "EMAIL#{address}"),
    sort_key=KeyTemplate("SK", "USER"),
)
@frozen
class Email:
    """Whose an address is."""

    address: str
    user_id: str


@frozen
class Form:
    """What was typed, and the address that the page was shown with."""

    change_id: str
    user_id: str
    name: str
    language: str
    old_email: str
    new_email: str


class NotSavedError(Exception):
    """Nothing of the form was saved.

    Attributes:
        failures: What was not as it had to be, in the order of the request.
    """

    def __init__(self, failures: Sequence[CancellationReason]) -> None:
        self.failures = tuple(failures)
        super().__init__(", ".join(f"{kind} at {index}" for index, kind in self.places))

    @property
    def places(self) -> tuple[tuple[int, str], ...]:
        """The place of each action that failed, and the kind of its item."""
        return tuple(
            (reason.index, reason.entity_class.__name__ if reason.entity_class else "")
            for reason in self.failures
        )


@transactional
def rename(tx: TransactScope, user_id: str, name: str) -> None:
    """Give a user another name."""
    tx.update(Profile, user_id, set={"name": name}, condition=_IS_THERE)


@transactional
def move(tx: TransactScope, user_id: str, old: str, new: str) -> None:
    """Give a user another address, which must be free, and free the one before."""
    if old == new:
        return  # one request cannot insert and delete the same row
    tx.update(Profile, user_id, set={"email": new}, condition=Attr("email").eq(old))
    tx.update(Settings, user_id, set={"notify": new}, condition=_IS_THERE)
    tx.insert(Email(new, user_id))
    tx.delete(Email, old, condition=Attr("user_id").eq(user_id))


@transactional
def speak(tx: TransactScope, user_id: str, language: str) -> None:
    """Choose a language."""
    tx.update(Settings, user_id, set={"language": language}, condition=_IS_THERE)


@transactional
def fill_in(tx: TransactScope, form: Form) -> None:
    """Do everything that a form asks for."""
    rename(tx, form.user_id, form.name)
    move(tx, form.user_id, form.old_email, form.new_email)
    speak(tx, form.user_id, form.language)
    tx.insert(Change(form.user_id, form.change_id, ("name", "email", "language")))


def save(db: Database, form: Form) -> None:
    """Save a form.

    Raises:
        NotSavedError: Something is not as it has to be; nothing was written.
    """
    try:
        fill_in(db, form)
    except ConditionFailedError as refusal:
        raise NotSavedError(refusal.failures) from refusal


def run(db: Database) -> None:
    """Play the story on an empty table."""
    db.create_table(Profile)  # the other three kinds are in the same table
    for user_id in ("ann", "ben"):
        address = f"{user_id}@example.org"
        for row in (Profile(user_id, user_id, address), Settings(user_id, address)):
            db.insert(row)
        db.insert(Email(address, user_id))

    print("ann changes everything at once, which sends:")
    form = Form("h-1", "ann", "Ann B.", "de", "ann@example.org", "ann@new.example")
    with TransactScope(db) as tx:
        fill_in(tx, form)
        for action in tx.explain().rows:
            print(f"- [{action.index}] {action.kind}, for {len(action.calls)} of the calls")
    print(f"- {db.get(Profile, 'ann')}")

    print("She sends the old page once more, and ben wants the address that is hers now:")
    for wanted in (form, Form("h-2", "ben", "Ben", "fr", "ben@example.org", "ann@new.example")):
        try:
            save(db, wanted)
        except NotSavedError as error:
            print(f"- {wanted.change_id} is not saved: {error}.")
    print(f"- {db.get(Profile, 'ben')}")
    print(f"- {db.get(Settings, 'ben')}")
