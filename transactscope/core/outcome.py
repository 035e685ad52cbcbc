"""What an exception of a client means: the state that follows and the error to raise.

The rule above all: a write that was sent and whose answer does not decide is in
doubt, never called failed. Nothing here sends or waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs
from botocore.exceptions import ParamValidationError

from transactscope.core.actions import StagedAction
from transactscope.core.answers import (
    CANCELED_CODE,
    CONDITION_CODES,
    CONFLICT_CODES,
    IN_PROGRESS_CODE,
    MISMATCH_CODES,
    MISSING_TABLE_CODES,
    THROTTLING_CODES,
    TRANSIENT_NEVER_SENT,
    ErrorAnswer,
    Verdict,
    verdict_on,
)
from transactscope.core.blame import Blame, Cause, blame
from transactscope.core.folding import Fold
from transactscope.core.once import Marked, judge_markers
from transactscope.core.reasons import (
    CONDITION_FAILED,
    CONFLICT,
    THROTTLED,
    single_reason,
    transaction_reasons,
)
from transactscope.core.states import Event
from transactscope.errors import (
    CommitOutcomeUnknownError,
    ConditionFailedError,
    DuplicateTargetError,
    IdempotencyMismatchError,
    InvalidRequestError,
    NotSentError,
    RequestRejectedError,
    StaleReadError,
    TableNotFoundError,
    ThrottledError,
    TransactionCanceledError,
    TransactionConflictError,
    TransactionRefusedError,
    TransactScopeError,
)
from transactscope.limits import TOKEN_SECONDS
from transactscope.types import CancellationReason, FrozenRequest

if TYPE_CHECKING:
    from cattrs import Converter

# The server's words for two actions on one item [Developer Guide, "DynamoDB transactions"].
_DUPLICATE_TARGET: Final = "multiple operations on one item"

# The codes of a refused plain write that a transaction has as the reason of an action.
_BY_REASON: Final = CONDITION_CODES | CONFLICT_CODES | THROTTLING_CODES


def _passes_unless_stale(judgement: Judgement) -> bool:
    is_stale = isinstance(judgement.error, StaleReadError)  # it would be as stale again
    return judgement.error.retryable and not is_stale


@attrs.frozen
class Judgement:
    """What follows from an exception: the scope's next event, and what to raise.

    Attributes:
        event: What happens to the scope.
        error: What is raised; why nothing is, where the commit had succeeded before.
        raises: What the user wants raised from it, or None.
        may_pass: Whether the very same request may get through later.
        came: What came instead of an answer that decides; empty where one did.
    """

    event: Event
    error: TransactScopeError
    raises: Any = None
    may_pass: bool = attrs.field(default=attrs.Factory(_passes_unless_stale, takes_self=True))
    came: str = ""

    @property
    def is_in_progress(self) -> bool:
        """Whether a request with the same token is still at work."""
        return self.came == IN_PROGRESS_CODE

    @property
    def is_transient(self) -> bool:
        """Whether nothing was applied, and the very same request may get through later."""
        return self.event is Event.REFUSE and self.may_pass

    @property
    def settles(self) -> bool:
        """Whether it decides a commit of which an earlier attempt may have been applied.

        Then only a cancellation does, and only one that is about the data: any other refusal is
        about this attempt alone. So are conflicts and throttling, which a request may also meet
        whose token is known and whose items are only read.
        """
        is_cancellation = getattr(self.error, "code", None) == CANCELED_CODE
        return is_cancellation and not self.may_pass

    @property
    def is_conflict(self) -> bool:
        """Whether another transaction was at work on an item, and may have changed it."""
        return isinstance(self.error, TransactionConflictError)

    def raised(self, cause: BaseException) -> Exception:
        """Return what the user is to see; the library's error and the client's stay chained."""
        if cause is not self.error:
            self.error.__cause__ = cause
        return self.error if self.raises is None else _users_error(self.raises, self.error)


def judge_commit(
    error: BaseException,
    request: FrozenRequest,
    folds: Sequence[Fold],
    calls: Iterable[StagedAction],
    converter: Converter,
) -> Judgement:
    """Judge an exception that came instead of a commit's answer."""
    verdict = verdict_on(error)
    if verdict is Verdict.NOT_SENT:
        return Judgement(Event.REFUSE, not_sent(error, request))
    answer = ErrorAnswer.of(error)
    if verdict is Verdict.UNKNOWN or answer is None:
        return _lost(error, request, may_pass=True)
    if verdict is Verdict.CANCELED:
        reasons = transaction_reasons(answer, folds, converter)
        marked = judge_markers(reasons, folds)
        if marked is not None:
            return _judged_by_markers(marked, answer)
        shows_items = bool(answer.response.get("CancellationReasons"))
        return _canceled(blame(reasons, folds, calls, shows_items=shows_items), answer)
    return Judgement(Event.REFUSE, refused(answer, request, folds))


