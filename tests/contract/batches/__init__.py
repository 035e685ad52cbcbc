"""Batches on an engine."""
