"""Page tokens: where a query goes on, as a text that can be given to anybody.

`PageTokens` and `AsyncPageTokens` seal a query's LastEvaluatedKey with a keyring, for one query and
one caller and a limited time.
"""

from __future__ import annotations

from transactscope.ext.pages.tokens import AsyncPageTokens, PageTokens

__all__ = ["AsyncPageTokens", "PageTokens"]

# They say where they are imported from, as the library's own names do.
for _each in (AsyncPageTokens, PageTokens):
    _each.__module__ = __name__
