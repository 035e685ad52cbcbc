"""Limits of expressions: what is too long or too much is refused at the call, as it would be sent.

dynoxide measures the text of an expression, and nothing else of what is asked here: where it takes
more than the documentation says, the documentation is followed, and a test says so.
"""

import pytest

from tests.contract.entities import Account, Loose, Sheet
from tests.contract.verdicts import ACCEPTED, REFUSED, Judges
from tests.shells import TransactScope
from transactscope import Attr, path
from transactscope.errors import InvalidRequestError, RequestRejectedError, TransactionCanceledError

pytestmark = pytest.mark.needs("limits")
only_sync = pytest.mark.only_sync("what a call refuses is refused before any shell sends it")

PRESENCE = "attribute_not_exists(#n0) AND "  # of an insert, and of the version of a new entity
ABSENT = "attribute_not_exists(note)"


@pytest.fixture
def judges(client, db, sent, table_names):
    """The engine and the library, who are both asked."""
    return Judges(client, db, sent, table_names["Account"])


def _indexes(size, first, following):
    """Make list indexes with which a text of repeated parts has exactly that size.

    Args:
        size: Bytes of the whole text.
        first: Bytes of the first part around its index.
        following: The same for every other part.
    """
    for count in range(1, 1000):
        more = size - first - (count - 1) * following - count  # digits beyond one for each
        if 0 <= more <= 8 * count:
            digits = [1 + min(8, max(0, more - 8 * number)) for number in range(count)]
            return [_index(number, length) for number, length in enumerate(digits)]
    raise ValueError(size)


def _index(number, length):
    return f"1{number:0{length - 1}}" if length > 1 else str(number % 9 + 1)


def _tree(size):
    """Make a condition whose text has that size."""
    around = len("attribute_not_exists(#n0[])")
    first, *others = _indexes(size, around, len(" AND ") + around)
    condition = Attr(f"tags[{first}]").not_exists()
    for index in others:
        condition &= Attr(f"tags[{index}]").not_exists()
    return condition


def _removed(size):
    """Return paths to remove whose text has that size."""
    indexes = _indexes(size, len("REMOVE #n0[]"), len(", #n0[]"))
    return [f"tags[{index}]" for index in indexes]


def _enclosed(size):
    return f"({ABSENT.ljust(size - 2)})"


EXPRESSIONS = {
    "a tree of a put": lambda tx, _, size: tx.put(Account("A-1"), condition=_tree(size)),
    "a tree of a check": lambda tx, _, size: tx.check(Account, "A-1", condition=_tree(size)),
    "a tree of a delete": lambda tx, _, size: tx.delete(Account, "A-1", condition=_tree(size)),
    "a tree of an update": lambda tx, _, size: tx.update(
        Account, "A-1", set={"balance": 1}, condition=_tree(size)
    ),
    "an update": lambda tx, _, size: tx.update(Account, "A-1", remove=_removed(size)),
    "a text": lambda tx, _, size: tx.put(Account("A-1"), condition=ABSENT.ljust(size)),
    "a text beside a presence": lambda tx, _, size: tx.insert(
        Account("A-2"), condition=_enclosed(size - len(PRESENCE))
    ),
    "a text beside a version": lambda tx, _, size: tx.put(
        Sheet("A-1"), condition=_enclosed(size - len(PRESENCE))
    ),
    "a raw update": lambda tx, table, size: tx.client.update_item(
        TableName=table,
        Key={"number": {"S": "A-1"}},
        UpdateExpression="REMOVE note".ljust(size),
    ),
    "a raw condition": lambda tx, table, size: tx.client.put_item(
        TableName=table,
        Item={"number": {"S": "A-1"}},
        ConditionExpression=ABSENT.ljust(size),
    ),
}


@only_sync
@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_has_4096_bytes_as_it_is_sent(judges, name):
    """Placeholders and blanks count, and so does what the library demands beside the user."""

    def stage(size):
        judges.db.put(Account("A-1", tags=["a"]))
        judges.db.delete(Account, "A-2")
        return lambda tx: EXPRESSIONS[name](tx, judges.table, size)

    assert ACCEPTED == judges.library(stage(4096))
    entry = judges.sent.requests[-1].body["TransactItems"][1]
    ((kind, members),) = entry.items()
    longest = max(
        (key for key in members if key.endswith("Expression")), key=lambda k: len(members[k])
    )
    assert 4096 == len(members[longest])

    stage(0)
    assert ACCEPTED == judges.engine(entry)
    assert REFUSED == judges.engine({kind: {**members, longest: f"{members[longest]} "}})
    assert REFUSED == judges.library(stage(4097), InvalidRequestError, "EXPRESSION_TOO_LONG")


def test_a_database_refuses_a_long_expression_at_the_call(db, sent):
    """Single writes are built by the same code."""
    with pytest.raises(
        InvalidRequestError, match=r"ConditionExpression has 4097 bytes.*4096"
    ) as one:
        db.put(Account("A-1"), condition=ABSENT.ljust(4097))
    with pytest.raises(
        InvalidRequestError, match=r"UpdateExpression has 4097 bytes.*4096"
    ) as other:
        db.update(Account, "A-1", remove=_removed(4097))

    assert {"EXPRESSION_TOO_LONG"} == {one.value.code, other.value.code}
    assert [] == sent.operations


