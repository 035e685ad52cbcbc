"""Sizes of actions and of their expressions, before anything is sent."""

import attrs
import pytest

from transactscope.core import actions
from transactscope.core.actions import ExpectedVersion
from transactscope.core.fitting import Misfit, fitting, misfit
from transactscope.core.folding import Fold
from transactscope.core.log import ActionLog
from transactscope.errors import (
    DuplicateTargetError,
    InvalidRequestError,
    ItemTooLargeError,
    TransactionTooLargeError,
)
from transactscope.expressions.clauses import RawUpdate, SetClause, Update
from transactscope.expressions.conditions import RawCondition, exists
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import Path
from transactscope.expressions.rendering import Rendered, render

KEY = {"number": {"S": "A-1"}}  # 9 bytes


def _update_of(staged, name, text):
    clause = SetClause(Path((name,)), Literal({"S": text}))
    return attrs.evolve(staged, kind="Update", update=Update((clause,)))


def _put_of(staged, number, size):
    item = {"number": {"S": number}, "text": {"S": ""}}
    filled = size - sum(len(name) + len(value["S"]) for name, value in item.items())
    key = {"number": {"S": number}}
    item["text"] = {"S": "x" * filled}
    return attrs.evolve(staged, kind="Put", key=key, item=item, serial=int(number, 36))


def test_a_put_has_the_size_of_its_item_and_everything_else_the_least(staged):
    """A raw update is not read, so only its key is known."""
    raw = RawUpdate("SET a = :a", {}, {":a": {"S": "x" * 100}})

    assert 9 == staged.size
    assert 11 == attrs.evolve(staged, kind="Put", item={**KEY, "a": {"S": "b"}}).size
    assert 16 == _update_of(staged, "note", "abc").size
    assert 9 == attrs.evolve(staged, kind="Update", update=raw).size
    assert 0 == attrs.evolve(staged, kind="Put", key=None, item={}).size


def test_an_update_is_measured_with_its_key(staged):
    """It says that the figure is the least, because something else may be stored."""
    accepted = _update_of(staged, "note", "x" * (409_600 - 4 - 9))

    assert accepted is fitting(accepted)
    with pytest.raises(ItemTooLargeError, match=r"at least 409601 bytes, .*'note' with 409592 "):
        fitting(_update_of(staged, "note", "x" * (409_600 - 4 - 8)))


def test_a_text_about_a_size_names_the_largest_attribute_and_no_value(staged):
    """A name of 60,000 characters is shortened, and a value is never shown."""
    item = {**KEY, "n" * 60_000: {"S": "x" * 400_000}}
    with pytest.raises(ItemTooLargeError) as caught:
        fitting(attrs.evolve(staged, kind="Put", item=item))

    text = str(caught.value)
    assert "ITEM_TOO_LARGE" == caught.value.code
    assert "the item would have 460009 bytes, and DynamoDB takes 409600" in text
    assert "nnn…' with 460000 bytes" in text
    assert "x" * 10 not in text
    assert len(text) < 400


@pytest.mark.parametrize(
    ("text", "is_over"),
    [
        ("SET " + ",".join(f"a{n}=b+c" for n in range(300)), False),
        ("SET " + ",".join(f"a{n}=b-c" for n in range(301)), True),
        ("SET " + ",".join(f"a{n}=f (b)" for n in range(300)), False),
        ("SET " + ",".join(f"a{n}=f (b)" for n in range(301)), True),
        ("SET " + ",".join(f"a{n}=(b)" for n in range(301)), False),
    ],
    ids=["300 sums", "301 differences", "300 calls", "301 calls", "parentheses"],
)
def test_operators_are_signs_and_functions(text, is_over):
    """A `=` or a parenthesis of its own is none."""
    found = misfit(Rendered(None, text, {}, {}))

    assert is_over is (found is not None)
    assert found is None or "TOO_MANY_OPERATORS" == found.code


