"""Faults as values: what can be made, what cannot, and how it is written."""

import subprocess
import sys

import attrs
import pytest

from transactscope import testing
from transactscope.errors import InvalidRequestError
from transactscope.testing import (
    Fault,
    answer,
    calling,
    canceled,
    conflict,
    error,
    every_fault,
    garbage,
    in_progress,
    lost_answer,
    lost_request,
    no_connection,
    raised,
    server_error,
    throttled,
    throttling_error,
    timed_out,
)

WRONG = {
    "expected the code": lambda: error(""),
    "status=99": lambda: error("X", status=99),
    "status='200'": lambda: answer("200", b""),
    "body='text'": lambda: answer(200, "text"),
    "must be JSON": lambda: answer(200, {"TableNames": {1, 2}}),
    "name a reason": canceled,
    "7: expected the code": lambda: canceled("None", 7),
    "None: expected the code": lambda: canceled({"Message": "no code"}),
    "index=-1": lambda: conflict(-1),
    "index='1'": lambda: conflict("1"),
    "expected an exception": lambda: raised("text"),
    "expected a function": lambda: calling(5),
    "'Throttled': expected one of ThrottlingException": lambda: throttling_error("Throttled"),
    "['x']: expected one of ThrottlingException": lambda: throttling_error(["x"]),
    "status=404: expected an HTTP status from 500": lambda: server_error(404),
    "status='500'": lambda: server_error("500"),
    "kind='json': expected one of truncated, html, empty": lambda: garbage("json"),
    "kind=['html']": lambda: garbage(["html"]),
    "applied=1: expected True or False": lambda: server_error(applied=1),
    "applied='no'": lambda: timed_out(applied="no"),
    "applied=None": lambda: garbage(applied=None),
    "applied=0": lambda: every_fault(applied=0),
}

SECRET = {"S": "a secret"}


def _a_function():
    """Stand for what a test calls."""


WRITTEN = {
    "conflict()": conflict(0),
    "conflict(index=2)": conflict(2),
    "throttled()": throttled(),
    "throttling_error()": throttling_error(),
    "throttling_error('RequestLimitExceeded')": throttling_error("RequestLimitExceeded"),
    "in_progress()": in_progress(),
    "server_error()": server_error(500),
    "server_error(503, applied=True)": server_error(503, applied=True),
    "lost_request()": lost_request(),
    "lost_answer()": lost_answer(),
    "timed_out()": timed_out(),
    "timed_out(applied=True)": timed_out(applied=True),
    "no_connection()": no_connection(),
    "garbage()": garbage(),
    "garbage('html', applied=True)": garbage("html", applied=True),
    "canceled('None', 'ConditionalCheckFailed')": canceled(
        "None", {"Code": "ConditionalCheckFailed", "Item": {"id": SECRET}}
    ),
    "error('X')": error("X", message="a secret", Item={"id": SECRET}),
    "error('X', status=500)": error("X", status=500),
    "answer(200)": answer(200, {"Item": {"id": SECRET}}),
    "raised(ValueError)": raised(ValueError("a secret")),
    "raised(KeyboardInterrupt)": raised(KeyboardInterrupt),
    "calling(_a_function)": calling(_a_function),
}


@pytest.mark.parametrize("problem", WRONG)
def test_a_fault_that_cannot_happen_is_refused_where_it_is_made(problem):
    """A mistake in a test is found at its own line, not inside a send."""
    with pytest.raises(InvalidRequestError) as caught:
        WRONG[problem]()

    assert problem in str(caught.value)


def test_faults_are_values():
    """They can be compared, shared, and kept in a list of cases."""
    assert conflict(1) == conflict(1) != conflict(2)
    assert error("X", message="m") == error("X", message="m")
    assert 2 == len({lost_request(), lost_request(), lost_answer()})
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        conflict().index = 5


@pytest.mark.parametrize("written", WRITTEN)
def test_a_fault_is_written_as_the_call_that_made_it(written):
    """Reports and ids of tests are read by people, and hold no value of an item."""
    assert written == repr(WRITTEN[written])


