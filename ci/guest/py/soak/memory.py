# SPDX-License-Identifier: BSD-2-Clause
"""Memory pressure, and whether memory came back."""

import ctypes
import glob
import os
import subprocess
import threading
import time

from system import Broken, complain, pairs, read, say, write

ALLOWED_KIB = 4096      # what the rest of the system may have grown by
SWAP_SHARE = 0.2        # of the swap on the card, as part of the hog
OWN_KIB = 262 << 10     # stress-ng's: it fills that much shared memory before it begins (0.19)
SPARE_KIB = 72 << 10   # a swap that stands still while its card is reset must not be the end of memory
# pages somebody is named for; the rest of the used memory is unaccounted
NAMED = ("MemFree", "Buffers", "Cached", "SwapCached", "AnonPages", "Slab",
         "KernelStack", "PageTables", "Percpu")


def lock_own():
    """The judge must not wait for the swap it judges. MCL_CURRENT | MCL_FUTURE"""
    if ctypes.CDLL(None, use_errno=True).mlockall(3):
        raise Broken("mlockall: " + os.strerror(ctypes.get_errno()))


class Pressure(threading.Thread):
    """A hog that takes all memory and some swap, now and then."""

    def __init__(self, rng):
        super().__init__(daemon=True)
        self.random = rng
        self.ended = threading.Event()
        self.hogs = self.hog_s = self.failed = 0
        self.error = None

    def run(self):
        try:
            while not self.ended.wait(self.random.uniform(10, 40)):
                self.hog(self.random.randint(5, 12))
        except (Broken, OSError, KeyError) as error:
            self.error = f"memory pressure: {error}"
            complain(self.error)

    def hog(self, seconds):
        memory = pairs("/proc/meminfo")
        kib = int(memory["MemAvailable"] + SWAP_SHARE * memory["SwapFree"]) - SPARE_KIB - OWN_KIB
        say(f"memory: a hog of {(kib + OWN_KIB) >> 10} MiB for {seconds} s")
        done = subprocess.run(
            ["stress-ng", "-q", "--vm", "1", "--vm-bytes", f"{kib}k", "--vm-keep",
             "--vm-method", "incdec", "--verify", "-t", str(seconds)],
            check=False, capture_output=True, text=True)
        self.hogs += 1
        self.hog_s += seconds
        if done.returncode:
            self.failed += 1
            complain(f"stress-ng: status {done.returncode}: {done.stderr[-300:]}")


def shrink():
    os.sync()
    write("/proc/sys/vm/drop_caches", "3")
    for name in glob.glob("/sys/kernel/slab/*/shrink"):
        try:
            write(name, "1")
        except OSError:
            pass    # aliases of one cache


def slabs():
    """Bytes in use per cache."""
    found = {}
    for line in read("/proc/slabinfo").splitlines()[2:]:
        words = line.split()
        found[words[0]] = int(words[1]) * int(words[3])
    return found


def at_rest():
    """The least of several looks: what is being freed is no leak."""
    best = None
    for _ in range(5):
        shrink()
        time.sleep(0.5)
        memory = pairs("/proc/meminfo")
        now = {"unreclaimable_kib": memory["SUnreclaim"],
               "percpu_kib": memory["Percpu"],
               "unaccounted_kib": memory["MemTotal"] - sum(memory[k] for k in NAMED)}
        best = now if best is None else {key: min(best[key], now[key]) for key in now}
    return best, slabs()


def grown(before, after):
    """Growth in KiB, and the caches that grew most."""
    kib = {key: after[0][key] - before[0][key] for key in before[0]}
    caches = {name: (used - before[1].get(name, 0)) >> 10 for name, used in after[1].items()}
    top = sorted(caches.items(), key=lambda item: -item[1])[:8]
    return kib, {name: size for name, size in top if size > 0}


def kmemleak():
    """Objects the kernel's leak detector holds for lost; None without it."""
    name = "/sys/kernel/debug/kmemleak"
    if not os.path.exists(name):
        return None
    for _ in range(2):      # what is new has to be seen twice
        try:
            write(name, "scan")
        except OSError:
            return None     # built in, but off
        time.sleep(6)
    found = read(name)
    if found:
        complain(found[:8000])
    return found.count("unreferenced object")
