"""Cache warming: many settings are read in few requests, and nothing is taken for absent.

A service that starts wants the settings of all its tenants at once. Key by key that is a request
for each; in batches it is one for a hundred:

    SELECT * FROM settings WHERE name IN ('theme', 'limits', ...)

DynamoDB may leave a part of a batch unread when it is busy. What is left is asked for again, and
where that does not help the start fails: a setting that was not read must never look like one
that does not exist, because for those there is a default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from transactscope import Database, EntityKey, entity
from transactscope.errors import BatchIncompleteError


@entity("Settings", partition_key="name")
@frozen
class Setting:
    """A setting of a service."""

    name: str
    value: str


class NotWarmError(Exception):
    """Some settings could not be read.

    Attributes:
        names: These.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"not read: {', '.join(self.names)}")


def warm(db: Database, names: Iterable[str], defaults: Mapping[str, str]) -> dict[str, str]:
    """Return the value of every setting, or its default where it is not stored.

    Raises:
        NotWarmError: Some could not be read.
        KeyError: One is not stored and has no default.
    """
    try:
        settings = db.batch_get(EntityKey(Setting, name) for name in names)
    except BatchIncompleteError as incomplete:
        left = incomplete.result.unprocessed
        raise NotWarmError(key.parts[0] for key in left) from incomplete
    stored = {setting.name: setting.value for setting in settings.found}
    return stored | {key.parts[0]: defaults[key.parts[0]] for key in settings.missing}


def run(db: Database) -> None:
    """Play the story on an empty table."""
    db.create_table(Setting)
    db.batch_write(Setting(f"setting-{number}", str(number)) for number in range(130))

    names = [f"setting-{number}" for number in range(131)]
    cache = warm(db, names, {"setting-130": "the default"})
    print(f"- {len(cache)} settings are in the cache, read in two requests.")
    print(f"- setting-7 is {cache['setting-7']}, and setting-130 is {cache['setting-130']}.")

    try:
        warm(db, ["setting-1", "colour"], {})
    except KeyError as missing:
        print(f"- {missing} is not stored and has no default, and nobody makes one up.")
