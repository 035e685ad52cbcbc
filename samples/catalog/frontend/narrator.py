"""Tells a story line by line, and stops it where something is not as it was told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

R = TypeVar("R")


class StoryError(Exception):
    """Something in the story did not happen as it was told."""


class Narrator:
    """Performs the steps of a story, and says of each what came of it and what was sent.

    Args:
        sent: Grows by one line for every request that really leaves for DynamoDB.
        write: Takes each line of the story.
    """

    def __init__(self, sent: Sequence[str], write: Callable[[str], object]) -> None:
        self._sent = sent
        self._write = write
        self._chapter = 0

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self._chapter += 1
        self._write(f"\n{self._chapter}. {title}")

    def say(self, text: str) -> None:
        """Tell something that is no step."""
        for line in text.splitlines():
            self._write(f"     {line}")

    def do(
        self,
        what: str,
        act: Callable[[], object],
        outcome: type[R],
        sends: Sequence[str] | None = (),
    ) -> R:
        """Perform one step and return its outcome.

        Args:
            what: The step in words.
            act: Performs it.
            outcome: What class has to come of it.
            sends: Which requests it has to send; None means that any are right.

        Raises:
            StoryError: Something else came of it, or something else was sent.
        """
        self._write(f"   > {what}")
        before = len(self._sent)
        result = act()
        new = list(self._sent[before:])
        self.say(str(result))
        self._write(f"     [sent to DynamoDB: {', '.join(new) or 'nothing'}]")
        if not isinstance(result, outcome):
            raise StoryError(f"{what}: this was not to come of it: {result}")
        if sends is not None and new != list(sends):
            raise StoryError(f"{what}: {list(sends)} was told to be sent, not {new}")
        return result

    def make_sure(self, claim: str, *, holds: bool) -> None:
        """State something that was looked up.

        Raises:
            StoryError: It does not hold.
        """
        if not holds:
            raise StoryError(f"this was told and does not hold: {claim}")
        self._write(f"     [checked] {claim}")
