"""How often and how long something is tried again: the policy, and what is left of it.

A budget counts every attempt of one piece of work, whoever makes it, against one number
and one span of time. It is handed its clock and its randomness.
"""

import sys
from collections.abc import Callable
from typing import Any

import attrs

from transactscope.arguments import reading
from transactscope.errors import InvalidRequestError
from transactscope.exporting import exported_from


def is_number(value: Any) -> bool:
    """Whether it is a number that can be reckoned with as a float.

    Example:
        >>> from transactscope.core.retries import is_number
        >>> is_number(3), is_number(10**400), is_number(True), is_number("3")
        (True, False, False, False)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, float) or int.bit_length(value) < sys.float_info.max_exp


def _checked(least: float, most: float | None = None) -> Any:
    def check(_: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        with reading(f"RetryPolicy: {attribute.name}"):
            whole = attribute.name == "max_attempts"
            is_usable = is_number(value) and (isinstance(value, int) or not whole)
            fits = is_usable and least <= value <= (value if most is None else most)
        if not fits:
            upto = "" if most is None else f" to {most:g}"
            kind = "a whole number" if whole else "a number"
            msg = f"RetryPolicy: {attribute.name} must be {kind} from {least:g}{upto}"
            raise InvalidRequestError(msg, code="INVALID_POLICY")

    return check


@exported_from("transactscope")
@attrs.frozen(kw_only=True)
class RetryPolicy:
    """How often the library repeats what failed only for the moment. Nothing is sent.

    The pause before attempt n + 1 is at most `base_delay * 2 ** (n - 1)`, never more than
    `max_delay`, and shortened at random so that competitors do not meet again.

    Args:
        max_attempts: How often something is tried in all, 1 or more; 1 means never again.
        base_delay: Seconds; the longest pause after the first attempt.
        max_delay: Seconds; the longest pause after any attempt.
        jitter: Which part of a pause is random, 0.0 to 1.0. 1.0 is full jitter: anything
            between nothing and the whole pause.
        timeout: Seconds after which no further attempt begins.

    Raises:
        InvalidRequestError: One of these is no number in its range. Not sent.

    Example:
        >>> from transactscope import Database, RetryPolicy
        >>> db = Database(client, retry=RetryPolicy(max_attempts=3, timeout=2.0))

    .. versionadded:: 0.1.0
    """

    max_attempts: int = attrs.field(default=6, validator=_checked(1))
    base_delay: float = attrs.field(default=0.025, validator=_checked(0))
    max_delay: float = attrs.field(default=0.5, validator=_checked(0))
    jitter: float = attrs.field(default=1.0, validator=_checked(0, 1))
    timeout: float = attrs.field(default=8.0, validator=_checked(0))

    def delay(self, attempts: int, random: float) -> float:
        """Return the seconds to wait after so many attempts.

        Args:
            attempts: How many were made, 1 or more.
            random: A number from 0.0 to 1.0.

        Example:
            >>> from transactscope import RetryPolicy
            >>> RetryPolicy(base_delay=0.25, jitter=0.5, max_delay=2.0).delay(3, random=0.5)
            0.75
        """
        doublings = min(attempts - 1, 64)  # beyond, the product is past any longest pause
        longest = min(self.max_delay, self.base_delay * 2.0**doublings)
        return longest * (1 - self.jitter) + longest * self.jitter * random


@attrs.define(eq=False)
class Budget:
    """What one piece of work may still spend of a policy.

    Attributes:
        policy: The policy.
        clock: Tells the time in seconds, from any point on.
        random: Gives a number from 0.0 to 1.0.
        timeout: Seconds after its start, which is the first attempt's at the latest, after
            which no attempt begins.
        reruns: Whether the work can begin anew, with fresh reads: what others have changed
            meanwhile is then not tried again as it is.
        attempts: How many attempts were made.
    """

    policy: RetryPolicy
    clock: Callable[[], float]
    random: Callable[[], float]
    timeout: float
    reruns: bool = False
    attempts: int = 0
    _started: float | None = None

    def start(self) -> None:
        """Let time count from now on, if it does not yet."""
        if self._started is None:
            self._started = self.clock()

    def spend(self) -> None:
        """Count an attempt that is about to be made."""
        self.start()
        self.attempts += 1

    def pause(self, error: BaseException, *, until_timeout: bool = False) -> float | None:
        """Return the seconds to wait before the next attempt; None if there is none.

        Then the error that is about to be raised is told how much was tried.

        Args:
            error: That error.
            until_timeout: Whether only the time counts, and no number of attempts.
        """
        waited = self._waited()
        if until_timeout or self.attempts < self.policy.max_attempts:
            delay = self.policy.delay(self.attempts, self.random())
            if waited + delay < self.timeout:
                return delay
        error.add_note(
            f"transactscope: given up after {self.attempts} attempt(s) in {waited:.3f} seconds"
        )
        return None

    def for_reading(self) -> "Budget":
        """Return a budget for one read inside this work: attempts of its own, the same end."""
        left = self.timeout - self._waited()
        return Budget(self.policy, self.clock, self.random, left)

    def _waited(self) -> float:
        return 0.0 if self._started is None else self.clock() - self._started
