# SPDX-License-Identifier: BSD-2-Clause
"""What either end can be told to do. Arguments and results are plain JSON values."""

import contextlib
import hashlib
import os
import random
import re
import signal
import socket
import struct
import subprocess
import threading
import time

from esp import check_capture  # noqa: F401  (called by name)
from evidence import observe  # noqa: F401
from forge import forge  # noqa: F401

HEAD = struct.Struct("!II")     # of a datagram: number, payload bytes
MAX_DATAGRAM = 65535
IDLE_S = 30                     # without a datagram the rest is lost
STEP_S = 0.5
SO_RCVBUFFORCE = 33
GIVE_UP = 3                     # lost datagrams: nothing gets through
READY_S = 120                   # a program that starts; a hang, not slowness, takes longer
CHUNK = 65536
BLOCK = 16384
TCP_S = 120                     # without progress


class Hung(TimeoutError):
    """What ran did not end in the time it had; the text says how far it came."""


def shell(command, timeout=120):
    """Status and output of a shell command; all it started is killed when the time is up."""
    process = subprocess.Popen(["sh", "-c", command], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               errors="replace", start_new_session=True)
    try:
        output = process.communicate(timeout=timeout)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output = process.communicate()[0]
        raise Hung(f"{' '.join(command.split())[:80]}: not ended after {timeout} s, "
                   f"said: {output[-400:]}") from None
    return [process.returncode, output]


def write_file(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


# --- background programs -------------------------------------------------------

running = {}


def run_background(name, command, log):
    if name in running:
        end_background(name)
    with open(log, "w") as file:
        running[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file,
                                         stderr=file)


def wait_background(name, timeout):
    """The exit status, or None: it still runs."""
    try:
        return running[name].wait(timeout)
    except subprocess.TimeoutExpired:
        return None


def end_background(name, timeout=60):
    """Its exit status, however it ended; None if there is no such program."""
    process = running.pop(name, None)
    if not process:
        return None
    process.send_signal(signal.SIGINT)
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def programs():
    """Process id of each program that still runs, by name."""
    return {name: process.pid for name, process in running.items() if process.poll() is None}


def read_text(path, most=65536):
    """The end of a file."""
    with open(path, errors="replace") as file:
        return file.read()[-most:]


def wait_for_file(path, timeout=READY_S):
    return wait_until(lambda: os.path.exists(path), timeout)


def wait_for_text(path, text, timeout=READY_S):
    """A program says in its log that it is ready."""
    if not wait_until(lambda: text in read_text(path), timeout):
        raise Hung(f"no \"{text}\" in {path} after {timeout} s: {read_text(path, 200)}")


def wait_for_udp(port, timeout=READY_S):
    """A socket is bound to the port, in either family."""
    def bound():
        return any(f":{port:04X} " in read_text("/proc/net/" + name) for name in ("udp", "udp6"))
    if not wait_until(bound, timeout):
        raise Hung(f"nobody has bound UDP port {port} after {timeout} s")


def wait_until(condition, timeout):
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


# --- what a row leaves behind --------------------------------------------------

DAEMON = "charon"   # stays from row to row
ended = {}          # by socket that a thread may be waiting at: it is told to end


@contextlib.contextmanager
def opened(sock):
    """A socket that end_all() can take from whoever waits at it."""
    ended[sock] = False
    try:
        with sock:
            yield sock
    finally:
        del ended[sock]


def end_all():
    """Ends what calls have left: programs, waits at sockets, damage on the wire.

    True when nothing is left.
    """
    for name in programs():
        if name != DAEMON:
            end_background(name, 20)
    stop_pouring()
    for sock in list(ended):
        ended[sock] = True
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)     # ends waits for TCP; UDP's look at ended
    shell("tc qdisc del dev wire root 2>/dev/null")
    return wait_until(lambda: not ended, 60)


# --- state of xfrm -------------------------------------------------------------

def xfrm_errors():
    """Every counter of /proc/net/xfrm_stat; all of them count failures."""
    with open("/proc/net/xfrm_stat") as file:
        return {name: int(value) for name, value in map(str.split, file)}


def security_associations():
    """One dictionary per SA of the kernel, from ip's text."""
    text = shell("ip -s xfrm state")[1]
    found = []
    for block in re.split(r"\n(?=src )", text):
        if not block.startswith("src "):
            continue
        sa = {"src": block.split()[1], "dst": block.split()[3]}
        for key, pattern in (("spi", r"spi 0x([0-9a-f]+)"), ("mode", r"mode (\w+)"),
                             ("auth", r"auth(?:-trunc)? (\S+) "), ("enc", r"enc (\S+) "),
                             ("auth_key", r"auth(?:-trunc)? \S+ 0x([0-9a-f]+)"),
                             ("enc_key", r"enc \S+ 0x([0-9a-f]+)"),
                             ("packets", r"lifetime current:\s+\d+\(bytes\), (\d+)")):
            match = re.search(pattern, block)
            sa[key] = match[1] if match else None
        sa["packets"] = int(sa["packets"] or 0)
        sa["esn"] = "esn" in re.findall(r"flag ([^\n]*)", block)[0] if "flag " in block else False
        sa["encap"] = "encap type espinudp" in block
        found.append(sa)
    return found


