"""Writing items in batches, with boto3's `batch_writer` and with `batch_write`."""

from __future__ import annotations

from typing import Any

import boto3

from benchmarks import credentials
from benchmarks.batch_write import contenders
from benchmarks.measurements.opened import opened, per_commit
from benchmarks.races import Contender
from benchmarks.results import Sample
from benchmarks.server import serving
from benchmarks.settings import Settings

ITEMS = 100


def measure(settings: Settings) -> list[Sample]:
    """Write the same items with both, to a server that takes no time."""
    settings.pin()
    entries = [entry for entry in settings.only("ordinary", "direct") if entry.key != "boto3"]
    with serving() as server, opened(entries, server.url) as peers:
        resource: Any = boto3.resource(
            "dynamodb",
            endpoint_url=server.url,
            region_name=credentials.REGION,
            aws_access_key_id=credentials.KEY_ID,
            aws_secret_access_key=credentials.SECRET,
        )
        databases = {title: peer.database for title, peer in peers.items()}  # type: ignore[attr-defined]
        writers = contenders(resource.Table("Reading"), databases)
        seconds = settings.race().run(
            [Contender(name, lambda: ITEMS, write) for name, write in writers.items()]
        )
        resource.meta.client.close()
    return per_commit(("batches", "BatchWriteItem", ITEMS), "µs CPU", seconds, 1)
