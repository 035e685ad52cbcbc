"""What actions consume, computed before and reported after."""
