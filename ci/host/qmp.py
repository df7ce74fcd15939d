# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's monitor: one command at a time, events are dropped."""

import json
import socket
import struct
import threading

from channels import ACCEPT_S, Channel
from fail import Failure


class Qmp(Channel):
    def __init__(self, port):
        self.lock = threading.Lock()
        self.ready = threading.Event()
        self.file = None
        self.qemu_pid = None
        super().__init__(port)

    def serve(self, conn):
        self.qemu_pid, _, _ = struct.unpack("iII", conn.getsockopt(
            socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("iII")))
        self.file = conn.makefile("rw")
        self.file.readline()
        self.exchange({"execute": "qmp_capabilities"})
        self.ready.set()
        threading.Event().wait()

    def exchange(self, command):
        self.file.write(json.dumps(command) + "\n")
        self.file.flush()
        while line := self.file.readline():
            reply = json.loads(line)
            if "return" in reply:
                return reply["return"]
            if "error" in reply:
                raise Failure(reply["error"].get("desc", "QMP error"))
        raise Failure("QEMU closed its monitor")

    def command(self, command):
        if not self.ready.wait(ACCEPT_S):
            raise Failure("QEMU's monitor did not open")
        with self.lock:
            return self.exchange(command)
