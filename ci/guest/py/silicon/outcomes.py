# SPDX-License-Identifier: BSD-2-Clause
"""What becomes of a card that is not as modelled, by knob and value; where nothing is said of one,
it works."""

WORKS = "works"
AT_CONNECT = {"bar2"}   # what the machine is told when it meets the card, and not again

MACS = ["md5", "sha1", "hmac(md5)", "hmac(sha1)"]
CIPHERS = ["aes", "des", "des3_ede"]
AUTHENC = [f"authenc(hmac({digest}),cbc({cipher}))" for digest in ("md5", "sha1")
           for cipher in CIPHERS]
FEEDBACK = [f"{mode}({cipher})" for mode in ("cfb", "ofb") for cipher in CIPHERS]

DROPPED = {
    "full-mac=truncated": MACS,     # ESP is served all the same, by the short form
    "mac-place=24": MACS + AUTHENC,
    "hash=hangs": MACS,
    "feedback=swapped": FEEDBACK,
    "feedback=hangs": FEEDBACK,
}

# Lost if two commands with different keys were behind one another: up to who is scheduled when.
MAY_DROP = {
    "context=races": ["cbc(aes)", "xts(aes)"],
}

REFUSED = {
    "power-level=0x1000": "its unlock level is 0x1000, for DES and hashes alone",
    "reset-level=1": "its unlock level is 0x1000, for DES and hashes alone",
    # one command in 16 is wrong in its first block: each of the required ciphers has more vectors
    "parity=told": "a required algorithm failed",
}

# Worse than either: what the counts mean is learned of known answers, and a MAC's bad result
# begins that again, with a reset each, until the card is given up. Nothing wrong gets out, but
# ciphers that are right are lost: the driver could do better.
TOGETHER = [({"residual=done", "residual=unused"}, {"full-mac=truncated", "mac-place=24"})]
TOGETHER_WANT = "refused", ["no good result after several resets"]

# Values that can make data wrong, or have the plain text pass.
WRONG_DATA = {
    "bad-command=hidden", "count-bits=16", "context=races", "dest-write=8", "dest-write=burst",
    "power-level=0x1000", "reset-level=locked", "reset-level=1", "unlock-twice=locks",
    "crystal=100", "residual=done", "residual=unused", "full-mac=truncated", "mac-place=24",
    "hash=silent", "feedback=swapped", "ring-return=after", "interrupt=early", "parity=told",
}

# Chips whose MACs are wrong now and then: the receiver drops what they were made for.
LOSES = set()

# What the card's directory says of a failure: step, level, what the self-test found if it was
# that; of algorithms that were lost, what was found.
EVIDENCE = {
    "power-level=0x1000": ["step unlock", "level 0x1000"],
    "reset-level=1": ["step serving", "level 0x1000"],
    "parity=told": ["step selftest", "level 0x1100", "wrong output"],
    "full-mac=truncated": ["engine failed the job"],
    "mac-place=24": ["wrong MAC"],
    "hash=hangs": ["engine failed the job"],
    "feedback=swapped": ["wrong output"],
    "feedback=hangs": ["engine failed the job"],
}


# Shows at a reset alone: where none is asked for, there may be one or not.
AT_RESET = "reset-level=1"


def worst_of(names):
    """(outcome, the reason's words or the algorithms): the worst of the values; what is dropped
    is dropped for each of them."""
    reasons = [REFUSED[name] for name in names if name in REFUSED]
    if reasons:
        return "refused", reasons
    lost = [alg for name in names for alg in DROPPED.get(name, [])]
    return ("dropped", sorted(set(lost))) if lost else (WORKS, [])


def expected_of(pairs, reset):
    """What may become of it; reset: there is one for certain."""
    names = [f"{knob}={value}" for knob, value in pairs]
    if any(a & set(names) and b & set(names) for a, b in TOGETHER):
        return [TOGETHER_WANT]
    wants = [worst_of(names)]
    if AT_RESET in names and not reset:
        wants.append(worst_of([name for name in names if name != AT_RESET]))
    return wants


def is_it(row, want, may):
    outcome, words = want
    if outcome == "refused":
        return row.outcome == outcome and any(reason in row.reason for reason in words)
    lost = set(row.lost)
    return row.outcome == ("dropped" if lost else WORKS) and set(words) <= lost <= set(words) | may


def right(row, wants):
    """row: its pairs, outcome, lost and reason."""
    may = {alg for knob, value in row.pairs for alg in MAY_DROP.get(f"{knob}={value}", [])}
    return any(is_it(row, want, may) for want in wants)
