# SPDX-License-Identifier: BSD-2-Clause
"""The guest's side of ci/soak: two loads, disturbances, and what became of it all.

usage: soak.py SECONDS SEED [FAULT]

With FAULT that fault stays on while the loads run and nothing else is disturbed: how a
card that falsifies data is reported.
"""

import random
import sys
import threading
import time
import traceback

import memory
import outcome
from cards import Card
from chaos import Chaos
from system import Broken, acf, complain, load, say, unload
from traffic import SUITES, Traffic
from volumes import SWAP, VOLUMES, make_all, swap_off, swap_on
from watch import Pulse, Watch

CARDS = 2
WARM_UP_S = 3
END_S = 120         # for the loads to end what they have begun
HEAD_EVERY = 4      # rounds of fio between two looks at a volume's head


class Load(threading.Thread):
    """Repeats a step until told to stop; keeps what broke it."""

    def __init__(self, name, step):
        super().__init__(daemon=True)
        self.name, self.step = name, step
        self.ended = threading.Event()
        self.error = None

    def run(self):
        try:
            while not self.ended.is_set():
                self.step(self.ended)
        except Exception as error:  # whatever it is: the verdict is to name it
            self.error = f"{self.name}: {error}"
            complain(traceback.format_exc())


class Soak:
    """All parts of one run."""

    def __init__(self, seconds, seed, fault):
        self.seconds, self.seed, self.fault = seconds, seed, fault
        self.cards = [Card(n) for n in range(CARDS)]
        self.traffic = Traffic()
        self.random = random.Random(f"{seed} suites")
        self.chaos, self.loads, self.problems = [], [], []
        self.watch = None
        self.pressure = memory.Pressure(random.Random(f"{seed} memory"))
        self.cpu = {}
        self.disbelieved = 0

    # --- the loads -----------------------------------------------------------------

    def volume_step(self, volume):
        rng = random.Random(f"{self.seed} {volume.name}")

        def step(_):
            volume.round(rng)
            if volume.rounds % HEAD_EVERY == 0:
                volume.compare_head()
        return step

    def traffic_step(self, ended):
        suite = self.random.choice(SUITES)
        say(f"esp: {suite}")
        self.traffic.up(suite)
        ended.wait(max(10, min(60, self.seconds / 3)))
        self.traffic.down()

    # --- the phases -----------------------------------------------------------------

    def open_all(self):
        load()
        for card in self.cards:
            card.loaded()
        for volume in VOLUMES:
            volume.open()
            volume.write_head()
        swap_on()

    def close_all(self):
        swap_off()
        for volume in VOLUMES:
            volume.close()

    def warm_up(self):
        """Everything once, so that what the system keeps is in the first figures."""
        say("warming up")
        self.open_all()
        for volume in VOLUMES:
            volume.round(random.Random(1))
            volume.__dict__.update(rounds=0, read=0, written=0)
        warm = Traffic()
        warm.up(SUITES[0])
        time.sleep(WARM_UP_S)
        warm.down()
        self.pressure.hog(5)
        self.close_all()
        unload()

    def line(self):
        totals = outcome.totals(self)
        return " ".join(f"{key} {value}" for key, value in totals.items())

    def start(self):
        """Faults and self-tests do not mix: the modules are in before the first fault."""
        self.loads = [Load(v.name, self.volume_step(v)) for v in VOLUMES]
        self.loads.append(Load("esp", self.traffic_step))
        pulses = [Pulse(v.name, v.progress) for v in [*VOLUMES, SWAP]]
        pulses.append(Pulse("esp", self.traffic.progress))
        if self.fault:
            for card in self.cards:
                card.fault(self.fault)
        else:
            self.chaos = [Chaos(card, self.seed) for card in self.cards]
        self.watch = Watch(pulses, self.chaos, self.line)
        for thread in [*self.loads, self.pressure, *self.chaos, self.watch]:
            thread.start()

    def wait(self):
        """For the time to pass, a hang, or a part that broke."""
        deadline = time.monotonic() + self.seconds
        while time.monotonic() < deadline and not self.watch.over.wait(0.5):
            if self.broken():
                break

    def broken(self):
        parts = [*self.loads, *self.chaos, self.pressure]
        return [part.error for part in parts if part.error]

    def stop(self):
        """Disturbances first, so that what is on the way can end in peace."""
        say("ending")
        for group in (self.chaos, [*self.loads, self.pressure]):
            for thread in group:
                thread.ended.set()
            for thread in group:
                if not self.watch.hang:
                    thread.join(END_S)
        self.problems += self.broken()
        left = [t.name for t in [*self.chaos, *self.loads] if t.is_alive()]
        self.watch.ended.set()
        self.watch.join(END_S)
        if left and not self.watch.hang:
            self.watch.hang = f"{', '.join(left)} did not end"
        for card in self.cards:
            card.clear()
            card.note()

    def software_reads(self):
        """What the card wrote, read without it."""
        counted = acf()
        self.cpu, self.disbelieved = counted.on_cpu(), sum(counted.disbelieved.values())
        self.close_all()
        unload()
        for volume in VOLUMES:
            volume.open()
            volume.compare_head()
            volume.close()

    def all_phases(self):
        memory.lock_own()
        make_all()
        if not self.fault:
            self.warm_up()
        before = memory.at_rest()
        self.open_all()
        for card in self.cards:
            card.begin()
        self.pressure.ended.clear()
        say(f"{self.seconds} s from now on")
        self.start()
        self.wait()
        self.stop()
        if self.watch.hang:
            return None
        self.software_reads()
        return memory.grown(before, memory.at_rest())


def main():
    threading.stack_size(512 << 10)     # all of it is locked, see memory.py
    seconds, seed, fault = int(sys.argv[1]), sys.argv[2], (sys.argv[3:] or [None])[0]
    soak = Soak(seconds, seed, fault)
    growth = None
    try:
        growth = soak.all_phases()
    except (Broken, OSError) as error:
        complain(traceback.format_exc())
        soak.problems.append(str(error))
    return outcome.judge(soak, growth)


sys.exit(main())
