# SPDX-License-Identifier: BSD-2-Clause
"""A survey of each knob of the silicon at each value gives that value back, and the model's of all
other knobs it can see. By the module's own files, as an owner without hifnctl would.

Arguments: knobs, or none for all."""

import errno
import os
import sys
import time

sys.path.append("/src/ci/guest/py")
sys.path.append("/src/ci/judges")
import knobs  # noqa: E402
import ktap  # noqa: E402
from hostport import ask as host  # noqa: E402
from known import AT_CONNECT, ONLY_DANGER, UNSEEN  # noqa: E402

DRIVER = "/sys/bus/pci/drivers/hifn_survey"


def write(path, text):
    """Once: what buffers would try again at its end."""
    file = os.open(path, os.O_WRONLY)
    try:
        os.write(file, text.encode())
    finally:
        os.close(file)


def read(path):
    with open(path) as file:
        return file.read()


class Card:
    def __init__(self):
        self.address = next(name for name in os.listdir(DRIVER) if name.startswith("0000:"))
        self.place = f"/sys/bus/pci/devices/{self.address}/survey"

    def anew(self, knob=None):
        """Another chip in the card's place, as after a power cycle, and the module's state with it."""
        write(f"{DRIVER}/unbind", self.address)
        host("card", "0", "silicon default")
        if knob:
            host("card", "0", f"silicon {knob}")
        write(f"{DRIVER}/bind", self.address)

    def run(self, name):
        """Its lines; and whether the card wants a power cycle now."""
        try:
            write(f"{self.place}/run", name)
            blocked = False
        except OSError as error:
            if error.errno != errno.ESHUTDOWN:
                raise
            blocked = True
        return read(f"{self.place}/result").splitlines(), blocked


def experiments(card, knob):
    """B4 takes a second, and is about one knob alone."""
    names = [line.split()[0] for line in read(f"{card.place}/experiments").splitlines()]
    if knob in ONLY_DANGER:
        return [ONLY_DANGER[knob]]
    return [name for name in names if name[0] != "E" and (name != "B4" or knob == "crystal")]


def survey(card, knob, names):
    """{knob: value} of its model lines, and all of its lines. After a card that is blocked comes another."""
    lines = []
    for name in names:
        said, blocked = card.run(name)
        lines += [f"{name} {line}" for line in said]
        if blocked:
            card.anew(knob)
    model = [line.split()[2].split("=") for line in lines if line.split()[1] == "model"]
    return dict(model), lines


def models():
    """{knob: [values]}, the model's first."""
    return {name: [value for value, _, _ in values]
            for name, _, values in knobs.knobs(read("/src/" + knobs.SOURCE))}


def others(model, known, knob):
    """What of other knobs is not as modelled."""
    return [f"{name}={value}" for name, value in model.items()
            if name != knob and value != known[name][0]]


def judge(knob, value, model, lines, known):
    name = f"survey.{knob}.{value}"
    print(f"{name}: {' '.join('='.join(pair) for pair in model.items())}", flush=True)
    passed = model.get(knob) == value
    if not passed:
        print("\n".join(lines), flush=True)
    ktap.check(f"{name}.back", passed, f"it is {model.get(knob)}")
    ktap.check(f"{name}.others", not others(model, known, knob), " ".join(others(model, known, knob)))


def main():
    known = models()
    card = Card()
    for knob, values in known.items():
        if (sys.argv[1:] and knob not in sys.argv[1:]) or knob in UNSEEN or knob in AT_CONNECT:
            continue
        for value in values[1:]:
            begin = time.monotonic()
            card.anew(f"{knob}={value}")
            try:
                judge(knob, value, *survey(card, f"{knob}={value}", experiments(card, knob)), known)
            except OSError as error:
                ktap.not_ok(f"survey.{knob}.{value}.back", error)
            print(f"{time.monotonic() - begin:.1f} s", flush=True)
    card.anew()


if __name__ == "__main__":
    main()
