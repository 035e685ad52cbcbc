"""What an exception means for one request of a batch.

Every entry is done or not on its own, and doing it twice is as good as once. So whatever may pass
is sent again, and what nobody knows is unknown for each entry, never "applied or not as a whole".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from transactscope.core.answers import ErrorAnswer, Verdict, verdict_on
from transactscope.core.outcome import judge_read, not_sent, refused
from transactscope.errors import TransactScopeError
from transactscope.types import FrozenRequest

if TYPE_CHECKING:
    from cattrs import Converter


@attrs.frozen
class BatchJudgement:
    """What follows for a request.

    Attributes:
        cause: The error that says so.
        may_pass: Whether the same request may get through later.
        is_ambiguous: Whether any of it may have been applied.
    """

    cause: Exception
    may_pass: bool
    is_ambiguous: bool = False

    @property
    def kind(self) -> str:
        """Name the error, and DynamoDB's code, for the log."""
        answer = ErrorAnswer.of(self.cause)
        code = getattr(self.cause, "code", None) if answer is None else answer.code
        name = type(self.cause).__name__
        return name if code is None else f"{name} ({code})"


def judge_batch_write(error: Exception, request: FrozenRequest) -> BatchJudgement:
    """Judge an exception that came instead of the answer to a BatchWriteItem."""
    verdict, answer = verdict_on(error), ErrorAnswer.of(error)
    if verdict is Verdict.UNKNOWN:
        return BatchJudgement(error, may_pass=True, is_ambiguous=True)
    judged = not_sent(error, request) if answer is None else refused(answer, request)
    return BatchJudgement(_chained(judged, error), may_pass=judged.retryable)


def judge_batch_get(
    error: Exception, request: FrozenRequest, converter: Converter
) -> BatchJudgement:
    """Judge an exception that came instead of the answer to a BatchGetItem."""
    judged = judge_read(error, request, (), converter).error
    return BatchJudgement(_chained(judged, error), may_pass=judged.retryable)


def _chained(judged: TransactScopeError, error: Exception) -> TransactScopeError:
    if judged is not error:
        judged.__cause__ = error
    return judged
