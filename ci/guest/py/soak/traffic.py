# SPDX-License-Identifier: BSD-2-Clause
"""ESP between two namespaces of the guest (ci/guest/lib/esp.sh), suite after suite."""

import subprocess

from system import Broken, read, run, stop

SUITES = ("sha1-aes", "sha1-3des", "md5-aes", "sha256-aes", "sha1-aes-esn")
ENDS = ["python3", "-B", "/src/ci/guest/py/esp_ends.py"]
HELPERS = ". /src/ci/guest/lib/guest.sh; . /src/ci/guest/lib/esp.sh; "
A, B = "192.0.2.1", "192.0.2.2"


def shell(command):
    return run("sh", "-c", HELPERS + command)


def start(namespace, *words):
    return subprocess.Popen(["ip", "netns", "exec", namespace, *ENDS, *words],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)


class Traffic:
    """Verified datagrams; the figures are sums over all suites so far."""

    def __init__(self):
        self.sum = {"sent": 0, "answered": 0, "lost": 0, "wrong": 0, "bytes": 0}
        self.stall_ms = 0
        self.errors = {}
        self.suites = []
        self.ask = None

    def progress(self):
        """Frames that arrived in one namespace, or None between two suites."""
        ask = self.ask
        if ask is None:
            return None
        try:
            return self.device(ask.pid)[1]
        except (OSError, IndexError):
            return None

    def packets(self):
        """Datagrams so far, those of the running suite as frames of one end."""
        return self.sum["sent"] + self.sum["answered"] + (self.progress() or 0)

    def device(self, pid):
        """Bytes and frames received."""
        for line in read(f"/proc/{pid}/net/dev").splitlines():
            if line.strip().startswith("va:"):
                words = line.split()
                return int(words[1]), int(words[2])
        raise IndexError("no device va")

    def up(self, suite):
        shell(f"esp_up {suite}")
        self.suites.append(suite)
        self.echo = start("b", "echo", B)
        shell("esp_wait b")
        self.ask = start("a", "ask", A, B)

    def down(self):
        """Waits for what is on the way; nothing may be missing then."""
        shell("esp_wait a")
        asked, echoed = self.ask, self.echo
        self.sum["bytes"] += self.device(asked.pid)[0]
        for end in (asked, echoed):
            self.note_errors(end.pid)
        self.ask = None
        stop(asked)
        stop(echoed)
        self.note(asked.stdout.read(), echoed.stdout.read())
        shell("esp_down")

    def note_errors(self, pid):
        for line in read(f"/proc/{pid}/net/xfrm_stat").splitlines():
            name, number = line.split()
            if int(number):
                self.errors[name] = self.errors.get(name, 0) + int(number)

    def note(self, asked, echoed):
        words = (asked + " " + echoed).split()
        figures = {key: int(value) for key, value in zip(words[::2], words[1::2])}
        if "sent" not in figures or "heard" not in figures:
            raise Broken(f"no figures from the ends of the tunnel: {asked!r} {echoed!r}")
        for key in ("sent", "answered", "lost", "wrong"):
            self.sum[key] += figures[key]
        self.sum["wrong"] += max(0, figures["heard_wrong"] - figures["wrong"])
        self.stall_ms = max(self.stall_ms, figures["stall_ms"])
