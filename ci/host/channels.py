# SPDX-License-Identifier: BSD-2-Clause
"""The host ends of the guest's ports. A port is a function that waits for the guest's
end and returns a connected socket, or None if there never was one."""

import socket
import sys
import threading

ACCEPT_S = 30
LINE_MAX = 64 * 1024  # the guest is not trusted with our memory


def listening(path):
    """A port at a socket file, which the machine connects to."""
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(path)
    sock.listen(1)

    def accept():
        sock.settimeout(ACCEPT_S)
        try:
            conn, _ = sock.accept()
        except TimeoutError:
            return None
        conn.settimeout(None)
        return conn
    return accept


class Channel(threading.Thread):
    """Serves one port in its own thread until the machine closes it."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port = port
        self.start()

    def run(self):
        conn = self.port()
        if not conn:
            return
        with conn:
            try:
                self.serve(conn)
            except (ConnectionError, BrokenPipeError):
                pass


class OutputPump(Channel):
    """What the script prints, to our standard output and a file."""

    def __init__(self, port, path):
        self.path = path
        super().__init__(port)

    def serve(self, conn):
        with open(self.path, "wb", buffering=0) as log:
            while data := conn.recv(65536):
                log.write(data)
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()


class VerdictReader(Channel):
    """The one line by which process 1 judges the guest."""

    def __init__(self, port):
        self.text = ""
        super().__init__(port)

    def serve(self, conn):
        """To the end: a line of UML's whose host's end closes is torn down under an
        interrupt, which the kernel does not survive."""
        file = conn.makefile(errors="replace")
        self.text = file.readline(LINE_MAX).strip()
        while file.read(LINE_MAX):
            pass
