"""How often and how long something is tried again, without an engine."""

import pytest

from transactscope import RetryPolicy
from transactscope.core.retries import Budget
from transactscope.errors import InvalidRequestError


def test_the_defaults_are_the_documented_ones():
    """Whoever reads the signature knows what happens."""
    policy = RetryPolicy()

    assert (6, 0.025, 0.5, 1.0, 8.0) == (
        policy.max_attempts,
        policy.base_delay,
        policy.max_delay,
        policy.jitter,
        policy.timeout,
    )


@pytest.mark.parametrize(
    ("jitter", "random", "expected"),
    [
        (1.0, 1.0, [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]),
        (1.0, 0.0, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
        (0.0, 0.3, [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]),
        (0.5, 0.5, [0.075, 0.15, 0.3, 0.6, 0.75, 0.75]),
    ],
)
def test_pauses_double_up_to_the_longest_and_are_partly_random(jitter, random, expected):
    """Jitter is the part of a pause that is drawn."""
    policy = RetryPolicy(base_delay=0.1, max_delay=1.0, jitter=jitter)

    assert expected == pytest.approx([policy.delay(n, random) for n in range(1, 7)])


def test_a_very_late_attempt_has_a_pause_too():
    """2 to the power of a thousand is no float."""
    assert 0.5 == RetryPolicy(max_attempts=5000).delay(4000, 1.0)


def test_tctf_numbers_can_be_configured():
    """3 attempts, 100 ms, 5 s, jitter 0.1, 30 s: a policy that others use."""
    policy = RetryPolicy(max_attempts=3, base_delay=0.1, max_delay=5, jitter=0.1, timeout=30)

    assert [0.09, 0.18] == pytest.approx([policy.delay(n, 0.0) for n in (1, 2)])


@pytest.mark.parametrize(
    "setting",
    [
        {"max_attempts": 0},
        {"max_attempts": 1.5},
        {"max_attempts": True},
        {"max_attempts": None},
        {"base_delay": -0.1},
        {"base_delay": "1"},
        {"max_delay": float("nan")},
        {"jitter": 1.1},
        {"jitter": -0.1},
        {"timeout": -1},
    ],
    ids=str,
)
def test_a_policy_that_cannot_be_meant_is_refused(setting):
    """A typo in a policy shows in production only, and late."""
    (name,) = setting
    with pytest.raises(InvalidRequestError, match=name) as caught:
        RetryPolicy(**setting)

    assert "INVALID_POLICY" == caught.value.code


def test_a_budget_ends_with_its_attempts():
    """The last error says how many there were."""
    budget = Budget(RetryPolicy(max_attempts=2), lambda: 0.0, lambda: 1.0, timeout=9.0)
    error = KeyError()
    budget.spend()
    assert 0.025 == budget.pause(error)
    budget.spend()

    assert budget.pause(error) is None
    assert ["transactscope: given up after 2 attempt(s) in 0.000 seconds"] == error.__notes__


def test_a_budget_ends_with_its_time():
    """A pause that would end after the timeout is not made."""
    now = [100.0]
    policy = RetryPolicy(base_delay=1, max_delay=1, jitter=0)
    budget = Budget(policy, lambda: now[0], lambda: 1.0, timeout=2.0)
    budget.spend()
    assert 1.0 == budget.pause(KeyError())
    now[0] = 101.0

    assert budget.pause(KeyError()) is None
    assert 1.0 == budget.for_reading().timeout
