# SPDX-License-Identifier: BSD-2-Clause
"""Makes what the peer's guest needs: the 32-bit program and the work list."""

import subprocess
import sys

from cases import write_work

subprocess.run(["i686-linux-gnu-gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror",
                "-static", "-o", sys.argv[1] + "/afalg", "/src/ci/guest/c/afalg.c"], check=True)
write_work(sys.argv[1])
