"""The program of the sample as a user starts it: with its server, and dynoxide below."""

import contextlib
import os
import pathlib
import re
import subprocess
import sys

import attrs

from samples.catalog.provider.layouts import ONE_TABLE, THREE_TABLES
from samples.catalog.provider.products import PRODUCT_CLASSES, key_of
from samples.catalog.provider.tables import ProductTables
from tests.engines import ROOT, new_client

_COMMAND = [sys.executable, "-m", "samples.catalog", "--port", "0", "--engine", "dynoxide"]


@attrs.frozen
class Program:
    """The running program: where its page is, the tables below it, and what goes wrong in it."""

    url: str
    tables: ProductTables
    errors: pathlib.Path

    @property
    def port(self):
        """The port of the page."""
        return int(re.findall(r":(\d+)/", self.url)[0])

    @property
    def complaints(self):
        """What the program has written about what went wrong."""
        return self.errors.read_text()

    def clear(self):
        """Remove all products, and forget what went wrong so far."""
        os.truncate(self.errors, 0)
        for product in self.stored():
            self.tables.database.delete(
                self.tables.layout.stored_class(type(product)), *key_of(product)
            )

    def stored(self):
        """Read all products."""
        return [each for cls in PRODUCT_CLASSES for each in self.tables.stored(cls)]


@contextlib.contextmanager
def running_program(folder, *, single_table=False):
    """Start the program in a folder, where its data go by default, and end it as a user does."""
    errors = folder / "errors.txt"
    with (
        errors.open("a") as written,
        subprocess.Popen(
            [*_COMMAND, *(["--single-table"] if single_table else [])],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
        ) as process,
    ):
        try:
            address, engine = _addresses(process.stdout, errors)
            with contextlib.closing(new_client(f"http://{engine}")) as client:
                layout = ONE_TABLE if single_table else THREE_TABLES
                tables = ProductTables(client, layout=layout)
                yield Program(f"http://{address}/", tables, errors)
        finally:
            process.terminate()
            process.wait(60)


def _addresses(lines, errors):
    """Wait until the program says where its page is, and return that and where its engine is."""
    written = ""
    for line in lines:
        written += line
        if page := re.findall(r"http://(127\.0\.0\.1:\d+)", line):
            engine = re.findall(r"process \d+ on (127\.0\.0\.1:\d+)", written)
            return page[0], engine[0]
    raise RuntimeError(f"the program did not start: {written}{errors.read_text()}")
