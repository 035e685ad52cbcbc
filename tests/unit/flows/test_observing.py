"""A flow that is observed: it meets what it would meet alone, and is told of afterwards."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transactscope.driver import drive
from transactscope.errors import (
    CircuitOpenError,
    CommitOutcomeUnknownError,
    ThrottledError,
    TransactScopeError,
)
from transactscope.flows.effects import Call, Pause
from transactscope.flows.observing import Course, Sent, observed
from transactscope.types import EventKind, FrozenRequest

REQUEST = FrozenRequest("PutItem", {}, tables=("Account",))
OTHER = FrozenRequest("Query", {}, tables=("Account",))


@attrs.define(eq=False)
class Watch:
    """Writes down what it is told, and lets time pass; it may be interrupted."""

    told: list = attrs.field(factory=list)
    at: dict = attrs.field(factory=dict)
    seconds: float = 0.0

    def now(self):
        """Tell the time."""
        self.seconds += 1.0
        return self.seconds

    def tell(self, kind, verb, **facts):
        """Write it down; raise what was told."""
        self.told.append((kind.name, verb, facts))
        if kind in self.at:
            raise self.at.pop(kind)

    @property
    def kinds(self):
        """The kinds of what was told."""
        return [kind for kind, *_ in self.told]


def _run(flow, watch, answers, sleep=lambda _: None):
    left = iter(answers)

    def transport(request):
        watch.told.append(("sent", request.operation, {}))
        answer = next(left)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return drive(observed(flow, Course(watch, "verb")), transport, sleep)


def patient():
    """Send until there is an answer, with a pause after each refusal; then call something."""
    while True:
        try:
            answer = yield REQUEST
        except ConnectionError:
            yield Pause(2.0, ThrottledError("later"))
        else:
            return (yield Call(dict, answer))


def test_what_came_is_told_before_the_flow_goes_on():
    """An attempt is told when the flow has said what it makes of it."""
    watch = Watch()
    assert {"Item": {}} == _run(patient(), watch, [ConnectionError(), {"Item": {}}])

    assert ["sent", "ATTEMPT", "RETRY", "sent", "ATTEMPT"] == watch.kinds
    attempts = [facts for kind, _, facts in watch.told if kind == "ATTEMPT"]
    assert [1, 2] == [facts["attempts"] for facts in attempts]
    assert [1.0, 1.0] == [facts["seconds"] for facts in attempts]
    retry = watch.told[2][2]
    assert ("PutItem", ("Account",), 1, 2.0) == (
        retry["operation"],
        retry["tables"],
        retry["attempts"],
        retry["seconds"],
    )


def test_a_pause_without_an_error_is_no_repetition():
    """Waiting for a table is waiting."""

    def flow():
        yield REQUEST
        yield Pause(1.0)
        yield REQUEST

    watch = Watch()
    _run(flow(), watch, [{}, {}])

    assert ["sent", "ATTEMPT", "sent", "ATTEMPT"] == watch.kinds
    assert 2 == watch.told[-1][2]["attempts"]


def test_another_request_is_counted_from_one():
    """Each page is the first attempt at that page."""

    def flow():
        yield REQUEST
        yield OTHER

    watch = Watch()
    _run(flow(), watch, [{}, {}])

    assert [1, 1] == [facts["attempts"] for kind, _, facts in watch.told if kind == "ATTEMPT"]


@pytest.mark.parametrize("refusal", [CircuitOpenError("open", retry_after=1.0)])
def test_what_the_library_refused_was_not_sent(refusal):
    """There was no attempt, so none is told."""
    watch = Watch()
    with pytest.raises(CircuitOpenError):
        _run(patient(), watch, [refusal])

    assert ["sent"] == watch.kinds  # by the transport of this test, which plays the breaker


def test_an_interruption_where_a_pause_begins_meets_the_flow_there():
    """As if the pause had been interrupted, which is not begun."""
    met, pauses = [], []

    def flow():
        try:
            yield REQUEST
        except ConnectionError:
            try:
                yield Pause(1.0, ThrottledError("later"))
            except KeyboardInterrupt as interruption:
                met.append(interruption)
                raise

    watch = Watch(at={EventKind.RETRY: KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt) as caught:
        _run(flow(), watch, [ConnectionError()], pauses.append)

    assert ([caught.value], []) == (met, pauses)


def test_an_interruption_before_another_request_meets_the_flow_there():
    """Nothing more is sent."""

    def flow():
        yield REQUEST
        yield OTHER

    watch = Watch(at={EventKind.ATTEMPT: KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt) as caught:
        _run(flow(), watch, [{}, {}])

    assert ["sent", "ATTEMPT"] == watch.kinds
    assert not hasattr(caught.value, "__notes__")


def test_an_interruption_at_the_end_of_what_failed_names_what_it_hides():
    """The error is not lost with the interruption."""

    def flow():
        yield REQUEST
        raise LookupError

    watch = Watch(at={EventKind.ATTEMPT: KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt) as caught:
        _run(flow(), watch, [{}])

    assert ["transactscope: verb() has failed: LookupError"] == caught.value.__notes__
    assert isinstance(caught.value.__context__, LookupError)


def test_a_flow_that_is_closed_tells_what_was_under_way():
    """A coroutine that nobody awaits to its end has sent its request all the same."""
    watch = Watch()
    flow = observed(patient(), Course(watch, "verb"))
    next(flow)
    flow.close()

    ((kind, _, facts),) = watch.told
    assert "ATTEMPT" == kind
    assert isinstance(facts["error"], GeneratorExit)


ODD_ANSWERS = [
    None,
    {"ConsumedCapacity": "much"},
    {"ConsumedCapacity": [{"CapacityUnits": 1.0}]},
    {"ResponseMetadata": None},
    {"ResponseMetadata": "none"},
    [],
]


@pytest.mark.parametrize("answer", ODD_ANSWERS, ids=repr)
def test_an_answer_that_cannot_be_read_is_an_attempt_without_units(answer):
    """What a server says of its units must not break a commit that it has answered."""
    sent = Sent(REQUEST, 1, 2.0, 1.0, answer, None)

    assert ("PutItem", None) == (sent.facts["operation"], sent.facts["request_id"])
    assert not sent.facts.get("write_units")


STEPS = st.lists(
    st.sampled_from(["request", "other", "pause", "retry", "call"]), min_size=1, max_size=8
)
CAME = st.lists(st.sampled_from(["answer", "error", "refused", "doubt"]), min_size=8, max_size=8)


@given(steps=STEPS, came=CAME, is_fragile=st.booleans())
def test_a_flow_meets_what_it_would_meet_alone(steps, came, is_fragile):
    """The same effects, answers, errors and result, whatever it does."""
    alone, watched = [], []
    plain = _outcome(_scripted(steps, alone, is_fragile=is_fragile), came)
    course = Course(Watch(), "verb")
    seen = _outcome(observed(_scripted(steps, watched, is_fragile=is_fragile), course), came)

    assert plain == seen
    assert alone == watched
    told = [kind for kind, *_ in course.watch.told]
    sent = [each for each in watched if each.startswith("request") and "Circuit" not in each]
    assert len(sent) == told.count("ATTEMPT")


def _scripted(steps, met, *, is_fragile):
    effects = {
        "request": REQUEST,
        "other": OTHER,
        "pause": Pause(1.0),
        "retry": Pause(1.0, CommitOutcomeUnknownError("doubt")),
        "call": Call(len, "abc"),
    }
    for step in steps:
        kind = "request" if step in ("request", "other") else step
        try:
            met.append(f"{kind}: {yield effects[step]}")
        except Exception as error:
            met.append(f"{kind}: {type(error).__name__}")
            if is_fragile:
                raise
    return len(met)


def _outcome(flow, came):
    answers = {
        "answer": {},
        "error": ConnectionError(),
        "refused": CircuitOpenError("open", retry_after=1.0),
        "doubt": TimeoutError(),
    }
    left = iter(came)

    def transport(_):
        answer = answers[next(left)]
        if isinstance(answer, Exception):
            raise answer
        return answer

    try:
        return drive(flow, transport, lambda _: None)
    except (OSError, TransactScopeError) as error:
        return type(error).__name__
