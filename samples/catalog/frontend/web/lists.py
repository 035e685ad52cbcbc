"""The products that are stored, page by page, and the words that lead to the other pages."""

from __future__ import annotations

from typing import Final

import attrs

from samples.catalog.frontend.web.sessions import BrowserSession, Place
from samples.catalog.provider.products import Product
from samples.catalog.service.outcomes import Listing, Refused

PAGE_SIZE: Final = 20  # products


@attrs.frozen
class ListedPage:
    """One page of a list, ready to be shown.

    Attributes:
        products: The products on it.
        number: Its number, from 1 on.
        at: Its word; None for the first page.
        before: The word of the page before; None where that is the first page.
        next: The word of the next page, or None if there is none.
        unreadable: Why it could not be read, or empty.
    """

    products: tuple[Product, ...]
    number: int
    at: str | None
    before: str | None
    next: str | None
    unreadable: str = ""


def list_of(browser: BrowserSession, kind: type[Product], at: str | None) -> ListedPage:
    """Read one page of a list.

    Args:
        browser: The session of the browser.
        kind: The class of product that is listed.
        at: The word of the page; None, and what is not known any more, is the first one.
    """
    place = browser.place(at, kind)
    word = at if place.number > 1 else None
    found = browser.service.listing(kind, PAGE_SIZE, place.start)
    if not isinstance(found, Listing):
        why = found.why if isinstance(found, Refused) else str(found)
        return ListedPage(
            (), place.number, word, place.before, None, f"This cannot be shown: {why}"
        )
    following = None
    if found.next is not None:
        following = browser.keep_place(Place(kind, found.next, place.number + 1, word))
    return ListedPage(found.products, place.number, word, place.before, following)
