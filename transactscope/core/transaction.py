"""One transaction from begin to its end, as pure state.

Rule 1: everything that changes a scope's state is a method here, and goes
through the table in `states`. Rule 2: nothing here sends, waits or reads a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from transactscope.core.actions import StagedAction
from transactscope.core.compiled.encoded import EncodedAction
from transactscope.core.folding import Fold
from transactscope.core.freeze import encoded_request, transaction_request
from transactscope.core.hooks import Hook
from transactscope.core.levels import Levels, Mark
from transactscope.core.log import ActionLog
from transactscope.core.once import has_markers
from transactscope.core.outcome import Judgement, judge_commit, still_in_doubt
from transactscope.core.preview import is_decided, item_after
from transactscope.core.reads import class_read
from transactscope.core.result import result_of, result_of_replay
from transactscope.core.sealing import has_secrets, refuse_too_large
from transactscope.core.states import Event, ScopeState, misuse, next_state
from transactscope.core.summaries import summaries, summaries_of_encoded
from transactscope.core.tokens import checked_token
from transactscope.core.versions import Written, unchanged, written_entities
from transactscope.errors import InvalidRequestError, ScopeStateError, TooManyActionsError
from transactscope.limits import MAX_ACTIONS
from transactscope.types import (
    Action,
    ActionSummary,
    Answer,
    CommitResult,
    FrozenRequest,
    Item,
    Keyring,
)

if TYPE_CHECKING:
    from cattrs import Converter


@attrs.define(eq=False)
class Transaction:
    """State, log, hooks, token, frozen request and outcome of one scope.

    Args:
        converter: Turns the stored items of failed conditions into entities.
        new_token: Makes a token when begin finds none.
        token: The user's own token, 1-36 characters, or None.
        keyring: Seals and opens what is stored encrypted; None where nothing is.
    """

    converter: Converter
    new_token: Callable[[], str]
    token: str | None = None
    state: ScopeState = ScopeState.NOT_STARTED
    keyring: Keyring | None = None
    log: ActionLog = attrs.field(factory=ActionLog)
    levels: Levels = attrs.field(factory=Levels)
    hooks: list[Hook] = attrs.field(factory=list)
    _sent: tuple[Fold, ...] | None = None
    request: FrozenRequest | None = None
    attempts: int = 0
    result: CommitResult | None = None

    def begin(self) -> None:
        """Become active; make the token that every attempt of the commit will carry."""
        self._happens(Event.BEGIN)
        if self.token is None:
            self.token = checked_token(self.new_token())

    def require_active(self, verb: str) -> None:
        """Refuse a verb in every state but `ACTIVE`."""
        if self.state is not ScopeState.ACTIVE:
            raise misuse(verb, self.state)

    def require_begun(self, verb: str) -> None:
        """Refuse a look at what is staged before there is anything that could be."""
        if self.state is ScopeState.NOT_STARTED:
            raise misuse(verb, self.state)

    def stage(self, action: StagedAction) -> StagedAction:
        """Add an action to the log; it is refused if one request could not carry it."""
        self.require_active(f"{action.verb}()")
        return self.log.add(action)

    def stage_encoded(self, call: EncodedAction) -> StagedAction:
        """Do the same with an action that is ready to be sent."""
        if self.state is not ScopeState.ACTIVE:
            raise misuse(f"{call.verb}()", self.state)
        return self.log.add_encoded(call)

    def unread(self, reads: Iterable[StagedAction], *, guarded: bool) -> list[StagedAction]:
        """Return those reads that have to be sent, each item once.

        An item that was read is not read again, and one that a staged put or delete decides
        need not be.

        Raises:
            TooManyActionsError: Their guards would need a 101st action.
        """
        needed = {}
        for read in reads:
            self.log.locate(read)
            if not is_decided(self.log.find(read.target)):
                needed[read.target] = read
        if guarded:
            self.log.refuse_too_many(needed.values())
        known = self.log.reads
        unread = [read for read in needed.values() if known.stored(read.target) is None]
        if len(unread) > MAX_ACTIONS:
            msg = f"one request reads at most {MAX_ACTIONS} items, and these are {len(unread)}"
            raise TooManyActionsError(msg)
        return unread

    def keep_read(
        self, read: StagedAction, item: Item | None, *, is_transactional: bool = False
    ) -> None:
        """Keep what a read has found."""
        self.log.reads.add(read, item, is_transactional=is_transactional)

    def entity(self, read: StagedAction, *, guarded: bool) -> Any:
        """Return the object for an item as it will be after what is staged, or None.

        Raises:
            InvalidRequestError: The guard is too long, or what is staged cannot be applied.
            ConversionError: The item does not fit the class.
        """
        item = self.item(read)
        if guarded and self.log.reads.stored(read.target) is not None:
            self.log.guard(read)
        return None if item is None else self.log.reads.entity(read, item, self.converter)

    def item(self, read: StagedAction) -> Item | None:
        """Return an item as it will be after what is staged, or None."""
        fold, stored = self.log.find(read.target), self.log.reads.shown_item(read.target)
        return item_after(fold, stored, self.log.reads, class_read(read))

    def was_shown(self, read: StagedAction) -> bool:
        """Whether an object for this item was handed out here, as an object of this class."""
        self.log.locate(read)
        return self.log.reads.was_shown(read)

    def unstage(self, action: Action) -> None:
        """Drop one call; the others on its item have to fold without it."""
        self.require_active("unstage()")
        self.levels.forget_call(self.log.remove(action))

    def rollback(self) -> None:
        """Drop what is staged and end."""
        self._happens(Event.ROLLBACK)
        self.log.truncate(0)
        self.hooks.clear()
        self.levels.close_all()

    @property
    def depth(self) -> int:
        """How many levels are open: the transaction itself and its savepoints."""
        return 1 + len(self.levels) if self.state is ScopeState.ACTIVE else 0

    def mark(self) -> Mark:
        """Open a savepoint at the end of the log."""
        self.require_active("savepoint()")
        return self.levels.open(Mark(len(self.log), len(self.hooks)))

    def is_open(self, mark: Mark) -> bool:
        """Whether a savepoint is open: its scope is active, and it was not closed."""
        return self.state is ScopeState.ACTIVE and self.levels.is_open(mark)

    def enter(self, mark: Mark, user: object) -> None:
        """Let a savepoint be a with-block, which only its own end may close."""
        self.require_active("entering the block of a savepoint")
        self.levels.enter(mark, user)

    def leave(self, mark: Mark, *, keep: bool) -> None:
        """End a savepoint's block: close it, and drop its actions unless they are kept."""
        mark.user = None
        if not keep:
            self.rollback_to(mark)
        self.release_to(mark)

    def release_to(self, mark: Mark) -> None:
        """Close a savepoint and those inside it; what was staged stays."""
        self.require_active("release() of a savepoint")
        self.levels.close_from("release()", mark)

    def rollback_to(self, mark: Mark) -> None:
        """Drop what was staged since a savepoint and close those inside it; it stays open."""
        self.require_active("rollback() of a savepoint")
        self.levels.close_inside("rollback()", mark)
        self.log.truncate(mark.length)
        del self.hooks[mark.hooks :]

    def refuse_late_rollback(self, cause: BaseException) -> None:
        """Refuse to drop what a savepoint that is closed no longer holds apart."""
        if self.state is ScopeState.ACTIVE:
            msg = "Rollback is not possible: this savepoint was released, and its actions stay"
            raise ScopeStateError(msg, state=self.state) from cause

    def frozen(self) -> FrozenRequest:
        """Return the request that a commit sends or has sent."""
        if self.request is not None:
            return self.request
        self.require_begun("to_request()")
        if self.has_secrets:
            msg = (
                "what is sent is known once the commit has sealed it, because encrypted fields are "
                "staged; explain() shows what is staged"
            )
            raise InvalidRequestError(msg, code="ENCRYPTED_FIELD")
        if self.log.is_encoded:
            contents, tables = self.log.encoded_contents()
            return encoded_request(contents, tables, str(self.token))
        return transaction_request((fold.to_send for fold in self.log.folds()), str(self.token))

    @property
    def sent(self) -> tuple[Fold, ...]:
        """What a commit has sent, by item; the log does not change any more."""
        if self._sent is None:
            self._sent = self.log.folds()
        return self._sent

    def summaries(self) -> tuple[ActionSummary, ...]:
        """Sum up what a commit sends or has sent, action by action."""
        if self.log.is_encoded:
            return summaries_of_encoded(self.log.encoded_actions())
        return summaries(self._sent or self.log.folds(), self.log.reads)

    @property
    def has_secrets(self) -> bool:
        """Whether something is staged that has to be sealed before it is sent."""
        return self.keyring is not None and any(map(has_secrets, self.log))

    def start_sealing(self) -> tuple[StagedAction, ...]:
        """Begin a commit whose request can be frozen only when its values are sealed."""
        self._happens(Event.COMMIT)
        self.levels.close_all()
        return tuple(fold.to_send for fold in self.sent)

    def freeze_sealed(self, actions: Sequence[StagedAction]) -> FrozenRequest:
        """Freeze the request of sealed actions and return it.

        Raises:
            TransactionTooLargeError: Sealed they are too large together. Not sent.
        """
        refuse_too_large(actions)
        self.request = transaction_request(actions, str(self.token))
        return self.request

    def start_commit(self) -> FrozenRequest | None:
        """Freeze the request and return it, or None if nothing is staged."""
        self._happens(Event.COMMIT)
        self.levels.close_all()
        if not self.log:
            return None
        self.request = self.frozen()
        return self.request

    def resume(self) -> FrozenRequest:
        """Return the request of a commit that is in doubt, which is sent again as it was."""
        if self.state is not ScopeState.IN_DOUBT:
            raise misuse("resolve()", self.state, "only a commit in doubt can be resolved")
        return self.frozen()

    @property
    def is_marked(self) -> bool:
        """Whether a marker keeps the request from being applied twice, at any time."""
        return has_markers(self.sent)

    def succeed(self, answer: Answer | None) -> CommitResult:
        """End committed; no answer means that there was nothing to send.

        Only now the entities that were written get their new versions and times.
        """
        self._happens(Event.SUCCEED)
        self.result = result_of(
            answer, str(self.token), attempts=self.attempts, written=self._written()
        )
        return self.result

    def _written(self) -> Callable[[], Iterable[Written]]:
        """Return what lists the entities that were written, after they have learned of it."""
        if self.log.is_encoded:  # then there is nothing that they could learn
            entities = self.log.encoded_entities()
            return lambda: map(unchanged, entities)
        written = tuple(written_entities(self.sent, self.converter))
        return lambda: written

    def succeed_before(self, judgement: Judgement) -> CommitResult:
        """End committed because a marker says that it was, and leave the entities as they are."""
        self._happens(judgement.event)
        self.result = result_of_replay(
            str(self.token),
            request_id=getattr(judgement.error, "request_id", None),
            attempts=self.attempts,
        )
        return self.result

    def add_hook(self, hook: Hook) -> None:
        """Have a function called once the scope is committed."""
        self.require_active("on_commit()")
        self.hooks.append(hook)

    def take_hooks(self) -> list[Hook]:
        """Return the hooks, which run once."""
        hooks, self.hooks = self.hooks, []
        return hooks

    def judge(self, error: Exception, *, in_doubt: bool) -> Judgement:
        """Say what an exception means that came instead of the answer. Changes nothing.

        Args:
            error: The exception.
            in_doubt: Whether an earlier attempt may have been applied.
        """
        request = self.frozen()
        judgement = judge_commit(error, request, self.sent, tuple(self.log), self.converter)
        return still_in_doubt(judgement, error, request) if in_doubt else judgement

    def fail(self, judgement: Judgement, error: Exception) -> Exception:
        """End canceled or in doubt, and return what the user is to see."""
        self._happens(judgement.event)
        return judgement.raised(error)

    def give_up(self, interruption: BaseException) -> None:
        """End canceled because a pause after a clear no was cut off."""
        self._happens(Event.REFUSE)
        interruption.add_note("transactscope: a commit was given up; nothing was applied")

    def interrupt(self, interruption: BaseException) -> None:
        """End in doubt because the wait for the answer was cut off; it is not ours to swallow."""
        self._happens(Event.LOSE)
        interruption.add_note(
            "transactscope: a commit was under way and may have been applied "
            f"(client request token {self.token})"
        )

    def _happens(self, event: Event) -> None:
        self.state = next_state(self.state, event)
