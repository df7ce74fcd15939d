# SPDX-License-Identifier: BSD-2-Clause
"""UML's management console: one datagram per command, one or more in reply.

The layout is that of struct mconsole_request and mconsole_reply in the kernel's
arch/um/drivers/mconsole.h: native 32-bit words, 512 bytes of text.
"""

import os
import socket
import struct

from fail import Failure

MAGIC = 0xCAFEBABE
VERSION = 2
TEXT_MAX = 511
REPLY_S = 60  # removing a card waits for its driver to let go of it


def request(text):
    data = text.encode()
    if len(data) > TEXT_MAX:
        raise Failure(f"UML's console takes {TEXT_MAX} bytes, not {len(data)}")
    return struct.pack("=III", MAGIC, VERSION, len(data)) + data.ljust(TEXT_MAX + 1, b"\0")


def parse(datagram):
    """(error, more follows, text) of one reply."""
    if len(datagram) < 12:
        raise Failure("UML's console gave a reply without a head")
    error, more, size = struct.unpack_from("=III", datagram)
    return error, bool(more), datagram[12:12 + size].rstrip(b"\0").decode(errors="replace")


def ask(path, own, text, patience=REPLY_S):
    """One command to the console at path, from a socket bound to own; the reply's text.
    TimeoutError if there is none after patience seconds."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(own)
        try:
            sock.settimeout(patience)
            sock.sendto(request(text), path)
            return replies(sock, text)
        finally:
            os.unlink(own)


def replies(sock, text):
    said, failed, more = "", False, True
    while more:
        error, more, part = parse(sock.recv(4096))
        failed = failed or bool(error)
        said += part
    if failed:
        raise Failure(f"UML's console refuses {text!r}: {said or 'no reason given'}")
    return said
