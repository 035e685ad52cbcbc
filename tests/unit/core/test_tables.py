"""Names and ARNs of tables."""

import pytest

from transactscope.core.tables import TableId, refuse_two_homes, table_id
from transactscope.errors import InvalidRequestError, InvalidTableNameError

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/"


@pytest.mark.parametrize("name", ["abc", "x" * 255, "a.b-c_D9"])
def test_legal_names_are_what_they_are(name):
    """Three to 255 characters."""
    assert TableId(name, None) == table_id(name)


@pytest.mark.parametrize("name", ["ab", "", "x" * 256, "a b c", "täble", "a/b/c", "abc\n", None, 5])
def test_other_names_are_refused(name):
    """DynamoDB would refuse them at the commit."""
    with pytest.raises(InvalidTableNameError):
        table_id(name)


def test_an_arn_means_its_table():
    """An item is one item, whether its table is named or given by ARN."""
    assert "Music" == table_id(ARN + "Music").name
    assert (
        table_id("arn:aws-cn:dynamodb:cn-north-1:1:table/Music").home != table_id(ARN + "abc").home
    )


@pytest.mark.parametrize("arn", ["arn:x", ARN, ARN + "ab", ARN + "Music/index/x", ARN + "x" * 1000])
def test_other_arns_are_refused(arn):
    """Indexes, too short and too long names."""
    with pytest.raises(InvalidTableNameError):
        table_id(arn)


def test_long_names_are_shortened_in_errors():
    """An error is read by people."""
    with pytest.raises(InvalidTableNameError) as caught:
        table_id("x" * 1000)

    assert len(str(caught.value)) < 200


def test_two_regions_are_refused_and_one_is_not():
    """A bare name has the client's Region, so it fits any."""
    here, there = table_id(ARN + "abc"), table_id(ARN.replace("eu", "us") + "abc")

    refuse_two_homes(None, here)
    refuse_two_homes(here, here)
    refuse_two_homes(here, table_id("abc"))
    with pytest.raises(InvalidRequestError, match="Region"):
        refuse_two_homes(here, there)
