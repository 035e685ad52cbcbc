"""What a client is made of, as far as the direct transport uses it.

Each part has to be of botocore's own class, and no other: then it is known what it does.
"""

from __future__ import annotations

from typing import Any, TypeAlias
from urllib.parse import urlsplit

import botocore.client
import botocore.config
import botocore.endpoint
import botocore.hooks
import botocore.httpsession
import botocore.parsers
import botocore.regions
import botocore.signers
import botocore.useragent
import urllib3
from botocore.model import ServiceModel

# (an object, an attribute of it, what the attribute is)
Seen: TypeAlias = tuple[Any, str, Any]


class ForeignError(Exception):
    """Something is not as botocore makes it: the request has to go through botocore."""


class Parts:
    """What a client is made of, as far as the direct transport uses it.

    Raises:
        ForeignError: A part is of another kind than botocore's own.
        AttributeError: A part is not there.
    """

    def __init__(self, client: Any) -> None:
        self.client = client
        self.meta: Any = _of(client.meta, botocore.client.ClientMeta)
        self.config: Any = _of(client._client_config, botocore.config.Config)
        self.endpoint: Any = _of(client._endpoint, botocore.endpoint.Endpoint)
        self.session: Any = _of(self.endpoint.http_session, botocore.httpsession.URLLib3Session)
        self.manager: Any = _of(self.session._manager, urllib3.PoolManager)
        self.proxies: Any = _of(self.session._proxy_config, botocore.httpsession.ProxyConfiguration)
        self.signer: Any = _of(client._request_signer, botocore.signers.RequestSigner)
        self.resolver: Any = _of(client._ruleset_resolver, botocore.regions.EndpointRulesetResolver)
        self.user_agent: Any = _of(client._user_agent_creator, botocore.useragent.UserAgentString)
        self.parser: Any = _of(client._response_parser, botocore.parsers.JSONParser)
        self.events: Any = _of(self.meta.events, botocore.hooks.EventAliaser)
        self.emitter: Any = _of(self.events._emitter, botocore.hooks.HierarchicalEmitter)
        self.handlers: Any = self.emitter._handlers
        self.model: Any = _of(self.meta.service_model, ServiceModel)
        self.scheme: str = urlsplit(self.endpoint.host).scheme


def _of(part: Any, kind: type) -> Any:
    if type(part) is not kind:
        msg = f"{kind.__name__} was expected"
        raise ForeignError(msg)
    return part


def same(part: Any, expected: Any) -> Any:
    """Return a part if it is the expected one.

    Raises:
        ForeignError: It is another one.
    """
    if part is not expected:
        msg = "a part is another one than it should be"
        raise ForeignError(msg)
    return part
