"""Which sessions, tables and engines a test asks for."""

import pytest

from samples.catalog.provider.layouts import ONE_TABLE, THREE_TABLES

in_both_layouts = pytest.mark.parametrize(
    "layout", [THREE_TABLES, ONE_TABLE], ids=["three-tables", "one-table"], indirect=True
)
# An imitation that ignores tokens cannot tell that a request comes again.
on_dynoxide = pytest.mark.parametrize("engine_name", ["dynoxide"], indirect=True)
on_moto = pytest.mark.parametrize("engine_name", ["moto"], indirect=True)
with_faults = pytest.mark.parametrize("can_fail", [True], ids=["with-faults"], indirect=True)
