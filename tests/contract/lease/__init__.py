"""Leases on an engine."""
