"""What the programs of docs/how-to/fastapi.md and flask.md both do, whichever framework answers."""

import pytest

from tests import engines
from tests.project.recipes import callers, statuses
from transactscope.ext.breaker import Breaker
from transactscope.testing import calling, lost_answer, lost_request, no_waiting, throttled

COMMIT = "TransactWriteItems"
KEY_IS_WRONG = {"fastapi.md": 422, "flask.md": 400}


@pytest.fixture(scope="module", params=callers.OF_PAGES)
def page(request):
    """Each page."""
    return request.param


@pytest.fixture(scope="module")
def engine(request, page):
    """An engine for each page, which makes tables of the same names."""
    with engines.ENGINES[request.param]() as running:
        yield running


def test_a_repeated_request_has_the_same_answer_and_is_applied_once(serve, pay, ledger):
    """A caller may repeat whatever got no answer."""
    source = ledger.open(30)
    ask = pay(serve(), source, amount=20)
    first, second = ask(), ask()

    assert (201, 201) == (first.status_code, second.status_code)
    assert first.json() == second.json()
    assert 10 == ledger.balance(source)


def test_a_transfer_is_one_request(serve, pay, ledger, sent):
    """The recipe's cost is what the library promises."""
    ask = pay(serve(), ledger.open(30))
    sent.clear()
    ask()

    assert [COMMIT] == sent.operations


def test_a_key_counts_for_its_source_only(serve, pay, ledger):
    """Nobody can take up the key of somebody else."""
    caller = serve()

    assert [201, 201] == [pay(caller, ledger.open(5), key="one")().status_code for _ in range(2)]


def test_a_refused_transfer_may_be_tried_again_with_its_key(serve, pay, ledger):
    """A refusal stores no marker."""
    source = ledger.open(0)
    ask = pay(serve(), source, amount=5)
    refused = ask().status_code
    ledger.set(source, 5)

    assert (409, 201) == (refused, ask().status_code)
    assert 0 == ledger.balance(source)


@pytest.mark.parametrize("met", statuses.MET, ids=statuses.name_of)
def test_every_end_of_a_commit_has_its_status(serve, pay, ledger, faults, met):
    """What really comes back from DynamoDB is told as what it means for the data."""
    fault, status = met
    ask = pay(serve(), ledger.open(30))
    faults.at_random(COMMIT, fault, probability=1, seed=0)

    assert status == ask().status_code


@pytest.mark.parametrize(
    "fault",
    [lost_answer(), lost_request(), calling(lambda: None)],
    ids=["lost answer", "lost request", "kept"],
)
def test_callers_learn_nothing_of_the_inside(serve, pay, ledger, faults, fault):
    """Texts of the library name lines of code and tables; they are for the log."""
    source = ledger.open(0)
    ask = pay(serve(), source)
    faults.at_random(COMMIT, fault, probability=1, seed=0)
    answer = ask().text

    assert [] == [
        word for word in ("Transfer", "Account", ".md", "token", source) if word in answer
    ]


def test_an_open_circuit_says_how_long_to_wait(serve, pay, ledger, faults):
    """`Retry-After` is the breaker's own word, in whole seconds."""
    waiting = no_waiting()
    breaker = Breaker(failures=1, open_for=7.5, clock=waiting.clock)
    ask = pay(serve(breaker=breaker), ledger.open(30))
    faults.next(COMMIT, throttled())
    ask()
    answer = ask()

    assert (503, "8") == (answer.status_code, answer.headers["Retry-After"])


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": True},
        {"amount": 1.5},
        {"amount": 0},
        {"amount": 10**9 + 1},
        {"amount": float("nan")},
        {"target": ""},
        {"target": "x" * 65},
        {"target": "\ud800"},
        {"target": None},
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_what_does_not_fit_is_refused_before_anything_is_sent(serve, ledger, sent, changed):
    """The library never sees it, so nothing of it can become an error of the server's."""
    body = {"source": ledger.open(5), "target": ledger.open(5), "amount": 1, **changed}
    sent.clear()
    answer = serve().transfer(body, "k")

    assert 422 == answer.status_code
    assert [] == sent.operations


@pytest.mark.parametrize("key", [None, "", "k" * 65], ids=["none", "empty", "long"])
def test_a_transfer_without_a_usable_key_is_refused(page, serve, ledger, sent, key):
    """A request that cannot be repeated safely is not taken."""
    body = {"source": ledger.open(5), "target": ledger.open(5), "amount": 1}
    sent.clear()
    answer = serve().transfer(body, key)

    assert KEY_IS_WRONG[page] == answer.status_code
    assert [] == sent.operations


def test_a_transfer_to_itself_is_refused(serve, ledger):
    """Two calls on one item would fold, and the condition would speak of the wrong balance."""
    source = ledger.open(5)
    answer = serve().transfer({"source": source, "target": source, "amount": 1}, "k")

    assert 422 == answer.status_code


@pytest.mark.parametrize("path", ["none/none", "%ED%A0%80/k"])
def test_a_transfer_that_is_not_there_is_not_found(serve, path):
    """Also where the address cannot be a key at all."""
    assert 404 == serve().get(f"/transfers/{path}").status_code
