"""The schedule of a batch: what is sent, what waits, what is given up, and what is unknown."""

import attrs
import pytest

from transactscope import RetryPolicy
from transactscope.core.batches.schedule import Collect, Rest, Schedule, Send, Take, in_order


@attrs.frozen
class Piece:
    """An entry, as far as the schedule looks at it."""

    number: int
    target: str


def _schedule(in_flight=1, *, ends=None, **policy):
    policy = RetryPolicy(**({"base_delay": 1.0, "max_delay": 4.0, "timeout": 60.0} | policy))
    return Schedule(policy, lambda: 1.0, in_flight, ends)


def _pieces(targets, first=0):
    return [Piece(number, target) for number, target in enumerate(targets, first)]


def _offer(schedule, targets, first=0):
    pieces = _pieces(targets, first)
    schedule.offer(pieces)
    return pieces


def _sent(schedule, now=0.0):
    step = schedule.step(now)
    assert isinstance(step, Send), step
    return step.parcel


def _targets(entries):
    return "".join(entry.target for entry in in_order(entries))


def test_what_is_offered_is_sent_and_then_it_ends():
    """The plain way needs one step for each thing to do."""
    schedule = _schedule()
    assert Take() == schedule.step(0)
    _offer(schedule, "abc")
    parcel = _sent(schedule)
    assert Collect(None) == schedule.step(0)
    assert schedule.answer(parcel, [], 0) is None
    assert Take() == schedule.step(0)
    schedule.close()

    assert schedule.step(0) is None
    assert (3, 1, 0, [], []) == _counts(schedule)


def _counts(schedule):
    return (
        schedule.done,
        schedule.requests,
        schedule.retries,
        schedule.undone,
        schedule.unknown,
    )


def test_no_more_is_in_flight_than_is_allowed():
    """A bound that is passed by one is no bound."""
    schedule = _schedule(in_flight=2)
    _offer(schedule, "a")
    _offer(schedule, "b")
    _offer(schedule, "c")
    first = _sent(schedule)
    _sent(schedule)
    assert Collect(None) == schedule.step(0)
    schedule.answer(first, [], 0)

    assert "c" == _targets(_sent(schedule).entries)


def test_what_is_left_over_waits_while_others_go_on():
    """One full partition must not hold up the rest."""
    schedule = _schedule()
    pieces = _offer(schedule, "abc")
    parcel = _sent(schedule)
    assert 1.0 == schedule.answer(parcel, pieces[1:2], 0)
    assert Take() == schedule.step(0)
    _offer(schedule, "d", 3)
    other = _sent(schedule)
    assert "d" == _targets(other.entries)
    schedule.answer(other, [], 0.5)
    schedule.close()

    assert Rest(0.5) == schedule.step(0.5)
    assert "b" == _targets(_sent(schedule, 1.0).entries)
    assert 1 == schedule.retries


def test_a_wait_beside_what_is_in_flight_is_no_longer_than_the_pause():
    """What is due is sent when it is due, and not when something else happens to end."""
    schedule = _schedule(in_flight=2)
    _offer(schedule, "a")
    _offer(schedule, "b", 1)
    schedule.close()
    first = _sent(schedule)
    _sent(schedule)
    schedule.fail(first, 0, is_ambiguous=False)

    assert Collect(1.0) == schedule.step(0)


def test_pauses_double_while_nothing_gets_through():
    """Whoever is throttled asks less and less often."""
    schedule = _schedule(max_attempts=6)
    pieces = _offer(schedule, "ab")
    pauses, now = [], 0.0
    while (pause := schedule.answer(_sent(schedule, now), pieces, now)) is not None:
        pauses.append(pause)
        now += pause

    assert [1.0, 2.0, 4.0, 4.0, 4.0] == pauses
    assert "ab" == _targets(schedule.undone)
    assert [] == schedule.unknown


def test_progress_begins_the_count_anew():
    """A table that takes a little of each request is slow, and not hopeless."""
    schedule = _schedule(max_attempts=2)
    pieces = _offer(schedule, "abcd")
    schedule.close()
    now = 0.0
    for left in (3, 2, 1, 0):
        pause = schedule.answer(_sent(schedule, now), pieces[:left], now)
        now += pause or 0

    assert schedule.step(now) is None
    assert (4, 4, 3, [], []) == _counts(schedule)


def test_one_attempt_means_never_again():
    """A program that repeats by itself can switch this off."""
    schedule = _schedule(max_attempts=1)
    pieces = _offer(schedule, "ab")
    assert schedule.answer(_sent(schedule), pieces[:1], 0) is None

    assert "a" == _targets(schedule.undone)


def test_seconds_without_progress_end_a_parcel():
    """A slow answer counts as the time that it took."""
    schedule = _schedule(timeout=5.0)
    pieces = _offer(schedule, "a")
    parcel = _sent(schedule)

    assert schedule.answer(parcel, pieces, 4.0) is None
    assert "a" == _targets(schedule.undone)


