"""Where a call was made."""

import inspect

from transactscope.core.callsite import call_site


def test_a_call_site_is_the_users_line():
    """Errors name the line that staged an action."""
    line = inspect.currentframe().f_lineno + 1
    assert f"{__file__}:{line}" == call_site()
