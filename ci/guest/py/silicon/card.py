# SPDX-License-Identifier: BSD-2-Clause
"""The one card of the guest: its place in /sys/class/acf, its driver, and the chip behind it."""

import json
import os
import re
import subprocess
import time

from hostport import ask as host

DRIVER = "/sys/bus/pci/drivers/hifn795x"
PARAMETERS = "/sys/module/acf/parameters"
SETTLE_S = 120


def write(path, text):
    """True: the kernel took it."""
    try:
        with open(path, "w") as file:
            file.write(text)
        return True
    except OSError:
        return False


def become(pairs):
    """Another chip, which has these knobs, in the card's place."""
    host("card", "0", "silicon default")
    for knob, value in pairs:
        host("card", "0", f"silicon {knob}={value}")


def commands(kind):
    """The card's own count."""
    return int(host("count", "0", f"commands.{kind}"))


HIFNCTL = "/src/build/hifnctl/hifnctl"


class Card:
    def __init__(self):
        self.address = os.listdir("/sys/class/acf")[0]
        self.place = f"/sys/class/acf/{self.address}"

    def tells(self, name):
        with open(f"{self.place}/{name}") as file:
            return file.read().strip()

    def fields(self, name):
        """Of a file of lines that begin with a word: {word: the rest of its line}."""
        lines = [line.partition(" ") for line in self.tells(name).splitlines()]
        return {word: rest for word, _, rest in lines}

    def unbind(self):
        return write(f"{DRIVER}/unbind", self.address)

    def bind(self):
        return write(f"{DRIVER}/bind", self.address)

    def offline_and_online(self):
        write(f"{self.place}/online", "0")
        write(f"{self.place}/online", "1")

    def settle(self):
        """Until the driver has done with it what it does; the state then."""
        deadline = time.monotonic() + SETTLE_S
        while (state := self.tells("state")) in ("starting", "testing", "resetting"):
            if time.monotonic() > deadline:
                raise TimeoutError(f"still {state} after {SETTLE_S} s")
            time.sleep(0.02)
        return state

    def lost(self):
        return self.tells("algorithms_lost").split()

    def doctors_knobs(self):
        """What `hifnctl doctor` takes the chip for."""
        said = subprocess.run([HIFNCTL, "doctor", self.address, "--json"], check=False,
                              capture_output=True, text=True)
        remedies = [one["remedy"] or "" for one in json.loads(said.stdout)["checks"]]
        return [name for names in re.findall(r"\[silicon: ([^,]+),", " ".join(remedies))
                for name in names.split()]

    def resets(self):
        return int(self.tells("totals/resets"))
