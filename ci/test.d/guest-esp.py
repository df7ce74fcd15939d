# SPDX-License-Identifier: BSD-2-Clause
"""Datagrams there and back through guest-esp.sh's tunnel, each compared at both ends.

usage: guest-esp.py echo ADDRESS
       guest-esp.py ask SOURCE ADDRESS [COUNT [WINDOW]]

Either ends at SIGTERM, the asker after COUNT datagrams as well (0: none), and prints one
line of keys and numbers. The asker keeps WINDOW of them on the way; one that is not
answered within LOST_S is lost. Datagrams have no UDP checksum: wrong data is to be seen,
not dropped by the kernel.
"""

import random
import select
import signal
import socket
import struct
import sys
import time

PORT = 9100
HEAD = struct.Struct("!QI")     # number, bytes in all
MIN_BYTES, MAX_BYTES = 64, 1300
LOST_S = 20
POLL_S = 0.2
SO_NO_CHECK, SO_RCVBUFFORCE = 11, 33
TEXT = random.Random(1).randbytes(8192)

stopped = False


def stop(*_):
    global stopped
    stopped = True


def datagram(number):
    """The datagram of that number; its length differs from its neighbours'."""
    size = MIN_BYTES + number * 37 % (MAX_BYTES - MIN_BYTES)
    start = number * 97 % (len(TEXT) - MAX_BYTES)
    return HEAD.pack(number, size) + TEXT[start:start + size - HEAD.size]


def right(data):
    return len(data) >= HEAD.size and data == datagram(HEAD.unpack_from(data)[0])


def open_socket(address, port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
    sock.bind((address, port))
    sock.setblocking(False)
    return sock


def arrived(sock):
    """What is there, after waiting for the first a moment."""
    select.select([sock], [], [], POLL_S)
    while True:
        try:
            yield sock.recvfrom(65535)
        except BlockingIOError:
            return


def echo(address):
    heard = wrong = 0
    with open_socket(address, PORT) as sock:
        while not stopped:
            for data, sender in arrived(sock):
                heard += 1
                wrong += not right(data)
                sock.sendto(data, sender)
    return {"heard": heard, "heard_wrong": wrong}


class Asker:
    """One end of the conversation: what was sent, and what became of it."""

    def __init__(self, source, address, count, window):
        self.sock = open_socket(source, 0)
        self.sock.connect((address, PORT))
        self.count, self.window = count, window
        self.sent = self.answered = self.lost = self.wrong = 0
        self.waiting = {}       # number: when it was sent
        self.quiet_since, self.stall = time.monotonic(), 0

    def more(self):
        return not stopped and (not self.count or self.sent < self.count)

    def send(self):
        while self.more() and len(self.waiting) < self.window:
            self.waiting[self.sent] = time.monotonic()
            self.sock.send(datagram(self.sent))
            self.sent += 1

    def receive(self):
        for data, _ in arrived(self.sock):
            self.answered += 1
            if right(data):
                self.waiting.pop(HEAD.unpack_from(data)[0], None)
            else:
                self.wrong += 1
            self.heartbeat()

    def heartbeat(self):
        now = time.monotonic()
        self.stall = max(self.stall, now - self.quiet_since)
        self.quiet_since = now

    def forget(self):
        """A wrong answer names no number for sure: it counts as lost as well."""
        late = time.monotonic() - LOST_S
        for number in [n for n, sent in self.waiting.items() if sent < late]:
            del self.waiting[number]
            self.lost += 1

    def run(self):
        while self.more() or self.waiting:
            try:
                self.send()
                self.receive()
            except OSError as error:    # no tunnel (yet, or any more): that one is lost
                print(f"send: {error}", file=sys.stderr, flush=True)
                time.sleep(POLL_S)
            self.forget()
        return {"sent": self.sent, "answered": self.answered, "lost": self.lost,
                "wrong": self.wrong, "stall_ms": int(self.stall * 1000)}


def main():
    signal.signal(signal.SIGTERM, stop)
    mode, address, *rest = sys.argv[1:]
    if mode == "echo":
        figures = echo(address)
    else:
        numbers = [int(word) for word in rest[1:]] + [0, 64]
        count, window = numbers[0], numbers[1] if len(rest) > 2 else 64
        figures = Asker(address, rest[0], count, window).run()
    print(" ".join(f"{key} {value}" for key, value in figures.items()))


main()
