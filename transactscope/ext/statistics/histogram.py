"""Many numbers in little room: how they are spread, within a known error.

Imports the figures only; knows nothing of events.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from transactscope.ext.statistics.figures import Spread

_STEPS: Final = 32  # buckets between a number and its double
_LEAST: Final = 2.0**-20  # about a millionth; what is less is counted as nothing
_MOST: Final = 2.0**40  # what is more is counted as this; only the maximum is kept as it was


class Histogram:
    """Counts numbers in buckets whose width grows with them.

    A bucket is a 32nd to a 64th as wide as the numbers in it, so its middle is within a 64th,
    1.6 %, of each. There are 1921 buckets at most, whatever is added.

    Args:
        is_whole: Whether all numbers are whole; then those below 64 are told exactly.
    """

    def __init__(self, *, is_whole: bool = False) -> None:
        self._is_whole = is_whole
        self._buckets: dict[int | None, int] = {}
        self._count = 0
        self._total = 0.0
        self._least = math.inf
        self._most = 0.0

    def add(self, number: float) -> None:
        """Count a number; one that is below nothing, as of a clock that was set, is nothing."""
        number = max(0.0, number)
        bucket = _bucket_of(number)
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1
        self._count += 1
        self._total += number
        self._least = min(self._least, number)
        self._most = max(self._most, number)

    def spread(self) -> Spread:
        """Return what is known of the numbers so far."""
        if not self._count:
            return Spread()
        return Spread(
            count=self._count,
            mean=self._total / self._count,
            p50=self._percentile(50),
            p90=self._percentile(90),
            p99=self._percentile(99),
            max=self._most,
        )

    def _percentile(self, percent: int) -> float:
        """Return the least number that so many of a hundred do not exceed, within the error."""
        rank = -(-self._count * percent // 100)
        middle = next(middle for middle, last in self._middles() if last >= rank)
        told = math.floor(middle) if self._is_whole else middle
        return min(max(told, self._least), self._most)

    def _middles(self) -> Iterator[tuple[float, int]]:
        """List the middle of each bucket, with how many numbers are in it or below."""
        last = self._buckets.get(None, 0)
        yield 0.0, last
        for bucket in sorted(bucket for bucket in self._buckets if bucket is not None):
            last += self._buckets[bucket]
            yield _middle_of(bucket), last


def _bucket_of(number: float) -> int | None:
    if number < _LEAST:
        return None
    fraction, exponent = math.frexp(min(number, _MOST))  # fraction: from a half to below 1
    return exponent * _STEPS + int((fraction - 0.5) * 2 * _STEPS)


def _middle_of(bucket: int) -> float:
    exponent, step = divmod(bucket, _STEPS)
    return math.ldexp(0.5 + (step + 0.5) / (2 * _STEPS), exponent)
