# SPDX-License-Identifier: BSD-2-Clause
"""Forged packets: what really goes over the wire, changed and sent again."""

import random
import socket
import struct
import time

from esp import Packet

WIRE = "wire"
ETH_P_ALL = 3
AHEAD = 1 << 20     # far ahead of the replay window: nothing but the ICV stops it


def checksum(header):
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def rebuild(frame, esp):
    """The frame with another ESP part, lengths and checksum of the headers right."""
    packet = Packet(frame)
    head = bytearray(frame[:14] + packet.outer[:packet.outer.index(packet.esp)])
    size = len(head) - 14 + len(esp)
    if packet.version == 4:
        struct.pack_into("!H", head, 16, size)
        struct.pack_into("!H", head, 24, 0)
        struct.pack_into("!H", head, 24, checksum(bytes(head[14:34])))
    else:
        struct.pack_into("!H", head, 18, size - 40)
    if packet.natt:
        struct.pack_into("!HH", head, len(head) - 4, len(esp) + 8, 0)
    return bytes(head) + esp


def ahead(esp):
    sequence = struct.unpack_from("!I", esp, 4)[0] + AHEAD
    return bytearray(esp[:4] + struct.pack("!I", sequence) + esp[8:])


def flip(esp, first, last, rng):
    bit = rng.randrange(first * 8, last * 8)
    esp[bit // 8] ^= 1 << bit % 8
    return esp


def sequence_only(esp, rng):
    return ahead(esp)


def flipped_text(esp, rng):
    return flip(ahead(esp), 8, len(esp) - 12, rng)


def flipped_icv(esp, rng):
    return flip(ahead(esp), len(esp) - 12, len(esp), rng)


def truncated(esp, rng):
    return ahead(esp)[:rng.randrange(8, len(esp))]


def truncated_by_blocks(esp, rng):
    return ahead(esp)[:len(esp) - 16 * rng.randrange(1, len(esp) // 16)]


def longer(esp, rng):
    return ahead(esp) + rng.randbytes(rng.randrange(1, 64))


def unknown_spi(esp, rng):
    return flip(bytearray(esp), 0, 4, rng)


def replayed(esp, rng):
    return bytearray(esp)


KINDS = (sequence_only, flipped_text, flipped_icv, truncated, truncated_by_blocks, longer,
         unknown_spi, replayed)


def forge(count, seed, seconds):
    """Sends count forgeries of this end's own outgoing ESP packets, all kinds in turn."""
    rng = random.Random(seed)
    sent = 0
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as sock:
        sock.bind((WIRE, ETH_P_ALL))
        sock.settimeout(1)
        deadline = time.monotonic() + seconds
        while sent < count and time.monotonic() < deadline:
            try:
                frame, sender = sock.recvfrom(65535)
            except TimeoutError:
                continue
            if sender[2] != socket.PACKET_OUTGOING or not Packet.is_esp(frame):
                continue
            esp = Packet(frame).esp
            forged = KINDS[sent % len(KINDS)](esp, rng)
            sock.send(rebuild(frame, bytes(forged)))
            sent += 1
    return sent
