"""Counters and histograms that need no more room than they were given."""

import math

import pytest

from transactscope.ext.statistics import Spread
from transactscope.ext.statistics.counting import OTHERS, Cells, Counts, Leaders
from transactscope.ext.statistics.histogram import Histogram


def _spread(numbers, **options):
    histogram = Histogram(**options)
    for number in numbers:
        histogram.add(number)
    return histogram.spread()


class TestHistogram:
    """How numbers are spread."""

    def test_without_numbers_nothing_is_made_up(self):
        """A mean of nothing is not 0."""
        assert Spread() == _spread([])
        assert None is Spread().mean

    def test_one_number_is_all_of_them(self):
        """What the buckets round is cut to what was seen."""
        assert Spread(count=1, mean=0.3, p50=0.3, p90=0.3, p99=0.3, max=0.3) == _spread([0.3])

    def test_whole_numbers_up_to_64_are_exact(self):
        """Actions of a commit are told as they are."""
        spread = _spread(range(1, 65), is_whole=True)

        assert (32, 58, 64, 64) == (spread.p50, spread.p90, spread.p99, spread.max)

    def test_percentiles_are_ranks(self):
        """99 of 100 are not over p99, and the hundredth may be."""
        spread = _spread([1] * 50 + [2] * 40 + [3] * 9 + [50], is_whole=True)

        assert (1, 2, 3, 50) == (spread.p50, spread.p90, spread.p99, spread.max)

    def test_a_clock_that_stands_still_or_goes_back_counts_nothing(self):
        """Tests have such clocks, and machines whose time is set."""
        assert Spread(count=2, mean=0.0, p50=0.0, p90=0.0, p99=0.0, max=0.0) == _spread([0.0, -5.0])

    def test_what_is_too_large_for_a_bucket_is_kept_as_the_maximum(self):
        """A year that a machine slept is one number of many."""
        spread = _spread([1.0, 1e300])

        assert (1e300, 2) == (spread.max, spread.count)
        assert 1.0 == pytest.approx(spread.p50, rel=0.02)
        assert 2.0**40 == pytest.approx(spread.p99, rel=0.02)

    def test_there_are_1921_buckets_at_most(self):
        """Whatever is added."""
        histogram = Histogram()
        for exponent in range(-1000, 1000):
            for step in range(64):
                histogram.add(math.ldexp(1 + step / 64, exponent))

        assert 1921 + 1 >= len(histogram._buckets) > 1900


class TestNames:
    """Names that are counted one by one, and all others together."""

    def test_the_first_names_have_counts_of_their_own(self):
        """What comes later is not lost, and not told apart."""
        counts = Counts(2)
        for name in "abcadda":
            counts.add(name)

        assert {"a": 3, OTHERS: 3, "b": 1} == counts.listed()

    def test_a_name_that_is_known_stays_known(self):
        """Also when there is no room any more."""
        cells = Cells(1, list)
        for name in ("b", "a", "b", "c"):
            cells.of(name).append(name)

        assert [("b", ["b", "b"]), (OTHERS, ["a", "c"])] == cells.items()

    def test_long_names_are_cut_and_found_again(self):
        """Two that begin alike for 1024 characters are one."""
        counts, cells = Counts(5), Cells(5, list)
        for end in "ab":
            counts.add("x" * 2000 + end)
            cells.of("x" * 2000 + end).append(end)

        assert {"x" * 1024: 2} == counts.listed()
        assert [("x" * 1024, ["a", "b"])] == cells.items()


class TestLeaders:
    """The names that come most often."""

    def test_with_room_for_all_counts_are_exact(self):
        """Most programs have fewer hot items than counters."""
        leaders = Leaders(3)
        for name in "abacab":
            leaders.add(name)

        assert [("a", 3, 0), ("b", 2, 0), ("c", 1, 0)] == leaders.top()

    def test_who_takes_a_counter_over_says_by_how_much_it_may_be_wrong(self):
        """The third name takes the least count, and that is its error."""
        leaders = Leaders(2)
        for name in "aaabbc":
            leaders.add(name)

        assert [("a", 3, 0), ("c", 3, 2)] == leaders.top()

    def test_names_need_not_be_comparable(self):
        """A key of bytes and one of text in one table of tables."""
        leaders = Leaders(2)
        for name in ("a", b"a", 1, None, "a"):
            leaders.add(name)

        assert 5 == sum(count for _, count, _ in leaders.top())
