"""Tables and drawings of the documentation, read as data."""

from tests.project.tree import ROOT


def rows(document, *header):
    """List the rows of the table that begins with these column titles, as plain cells."""
    lines = (ROOT / document).read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if _cells(line)[: len(header)] == list(header))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append(_cells(line))
    return found


def blocks(document, language):
    """List the fenced blocks of one language, without their fences."""
    parts = (ROOT / document).read_text(encoding="utf-8").split("\n```")
    return [
        part.removeprefix(f"{language}\n") for part in parts if part.startswith(f"{language}\n")
    ]


def _cells(line):
    return [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]
