"""Observers on an engine."""
