"""Which observers a database takes, and what it makes of them."""

import functools
import time

import boto3
import pytest

from transactscope import AsyncDatabase, Database, TransactScope, in_threads
from transactscope.environment import environment_of
from transactscope.errors import InvalidRequestError, RequestRejectedError, StaleReadError
from transactscope.ext.lease import LeaseLostError
from transactscope.observing import checked_observers
from transactscope.types import Event, EventKind

SECRET = "an-eleven-word-secret"


@pytest.fixture(scope="module")
def client():
    """A client that is never used to send."""
    made = boto3.client("dynamodb", region_name="eu-west-1")
    yield made
    made.close()


async def _later(_):
    raise AssertionError


async def _generates(_):
    yield


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (LeaseLostError("gone"), "LeaseLostError"),
        (StaleReadError("old", code="TransactionCanceledException"), "StaleReadError"),
        (RequestRejectedError("no", code="AccessDeniedException"), "AccessDeniedException"),
        (RequestRejectedError("no"), "RequestRejectedError"),
        (LookupError("mine"), "LookupError"),
    ],
    ids=["of an extension", "canceled", "rejected", "without a code", "of the program"],
)
def test_errors_are_named_by_what_tells_them_apart(error, name):
    """Who counts errors must not find all cancellations under one word, or all rejections."""
    event = Event(
        kind=EventKind.CANCEL, time=0.0, work=1, is_scope=True, verb="commit", error=error
    )

    assert name == event.error_code


class Later:
    """An object that has to be awaited when it is called."""

    async def __call__(self, _):
        """Never run."""


WRONG = {
    "no iterable": (print, "observers= must be an iterable of functions, not builtin_function"),
    "a text": (SECRET, "observers=[0] must be a function, not str"),
    "no function": ([print, 5], "observers=[1] must be a function, not int"),
    "none": (None, "observers= must be an iterable of functions, not NoneType"),
    "a coroutine function": ([_later], "_later would have to be awaited"),
    "a generator": ([_generates], "_generates would have to be awaited"),
    "an object with one": ([Later()], "Later would have to be awaited"),
    "a part of one": ([functools.partial(_later)], "would have to be awaited"),
    "a part of an object with one": ([functools.partial(Later())], "would have to be awaited"),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("kind", [Database, AsyncDatabase])
def test_what_is_no_observer_is_refused_by_its_place_and_type(client, kind, wrong):
    """A mistake is found where it is made, and what it was made with is not shown."""
    given, text = WRONG[wrong]
    usable = client if kind is Database else in_threads(client)
    with pytest.raises(InvalidRequestError) as caught:
        kind(usable, observers=given)

    assert text in str(caught.value)
    assert SECRET not in str(caught.value)


def test_an_iterable_that_raises_is_an_argument_that_cannot_be_read(client):
    """Its error does not look like one of the library."""

    def broken():
        raise LookupError
        yield

    with pytest.raises(InvalidRequestError) as caught:
        Database(client, observers=broken())

    assert "UNREADABLE_ARGUMENT" == caught.value.code


@pytest.mark.parametrize("given", [(), [], iter(())], ids=["tuple", "list", "iterator"])
def test_no_observers_are_none(client, given):
    """Then nothing is asked but that."""
    database = Database(client, observers=given)

    assert environment_of(database).observers is None
    assert TransactScope(database)._watch is None


def test_a_bare_client_has_no_observers(client):
    """They belong to a database."""
    assert environment_of(client).observers is None


def test_observers_are_taken_once_and_told_in_their_order(client):
    """A generator is used up at construction, and a list that grows later changes nothing."""
    told = []
    given = [lambda event: told.append(("first", event)), lambda event: told.append(("2nd", event))]
    database = Database(client, observers=(each for each in given))
    TransactScope(database).begin().rollback()

    assert ["first", "2nd"] * 2 == [name for name, _ in told]
    assert [EventKind.BEGIN, EventKind.ROLLBACK] == [event.kind for _, event in told[::2]]
    assert told[0][1] is told[1][1]


def test_works_have_numbers_that_only_grow():
    """Two of them can be told apart, and sorted."""
    observers = checked_observers([print], time.monotonic)

    assert observers.watch().work < observers.watch(is_scope=True).work
