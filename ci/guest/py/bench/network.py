#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""ESP by iperf3, between two network namespaces of the guest (lib/esp.sh): TCP through AES-CBC and
3DES-CBC with HMAC-SHA1, each packet enciphered and deciphered in this guest.

usage: network.py PLAN OUT SUITE    as run.py, with SUITE up; OUT gets a line for each run
The unit "cpu" is acf's own way to the kernel's software: xfrm asks for no driver by name.
"""

import json
import subprocess
import sys
import time

from counts import measuring, moved_by, rounds, set_policy

SERVER, SEGMENT = "192.0.2.2", 1388    # bytes of TCP data in a packet: MTU 1500, ESP, timestamps
START_S, END_S = 10, 20


def inside(namespace, *words):
    return ["ip", "netns", "exec", namespace, *words]


def listening():
    done = subprocess.run(inside("b", "cat", "/proc/net/tcp", "/proc/net/tcp6"), capture_output=True,
                          text=True, check=True)
    return ":1451 " in done.stdout    # 5201


def server():
    process = subprocess.Popen(inside("b", "iperf3", "-s", "-1"), stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + START_S
    while not listening():
        if time.monotonic() > deadline:
            raise OSError(f"iperf3 does not listen after {START_S} s")
        time.sleep(0.05)
    return process


def client(seconds):
    done = subprocess.run(inside("a", "iperf3", "-c", SERVER, "-J", "-t", str(seconds)), capture_output=True,
                          text=True, check=False, timeout=seconds + 60)
    found = json.loads(done.stdout)
    if "error" in found:
        raise OSError(f"iperf3: {found['error']}")
    return found["end"]["sum_received"]


def ended(waiting):
    """It ends with its client, unless it has lost its last word."""
    try:
        waiting.wait(END_S)
    except subprocess.TimeoutExpired:
        print(f"bench: iperf3's server went on for {END_S} s after its client: ended")
        waiting.kill()
        waiting.wait(END_S)


def iperf3(seconds):
    waiting = server()
    try:
        return client(seconds)
    finally:
        ended(waiting)


def one(unit, suite, plan):
    set_policy(unit)
    found, moved = moved_by(plan["cards"], lambda: iperf3(max(1, plan["ms"] * 5 // 1000)))
    return {"part": "network", "suite": suite, "unit": unit, "bytes": SEGMENT,
            "done": found["bytes"] // SEGMENT, "ns": int(found["seconds"] * 1e9), "moved": moved}


def main(plan_path, out_path, suite):
    with measuring(plan_path, out_path) as (plan, write):
        for number in rounds(plan, "network"):
            for unit in plan["units"]:
                write({"round": number} | one(unit, suite, plan))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
