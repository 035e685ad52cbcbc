"""The command line: what there is, and every story from its beginning to its end."""

import os
import pathlib
import subprocess
import sys

import pytest

from samples.patterns.__main__ import main, pattern_names, patterns_meant_by, tables_of_its_own
from samples.patterns.money_transfer import Account
from tests.engines import ROOT
from transactscope import Database

README = pathlib.Path(__file__).resolve().parents[1] / "README.md"


def test_without_a_name_all_patterns_are_listed(capsys):
    """What there is can be seen without reading the sources."""
    code = main([])
    lines = capsys.readouterr().out.splitlines()

    assert 0 == code
    assert pattern_names() == [line.split()[0] for line in lines]
    assert all(len(line.split()) > 5 for line in lines)


@pytest.mark.slow
@pytest.mark.parametrize("name", pattern_names())
def test_every_story_ends_well(engine, name, capsys):
    """On every engine of this machine, and with one that begins without tables."""
    code = main([name, "--engine", engine.name])
    said = capsys.readouterr()

    assert (0, "") == (code, said.err)
    assert f"{engine.name} answers" in said.out
    assert "It sent" in said.out


@pytest.mark.parametrize("typed", ["escrow", "escrow_release", "escrow-rel"])
def test_the_beginning_of_a_name_is_enough(typed, capsys):
    """Nobody has to remember the second word."""
    assert 0 == main([typed, "--engine", "moto"])
    assert "Escrow release" in capsys.readouterr().out


def test_a_name_is_itself_also_where_others_begin_with_it():
    """What is typed in full is never ambiguous."""
    assert ["one"] == patterns_meant_by("one", ["one", "one_moment"])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("weather", "there is no pattern 'weather'; there are album_book_movie, audit_counter"),
        ("a", "'a' may be album_book_movie or audit_counter"),
    ],
    ids=["unknown", "ambiguous"],
)
def test_a_name_that_is_none_is_told(typed, words, capsys):
    """The mistake is named, with what it could be."""
    with pytest.raises(SystemExit) as left:
        main([typed])

    assert 2 == left.value.code
    assert words in capsys.readouterr().err


def test_any_endpoint_may_answer(engine, client, monkeypatch, capsys):
    """Such as DynamoDB Local. Region and credentials are the user's own."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    url = client.meta.endpoint_url
    code = main(["claim", "--endpoint-url", url, "--region", client.meta.region_name])
    said = capsys.readouterr()

    assert (0, "") == (code, said.err)
    assert f"{url} answers" in said.out
    assert "It sent" in said.out


def test_one_engine_answers(capsys):
    """Who names two is asked which."""
    with pytest.raises(SystemExit):
        main(["claim", "--engine", "moto", "--endpoint-url", "http://127.0.0.1:8000"])

    assert "not allowed with" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["samples.patterns"],
        ["samples.patterns", "money_transfer", "--engine", "moto"],
        ["samples.catalog", "--demo", "--engine", "moto"],
    ],
    ids=["list", "pattern", "catalog"],
)
def test_a_reader_that_has_seen_enough_ends_a_program(command):
    """As `head` does. The program ends as one that a signal ends, and complains of nothing."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as nowhere:
        ended = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=nowhere,
            stderr=subprocess.PIPE,
            text=True,
            timeout=600,
            check=False,
        )

    assert (128 + 13, "") == (ended.returncode, ended.stderr)


@pytest.mark.parametrize(
    "arguments",
    [["--region", "eu-west-1"], ["email", "--engine", "moto", "--profile", "x"]],
)
def test_settings_that_would_be_ignored_are_refused(arguments, capsys):
    """Nobody believes to be on Amazon who is not."""
    with pytest.raises(SystemExit) as left:
        main(arguments)

    assert 2 == left.value.code
    assert "--engine aws" in capsys.readouterr().err


def test_a_profile_that_does_not_exist_is_told(capsys):
    """A wrong setting is answered in a sentence."""
    code = main(["money_transfer", "--engine", "aws", "--profile", "nobody"])

    assert 2 == code
    assert "nobody" in capsys.readouterr().err


def test_no_table_is_left_behind(client):
    """A story may be played where tables cost money, and again and again."""
    before = client.list_tables()["TableNames"]
    with tables_of_its_own(client) as names:
        db = Database(client, table_names=names)
        db.create_table(Account)
        db.insert(Account("A-1"))
        during = client.list_tables()["TableNames"]

    assert [names("Account")] == sorted(set(during) - set(before))
    assert before == client.list_tables()["TableNames"]


def test_every_pattern_is_in_the_readme():
    """A pattern that was added can be found."""
    text = README.read_text(encoding="utf-8")

    assert [] == [name for name in pattern_names() if f"`{name}`" not in text]
