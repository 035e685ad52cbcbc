"""Queries: which keys they reach, what they send, where they stand, and what of an item is read.

Pure state, as the rest of `core`: `flows.query` and `flows.read` send it.
"""
