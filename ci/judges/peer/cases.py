# SPDX-License-Identifier: BSD-2-Clause
"""What the peer is asked to encrypt, and what OpenSSL says about it.

The data is made from a fixed seed, so every run asks the same.
"""

import hashlib
import os
import subprocess

SIZES = (1, 4, 32, 256, 1024)  # in blocks
CHAIN = "chain"


class Algorithm:
    """One driver name of hifn_795x, its key sizes and OpenSSL's name for it."""

    def __init__(self, driver, block, keys, iv, openssl):
        self.driver = driver + "-hifn0"
        self.block = block
        self.keys = keys
        self.iv = iv
        self.openssl = openssl

    def cipher(self, key_bytes):
        return self.openssl.format(bits=8 * key_bytes)


ALGORITHMS = (
    Algorithm("ecb-aes", 16, (16, 24, 32), 0, "aes-{bits}-ecb"),
    Algorithm("cbc-aes", 16, (16, 24, 32), 16, "aes-{bits}-cbc"),
    Algorithm("ecb-des", 8, (8,), 0, "des-ecb"),
    Algorithm("cbc-des", 8, (8,), 8, "des-cbc"),
    Algorithm("ecb-3des", 8, (24,), 0, "des-ede3"),
    Algorithm("cbc-3des", 8, (24,), 8, "des-ede3-cbc"),
)


def some_bytes(label, count):
    return hashlib.shake_256(label.encode()).digest(count)


class Case:
    def __init__(self, algorithm, key_bytes, blocks, direction, chunk=0):
        self.algorithm = algorithm
        self.direction = direction
        self.chunk = chunk
        size = blocks * algorithm.block
        self.name = f"{algorithm.driver}-{8 * key_bytes}-{size}-{direction}"
        if chunk:
            self.name += f"-{CHAIN}"
        self.key = some_bytes("key " + self.name, key_bytes)
        self.iv = some_bytes("iv " + self.name, algorithm.iv)
        self.data = some_bytes("data " + self.name, size)

    def line(self):
        """A line of the guest's work list."""
        return " ".join((self.name, self.algorithm.driver, self.direction, self.key.hex(),
                         self.iv.hex() or "-", str(self.chunk or len(self.data))))

    def openssl(self, data, iv):
        command = ["openssl", "enc", "-" + self.algorithm.cipher(len(self.key)),
                   "-e" if self.direction == "enc" else "-d", "-nopad",
                   "-K", self.key.hex(), "-provider", "default", "-provider", "legacy"]
        if iv:
            command += ["-iv", iv.hex()]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout

    def expected(self):
        return self.openssl(self.data, self.iv)

    def expected_unchained(self):
        """Every piece started from the first IV, as if none was written back."""
        pieces = range(0, len(self.data), self.chunk)
        return b"".join(self.openssl(self.data[at:at + self.chunk], self.iv) for at in pieces)


def data_cases():
    return [Case(algorithm, key, blocks, direction)
            for algorithm in ALGORITHMS for key in algorithm.keys
            for blocks in SIZES for direction in ("enc", "dec")]


def chain_cases():
    return [Case(algorithm, algorithm.keys[0], 64, "enc", chunk=16 * algorithm.block)
            for algorithm in ALGORITHMS if algorithm.iv]


def write_work(directory):
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "cases"), "w") as file:
        for case in data_cases() + chain_cases():
            file.write(case.line() + "\n")
            with open(os.path.join(directory, case.name + ".in"), "wb") as data:
                data.write(case.data)
