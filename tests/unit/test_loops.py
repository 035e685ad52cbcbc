"""Whether a with-block leads back to its loop, read from the byte code."""

import contextlib
import sys

import pytest

from transactscope.loops import Place, comes_back


class Recorder:
    """An iterator whose blocks note where they are left, for `answers`."""

    def __init__(self, rounds=1):
        self.rounds = rounds
        self.answers = []

    def __iter__(self):
        return self

    def __next__(self):
        self.loop = Place.of(sys._getframe(1))
        if not self.rounds:
            raise StopIteration
        self.rounds -= 1
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.answers.append(comes_back(Place.of(sys._getframe(1)), self.loop))
        return True


def _falls_through(blocks):
    for block in blocks:
        with block:
            pass


def _continues(blocks):
    for block in blocks:
        with block:
            continue


def _raises(blocks):
    for block in blocks:
        with block:
            raise KeyError


def _raises_and_returns_behind(blocks):
    for block in blocks:
        with block:
            raise KeyError
        return


def _returns(blocks):
    for block in blocks:
        with block:
            return


def _returns_a_value(blocks):
    for block in blocks:
        with block:
            return len(str(block))
    return None


def _breaks(blocks):
    for block in blocks:
        with block:
            break


def _breaks_into_a_loop(blocks):
    for _ in range(2):
        for block in blocks:
            with block:
                break


def _returns_through_finally(blocks):
    for block in blocks:
        try:
            with block:
                return
        finally:
            str(block)


def _returns_through_another_block(blocks):
    for block in blocks:
        with contextlib.nullcontext(), block:
            return


def _falls_through_another_block(blocks):
    for block in blocks:
        with contextlib.nullcontext(), block:
            pass


def _may_break_behind(blocks):
    for block in blocks:
        with block:
            pass
        if block.rounds < 0:
            break


def _may_return_behind(blocks):
    for block in blocks:
        with block:
            pass
        if block.rounds < 0:
            return


def _may_raise_behind(blocks):
    for block in blocks:
        with block:
            pass
        if block.rounds < 0:
            raise KeyError


def _catches_around(blocks):
    for block in blocks:
        try:
            with block:
                raise KeyError
        except ValueError:
            str(block)


def _is_large(blocks):
    for block in blocks:
        with block:
            x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]
            if len(x) == 1:
                str(x[0] + x[1] + x[2] + x[3] + x[4] + x[5] + x[6] + x[7] + x[8] + x[9] + x[10])
                str(x[0] - x[1] - x[2] - x[3] - x[4] - x[5] - x[6] - x[7] - x[8] - x[9] - x[10])
                str(x[0] * x[1] * x[2] * x[3] * x[4] * x[5] * x[6] * x[7] * x[8] * x[9] * x[10])
                str(x[0] + x[1] + x[2] + x[3] + x[4] + x[5] + x[6] + x[7] + x[8] + x[9] + x[10])
                str(x[0] - x[1] - x[2] - x[3] - x[4] - x[5] - x[6] - x[7] - x[8] - x[9] - x[10])


def _is_large_and_returns(blocks):
    for block in blocks:
        with block:
            x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]
            if len(x) == 1:
                str(x[0] + x[1] + x[2] + x[3] + x[4] + x[5] + x[6] + x[7] + x[8] + x[9] + x[10])
                str(x[0] - x[1] - x[2] - x[3] - x[4] - x[5] - x[6] - x[7] - x[8] - x[9] - x[10])
                str(x[0] * x[1] * x[2] * x[3] * x[4] * x[5] * x[6] * x[7] * x[8] * x[9] * x[10])
                str(x[0] + x[1] + x[2] + x[3] + x[4] + x[5] + x[6] + x[7] + x[8] + x[9] + x[10])
            return


def _leaves_it_to_another_function(blocks):
    for block in blocks:
        _enter(block)


def _enter(block):
    with block:
        pass


def _asks_by_hand(blocks):
    while True:
        try:
            block = next(blocks)
        except StopIteration:
            return
        with block:
            pass


COMING_BACK = [
    _falls_through,
    _continues,
    _raises,
    _falls_through_another_block,
    _may_raise_behind,
    _catches_around,
    _is_large,
]
LEAVING = [
    _may_break_behind,
    _may_return_behind,
    _returns,
    _returns_a_value,
    _returns_through_finally,
    _returns_through_another_block,
    _raises_and_returns_behind,
    _breaks,
    _breaks_into_a_loop,
    _is_large_and_returns,
]
UNKNOWN = [_leaves_it_to_another_function, _asks_by_hand]


@pytest.mark.parametrize("loop", COMING_BACK)
def test_a_block_that_leads_back_is_seen(loop):
    """Without that nothing would ever be tried again."""
    blocks = Recorder()
    loop(blocks)

    assert {True} == set(blocks.answers)


@pytest.mark.parametrize("loop", [*LEAVING, *UNKNOWN])
def test_every_other_block_is_taken_to_leave(loop):
    """A wrong yes would be a false success; a wrong no is an error that is shown."""
    blocks = Recorder()
    loop(blocks)

    assert {False} == set(blocks.answers)
