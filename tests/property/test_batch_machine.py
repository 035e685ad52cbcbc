"""The schedule of a batch, driven at random: whatever comes back, the account is right."""

from collections import Counter

import attrs
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from transactscope import RetryPolicy
from transactscope.core.batches.schedule import Collect, Rest, Schedule, Send, Take

TARGETS = "abcdef"


@attrs.frozen
class Piece:
    """An entry, as far as the schedule looks at it."""

    number: int
    target: str


class BatchMachine(RuleBasedStateMachine):
    """Does what the schedule says, with answers of any kind, in any order."""

    def __init__(self):
        super().__init__()
        self.now = 0.0
        self.schedule = Schedule(RetryPolicy(max_attempts=3), lambda: 0.5, in_flight=2)
        self.offered, self.done, self.doubtful = [], [], set()
        self.flying = []
        self.last_done = {}

    def _wants_input(self):
        """Take one step, and say whether it asks for input."""
        step = self.schedule.step(self.now)
        if isinstance(step, Rest):
            self.now += step.seconds
        if isinstance(step, Send):
            self.flying.append((step.parcel, list(step.parcel.entries)))
        return isinstance(step, Take)

    @rule(chosen=st.lists(st.sampled_from(TARGETS), min_size=1, max_size=4, unique=True))
    def offer(self, chosen):
        """Give entries, where they are wanted."""
        if self._wants_input():
            pieces = [Piece(len(self.offered) + n, target) for n, target in enumerate(chosen)]
            self.offered += pieces
            self.schedule.offer(pieces)

    @rule()
    def step(self):
        """Send, or wait, where that is asked for."""
        self._wants_input()

    @rule(seconds=st.floats(0, 10))
    def wait(self, seconds):
        """Let time pass."""
        self.now += seconds

    @precondition(lambda self: self.flying)
    @rule(data=st.data())
    def answer(self, data):
        """Answer any request, with any part of it left over."""
        parcel, entries = self._landed(data)
        left = data.draw(st.lists(st.sampled_from(entries), unique=True))
        left = [entry for entry in entries if entry in left]
        for entry in entries:
            if entry not in left:
                assert self.last_done.get(entry.target, -1) < entry.number
                self.last_done[entry.target] = entry.number
                self.done.append(entry)
                self.doubtful.discard(entry.number)
        self.schedule.answer(parcel, left, self.now)

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), is_ambiguous=st.booleans())
    def fail(self, data, is_ambiguous):
        """Let any request meet something that may pass."""
        parcel, entries = self._landed(data)
        if is_ambiguous:
            self.doubtful |= {entry.number for entry in entries}
        self.schedule.fail(parcel, self.now, is_ambiguous=is_ambiguous)

    @precondition(lambda self: self.flying)
    @rule(data=st.data())
    def refuse(self, data):
        """Refuse a request for good."""
        parcel, _ = self._landed(data)
        self.schedule.refuse(parcel)

    @rule()
    def close(self):
        """End the input."""
        self.schedule.close()

    @rule()
    def abandon(self):
        """Break everything off."""
        for _, entries in self.flying:
            self.doubtful |= {entry.number for entry in entries}
        self.flying.clear()
        self.schedule.abandon()

    @invariant()
    def no_item_is_in_flight_twice_and_no_more_than_allowed(self):
        """The two bounds that DynamoDB and the program set."""
        targets = Counter(entry.target for _, entries in self.flying for entry in entries)
        assert all(count == 1 for count in targets.values())
        assert len(self.flying) <= 2

    @invariant()
    def what_is_given_up_is_told_right(self):
        """Done, certainly undone, and unknown are three different things."""
        undone = {entry.number for entry in self.schedule.undone}
        unknown = {entry.number for entry in self.schedule.unknown}
        done = {entry.number for entry in self.done}
        assert self.schedule.done == len(done)
        assert not undone & (unknown | done)
        assert not unknown & done
        assert not undone & self.doubtful
        assert unknown <= self.doubtful

    def teardown(self):
        """Let everything come to its end: nothing is lost on the way, and it does end."""
        self.schedule.close()
        for _ in range(10_000):
            step = self.schedule.step(self.now)
            if step is None:
                break
            if isinstance(step, Rest):
                assert step.seconds > 0
                self.now += step.seconds
            elif isinstance(step, Send):
                self.flying.append((step.parcel, list(step.parcel.entries)))
            elif isinstance(step, Collect):
                parcel, entries = self.flying.pop(0)
                self.done += entries
                self.doubtful -= {entry.number for entry in entries}
                self.schedule.answer(parcel, [], self.now)
        else:
            raise AssertionError("it does not end")
        ended = [*self.done, *self.schedule.undone, *self.schedule.unknown]
        assert sorted(entry.number for entry in ended) == list(range(len(self.offered)))

    def _landed(self, data):
        return self.flying.pop(data.draw(st.integers(0, len(self.flying) - 1)))


@pytest.mark.slow
def test_the_account_of_a_batch_is_always_right():
    """Whatever is answered, nothing is sent twice at once, lost, or told wrongly."""
    run_state_machine_as_test(
        BatchMachine,
        settings=settings(
            max_examples=60,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