def still_in_doubt(judgement: Judgement, error: BaseException, request: FrozenRequest) -> Judgement:
    """Judge the same once an earlier attempt may have been applied: in doubt, unless it settles."""
    if judgement.settles:
        return judgement
    return _lost(error, request, may_pass=judgement.may_pass)


def judge_write(
    error: BaseException, request: FrozenRequest, fold: Fold, converter: Converter
) -> Judgement:
    """Judge an exception that came instead of a plain write's answer."""
    answer = ErrorAnswer.of(error)
    is_undecided = verdict_on(error) is Verdict.UNKNOWN
    if answer is None or is_undecided or answer.code not in _BY_REASON:
        return judge_commit(error, request, (fold,), fold.calls, converter)
    reasons = (single_reason(answer, fold, converter),)
    return _canceled(blame(reasons, (fold,), fold.calls, shows_items=True), answer)


def judge_read(
    error: BaseException, request: FrozenRequest, reads: Sequence[Fold], converter: Converter
) -> Judgement:
    """Judge an exception that came instead of a read's answer; a read is never in doubt."""
    answer = ErrorAnswer.of(error)
    if answer is not None and answer.code == CANCELED_CODE:
        reasons = transaction_reasons(answer, reads, converter)
        return _canceled(Blame(reasons, frozenset(), None), answer)
    if answer is not None:
        judged = refused(answer, request)
        judged.retryable = judged.retryable or verdict_on(error) is Verdict.UNKNOWN
        return Judgement(Event.REFUSE, judged)
    if verdict_on(error) is Verdict.NOT_SENT:
        return Judgement(Event.REFUSE, not_sent(error, request))
    msg = f"{request.operation}: no answer came ({type(error).__name__}); it changes no item"
    return Judgement(Event.REFUSE, NotSentError(msg, retryable=True))


def _lost(error: BaseException, request: FrozenRequest, *, may_pass: bool) -> Judgement:
    came = _what_came(error)
    return Judgement(Event.LOSE, in_doubt(came, request), may_pass=may_pass, came=came)


def _judged_by_markers(marked: Marked, answer: ErrorAnswer) -> Judgement:
    event = Event.SUCCEED if marked.is_replay else Event.REFUSE
    return Judgement(event, IdempotencyMismatchError(marked.text, **_facts(answer)))


def _canceled(blamed: Blame, answer: ErrorAnswer) -> Judgement:
    """Judge a cancellation: the class by what failed, all of it in the text."""
    text, facts = _canceled_text(blamed.reasons), _facts(answer)
    if blamed.causes & {Cause.READ, Cause.VERSION}:
        # What was decided on stale reads is void, so what the user demanded does not count.
        can_be_read_again = Cause.VERSION not in blamed.causes
        stale = StaleReadError(text, reasons=blamed.reasons, retryable=can_be_read_again, **facts)
        return Judgement(Event.REFUSE, stale)
    codes = {reason.code for reason in blamed.reasons if reason.failed}
    error = _class_for(codes)(text, reasons=blamed.reasons, **facts)
    return Judgement(Event.REFUSE, error, blamed.raises)


def refused(
    answer: ErrorAnswer, request: FrozenRequest, folds: Sequence[Fold] = ()
) -> TransactScopeError:
    """Return the error for a request that DynamoDB answered with one no for all of it."""
    if answer.code == "ValidationException" and _DUPLICATE_TARGET in (answer.message or ""):
        return _duplicate_target(folds)
    what = f"{request.operation} on {', '.join(request.tables)}"
    return _refusal(answer, f"{what}: DynamoDB answered {answer.code}; nothing was applied")


