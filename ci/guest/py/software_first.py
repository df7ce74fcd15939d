#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Has the kernel make and test its own implementations of our algorithms, one by one.

With full self-tests that takes seconds each, and the crypto API waits 60 s at most for an
implementation. The test of one of ours makes those it is compared with, which a busy host
does not get done in that time.
"""

import errno
import sys

import afalg

CIPHERS = ("aes", "des", "des3_ede")
MACS = ("hmac(md5)", "hmac(sha1)")
NAMES = ([("skcipher", f"{mode}({cipher})") for mode in ("ecb", "cbc") for cipher in CIPHERS]
         + [("skcipher", "xts(aes)")]
         + [("hash", name) for name in ("md5", "sha1") + MACS]
         + [("aead", f"authenc({mac},cbc({cipher}))") for mac in MACS for cipher in CIPHERS])
TRIES = 10


def made(kind, name):
    try:
        with afalg.transform(kind, name):
            return True
    except OSError as error:
        if error.errno == errno.ETIMEDOUT:
            return False
        sys.exit(f"software_first: {name}: {error.strerror}")


for kind, name in NAMES:
    if not any(made(kind, name) for _ in range(TRIES)):
        sys.exit(f"software_first: {name} is not made in {TRIES} minutes")
