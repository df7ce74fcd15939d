# SPDX-License-Identifier: BSD-2-Clause
"""The client of AF_ALG, against a socket that gives what it is told to."""

import errno
import socket

import afalg
import pytest


class Requests:
    """The kernel's end: takes so much of a request, gives its result in these pieces."""

    def __init__(self, pieces, taken=None):
        self.pieces, self.taken = list(pieces), taken
        self.asked, self.options = [], None

    def sendmsg_afalg(self, buffers, **options):
        self.options = options
        return len(buffers[0]) if self.taken is None else self.taken

    def sendall(self, data):
        self.options = data

    def recv(self, size):
        self.asked.append(size)
        return self.pieces.pop(0)


def test_a_result_in_pieces():
    requests = Requests([b"ab", b"c", b"d"])
    assert afalg.encrypt(requests, b"1234", b"iv") == b"abcd"
    assert requests.asked == [4, 2, 1]
    assert requests.options == {"op": socket.ALG_OP_ENCRYPT, "iv": b"iv"}


def test_an_aead_gives_its_icv_too():
    requests = Requests([b"abcdef"])
    assert afalg.encrypt(requests, b"1234", b"iv", 2, assoclen=1) == b"abcdef"
    assert requests.asked == [6] and requests.options["assoclen"] == 1


def test_a_request_taken_in_part():
    with pytest.raises(OSError) as caught:
        afalg.encrypt(Requests([], taken=3), b"1234", b"iv")
    assert caught.value.errno == errno.ENOMEM


def test_a_result_that_ends_early():
    with pytest.raises(OSError, match="2 bytes of result, not 4"):
        afalg.encrypt(Requests([b"ab", b""]), b"1234", b"iv")


def test_a_digest():
    requests = Requests([b"0123456789"])
    assert afalg.digest(requests, b"data", 10) == b"0123456789"
    assert requests.options == b"data"


def test_what_a_transform_sets_and_in_which_order(monkeypatch):
    calls = []

    class Socket:
        def __init__(self, *args):
            calls.append(args)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            calls.append("closed")

        def bind(self, address):
            calls.append(address)

        def setsockopt(self, level, name, *value):
            calls.append((name, value))

        def accept(self):
            return Socket("requests"), None

    monkeypatch.setattr(afalg.socket, "socket", Socket)
    with afalg.user("aead", "authenc(x)", b"key", 12):
        pass
    assert calls == [(socket.AF_ALG, socket.SOCK_SEQPACKET), ("aead", "authenc(x)"),
                     (socket.ALG_SET_AEAD_AUTHSIZE, (None, 12)), (socket.ALG_SET_KEY, (b"key",)),
                     ("requests",), "closed", "closed"]
