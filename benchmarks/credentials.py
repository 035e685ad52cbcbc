"""Who clients say that they are. The server takes any."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from typing import Final

REGION: Final = "eu-west-1"
KEY_ID: Final = "testing"
SECRET: Final = "testing"  # noqa: S105 - no secret

_SETTINGS: Final = {
    "AWS_ACCESS_KEY_ID": KEY_ID,
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    # Without these three, clients would look for settings of whoever measures.
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
_PROXIES: Final = frozenset({"http_proxy", "https_proxy", "all_proxy"})


def isolate(environment: MutableMapping[str, str]) -> None:
    """Replace AWS's settings and take proxies away, so that all clients begin alike."""
    for name in list(environment):
        if name.startswith("AWS_") or name.lower() in _PROXIES:
            del environment[name]
    environment.update(_SETTINGS)
