# SPDX-License-Identifier: BSD-2-Clause
"""Commands, the host behind its port, and the modules under test."""

import json
import os
import subprocess
import sys
import threading
import time

import stats

MODULES = os.environ.get("SOAK_MODULES", "")
DRIVER = "/sys/bus/pci/drivers/hifn795x"
begin = time.monotonic()
log_lock = threading.Lock()


class Broken(Exception):
    """The run cannot go on; says why."""


def say(text):
    with log_lock:
        print(f"{time.monotonic() - begin:7.1f} {text}", flush=True)


def run(*words, check=True, **kwargs):
    """A command's output; a failure names the command."""
    done = subprocess.run(words, check=False, capture_output=True, text=True, **kwargs)
    if check and done.returncode:
        raise Broken(f"{' '.join(words)}: status {done.returncode}: "
                     + (done.stderr.strip() or done.stdout.strip())[-200:])
    return done.stdout


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def read(path):
    with open(path) as file:
        return file.read()


def pairs(path):
    """A file of keys and numbers as a dictionary; what is not a number is left out."""
    found = {}
    for line in read(path).splitlines():
        words = line.replace(":", " ").split()
        if len(words) >= 2 and words[1].isdigit():
            found[words[0]] = int(words[1])
    return found


def host(*words):
    return run("hostcmd", *[str(word) for word in words]).strip()


def counters(card):
    return json.loads(host("counters", card))


def acf():
    """acf's counters; none when acf is out."""
    try:
        return stats.acf()
    except OSError:
        return stats.Acf()


def load():
    run("insmod", f"{MODULES}/crypto/acf.ko", "policy=card")
    run("insmod", f"{MODULES}/drivers/hifn795x.ko")


def loaded():
    return [line.split()[0] for line in read("/proc/modules").splitlines()
            if line.split()[0] in ("hifn795x", "acf")]


def unload():
    for module in ("hifn795x", "acf"):
        run("rmmod", module, check=False)
    if loaded():
        raise Broken(f"does not unload: {' '.join(loaded())}")


def stop(process, seconds=60):
    """Ends one of our processes; raises when it will not."""
    process.terminate()
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise Broken(f"{process.args[0]} does not end") from None


def complain(error):
    print(f"soak: {error}", file=sys.stderr, flush=True)
