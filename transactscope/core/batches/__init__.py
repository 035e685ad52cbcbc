"""Batches: what an entry is, what is sent next, and what an answer says of each entry.

Pure state, as the rest of `core`: `flows.batch` does what it says.
"""
