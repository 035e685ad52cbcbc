"""What newer releases of what the library stands on can do, and the oldest supported cannot.

A test of it is left out there, with the reason. It asks for the ability, never for a version.
"""

import attrs
import botocore.config
import pytest

_ACCOUNT_ENDPOINTS = "account_id_endpoint_mode"


def _attrs_takes_keywords():
    try:
        attrs.make_class("Probe", {"class": attrs.field(init=False, repr=False, eq=False)})
    except SyntaxError:
        return False
    return True


needs_account_endpoints = pytest.mark.skipif(
    _ACCOUNT_ENDPOINTS not in botocore.config.Config.OPTION_DEFAULTS,
    reason="this botocore has no endpoints of accounts",
)
needs_keywords_as_fields = pytest.mark.skipif(
    not _attrs_takes_keywords(), reason="this attrs makes no class with a keyword as a field"
)
