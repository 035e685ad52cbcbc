"""The service: one session's use of the catalog, answered in plain words.

May import `provider` and the library. Knows nothing of terminals, pages and engines.
"""
