# SPDX-License-Identifier: BSD-2-Clause
"""Where a process has its CPU time, by the host's kernel: each thread's program counter, taken after each
PERIOD_NS of its own time in user mode (perf_event_open(2), the software event cpu-clock). Of a
guest in User-Mode Linux, whose addresses are the process's: which part of its time is that of a
module. perf(1) does as much, but the lab has none."""

import ctypes
import mmap
import os
import platform
import struct
import time

from fail import Failure

PERIOD_NS = 100_000
PAGES = 64                          # of samples for each thread: 1.6 s of it, looked at ten times a second
CALL = {"x86_64": 298, "aarch64": 241}
SOFTWARE, CPU_CLOCK, SAMPLE_IP = 1, 0, 1
EXCLUDE_KERNEL, EXCLUDE_HV = 1 << 5, 1 << 6
SAMPLE, LOST = 9, 2                 # kinds of records
HEAD, TAIL = 1024, 1032             # in the first page


class Thread:
    """One that is looked at. OSError: it has ended, or the host does not let us."""

    def __init__(self, tid):
        call = CALL.get(platform.machine())
        if call is None:
            raise Failure(f"samples: not on {platform.machine()}")
        attr = struct.pack("<IIQQQQQIIQ", SOFTWARE, 64, CPU_CLOCK, PERIOD_NS, SAMPLE_IP, 0,
                           EXCLUDE_KERNEL | EXCLUDE_HV, 0, 0, 0)
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.syscall(call, attr, tid, -1, -1, 0)
        if self.fd < 0:
            raise OSError(ctypes.get_errno(), f"perf_event_open: {os.strerror(ctypes.get_errno())}")
        self.ring = mmap.mmap(self.fd, (1 + PAGES) * mmap.PAGESIZE)

    def addresses(self):
        """Those that are new. Who lost some says so."""
        head, = struct.unpack_from("<Q", self.ring, HEAD)
        tail, = struct.unpack_from("<Q", self.ring, TAIL)
        while tail < head:
            kind, _, size = struct.unpack("<IHH", self.at(tail, 8))
            if kind == LOST:
                raise Failure("samples: some were lost")
            if kind == SAMPLE:
                yield struct.unpack("<Q", self.at(tail + 8, 8))[0]
            tail += size
        struct.pack_into("<Q", self.ring, TAIL, tail)

    def at(self, offset, size):
        """Records are of whole words: none of these is cut by the ring's end."""
        start = mmap.PAGESIZE + offset % (PAGES * mmap.PAGESIZE)
        return self.ring[start:start + size]

    def close(self):
        self.ring.close()
        os.close(self.fd)


def ranges(words):
    """[[(first, end), ...]] of words like "1000-2000,5000-5040", hexadecimal."""
    return [[tuple(int(end, 16) for end in part.split("-")) for part in word.split(",")] for word in words]


def sample(pid, seconds, wanted):
    """Samples in all, and in each of the ranges wanted, of the threads that the process has now."""
    threads = [Thread(int(tid)) for tid in os.listdir(f"/proc/{pid}/task")]
    counts = [0] * (1 + len(wanted))
    try:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            time.sleep(0.1)
            for thread in threads:
                for address in thread.addresses():
                    counts[0] += 1
                    for number, parts in enumerate(wanted):
                        counts[1 + number] += any(first <= address < end for first, end in parts)
    finally:
        for thread in threads:
            thread.close()
    return counts
