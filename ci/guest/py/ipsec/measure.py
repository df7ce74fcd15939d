# SPDX-License-Identifier: BSD-2-Clause
"""The gateway's instruments: the card's counters, /proc/crypto, result lines, figures."""

import os
import subprocess
import time

OUT = os.environ.get("OUT", "/out")
RESULTS = os.environ.get("RESULTS", "/out/results")
figures = {"ipsec.packets": 0, "ipsec.lost": 0, "ipsec.mismatches": 0, "ipsec.sent": 0,
           "ipsec.commands": 0, "ipsec.sa_packets": 0, "ipsec.mbit_per_s": 0}
begin = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - begin:5.1f} s] {text}", flush=True)


def check(name, passed, reason):
    line = f"ok ipsec.{name}" if passed else f"not ok ipsec.{name} - {reason}"
    with open(RESULTS, "a") as file:
        file.write(line + "\n")
    if not passed:
        print("    " + line, flush=True)
    return passed


def write_figures():
    commands, packets = figures["ipsec.commands"], figures["ipsec.sa_packets"]
    figures["ipsec.commands_per_packet"] = commands / packets if packets else 0
    with open(OUT + "/figures", "w") as file:
        for key, value in figures.items():
            file.write(f"{key} {value:.4f}\n" if isinstance(value, float) else f"{key} {value}\n")


def card_commands():
    """Commands the card ran so far; 0 without a card."""
    done = subprocess.run(["hostcmd", "count", "0", "commands.total"], capture_output=True,
                          text=True, check=False)
    return int(done.stdout) if done.returncode == 0 else 0


def algorithms(name):
    """Drivers that offer the algorithm of that name, best first."""
    found, entry = [], {}
    with open("/proc/crypto") as file:
        for line in file:
            key, _, value = (word.strip() for word in line.partition(":"))
            entry[key] = value
            if not key:
                if entry.get("name") == name:
                    found.append((int(entry["priority"]), entry["driver"]))
                entry = {}
    return [driver for _, driver in sorted(found, reverse=True)]