# --- datagrams with a pattern ---------------------------------------------------

def pattern(number, length):
    """The datagram of that number: different from all others in every byte."""
    return HEAD.pack(number, length) + random.Random(number).randbytes(length)


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def next_datagram(sock, seconds):
    """Waits a step at a time: end_all() may want the socket."""
    deadline = time.monotonic() + seconds
    while True:
        sock.settimeout(max(0.01, min(STEP_S, deadline - time.monotonic())))
        try:
            return sock.recvfrom(MAX_DATAGRAM)
        except TimeoutError:
            if ended[sock] or time.monotonic() >= deadline:
                raise


def udp_receive(address, port, count, grace, echo):
    """Compares datagrams until all have come and grace seconds passed; may send them back."""
    seen, wrong, extra, late, newest, patience = set(), 0, 0, 0, -1, IDLE_S
    with opened(socket.socket(family_of(address), socket.SOCK_DGRAM)) as sock:
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        sock.bind((address, port))
        while True:
            try:
                data, sender = next_datagram(sock, patience)
            except TimeoutError:
                return {"received": len(seen), "wrong": wrong, "extra": extra, "late": late}
            number, length = HEAD.unpack_from(data.ljust(HEAD.size, b"\0"))
            if data != pattern(number, length & 0xffff):
                wrong += 1
            elif number in seen:
                extra += 1
            late += number < newest
            newest = max(number, newest)
            seen.add(number)
            if len(seen) >= count:
                patience = grace
            if echo:
                sock.sendto(data, sender)


def udp_ask(source, address, port, lengths):
    """Sends one datagram of each length and compares what comes back."""
    lost = wrong = 0
    with opened(socket.socket(family_of(address), socket.SOCK_DGRAM)) as sock:
        sock.bind((source, 0))
        for number, length in enumerate(lengths):
            data = pattern(number, length)
            sock.sendto(data, (address, port))
            try:
                wrong += next_datagram(sock, IDLE_S)[0] != data
            except TimeoutError:
                lost += 1
            if lost >= GIVE_UP:
                lost += len(lengths) - number - 1
                break
    return {"sent": len(lengths), "lost": lost, "wrong": wrong}


def udp_stream(source, address, port, count, length, pause):
    """Sends datagrams at a pace."""
    with opened(socket.socket(family_of(address), socket.SOCK_DGRAM)) as sock:
        sock.bind((source, 0))
        for number in range(count):
            sock.sendto(pattern(number, length), (address, port))
            if pause:
                time.sleep(pause)
    return count


# --- files over TCP ---------------------------------------------------------------

def make_file(path, size):
    with open(path, "wb") as file:
        file.write(os.urandom(size))
    return sha256(path)


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def accepted(address, port):
    with opened(socket.create_server((address, port), family=family_of(address))) as server:
        server.settimeout(TCP_S)
        conn, _ = server.accept()
    conn.settimeout(TCP_S)
    return conn


def connected(source, address, port):
    """As soon as somebody listens there."""
    deadline = time.monotonic() + TCP_S
    while True:
        try:
            return socket.create_connection((address, port), TCP_S, (source, 0))
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def tcp_receive(address, port, path):
    """Takes one connection's bytes into a file; its SHA-256 as read back."""
    with opened(accepted(address, port)) as conn, open(path, "wb") as file:
        while data := conn.recv(CHUNK):
            file.write(data)
    return sha256(path)


def tcp_send(source, address, port, path):
    with opened(connected(source, address, port)) as conn, open(path, "rb") as file:
        conn.sendfile(file)
    return True


pouring = threading.Event()


def tcp_pour(source, address, port, rate):
    """One connection, bytes of no pattern at a rate per second until stop_pouring().

    Bytes and SHA-256 of what the socket took.
    """
    digest, sent = hashlib.sha256(), 0
    pouring.set()
    with opened(connected(source, address, port)) as conn:
        while pouring.is_set():
            block = os.urandom(BLOCK)
            conn.sendall(block)
            digest.update(block)
            sent += len(block)
            time.sleep(len(block) / rate)
    return [sent, digest.hexdigest()]


def stop_pouring():
    pouring.clear()


def tcp_drain(address, port):
    """One connection to its end: bytes and SHA-256."""
    digest, received = hashlib.sha256(), 0
    with opened(accepted(address, port)) as conn:
        while data := conn.recv(CHUNK):
            digest.update(data)
            received += len(data)
    return [received, digest.hexdigest()]
