"""The measurements: each runs in a process of its own, so that none sees threads of another."""

from __future__ import annotations

import concurrent.futures
import importlib
import multiprocessing
import os
import threading
from typing import Final

from benchmarks.results import TITLES, Sample
from benchmarks.settings import Settings

NAMES: Final = tuple(name for name in TITLES if name != "sent")  # it comes with the commits


def measure(name: str, settings: Settings) -> list[Sample]:
    """Make one measurement, in a process that ends with it."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, context) as pool:
        return pool.submit(_measure_here, name, settings).result()


def _measure_here(name: str, settings: Settings) -> list[Sample]:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    module = importlib.import_module(f"{__name__}.{name}")
    samples: list[Sample] = module.measure(settings)
    return samples


def _end_with_parent() -> None:
    """End when the process that wants the samples is gone, as when somebody kills it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
