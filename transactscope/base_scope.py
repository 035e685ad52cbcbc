"""What every kind of scope has: who may use it, and the flows of what sends.

The shells run these flows, at once or when they are awaited.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from transactscope.arguments import reading
from transactscope.core.building import ActionBuilder, Terms
from transactscope.core.leaving import Ending, ending, swallows
from transactscope.core.states import ScopeState, misuse
from transactscope.core.tokens import checked_token
from transactscope.core.transaction import Transaction
from transactscope.entities.items import as_entity_key
from transactscope.entities.keys import checked_entity_key, entity_key
from transactscope.entities.mapping import mapping_of_instance
from transactscope.environment import checked_timeout
from transactscope.errors import (
    CommitOutcomeUnknownError,
    InvalidRequestError,
    ScopeStateError,
)
from transactscope.flows.commit import commit, resolve
from transactscope.flows.hooks import run_hooks
from transactscope.flows.read import get_in_scope, get_many_in_scope
from transactscope.scope_verbs import ScopeVerbs
from transactscope.scope_view import ScopeView
from transactscope.scoped_client import ScopedClient
from transactscope.types import Action, CommitResult
from transactscope.users import current_user

if TYPE_CHECKING:
    from transactscope.core.actions import StagedAction
    from transactscope.core.compiled.building import CompiledBuilder
    from transactscope.core.compiled.encoded import EncodedAction
    from transactscope.core.levels import Levels
    from transactscope.core.retries import Budget
    from transactscope.entities.keys import EntityKey
    from transactscope.environment import Environment
    from transactscope.flows.effects import Flow

R = TypeVar("R")


class BaseScope(ScopeView, ScopeVerbs):
    """State, verbs and flows; see `TransactScope` for the guarantees."""

    def __init__(
        self,
        environment: Environment,
        client_request_token: str | None,
        timeout: float | None,
    ) -> None:
        token = None
        if client_request_token is not None:
            with reading("a scope's client_request_token="):
                token = checked_token(client_request_token)
        self._environment = environment
        environment.compiled.up_to_date()
        self._timeout = checked_timeout(timeout)
        self._budget: Budget | None = None  # that of a re-run, which all its scopes share
        self._transaction = Transaction(
            environment.converter, environment.new_token, token, keyring=environment.keyring
        )
        self._window = environment.token_window()
        self._in_use = threading.Lock()
        observers = environment.observers
        self._watch = None if observers is None else observers.watch(is_scope=True)
        self._entered = False

    @property
    def client(self) -> ScopedClient:
        """A stand-in for a boto3 client whose writes are staged here; see `ScopedClient`."""
        return ScopedClient(self._environment.client, self._perform)

    def __del__(self) -> None:
        transaction = getattr(self, "_transaction", None)  # None: __init__ refused its arguments
        if transaction is not None and transaction.state is ScopeState.ACTIVE:
            self._warn_if_dropped(len(transaction.log))

    def _warn_if_dropped(self, count: int) -> None:
        if count:
            msg = f"a scope with {count} staged action(s) was neither committed nor rolled back"
            warnings.warn(msg, ResourceWarning, stacklevel=3, source=self)

    @property
    def _builder(self) -> ActionBuilder:
        return self._environment.builder

    @property
    def _compiled(self) -> CompiledBuilder:
        return self._environment.compiled

    def _require_usable(self, verb: str) -> None:
        transaction = self._transaction
        if transaction.state is not ScopeState.ACTIVE:
            raise misuse(verb, transaction.state)
        if transaction.levels.marks:
            transaction.levels.require_block_of(verb, current_user)

    def _perform_encoded(self, call: EncodedAction) -> Action:
        if not self._in_use.acquire(False):  # noqa: FBT003 - what `_Turn` does, without an object
            raise self._is_busy(f"{call.verb}()")
        try:
            transaction = self._transaction
            if transaction.levels.marks:
                transaction.levels.require_block_of(f"{call.verb}()", current_user)
            action = transaction.stage_encoded(call)
        finally:
            self._in_use.release()
        if self._watch is not None:
            self._watch.staged(action)
        return action

    def _is_busy(self, verb: str) -> ScopeStateError:
        msg = f"{verb} is not possible: another thread or task is using this scope right now"
        return ScopeStateError(msg, state=self.state)

    def _perform(self, action: StagedAction) -> Action:
        with self._exclusively(f"{action.verb}()"):
            staged = self._transaction.stage(action)
        if self._watch is not None:
            self._watch.staged(staged)
        return staged

    def _perform_update_of(self, entity: object, terms: Terms) -> Action | None:
        mapping = mapping_of_instance(entity)
        with self._exclusively("update()"), reading("update()"):
            read = self._builder.read(as_entity_key(entity, ()))
            item = self._transaction.item(read) if self._transaction.was_shown(read) else None
            if item is None:
                msg = (
                    f"update({mapping.name}) writes what was changed since it was read, and it "
                    "was not read in this scope, or is not there: get it here first, or use put() "
                    "or replace(), or update by key"
                )
                raise InvalidRequestError(msg, code="NOT_READ")
            action = self._builder.update_entity(entity, item, terms)
            if action is None and terms.condition is not None:  # it is demanded all the same
                action = self._builder.check(entity, (), terms)
            staged = None if action is None else self._transaction.stage(action)
        if staged is not None and self._watch is not None:
            self._watch.staged(staged)
        return staged

    def _getting(self, target: Any, key: tuple[object, ...], *, guard: bool) -> Flow[Any]:
        """Return the flow of `get`; bad arguments are refused before it begins."""
        self._require_usable("get()")
        with reading("get()"):
            read, is_guarded = self._builder.read(entity_key(target, key)), bool(guard)
        flow = get_in_scope(self._transaction, read, self._read_budget(), guarded=is_guarded)
        return self._alone("get()", self._watched("get", flow))

    def _getting_many(self, keys: Iterable[EntityKey[Any]], *, guard: bool) -> Flow[list[Any]]:
        """Return the flow of `get_many`."""
        self._require_usable("get_many()")
        with reading("get_many()"):
            reads = [self._builder.read(checked_entity_key(key)) for key in keys]
            is_guarded = bool(guard)
        flow = get_many_in_scope(self._transaction, reads, self._read_budget(), guarded=is_guarded)
        return self._alone("get_many()", self._watched("get_many", flow))

    def _committing(self) -> Flow[CommitResult]:
        """Return the flow of `commit`."""
        self._transaction.levels.require_block_of("commit()", current_user)
        return self._commit()

    def _commit(self) -> Flow[CommitResult]:
        budget = self._budget or self._environment.budget(self._timeout)
        return self._settling("commit", commit(self._transaction, budget, self._window))

    def _resolving(self) -> Flow[CommitResult]:
        """Return the flow of `resolve`."""
        budget = self._environment.budget(self._timeout)
        return self._settling("resolve", resolve(self._transaction, budget, self._window))

    def _settling(self, verb: str, flow: Flow[CommitResult]) -> Flow[CommitResult]:
        """Find out how a commit ends; the hooks run when the scope is nobody's any more."""
        try:
            if self._watch is not None:
                flow = self._watch.settling(verb, flow, self._transaction)
            result = yield from self._alone(f"{verb}()", flow)
        except CommitOutcomeUnknownError as error:
            error.scope = self
            raise
        yield from run_hooks(self._transaction, result)
        return result

    def _leaving(self, error: BaseException | None) -> Flow[bool]:
        """Return the flow of leaving the block: whether it keeps the exception to itself."""
        todo = ending(self.state, error)
        if todo is Ending.COMMIT:
            yield from self._commit()
        elif todo is Ending.ROLLBACK and error is not None:
            self._rollback_because(error)
        return swallows(self, self.state, error)

    def _alone(self, verb: str, flow: Flow[R]) -> Flow[R]:
        """Run a flow while nobody else is in the scope, in whichever task it is awaited."""
        with self._locked(verb):
            return (yield from flow)

    def _watched(self, verb: str, flow: Flow[R]) -> Flow[R]:
        """Return the flow of a read, as observers are told of it."""
        return flow if self._watch is None else self._watch.reading(verb, flow)

    def _read_budget(self) -> Budget:
        if self._budget is not None:
            return self._budget.for_reading()
        return self._environment.budget(self._timeout)

    def _rollback_because(self, error: BaseException) -> None:
        """Roll back as the block is left by an exception, which must stay the one that is seen."""
        try:
            self.rollback()
        except ScopeStateError as busy:
            error.add_note(f"transactscope: the scope could not be rolled back: {busy}")

    def _enter(self) -> Self:
        if self._entered:
            raise misuse("entering the block a second time", self.state)
        if self.state is not ScopeState.ACTIVE:
            self.begin()
        self._entered = True
        return self

    def _exclusively(self, verb: str) -> _Turn:
        """Let one caller in at a time, and into an open block only who has entered it."""
        return _Turn(self, verb, self._transaction.levels)

    def _locked(self, verb: str) -> _Turn:
        """Let one caller in at a time; a scope may travel between threads, not be shared."""
        return _Turn(self, verb, None)


class _Turn:
    """A with-block in which one caller has a scope to itself."""

    __slots__ = ("_levels", "_scope", "_verb")

    def __init__(self, scope: BaseScope, verb: str, levels: Levels | None) -> None:
        self._scope = scope
        self._verb = verb
        self._levels = levels

    def __enter__(self) -> None:
        scope = self._scope
        if not scope._in_use.acquire(blocking=False):  # noqa: SLF001 - its other half
            raise scope._is_busy(self._verb)  # noqa: SLF001
        if self._levels is None:
            return
        try:
            self._levels.require_block_of(self._verb, current_user)
        except BaseException:
            scope._in_use.release()  # noqa: SLF001
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._scope._in_use.release()  # noqa: SLF001
