"""The shell: one command a line, one answer each."""

import io
import json

import pytest

from samples.catalog.frontend.shell import HELP, Shell, typed_lines
from samples.catalog.frontend.terminal import ODYSSEY, PARTITAS, THE_KID
from samples.catalog.service.outcomes import Listed
from samples.catalog.tests.marks import on_dynoxide
from transactscope.testing import Faults, lost_answer, lost_request

PRODUCTS = [
    'add album Bach "6 Partitas" 1731',
    "add book Homer Odyssey 1614-11-02 English",
    'add movie Chaplin "The Kid" Comedy/Drama/Children',
]


@pytest.fixture
def answers():
    """What the shell has written."""
    return []


@pytest.fixture
def shell(service, answers):
    """A shell of one session."""
    return Shell(service, answers.append)


def test_a_transaction_can_be_typed(shell, other, sent, answers):
    """The story's first transaction works by hand."""
    shell.run(["begin", *PRODUCTS, "commit", "quit"])

    assert "Committed: 3 actions, all applied together." == answers[-1]
    assert ["TransactWriteItems with 3 actions"] == sent
    assert Listed((PARTITAS, ODYSSEY, THE_KID)) == other.stored()


def test_a_rollback_can_be_typed(shell, sent, answers):
    """What was staged can be dropped by hand."""
    shell.run(["begin", *PRODUCTS, "rollback"])

    assert "Rolled back: 3 actions dropped, nothing was sent." == answers[-1]
    assert [] == sent


def test_products_can_be_read_changed_and_removed(shell):
    """The other commands do what they are called."""
    lines = [
        PRODUCTS[0],
        'get album Bach "6 Partitas"',
        'change album Bach "6 Partitas" year=1732',
        "list",
        'remove album Bach "6 Partitas"',
        "list",
    ]

    assert [
        'Written to the table at once: add Album "6 Partitas" by Bach.',
        'Album "6 Partitas" by Bach (year 1731).',
        'Written to the table at once: change Album "6 Partitas" by Bach.',
        'Album "6 Partitas" by Bach (year 1732)',
        'Written to the table at once: remove Album "6 Partitas" by Bach.',
        "The tables are empty.",
    ] == [shell.answer(line) for line in lines]


def test_staged_writes_are_shown(shell):
    """One can look before one commits."""
    lines = ["staged", "begin", PRODUCTS[1], "staged"]

    answers = [shell.answer(line) for line in lines]

    assert ["Nothing is staged.", 'insert Book "Odyssey" by Homer'] == [answers[0], answers[3]]


def test_levels_can_be_typed(shell, other, sent):
    """A level is dropped, and the rest is committed by one request."""
    lines = [
        "begin",
        PRODUCTS[0],
        "savepoint",
        PRODUCTS[1],
        "staged",
        "rollback level",
        "savepoint",
        PRODUCTS[2],
        "release",
        "commit",
    ]

    answers = [shell.answer(line) for line in lines]

    assert 'insert Book "Odyssey" by Homer (level 2)' == answers[4].splitlines()[1]
    assert (
        "Level 2 is rolled back: 1 call dropped, nothing was sent. Level 1 goes on." == answers[5]
    )
    assert "Level 2 is released: 1 call kept in level 1, nothing was sent." == answers[8]
    assert "Committed: 2 actions, all applied together." == answers[9]
    assert ["TransactWriteItems with 2 actions"] == sent
    assert Listed((PARTITAS, THE_KID)) == other.stored()


def test_what_will_be_sent_is_shown(shell):
    """Calls on one product are one action, with its size, its values and its condition."""
    lines = ["actions", "begin", PRODUCTS[0], 'change album Bach "6 Partitas" year=1', "actions"]

    answers = [shell.answer(line) for line in lines]

    assert "Nothing will be sent." == answers[0]
    assert [
        "1 action from 2 calls, 31 bytes:",
        'put Album "6 Partitas" by Bach: 31 bytes, from 2 calls',
        "    artist = 'Bach'",
        "    title = '6 Partitas'",
        "    year = 1",
        "    if attribute_not_exists(artist)",
        "Total: 1 of 100 actions, 31 bytes of 4 MB, 2 write units.",
    ] == answers[4].splitlines()


def test_a_call_can_be_taken_back(shell, other):
    """By its number in the list, which is said if there is no such number."""
    lines = ["begin", *PRODUCTS, "unstage 2", "unstage 3", "unstage x", "staged", "commit"]

    answers = [shell.answer(line) for line in lines]

    assert 'Unstaged: insert Book "Odyssey" by Homer. Nothing was sent.' == answers[4]
    assert [
        "Not done: staged are 2 calls, and no '3'.",
        "Not done: staged are 2 calls, and no 'x'.",
    ] == (answers[5:7])
    assert Listed((PARTITAS, THE_KID)) == other.stored()