def test_how_a_fault_is_written_does_not_make_it_another():
    """What does the same is equal, whichever name it was made by."""
    assert lost_request() == timed_out() != timed_out(applied=True) == lost_answer()
    assert server_error() == server_error(500) != server_error(applied=True)
    assert error("ThrottlingException") != throttling_error()  # it has a text


def test_every_fault_is_there_once():
    """A soak test misses none that can be made without being told more."""
    faults = every_fault()
    makers = {repr(fault).partition("(")[0] for fault in faults}
    told_more = {"answer", "calling", "canceled", "error", "raised", "unprocessed"}
    same = {"timed_out"}  # one is a lost request, the other a lost answer
    functions = {name for name in testing.__all__ if _makes_a_fault(name)}

    assert len(faults) == len(set(faults)) == len({repr(fault) for fault in faults})
    assert functions - told_more - same == makers


def test_faults_are_parted_by_whether_they_are_applied():
    """Who has an engine that knows no tokens leaves out what it would apply twice."""
    assert every_fault() == (*every_fault(applied=False), *every_fault(applied=True))
    assert {"server_error(applied=True)", "lost_answer()", "garbage(applied=True)"} == {
        repr(fault) for fault in every_fault(applied=True)
    }


def _makes_a_fault(name):
    annotations = getattr(getattr(testing, name), "__annotations__", {})
    return annotations.get("return") == Fault.__name__


@pytest.mark.slow
def test_the_library_does_not_load_it_and_it_loads_no_tool_of_tests():
    """Programs do not pay for it, and users choose their own tools."""
    script = (
        "import sys, transactscope\n"
        "assert 'transactscope.testing' not in sys.modules\n"
        "import transactscope.testing\n"
        "print(*sorted({'moto', 'pytest', 'hypothesis'} & set(sys.modules)))\n"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert outcome.stdout.strip() == ""


def _deep():
    made = []
    for _ in range(10_000):
        made = [made]
    return made


class Hostile:
    """An object that cannot be written, and does not say what it is."""

    @property
    def __class__(self):
        raise ZeroDivisionError

    def __repr__(self):
        raise ZeroDivisionError


UNWRITABLE = {"huge": lambda: -(10**5000), "deep": _deep, "hostile": Hostile}
TAKERS = {
    "answer": lambda wrong: answer(200, wrong),
    "answer's status": lambda wrong: answer(wrong, {}),
    "answer's checksum": lambda wrong: answer(200, {}, crc32=wrong),
    "calling": calling,
    "canceled": canceled,
    "conflict": lambda wrong: conflict(index=wrong),
    "error": error,
    "error's message": lambda wrong: error("Nope", message=wrong),
    "every_fault": lambda wrong: every_fault(applied=wrong),
    "garbage": garbage,
    "raised": raised,
    "server_error": server_error,
    "throttling_error": throttling_error,
    "timed_out": lambda wrong: timed_out(applied=wrong),
}


@pytest.mark.parametrize("wrong", UNWRITABLE)
@pytest.mark.parametrize("make", TAKERS)
def test_what_no_error_text_can_show_is_refused_all_the_same(make, wrong):
    """The text that was to show it raised a ValueError, a RecursionError or what it liked."""
    with pytest.raises(InvalidRequestError):
        TAKERS[make](UNWRITABLE[wrong]())


@pytest.mark.parametrize("index", [100, 10**5000], ids=["hundred", "huge"])
def test_no_transaction_has_an_action_of_that_index(index):
    """Its name could not be written."""
    with pytest.raises(InvalidRequestError, match="from 0 to 99"):
        conflict(index=index)


def test_a_long_argument_is_cut_short_in_an_error_text():
    """Nobody reads more of it."""
    with pytest.raises(InvalidRequestError) as caught:
        garbage("x" * 70_000)

    assert 300 > len(str(caught.value))


@pytest.mark.parametrize("checksum", [True, -1, 2**32, "1"], ids=repr)
def test_a_checksum_is_a_number_of_32_bits(checksum):
    """Right or wrong, it has to be sent."""
    with pytest.raises(InvalidRequestError, match="crc32="):
        answer(200, {}, crc32=checksum)
