"""Any number of reads, or of puts and deletes, in requests of many, several of them in flight.

What may be sent next is said by `core.batches.schedule`, and what it means by
`core.batches.exchange`. This flow does what they say: it takes from the input, has a crew send,
and learns what came of it. Of one request nothing is repeated here: the schedule repeats what is
left of it.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence, Sized
from typing import Any, Final, Protocol, cast

import attrs

from transactscope.core.batches.entries import DELETE, PUT, BuiltEntry, Entry
from transactscope.core.batches.exchange import Chunk, Exchange, GetExchange, incomplete
from transactscope.core.batches.requests import WRITE_OPERATION, UnreadableError
from transactscope.core.batches.schedule import Collect, Parcel, Rest, Schedule, Send, Step, Take
from transactscope.core.terms import BatchTerms
from transactscope.errors import InvalidRequestError, TransactScopeError
from transactscope.flows.effects import Call, Flow, Pause
from transactscope.flows.observing import Course, recorded
from transactscope.flows.retrying import log_batch
from transactscope.flows.sealing import opened_items, sealed_actions
from transactscope.limits import MAX_BATCH_BYTES
from transactscope.types import Answer, FrozenRequest, Keyring

_END: Final[Any] = object()


@attrs.frozen(eq=False)
class Job:
    """One request of a batch that a crew sends."""

    parcel: Parcel
    request: FrozenRequest
    course: Course | None = None

    def flow(self) -> Flow[Answer]:
        """Send it once."""
        if self.course is not None:
            return (yield from recorded(self.request, self.course))
        answer: Answer = yield self.request
        return answer


@attrs.frozen(eq=False)
class Ended:
    """What came of a job: an answer, or an exception."""

    job: Job
    answer: Answer | None = None
    error: BaseException | None = None


class Crew(Protocol):
    """Performs several jobs at once. What its methods return may have to be awaited."""

    def start(self, job: Job) -> Any:
        """Begin a job."""
        ...

    def collect(self, seconds: float | None) -> Any:
        """Return the jobs that have ended; wait for the first of them, at most so long.

        Nothing if none is under way, or none has ended in time.
        """
        ...

    def interrupt(self, _: object) -> Any:
        """Bring what is under way to its end, as far as that can be."""
        ...

    def close(self, _: object) -> Any:
        """Learn that no more jobs will come."""
        ...

    def abandon(self) -> None:
        """Let go of everything at once."""
        ...


@attrs.define(eq=False)
class Source:
    """What the program gave, taken piece by piece and never more of it than is sent.

    Attributes:
        exchange: Makes entries of it.
        size: The most entries of one request.
        is_single: Whether all of it has to fit into one request.
        taken: How many pieces were taken.
        repeats: How many of them are answered together with an earlier one.
        inputs: The verb, what was given, and its iterator, of each input that has more.
    """

    exchange: Exchange
    size: int
    is_single: bool
    taken: int = 0
    repeats: int = 0
    _inputs: list[tuple[str, Any, Any]] = attrs.field(alias="inputs", factory=list)
    _unsent: list[tuple[str, Any]] = attrs.field(factory=list)
    _carried: Entry | None = None

    @classmethod
    def of(
        cls,
        exchange: Exchange,
        inputs: Mapping[str, Any],
        terms: BatchTerms,
        *,
        is_async: bool,
    ) -> Source:
        """Check what was given.

        Raises:
            InvalidRequestError: It cannot be iterated over here, or the chunk has no such size.
        """
        size = _checked_chunk(exchange, terms.chunk)
        taken = [
            (verb, given, _iterator(verb, given, is_async=is_async))
            for verb, given in inputs.items()
        ]
        return cls(exchange, size, terms.chunk is False, inputs=taken)

    def chunk(self) -> Flow[list[Entry]]:
        """Take the entries of the next request; none at the end of the input."""
        chunk = Chunk()
        most = self.size + self.is_single  # one more tells that it is too many
        while len(chunk.entries) < most:
            entry = self._carried or (yield from self._next())
            self._carried = None
            if entry is None:
                break
            known = len(chunk.entries)
            if not self.exchange.gather(chunk, entry):
                self._carried = entry
                break
            self.repeats += len(chunk.entries) == known
        if self.is_single:
            self._refuse_more(chunk)
        self._unsent = [] if self._carried is None else [(self._carried.verb, self._carried.given)]
        return chunk.entries

    def rest(self) -> tuple[list[tuple[str, Any]], bool]:
        """Return what was never sent, with its verbs; and whether the input has more.

        What has a length is there in any case, and is taken. An iterator is left where it is.
        """
        rest, is_input_left = list(self._unsent), False
        for verb, given, iterator in self._inputs:
            if isinstance(given, Sized):
                rest += [(verb, each) for each in iterator]
            else:
                is_input_left = True
        return rest, is_input_left

    def _next(self) -> Flow[Entry | None]:
        while self._inputs:
            verb, _, iterator = self._inputs[0]
            given = yield from _taken(iterator)
            if given is not _END:
                number, self.taken = self.taken, self.taken + 1
                self._unsent.append((verb, given))
                return self.exchange.entry(number, verb, given)
            self._inputs.pop(0)
        return None

    def _refuse_more(self, chunk: Chunk) -> None:
        if self._carried is not None:
            raise self.exchange.too_large(f"this has more than {MAX_BATCH_BYTES:,} bytes")
        if len(chunk.entries) > self.size:
            given = f"{self.size + 1} or more were given"
            raise self.exchange.too_large(f"it takes {self.size} {self.exchange.noun}: {given}")


@attrs.define(eq=False)
class Batch:
    """One call of `batch_get` or `batch_write`.

    Attributes:
        exchange: What is done.
        source: What it is done with.
        schedule: In which order.
        crew: Who sends it.
        clock: Tells the time in seconds.
        terms: What the program asked for.
        keyring: Seals and opens what is stored encrypted; None where nothing is.
        course_of: Makes the course of a request that was sent so often; None where nobody observes.
    """

    exchange: Exchange
    source: Source
    schedule: Schedule
    crew: Crew
    clock: Callable[[], float]
    terms: BatchTerms
    keyring: Keyring | None = None
    course_of: Callable[[FrozenRequest, int], Course] | None = None
    _reported: int = 0
    _last_cause: Exception | None = None
    _courses: list[Course] = attrs.field(factory=list)

    def flow(self) -> Flow[Any]:
        """Do all of it and return the result."""
        if self.terms.timeout is not None:
            self.schedule.ends = self.clock() + self.terms.timeout
        try:
            yield from self._work()
            yield Call(self.crew.close, None)
        except GeneratorExit:
            self.crew.abandon()
            raise
        except BaseException as error:  # noqa: BLE001 - what is in flight has to be accounted for
            cut = yield from self._settled(error)
            raise self._stopped(cut)  # noqa: B904 - chained there
        return self._finished()

    def _work(self) -> Flow[None]:
        rested_until = -math.inf
        while True:
            # A rest is over when it is, also by a clock that has stood still meanwhile.
            now = max(self.clock(), rested_until)
            step = self.schedule.step(now)
            if step is None:
                yield from self._open()  # what was asked for once more after it was read
                return
            rested_until = now + step.seconds if isinstance(step, Rest) else -math.inf
            yield from self._do(step)
            yield from self._report()

    def _do(self, step: Step) -> Flow[None]:
        if isinstance(step, Take):
            yield from self._take()
        elif isinstance(step, Send):
            parcel = step.parcel
            request = self.exchange.request(cast("Sequence[Entry]", parcel.entries))
            yield Call(self.crew.start, Job(parcel, request, self._course(parcel, request)))
        elif isinstance(step, Collect):
            jobs = yield Call(self.crew.collect, step.seconds)
            cause = self._learn_all(jobs, None)
            self._tell(jobs)
            if cause is not None:
                raise cause
            yield from self._open()
        elif isinstance(step, Rest):
            yield Pause(step.seconds)

    def _take(self) -> Flow[None]:
        entries = yield from self.source.chunk()
        if entries:
            self.schedule.offer((yield from self._sealed(entries)))
        if not entries or self.source.is_single:
            self.schedule.close()

    def _sealed(self, entries: list[Entry]) -> Flow[list[Entry]]:
        """Seal the entries of one request, once: what is left of it is sent again as it is."""
        if self.keyring is None:
            return entries
        built = [entry for entry in entries if isinstance(entry, BuiltEntry)]
        try:
            actions = yield from sealed_actions([entry.action for entry in built], self.keyring)
        except BaseException:
            self.schedule.offer(entries)  # to be told of: no more is sent after this
            raise
        sealed = iter(actions)
        return [
            attrs.evolve(entry, action=next(sealed)) if isinstance(entry, BuiltEntry) else entry
            for entry in entries
        ]

    def _open(self) -> Flow[None]:
        """Open what was read since."""
        exchange = self.exchange
        if self.keyring is None or not isinstance(exchange, GetExchange):
            return
        waiting = exchange.take_sealed()
        items = yield from opened_items([item for _, item in waiting], self.keyring)
        for (key, _), item in zip(waiting, items, strict=True):
            exchange.keep_opened(key, item or {})

    def _learn_all(
        self, jobs: Sequence[Ended], worst: BaseException | None
    ) -> BaseException | None:
        """Learn of all that has ended, before anything is raised; an interruption goes first."""
        for ended in jobs:
            cause = self._learn(ended)
            if cause is not None:
                worst = _worse(worst, cause)
        return worst

    def _learn(self, ended: Ended) -> BaseException | None:
        """Tell the schedule what came of a job; return what must not be repeated."""
        parcel, request, error = ended.job.parcel, ended.job.request, ended.error
        if error is None:
            try:
                self._learn_answer(ended.job, ended.answer or {})
            except UnreadableError as unreadable:
                error = unreadable
            else:
                return None
        if not isinstance(error, Exception):
            return error  # it was cut off; what became of the request, nobody will tell
        judgement = self.exchange.judge(error, request)
        if not judgement.may_pass:
            parcel.is_in_doubt = parcel.is_in_doubt or judgement.is_ambiguous
            self.schedule.refuse(parcel)
            return judgement.cause
        self._last_cause = judgement.cause
        is_write = request.operation == WRITE_OPERATION
        is_ambiguous = is_write and judgement.is_ambiguous
        pause = self.schedule.fail(parcel, self.clock(), is_ambiguous=is_ambiguous)
        _note_pause(ended.job, pause, judgement.cause)
        log_batch(
            request, f"came to {judgement.kind}", len(parcel.entries), pause, doubt=is_ambiguous
        )
        return None

    def _learn_answer(self, job: Job, answer: Answer) -> None:
        parcel, sent = job.parcel, len(job.parcel.entries)
        left = self.exchange.left_over(answer, cast("Sequence[Entry]", parcel.entries))
        self.exchange.consume(answer)
        pause = self.schedule.answer(parcel, left, self.clock())
        if left:
            _note_pause(job, pause, None)
            log_batch(job.request, f"left {len(left)} of {sent} over", len(left), pause)

    def _report(self) -> Flow[None]:
        done = self.schedule.done + self.source.repeats
        new, self._reported = done - self._reported, done
        if new and self.terms.progress is not None:
            _refuse_unfinished((yield Call(self.terms.progress, new)))

    def _course(self, parcel: Parcel, request: FrozenRequest) -> Course | None:
        if self.course_of is None:
            return None
        course = self.course_of(request, parcel.attempts - 1)
        self._courses.append(course)
        return course

    def _tell(self, jobs: Sequence[Ended]) -> None:
        """Have observers told of requests whose ends have been learned."""
        for ended in jobs:
            course = ended.job.course
            if course is not None:
                self._courses.remove(course)
                course.tell()

    def _tell_rest(self) -> None:
        """Have observers told of requests of which nothing more will be learned."""
        courses, self._courses = self._courses, []
        for course in courses:
            course.tell()

    def _settled(self, error: BaseException) -> Flow[BaseException]:
        """Send nothing more, and learn what became of what is in flight, as far as it is told.

        Returns:
            The exception to go on with: an interruption goes before an error.
        """
        self.schedule.stop()
        try:
            if not isinstance(error, Exception):
                yield Call(self.crew.interrupt, None)
            while jobs := (yield Call(self.crew.collect, None)):
                error = self._learn_all(jobs, error) or error
                self._tell(jobs)
            yield Call(self.crew.close, None)
        except BaseException as another:
            self.crew.abandon()
            if isinstance(another, GeneratorExit):
                raise
            error = _worse(error, another)
        self.schedule.abandon()
        try:
            self._tell_rest()
            if isinstance(error, TransactScopeError):  # and nothing that `progress` has raised
                yield from self._report()
        except BaseException as another:  # noqa: BLE001 - the worse of the two is raised
            error = _worse(error, another)
            if error is not another:
                error.add_note(f"transactscope: {type(another).__name__} was raised in progress()")
        return error

    def _stopped(self, error: BaseException) -> BaseException:
        """Return what is raised where something has cut the batch short."""
        is_write = self.exchange.operation == WRITE_OPERATION
        is_own = isinstance(error, TransactScopeError)
        if is_own and not (is_write and (self.schedule.done or self.schedule.unknown)):
            return error  # it says that nothing was applied, and nothing was
        if is_own:
            result = self._result()
            why = f"stopped by {type(error).__name__}: {error}"
            raised = incomplete(self.exchange, result, why=why, retryable=False)
            raised.__cause__ = error
            return raised
        done, unknown = self.schedule.done, len(self.schedule.unknown)
        error.add_note(
            f"transactscope: {self.exchange.operation} was cut short after {self.source.taken} of "
            f"the input were taken: {done} done, {unknown} under way with an unknown end"
        )
        return error

    def _finished(self) -> Any:
        result = self._result()
        if result.is_complete or not self.terms.raises:
            return result
        policy, ends = self.schedule.policy, self.schedule.ends
        why = (
            f"given up after {policy.max_attempts} attempt(s) without progress, or "
            f"{policy.timeout:g} seconds"
        )
        if ends is not None:
            why += "; or the timeout of the call was over"
        raise incomplete(self.exchange, result, why=why, retryable=True) from self._last_cause

    def _result(self) -> Any:
        rest, is_input_left = self.source.rest() if self.schedule.is_stopped else ([], False)
        return self.exchange.result(self.schedule, rest, is_input_left=is_input_left)


def _note_pause(job: Job, seconds: float | None, error: BaseException | None) -> None:
    if job.course is not None and seconds is not None:
        job.course.tries_again(seconds, error)


def _worse(first: BaseException | None, second: BaseException) -> BaseException:
    """Return which one is raised: the first, unless only the second is an interruption."""
    if first is None or (isinstance(first, Exception) and not isinstance(second, Exception)):
        return second
    return first


def checked_terms(terms: BatchTerms, *, is_async: bool) -> None:
    """Refuse terms that cannot be kept.

    Args:
        terms: The terms.
        is_async: Whether what `progress` returns is awaited.

    Raises:
        InvalidRequestError: One of them has no such value. Not sent.
    """
    in_flight: Any = terms.in_flight
    if not isinstance(in_flight, int) or isinstance(in_flight, bool) or in_flight < 1:
        msg = "in_flight= must be a whole number from 1 on"
        raise InvalidRequestError(msg, code="INVALID_POLICY")
    progress: Any = terms.progress
    if progress is not None and not callable(progress):
        msg = f"progress= must be a function, not {type(progress).__name__}"
        raise InvalidRequestError(msg)
    if inspect.iscoroutinefunction(progress) and not is_async:
        raise InvalidRequestError("progress= must be a plain function here: nobody awaits it")
    raises: Any = terms.raises
    if not isinstance(raises, bool):
        msg = f"raises= must be True or False, not {type(raises).__name__}"
        raise InvalidRequestError(msg)


def _taken(iterator: Any) -> Flow[Any]:
    """Take the next piece of an input; `_END` at its end."""
    if isinstance(iterator, Iterator):
        return next(iterator, _END)
    try:
        return (yield Call(_next_awaited, iterator))
    except StopAsyncIteration:
        return _END


def _next_awaited(iterator: AsyncIterator[Any]) -> Any:
    return anext(iterator)


def _iterator(verb: str, given: Any, *, is_async: bool) -> Any:
    if is_async and hasattr(given, "__aiter__"):
        return aiter(given)
    if not isinstance(given, Iterable):
        hint = ""
        if hasattr(given, "__aiter__"):
            hint = ", and an asynchronous one needs an AsyncDatabase"
        what = {PUT: "puts", DELETE: "deletes"}.get(verb, "keys")
        msg = f"{what} must be iterable, not {type(given).__name__}{hint}"
        raise InvalidRequestError(msg)
    return iter(given)


def _checked_chunk(exchange: Exchange, chunk: Any) -> int:
    if chunk is None or chunk is False:
        return exchange.most_entries
    is_number = isinstance(chunk, int) and not isinstance(chunk, bool)
    if not is_number or not 1 <= chunk <= exchange.most_entries:
        msg = (
            f"chunk= must be a whole number from 1 to {exchange.most_entries}, False for one "
            "request only, or None"
        )
        raise InvalidRequestError(msg, code="INVALID_CHUNK")
    return int(chunk)


def _refuse_unfinished(value: Any) -> None:
    """Refuse what `progress` returned to be awaited, where nobody awaits."""
    if inspect.isawaitable(value):
        if inspect.iscoroutine(value):
            value.close()  # it has not started, and must not be reported as never awaited
        msg = f"progress= returned {type(value).__name__}, which nobody awaits here"
        raise InvalidRequestError(msg)