def test_texts_are_measured_in_bytes():
    """Each expression by itself, and half a surrogate pair is no crash."""
    assert misfit(Rendered("é" * 2048, "x" * 4096, {}, {})) is None
    told = "the UpdateExpression has 4097 bytes, and DynamoDB takes 4096 bytes"
    assert Misfit("EXPRESSION_TOO_LONG", told) == misfit(Rendered(None, "é" * 2048 + "x", {}, {}))
    assert "ConditionExpression has 4098" in misfit(Rendered("\ud800" * 1366, None, {}, {})).text


def test_all_that_placeholders_stand_for_has_two_megabytes():
    """Names and values count together, of both expressions."""
    condition = RawCondition("#a = :a", {"#a": "é"}, {":a": {"B": b"x" * (2_097_152 - 2)}})
    larger = attrs.evolve(condition, names={"#a": "éx"})

    assert misfit(render(condition=condition, update=None)) is None
    found = misfit(render(condition=larger, update=None))
    assert ("VALUES_TOO_LARGE", True) == (found.code, "2097153 bytes" in found.text)


def test_the_guard_of_a_version_is_a_part_of_the_expression(staged):
    """What is measured is what is sent."""
    condition = RawCondition("a".ljust(4096), {}, {})
    action = attrs.evolve(staged, condition=condition)

    assert action is fitting(action)
    with pytest.raises(InvalidRequestError, match="ConditionExpression has 41") as caught:
        fitting(attrs.evolve(action, expected=ExpectedVersion("version", {"N": "1"})))
    assert "EXPRESSION_TOO_LONG" == caught.value.code


@pytest.mark.parametrize("version", [None, {"N": "1"}], ids=["none", "one"])
def test_what_was_measured_is_what_is_sent(staged, monkeypatch, version):
    """Rendering costs, and the same expressions are rendered once."""
    rendered = []

    def counting(**parts):
        rendered.append(parts)
        return render(**parts)

    monkeypatch.setattr(actions, "render", counting)
    expected = None if version is None else ExpectedVersion("version", version)
    action = fitting(attrs.evolve(staged, condition=exists(Path(("a",))), expected=expected))
    log = ActionLog()
    log.add(action)
    (fold,) = log.folds()

    assert fold.to_send.rendered is Fold.of(action).to_send.rendered
    assert 1 == len(rendered)


def test_every_item_is_measured_once(staged, monkeypatch):
    """100 calls cost a hundred times what one costs."""
    measured = []

    def counting(item):
        measured.append(item)
        return sum(len(name) + len(value["S"]) for name, value in item.items())

    monkeypatch.setattr(actions, "item_size", counting)
    log = ActionLog()
    for number in range(100):
        log.add(fitting(_put_of(staged, f"{number:03}", 41_943)))

    assert 100 == len(measured)
    assert (100, 4_194_300) == (len(log), log._load.total)


def test_raw_puts_that_turn_out_to_be_one_item_stay_as_they_were(staged):
    """What describes their table is refused, and nothing is lost or counted twice."""
    log = ActionLog()
    condition = RawCondition("a = b", {}, {})
    for serial in (1, 2):
        log.add(
            attrs.evolve(staged, kind="Put", key=None, item=KEY, condition=condition, serial=serial)
        )
    with pytest.raises(DuplicateTargetError):
        log.add(attrs.evolve(staged, key={"number": {"S": "Z-9"}}, serial=3))

    assert (2, 2, 18) == (len(log), len(log.folds()), log._load.total)
    log.truncate(1)
    assert (1, 1, 9) == (len(log), len(log.folds()), log._load.total)


def test_a_call_without_which_others_are_too_large_stays(staged):
    """Taking a delete back would bring its put back, for which there is no room any more."""
    log = ActionLog()
    for number in range(10):
        log.add(_put_of(staged, f"{number}", 400_000))
    delete = attrs.evolve(staged, key={"number": {"S": "0"}}, serial=-1)
    log.add(delete)
    log.add(_put_of(staged, "x", 409_600))
    log.add(_put_of(staged, "y", 150_000))

    total = log._load.total
    with pytest.raises(TransactionTooLargeError):
        log.remove(delete)
    assert (13, total) == (len(log), log._load.total)
    assert delete is next(call for call in log if call.serial == -1)
