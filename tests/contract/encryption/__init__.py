"""Encrypted fields on an engine."""
