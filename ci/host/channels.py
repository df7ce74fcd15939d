# SPDX-License-Identifier: BSD-2-Clause
"""The host ends of the guest's virtio-serial ports, and QMP."""

import json
import socket
import struct
import sys
import threading
import time

import memory
from fail import Failure

ACCEPT_S = 30
PLUG_S = 20  # until an unplugged card has left QEMU; about 5 are usual
TOO_EARLY = ("Duplicate device ID", "timed out waiting for reply")
LINE_MAX = 64 * 1024  # the guest is not trusted with our memory


def listen(path):
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(path)
    sock.listen(1)
    return sock


class Channel(threading.Thread):
    """Serves one port in its own thread until QEMU closes it."""

    def __init__(self, listener):
        super().__init__(daemon=True)
        self.listener = listener
        self.start()

    def run(self):
        self.listener.settimeout(ACCEPT_S)
        try:
            conn, _ = self.listener.accept()
        except TimeoutError:
            return
        conn.settimeout(None)
        with conn:
            try:
                self.serve(conn)
            except (ConnectionError, BrokenPipeError):
                pass


class OutputPump(Channel):
    """What the script prints, to our standard output and a file."""

    def __init__(self, listener, path):
        self.path = path
        super().__init__(listener)

    def serve(self, conn):
        with open(self.path, "wb", buffering=0) as log:
            while data := conn.recv(65536):
                log.write(data)
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()


class VerdictReader(Channel):
    """The one line by which process 1 judges the guest."""

    def __init__(self, listener):
        self.text = ""
        super().__init__(listener)

    def serve(self, conn):
        self.text = conn.makefile(errors="replace").readline(LINE_MAX).strip()


class Qmp(Channel):
    """QEMU's monitor: one command at a time, events are dropped."""

    def __init__(self, listener):
        self.lock = threading.Lock()
        self.ready = threading.Event()
        self.file = None
        self.qemu_pid = None
        super().__init__(listener)

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


def device_json(card):
    """The card as -device and device_add want it."""
    return {"driver": "vfio-user-pci", "id": f"card{card.number}",
            "bus": f"port{card.number}", "x-no-posted-writes": True,
            "socket": {"type": "unix", "path": card.socket}}


def counted(counters, name):
    """The counter of this dotted name."""
    node = counters
    for word in name.split("."):
        node = node.get(word) if isinstance(node, dict) else None
    if not isinstance(node, int):
        raise Failure(f"no counter {name}: hostcmd counters prints them")
    return node


class HostCommands(Channel):
    """What the guest asks of the outside: one line in, one line out."""

    def __init__(self, listener, cards, qmp):
        self.cards = cards
        self.qmp = qmp
        super().__init__(listener)

    def run(self):
        """Does not return: cards started here would die with this thread."""
        super().run()
        threading.Event().wait()

    def serve(self, conn):
        file = conn.makefile("rw", errors="replace")
        while line := file.readline(LINE_MAX):
            file.write(self.answer(line.strip()) + "\n")
            file.flush()

    def answer(self, line):
        try:
            return ("ok " + self.perform(line)).rstrip()
        except (Failure, OSError, ValueError) as error:
            return "error " + " ".join(str(error).split())

    def perform(self, line):
        verb, _, rest = line.partition(" ")
        if verb == "qmp":
            return json.dumps(self.qmp.command(json.loads(rest)))
        if verb == "memory-find":
            return self.memory_find(rest.split())
        number, _, text = rest.partition(" ")
        card = self.card(number)
        if verb == "card-memory-find":
            return memory.find_in_card(card, text.split())
        if verb == "count":
            counters = json.loads(card.ask("counters"))
            return " ".join(str(counted(counters, name)) for name in text.split())
        if verb == "card-del":
            return json.dumps(self.qmp.command(
                {"execute": "device_del", "arguments": {"id": f"card{card.number}"}}))
        if verb == "card-add":
            return json.dumps(self.plug(card))
        if verb == "card-kill":
            card.kill()
            return ""
        if verb == "card-pause":
            card.pause(int(text))
            return ""
        if verb == "card-start":
            card.start()
            return ""
        plain = {"counters": "counters", "reset-counters": "reset-counters",
                 "fault": f"fault {text}", "faults-clear": "faults clear", "card": text}
        if verb not in plain:
            raise Failure(f"unknown command {verb}")
        return card.ask(plain[verb])

    def memory_find(self, secrets):
        """In a guest that stands still."""
        self.qmp.command({"execute": "stop"})
        try:
            return memory.find(self.qmp.qemu_pid, secrets)
        finally:
            self.qmp.command({"execute": "cont"})

    def plug(self, card):
        """QEMU refuses until the last of the old card is gone, which is a moment after
        the guest has let go of it. The name goes first: the connection, the one vcard
        serves, may still be the old one's, and the new one's times out after 5 s."""
        deadline = time.monotonic() + PLUG_S
        while True:
            try:
                return self.qmp.command(
                    {"execute": "device_add", "arguments": device_json(card)})
            except Failure as error:
                early = any(text in str(error) for text in TOO_EARLY)
                if not early or time.monotonic() > deadline:
                    raise
            time.sleep(0.1)

    def card(self, number):
        if not number.isdigit() or int(number) >= len(self.cards):
            raise Failure(f"no card {number!r}, there are {len(self.cards)}")
        return self.cards[int(number)]
