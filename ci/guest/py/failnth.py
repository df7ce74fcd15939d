#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Fails the N-th allocation of a step, for every N, and looks at what the step does.

The kernel counts allocations of this task only (/proc/self/fail-nth). A step has to
end with ENOMEM, or with the right result when it can do without that allocation; it is
done once N is beyond its last allocation.

usage: failnth.py crypto       bind, key, request and release of each kind (AF_ALG)
       failnth.py write PATH WORD [TIMES]
                               a write into sysfs, e.g. the driver's bind file; TIMES
                               allocations fail, spread over all of them, not every one
Prints result lines.
"""

import errno
import os
import random
import signal
import sys

import afalg

FAIL_NTH = "/proc/self/fail-nth"
MOST = 4000
BEYOND = 1 << 30    # no step makes so many allocations
CHECK_EVERY = 8  # steps with a failure; then one without
STEP_S = 90  # the crypto API itself waits up to 60 s for an algorithm that never comes
# the last: of a socket or file that could not be made
SHORT_OF_MEMORY = (errno.ENOMEM, errno.ENOBUFS, errno.ENFILE)
# kind, our driver, the kernel's software that says what is right
KINDS = [("skcipher", "cbc-aes-acf", "cbc(aes-generic)"),
         ("skcipher", "cbc-des3_ede-acf", "cbc(des3_ede-generic)"),
         ("hash", "hmac-sha1-acf", "hmac(sha1-generic)"),
         ("aead", "authenc-hmac-sha1-cbc-aes-acf",
          "authenc(hmac(sha1-generic),cbc(aes-generic))")]
ICV = 12
SKCIPHER_KEY = {"cbc-aes-acf": 16, "cbc-des3_ede-acf": 24}


class Injection:
    """The N-th allocation of this task from arm(N) on fails, until disarm()."""

    def __init__(self):
        self.fd = os.open(FAIL_NTH, os.O_RDWR)
        self.armed = False
        self.left = 0

    @property
    def hit(self):
        return self.left == 0

    def arm(self, number):
        self.armed = True
        os.pwrite(self.fd, b"%d" % number, 0)

    def disarm(self):
        """May be called again; the first call after arm() sees what is left of N."""
        if self.armed:
            self.left = int(os.pread(self.fd, 16, 0))
            os.pwrite(self.fd, b"0", 0)
            self.armed = False


class Stuck(Exception):
    pass


def stuck(_signal, _frame):
    raise Stuck


def ok(name):
    print("ok " + name, flush=True)


def not_ok(name, why):
    print(f"not ok {name} - {why}", flush=True)


def authenc_key(auth, cipher):
    """rtattr of type 1 with the cipher key's length, then both keys."""
    return b"\x08\x00\x01\x00" + len(cipher).to_bytes(4, "big") + auth + cipher


def key_of(kind, name):
    if kind == "skcipher":
        return bytes(range(3, 3 + SKCIPHER_KEY[name]))
    if kind == "hash":
        return bytes(range(20))
    return authenc_key(bytes(range(20)), bytes(range(3, 19)))


def request(kind, algorithm, key):
    """One request from socket to result; the whole life of a transform."""
    data = bytes(i * 7 & 255 for i in range(4096 + (16 if kind == "aead" else 0)))
    iv = bytes(16 if "aes" in algorithm else 8)
    with afalg.user(kind, algorithm, key, ICV if kind == "aead" else None) as requests:
        if kind == "hash":
            return afalg.digest(requests, data, 20)
        if kind == "aead":
            return afalg.encrypt(requests, data, iv, ICV, assoclen=16)
        return afalg.encrypt(requests, data, iv)


def reached(kind, algorithm):
    """AF_ALG takes synchronous ones only since 7.2: what the kernel lists is not there for it."""
    try:
        with afalg.transform(kind, algorithm):
            return True
    except FileNotFoundError:
        return False


def crypto():
    for kind, ours, software in KINDS:
        if not reached(kind, ours):
            print(f"skip failnth.{ours} - AF_ALG of this kernel reaches no card")
            continue
        key = key_of(kind, ours)
        expected = request(kind, software, key)
        survey(f"failnth.{ours}", lambda: request(kind, ours, key) == expected)


def injected(step, number):
    """None: right. Otherwise what is wrong. Also whether ENOMEM was reported."""
    signal.alarm(STEP_S)
    injection.arm(number)
    try:
        return (None if step() else "wrong result"), False
    except OSError as error:
        if error.errno in SHORT_OF_MEMORY:
            return None, True
        return f"error {errno.errorcode.get(error.errno, error.errno)}", False
    except Stuck:
        return f"no answer for {STEP_S} s", False
    finally:
        injection.disarm()
        signal.alarm(0)


def still_works(step):
    try:
        return step()
    except OSError:
        return False


def spread(step, times):
    """So many of the step's allocations, or all of them; each run takes others."""
    injection.arm(BEYOND)
    step()
    injection.disarm()
    count = BEYOND - injection.left
    stride = max(1, count // times)
    print(f"{count} allocations, every {stride}th fails", flush=True)
    return range(1 + CHOICE.randrange(stride), count + 1, stride)


def survey(name, step, numbers=range(1, MOST + 1)):
    """step() is False when its result is wrong; OSError(ENOMEM) is a right answer."""
    refused = tried = 0
    for number in numbers:
        wrong, reported = injected(step, number)
        if not wrong and not injection.hit:
            break
        tried += 1
        refused += reported
        if wrong or (tried % CHECK_EVERY == 0 and not still_works(step)):
            not_ok(name, f"{wrong or 'does not work any more'} after allocation"
                   f" {number} failed")
            return
    if not still_works(step):
        not_ok(name, "does not work any more without failures")
        return
    if refused == 0:
        not_ok(name, "no failed allocation was ever reported: nothing was tested")
        return
    print(f"{name}: {tried} allocations failed, {refused} times ENOMEM was the answer,"
          f" last number {number}")
    ok(name)


def write_sysfs(path, word, times):
    """bind fails with the probe's error or binds; then the card is taken off again."""
    directory = os.path.dirname(path)
    device = os.path.join(directory, word)

    def step():
        try:
            with open(path, "wb", buffering=0) as file:
                file.write(word.encode())
        except OSError as error:
            # a probe that failed is ENODEV to the writer of bind (driver core), and a
            # region without a descriptor is in use (pci_request_regions())
            if error.errno in (errno.ENODEV, errno.EBUSY):
                raise OSError(errno.ENOMEM, error.strerror) from error
            raise
        injection.disarm()    # a look at the result allocates as well
        if not os.path.exists(device):
            return False
        with open(os.path.join(directory, "unbind"), "wb", buffering=0) as file:
            file.write(word.encode())
        return True

    survey("failnth.probe", step, spread(step, times))


CHOICE = random.Random(os.environ.get("SEED") or None)
signal.signal(signal.SIGALRM, stuck)
injection = Injection()
if sys.argv[1] == "crypto":
    crypto()
else:
    write_sysfs(sys.argv[2], sys.argv[3], int(sys.argv[4]) if sys.argv[4:] else MOST)
