# SPDX-License-Identifier: BSD-2-Clause
"""What ci/guest/bin/hostcmd does, without its processes: for who asks a thousand times, or times
what is between two answers."""

import fcntl

PORT = "/dev/acf-ports/host"


def ask(*words):
    """The host's answer to one line; OSError when it refuses."""
    with open("/run/hostcmd.lock", "w") as lock, open(PORT, "r+b", buffering=0) as port:
        fcntl.flock(lock, fcntl.LOCK_EX)
        port.write(" ".join(words).encode() + b"\n")
        reply = b""
        while not reply.endswith(b"\n"):
            more = port.read(65536)
            if not more:
                raise OSError(f"{' '.join(words)}: the host port has ended")
            reply += more
    status, _, text = reply.decode().strip().partition(" ")
    if status != "ok":
        raise OSError(f"{' '.join(words)}: {text}")
    return text
