"""The report that a page shows is one that the code makes."""

import re

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

from tests import engines
from tests.project import doc_tables, examples
from tests.project.tree import ROOT
from transactscope.ext.statistics import Report

PAGE = "docs/how-to/statistics.md"
_TIME = re.compile(r"[\d.]+ (?:s\b|ms|µs|seconds)")


@pytest.mark.skipif(
    engines.dynoxide_problem() is not None, reason="the page shows what dynoxide reports"
)
def test_the_text_of_a_report_is_that_of_its_example(monkeypatch):
    """All but the times, which are those of a machine."""
    document = Sybil([PythonCodeBlockParser()]).parse(ROOT / PAGE)
    with examples.fresh_engine(monkeypatch):
        for example in document.examples():
            example.evaluate()
    (shown,) = doc_tables.blocks(PAGE, "text")

    assert _shape(document.namespace["text"]) == _shape(shown)


def test_every_attribute_of_a_report_is_explained():
    """Programs read them by their names."""
    rows = doc_tables.rows(PAGE, "attribute of a report", "what it is")
    documented = {name.strip() for row in rows for name in row[0].split(",")}

    assert set(Report().as_dict()) == documented


def _shape(text):
    """Leave times out, and how wide columns are because of them."""
    return [re.sub(" +", " ", _TIME.sub("time", line)) for line in text.strip().splitlines()]
