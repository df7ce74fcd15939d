# SPDX-License-Identifier: BSD-2-Clause
"""The judges and what they share with guests and host are imported as they are run."""

import os
import sys

CI = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
for part in ("judges", "guest/py", "host"):
    sys.path.insert(0, os.path.normpath(os.path.join(CI, part)))
