#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the virtual card makes of the CPU it has: AES-128-CBC of 4 KiB, against openssl speed, by turns.
Both count their own CPU time, so that what runs beside them is not in it.

usage: bench_vcard.py PROGRAM BESIDE ROUNDS     PROGRAM: build/vcard/bench. Runs in the lab; adds
                                                vcard_vs_openssl to the figures in BESIDE.
"""

import json
import os
import statistics
import subprocess
import sys

BYTES = 4096


def vcard(program):
    """MB/s; the program is ended once it has said so."""
    with subprocess.Popen(["stdbuf", "-oL", program], stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            words = line.split()
            if words[0] == "aes-128-cbc" and words[1] == str(BYTES):
                process.terminate()
                return float(words[5])
    raise OSError(f"{program} said nothing of aes-128-cbc with {BYTES} bytes")


def openssl():
    done = subprocess.run(["openssl", "speed", "-mr", "-seconds", "1", "-bytes", str(BYTES),
                           "-evp", "aes-128-cbc"], capture_output=True, text=True, check=True)
    last = next(line for line in done.stdout.splitlines() if line.startswith("+F:"))
    return float(last.split(":")[3]) / 1e6


def add(beside, found):
    figures = {}
    if os.path.exists(beside):
        with open(beside) as file:
            figures = json.load(file)
    with open(beside, "w") as file:
        json.dump(figures | found, file)


def main(program, beside, rounds):
    ratios = [vcard(program) / openssl() for _ in range(int(rounds))]
    add(beside, {"vcard_vs_openssl": statistics.median(ratios)})


if __name__ == "__main__":
    main(*sys.argv[1:])
