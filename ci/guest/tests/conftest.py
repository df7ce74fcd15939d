# SPDX-License-Identifier: BSD-2-Clause
"""What guests run is imported from where it is; nothing here needs a guest."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "py"))
