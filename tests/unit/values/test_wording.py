"""Words for error texts."""

import enum
from typing import Annotated, Any, Literal, Optional, Union

import pytest

from transactscope.errors import ConversionError
from transactscope.values.wording import key_step, mismatch, placed, type_text


class Genre(enum.Enum):
    """An Enum."""

    JAZZ = "jazz"


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("int", int),
        ("None", None),
        ("None", type(None)),
        ("Any", Any),
        ("Genre", Genre),
        ("list[int]", list[int]),
        ("tuple[int, ...]", tuple[int, ...]),
        ("tuple", tuple[()]),
        ("dict[str, int | None]", dict[str, int | None]),
        ("int | None", Optional[int]),  # noqa: UP045
        ("int | str", Union[int, str]),  # noqa: UP007
        ("int", Annotated[int, "marker"]),
        ("Literal['a', 1, Genre.JAZZ, True]", Literal["a", 1, Genre.JAZZ, True]),
        ("Album", "Album"),
    ],
)
def test_types_are_told_as_one_annotates_them(text, type_):
    """A reader compares them with the class."""
    assert text == type_text(type_)


def test_a_mismatch_names_both_types_and_not_the_value():
    """Values must not end up in logs."""
    error = mismatch(list[int], "secret")

    assert ("list[int] expected, not str", "list[int]") == (str(error), error.type)


def test_names_of_inner_classes_leave_the_path():
    """Only the outermost class is where a reader begins to look."""
    error = ConversionError("too long")

    for step in ("Track.title", "[2]", "Album.tracks", ".albums", "Artist"):
        placed(error, step)

    assert "Artist.albums" != error.path
    assert "Artist.albums.tracks[2].title" == error.path


@pytest.mark.parametrize(
    ("step", "key"),
    [(".a", "a"), ("['a b']", "a b"), ("['']", ""), ("['1']", "1"), ('["it\'s"]', "it's")],
)
def test_keys_are_written_as_steps(step, key):
    """A name that is none is quoted."""
    assert step == key_step(key)


def test_a_long_key_is_shortened():
    """It may be 64 KB."""
    assert 65 > len(key_step("k" * 60_000))
