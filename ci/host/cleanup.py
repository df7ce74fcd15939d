# SPDX-License-Identifier: BSD-2-Clause
"""Nothing outlives the run: neither by a signal nor by a crash of this program."""

import ctypes
import signal

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


def die_with_parent():
    """In a child before exec: the kernel ends it when the thread that made it is gone."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Cleanup:
    """Steps to undo, last one first, once."""

    def __init__(self):
        self.steps = []
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.interrupt)

    @staticmethod
    def interrupt(_number, _frame):
        raise KeyboardInterrupt

    def add(self, step):
        self.steps.append(step)

    def run(self):
        while self.steps:
            self.steps.pop()()
