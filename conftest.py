"""What holds for every test of this repository, the library's and the samples'.

No test can reach a real account, and a run that has to prove something on every
engine fails at once where one is missing, instead of passing with less.
"""

import os

import hypothesis
import pytest

from tests import engines, guard

# How long an example takes says something about the machine, and nothing about the code.
_UNTIMED = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("untimed", **_UNTIMED)
hypothesis.settings.load_profile("untimed")
# For runs of everything, and on many versions: each tries other examples.
hypothesis.settings.register_profile("brief", max_examples=20, **_UNTIMED)


def pytest_configure(config):
    """Close the way out, then insist on the engines where they are required."""
    guard.install(os.environ)
    problem = engines.dynoxide_problem()
    if problem and engines.are_required(os.environ):
        raise pytest.UsageError(f"every engine is required here: {problem}")
