# SPDX-License-Identifier: BSD-2-Clause
"""Looks at what goes over an interface until SIGTERM: "frames N clear N", the frames of ESP, and
those of them in which a piece of esp_ends.py's text is found.

usage: wire.py INTERFACE"""

import signal
import socket
import sys

sys.path.append("/src/ci/guest/py")
from esp_ends import TEXT  # noqa: E402

ETH_P_ALL, ESP = 3, 50
ETHERNET, IP = 14, 20
PIECE = 16
PIECES = {TEXT[at:at + PIECE] for at in range(len(TEXT) - PIECE + 1)}


def has_text(data):
    return any(data[at:at + PIECE] in PIECES for at in range(len(data) - PIECE + 1))


def main():
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)     # SO_RCVBUFFORCE
    sock.bind((sys.argv[1], 0))
    sock.settimeout(0.1)
    print("ready 0", flush=True)
    seen = []
    while True:
        try:
            frame = sock.recv(65535)
        except TimeoutError:
            if stopped:
                break
            continue
        if frame[ETHERNET + 9:ETHERNET + 10] == bytes([ESP]):
            seen.append(frame[ETHERNET + IP:])
    print(f"frames {len(seen)} clear {sum(map(has_text, seen))}", flush=True)


main()
