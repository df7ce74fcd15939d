# SPDX-License-Identifier: BSD-2-Clause
"""What the guest asks of the outside: one line in, one line out, whatever the machine.
The verbs are listed in ci/guest/bin/hostcmd."""

import ctypes
import json
import os
import threading
import time

import memory
import sample
from channels import LINE_MAX, Channel
from fail import Failure


def counted(counters, name):
    """The counter of this dotted name."""
    node = counters
    for word in name.split("."):
        node = node.get(word) if isinstance(node, dict) else None
    if not isinstance(node, int):
        raise Failure(f"no counter {name}: hostcmd counters prints them")
    return node


def cpu_ns(pid):
    """CPU time of a process, all its threads, those that ended too. Not of /proc, which counts in
    ticks of 10 ms."""
    clock = ctypes.c_int()
    error = ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock))
    if error:
        raise Failure(f"no CPU clock of process {pid}: {os.strerror(error)}")
    return time.clock_gettime_ns(clock.value)


def count(card, names):
    counters = json.loads(card.ask("counters"))
    return " ".join(str(counted(counters, name)) for name in names)


class HostCommands(Channel):
    def __init__(self, port, cards, machine):
        self.cards = cards
        self.machine = machine
        super().__init__(port)

    def run(self):
        """Does not return: cards started here would die with this thread."""
        super().run()
        threading.Event().wait()

    def serve(self, conn):
        file = conn.makefile("rw", errors="replace")
        while line := file.readline(LINE_MAX):
            file.write(self.answer(line.strip()) + "\n")
            file.flush()

    def answer(self, line):
        try:
            return ("ok " + self.perform(line)).rstrip()
        except (Failure, OSError, ValueError) as error:
            return "error " + " ".join(str(error).split())

    def perform(self, line):
        verb, _, rest = line.partition(" ")
        if verb == "qmp":
            return json.dumps(self.machine.monitor(json.loads(rest)))
        if verb == "cpu-time":
            return " ".join(str(cpu_ns(process.pid)) for process in
                            [self.machine.process] + [card.process for card in self.cards])
        if verb == "sample":
            return self.sample(rest.split())
        if verb == "memory-find":
            return self.memory_find(rest.split())
        number, _, text = rest.partition(" ")
        return self.of_card(self.card(number), verb, text)

    def of_card(self, card, verb, text):
        own = {"card-memory-find": lambda: memory.find_in_card(card, text.split()),
               "count": lambda: count(card, text.split()),
               "card-del": lambda: self.machine.unplug(card),
               "card-add": lambda: self.machine.plug(card),
               "card-kill": card.kill, "card-start": card.start,
               "expect-errors": lambda: card.ledger.expect(text.split()),
               "card-pause": lambda: card.pause(int(text))}
        if verb in own:
            return own[verb]() or ""
        asked = {"counters": "counters", "reset-counters": "reset-counters",
                 "fault": f"fault {text}", "faults-clear": "faults clear", "card": text}
        if verb not in asked:
            raise Failure(f"unknown command {verb}")
        return card.ask(asked[verb])

    def sample(self, words):
        """SECONDS RANGES...: of the guest's process."""
        counts = sample.sample(self.machine.process.pid, float(words[0]), sample.ranges(words[1:]))
        return " ".join(str(number) for number in [sample.PERIOD_NS] + counts)

    def memory_find(self, secrets):
        """In a guest that stands still."""
        with self.machine.frozen():
            return memory.find(self.machine.memory(), secrets)

    def card(self, number):
        if not number.isdigit() or int(number) >= len(self.cards):
            raise Failure(f"no card {number!r}, there are {len(self.cards)}")
        return self.cards[int(number)]
