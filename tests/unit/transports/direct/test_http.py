"""The reader of answers: strict, whatever comes, in whatever pieces."""

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.transports.direct.servers import OK, answer
from transactscope.transports.direct import http
from transactscope.transports.direct.http import (
    ConnectionEndedError,
    GarbledAnswerError,
    blocks,
    read_answer,
)

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def received(content, cuts=()):
    """Return a function that hands content out in pieces, and its end ever after."""
    bounds = [0, *sorted(cut for cut in cuts if 0 < cut < len(content)), len(content)]
    pieces = [content[start:end] for start, end in itertools.pairwise(bounds)]
    pieces = [piece for piece in pieces if piece]

    def receive(size):
        if not pieces:
            return b""
        piece = pieces.pop(0)
        if len(piece) > size:
            pieces.insert(0, piece[size:])
        return piece[:size]

    return receive


def read(content, cuts=()):
    """Read an answer."""
    return read_answer(received(content, cuts))


def told(came):
    """Return what an answer says, for comparison."""
    return came.status, came.body, came.is_last


GOOD = {
    "plain": (answer(b"{}"), (200, b"{}", False)),
    "kept": (answer(b"{}", b"Connection: keep-alive"), (200, b"{}", False)),
    "closing": (answer(b"{}", b"Connection: close"), (200, b"{}", True)),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}", (200, b"{}", False)),
    "empty reason": (b"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\n{}", (200, b"{}", False)),
    "error": (answer(b"{}", status=b"400 Bad Request"), (400, b"{}", False)),
    "old": (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", (200, b"{}", True)),
    "old, kept": (
        b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\n{}",
        (200, b"{}", False),
    ),
    "until the end": (OK + b"A: b\r\n\r\n{}", (200, b"{}", True)),
    "no headers": (OK + b"\r\n{}", (200, b"{}", True)),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"", False)),
    "interim": (
        b"HTTP/1.1 100 Continue\r\n\r\n" + b"HTTP/1.1 103 Hints\r\nA: b\r\n\r\n" + answer(b"{}"),
        (200, b"{}", False),
    ),
    "chunks": (CHUNKED + b"1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n", (200, b"{}", False)),
    "trailers": (CHUNKED + b"2\r\n{}\r\n0\r\nA: b\r\nC: d\r\n\r\n", (200, b"{}", False)),
    "twice the same length": (
        OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        (200, b"{}", False),
    ),
    "two answers": (answer(b"{}") * 2, (200, b"{}", True)),
    "bytes too many": (answer(b"{}") + b"x", (200, b"{}", True)),
    "identity": (
        OK + b"Content-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}",
        (200, b"{}", False),
    ),
    "spaces": (OK + b"Content-Length: \t2 \t\r\n\r\n{}", (200, b"{}", False)),
}

GARBAGE = {
    "other protocol": b"SSH-2.0-OpenSSH_9\r\n\r\n",
    "other version": b"HTTP/2 200 OK\r\n\r\n",
    "no status": b"HTTP/1.1 OK\r\n\r\n",
    "a status too long": b"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\n{}",
    "a status too high": b"HTTP/1.1 999 OK\r\nContent-Length: 2\r\n\r\n{}",
    "a space before": b" HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "a line before": b"\r\n" + answer(b"{}"),
    "only line feeds": b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}\r\n\r\n",
    "a line feed in a header": OK + b"A: b\nContent-Length: 2\r\n\r\n{}",
    "a return in a header": OK + b"A: b\rC: d\r\nContent-Length: 2\r\n\r\n{}",
    "a null in a header": OK + b"A: \0\r\nContent-Length: 2\r\n\r\n{}",
    "a folded header": OK + b"A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}",
    "a header without a name": OK + b": b\r\nContent-Length: 2\r\n\r\n{}",
    "a header without a colon": OK + b"Content-Length 2\r\n\r\n{}",
    "a space before a colon": OK + b"Content-Length : 2\r\n\r\n{}",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "two lengths in one": OK + b"Content-Length: 2, 3\r\n\r\n{}",
    "a negative length": OK + b"Content-Length: -2\r\n\r\n{}",
    "a length with a sign": OK + b"Content-Length: +2\r\n\r\n{}",
    "a length in other digits": OK + "Content-Length: ²\r\n\r\n{}".encode("latin-1"),
    "no length at all": OK + b"Content-Length: \r\n\r\n{}",
    "a length beyond all limits": OK + b"Content-Length: 99999999999\r\n\r\n{}",
    "compressed": OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    "another transfer": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "a length beside chunks": (
        OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    ),
    "chunks of old": b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "no size of a chunk": CHUNKED + b"x\r\n{}\r\n0\r\n\r\n",
    "a negative size": CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n",
    "a size too long": CHUNKED + b"000000002\r\n{}\r\n0\r\n\r\n",
    "a huge chunk": CHUNKED + b"FFFFFFFF\r\n",
    "a chunk that is longer": CHUNKED + b"2\r\n{}x\r\n0\r\n\r\n",
    "another protocol from here": b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + answer(b"{}"),
    "interim answers without end": b"HTTP/1.1 100 Continue\r\n\r\n" * 50 + answer(b"{}"),
    "headers without end": OK + b"A: b\r\n" * 100_000,
    "too many headers": OK + b"A: b\r\n" * 300 + b"\r\n",
    "a size without end": CHUNKED + b"1" * 100_000,
    "trailers without end": CHUNKED + b"0\r\n" + b"A: b\r\n" * 300,
}

