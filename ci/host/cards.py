# SPDX-License-Identifier: BSD-2-Clause
"""The vcard processes of a run: one per card, with its sockets and logs."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time

from cleanup import die_with_parent
from fail import CannotRun, Failure

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../judges"))
from mistakes import Ledger  # noqa: E402

BUILD = "/src/build/vcard"
PLAIN, SANITIZED = f"{BUILD}/vcard", f"{BUILD}/san/vcard"
START_S = 10
STOP_S = 10
PAUSE_MAX_MS = 60000
TRACE_LAST = 10000  # events


def ensure_vcard(program):
    """Brings the program up to date; two runs at once take turns."""
    os.makedirs(BUILD, exist_ok=True)
    with open(BUILD + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = subprocess.run(["make", "-s", "-C", "/src/tools/vcard", program], check=False,
                              stdin=subprocess.DEVNULL)
    if made.returncode or not os.access(program, os.X_OK):
        raise CannotRun("vcard does not build: see make -C tools/vcard above")


class Card:
    """One virtual card; the guest may have it ended and started again."""

    def __init__(self, number, program, sockets, out, extra):
        """extra: further options of vcard."""
        self.number = number
        self.program = program
        self.socket = os.path.join(sockets, f"card{number}")
        self.control = self.socket + ".control"
        self.log = os.path.join(out, f"card{number}.log")
        self.counters = os.path.join(out, f"card{number}.counters.json")
        self.trace = ["--trace", os.path.join(out, f"card{number}.trace"),
                      "--trace-last", str(TRACE_LAST)] if "--trace" not in extra else []
        self.extra = extra
        self.process = None
        self.asked_to_die = False
        self.ledger = Ledger()

    def start(self):
        if self.process and self.process.poll() is None:
            raise Failure(f"card {self.number} runs already")
        for path in (self.socket, self.control, self.counters):
            if os.path.lexists(path):
                os.unlink(path)
        self.asked_to_die = False
        self.process = subprocess.Popen(
            [self.program, "--socket", self.socket, "--control", self.control,
             "--counters", self.counters, "--log", self.log] + self.trace + self.extra,
            stdin=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=die_with_parent)
        self.wait_for_socket()

    def wait_for_socket(self):
        deadline = time.monotonic() + START_S
        while not (os.path.exists(self.socket) and os.path.exists(self.control)):
            if self.process.poll() is not None:
                raise CannotRun(f"vcard {self.number} ended at once with status"
                                f" {self.process.returncode}: see its message above")
            if time.monotonic() > deadline:
                raise CannotRun(f"vcard {self.number} does not listen after {START_S} s")
            time.sleep(0.02)

    def kill(self):
        """Ends the card under a running guest, which finds all ones at once.

        Not by SIGKILL: unread bytes in its socket would make QEMU abort. On
        SIGTERM vcard answers what is queued with errors before it closes.
        """
        if not self.stop():
            raise Failure(f"vcard {self.number} did not end within {STOP_S} s of"
                          f" SIGTERM: see the end of {os.path.basename(self.log)}")

    def pause(self, ms):
        """Stands still that long, as on a host that has no time for it."""
        if not 0 < ms <= PAUSE_MAX_MS:
            raise Failure(f"a card pauses for 1 to {PAUSE_MAX_MS} ms, not {ms}")
        self.process.send_signal(signal.SIGSTOP)
        try:
            time.sleep(ms / 1000)
        finally:
            self.process.send_signal(signal.SIGCONT)

    def died(self):
        """How the process ended, if nobody asked it to; else None."""
        if self.asked_to_die or self.process.poll() is None:
            return None
        return f"status {self.process.returncode}"

    def stop(self):
        """The normal end: vcard writes its counters on SIGTERM. False: it did not."""
        if not self.process or self.process.poll() is not None:
            return True
        self.asked_to_die = True
        self.process.terminate()
        try:
            self.process.wait(STOP_S)
            self.enter_file()
            return True
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return False

    def enter_file(self):
        """The counters of a card that has ended."""
        try:
            with open(self.counters) as file:
                self.ledger.enter(json.load(file))
        except (OSError, ValueError) as error:
            self.ledger.lost = str(error)

    def ask(self, line):
        """One control command, its one-line reply."""
        if line == "reset-counters":
            return self.reset_counters()
        return self.exchange(line)[0]

    def reset_counters(self):
        """Read and reset in one step: what is counted in between would be lost."""
        counters, reply = self.exchange("counters", "reset-counters")
        self.ledger.enter(json.loads(counters))
        return reply

    def exchange(self, *lines):
        """Control commands sent at once, which vcard does in one go; a reply each."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(10)
            sock.connect(self.control)
            sock.sendall("".join(line + "\n" for line in lines).encode())
            file = sock.makefile()
            replies = [file.readline().strip() for _ in lines]
        for reply in replies:
            if not reply or reply.startswith("error"):
                raise Failure(reply.removeprefix("error ") or "no reply from vcard")
        return replies
