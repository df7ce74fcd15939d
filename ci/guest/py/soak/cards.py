# SPDX-License-Identifier: BSD-2-Clause
"""The cards as the guest sees them, and their counters, which outlive unplugging."""

import json
import os
import sys
import time

sys.path.append("/src/ci/guest/py")
import on_card  # noqa: E402
import stats  # noqa: E402
from system import DRIVER, Broken, acf, counters, host, read, write

GONE_S = 60         # from the request to unplug until the slot is empty
LEVELS = ("in_flight", "slots_free", "bounce_free", "rng_words")  # in the driver's figures: no sums
BACK_S = 120        # from plugging in until the driver has taken the card


def waited(what, seconds):
    """True as soon as what() is; False after the time."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


class Sum:
    """Adds up counters that start again from 0 when their owner does."""

    def __init__(self):
        self.last, self.total = {}, {}

    def see(self, now):
        for key, value in now.items():
            before = self.last.get(key, 0)
            self.total[key] = (self.total.get(key, 0) + value
                               - (before if value >= before else 0))
        self.last = dict(now)

    def restart(self):
        self.last = {}


def plain(tree, prefix=""):
    """Nested counters as one dictionary with dotted names."""
    flat = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat.update(plain(value, prefix + key + "."))
        else:
            flat[prefix + key] = value
    return flat


def figures(tree):
    """Of a virtual card's counters, those that are summed up."""
    return {key: value for key, value in plain(tree).items()
            if key.startswith(("faults.", "commands.", "irq.", "errors."))}


def addresses():
    """Of all HIFN cards in the machine, in order."""
    return sorted(name for name in os.listdir("/sys/bus/pci/devices")
                  if read(f"/sys/bus/pci/devices/{name}/vendor").strip() == "0x13a3")


class Card:
    """One card: its slot, its driver's figures, the virtual card behind it."""

    def __init__(self, number):
        self.number = number
        # the rig gives card N the N-th root port, so its address is the N-th too
        self.address = addresses()[number]
        self.device = f"/sys/bus/pci/devices/{self.address}"
        self.driver, self.vcard = Sum(), Sum()
        self.killed = False
        self.selftest = {}      # commands by kind of one, when a card is bound
        self.selftests = 0
        self.before = {}

    def loaded(self):
        """The driver has taken the card; the first time, when nobody has used it yet, the
        commands of its self-test are counted."""
        if not self.selftests:
            self.selftest = on_card.kinds(counters(self.number))
        self.selftests += 1

    def begin(self):
        """What users had it do so far does not count."""
        self.note()
        self.before = self.commands()

    def commands(self):
        """By kind: all, but for the self-tests; those that ended early count in full."""
        return {kind: self.vcard.total.get("commands." + kind, 0) - self.selftests * number
                for kind, number in self.selftest.items()}

    def users(self):
        """Commands of users by kind since begin(), or a few less."""
        now = self.commands()
        return {kind: number - self.before.get(kind, 0) for kind, number in now.items()}

    def present(self):
        return os.path.exists(self.device)

    def bound(self):
        return os.path.exists(f"{DRIVER}/{self.address}")

    def stats(self):
        """The driver's counters; none when it does not have the card."""
        try:
            return stats.driver(self.address)
        except OSError:
            return {}

    def outstanding(self):
        """Bytes of the requests that wait for the card or are on it."""
        return acf().outstanding.get(self.stats().get("name"), 0)

    def state(self):
        return self.stats().get("state", "absent")

    def note(self):
        """Adds what was counted since the last time."""
        now = self.stats()
        if now:
            self.driver.see({key: value for key, value in now.items()
                             if isinstance(value, int) and key not in LEVELS})
        if self.killed:
            return
        self.vcard.see(figures(counters(self.number)))

    # --- what can be done to it ---------------------------------------------------

    def unbind(self):
        self.note()
        write(f"{DRIVER}/unbind", self.address)
        self.driver.restart()

    def bind(self):
        """False when the driver refuses the card."""
        self.selftests += 1
        try:
            write(f"{DRIVER}/bind", self.address)
        except OSError:
            return False
        return self.bound()

    def unplug(self):
        self.note()
        host("card-del", self.number)
        if not waited(lambda: not self.present(), GONE_S):
            raise Broken(f"card {self.number} is still there {GONE_S} s after unplugging")
        self.driver.restart()

    def plug(self):
        """QEMU may still be busy with the end of the one before."""
        if not waited(self.plugged, GONE_S):
            raise Broken(f"card {self.number} cannot be plugged in: {self.refusal}")
        return waited(lambda: self.state() == "up", BACK_S)

    def plugged(self):
        try:
            host("card-add", self.number)
            self.selftests += 1
            return True
        except Broken as error:
            self.refusal = error
            return False

    def kill(self):
        """The card's process ends under the running system."""
        self.note()
        host("card-kill", self.number)
        with open(f"/out/card{self.number}.counters.json") as file:
            self.vcard.see(figures(json.load(file)))
        self.vcard.restart()
        self.killed = True

    def start(self):
        host("card-start", self.number)
        self.killed = False

    def fault(self, spec):
        host("fault", self.number, spec)

    def clear(self):
        host("faults-clear", self.number)

    def hits(self):
        return sum(counters(self.number).get("faults", {}).values())
