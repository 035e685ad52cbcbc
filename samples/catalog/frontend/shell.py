"""A small shell to play with transactions: one command a line, one answer each."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from samples.catalog.frontend.entry import EntryError, changed, field_names, kind, product_of
from samples.catalog.service.catalog import CatalogService
from samples.catalog.service.outcomes import Committed, Failed, Found, InDoubt, counted
from samples.catalog.service.plans import summed, total_of

HELP: Final = """\
begin                                open a transaction; without one, writes are sent at once
staged                               show the calls of the open transaction
actions                              show what will be sent: calls on one product are one action
request                              show the exact request that will be sent, or was sent last
unstage NUMBER                       take back one call, by its number in the list of staged
commit                               send all of it as one request
rollback                             drop it; nothing is sent
resolve                              find out what became of the oldest commit in doubt
give up                              do not ask any more what became of it

savepoint                            open a level inside the transaction
release                              end the level; what it staged stays
rollback level                       end the level; what it staged is dropped

add album  ARTIST TITLE [YEAR]
add book   AUTHOR TITLE YYYY-MM-DD LANGUAGE
add movie  DIRECTOR TITLE GENRE/GENRE
get        album|book|movie CREATOR TITLE
change     album|book|movie CREATOR TITLE FIELD=VALUE ...
remove     album|book|movie CREATOR TITLE
list                                 show what is stored

help, quit                           names of more than one word go in quotes: "6 Partitas"
"""


class Shell:
    """Reads commands and answers with what the service says.

    Args:
        service: The session that the commands are for.
        write: Takes each answer.
    """

    def __init__(self, service: CatalogService, write: Callable[[str], object] = print) -> None:
        self._service = service
        self._write = write
        self._commands: dict[str, Callable[..., object]] = {
            "begin": service.begin,
            "staged": self._staged,
            "actions": self._actions,
            "request": self._request,
            "unstage": self._unstage,
            "commit": self._commit,
            "rollback": self._rollback,
            "resolve": self._resolve,
            "give": self._give,
            "savepoint": service.savepoint,
            "release": service.release,
            "add": self._add,
            "get": self._get,
            "change": self._change,
            "remove": self._remove,
            "list": service.stored,
            "help": lambda: HELP,
        }

    def run(self, lines: Iterable[str]) -> None:
        """Answer line by line until `quit` or the end; what is open then is rolled back."""
        try:
            for line in lines:
                if line.strip() == "quit":
                    break
                if line.strip():
                    self._write(self.answer(line))
        finally:
            if (closed := self._service.close()) is not None:
                self._write(str(closed))

    def answer(self, line: str) -> str:
        """Carry out one command and return the answer."""
        try:
            name, *words = _words(line)
            command = self._commands.get(name.lower())
            if command is None:
                return f"There is no command {name!r}. Type help."
            _refuse_wrong_count(name, command, words)
            return str(command(*words))
        except EntryError as error:
            return f"Not done: {error}."

    def _staged(self) -> str:
        return "\n".join(map(str, self._service.staged)) or "Nothing is staged."

    def _actions(self) -> str:
        if not (actions := self._service.actions):
            return "Nothing will be sent."
        return "\n".join(
            [f"{summed(actions)}:", *map(str, actions), f"Total: {total_of(actions)}."]
        )

    def _request(self) -> str:
        service = self._service
        return service.request or service.sent_request or "Nothing is staged, and nothing was sent."

    def _unstage(self, number: str, /) -> object:
        staged = self._service.staged
        if number not in map(str, range(1, len(staged) + 1)):
            raise EntryError(f"staged are {counted(len(staged), 'call')}, and no {number!r}")
        return self._service.unstage(staged[int(number) - 1].number)

    def _commit(self) -> str:
        return _with_facts(self._service.commit())

    def _resolve(self) -> str:
        return _with_facts(self._service.resolve())

    def _give(self, up: str, /) -> object:
        if up != "up":
            raise EntryError("give goes as give up")
        return self._service.give_up()

    def _rollback(self, what: str = "", /) -> object:
        if what not in ("", "level"):
            raise EntryError("rollback goes alone, or as rollback level")
        return self._service.rollback_level() if what else self._service.rollback()

    def _add(self, kind_: str, /, *words: str) -> object:
        cls = kind(kind_)
        names = field_names(cls)
        if len(words) > len(names):
            raise EntryError(f"a {kind_} has {', '.join(names)}, and nothing more")
        return self._service.add(product_of(cls, dict(zip(names, words, strict=False))))

    def _get(self, kind_: str, creator: str, title: str, /) -> object:
        return self._service.retrieve(kind(kind_), creator, title)

    def _change(self, kind_: str, creator: str, title: str, /, *assignments: str) -> object:
        found = self._service.retrieve(kind(kind_), creator, title)
        if not isinstance(found, Found):
            return found
        if not assignments:
            raise EntryError("a change needs FIELD=VALUE, once or more often")
        product = changed(found.product, dict(_assignment(text) for text in assignments))
        return self._service.change(product, seen=found.product)

    def _remove(self, kind_: str, creator: str, title: str, /) -> object:
        return self._service.remove(kind(kind_), creator, title)


def typed_lines(prompt: str = "catalog> ") -> Iterator[str]:
    """Yield what is typed, until the end of the input."""
    while True:
        try:
            yield input(prompt)
        except EOFError:
            print()  # ends the line of the prompt
            return


def _with_facts(outcome: Committed | Failed) -> str:
    """Tell an outcome, and how it was sent unless that was once and without a word."""
    told = [str(outcome)]
    sending = getattr(outcome, "sending", None)
    if sending is not None and (sending.attempts > 1 or sending.replayed):
        told += sending.facts
    if isinstance(outcome, InDoubt):
        told.append("Type resolve to find out: the same request is sent again.")
    return "\n".join(told)


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:  # a quote that is never closed
        raise EntryError(f"the line cannot be read: {error}") from None


def _refuse_wrong_count(name: str, command: Callable[..., object], words: list[str]) -> None:
    try:
        inspect.signature(command).bind(*words)
    except TypeError:
        raise EntryError(f"{name} takes more words, or fewer; see help") from None


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise EntryError(f"a change is written FIELD=VALUE, not {text!r}")
    return name, value
