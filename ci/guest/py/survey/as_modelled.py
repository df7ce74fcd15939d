# SPDX-License-Identifier: BSD-2-Clause
"""Does the file of a survey say of each knob that a survey can see what the model is? Ends with 1 and
what differs."""

import sys

from known import AT_CONNECT, ONLY_DANGER, UNSEEN
from knobs_back import models


def main():
    with open(sys.argv[1]) as file:
        found = dict(line[6:].strip().split("=") for line in file if line.startswith("model "))
    wanted = {name: values[0] for name, values in models().items()
              if name not in UNSEEN and name not in ONLY_DANGER and name != "parity"}
    differ = [f"{name}={found.get(name)}" for name, value in wanted.items()
              if found.get(name) != value]
    print(" ".join(differ), f"({len(wanted)} knobs, {', '.join(AT_CONNECT)} among them)")
    return bool(differ)


if __name__ == "__main__":
    sys.exit(main())
