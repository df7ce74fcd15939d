#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Requests for cbc(aes) through AF_ALG, as uid nobody, until the file STOP exists.

usage: afalg_flood.py PROCESSES SOCKETS BYTES STOP

Each socket is a transform of its own and has one request of BYTES under way. Prints
"requests N wrong N least N most N": in all, with wrong data, and of one socket.
"""

import os
import subprocess
import sys
import threading

import afalg

NOBODY = 65534
KEY = bytes(range(32))
IV = bytes(16)


def become_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def expected(data):
    """By OpenSSL, in user space."""
    made = subprocess.run(["openssl", "enc", "-aes-256-cbc", "-nopad", "-K", KEY.hex(),
                           "-iv", IV.hex()], input=data, capture_output=True, check=True)
    return made.stdout


def one_socket(data, want, stop, counts):
    done = wrong = 0
    with afalg.user("skcipher", "cbc(aes)", KEY) as requests:
        while not os.path.exists(stop):
            wrong += afalg.encrypt(requests, data, IV) != want
            done += 1
    counts.append((done, wrong))


def one_process(sockets, data, want, stop, out):
    counts = []
    threads = [threading.Thread(target=one_socket, args=(data, want, stop, counts))
               for _ in range(sockets)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # a socket that failed has left no count
    counts += [(0, 1)] * (sockets - len(counts))
    out.write("".join(f"{done} {wrong}\n" for done, wrong in counts))
    out.flush()


def main():
    processes, sockets, size = (int(word) for word in sys.argv[1:4])
    data = bytes(i & 0xff for i in range(size))
    want = expected(data)
    become_nobody()
    reading, writing = os.pipe()
    for _ in range(processes):
        if os.fork() == 0:
            with os.fdopen(writing, "w") as out:
                one_process(sockets, data, want, sys.argv[4], out)
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as lines:
        counts = [tuple(map(int, line.split())) for line in lines]
    done = [count[0] for count in counts] or [0]
    print(f"requests {sum(done)} wrong {sum(count[1] for count in counts)}"
          f" least {min(done)} most {max(done)}")


main()
