"""Tables in the documentation that repeat what the code says, held against the code."""

import re
import runpy
from decimal import Decimal

import pytest

from tests.project.tree import ROOT, project_files
from transactscope import errors, limits
from transactscope.core import answers
from transactscope.core.states import TRANSITIONS
from transactscope.errors import TransactionCanceledError

_CODE = re.compile(r"code(?:: str)? ?= ?\"([A-Z_]+)\"")


def _rows(document, *header):
    """The rows of the table that begins with these column titles, as lists of plain cells."""
    lines = (ROOT / document).read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if _cells(line)[: len(header)] == list(header))
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            return
        yield _cells(line)


def _cells(line):
    return [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]


def test_the_states_are_those_of_the_code():
    """Who reads the life cycle reads the one that runs."""
    documented = [tuple(row) for row in _rows("docs/how-to/scope.md", "state", "event")]

    expected = [
        (state.name, event.value, following.name)
        for (state, event), following in TRANSITIONS.items()
    ]
    assert sorted(expected) == sorted(documented)


SENT_AGAIN = {
    answers.THROTTLING_CODES: ("ThrottledError", "yes"),
    answers.CONFLICT_CODES: ("TransactionConflictError", "yes"),
    answers.MISMATCH_CODES: ("IdempotencyMismatchError", "never"),
    answers.MISSING_TABLE_CODES: ("TableNotFoundError", "never"),
    answers.UNDECIDED_CODES: ("CommitOutcomeUnknownError", "yes"),
    TransactionCanceledError.transient_codes: ("", "yes"),
}


@pytest.mark.parametrize("codes", SENT_AGAIN, ids=min)
def test_what_is_sent_again_is_what_the_code_sends_again(codes):
    """Every code of the code's tables has its row, with its class and what follows."""
    rows = list(_rows("docs/how-to/outcomes.md", "what came back", "class"))
    name, again = SENT_AGAIN[codes]
    for code in codes:
        fitting = [row for row in rows if re.search(rf"\b{code}\b", row[0])]
        assert fitting, code
        assert all(name in row[1] and row[2].startswith(again) for row in fitting), code


def test_the_limits_are_those_of_the_code():
    """A figure in a guide is not older than the check."""
    documented = {
        row[0]: Decimal(row[1]) for row in _rows("docs/how-to/limits.md", "constant", "value")
    }

    expected = {name: Decimal(value) for name, value in vars(limits).items() if name.isupper()}
    assert expected == documented


@pytest.fixture(scope="module")
def figures():
    """What `scripts/limits_table.py` defines."""
    return runpy.run_path(str(ROOT / "scripts/limits_table.py"))


def test_the_figures_of_limits_are_written_by_their_program(figures):
    """Values, sources and order are those of the code; `scripts/limits_table.py` writes them."""
    page = figures["PAGE"].read_text(encoding="utf-8")

    assert page == figures["with_figures"](page, figures["CONSTANTS"].read_text(encoding="utf-8"))


def test_the_program_of_the_figures_keeps_what_is_written_by_hand(figures):
    """A figure that is changed in the code is changed on the page, and nothing else is."""
    page = figures["PAGE"].read_text(encoding="utf-8")
    constants = figures["CONSTANTS"].read_text(encoding="utf-8")
    added = "MAX_NEWS: Final = 1_234  # news of one day [SQ]\n"

    changed = figures["with_figures"](
        page, constants.replace("ACTIONS: Final = 100", "ACTIONS: Final = 25")
    )
    longer = figures["with_figures"](page, constants + added)

    assert page.replace("| `MAX_ACTIONS` | 100 |", "| `MAX_ACTIONS` | 25 |") == changed
    assert ["| `MAX_NEWS` | 1234 | news of one day |  | SQ |"] == [
        line for line in longer.splitlines() if line not in page.splitlines()
    ]


def test_every_limit_says_where_it_is_refused_and_who_states_it():
    """A figure without a source could be anybody's, and one that nobody checks helps nobody."""
    text = (ROOT / "docs/how-to/limits.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^- ([A-Z]+): ", text, re.MULTILINE))
    rows = list(_rows("docs/how-to/limits.md", "constant", "value"))

    assert [] == [row for row in rows if len(row) != 5 or not all(row)]
    assert explained == {source for row in rows for source in row[4].split(", ")}
    assert explained == set(re.findall(r"^  \[([A-Z]+)\] ", limits.__doc__, re.MULTILINE))


def test_every_error_code_is_explained():
    """Codes are what programs compare with."""
    text = (ROOT / "docs/how-to/errors.md").read_text(encoding="utf-8")
    sources = [path for path in project_files() if path.parts[0] == "transactscope"]
    used = {
        code
        for path in sources
        if path.suffix == ".py"
        for code in _CODE.findall((ROOT / path).read_text(encoding="utf-8"))
    }
    of_later_classes = {"BATCH_SIZE_EXCEEDED"}

    assert len(used) > 20
    assert set() == {code for code in used - of_later_classes if f"`{code}`" not in text}


def test_the_tree_of_errors_is_the_one_in_the_docs():
    """Every class stands in the tree, under the class that it derives from."""
    text = (ROOT / "docs/how-to/errors.md").read_text(encoding="utf-8")
    tree = text.partition("```text\n")[2].partition("```")[0]

    assert set(errors.__all__) == set(re.findall(r"\b[A-Z]\w+Error\b", tree)) - {"ValueError"}
