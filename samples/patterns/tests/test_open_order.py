"""No line is ever written into an order that is closed."""

import functools

import pytest

from samples.patterns.open_order import (
    Line,
    NotOpenError,
    Order,
    OrderChangedError,
    add_lines,
    add_lines_and_count,
    close,
)
from samples.patterns.tests.crowds import at_once, failures
from samples.patterns.tests.unfolded import TWICE, unfolded_is_refused
from transactscope import Attr, TransactScope
from transactscope.errors import ConditionFailedError, StaleReadError

SEEN = Order("o-1", version=1)  # as everybody has seen it at the beginning
LINES = [Line("o-1", 1, "lamp", 2), Line("o-1", 2, "table", 1)]


@pytest.fixture
def db(deployment):
    """A database with one open order."""
    made = deployment.database
    made.create_table(Order)
    made.insert(Order("o-1"))
    return made


def _lines(rows):
    return sorted(row["SK"] for row in rows("Orders") if row["SK"].startswith("LINE#"))


@pytest.mark.parametrize(
    ("add", "order"),
    [(add_lines, SEEN), (add_lines_and_count, Order("o-1", lines=2, version=2))],
    ids=["checked", "counted"],
)
def test_lines_and_the_state_of_the_order_are_one_request(db, sent, rows, add, order):
    """The parent is checked or written in the request that writes the children."""
    sent.clear()
    add(db, SEEN, LINES)

    assert ["TransactWriteItems with 3 actions"] == sent
    assert ["LINE#0001", "LINE#0002"] == _lines(rows)
    assert order == db.get(Order, "o-1")


def test_state_and_version_are_demanded_in_one_action(db):
    """Each has an error of its own, and DynamoDB takes one action on an item."""
    with TransactScope(db) as tx:
        add_lines(tx, SEEN, LINES)
        rows = tx.explain().rows

    checked = [row.condition for row in rows if row.kind == "ConditionCheck"]
    assert ["status = 'open' AND version = 1"] == checked


@pytest.mark.parametrize("add", [add_lines, add_lines_and_count])
@pytest.mark.parametrize("order_id", ["o-1", "o-9"], ids=["closed", "missing"])
def test_a_closed_or_missing_order_takes_no_line(db, rows, add, order_id):
    """Not one of several."""
    close(db, "o-1")
    lines = [Line(order_id, number, "lamp", 1) for number in (1, 2, 3)]

    with pytest.raises(NotOpenError):
        add(db, Order(order_id, version=1), lines)

    assert [] == _lines(rows)


@pytest.mark.parametrize("add", [add_lines, add_lines_and_count])
def test_an_order_that_was_read_after_its_end_takes_no_line(db, rows, add):
    """Its version is the stored one, and its state decides."""
    close(db, "o-1")
    with pytest.raises(NotOpenError):
        add(db, db.get(Order, "o-1"), LINES)

    assert [] == _lines(rows)


@pytest.mark.parametrize("add", [add_lines, add_lines_and_count])
def test_an_order_that_is_closed_meanwhile_takes_no_line(db, rows, add):
    """Between staging and commit is time enough for somebody else."""
    with pytest.raises(NotOpenError), TransactScope(db) as tx:
        add(tx, SEEN, LINES)
        close(db, "o-1")

    assert [] == _lines(rows)


def test_an_order_that_is_open_and_another_takes_no_line_that_is_only_checked(db, rows):
    """Whoever adds lines has decided on what they have seen, as on how many there are."""
    add_lines_and_count(db, SEEN, LINES)
    third = [Line("o-1", 3, "chair", 4)]
    with pytest.raises(OrderChangedError):
        add_lines(db, SEEN, third)

    assert 2 == len(_lines(rows))
    add_lines(db, db.get(Order, "o-1"), third)
    assert 3 == len(_lines(rows))


def test_a_line_is_written_once(db, rows):
    """The number is the line's own."""
    add_lines_and_count(db, SEEN, LINES)
    with pytest.raises(ConditionFailedError):
        add_lines_and_count(db, SEEN, [LINES[1]])

    assert 2 == len(_lines(rows))
    assert Order("o-1", lines=2, version=2) == db.get(Order, "o-1")


def test_who_has_read_the_order_sees_that_a_line_was_counted(db):
    """The version is raised, so a decision on an older order is void."""
    with pytest.raises(StaleReadError), TransactScope(db) as tx:
        order = tx.get(Order, "o-1")
        assert order is not None
        add_lines_and_count(db, SEEN, LINES)
        order.status = "sent"
        tx.update(order)

    assert "open" == db.get(Order, "o-1").status


@pytest.mark.parametrize("lines", [[], [Line("o-2", 1, "lamp", 1)]], ids=["none", "another's"])
def test_what_is_no_line_of_the_order_is_never_sent(db, sent, lines):
    """A check of one order says nothing of another."""
    sent.clear()
    with pytest.raises(ValueError, match="line"):
        add_lines(db, SEEN, lines)

    assert [] == sent


def test_looking_first_writes_into_a_closed_order(db, rows):
    """What the check is for."""
    assert "open" == db.get(Order, "o-1").status
    close(db, "o-1")
    db.insert(LINES[0])

    assert ["LINE#0001"] == _lines(rows)


def test_a_check_beside_the_count_is_refused_by_dynamodb(db, deployment):
    """Who checks the order and writes it, too, writes two actions on one item."""
    words = unfolded_is_refused(
        deployment,
        lambda tx: tx.check(Order, "o-1", condition=Attr("status").eq("open")),
        lambda tx: tx.update(Order, "o-1", add={"lines": 1}),
    )

    assert TWICE in words
    assert Order("o-1", version=1) == db.get(Order, "o-1")


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
@pytest.mark.parametrize("add", [add_lines, add_lines_and_count])
def test_lines_of_a_crowd_are_all_from_before_the_end(db, rows, add):
    """Twenty people add a line while one closes: who was told so has no line, all others have."""
    adding = [
        functools.partial(add, db, SEEN, [Line("o-1", number, "lamp", 1)]) for number in range(20)
    ]

    refused = failures(at_once(*adding[:10], functools.partial(close, db, "o-1"), *adding[10:]))

    assert {NotOpenError} >= {type(error) for error in refused}
    assert 20 - len(refused) == len(_lines(rows))
    order = db.get(Order, "o-1")
    assert "closed" == order.status
    assert order.lines == (len(_lines(rows)) if add is add_lines_and_count else 0)
