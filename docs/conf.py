"""How Sphinx makes the documentation; `scripts/docs` calls it.

The pages are Markdown, and complete without Sphinx. What it adds is made while it runs, by
docs/extensions/: the navigation out of the links in the indexes, the reference out of docstrings.
"""

from __future__ import annotations

import pathlib
import sys

ROOT = pathlib.Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs/extensions")]

from exports import aliases  # noqa: E402 - the same

import transactscope  # noqa: E402 - the one of this checkout

project = "transactscope"
author = "transactscope contributors"
release = transactscope.__version__

# Links between pages are those between files of the checkout, so all of it is the source.
root_doc = "docs/README"
include_patterns = ["*.md", "benchmarks/*.md", "docs/**", "samples/*/*.md"]
exclude_patterns = [".*", "build", "dist", "htmlcov", "tests", "transactscope", "*.egg-info"]

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "docstrings",
    "linking",
    "navigation",
    "reference",
]
myst_heading_anchors = 4  # headings are linked by the same names as in a repository's browser

# A link that leads nowhere is an error, but for names in annotations: type checkers have seen that
# they exist, and those of Python, of other libraries and of our inside have no page here. There is
# no inventory of Python's own, because it would have to be fetched.
nitpicky = True
nitpick_ignore_regex = [
    ("py:class", r"[\w.]+"),
    ("py:obj", r"[\w.]+\._[A-Z]"),  # a type variable of a base
    ("py:exc", r"asyncio\.CancelledError"),
]

default_role = "code"  # docstrings write code in single backticks, as Markdown does
add_module_names = False
autodoc_preserve_defaults = True
autodoc_type_aliases = {name: name for name in aliases()}
autodoc_typehints_format = "short"
maximum_signature_line_length = 80
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = f"{project} {release}"
html_static_path = ["extensions/static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
pygments_dark_style = "github-dark"