SHORT = {
    "an end at once": b"",
    "half a status line": b"HTTP/1.1 20",
    "half a head": OK + b"Content-Le",
    "half a body": OK + b"Content-Length: 3\r\n\r\n{}",
    "no body": OK + b"Content-Length: 3\r\n\r\n",
    "half a chunk": CHUNKED + b"3\r\n{}",
    "no last chunk": CHUNKED + b"2\r\n{}\r\n",
    "no end of trailers": CHUNKED + b"2\r\n{}\r\n0\r\n",
    "only an interim answer": b"HTTP/1.1 100 Continue\r\n\r\n",
}


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("cuts", [(), range(1, 500)], ids=["at once", "byte by byte"])
def test_answers_are_read(name, cuts):
    """However they are framed and cut, and with the word whether the connection can go on."""
    content, expected = GOOD[name]

    if name in ("two answers", "bytes too many") and cuts:  # the rest has not come yet
        expected = (*expected[:2], False)
    assert expected == told(read(content, cuts))


@pytest.mark.parametrize("name", GARBAGE)
@pytest.mark.parametrize("cuts", [(), range(1, 500)], ids=["at once", "byte by byte"])
def test_garbage_is_refused(name, cuts):
    """What does not keep to HTTP says nothing about a write."""
    with pytest.raises(GarbledAnswerError):
        read(GARBAGE[name], cuts)


@pytest.mark.parametrize("name", SHORT)
def test_half_answers_are_refused(name):
    """An answer that ended early is none."""
    with pytest.raises(ConnectionEndedError):
        read(SHORT[name])


def test_names_of_headers_are_small_and_values_joined():
    """As botocore shows them."""
    came = read(OK + b"A-b: 1\r\nCONTENT-LENGTH: 2\r\na-B: \xe9\r\n\r\n{}")

    assert {"a-b": "1, \xe9", "content-length": "2"} == came.headers


def test_names_are_not_remembered_without_end(monkeypatch):
    """A server that makes up names fills no memory."""
    monkeypatch.setattr(http, "_NAMES", {})
    monkeypatch.setattr(http, "_MOST_NAMES", 3)
    read(OK + b"".join(b"n%d: x\r\n" % number for number in range(10)) + b"\r\n")

    assert len(http._NAMES) == 3


@pytest.mark.parametrize("framing", ["length", "chunks", "end"])
def test_large_answers_are_read(framing):
    """A batch is answered with 16 MB."""
    body = b"x" * 17_000_000
    content = {
        "length": answer(body),
        "chunks": CHUNKED + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body),
        "end": OK + b"\r\n" + body,
    }[framing]

    assert body == read(content).body


@pytest.mark.parametrize("framing", ["chunks", "end"])
def test_answers_that_never_end_are_refused(framing, monkeypatch):
    """Memory has an end."""
    monkeypatch.setattr(http, "_LONGEST_BODY", 1000)
    content = {"chunks": CHUNKED + b"100\r\n" * 1 + (b"x" * 256 + b"\r\n100\r\n") * 9}
    content["end"] = OK + b"\r\n" + b"x" * 2000

    with pytest.raises(GarbledAnswerError):
        read(content[framing], range(100, 2000, 100))


@pytest.mark.slow
@given(st.binary(max_size=400), st.sets(st.integers(1, 400), max_size=20))
@example(OK + b"\r\n", set())
def test_any_bytes_are_read_or_refused(content, cuts):
    """Never another exception, and never without end."""
    try:
        came = read(content, cuts)
    except (GarbledAnswerError, ConnectionEndedError):
        return

    assert content.startswith((b"HTTP/1.1 ", b"HTTP/1.0 "))
    assert came.body in content


fields = st.lists(
    st.sampled_from(
        [
            b"Content-Length: 2",
            b"Content-Length: 5",
            b"content-length: 02",
            b"Transfer-Encoding: chunked",
            b"Transfer-Encoding: identity",
            b"Connection: close",
            b"Connection: keep-alive",
            b"Content-Encoding: gzip",
            b"X: y",
            b" folded",
            b"nothing",
        ]
    ),
    max_size=4,
)


@pytest.mark.slow
@given(
    st.sampled_from([b"HTTP/1.1 200 OK", b"HTTP/1.0 200 OK", b"HTTP/1.1 100 C", b"HTTP/1.1 500 X"]),
    fields,
    st.sampled_from([b"{}", b"2\r\n{}\r\n0\r\n\r\n", b"", b"{", b"2\r\n{}\r\n", b"0\r\n\r\n"]),
    st.sets(st.integers(1, 120), max_size=6),
)
def test_almost_answers_are_read_alike_however_they_are_cut(line, lines, body, cuts):
    """Where a packet ends changes nothing, so no answer of half a packet is a success."""
    content = b"\r\n".join((line, *lines, b"", body))

    def outcome(cuts):
        try:
            return told(read(content, cuts))[:2]
        except (GarbledAnswerError, ConnectionEndedError) as error:
            return type(error)

    assert outcome(()) == outcome(cuts)


@pytest.mark.slow
@given(st.lists(st.binary(max_size=50), max_size=30))
def test_blocks_are_the_pieces(pieces):
    """Nothing is lost, doubled or put elsewhere."""
    assert b"".join(pieces) == b"".join(blocks(pieces))


def test_a_long_piece_is_not_copied():
    """What is large enough is sent as it stands."""
    piece = b"x" * http.BLOCK

    assert piece is next(blocks([piece, b"y"]))
