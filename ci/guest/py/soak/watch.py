# SPDX-License-Identifier: BSD-2-Clause
"""Sees whether everything goes on, notes the longest stall, finds a hang in a minute."""

import glob
import threading
import time

from system import complain, read, run, say, write

POLL_S = 0.5
HANG_S = 60
HANG_LOOKS = 80     # and as many looks: a starved guest is no hang
REPORT_S = 60


class Pulse:
    """One load: when it moved last. progress() gives a number, or None while it rests."""

    def __init__(self, name, progress):
        self.name, self.progress = name, progress
        self.last, self.since, self.stall, self.looks = None, time.monotonic(), 0, 0

    def look(self):
        """True when it stands still for too long."""
        now, value = time.monotonic(), self.progress()
        self.looks += 1
        if value is None or value != self.last:
            self.last, self.since, self.looks = value, now, 0
        self.stall = max(self.stall, now - self.since)
        return now - self.since > HANG_S and self.looks > HANG_LOOKS


class Watch(threading.Thread):
    """Looks at all loads until told to stop; .hang says what stood still, if anything."""

    def __init__(self, pulses, chaos, line):
        super().__init__(daemon=True)
        self.pulses, self.chaos, self.line = pulses, chaos, line
        self.hang = None
        self.ended = threading.Event()
        self.over = threading.Event()       # by the hang, or as told
        self.slow = 0                       # the longest time this thread did not run

    def run(self):
        reported = looked = time.monotonic()
        while not self.ended.wait(POLL_S):
            now = time.monotonic()
            self.slow = max(self.slow, now - looked)
            looked = now
            self.look()
            if self.hang:
                break
            if now - reported >= REPORT_S:
                reported = now
                say(self.line())
        self.over.set()

    def look(self):
        still = [pulse.name for pulse in self.pulses if pulse.look()]
        still += [f"card {c.card.number} ({c.doing})" for c in self.chaos if c.overdue()]
        if still:
            self.hang = ", ".join(still)
            complain(f"HANG: {self.hang}")
            capture()


def capture():
    """What a hang looks like from inside, into /out and the kernel log."""
    files = ["/sys/kernel/debug/acf/stats", "/proc/meminfo", "/proc/interrupts",
             *glob.glob("/sys/kernel/debug/hifn795x/*/stats"),
             *glob.glob("/sys/kernel/debug/block/*/hctx*/tags"),
             *glob.glob("/sys/block/*/inflight")]
    with open("/out/hang.txt", "w") as out:
        for name in files:
            try:
                out.write(f"== {name}\n{read(name)}\n")
            except OSError as error:
                out.write(f"== {name}: {error}\n")
    for key in "tw":
        write("/proc/sysrq-trigger", key)
    with open("/out/hang-dmesg.txt", "w") as out:
        out.write(run("dmesg"))
