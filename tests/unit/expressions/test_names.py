"""Names of attributes: what DynamoDB takes, wherever they are written."""

import pytest

from tests.unit.expressions.fakes import VOCABULARY
from transactscope.errors import InvalidRequestError
from transactscope.expressions.conditions import condition_from
from transactscope.expressions.names import checked_name
from transactscope.expressions.paths import path


@pytest.mark.parametrize("name", ["a", "größe", "zip code", "é" * 65_535], ids=["a", "b", "c", "d"])
def test_a_name_has_any_characters(name):
    """Up to 65,535 of them, whatever their bytes."""
    assert name is checked_name(name, "here")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "not 0"),
        ("x" * 65_536, "1 to 65535 characters, not 65536"),
        (5, "a text, not int"),
        ("a\ud800", "half of a surrogate pair"),
    ],
    ids=["empty", "long", "number", "surrogate"],
)
def test_what_is_no_name_is_refused(name, problem):
    """The error says where it stands and what is wrong, and never repeats a long name."""
    with pytest.raises(InvalidRequestError, match=f"^#a: .*{problem}") as caught:
        checked_name(name, "#a")

    assert "INVALID_ATTRIBUTE_NAME" == caught.value.code
    assert len(str(caught.value)) < 100


def test_names_of_expressions_are_checked():
    """In a path, and behind a placeholder."""
    for name in ("x" * 65_536, "\udc00"):
        with pytest.raises(InvalidRequestError) as in_path:
            path(name)
        with pytest.raises(InvalidRequestError) as behind:
            condition_from("attribute_exists(#x)", {"#x": name}, None, VOCABULARY)

        assert ["INVALID_ATTRIBUTE_NAME"] * 2 == [in_path.value.code, behind.value.code]
