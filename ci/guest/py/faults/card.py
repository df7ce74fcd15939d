# SPDX-License-Identifier: BSD-2-Clause
"""The card, its driver and the framework, as the matrix looks at them."""

import glob
import json
import os
import sys
import time

sys.path.append("/src/ci/guest/py")
import on_card  # noqa: E402
import stats  # noqa: E402
from hostport import ask as host  # noqa: E402

DRIVER = "/sys/bus/pci/drivers/hifn795x"
SETTLE_S = 20


def counters():
    return json.loads(host("counters", "0"))


def hits_and_kinds(name):
    """How often a fault has struck so far; the users' commands by kind."""
    now = counters()
    return now["faults"].get(name, 0), on_card.kinds(now)


def set_fault(spec):
    host("fault", "0", spec)


def clear_faults():
    host("faults-clear", "0")


def address():
    return os.path.basename(glob.glob(DRIVER + "/0000:*")[0])


def driver():
    """The driver's counters; words for what is not a number."""
    return stats.driver(address())


def cpu():
    """Requests the CPU did in the card's place: of failed jobs, and for want of a card."""
    served = stats.acf().on_cpu()
    return {reason: served[reason] for reason in ("failed", "no_engine")}


def disbelieved():
    """Results that acf has found wrong, or doubts, since the card was bound."""
    return sum(stats.acf().disbelieved.values())


def settle():
    """Waits until the driver has done with the card what it does; the state then."""
    deadline = time.monotonic() + SETTLE_S
    while True:
        now = driver()
        if now["state"] in ("up", "dead") and not now["in_flight"]:
            return now
        if time.monotonic() > deadline:
            raise TimeoutError(f"the driver is still {now['state']} with {now['in_flight']}"
                               f" jobs in flight after {SETTLE_S} s")
        time.sleep(0.02)


def rebind():
    name = address()
    for action in ("unbind", "bind"):
        with open(f"{DRIVER}/{action}", "w") as file:
            file.write(name)
    if driver()["state"] != "up":
        raise RuntimeError("the card does not come back: " + driver()["state"])
