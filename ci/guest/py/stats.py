# SPDX-License-Identifier: BSD-2-Clause
"""The counters of acf and of the driver, which nobody else reads; lib/stats.sh is the same for sh.

docs/reference/framework.md and drivers/hifn_debugfs.c say what they count.
"""

from dataclasses import dataclass, field

ACF = "/sys/kernel/debug/acf/stats"
LATENCY = "/sys/kernel/debug/acf/latency"
DRIVER = "/sys/kernel/debug/hifn795x/{}/stats"
VERSION, LATENCY_VERSION = "version 4", "version 1"


class Unknown(ValueError):
    """acf's counters look otherwise than is known here."""


@dataclass
class Acf:
    """acf's counters; all 0 when acf is not there."""
    stops: int = 0      # engines that were stopped
    busy: int = 0       # of these, with users' requests
    outstanding: dict = field(default_factory=dict)     # by engine: bytes of the requests it has
    jobs: dict = field(default_factory=dict)    # by engine and algorithm, failed ones with others
    disbelieved: dict = field(default_factory=dict)     # by engine: results found wrong, or in doubt
    cpu: dict = field(default_factory=dict)     # by algorithm: requests the CPU served, by reason

    def on_cpu(self):
        """Requests the CPU served, by reason."""
        found = {}
        for reasons in self.cpu.values():
            for reason, number in reasons.items():
                found[reason] = found.get(reason, 0) + number
        return found

    def taken_back(self):
        """How often requests were taken from an engine: stopped with some, or given back undone."""
        return self.busy + (self.on_cpu()["failed"] if self.cpu else 0)


def numbers(words):
    """Words and numbers that take turns as a dictionary."""
    return {key: int(value) for key, value in zip(words[::2], words[1::2])}


def _records(path, version, text, take):
    """Has take() the words of each line behind the version."""
    lines = text.splitlines() or [""]
    if lines[0] != version:
        raise Unknown(f"{path} begins with {lines[0]!r}, not {version!r}")
    for line in lines[1:]:
        try:
            take(line.split())
        except (IndexError, KeyError, ValueError) as error:
            raise Unknown(f"{path}: {line!r}: {error!r}") from error


def parse_acf(text):
    """Records that are not known here are left out, as are words at the end of a line."""
    found = Acf()

    def take(words):
        if words[0] == "stops":
            record = numbers(words)
            found.stops, found.busy = record["stops"], record["busy"]
        elif words[0] == "engine" and words[2] == "state":
            found.outstanding[words[1]] = numbers(words[4:])["outstanding_bytes"]
        elif words[0] == "engine" and words[2] == "check":
            record = numbers(words[3:9])
            found.disbelieved[words[1]] = record["doubtful"] + record["wrong"]
        elif words[0] == "engine" and words[3] == "jobs":
            record = numbers(words[3:])
            found.jobs[words[1], words[2]] = record["jobs"] + record["failed"]
        elif words[0] == "cpu":
            found.cpu[words[1]] = numbers(words[2:])
            del found.cpu[words[1]]["bytes"]
    _records(ACF, VERSION, text, take)
    return found


def parse_latency(text):
    """Jobs a card had, by engine and algorithm, of whatever time."""
    found = {}

    def take(words):
        if words[0] == "engine" and words[2] == "card":
            found[words[1], words[3]] = sum(numbers(words[words.index("log2_ns") + 1:]).values())
    _records(LATENCY, LATENCY_VERSION, text, take)
    return found


def parse_driver(text):
    """By key: a number, or the word when it is none."""
    pairs = (line.split(maxsplit=1) for line in text.splitlines() if " " in line)
    return {key: int(value) if value.strip().isdigit() else value.strip() for key, value in pairs}


def _text(path):
    with open(path) as file:
        return file.read()


def acf():
    """As they are now; FileNotFoundError without acf."""
    return parse_acf(_text(ACF))


def latency():
    """As it is now: what parse_latency() finds; FileNotFoundError without acf."""
    return parse_latency(_text(LATENCY))


def driver(address):
    """The driver's for the card at that PCI address; OSError when it has no such card."""
    return parse_driver(_text(DRIVER.format(address)))
