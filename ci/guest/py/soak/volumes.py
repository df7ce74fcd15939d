# SPDX-License-Identifier: BSD-2-Clause
"""dm-crypt volumes on slices of the scratch disk, and verified I/O on them.

The head of each volume holds data that are written once through the card and compared
again and again, at the end by pure software; on the rest fio writes and verifies.
"""

import hashlib
import json
import os
import random
import subprocess

from system import Broken, read, run

MIB = 1 << 20
SLICE_MIB = 96
HEAD_MIB = 2
REGION_BLOCKS = 1024    # written and verified by one round of fio
FIO_S = 600             # a round takes seconds; the watch finds lost I/O long before
FIO_DATA = 84           # EILSEQ: fio read something else than it wrote
KEY = "/tmp/soak-key"


class Volume:
    """One slice, opened with one cipher."""

    def __init__(self, number, name, cipher, bits, sector, luks=False):
        self.number, self.name = number, name
        self.cipher, self.bits, self.sector, self.luks = cipher, bits, sector, luks
        self.path = f"/dev/mapper/{name}"
        self.rounds = self.read = self.written = self.wrong = self.errors = 0
        self.compared = 0
        self.process = None
        self.reasons = []

    def make(self):
        size = SLICE_MIB * MIB // 512
        run("dmsetup", "create", f"slice-{self.name}", "--table",
            f"0 {size} linear /dev/scratch {self.number * size}")
        run("dmsetup", "mknodes")
        if self.luks:
            run("cryptsetup", "luksFormat", "-q", "--type", "luks2", *self.format(),
                "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000",
                f"/dev/mapper/slice-{self.name}", KEY)

    def format(self):
        return ["-c", self.cipher, "-s", str(self.bits), "--sector-size", str(self.sector)]

    def open(self):
        kind = ["--type", "luks2"] if self.luks else ["--type", "plain", *self.format()]
        run("cryptsetup", "open", *kind, "--key-file", KEY,
            f"/dev/mapper/slice-{self.name}", self.name)
        run("dmsetup", "mknodes")

    def close(self):
        run("cryptsetup", "close", self.name)

    def remove(self):
        run("dmsetup", "remove", f"slice-{self.name}")

    def progress(self):
        """Reads and writes done; None while none is wanted, or the volume is closed."""
        try:
            number = os.stat(self.path).st_rdev
            stat = read(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}/stat")
        except OSError:
            return None
        words = [int(word) for word in stat.split()]
        return words[0] + words[4] if words[8] else None    # 8: in flight

    # --- the head ---------------------------------------------------------------

    def head(self):
        return random.Random(self.number).randbytes(HEAD_MIB * MIB)

    def write_head(self):
        name = f"/tmp/head-{self.name}"
        with open(name, "wb") as file:
            file.write(self.head())
        run("dd", f"if={name}", f"of={self.path}", "bs=64k", "oflag=direct")

    def compare_head(self):
        done = subprocess.run(
            ["dd", f"if={self.path}", "bs=64k", f"count={HEAD_MIB * 16}", "iflag=direct"],
            check=False, capture_output=True)
        self.read += len(done.stdout)
        self.compared += 1
        if done.returncode:
            self.fail("errors", f"reading the head: {done.stderr.decode().splitlines()[0]}")
        elif hashlib.sha256(done.stdout).digest() != hashlib.sha256(self.head()).digest():
            self.fail("wrong", "the head differs")

    def fail(self, what, reason):
        setattr(self, what, getattr(self, what) + 1)
        self.reasons.append(f"{self.name}: {reason}")

    # --- fio ---------------------------------------------------------------------

    def round(self, rng):
        """Writes a region and verifies it; reads of what is written go on meanwhile."""
        region = self.sector * REGION_BLOCKS // MIB or 1
        start = HEAD_MIB + rng.randrange(SLICE_MIB - 16 - HEAD_MIB - region)
        out = f"/tmp/fio-{self.name}"
        self.process = subprocess.Popen(
            ["fio", "--name=v", f"--filename={self.path}", "--rw=randwrite",
             f"--bs={rng.choice(('4k', '4k', '16k', '64k'))}", f"--offset={start}m",
             f"--size={region}m", "--ioengine=libaio", "--direct=1",
             f"--iodepth={rng.choice((1, 8, 32))}", "--verify=crc32c", "--verify_fatal=1",
             "--verify_backlog=64", f"--randseed={rng.randrange(1 << 31)}",
             "--output-format=json", f"--output={out}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True)
        try:
            _, said = self.process.communicate(timeout=FIO_S)
        except subprocess.TimeoutExpired:
            raise Broken(f"{self.name}: fio does not end") from None
        self.rounds += 1
        self.judge(self.process.returncode, said, out)

    def judge(self, status, said, out):
        text = read(out)
        try:
            job = json.loads(text[text.index("{"):])["jobs"][0]
        except (ValueError, KeyError, IndexError):
            raise Broken(f"{self.name}: fio ended with status {status}: {said[-200:]}") from None
        self.read += job["read"]["io_bytes"]
        self.written += job["write"]["io_bytes"]
        if job["error"] == FIO_DATA or "verify:" in said + text[:text.index("{")]:
            self.fail("wrong", "fio read something else than it had written")
        elif job["error"] or status:
            self.fail("errors", f"fio: error {job['error']}, status {status}")


VOLUMES = [
    Volume(0, "cbc", "aes-cbc-essiv:sha256", 256, 4096),
    Volume(1, "luks", "aes-xts-plain64", 512, 4096, luks=True),
    Volume(2, "des3", "des3_ede-cbc-plain64", 192, 512),
    Volume(3, "small", "aes-cbc-plain64", 128, 512),
]
SWAP = Volume(4, "swap", "aes-xts-plain64", 256, 4096)


def make_all():
    with open(KEY, "wb") as file:
        file.write(b"K" * 64)
    for volume in [*VOLUMES, SWAP]:
        volume.make()


def swap_on():
    SWAP.open()
    run("mkswap", SWAP.path)
    run("swapon", SWAP.path)


def swap_off():
    run("swapoff", SWAP.path)
    SWAP.close()