def not_sent(error: BaseException, request: FrozenRequest) -> TransactScopeError:
    """Return the error for a request that got no answer and can have changed nothing."""
    if isinstance(error, TransactScopeError):
        return error
    if isinstance(error, ParamValidationError):
        msg = f"{request.operation}: the client's parameter validation refused the request"
        return InvalidRequestError(msg, code="PARAMETER_VALIDATION")
    # botocore's texts for these name endpoints and settings, never what was to be sent.
    msg = f"{request.operation}: nothing was sent ({type(error).__name__}: {error})"
    return NotSentError(msg, retryable=isinstance(error, TRANSIENT_NEVER_SENT))


def in_doubt(came: str, request: FrozenRequest) -> CommitOutcomeUnknownError:
    """Return the error for a write that was sent and whose answer does not decide."""
    msg = (
        f"{request.operation} on {', '.join(request.tables)} was sent, and what came back "
        f"({came}) does not tell whether it was applied: it was applied wholly or not at all"
    )
    return CommitOutcomeUnknownError(msg, client_request_token=request.token)


def too_late(request: FrozenRequest) -> CommitOutcomeUnknownError:
    """Return the error for a commit in doubt whose request is too old to be sent again."""
    msg = (
        f"{request.operation} on {', '.join(request.tables)} stays in doubt, and nothing was sent: "
        f"DynamoDB keeps a client request token for {TOKEN_SECONDS} seconds, and after them the "
        "same request could be applied a second time; read what it would have written"
    )
    return CommitOutcomeUnknownError(msg, client_request_token=request.token)


def _what_came(error: BaseException) -> str:
    """Name what came back: DynamoDB's code, or the client's own error."""
    answer = ErrorAnswer.of(error)
    return type(error).__name__ if answer is None else answer.code


def _class_for(codes: set[str]) -> type[TransactionCanceledError]:
    if CONDITION_FAILED in codes:
        return ConditionFailedError
    if codes and codes <= THROTTLED:
        return ThrottledError
    if CONFLICT in codes and codes <= {CONFLICT, *THROTTLED}:
        return TransactionConflictError
    return TransactionCanceledError


def _canceled_text(reasons: tuple[CancellationReason, ...]) -> str:
    failures = [reason.describe() for reason in reasons if reason.failed]
    if not failures:
        return "DynamoDB canceled the transaction and gave no reason; nothing was applied"
    noun = "action" if len(reasons) == 1 else "actions"
    told = "; ".join(failures)
    return f"nothing was applied: {len(failures)} of {len(reasons)} {noun} failed: {told}"


def _refusal(answer: ErrorAnswer, text: str) -> TransactionRefusedError:
    facts = _facts(answer)
    if answer.code in THROTTLING_CODES:
        return ThrottledError(text, **facts)
    if answer.code in CONFLICT_CODES:
        return TransactionConflictError(text, **facts)
    if answer.code in MISMATCH_CODES:
        return IdempotencyMismatchError(text, **facts)
    if answer.code in MISSING_TABLE_CODES:
        return TableNotFoundError(text, **facts)
    return RequestRejectedError(text, **facts)


def _facts(answer: ErrorAnswer) -> dict[str, Any]:
    return {
        "code": answer.code,
        "server_message": answer.message,
        "request_id": answer.request_id,
    }


def _duplicate_target(folds: Sequence[Fold]) -> DuplicateTargetError:
    """Map the server's finding back to the calls whose items only the server could compare."""
    raw = "; ".join(fold.describe() for fold in folds if fold.action.key is None)
    return DuplicateTargetError(
        f"two actions have one item, and nothing was applied; among them one of: {raw}"
    )


def _users_error(raises: Any, judged: TransactScopeError) -> Exception:
    try:
        wanted: Exception = raises() if isinstance(raises, type) else raises
    except Exception as failure:  # noqa: BLE001 - a foreign class must not hide the cancellation
        judged.add_note(f"raises={raises.__name__} could not be made ({type(failure).__name__})")
        return judged
    wanted.__cause__ = judged
    return wanted
