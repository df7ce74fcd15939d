#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Instructions that are executed inside the driver's modules for a 4 KiB request, ours against the
kernel's own hifn_795x, each counted one by one by QEMU.

usage: bench_peer.py prepare WORK            programs and data for the guests; in the lab
       bench_peer.py count WORK BESIDE       adds insn_vs_peer to the figures in BESIDE, prints where
                                             they are spent
WORK/ours and WORK/theirs are the guests' output: exec.log, a line for each instruction executed
in modules, of all of them; symbols, of all modules; commands, the card's count of requests.
What both call of the kernel is not counted: mapping, locks, copying, the crypto API.
Ours are instructions of x86-64, the peer's of i386, where it is still built.
"""

import bisect
import collections
import json
import os
import re
import subprocess
import sys

from bench_vcard import add

OURS, THEIRS = ("acf", "hifn795x"), ("hifn_795x",)
LINE = re.compile(r"\[[0-9a-f]+/([0-9a-f]+)/")
KEY = "000102030405060708090a0b0c0d0e0f"
PIECES, PIECE = 15, 4096    # the program takes less than 64 KiB


def prepare(work):
    for compiler, name in (("gcc", "ours"), ("i686-linux-gnu-gcc", "theirs")):
        subprocess.run([compiler, "-std=gnu11", "-O2", "-Wall", "-static", "-o", f"{work}/afalg-{name}",
                        "/src/ci/guest/c/afalg.c"], check=True)
        os.makedirs(f"{work}/{name}", exist_ok=True)
    data = bytes(i * 7 & 255 for i in range(PIECES * PIECE))
    with open(f"{work}/data", "wb") as file:
        file.write(data)
    right = subprocess.run(["openssl", "enc", "-aes-128-cbc", "-K", KEY, "-iv", KEY, "-nopad"], input=data,
                           capture_output=True, check=True).stdout
    with open(f"{work}/result", "wb") as file:
        file.write(right)


def symbols(path):
    """Addresses in order, and what begins there: (module, function)."""
    found = []
    with open(path) as file:
        for line in file:
            address, name, module = line.split()
            found.append((int(address, 16), module.strip("[]"), name))
    found.sort()
    return [address for address, _, _ in found], [(module, name) for _, module, name in found]


def executed(log, table):
    """{(module, function): instructions}"""
    addresses, owners = table
    times = collections.Counter()
    with open(log) as file:
        for line in file:
            if match := LINE.search(line):
                times[int(match[1], 16)] += 1
    found = collections.Counter()
    for address, number in times.items():
        at = bisect.bisect_right(addresses, address) - 1
        if at >= 0:
            found[owners[at]] += number
    return found


def per_request(directory, modules):
    with open(f"{directory}/commands") as file:
        commands = int(file.read())
    found = executed(f"{directory}/exec.log", symbols(f"{directory}/symbols"))
    mine = {owner: number / commands for owner, number in found.items() if owner[0] in modules}
    if not commands or not mine:
        sys.exit(f"bench: {directory}: {commands} requests, {len(mine)} functions executed: nothing to compare")
    return mine


def show(name, found):
    print(f"bench: {name}: {sum(found.values()):.0f} instructions per 4 KiB request; most in")
    for (module, function), number in sorted(found.items(), key=lambda item: -item[1])[:12]:
        print(f"bench:   {number:7.0f} {function} [{module}]")


def count(work, beside):
    ours, theirs = per_request(f"{work}/ours", OURS), per_request(f"{work}/theirs", THEIRS)
    show("acf and hifn795x", ours)
    show("hifn_795x", theirs)
    with open(f"{work}/instructions.json", "w") as file:
        json.dump({name: {function: number for (_, function), number in found.items()}
                   for name, found in (("ours", ours), ("theirs", theirs))}, file, indent=1)
    add(beside, {"insn_vs_peer": sum(ours.values()) / sum(theirs.values())})


if __name__ == "__main__":
    {"prepare": prepare, "count": count}[sys.argv[1]](*sys.argv[2:])
