"""The documentation as pages for a browser: complete, readable, and without a network."""

import functools
import html
import importlib
import importlib.util
import posixpath
import re
import subprocess
import sys
import urllib.parse

import pytest

from tests.project import documented
from tests.project.test_exports import PUBLIC_MODULES
from tests.project.tree import ROOT, project_files

FOLDER = ROOT / "build/docs"
START = "docs/README.html"
DOCUMENTS = [path for path in project_files() if path.suffix == ".md"]

_LINK = re.compile(r'<a\b[^>]*? href="([^"]*)"')
_LOADED = re.compile(r'<(?:img|script|iframe|source|video|link)\b[^>]*? (?:src|href)="([^"]*)"')
_IN_STYLE = re.compile(r"url\(\s*[\"']?([^\"')]+)|@import\s+[\"']([^\"']+)")
_ID = re.compile(r' id="([^"]*)"')
_SIGNATURE = re.compile(r'<dt class="sig [^"]*"[^>]*>.*?</dt>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_SIDEBAR = re.compile(r'<div class="sidebar-tree">.*?</aside>', re.DOTALL)
_CAPTION = re.compile(r'<span class="caption-text">(.*?)</span>')

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("sphinx") is None, reason="Sphinx is not here"),
]


@pytest.fixture(scope="module", autouse=True)
def built():
    """How it went to make the pages; what `scripts/docs` made of the same text is kept."""
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--jobs", "2"]
    folders = ["--conf-dir", "docs", "--doctree-dir", "build/doctrees", ".", "build/docs"]
    return subprocess.run(
        [*command, *folders], cwd=ROOT, check=False, capture_output=True, text=True
    )


def test_the_pages_are_made_without_a_warning(built):
    """A link that leads nowhere, a page in no tree, a docstring that cannot be read: all warn."""
    assert ("", 0) == (built.stderr, built.returncode)


def test_every_public_name_has_its_entry():
    """Whatever can be imported is found in the reference, once, where it is imported from."""
    entries = [name for name in documented.entries() if name.rpartition(".")[0] in PUBLIC_MODULES]

    assert documented.public_names() == sorted(entries)


def test_every_public_module_has_its_page():
    """The list of what is explained, by which pages are made, is that of what is public."""
    pages = {path.stem for path in (FOLDER / "docs/reference").glob("*.html")}

    assert set(PUBLIC_MODULES) == pages


def test_every_document_is_a_page_of_the_navigation():
    """What nobody can find might as well not be written."""
    sidebar = _SIDEBAR.search(_text(START))[0]
    links = {_resolved(START, link) for link in _LINK.findall(sidebar)}

    assert set() == {str(path.with_suffix(".html")) for path in DOCUMENTS} - links - {START}


def test_the_navigation_has_the_parts_of_the_first_page():
    """Who knows the one finds the way in the other."""
    text = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    titles = re.findall(r"^#{1,2} (.+)$", text, re.MULTILINE)

    assert titles == [html.unescape(title) for title in _CAPTION.findall(_text(START))]


def test_links_lead_somewhere():
    """Also those that are made: to the reference, to sources of samples, to headings."""
    missing = {
        (page, link)
        for page in _pages()
        for link in {*_LINK.findall(_text(page)), *_LOADED.findall(_text(page))}
        if not _is_elsewhere(link) and not _is_there(page, link)
    }

    assert set() == missing


def test_nothing_is_loaded_from_elsewhere():
    """The pages can be read without a network, and tell nobody that they are read."""
    loaded = {link for page in _pages() for link in _LOADED.findall(_text(page))}
    styles = [path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.css")]
    loaded |= {name for style in styles for name in map("".join, _IN_STYLE.findall(style))}

    assert loaded
    assert set() == {link for link in loaded if _is_elsewhere(link)} - {
        link for link in loaded if link.startswith("data:")
    }


def test_the_folder_leads_to_the_first_page():
    """Who opens it need not know what that is called."""
    assert f"url={START}" in _text("index.html")


@pytest.mark.parametrize("module", PUBLIC_MODULES)
def test_signatures_are_readable(module):
    """No address of an object, no word of a code generator, no type variable of a base."""
    signatures = map(_plain, _SIGNATURE.findall(_text(f"docs/reference/{module}.html")))

    odd = re.compile(r"attr_dict|NOTHING|<\w+ | at 0x|→ R\b|(?<!= )dict\[str, dict")
    assert [] == [each for each in signatures if odd.search(each)]


@pytest.mark.parametrize("module", PUBLIC_MODULES)
def test_entries_say_since_when_names_are_there(module):
    """What help says in an editor is said here, too."""
    text = _text(f"docs/reference/{module}.html")
    sources = importlib.import_module(module)
    here = [
        name
        for name in sources.__all__
        if getattr(getattr(sources, name), "__module__", None) == module
    ]

    assert len(here) == text.count('<p><span class="versionmodified added">')


def test_names_in_guides_lead_to_the_reference():
    """Nobody has to write such a link, or to look for the entry."""
    links = _LINK.findall(_text("docs/how-to/scope.html"))

    assert "../reference/transactscope.html#transactscope.TransactScope" in links


def _pages():
    return [path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html")]


@functools.cache
def _text(page):
    return (FOLDER / page).read_text(encoding="utf-8")


@functools.cache
def _ids(page):
    return {html.unescape(name) for name in _ID.findall(_text(page))}


def _plain(markup):
    return html.unescape(_TAG.sub("", markup))


def _is_elsewhere(link):
    return bool(re.match(r"(\w+:)?//|\w+:", link))


def _resolved(page, link):
    path = urllib.parse.unquote(html.unescape(link)).partition("#")[0].partition("?")[0]
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page


def _is_there(page, link):
    target = _resolved(page, link)
    heading = urllib.parse.unquote(html.unescape(link)).partition("#")[2]
    if not (FOLDER / target).is_file():
        return False
    return not heading or not target.endswith(".html") or heading in _ids(target)