def test_an_item_is_never_in_flight_twice():
    """The later of two entries waits until nothing is left of the earlier."""
    schedule = _schedule(in_flight=3)
    pieces = _offer(schedule, "ab")
    _offer(schedule, "ca", 2)
    _offer(schedule, "d", 4)
    first = _sent(schedule)
    assert "d" == _targets(_sent(schedule).entries)
    assert Take() == schedule.step(0)
    schedule.close()
    schedule.answer(first, pieces[:1], 0)
    assert Collect(1.0) == schedule.step(0)
    again = _sent(schedule, 1.0)
    assert "a" == _targets(again.entries)
    schedule.answer(again, [], 1.0)

    assert [2, 3] == [piece.number for piece in _sent(schedule, 1.0).entries]


def test_what_follows_on_something_that_was_given_up_is_not_sent():
    """Who repeats what was left over, in its order, must end with the last entry."""
    schedule = _schedule(in_flight=2, max_attempts=1)
    pieces = _offer(schedule, "ab")
    _offer(schedule, "ac", 2)
    _offer(schedule, "a", 4)
    schedule.close()
    schedule.answer(_sent(schedule), pieces[:1], 0)
    last = _sent(schedule)
    assert "c" == _targets(last.entries)
    schedule.answer(last, [], 0)

    assert schedule.step(0) is None
    assert [0, 2, 4] == [piece.number for piece in in_order(schedule.undone)]


def test_a_lost_answer_stays_in_doubt_until_it_is_confirmed():
    """A later clear no says nothing of the first request, which may have been applied."""
    schedule = _schedule(max_attempts=2)
    _offer(schedule, "ab")
    assert 1.0 == schedule.fail(_sent(schedule), 0, is_ambiguous=True)
    assert schedule.fail(_sent(schedule, 1.0), 1.0, is_ambiguous=False) is None

    assert "ab" == _targets(schedule.unknown)
    assert [] == schedule.undone


def test_doubt_ends_where_the_repetition_is_confirmed():
    """Doing it twice is as good as once."""
    schedule = _schedule()
    pieces = _offer(schedule, "ab")
    schedule.fail(_sent(schedule), 0, is_ambiguous=True)
    schedule.answer(_sent(schedule, 1.0), pieces[1:], 1.0)
    schedule.stop()

    assert 1 == schedule.done
    assert "b" == _targets(schedule.unknown)


def test_where_nothing_gets_through_it_ends_soon():
    """A hundred thousand items are not tried six times each against a closed door."""
    schedule = _schedule(max_attempts=1)
    _offer(schedule, "a")
    _offer(schedule, "b", 1)
    _offer(schedule, "c", 2)
    schedule.fail(_sent(schedule), 0, is_ambiguous=False)
    schedule.fail(_sent(schedule), 0, is_ambiguous=False)

    assert schedule.is_stopped
    assert not schedule.wants_input
    assert schedule.step(0) is None
    assert "abc" == _targets(schedule.undone)


def test_a_refusal_ends_everything():
    """Without the right to write there is no use in going on."""
    schedule = _schedule(in_flight=2)
    _offer(schedule, "a")
    _offer(schedule, "b", 1)
    _offer(schedule, "c", 2)
    first, second = _sent(schedule), _sent(schedule)
    schedule.refuse(first)
    assert Collect(None) == schedule.step(0)
    assert schedule.fail(second, 0, is_ambiguous=True) is None

    assert schedule.step(0) is None
    assert "ac" == _targets(schedule.undone)
    assert "b" == _targets(schedule.unknown)


def test_what_nobody_will_tell_is_unknown():
    """An interruption makes nothing undone that may be done."""
    schedule = _schedule(in_flight=2)
    _offer(schedule, "a")
    _offer(schedule, "b", 1)
    _offer(schedule, "c", 2)
    _sent(schedule)
    _sent(schedule)
    schedule.abandon()

    assert schedule.step(0) is None
    assert "ab" == _targets(schedule.unknown)
    assert "c" == _targets(schedule.undone)


@pytest.mark.parametrize("now", [5.0, 6.0])
def test_after_its_end_nothing_is_sent(now):
    """A deadline is kept also where there is progress."""
    schedule = _schedule(ends=5.0)
    _offer(schedule, "a")
    assert schedule.step(now) is None

    assert "a" == _targets(schedule.undone)
    assert schedule.step(now) is None


def test_a_pause_that_passes_the_end_is_not_waited_for():
    """Whoever waits only to give up may give up at once."""
    schedule = _schedule(ends=5.0)
    pieces = _offer(schedule, "a")

    assert schedule.answer(_sent(schedule, 4.5), pieces, 4.5) is None
    assert "a" == _targets(schedule.undone)


def test_open_parcels_are_bounded():
    """Constant memory: while much is waiting, no more input is taken."""
    schedule = _schedule()
    taken = 0
    while isinstance(schedule.step(0), Take):
        pieces = _offer(schedule, "x" * 0 + chr(97 + taken), taken)
        schedule.answer(_sent(schedule), pieces, 0)
        taken += 1

    assert 4 == taken
    assert Rest(1.0) == schedule.step(0)
