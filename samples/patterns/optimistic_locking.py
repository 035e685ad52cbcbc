"""Optimistic locking: nobody overwrites a change that they have not seen.

Ann and Ben open the same document. Both edit, Ann saves, Ben saves, and Ann's work is gone:
nothing failed, so nobody notices. Locking the document while it is open on a screen is no way
out either. So it has a version, which every write demands and raises:

    UPDATE document SET content = '...', version = 3 WHERE id = 'd-1' AND version = 2

The library writes that condition. What comes of it depends on where the document was read:

- in the same transaction: `@transactional` runs the function again with a fresh read, until it
  has been faster than everybody else. Nobody sees an error;
- earlier, as on a screen: only people can say what is to become of the two edits. The error
  has the document as it is now.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import define

from transactscope import Database, TransactScope, entity, transactional
from transactscope.errors import StaleReadError


@entity("Document", partition_key="id", version="version")
@define
class Document:
    """A text that several people write at; how often it was seen is counted in it, too."""

    id: str
    content: str
    views: int = 0
    version: int | None = None


class UnknownDocumentError(Exception):
    """There is no such document."""


class EditedMeanwhileError(Exception):
    """Somebody else has saved since the document was opened.

    Args:
        current: The document as it is stored now.
    """

    def __init__(self, current: Document) -> None:
        super().__init__("somebody else has saved since the document was opened")
        self.current = current


@transactional
def edit(tx: TransactScope, document_id: str, change: Callable[[str], str]) -> Document:
    """Change what the document says at the moment. `change` may be called several times."""
    document = _document(tx, document_id)
    document.content = change(document.content)
    tx.update(document)
    return document


@transactional
def count_view(tx: TransactScope, document_id: str) -> None:
    """Count one more view."""
    document = _document(tx, document_id)
    document.views += 1
    tx.update(document)


def save(db: Database, document: Document) -> None:
    """Write back a document that was opened some time ago.

    Raises:
        EditedMeanwhileError: It is not the stored version any more; nothing was written.
        UnknownDocumentError: It was deleted meanwhile; nothing was written.
    """
    try:
        db.replace(document, raises=UnknownDocumentError)
    except StaleReadError as error:
        raise EditedMeanwhileError(error.failures[0].item) from error


def run(db: Database) -> None:
    """Play the story on an empty table."""
    db.create_table(Document)
    db.insert(Document("d-1", "Dear all,"))

    print("Ann and Ben open the document. Both edit it, and Ann saves first:")
    anns, bens = _document(db, "d-1"), _document(db, "d-1")
    anns.content += " tea is at four."
    bens.content += " bring cake."
    save(db, anns)
    print(f"- stored is version {anns.version}: {anns.content}")
    try:
        save(db, bens)
    except EditedMeanwhileError as error:
        print(f"- Ben is refused, and sees what is stored now: {error.current}")

    print("A program adds Ben's line in a transaction, and Ann saves once more in between:")
    seen: list[str] = []

    def add_bens_line(content: str) -> str:
        seen.append(content)
        if len(seen) == 1:
            anns.content += " At mine."
            save(db, anns)
        return f"{content} Bring cake."

    document = edit(db, "d-1", add_bens_line)
    for number, content in enumerate(seen, 1):
        print(f"- attempt {number} read: {content}")
    print(f"- stored is version {document.version}: {document.content}")


def _document(source: TransactScope | Database, document_id: str) -> Document:
    document = source.get(Document, document_id)
    if document is None:
        raise UnknownDocumentError
    return document
