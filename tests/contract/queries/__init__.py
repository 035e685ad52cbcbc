"""Queries on an engine."""
