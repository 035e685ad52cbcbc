"""Classes whose annotations are text."""

from __future__ import annotations

import dataclasses
from datetime import date

import attrs


@attrs.define
class Node:
    """A class that contains itself."""

    name: str
    children: list[Node] = attrs.Factory(list)
    parent: Node | None = None


@dataclasses.dataclass
class Day:
    """A field with the name of its type."""

    date: date | None = None


@attrs.define
class Lost:
    """A name that is not there."""

    where: Nowhere  # noqa: F821 - what is tested


def make_local_class():
    """Make a class that no module holds."""

    @attrs.define
    class Local:
        children: list[Local]

    return Local
