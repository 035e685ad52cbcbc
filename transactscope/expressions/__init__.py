"""Conditions and updates: from what users write to the text that DynamoDB reads.

May import `values`, `errors`, `types` and `limits`. This package knows nothing of
entity classes (a `Vocabulary` speaks for them), requests or scopes.
"""

from transactscope.expressions.operands import if_not_exists, list_append
from transactscope.expressions.paths import path

__all__ = ["if_not_exists", "list_append", "path"]
