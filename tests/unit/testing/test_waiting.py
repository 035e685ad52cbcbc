"""Time that passes without anybody waiting."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from transactscope.errors import InvalidRequestError
from transactscope.testing import no_waiting


def test_pauses_and_advances_move_the_clock_and_only_pauses_are_written_down():
    """What a database waited is told apart from what a test let pass."""
    waiting = no_waiting()

    waiting.sleep(0.5)
    waiting.advance(3)
    waiting.sleep(1)

    assert (4.5, [0.5, 1]) == (waiting.clock(), waiting.pauses)


def test_the_wall_clock_begins_now_and_moves_alike():
    """What compares it with times that an engine writes finds a time of today."""
    before = time.time()
    waiting = no_waiting()
    began = waiting.wall_clock()

    waiting.sleep(10)
    waiting.advance(590)

    assert before <= began <= time.time()
    assert pytest.approx(600) == waiting.wall_clock() - began


def test_every_pause_is_the_longest_that_it_can_be():
    """A test can write its pauses out."""
    assert 1.0 == no_waiting().settings["random"]()


def test_two_times_have_nothing_in_common():
    """A test does not begin with the pauses of another."""
    first, second = no_waiting(), no_waiting()

    first.sleep(1)

    assert (0.0, []) == (second.clock(), second.pauses)


def test_a_list_of_pauses_that_was_handed_out_stays_as_it_was():
    """Nobody writes history, and nobody sees it change."""
    waiting = no_waiting()
    seen = waiting.pauses
    seen.append(99)

    waiting.sleep(1)

    assert ([99], [1]) == (seen, waiting.pauses)


def test_pauses_of_threads_add_up():
    """None of them is lost."""
    waiting = no_waiting()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(waiting.sleep, [0.25] * 400))

    assert (100.0, 400) == (waiting.clock(), len(waiting.pauses))


def test_a_pause_that_is_awaited_lets_other_tasks_run():
    """A task that waits for another one does not keep it from running."""
    waiting, done = no_waiting(), []

    async def other():
        done.append("other")

    async def main():
        task = asyncio.ensure_future(other())
        while not done:
            await waiting.sleep(1)
        await task

    asyncio.run(main())

    assert ([1], ["other"]) == (waiting.pauses, done)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), "1", None, True])
@pytest.mark.parametrize("name", ["sleep", "advance"])
def test_time_does_not_go_back(name, seconds):
    """A clock that jumps would make a time-out of nothing."""
    waiting = no_waiting()

    with pytest.raises(InvalidRequestError, match="seconds="):
        getattr(waiting, name)(seconds)

    assert (0.0, []) == (waiting.clock(), waiting.pauses)


@pytest.mark.parametrize("name", ["sleep", "advance"])
def test_time_that_no_clock_can_show_does_not_pass(name):
    """A number that no float can hold was an OverflowError."""
    waiting = no_waiting()
    with pytest.raises(InvalidRequestError, match="expected a number from 0 on"):
        getattr(waiting, name)(10**5000)

    assert 0.0 == waiting.clock()
