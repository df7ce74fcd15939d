# SPDX-License-Identifier: BSD-2-Clause
"""Users of the card: each puts a few hundred requests on it and says what became of them."""

import mmap
import os
import random
import subprocess
import time
from dataclasses import dataclass

SECTOR = 512
SECTORS = 256
BYTES = SECTOR * SECTORS
DATAGRAMS = 50
STRESS = 256
LOST_S, LOSSY_S = 10, 2     # how long a datagram may take; the same when some will be lost


@dataclass
class Outcome:
    requests: int = 0
    errors: int = 0     # returned to the caller
    wrong: int = 0      # data that nobody could tell was wrong
    lost: int = 0
    detected: int = 0   # wrong, and refused by who used it
    stall_ms: int = 0


def sh(command):
    subprocess.run(["sh", "-c", command], check=True, stdin=subprocess.DEVNULL)


def differing(want, got):
    return sum(want[at:at + SECTOR] != got[at:at + SECTOR] for at in range(0, BYTES, SECTOR))


class Volume:
    """dm-crypt twice over one disk: by the card, and by the kernel's software.

    Reading deciphers in place, writing enciphers into pages of dm-crypt's own. With an
    AEAD dm-integrity keeps the tags. Direct I/O, so that neither sees the other's pages.
    """

    made = 0

    def __init__(self, place, card, software, key_bytes, tag=0):
        self.reads = place == "in"
        Volume.made += 1
        name, disk = f"v{Volume.made}", "/dev/scratch"
        self.names = [name + "c", name + "s"]
        if tag:
            disk = f"/dev/mapper/{name}i"
            self.names.append(name + "i")
            sh("dd if=/dev/zero of=/dev/scratch bs=4096 count=1 conv=fsync 2>/dev/null")
            self.make(name + "i", f"integrity /dev/scratch 0 {tag} D 0")
        for suffix, cipher in (("s", software), ("c", card)):
            self.make(name + suffix, f"crypt capi:{cipher}-plain64 {'5a' * key_bytes} 0 {disk} 0"
                      + (f" 1 integrity:{tag}:aead" if tag else ""))
        sh("dmsetup mknodes")
        self.card, self.soft = (os.open(f"/dev/mapper/{name}{suffix}",
                                        os.O_RDWR | os.O_DIRECT) for suffix in "cs")
        self.buffer = mmap.mmap(-1, BYTES)

    @staticmethod
    def make(name, target):
        sh(f"dmsetup create {name} --table '0 {SECTORS} {target}'")

    def write(self, fd, data):
        self.buffer[:] = data
        os.pwritev(fd, [self.buffer], 0)

    def read(self, fd):
        self.buffer[:] = bytes(BYTES)
        os.preadv(fd, [self.buffer], 0)
        return self.buffer[:]

    def readable(self, data, result):
        """Sector by sector, for those whose tag is refused."""
        sector = mmap.mmap(-1, SECTOR)
        for at in range(0, BYTES, SECTOR):
            try:
                os.preadv(self.soft, [sector], at)
                result.wrong += sector[:] != data[at:at + SECTOR]
            except OSError:
                result.detected += 1

    def prepare(self):
        self.data = random.randbytes(BYTES)
        if self.reads:
            self.write(self.soft, self.data)

    def run(self, _lossy):
        result = Outcome(requests=SECTORS)
        begin = time.monotonic()
        try:
            if self.reads:
                result.wrong = differing(self.data, self.read(self.card))
            else:
                self.write(self.card, self.data)
        except OSError:
            result.errors = 1
        result.stall_ms = int((time.monotonic() - begin) * 1000)
        return result

    def verify(self, result):
        """What was written, as software reads it once the fault is gone."""
        if self.reads or result.errors:
            return
        try:
            result.wrong = differing(self.data, self.read(self.soft))
        except OSError:
            self.readable(self.data, result)

    def close(self):
        os.close(self.card)
        os.close(self.soft)
        for name in self.names:
            sh(f"dmsetup remove {name}")


class Tunnel:
    """ESP between two namespaces, see ci/guest/lib/esp.sh: always in place."""

    def __init__(self, suite):
        sh(f". /src/ci/guest/lib/esp.sh; esp_up {suite}")
        program = ["python3", "-B", "/src/ci/guest/py/esp_ends.py"]
        self.echo = subprocess.Popen(["ip", "netns", "exec", "b", *program, "echo", "192.0.2.2"],
                                     stdout=subprocess.DEVNULL)
        sh(". /src/ci/guest/lib/esp.sh; esp_wait b")
        self.ask = subprocess.Popen(
            ["ip", "netns", "exec", "a", *program, "rounds", "192.0.2.1", "192.0.2.2"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.exchange(2, LOST_S)    # neighbours known

    def exchange(self, count, lost_s):
        self.ask.stdin.write(f"{count} {lost_s}\n")
        self.ask.stdin.flush()
        words = self.ask.stdout.readline().split()
        return dict(zip(words[::2], map(int, words[1::2])))

    def refused(self):
        """Packets the kernel did not let through, at either end."""
        total = 0
        for end in (self.ask, self.echo):
            with open(f"/proc/{end.pid}/net/xfrm_stat") as file:
                total += sum(int(line.split()[1]) for line in file)
        return total

    def prepare(self):
        self.before = self.refused()

    def run(self, lossy):
        said = self.exchange(DATAGRAMS, LOSSY_S if lossy else LOST_S)
        return Outcome(requests=said["sent"], errors=self.refused() - self.before,
                       wrong=said["wrong"], lost=said["lost"], stall_ms=said["stall_ms"])

    def verify(self, result):
        pass

    def close(self):
        self.ask.stdin.close()
        self.ask.wait(10)
        self.echo.terminate()
        self.echo.wait(10)
        sh(". /src/ci/guest/lib/esp.sh; esp_down")


class Stress:
    """acf_test.ko's load: all requests submitted at once, compared with software."""

    FILE = "/sys/kernel/debug/acf_test/stress"

    def __init__(self, kind, place):
        self.command = f"{kind} {place} {STRESS}"

    def prepare(self):
        pass

    def run(self, _lossy):
        try:
            with open(self.FILE, "w") as file:
                file.write(self.command)
        except TimeoutError:
            pass    # some were lost: the report says how many
        with open(self.FILE) as file:
            words = file.read().split()
        said = dict(zip(words[::2], map(int, words[1::2])))
        return Outcome(**{key: said[key] for key in Outcome.__dataclass_fields__})

    def verify(self, result):
        pass

    def close(self):
        pass
