"""What every request has to pass, and what every answer says: tokens, hosts, headers, errors."""

import re

import pytest

from samples.catalog.frontend.terminal import PARTITAS
from samples.catalog.frontend.web.server import create_app
from samples.catalog.provider.products import facts_of
from samples.catalog.service.outcomes import Listed
from samples.catalog.tests.visitor import Page

OURS = {"Origin": "http://localhost"}
TYPED = {**facts_of(PARTITAS), "kind": "album", "do": "add"}


def post(visitor, token, headers=None, address="/album"):
    """Send a form that adds a product, and return the answer and its page."""
    data = TYPED if token is None else {**TYPED, "token": token}
    response = visitor.client.post(address, data=data, headers=headers)
    return response, Page(response.text)


@pytest.mark.parametrize("token", [None, "", "wrong", "é", "x" * 10_000])
def test_a_form_without_its_token_does_nothing(visitor, other, token):
    """Another site cannot press our buttons."""
    response, page = post(visitor, token)

    assert 400 == response.status_code
    assert "Nothing was done" in page.said("status")
    assert Listed(()) == other.stored()


def test_the_token_of_somebody_else_does_not_count(visitor, somebody, other):
    """A token belongs to one session."""
    response, _ = post(visitor, somebody.page.inputs["token"])

    assert 400 == response.status_code
    assert Listed(()) == other.stored()


def test_a_token_without_its_cookie_does_not_count(site, visitor, other):
    """Neither does it open a session, nor put a cookie in the place of another."""
    response = site.test_client().post(
        "/album", data={**TYPED, "token": visitor.page.inputs["token"]}
    )

    assert 400 == response.status_code
    assert "Set-Cookie" not in response.headers
    assert Listed(()) == other.stored()


@pytest.mark.parametrize("has_cookie", [True, False])
def test_an_old_form_of_ours_loses_nothing(visitor, site, other, has_cookie):
    """Who comes back after a restart or a long pause finds what was typed."""
    if not has_cookie:
        visitor.client = site.test_client()
    response, page = post(visitor, "of an ended session", OURS)
    back = visitor.open(page.links["Go back: what you typed is still there"])

    assert 400 == response.status_code
    assert facts_of(PARTITAS).items() <= back.inputs.items()
    assert Listed(()) == other.stored()


def test_a_form_of_another_site_is_not_kept(visitor):
    """Nobody else puts words into our form."""
    _, page = post(visitor, "wrong", {"Origin": "http://elsewhere.example"})

    assert "Go to the catalog" in page.links


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8080", 200),
        ("localhost", 200),
        ("rebound.example:8080", 400),
        ("127.0.0.1.rebound.example", 400),
        ("", 400),
    ],
)
def test_other_names_of_this_machine_are_refused(visitor, sessions, host, status):
    """A name that somebody points here does not make their page part of ours."""
    response = visitor.client.get("/album", headers={"Host": host})

    assert status == response.status_code
    assert (status == 200) == ("Set-Cookie" in response.headers)


@pytest.mark.parametrize("address", ["/album", "/nowhere", "/static/style.css", "/"])
def test_every_answer_has_its_headers(visitor, address):
    """Nothing runs, nothing is framed, nothing is guessed."""
    with visitor.client.get(address) as response:
        headers = response.headers

    policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    assert headers["Content-Security-Policy"].startswith(f"{policy}frame-ancestors 'none'")
    assert "nosniff" == headers["X-Content-Type-Options"]
    assert "same-origin" == headers["Referrer-Policy"]


def test_pages_are_not_kept_by_browsers(visitor):
    """What is shown after going back is what is true then."""
    kept = [visitor.client.get(each).headers["Cache-Control"] for each in ("/album", "/nowhere")]

    assert ["no-store"] * 2 == kept


def test_the_cookie_is_for_this_page_alone(site):
    """No script reads it, no other site sends it along, and it says nothing but an id."""
    cookie = site.test_client().get("/album").headers["Set-Cookie"]

    assert {"HttpOnly", "SameSite=Lax", "Path=/"} == set(cookie.split("; ")[1:])


def test_a_cookie_that_was_tampered_with_is_none(visitor):
    """Nobody takes over a session by writing a cookie."""
    (cookie,) = visitor.client._cookies.values()
    visitor.press("Begin")
    visitor.client.set_cookie("catalog", cookie.value[:-2] + "xx")

    assert "No transaction is open" == visitor.open("/album").said("transaction")


def test_a_page_that_does_not_exist_is_said(visitor):
    """With a way to one that does."""
    page = visitor.open("/song")

    assert 404 == visitor.response.status_code
    assert "There is no page here." == page.said("status")
    assert "/" == page.links["Go to the catalog"]


@pytest.mark.parametrize("address", ["/", "/static/style.css"])
def test_an_address_that_takes_no_forms_is_said(visitor, address):
    """What was typed can be had back."""
    response, page = post(visitor, visitor.page.inputs["token"], address=address)
    back = visitor.open(page.links["Go back: what you typed is still there"])

    assert (405, "GET" in response.headers["Allow"]) == (response.status_code, True)
    assert "not used like that" in page.said("status")
    assert facts_of(PARTITAS).items() <= back.inputs.items()


def test_an_unknown_kind_of_product_is_said(visitor):
    """A form for what does not exist comes from no page of ours."""
    response, _ = post(visitor, visitor.page.inputs["token"], address="/song")

    assert 404 == response.status_code


def test_a_mistake_of_the_program_is_said(visitor, monkeypatch, caplog):
    """The session goes on, what was typed is kept, and the log has the traceback."""

    def fail(*_, **__):
        raise RuntimeError("something is broken")

    visitor.press("Begin")
    monkeypatch.setattr("samples.catalog.provider.store.add", fail)
    page = visitor.press("Add", **facts_of(PARTITAS))
    back = visitor.open(page.links["Go back: what you typed is still there"])

    assert "look at the products" in page.said("status")
    assert "broken" not in visitor.response.text
    assert facts_of(PARTITAS).items() <= back.inputs.items()
    assert "A transaction is open" == back.said("transaction")
    assert "something is broken" in caplog.text


def test_more_text_than_fits_is_said(visitor):
    """A form of many megabytes costs the program nothing."""
    response, page = post(visitor, "x" * 5_000_000)

    assert 413 == response.status_code
    assert "more text than a product can have" in page.said("status")


def test_the_style_is_ours_and_complete(visitor):
    """The page asks nobody else for anything."""
    with visitor.client.get("/static/style.css") as response:
        style = response.text
    asked_for = re.findall(r'(?:src|href)="([^"]*)"', visitor.response.text)

    assert "text/css" in response.content_type
    assert "prefers-color-scheme: dark" in style
    assert "url(" not in style
    assert [] == [each for each in asked_for if each[0] not in "/#"]


def test_a_program_that_is_started_again_has_other_cookies(sessions):
    """Who signs cookies lives no longer than the sessions that they name."""
    first, second = (create_app(sessions, engine="").secret_key for _ in range(2))

    assert first != second
