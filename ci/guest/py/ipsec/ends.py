# SPDX-License-Identifier: BSD-2-Clause
"""What either end can be told to do. Arguments and results are plain JSON values."""

import hashlib
import os
import random
import re
import signal
import socket
import struct
import subprocess
import time

from esp import check_capture  # noqa: F401  (called by name)
from forge import forge  # noqa: F401

HEAD = struct.Struct("!II")     # of a datagram: number, payload bytes
MAX_DATAGRAM = 65535
IDLE_S = 15                     # without a datagram the rest is lost
SO_RCVBUFFORCE = 33
GIVE_UP = 3                     # lost datagrams: nothing gets through
CHUNK = 65536


def shell(command, timeout=60):
    """Status and output of a shell command."""
    done = subprocess.run(["sh", "-c", command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", timeout=timeout, check=False)
    return [done.returncode, done.stdout]


def write_file(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


# --- background programs -------------------------------------------------------

running = {}


def run_background(name, command, log):
    with open(log, "w") as file:
        running[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file,
                                         stderr=file)


def end_background(name, timeout=10):
    process = running.pop(name)
    process.send_signal(signal.SIGINT)
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def wait_for_file(path, timeout=30):
    return wait_until(lambda: os.path.exists(path), timeout)


def wait_for_text(path, text, timeout=30):
    """A program says in its log that it is ready."""
    def said():
        with open(path, errors="replace") as file:
            return text in file.read()
    return wait_until(said, timeout)


def wait_for_udp(port, timeout=30):
    """A socket is bound to the port, in either family."""
    def bound():
        for name in ("udp", "udp6"):
            with open("/proc/net/" + name) as file:
                if f":{port:04X} " in file.read():
                    return True
        return False
    return wait_until(bound, timeout)


def wait_for_rest(path):
    """The file has stopped growing."""
    size = -1
    while os.path.getsize(path) != size:
        size = os.path.getsize(path)
        time.sleep(0.3)


def wait_until(condition, timeout):
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


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


def udp_receive(address, port, count, grace, echo):
    """Compares datagrams until all have come and grace seconds passed; may send them back."""
    seen, wrong, extra, late, newest = set(), 0, 0, 0, -1
    with socket.socket(family_of(address), socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        sock.bind((address, port))
        sock.settimeout(IDLE_S)
        while True:
            try:
                data, sender = sock.recvfrom(MAX_DATAGRAM)
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
                sock.settimeout(grace)
            if echo:
                sock.sendto(data, sender)


def udp_ask(source, address, port, lengths):
    """Sends one datagram of each length and compares what comes back."""
    lost = wrong = 0
    with socket.socket(family_of(address), socket.SOCK_DGRAM) as sock:
        sock.bind((source, 0))
        sock.settimeout(5)
        for number, length in enumerate(lengths):
            data = pattern(number, length)
            sock.sendto(data, (address, port))
            try:
                wrong += sock.recv(MAX_DATAGRAM) != data
            except TimeoutError:
                lost += 1
            if lost >= GIVE_UP:
                lost += len(lengths) - number - 1
                break
    return {"sent": len(lengths), "lost": lost, "wrong": wrong}


def udp_stream(source, address, port, count, length, pause):
    """Sends datagrams at a pace."""
    with socket.socket(family_of(address), socket.SOCK_DGRAM) as sock:
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


def tcp_receive(address, port, path):
    """Takes one connection's bytes into a file; its SHA-256 as read back."""
    with socket.create_server((address, port), family=family_of(address)) as server:
        server.settimeout(30)
        conn, _ = server.accept()
    with conn, open(path, "wb") as file:
        conn.settimeout(60)
        while data := conn.recv(CHUNK):
            file.write(data)
    return sha256(path)


def tcp_send(source, address, port, path):
    deadline = time.monotonic() + 10
    while True:
        try:
            conn = socket.create_connection((address, port), 60, (source, 0))
            break
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    with conn, open(path, "rb") as file:
        conn.sendfile(file)
    return True
