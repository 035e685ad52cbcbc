"""Keeps tests away from real accounts: dummy settings, and no connection off this machine.

An audit hook sees every connection that Python makes, whichever library makes it,
and cannot be taken away again by a test that patches `socket`.
"""

import ipaddress
import os
import socket
import sys

DUMMY_SETTINGS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
    # Without these three, botocore would look for settings of whoever runs the tests.
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}

_PROXY_SETTINGS = frozenset({"http_proxy", "https_proxy", "all_proxy"})
_installed = []


class RealNetworkError(BaseException):
    """A test tried to leave this machine.

    Not an Exception: botocore turns those into retries and errors of its own, and
    a test that expects such an error would pass.
    """


def install(environment):
    """Replace AWS settings and proxies in `environment`, and close the network once."""
    for name in list(environment):
        if name.startswith("AWS_") or name.lower() in _PROXY_SETTINGS:
            del environment[name]
    environment.update(DUMMY_SETTINGS)
    if not _installed:
        sys.addaudithook(_refuse_other_machines)
        _installed.append(_refuse_other_machines)


def _refuse_other_machines(event, arguments):
    if event == "socket.connect":
        connection, address = arguments
        if connection.family in (socket.AF_INET, socket.AF_INET6):
            _insist_on_loopback(address[0])
    elif event == "socket.getaddrinfo":
        _insist_on_loopback(arguments[0])


def _insist_on_loopback(host):
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return
    try:
        is_loopback = ipaddress.ip_address(name).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise RealNetworkError(f"tests stay on this machine, and this goes to {name}")
