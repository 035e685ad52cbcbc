"""OpenTelemetry: spans and metrics of what a database does.

For `Database(client, observers=[Telemetry()])`. Needs `opentelemetry-api`, which the extra `otel`
installs; where the telemetry goes is decided by the program's OpenTelemetry SDK.
"""

from __future__ import annotations

import importlib

try:
    # `opentelemetry` alone proves nothing: it is a folder that many distributions share.
    importlib.import_module("opentelemetry.trace")
except ModuleNotFoundError as _missing:
    _HINT = "transactscope.ext.otel needs opentelemetry-api: install transactscope[otel]"
    raise ImportError(_HINT) from _missing

from transactscope.ext.otel.telemetry import Telemetry

__all__ = ["Telemetry"]

# It says where it is imported from, as the library's own names do.
Telemetry.__module__ = __name__
