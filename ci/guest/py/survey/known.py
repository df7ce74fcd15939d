# SPDX-License-Identifier: BSD-2-Clause
"""What a survey can see of the silicon's knobs, and what not."""

# Each alone at each value, and the value comes back; but:
UNSEEN = {
    "source-read": "nothing faults where all of memory can be read",
}
AT_CONNECT = {"bar2"}       # what the machine is told when it meets the card, and not again
ONLY_DANGER = {"write-ram": "E2", "unlock-twice": "E3"}
