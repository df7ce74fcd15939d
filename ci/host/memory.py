# SPDX-License-Identifier: BSD-2-Clause
"""Search a guest's memory, and a card's, for secrets, from outside.

A secret comes as MASKED:PAD, two hex strings whose exclusive or it is, so that asking
does not put it where it is looked for.
"""

import fcntl
import os
import subprocess

from fail import Failure

PROGRAM = "/src/build/memfind"
SOURCE = "/src/ci/host/memfind.c"
WINDOW = 8  # any 8 bytes of a secret in a row betray it
SEARCH_S = 120


def unmask(word):
    masked, _, pad = word.partition(":")
    secret = bytes(a ^ b for a, b in zip(bytes.fromhex(masked), bytes.fromhex(pad), strict=True))
    if len(secret) < WINDOW:
        raise ValueError(f"a secret needs {WINDOW} bytes or more")
    return secret


def windows(secret):
    return (secret[i:i + WINDOW] for i in range(len(secret) - WINDOW + 1))


def raw_forms(piece):
    """As it is, and in words of the other byte order."""
    return {piece, piece[::-1], piece[3::-1] + piece[:3:-1]}


def text_forms(piece):
    """As the kernel would print it."""
    return {form.encode() for form in (piece.hex(), piece.hex().upper(), piece.hex(" "))}


def ensure_program():
    """Two runs at once take turns."""
    with open(PROGRAM + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(PROGRAM) or os.path.getmtime(PROGRAM) < os.path.getmtime(SOURCE):
            subprocess.run(["cc", "-O2", "-Wall", "-Werror", "-o", PROGRAM, SOURCE], check=True)


def matches(path, patterns):
    """(offset, index into patterns) of what is there."""
    found = subprocess.run([PROGRAM, path], check=False, timeout=SEARCH_S,
                           input=b"".join(bytes([len(p)]) + p for p in patterns),
                           capture_output=True)
    if found.returncode:
        raise Failure(found.stderr.decode(errors="replace"))
    for line in found.stdout.decode().splitlines():
        offset, index = line.split()
        yield int(offset), int(index)


def find(path, words):
    """RAW,TEXT,OFFSET of each secret in the file that is a guest's memory: pieces found as
    bytes, as text, and the first one's place."""
    patterns, meaning = [], []
    for number, word in enumerate(words):
        for piece in windows(unmask(word)):
            for kind, forms in enumerate((raw_forms(piece), text_forms(piece))):
                patterns += forms
                meaning += [(number, kind)] * len(forms)
    counts = [[0, 0, None] for _ in words]
    ensure_program()
    for offset, index in matches(path, patterns):
        number, kind = meaning[index]
        counts[number][kind] += 1
        if counts[number][2] is None:
            counts[number][2] = offset
    return " ".join(f"{raw},{text},{first if first is None else hex(first)}"
                    for raw, text, first in counts)


def find_in_card(card, words):
    """Pieces of each secret in the card's own memories."""
    return " ".join(str(sum(int(card.ask("ram-find " + piece.hex()))
                            for piece in windows(unmask(word)))) for word in words)
