"""Which engine answers: the better one of this machine, or another that was asked for by name."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Literal, TypeAlias

from samples.engines.dynoxide import dynoxide, find_dynoxide
from samples.engines.engine import Engine, EngineError
from samples.engines.in_process import moto_engine
from samples.engines.remote import remote

EngineName: TypeAlias = Literal["auto", "dynoxide", "moto", "remote"]


def choose_engine(
    name: EngineName,
    *,
    data: Path | None = None,
    endpoint_url: str | None = None,
    region: str | None = None,
    profile: str | None = None,
) -> contextlib.AbstractContextManager[Engine]:
    """Return the engine that was asked for; `auto` is dynoxide if it is there, else moto.

    Args:
        name: A local engine, `auto` for the better one that is there, or `remote`.
        data: The file that dynoxide keeps its data in; None means that it keeps nothing.
        endpoint_url: Where a remote engine answers; None means Amazon DynamoDB.
        region: The Region of a remote engine; None means that of the user's settings.
        profile: The profile of the user's settings; None means the default one.

    Raises:
        EngineError: dynoxide was asked for by name, and its program is not there.
    """
    if name == "remote":
        return remote(endpoint_url=endpoint_url, region=region, profile=profile)
    program = None if name == "moto" else find_dynoxide()
    if program is not None:
        return dynoxide(program, data)
    if name == "dynoxide":
        raise EngineError("dynoxide is neither in .engines nor on the PATH")
    return moto_engine()