@only_sync
@pytest.mark.parametrize("sign", ["#", ":"])
def test_a_placeholder_has_255_bytes(judges, sign):
    """Its sign is one of them, as AWS counts `#name` as 5; dynoxide takes any length."""

    def stage(size):
        placeholder = sign + "a" * (size - 1)
        if sign == "#":
            text, terms = f"attribute_not_exists({placeholder})", {"names": {placeholder: "note"}}
        else:
            text, terms = f"number <> {placeholder}", {"values": {placeholder: "A-9"}}
        return lambda tx: tx.put(
            Account("A-1"), condition=text.replace("number", "balance"), **terms
        )

    assert ACCEPTED == judges.library(stage(255))
    assert REFUSED == judges.library(stage(256), InvalidRequestError, "PLACEHOLDER_TOO_LONG")


@only_sync
def test_a_raw_call_has_the_same_placeholders(judges):
    """What boto3's arguments define is checked as `names=` and `values=` are."""

    def stage(size):
        name, value = "#" + "a" * (size - 1), ":" + "a" * (size - 1)
        return lambda tx: tx.client.update_item(
            TableName=judges.table,
            Key={"number": {"S": "A-1"}},
            UpdateExpression=f"SET {name} = {value}",
            ExpressionAttributeNames={name: "note"},
            ExpressionAttributeValues={value: {"S": "x"}},
        )

    assert ACCEPTED == judges.library(stage(255))
    assert REFUSED == judges.library(stage(256), InvalidRequestError, "PLACEHOLDER_TOO_LONG")


@only_sync
def test_all_names_and_values_have_2_megabytes(judges):
    """Of one action together: what its placeholders stand for; dynoxide takes any size."""

    def stage(size):
        value = "x" * (size - len("note"))
        return lambda tx: tx.check(Account, "A-1", condition=Attr("note").ne(value))

    assert ACCEPTED == judges.library(stage(2_097_152))
    assert REFUSED == judges.library(stage(2_097_153), InvalidRequestError, "VALUES_TOO_LARGE")


@only_sync
def test_an_update_has_300_operators(judges):
    """AWS counts two in `SET a = :val1 + :val2 + :val3`, so `=` is none; dynoxide takes any number.

    More than 300 fit only into texts: what is made of `set=` takes more bytes for each.
    """
    judges.db.put(Account("A-1", 1))

    def stage(count):
        sums = ",".join(f"a{number}=balance+balance" for number in range(count - 2))
        functions = "b=if_not_exists(b,balance),c=if_not_exists(c,balance)"
        text = f"SET {sums},{functions}".replace("balance", "d")
        return lambda tx: tx.client.update_item(
            TableName=judges.table, Key={"number": {"S": "A-1"}}, UpdateExpression=text
        )

    judges.client.update_item(
        TableName=judges.table,
        Key={"number": {"S": "A-1"}},
        UpdateExpression="SET d = :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    assert ACCEPTED == judges.library(stage(300))
    assert REFUSED == judges.library(stage(301), InvalidRequestError, "TOO_MANY_OPERATORS")


@only_sync
def test_in_has_100_operands(judges):
    """Of a tree; a text is not read. dynoxide takes any number."""

    def stage(count):
        numbers = list(range(1, count + 1))
        return lambda tx: tx.put(Account("A-1"), condition=~Attr("balance").is_in(numbers))

    assert ACCEPTED == judges.library(stage(100))
    assert REFUSED == judges.library(stage(101), InvalidRequestError, "INVALID_CONDITION")


@only_sync
@pytest.mark.parametrize("step", [".a", "[0]"])
def test_a_path_has_32_levels(judges, step):
    """As deep as items are: no value can be at the 33rd; dynoxide takes any depth."""

    def condition(depth):
        where = "note" + step * (depth - 1)
        return lambda tx: tx.put(Account("A-1"), condition=Attr(where).not_exists())

    def change(depth):
        where = "note" + step * (depth - 1)
        return lambda tx: tx.update(Loose, "A-1", remove=where)

    def copy(depth):
        where = path("note" + step * (depth - 1)) if depth else None
        return lambda tx: tx.update(Loose, "A-1", set={"other": where})

    assert ACCEPTED == judges.library(condition(32))
    for stage in (condition, change, copy):
        assert REFUSED == judges.library(
            lambda tx, stage=stage: stage(33)(tx), InvalidRequestError, "INVALID_PATH"
        )


def test_what_only_a_text_says_is_left_to_the_server(db, table_names):
    """A text is sent as it is; what it says about the item is not read here."""
    with pytest.raises((RequestRejectedError, TransactionCanceledError)), TransactScope(db) as tx:
        tx.check(Account, "A-1", condition="size(note) > ".ljust(4096))


def test_a_refused_call_leaves_the_scope_as_it_was(db, sent, stored):
    """The same scope goes on, and commits what was staged before and after."""
    with TransactScope(db) as tx:
        tx.put(Account("A-1", 1))
        staged = tx.staged
        for condition in (ABSENT.ljust(4097), _tree(4097)):
            with pytest.raises(InvalidRequestError, match="A-2"):
                tx.put(Account("A-2"), condition=condition)
        with pytest.raises(InvalidRequestError):
            tx.update(Account, "A-1", remove=_removed(4097))
        assert staged == tx.staged
        tx.put(Account("A-3", 3))

    assert 2 == len(sent.requests[-1].body["TransactItems"])
    assert ({"N": "1"}, None) == (stored("A-1")["balance"], stored("A-2"))
