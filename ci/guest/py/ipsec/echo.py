# SPDX-License-Identifier: BSD-2-Clause
"""Datagrams there and back at a pace (as RFC 862 has it), each accounted for by its number.

usage: echo.py ask SOURCE TARGET PORT COUNT INTERVAL_S BYTES
       echo.py answer ADDRESS PORT

A COUNT of 0, and the answering end, go on until they are interrupted.

Both print what they know as JSON in the end. It is no ICMP, since the kernel answers that from one
socket with room for 64 KiB of payload: 58 answers of 600 bytes under way. When an end or the
wire stands still for 0.6 s at 100 requests per second the others are dropped (Ip6OutDiscards),
and ping(8) has as little room to receive. Here both ends have room for all.
"""

import itertools
import json
import select
import signal
import socket
import struct
import sys
import time

NUMBER = struct.Struct("!I")
LINGER_S = 10                       # for the last answers
ROOM = 16 << 20                     # for what comes, or waits to go, all at once
SO_SNDBUFFORCE, SO_RCVBUFFORCE, SO_MEMINFO = 32, 33, 55
DROPS = 8                           # of SO_MEMINFO's words: what found no room


def bound(address, port):
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET,
                         socket.SOCK_DGRAM)
    for option in (SO_SNDBUFFORCE, SO_RCVBUFFORCE):
        sock.setsockopt(socket.SOL_SOCKET, option, ROOM)
    sock.bind((address, port))
    return sock


def dropped(sock):
    return struct.unpack("9I", sock.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 36))[DROPS]


class Asker:
    """One run: what was sent when, what came back when."""

    def __init__(self, source, target, port, size):
        self.sock = bound(source, 0)
        self.target = (target, port)
        self.fill = bytes(size - NUMBER.size)
        self.sent, self.waits, self.refused, self.twice = {}, {}, {}, []
        self.missing = set()
        self.stop = False

    def interrupt(self, *_):
        self.stop = True

    def send(self, number):
        self.sent[number] = time.monotonic()
        self.missing.add(number)
        try:
            self.sock.sendto(NUMBER.pack(number) + self.fill, self.target)
        except OSError as error:
            self.refused[number] = error.strerror

    def receive(self, until):
        """Takes answers until that time, or until none is missing."""
        while (left := until - time.monotonic()) > 0 and self.missing:
            if not select.select([self.sock], [], [], left)[0]:
                return
            number, = NUMBER.unpack_from(self.sock.recv(65535))
            if number in self.waits:
                self.twice.append(number)
            self.waits.setdefault(number, time.monotonic() - self.sent[number])
            self.missing.discard(number)

    def run(self, count, interval):
        for number in range(count) if count else itertools.count():
            if self.stop:
                break
            self.send(number)
            pause = self.sent[number] + interval
            self.receive(pause)
            time.sleep(max(0, pause - time.monotonic()))
        self.receive(time.monotonic() + LINGER_S)
        return {"sent": len(self.sent), "missing": sorted(self.missing), "twice": self.twice,
                "refused": self.refused,
                "longest_ms": int(1000 * max(self.waits.values(), default=0)),
                "dropped_by_socket": dropped(self.sock)}


def answer(sock):
    """Sends back what comes; which numbers came, and which could not be sent."""
    came, refused = [], {}
    print("listening", flush=True)
    try:
        while True:
            data, sender = sock.recvfrom(65535)
            came.append(NUMBER.unpack_from(data)[0])
            try:
                sock.sendto(data, sender)
            except OSError as error:
                refused[came[-1]] = error.strerror
    except KeyboardInterrupt:
        return {"came": came, "refused": refused, "dropped_by_socket": dropped(sock)}


def main(role, address, *rest):
    if role == "answer":
        signal.signal(signal.SIGINT, signal.default_int_handler)    # also in the background
        return answer(bound(address, int(rest[0])))
    target, port, count, interval, size = rest
    asker = Asker(address, target, int(port), int(size))
    signal.signal(signal.SIGINT, asker.interrupt)
    return asker.run(int(count), float(interval))


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
