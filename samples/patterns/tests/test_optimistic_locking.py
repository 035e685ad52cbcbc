"""No change is overwritten by somebody who has not seen it."""

import functools

import pytest
from botocore.exceptions import ClientError

from samples.patterns.optimistic_locking import (
    Document,
    EditedMeanwhileError,
    UnknownDocumentError,
    count_view,
    edit,
    save,
)
from samples.patterns.tests.crowds import at_once, failures
from samples.patterns.tests.unfolded import TWICE, unfolded_is_refused
from transactscope import Attr, to_key
from transactscope.errors import StaleReadError


@pytest.fixture
def db(deployment):
    """A database with one document, in version 1."""
    made = deployment.database
    made.create_table(Document)
    made.insert(Document("d-1", "Dear all,"))
    return made


def test_saving_raises_the_version(db):
    """The object on the screen can be edited and saved on and on."""
    document = db.get(Document, "d-1")
    for word in (" come", " for tea"):
        document.content += word
        save(db, document)

    assert 3 == document.version
    assert Document("d-1", "Dear all, come for tea", version=3) == db.get(Document, "d-1")


def test_a_stale_writer_gets_the_current_document(db):
    """Nothing is overwritten, and what to merge with is at hand."""
    anns, bens = db.get(Document, "d-1"), db.get(Document, "d-1")
    anns.content += " tea!"
    bens.content += " coffee!"
    save(db, anns)
    with pytest.raises(EditedMeanwhileError) as refused:
        save(db, bens)

    assert Document("d-1", "Dear all, tea!", version=2) == refused.value.current
    assert refused.value.current == db.get(Document, "d-1")
    assert isinstance(refused.value.__cause__, StaleReadError)


def test_who_saves_a_deleted_document_is_told(db):
    """It does not come back from the dead."""
    document = db.get(Document, "d-1")
    db.delete(Document, "d-1")
    with pytest.raises(UnknownDocumentError):
        save(db, document)

    assert db.get(Document, "d-1") is None


def test_an_edit_that_was_overtaken_runs_again(db):
    """It is made on what the other one has written, so both are there."""
    read = []

    def greet(content):
        read.append(content)
        if len(read) == 1:
            edit(db, "d-1", lambda content: f"{content} come!")
        return f"{content} Bye."

    document = edit(db, "d-1", greet)

    assert ["Dear all,", "Dear all, come!"] == read
    assert Document("d-1", "Dear all, come! Bye.", version=3) == document == db.get(Document, "d-1")


def test_an_edit_that_changes_nothing_writes_nothing(db, sent):
    """The version counts changes, not attempts."""
    sent.clear()
    edit(db, "d-1", str)

    assert ["GetItem"] == sent


def test_a_document_that_is_not_there_cannot_be_edited(db):
    """Nothing is created by a change."""
    with pytest.raises(UnknownDocumentError):
        edit(db, "d-2", str.upper)

    assert db.get(Document, "d-2") is None


def test_without_the_version_the_last_one_wins(db):
    """What the version is for: a change by key alone asks for nothing that was seen before."""
    anns, bens = db.get(Document, "d-1"), db.get(Document, "d-1")
    db.update(Document, "d-1", set={"content": f"{anns.content} tea!"})
    db.update(Document, "d-1", set={"content": f"{bens.content} coffee!"})

    assert "Dear all, coffee!" == db.get(Document, "d-1").content


def test_ddb_6_a_check_of_the_version_beside_the_update_is_refused_by_dynamodb(db, deployment):
    """Published so: the version is checked in an action of its own."""
    words = unfolded_is_refused(
        deployment,
        lambda tx: tx.check(Document, "d-1", condition=Attr("version").eq(1)),
        lambda tx: tx.update(Document, "d-1", set={"content": "Bye."}),
    )

    assert TWICE in words
    assert Document("d-1", "Dear all,", version=1) == db.get(Document, "d-1")


def test_tt_3_a_version_that_is_set_and_raised_is_refused_by_dynamodb(db, deployment):
    """Written as a field like any other and as the counter that it is."""
    with pytest.raises(ClientError, match="overlap"):
        deployment.client.update_item(
            TableName=deployment.name_of("Document"),
            Key=to_key(Document, "d-1"),
            UpdateExpression="SET version = :v, version = version + :one",
            ExpressionAttributeValues={":v": {"N": "1"}, ":one": {"N": "1"}},
        )

    assert Document("d-1", "Dear all,", version=1) == db.get(Document, "d-1")


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_four_hundred_views_are_four_hundred(db):
    """Every count is made on the one before, however many meet at one document."""

    def read_on():
        for _ in range(100):
            count_view(db, "d-1")

    outcomes = at_once(*[read_on] * 4)

    assert [] == failures(outcomes)
    assert Document("d-1", "Dear all,", 400, 401) == db.get(Document, "d-1")


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_edits_of_many_are_all_there(db):
    """No edit is lost, and none is made twice."""
    edits = [
        functools.partial(edit, db, "d-1", functools.partial("{1} <{0}>".format, number))
        for number in range(12)
    ]

    outcomes = at_once(*edits)
    words = db.get(Document, "d-1").content.removeprefix("Dear all,").split()

    assert [] == failures(outcomes)
    assert {f"<{number}>" for number in range(12)} == set(words)
    assert 12 == len(words)
