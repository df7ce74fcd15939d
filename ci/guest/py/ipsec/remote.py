# SPDX-License-Identifier: BSD-2-Clause
"""The gateway has the peer run functions of ends.py: JSON lines over the control network."""

import concurrent.futures
import itertools
import json
import socket
import threading
import time

import ends

PORT = 7
CONNECT_S = 60
CALL_S = 240    # beyond what a call says it needs itself
LOST = "the control connection closed"


def serve(address):
    """The peer: one connection, every call in a thread of its own, until it closes."""
    with socket.create_server((address, PORT)) as server:
        conn, _ = server.accept()
    file = conn.makefile("rw")
    lock = threading.Lock()

    def answer(call):
        try:
            reply = {"id": call["id"], "result": getattr(ends, call["name"])(*call["args"])}
        except Exception as error:  # the gateway judges it
            reply = {"id": call["id"], "error": f"{type(error).__name__}: {error}"}
        with lock:
            file.write(json.dumps(reply) + "\n")
            file.flush()

    for line in file:
        threading.Thread(target=answer, args=(json.loads(line),), daemon=True).start()


class PeerError(Exception):
    """A function failed on the peer."""


class Peer:
    """The gateway's view: call() waits, start() gives a future."""

    def __init__(self, address):
        self.file = self.connect(address).makefile("rw")
        self.numbers = itertools.count()
        self.pending = {}
        self.lost, self.lock = False, threading.Lock()
        threading.Thread(target=self.read, daemon=True).start()

    @staticmethod
    def connect(address):
        deadline = time.monotonic() + CONNECT_S
        while True:
            try:
                conn = socket.create_connection((address, PORT), timeout=5)
                conn.settimeout(None)
                return conn
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.3)

    def read(self):
        try:
            for line in self.file:
                self.answer(json.loads(line))
        except (OSError, ValueError) as error:
            print(f"the peer: {error}", flush=True)
        with self.lock:
            self.lost = True
            for future in self.pending.values():
                future.set_exception(PeerError(LOST))

    def answer(self, reply):
        with self.lock:
            future = self.pending.pop(reply["id"])
        if "error" in reply:
            future.set_exception(PeerError(reply["error"]))
        else:
            future.set_result(reply["result"])

    def start(self, name, *args):
        future = concurrent.futures.Future()
        number = next(self.numbers)
        with self.lock:
            if self.lost:
                raise PeerError(LOST)
            self.pending[number] = future
        self.file.write(json.dumps({"id": number, "name": name, "args": args}) + "\n")
        self.file.flush()
        return future

    def call(self, name, *args):
        return self.start(name, *args).result(CALL_S)


class Local:
    """The same interface for this end, so that every test can be turned round."""

    @staticmethod
    def call(name, *args):
        return getattr(ends, name)(*args)

    @staticmethod
    def start(name, *args):
        return concurrent.futures.ThreadPoolExecutor(1).submit(getattr(ends, name), *args)
