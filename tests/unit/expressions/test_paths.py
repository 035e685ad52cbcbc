"""Paths: how they are read, written and compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transactscope.errors import InvalidRequestError
from transactscope.expressions.paths import Path, path


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("city", ("city",)),
        ("address.city", ("address", "city")),
        ("tags[0]", ("tags", 0)),
        ("a.b[1][20].c", ("a", "b", 1, 20, "c")),
        ("zip code.first line", ("zip code", "first line")),
        ("größe-1", ("größe-1",)),
    ],
)
def test_a_path_is_names_and_indexes(text, parts):
    """What is legal in an attribute's name is legal in a path, apart from dots and brackets."""
    assert parts == path(text).parts
    assert text == str(path(text))


@pytest.mark.parametrize("text", ["", ".a", "a.", "a..b", "[0]", "a.[0]"])
def test_a_missing_name_is_refused(text):
    """The error shows the text and says that a name is missing."""
    with pytest.raises(InvalidRequestError, match="a name is missing") as caught:
        path(text)

    assert "INVALID_PATH" == caught.value.code
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    "text", ["a[", "a]", "a[]", "a[-1]", "a[x]", "a[0", "a[0]b", "a[1.5]", "a[٣]", "a[0][", "a]["]
)
def test_a_malformed_index_is_refused(text):
    """A slip of the pen must not become an attribute with brackets in its name."""
    with pytest.raises(InvalidRequestError, match="is no path"):
        path(text)


@pytest.mark.parametrize("value", [None, 5, b"a", ["a"]])
def test_only_text_is_a_path(value):
    """The error names the type."""
    with pytest.raises(InvalidRequestError, match=f"{type(value).__name__} is no path"):
        path(value)


def test_a_path_is_taken_as_it_is():
    """A name that contains a dot can be given as a `Path`."""
    dotted = Path(("a.b",))

    assert dotted is path(dotted)


def test_paths_can_be_keys_of_a_mapping():
    """`set={path(...): ...}` needs it."""
    assert {path("a.b"): 1} == {Path(("a", "b")): 1}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a", "a", True),
        ("a", "b", False),
        ("a", "a.b", True),
        ("a.b.c", "a.b", True),
        ("a.b", "a.c", False),
        ("a[0]", "a[1]", False),
        ("a[0].x", "a[0]", True),
        ("a.b", "a[0]", True),
        ("a[0]", "a.b.c", True),
        ("ab", "a", False),
    ],
)
def test_overlap_is_equality_ancestry_or_conflict(one, other, expected):
    """These are the pairs that DynamoDB refuses in one update."""
    assert expected is path(one).overlaps(path(other))
    assert expected is path(other).overlaps(path(one))


def test_a_path_knows_its_root_and_whether_it_ends_in_an_index():
    """Keys are found by the root; list elements move when others are removed."""
    assert "a" == path("a.b[0]").root
    assert path("a.b[0]").ends_in_index
    assert not path("a[0].b").ends_in_index


_names = st.text(st.characters(codec="utf-8", exclude_characters=".[]"), min_size=1)


@given(_names, st.lists(_names | st.integers(0, 999_999_999), max_size=31))
def test_a_written_path_reads_back(root, steps):
    """Writing and reading a path are inverses, for every name without dots and brackets."""
    written = Path((root, *steps))

    assert written == path(str(written))


@pytest.mark.parametrize("step", [".a", "[0]"])
def test_a_path_is_no_deeper_than_items_are(step):
    """An attribute's own value is level 1, and DynamoDB stores 32 levels."""
    assert 32 == len(path("a" + step * 31).parts)
    with pytest.raises(InvalidRequestError, match="has 33 names and indexes") as caught:
        path("a" + step * 32)

    assert "INVALID_PATH" == caught.value.code
    assert len(str(caught.value)) < 150
