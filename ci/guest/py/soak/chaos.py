# SPDX-License-Identifier: BSD-2-Clause
"""What is done to a card meanwhile: faults, unplugging, unbinding, at random by a seed.

Each card has its own generator, so the list of its disturbances depends on the seed
only; what the system makes of them depends on time.
"""

import random
import re
import threading
import time
import traceback

from cards import waited
from system import Broken, acf, complain, say

# Once, at one of the next commands. With a number in braces: one of the next ones.
ONCE = ["stuck", "stuck-cmd", "stuck-src", "stuck-dst", "stuck-res", "abort", "abort-src",
        "abort-dst", "abort-res", "lost-irq", "spurious-irq", "no-result", "overrun",
        "starved", "bad-residual", "no-valid", "no-valid-cmd", "no-valid-src",
        "no-valid-dst", "gone", "gone-reset"]
# For a while, at a rate.
RATE = ["slow:1000%20", "late:2000%50", "late-irq:3000%50", "lost-irq%100",
        "spurious-irq%20", "overrun%200", "starved%200", "bad-residual%200",
        "no-result%300", "stuck%500"]
# At the reset that the second one causes.
RESET = ["slow-reset:300000", "slow-reset@1", "back-locked:1", "back-sealed:1",
         "pll-stuck:1"]
LONG = ["no-irq", "slow:3000"]
# Nobody but a check of the data themselves can see these, and that is what the run is
# for; the last three never touch the data path.
EXCLUDED = ["corrupt", "corrupt-at", "corrupt-in", "rng-stuck", "pub-stuck",
            "small-bars"]

HIT_S = 10          # for a fault to strike
STRIKE_S = 60       # for the first fault of a run
SLOW = "slow:500"    # us for each command, while a card is taken away
TAKE_S = 5          # for requests to come to it
WORK_S = 6          # for the driver to notice, reset and go on
TRIES = 3
STUCK_S = 600       # one disturbance, all repairs included


class Chaos(threading.Thread):
    """Disturbs one card until told to stop, then leaves it working."""

    def __init__(self, card, seed):
        super().__init__(daemon=True)
        self.card = card
        self.random = random.Random(f"{seed} card {card.number}")
        self.ended = threading.Event()
        self.counts = {"faults_set": 0, "unbinds": 0, "unplugged": 0, "pulled": 0,
                       "taken_at_work": 0,
                       "given_up": 0, "refused": 0, "healthy_refused": 0}
        self.faults = {}        # by name: how often it was set
        self.doing, self.since = "nothing", time.monotonic()
        self.error = None

    def run(self):
        try:
            self.do(self.unplug if self.card.number else self.fault_stuck)
            while not self.ended.wait(self.random.uniform(0.5, 3)):
                self.once()
            self.begin("its end")
            self.repair()
        except (Broken, OSError, ValueError) as error:
            self.error = f"card {self.card.number}, {self.doing}: {error}"
            complain(traceback.format_exc())
        self.doing = "nothing"

    def begin(self, what):
        self.doing, self.since = what, time.monotonic()
        say(f"card {self.card.number}: {what}")

    def overdue(self):
        return self.doing != "nothing" and time.monotonic() - self.since > STUCK_S

    def once(self):
        actions = ((self.fault_once, 10), (self.fault_rate, 5), (self.fault_reset, 3),
                   (self.fault_long, 1), (self.unbind, 3), (self.unplug, 3),
                   (self.pull, 2))
        self.do(self.random.choices([a for a, _ in actions], [w for _, w in actions])[0])

    def do(self, action):
        action()
        self.repair()
        self.doing = "nothing"

    def set(self, *specs):
        self.begin("fault " + " ".join(specs))
        for spec in specs:
            self.card.fault(spec)
            name = re.split("[:%@]", spec)[0]
            self.faults[name] = self.faults.get(name, 0) + 1
        self.counts["faults_set"] += len(specs)

    def work(self, seconds=WORK_S):
        """Time for the driver; over early when it has given the card up."""
        waited(lambda: self.card.state() == "dead", seconds)

    def fault_stuck(self):
        """What the shortest run has to have: the other card is unplugged meanwhile."""
        before = self.card.hits()
        self.set("stuck:1")
        # on a busy machine a guest short of memory may ask nothing of the card for long
        if waited(lambda: self.card.hits() > before, STRIKE_S):
            self.work()

    def fault_once(self):
        before = self.card.hits()
        self.set(f"{self.random.choice(ONCE)}:{self.random.randint(1, 200)}")
        if waited(lambda: self.card.hits() > before, HIT_S):
            self.work()

    def fault_rate(self):
        self.set(self.random.choice(RATE))
        self.work(self.random.uniform(3, 10))

    def fault_reset(self):
        self.set(self.random.choice(RESET), f"stuck:{self.random.randint(1, 50)}")
        self.work(WORK_S + 4)

    def fault_long(self):
        self.set(self.random.choice(LONG))
        self.work(self.random.uniform(3, 8))

    def expect(self, taken):
        """Of a healthy card. The verdict counts it, repair() tries again."""
        if not taken:
            self.counts["healthy_refused"] += 1
            complain(f"card {self.card.number}: refused after: {self.doing}")

    def take(self, how):
        """Away with the card, slow so that it is seldom done with all it has; counts it if
        acf had to take requests back from it, which it tells a moment later."""
        self.card.fault(SLOW)
        waited(self.card.outstanding, TAKE_S)
        before = acf().taken_back()
        how()
        self.counts["taken_at_work"] += waited(lambda: acf().taken_back() > before, 1)

    def unbind(self):
        self.begin("unbind and bind")
        self.take(self.card.unbind)
        time.sleep(self.random.uniform(0, 3))
        self.counts["unbinds"] += 1
        self.expect(self.card.bind())

    def unplug(self):
        self.begin("unplug and plug in")
        self.take(self.card.unplug)
        time.sleep(self.random.uniform(0, 3))
        self.counts["unplugged"] += 1
        self.expect(self.card.plug())

    def pull(self):
        """All ones at once, and only later the slot is told."""
        self.begin("pull out")
        self.take(self.pulled_out)
        self.counts["pulled"] += 1
        self.card.unplug()
        self.card.start()
        self.expect(self.card.plug())

    def pulled_out(self):
        self.card.kill()
        self.work()

    def repair(self):
        """Ends the faults; a card given up comes back by rebinding, or by the slot."""
        self.card.note()
        self.card.clear()
        waited(lambda: self.card.state() != "resetting", WORK_S)
        if self.card.state() == "up":
            return
        self.counts["given_up"] += 1
        if self.card.bound():
            self.card.unbind()
        if self.card.bind():
            return
        # a card that only a reset of the bus unlocks again
        self.counts["refused"] += 1
        for _ in range(TRIES):
            self.card.unplug()
            if self.card.plug():
                return
        raise Broken(f"does not come back after replugging {TRIES} times")
