# SPDX-License-Identifier: BSD-2-Clause
"""The card's own count of what its users had it do; lib/on_card.sh is the same for sh.

What the driver asks for itself is none of it: the wipe of the context RAM has a kind of
its own, and self-tests are subtracted by whoever counts across them.
"""

CIPHERS = tuple(f"{cipher}-{mode}" for cipher in ("aes", "des", "des3")
                for mode in ("ecb", "cbc", "cfb", "ofb"))
MACS = ("sha1", "md5", "hmac-sha1", "hmac-md5")
ONE_PASS = "one-pass"   # cipher and MAC in one command, counted as both as well
KINDS = CIPHERS + MACS + (ONE_PASS,)


def kinds(counters):
    """Commands by kind, of a virtual card's counters."""
    return {kind: counters["commands"][kind] for kind in KINDS}


def since(before, now):
    """Both as kinds() gives them."""
    return {kind: now[kind] - before[kind] for kind in KINDS}


def commands(counted):
    """All of them, each once."""
    return sum(counted[kind] for kind in CIPHERS + MACS) - counted[ONE_PASS]
