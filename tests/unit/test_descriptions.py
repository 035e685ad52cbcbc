"""Actions and keys in words."""

import pytest

from transactscope.descriptions import describe_action, describe_key


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (None, "key not known"),
        ({"a": {"S": "x"}}, "key a='x'"),
        ({"a": {"N": "5"}, "b": {"B": b"123"}}, "key a=5, b=<3 bytes>"),
        ({"a": {"S": "line\nbreak"}}, "key a='line\\nbreak'"),
    ],
)
def test_keys_are_shown_by_type(key, expected):
    """A key is how people find the item."""
    assert expected == describe_key(key)


def test_long_keys_are_shortened():
    """An error is read by people and stored by log systems."""
    shown = describe_key({"a": {"S": "x" * 2000}})

    assert len(shown) < 60
    assert shown.endswith("…")


def test_very_many_calls_are_counted_and_equal_lines_named_once():
    """A loop that stages is one line, however often it runs."""
    loop = describe_action("put", None, "Account", None, ("a.py:1",) * 50)
    many = describe_action("put", None, "Account", None, tuple(f"a.py:{n}" for n in range(20)))

    assert loop.endswith("staged at a.py:1")
    assert many.endswith("a.py:7 and 12 more")


def test_an_action_is_named_with_all_its_calls():
    """The lines to look at stand in the text."""
    shown = describe_action("put", dict, "Account", {"a": {"N": "1"}}, ("a.py:1", "b.py:2"))

    assert "put dict in table Account, key a=1, staged at a.py:1 and b.py:2" == shown
