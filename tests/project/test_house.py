"""The repository speaks of itself alone: no machine's paths, no addresses that others cannot reach.

The words searched for are put together from parts, so that this file does not
contain them.
"""

import re

import pytest

from tests.project.tree import ROOT, project_files

_SLASH = "/"
_HASH = "#"
_DOT = "[.]"

UNWANTED = {
    "a path of one machine": r"(?<![\w.])"
    + _SLASH
    + "(?:work|root|home|tmp|Users)"
    + _SLASH
    + r"\w",
    "a folder beside the checkout": "[.]{2}" + _SLASH + "shared",
    "a number in a tracker": r"(?i)\b(?:issue|ticket|pull request)s?\s*" + _HASH + r"\d",
    "an address to download from": "|".join(
        [
            "npmjs" + _DOT + "(?:com|org)",
            "registry" + _DOT + "yarnpkg",
            "files" + _DOT + "pythonhosted",
            "pypi" + _DOT + "org",
        ]
    ),
    "work left for later": r"\b(?:TO" + "DO|FIX" + r"ME)\b",
    "spaces at the end of a line": r"(?m)[ \t]+$",
}
EXAMPLES = {
    "a path of one machine": f"see {_SLASH}home{_SLASH}me",
    "a folder beside the checkout": f"..{_SLASH}shared{_SLASH}notes",
    "a number in a tracker": f"fixes issue {_HASH}7",
    "an address to download from": "https://files" + ".pythonhosted.org",
    "work left for later": "TO" + "DO: more",
    "spaces at the end of a line": "text \n",
}

TEXT_FILES = [
    path for path in project_files() if path.suffix not in {".png", ".ico", ".gif", ".woff2"}
]


@pytest.mark.parametrize("path", TEXT_FILES, ids=str)
def test_files_hold_nothing_that_is_not_of_the_project(path):
    """What means nothing to a reader elsewhere is not written down."""
    text = (ROOT / path).read_text(encoding="utf-8")
    found = [
        f"line {text.count(chr(10), 0, match.start()) + 1}: {what}: {match.group()!r}"
        for what, pattern in UNWANTED.items()
        for match in re.finditer(pattern, text)
    ]

    assert [] == found


@pytest.mark.parametrize("path", TEXT_FILES, ids=str)
def test_files_end_with_one_newline(path):
    """Tools that read lines expect it, and differences stay small."""
    content = (ROOT / path).read_bytes()

    assert not content or (content.endswith(b"\n") and not content.endswith(b"\n\n"))
    assert b"\r" not in content


def test_every_search_finds_its_example():
    """A search that finds nothing looks like a clean repository."""
    missed = [what for what, pattern in UNWANTED.items() if not re.search(pattern, EXAMPLES[what])]

    assert [] == missed
