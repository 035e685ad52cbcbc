"""Does anybody listen? To the events of an operation, or to what botocore writes into the log."""

from __future__ import annotations

import logging
from types import FunctionType, MethodType
from typing import Any, Final

from transactscope.transports.direct.parts import ForeignError, Parts

# Handlers that botocore itself registers, and whose work the direct transport does or needs not do.
_OWN_HANDLERS: Final = {
    "provide-client-params": frozenset[str](),
    "before-parameter-build": frozenset(
        {
            "botocore.discovery.block_endpoint_discovery_required_operations",
            "botocore.handlers._handle_request_validation_mode_member",
            "botocore.handlers.generate_idempotent_uuid",
        }
    ),
    "before-endpoint-resolution": frozenset[str](),
    "before-call": frozenset(
        {
            "botocore.handlers.add_recursion_detection_header",
            "botocore.handlers.inject_api_version_header_if_needed",
        }
    ),
    "request-created": frozenset(
        {
            "botocore.handlers.add_retry_headers",
            "botocore.retries.standard.MaxAttemptsSeeder.seed_max_attempts",
            "botocore.signers.RequestSigner.handler",
            "botocore.useragent.UserAgentString.rebuild_and_replace_user_agent_handler",
        }
    ),
    "choose-signer": frozenset(
        {
            "botocore.handlers._set_auth_scheme_preference_signer",
            "botocore.handlers.set_operation_specific_signer",
        }
    ),
    "before-sign": frozenset[str](),
    "before-send": frozenset[str](),
    "response-received": frozenset[str](),
    "before-parse": frozenset[str](),
    "needs-retry": frozenset(
        {
            "botocore.retries.standard.RetryHandler.needs_retry",
            "botocore.retryhandler.RetryHandler",
        }
    ),
    "after-call": frozenset({"botocore.retries.standard.RetryQuotaChecker.release_retry_quota"}),
    "after-call-error": frozenset[str](),
}
_OUR_HANDLERS: Final = "transactscope.transports."  # not those of `testing`: they want to see all

_LOGGERS: Final = tuple(
    logging.getLogger(name)
    for name in (
        "botocore.auth",
        "botocore.client",
        "botocore.endpoint",
        "botocore.hooks",
        "botocore.httpsession",
        "botocore.parsers",
        "botocore.regions",
        "botocore.retryhandler",
        "urllib3.connectionpool",
    )
)
_CANARY: Final = logging.getLogger(__name__)
DEBUG: Final = logging.DEBUG


def refuse_listeners(parts: Parts, operation: str) -> None:
    """Refuse a client to whose calls of an operation anybody listens.

    Raises:
        ForeignError: Somebody does.
    """
    service = parts.model.service_id.hyphenize()
    for event, own in _OWN_HANDLERS.items():
        for handler in parts.handlers.prefix_search(f"{event}.{service}.{operation}"):
            name = _name(handler)
            if name not in own and not name.startswith(_OUR_HANDLERS):
                msg = f"somebody listens to {event}"
                raise ForeignError(msg)


def _name(handler: Any) -> str:
    function = handler.__func__ if type(handler) is MethodType else handler
    if type(function) is FunctionType:
        return f"{function.__globals__.get('__name__')}.{function.__qualname__}"
    return f"{type(handler).__module__}.{type(handler).__qualname__}"


def remembered_levels() -> dict[int, bool]:
    """Return what a logger of ours remembers; setting any logger's level makes it forget."""
    canary: Any = _CANARY
    levels: dict[int, bool] = canary._cache
    return levels


def refuse_readers_of_the_log() -> None:
    """Refuse any client while botocore's log is read in detail.

    Raises:
        ForeignError: It is.
    """
    if any(logger.isEnabledFor(DEBUG) for logger in _LOGGERS):
        msg = "somebody reads the log"
        raise ForeignError(msg)
