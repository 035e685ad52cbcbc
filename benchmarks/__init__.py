"""Programs that measure. They are run by hand, and no test depends on their figures."""
