"""The command line: what there is, and every story from its beginning to its end."""

import pathlib

import pytest

from samples.patterns.__main__ import main, pattern_names, tables_of_its_own
from samples.patterns.money_transfer import Account
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


def test_an_unknown_name_is_told(capsys):
    """The mistake is named, with what there is."""
    with pytest.raises(SystemExit) as left:
        main(["money"])

    assert 2 == left.value.code
    assert "no pattern 'money'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["--region", "eu-west-1"], ["email_index", "--engine", "moto", "--profile", "x"]],
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
