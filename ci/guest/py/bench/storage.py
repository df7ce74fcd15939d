#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""dm-crypt by fio, on a disk in memory: the card, the kernel's software, and what acf makes of both.

usage: storage.py PLAN OUT     as run.py; OUT gets a line of JSON for each run, "part": "storage"
Random reads and writes of 4 KiB, 32 at a time, in sectors of 4096 and 512 bytes.
"""

import json
import subprocess
import sys

from counts import measuring, moved_by, rounds, set_policy

import crypto_list

DISK, NAME, MIB = "/dev/ram0", "bench", 64
KEY = "00" * 16
# of a unit: the cipher dm-crypt asks for, by its driver's name, and acf's policy
UNITS = {"card": ("cbc-aes-acf", "card"), "cpu": (None, "cpu"), "auto": ("cbc-aes-acf", "auto"),
         "offload": ("cbc-aes-acf", "offload")}
SOFTWARE, OLDER = "cbc-aes-lib", "cbc(aes-generic)"    # from 7.x on, before


def software():
    """The kernel's own; dm-crypt asks for it only if it is there."""
    return SOFTWARE if any(entry["driver"] == SOFTWARE for entry in crypto_list.entries()) else OLDER


def volume(driver, sector_bytes):
    table = (f"0 {MIB * 2048} crypt capi:{driver}-plain64 {KEY} 0 {DISK} 0"
             f" 2 sector_size:{sector_bytes} iv_large_sectors")
    subprocess.run(["dmsetup", "create", NAME, "--table", table], check=True)
    subprocess.run(["dmsetup", "mknodes"], check=True)


def fio(way, ms):
    done = subprocess.run(
        ["fio", "--name=b", f"--filename=/dev/mapper/{NAME}", f"--rw=rand{way}", "--bs=4k", "--iodepth=32",
         "--ioengine=libaio", "--direct=1", "--time_based", f"--runtime={ms}ms", "--eta=never",
         "--allow_file_create=0", "--output-format=json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["jobs"][0][way]


def one(way, unit, sector_bytes, plan):
    driver, policy = UNITS[unit]
    set_policy(policy)
    volume(software() if unit == "cpu" else driver, sector_bytes)
    try:
        found, moved = moved_by(plan["cards"], lambda: fio(way, 5 * plan["ms"]))
    finally:
        subprocess.run(["dmsetup", "remove", "--retry", NAME], check=True)
    return {"part": "storage", "way": way, "unit": unit, "sector_bytes": sector_bytes,
            "done": found["total_ios"], "ns": found["runtime"] * 10 ** 6, "bytes": 4096,
            "p50_ns": found["clat_ns"]["percentile"]["50.000000"],
            "p99_ns": found["clat_ns"]["percentile"]["99.000000"], "moved": moved}


def main(plan_path, out_path):
    subprocess.run(["modprobe", "brd", f"rd_size={MIB * 1024}", "rd_nr=1"], check=True)
    with measuring(plan_path, out_path) as (plan, write):
        for number in rounds(plan, "storage"):
            for sector_bytes in (4096, 512):
                for way in ("read", "write"):
                    for unit in plan["units"]:
                        write({"round": number} | one(way, unit, sector_bytes, plan))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
