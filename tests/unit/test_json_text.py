"""Requests and answers as JSON."""

import pytest

from transactscope.types.json_text import from_json

BYTES = {
    "below the tag of bytes": ('{"B":"YQ=="}', {"B": b"a"}),
    "with spaces": ('{"a": {"B" : "YQ=="}}', {"a": {"B": b"a"}}),
    "in a set": ('{"BS":["YQ==","Yg=="]}', {"BS": [b"a", b"b"]}),
    "inside": ('{"L":[{"M":{"B":{"B":"YQ=="}}}]}', {"L": [{"M": {"B": {"B": b"a"}}}]}),
    "after a bool": (
        '{"a":{"BOOL":true},"b":{"B":"YQ=="}}',
        {"a": {"BOOL": True}, "b": {"B": b"a"}},
    ),
    "an attribute": ('{"B":{"S":"YQ=="}}', {"B": {"S": "YQ=="}}),
    "an attribute among others": ('{"B":"YQ==","C":1}', {"B": "YQ==", "C": 1}),
    "the attribute of a set": ('{"BS":{"L":[]}}', {"BS": {"L": []}}),
    "a text": ('{"S":"B"}', {"S": "B"}),
}


@pytest.mark.parametrize(("text", "expected"), BYTES.values(), ids=BYTES)
def test_bytes_are_where_their_tags_are(text, expected):
    """What is an attribute's name must not be taken for a tag, and no bytes may stay a text."""
    assert expected == from_json(text)
    assert expected == from_json(text.encode())
