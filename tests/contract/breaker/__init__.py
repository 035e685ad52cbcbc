"""Circuit breakers on an engine."""
