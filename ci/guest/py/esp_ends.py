# SPDX-License-Identifier: BSD-2-Clause
"""Datagrams there and back through esp.sh's tunnel, each compared at both ends.

usage: esp_ends.py echo ADDRESS
       esp_ends.py ask SOURCE ADDRESS [COUNT]
       esp_ends.py rounds SOURCE ADDRESS

Either end says at SIGTERM in one line of keys and numbers what it counted; the asker ends
after COUNT datagrams as well (0: none). "rounds" takes lines "COUNT LOST_S" from standard
input and answers each with such a line. The asker keeps WINDOW datagrams on the way; one
that is not answered within LOST_S is lost. They have no UDP checksum: wrong data is to be
seen, not dropped by the kernel.
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
WINDOW, LOST_S = 64, 20
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

    def __init__(self, source, address):
        self.sock = open_socket(source, 0)
        self.sock.connect((address, PORT))
        self.next = 0
        self.waiting = {}       # number: when it was sent

    def more(self):
        return not stopped and (not self.count or self.sent < self.count)

    def send(self):
        while self.more() and len(self.waiting) < WINDOW:
            self.waiting[self.next] = time.monotonic()
            self.sock.send(datagram(self.next))
            self.next += 1
            self.sent += 1

    def receive(self):
        for data, _ in arrived(self.sock):
            if not right(data):
                self.wrong += 1
            elif self.waiting.pop(HEAD.unpack_from(data)[0], None):
                self.answered += 1
            now = time.monotonic()
            self.stall = max(self.stall, now - self.heard)
            self.heard = now

    def forget(self, lost_s):
        """Lost; a wrong answer names no number for sure, so that its question is as well."""
        late = time.monotonic() - lost_s
        for number in [n for n, sent in self.waiting.items() if sent < late]:
            del self.waiting[number]
            self.lost += 1

    def run(self, count, lost_s=LOST_S):
        self.count, self.heard, self.stall = count, time.monotonic(), 0
        self.sent = self.answered = self.lost = self.wrong = 0
        while self.more() or self.waiting:
            try:
                self.send()
                self.receive()
            except OSError as error:    # no tunnel (yet, or any more): that one is lost
                print(f"send: {error}", file=sys.stderr, flush=True)
                time.sleep(POLL_S)
            self.forget(lost_s)
        return {"sent": self.sent, "answered": self.answered, "lost": self.lost,
                "wrong": self.wrong, "stall_ms": int(self.stall * 1000)}


def say(figures):
    print(" ".join(f"{key} {value}" for key, value in figures.items()), flush=True)


def main():
    signal.signal(signal.SIGTERM, stop)
    mode, address, *rest = sys.argv[1:]
    if mode == "echo":
        say(echo(address))
        return
    asker = Asker(address, rest[0])
    if mode == "ask":
        say(asker.run(int(rest[1]) if len(rest) > 1 else 0))
        return
    for line in sys.stdin:
        say(asker.run(*map(float, line.split())))


if __name__ == "__main__":
    main()
