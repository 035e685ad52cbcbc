"""The head of a request: botocore's own, with what differs from one request to the next.

A head is made of what the client itself would send, once for each operation and credentials, and
only where signing that in our way gives the client's own signature.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final
from urllib.parse import SplitResult, quote, urlsplit

from transactscope.transports.direct.identifiers import new_identifier
from transactscope.transports.direct.probe import Prepared
from transactscope.transports.direct.signing import Moment, Shape, SigningKey, timestamp_of

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

# What differs from one request to the next; all other headers stay as the client sends them.
_CHANGING: Final = frozenset(
    {
        "amz-sdk-invocation-id",
        "authorization",
        "content-length",
        "x-amz-date",
        "x-amzn-trace-id",
    }
)
_CONSTANT: Final = frozenset(
    {"amz-sdk-request", "content-type", "user-agent", "x-amz-security-token", "x-amz-target"}
)
_NEEDED: Final = (_CHANGING | _CONSTANT) - {"x-amzn-trace-id", "x-amz-security-token"}
_AUTHORIZATION: Final = re.compile(r".*, SignedHeaders=([a-z0-9;-]+), Signature=[0-9a-f]{64}")
_UNSAFE: Final = re.compile(r"[^\t\x20-\x7e\xa0-\xff]")  # a line's end above all

# Lambda tells of which call it is a part in the environment; botocore passes it on, and quotes
# it like this (botocore/handlers.py, add_recursion_detection_header, looked up 2026-11).
_LAMBDA_NAME: Final = "AWS_LAMBDA_FUNCTION_NAME"
_TRACE: Final = "_X_AMZN_TRACE_ID"
_SAFE_IN_TRACE: Final = "-=;:+&[]{}\"',"


def head_for(
    prepared: Prepared,
    credentials: Any,
    region: str,
    service: str,
    clock: Callable[[], float] = time.time,
) -> Head | None:
    """Return the head of requests like the one that the client prepared, or None.

    None means that it has something that is not known here, or that the client signs otherwise.
    """
    headers = {name.lower(): value for name, value in prepared.headers.items()}
    names = frozenset(headers)
    url = urlsplit(prepared.url)
    if not _NEEDED <= names <= (_CHANGING | _CONSTANT) or not _is_plain(prepared, url):
        return None
    signed = _AUTHORIZATION.fullmatch(headers["authorization"])
    shape = None if signed is None else _shape(url, headers, signed[1].split(";"))
    if shape is None:
        return None
    key = SigningKey(credentials.access_key, credentials.secret_key, region, service)
    moment = Moment(key, shape, headers["x-amz-date"])
    signature = moment.signature(sha256(prepared.body).hexdigest()).decode()
    if moment.authorization + signature != headers["authorization"]:
        return None
    return Head(prepared, key, shape, clock)


def _is_plain(prepared: Prepared, url: SplitResult) -> bool:
    texts = (prepared.url, *prepared.headers, *prepared.headers.values())
    return (
        prepared.method == "POST"
        and url.scheme in _DEFAULT_PORTS
        and url.hostname is not None
        and not (url.query or url.fragment or "@" in url.netloc)
        and not any(_UNSAFE.search(text) for text in texts)
    )


def _shape(url: SplitResult, headers: dict[str, str], signed: list[str]) -> Shape | None:
    known = headers | {"host": _host(url)}
    if not {"host", "x-amz-date"} <= set(signed) <= set(known):
        return None
    path = quote(url.path or "/", safe="/~")
    return Shape(path, {name: known[name] for name in signed if name != "x-amz-date"})


def _host(url: SplitResult) -> str:
    """Return the host as botocore signs it, and http.client sends it."""
    host = f"[{url.hostname}]" if ":" in str(url.hostname) else str(url.hostname)
    return host if url.port in (None, _DEFAULT_PORTS[url.scheme]) else f"{host}:{url.port}"


class Head:
    """Makes the heads of requests to one operation with one set of credentials."""

    __slots__ = ("_clock", "_first", "_key", "_now", "_shape", "_third", "_traced", "url")

    def __init__(
        self, prepared: Prepared, key: SigningKey, shape: Shape, clock: Callable[[], float]
    ) -> None:
        url = urlsplit(prepared.url)
        kept = [
            (name, value)
            for name, value in prepared.headers.items()
            if name.lower() not in _CHANGING and name.lower() != "amz-sdk-request"
        ]
        first = [("Host", _host(url)), ("Accept-Encoding", "identity"), *kept]
        attempt = {name.lower(): value for name, value in prepared.headers.items()}
        self.url: str = prepared.url
        self._key, self._shape, self._clock = key, shape, clock
        self._first = f"POST {url.path or '/'} HTTP/1.1\r\n{_lines(first)}X-Amz-Date: "
        self._third = (
            f"\r\namz-sdk-request: {attempt['amz-sdk-request']}\r\nContent-Length: "
        ).encode("latin-1")
        self._traced = _LAMBDA_NAME in os.environ
        self._now: tuple[int, Moment, bytes] = self._moment(int(clock()), None)

    def with_hash(self, hash_of_body: str, size: int) -> bytes:
        """Return the head of a new request whose body has a SHA-256 and so many bytes."""
        second = int(self._clock())
        now = self._now
        if now[0] != second:
            now = self._now = self._moment(second, now[1])
        _, moment, first = now
        return b"%b%b\r\namz-sdk-invocation-id: %b%b%d%b\r\n\r\n" % (
            first,
            moment.signature(hash_of_body),
            new_identifier(),
            self._third,
            size,
            _trace() if self._traced else b"",
        )

    def _moment(self, second: int, before: Moment | None) -> tuple[int, Moment, bytes]:
        """Prepare what stays the same within a second; the derived key lasts a day."""
        timestamp = timestamp_of(second)
        is_same_day = before is not None and timestamp.startswith(before.day)
        derived = before.derived if before is not None and is_same_day else None
        moment = Moment(self._key, self._shape, timestamp, derived)
        text = f"{self._first}{timestamp}\r\nAuthorization: {moment.authorization}"
        return second, moment, text.encode("latin-1")


def _lines(headers: list[tuple[str, str]]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers)


def _trace() -> bytes:
    trace = os.environ.get(_TRACE)
    if not trace:
        return b""
    return b"\r\nX-Amzn-Trace-Id: " + quote(trace, safe=_SAFE_IN_TRACE).encode()
