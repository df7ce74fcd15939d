# SPDX-License-Identifier: BSD-2-Clause
"""A user of the kernel's crypto API through AF_ALG; c/afalg.c is for a guest without Python."""

import contextlib
import errno
import socket


@contextlib.contextmanager
def transform(kind, algorithm, key=None, icv_bytes=None):
    """A transform of "skcipher", "hash" or "aead", as the socket that is bound to it; with its
    key, and the size of its ICV, if given."""
    with socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET) as bound:
        bound.bind((kind, algorithm))
        if icv_bytes is not None:
            bound.setsockopt(socket.SOL_ALG, socket.ALG_SET_AEAD_AUTHSIZE, None, icv_bytes)
        if key is not None:
            bound.setsockopt(socket.SOL_ALG, socket.ALG_SET_KEY, key)
        yield bound


@contextlib.contextmanager
def user(kind, algorithm, key, icv_bytes=None):
    """The socket that requests go through, of a transform of its own."""
    with transform(kind, algorithm, key, icv_bytes) as bound, bound.accept()[0] as requests:
        yield requests


def received(requests, size):
    """So many bytes of result; OSError when there are fewer."""
    out = b""
    while len(out) < size:
        piece = requests.recv(size - len(out))
        if not piece:
            raise OSError(errno.EIO, f"{len(out)} bytes of result, not {size}")
        out += piece
    return out


def encrypt(requests, data, iv, icv_bytes=0, **options):
    """The result of one request, an AEAD's with its associated data (assoclen=) and its ICV."""
    sent = requests.sendmsg_afalg([data], op=socket.ALG_OP_ENCRYPT, iv=iv, **options)
    if sent < len(data):    # recv() would wait for the rest
        raise OSError(errno.ENOMEM, f"{sent} bytes taken")
    return received(requests, len(data) + icv_bytes)


def digest(requests, data, size):
    requests.sendall(data)
    return received(requests, size)
