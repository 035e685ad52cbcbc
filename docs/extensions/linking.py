"""What leads where: names in code font to the reference, and links to files of the checkout."""

from __future__ import annotations

import re
import typing

from docutils import nodes
from exports import targets
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform

_NAME = re.compile(r"@?(?:[a-z]+\.)*(\w+)(\(.*\))?")
# A word without capital and underscore is only meant to be a name where it is called, and these are
# words of AWS, too.
_UNMISTAKABLE = re.compile(r"[A-Z]|\w+_\w")
_AMBIGUOUS = {"Action", "Event", "Item", "Key", "Query", "TTL"}


class LinkNames(SphinxTransform):
    """Let the first mention of a public name in a section lead to its entry."""

    default_priority = 400

    def apply(self, **_: object) -> None:
        """Wrap what is found into references; whoever writes a page need not."""
        seen: set[tuple[int, str]] = set()
        for literal in list(self.document.findall(nodes.literal)):
            target = _target_of(literal)
            place = (id(_section_of(literal)), target)
            if target and place not in seen and not _is_linked(literal):
                seen.add(place)
                _link(literal, target, self.env.docname)


def _target_of(literal: nodes.literal) -> str:
    found = _NAME.fullmatch(literal.astext())
    if not found or found[1] in _AMBIGUOUS:
        return ""
    is_meant = found[2] or found[0].startswith("@") or _UNMISTAKABLE.match(found[1])
    return targets().get(found[1], "") if is_meant else ""


def _section_of(node: nodes.Node) -> nodes.Node | None:
    while node.parent and not isinstance(node, (nodes.section, addnodes.desc)):
        node = node.parent
    return node


def _is_linked(node: nodes.Node) -> bool:
    apart = (nodes.reference, nodes.title, addnodes.pending_xref, addnodes.desc_signature)
    while node.parent:
        node = node.parent
        if isinstance(node, apart):
            return True
    return False


def _link(literal: nodes.literal, target: str, page: str) -> None:
    facts = {"refdomain": "py", "reftype": "obj", "reftarget": target, "refdoc": page}
    reference = addnodes.pending_xref("", **facts, refexplicit=False, refwarn=True)
    literal.replace_self(reference)
    reference += literal


def resolve_name(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, text: nodes.TextElement
) -> nodes.reference | None:
    """Find what an annotation names by the last part, wherever that is written."""
    target = targets().get(node.get("reftarget", "").rpartition(".")[2])
    if node.get("refdomain") != "py" or target in (None, node["reftarget"]):
        return None
    domain = env.domains["py"]
    return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", target, node, text)


def setup(app: Sphinx) -> dict[str, typing.Any]:
    """Link what nobody has linked."""
    app.add_transform(LinkNames)
    app.connect("missing-reference", resolve_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