def test_the_exact_request_is_shown(shell, sent):
    """What will be sent, and afterwards what was."""
    lines = ["request", "begin", PRODUCTS[0], "request", "commit", "request"]

    answers = [shell.answer(line) for line in lines]

    assert "Nothing is staged, and nothing was sent." == answers[0]
    assert "6 Partitas" == json.loads(answers[3])["TransactItems"][0]["Put"]["Item"]["title"]["S"]
    assert answers[3] == answers[5]
    assert ["TransactWriteItems with 1 action"] == sent


@on_dynoxide
def test_a_doubt_can_be_resolved(shell, other, client):
    """The way out is named where the doubt is told, and leads to what became of it."""
    with Faults(client) as faults:
        faults.next("TransactWriteItems", *[lost_answer()] * 6)
        answers = [shell.answer(line) for line in ("begin", PRODUCTS[0], "commit")]
    answers.append(shell.answer("resolve"))

    assert answers[2].startswith("In doubt: it was sent")
    assert "Type resolve to find out" in answers[2]
    assert "Sent 6 times, with the same token" in answers[2]
    assert answers[3].startswith("Committed: 1 action, all applied together.\nSent 7 times")
    assert Listed((PARTITAS,)) == other.stored()
    assert "no such transaction in doubt" in shell.answer("resolve")


def test_a_doubt_can_be_given_up(shell, client):
    """Who has looked at the products is not asked for ever about the oldest one."""
    with Faults(client) as faults:
        faults.next("TransactWriteItems", *[lost_request()] * 6)
        answers = [shell.answer(line) for line in ("begin", PRODUCTS[0], "commit", "give up")]

    assert answers[3].startswith("Given up:")
    assert "no such transaction in doubt" in shell.answer("resolve")


def test_a_change_of_nothing_is_told_in_words(shell):
    """Whoever names no field, or gives it the value that it has, is told so."""
    shell.answer("add album Bach Air 1731")

    assert "a change needs FIELD=VALUE" in shell.answer("change album Bach Air")
    assert "nothing differs" in shell.answer("change album Bach Air year=1731")


def test_leaving_rolls_back_and_says_so(shell, answers):
    """Nobody leaves in the belief that something was stored."""
    shell.run(["begin", PRODUCTS[0], "quit", "never read"])

    assert "Rolled back: 1 action dropped, nothing was sent." == answers[-1]


def test_an_interruption_rolls_back(shell, answers, service):
    """Ctrl-C ends the session as `quit` does."""

    def lines():
        yield "begin"
        yield PRODUCTS[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shell.run(lines())

    assert not service.is_open
    assert "Rolled back" in answers[-1]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("dance", "no command 'dance'"),
        ("add", "more words, or fewer"),
        ("begin now", "more words, or fewer"),
        ("rollback everything", "goes alone"),
        ("release", "no transaction is open"),
        ("rollback level", "no transaction is open"),
        ("add song Bach Air", "no 'song'"),
        ("add album Bach", "also needs: title"),
        ("add album Bach Air 1731 again", "nothing more"),
        ("change album Bach Air 1731", "also"),
        ("give in", "give up"),
        ("give up", "no such transaction in doubt"),
        ('get album Bach "6 Part', "cannot be read"),
        ("get album Bach Air", "is not there"),
        ("change album Bach Air year=1", "is not there"),
        ("remove album Bach Air", "is not there"),
        ('add album "" Air', "empty"),
    ],
)
def test_a_line_that_cannot_be_done_is_answered(shell, line, words):
    """A typo ends neither the shell nor the transaction."""
    if line == "change album Bach Air 1731":
        shell.answer("add album Bach Air 1731")
        words = "FIELD=VALUE"

    assert words in shell.answer(line)


def test_empty_lines_are_passed_over(shell, answers):
    """Enter alone asks for nothing."""
    shell.run(["", "   "])

    assert [] == answers


def test_help_names_every_command(shell):
    """What can be typed can be found out."""
    assert HELP == shell.answer("help")
    assert [] == [name for name in shell._commands if name not in HELP]


def test_the_end_of_the_input_ends_the_shell(monkeypatch, capsys):
    """A file of commands may end without `quit`."""
    monkeypatch.setattr("sys.stdin", io.StringIO("begin\ncommit\n"))

    assert ["begin", "commit"] == list(typed_lines())
