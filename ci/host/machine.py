# SPDX-License-Identifier: BSD-2-Clause
"""What a run needs of whatever boots its guest: QEMU (qemu.py) or User-Mode Linux (uml.py).

A machine is made for one run, asked whether it can (check), started once, and judged by
its process; the methods below start may be called from other threads while it runs.
"""

import os
import subprocess

from fail import CannotRun


class Machine:
    """The common part; `what` is its name in messages, `card_options` what its cards are
    started with."""

    what = ""
    card_options = ()
    process = None

    def __init__(self, run):
        self.run = run
        self.log = os.path.join(run.out, f"{self.what.lower()}.log")

    def check(self):
        """Raises CannotRun, with the remedy, if this machine cannot boot that guest here."""

    def port(self, name):
        """The host's end of the guest's port "out", "verdict" or "host" (channels.py)."""
        raise NotImplementedError

    def start(self):
        """Starts it, with all that the guest was promised; sets self.process."""
        raise NotImplementedError

    def stop(self):
        """Ends it, if it has not ended."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def plug(self, card):
        """Hot-plugs the card, whose process listens."""
        raise NotImplementedError

    def unplug(self, card):
        """Asks the guest to let go of the card and takes it away."""
        raise NotImplementedError

    def memory(self):
        """The file that is the guest's memory."""
        raise NotImplementedError

    def frozen(self):
        """A context in which the guest stands still."""
        raise NotImplementedError

    def monitor(self, command):
        """A command for QEMU's monitor, which only QEMU has."""
        raise NotImplementedError


def cached_kernel(name):
    """The directory of a kernel of ci/kernel, and its initrd."""
    found = [subprocess.run(["/src/ci/kernel", verb, name], capture_output=True, text=True,
                            check=False) for verb in ("--cached", "--initrd")]
    if any(done.returncode for done in found):
        raise CannotRun(f"no kernel {name!r} in the cache: run ci/kernel {name}"
                        " (ci/kernel --list names them)")
    return tuple(done.stdout.strip() for done in found)
