"""Statistics hold what they promise of errors, for any numbers and names."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from transactscope.ext.statistics.counting import Leaders
from transactscope.ext.statistics.histogram import Histogram

NUMBERS = st.floats(min_value=2.0**-20, max_value=2.0**40, exclude_max=True)
PERCENTILES = {"p50": 50, "p90": 90, "p99": 99}
# The relative error is a 64th; sums of floats are rounded, which is far less.
ERROR = 1 / 64 + 1e-12


@given(st.lists(NUMBERS, min_size=1))
def test_percentiles_are_within_a_64th_of_the_exact_ones(numbers):
    """1.6 % is what the documentation says."""
    histogram = Histogram()
    for number in numbers:
        histogram.add(number)
    spread = histogram.spread()

    exact = {name: _percentile(numbers, percent) for name, percent in PERCENTILES.items()}
    assert all(abs(getattr(spread, name) - exact[name]) <= ERROR * exact[name] for name in exact)
    assert (len(numbers), max(numbers)) == (spread.count, spread.max)


@given(st.lists(st.integers(0, 64), min_size=1))
def test_small_whole_numbers_are_exact(numbers):
    """Actions of a commit are counted, not measured."""
    histogram = Histogram(is_whole=True)
    for number in numbers:
        histogram.add(number)
    spread = histogram.spread()

    assert [_percentile(numbers, percent) for percent in PERCENTILES.values()] == [
        getattr(spread, name) for name in PERCENTILES
    ]


@given(st.lists(st.integers(0, 30)), st.integers(1, 12))
def test_leaders_are_never_too_small_and_say_by_how_much_they_are_too_large(names, limit):
    """No count is under the true one, or over it by more than is told, or than the N-th part."""
    leaders = Leaders(limit)
    for name in names:
        leaders.add(name)
    top, true = leaders.top(), Counter(names)

    assert all(count - over <= true[name] <= count for name, count, over in top)
    assert all(over * limit <= len(names) for _, _, over in top)
    assert len(names) == sum(count for _, count, _ in top)
    assert {name for name in true if true[name] * limit > len(names)} <= {each[0] for each in top}
    assert len(top) <= limit


def _percentile(numbers, percent):
    """Return the least number that so many of a hundred do not exceed."""
    rank = -(-len(numbers) * percent // 100)
    return sorted(numbers)[rank - 1]
