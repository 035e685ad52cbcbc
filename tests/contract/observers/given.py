"""What the tests of observers have in common."""

import threading

import attrs

TX = "TransactWriteItems"


@attrs.define(eq=False)
class Recorder:
    """An observer that keeps everything, and does at some kinds of events what it is told."""

    events: list = attrs.field(factory=list)
    at: dict = attrs.field(factory=dict)
    threads: set = attrs.field(factory=set)

    def __call__(self, event):
        """Keep it; raise what was told, once."""
        self.events.append(event)
        self.threads.add(threading.get_ident())
        told = self.at.pop(event.kind, None)
        if told is not None:
            raise told

    def take(self):
        """Return what was told since, as texts, and forget it."""
        events, self.events = self.events, []
        return [f"{event.kind.name} {event.verb}" for event in events]

    def only(self, kind):
        """Return the one event of a kind."""
        (event,) = self.all(kind)
        return event

    def all(self, kind):
        """Return the events of a kind."""
        return [event for event in self.events if event.kind is kind]
