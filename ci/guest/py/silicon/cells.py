# SPDX-License-Identifier: BSD-2-Clause
"""What is asked of a card in one cell of the matrix: each says how much came out wrong, or not at
all, and in how much of what left the machine the plain text was found."""

import mmap
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

sys.path.append("/src/ci/guest/py")
from card import PARAMETERS, commands, write  # noqa: E402
from hostport import ask as host  # noqa: E402

SHAPES = {"requests": ["only=in-place", "rounds=4"],
          "flood": ["alg=cbc(aes)", "only=flood-no-backlog"]}


def shapes(kind):
    """Requests of acf_test.ko, which compares each with the kernel's software."""
    insmod = ["insmod", f"{os.environ['MODULES_DIR']}/crypto/tests/acf_test.ko"]
    subprocess.run(insmod + SHAPES[kind], check=False, stderr=subprocess.DEVNULL)
    try:
        with open("/sys/kernel/debug/acf_test/results") as file:
            lines = file.read().splitlines()
    except OSError:
        lines = []
    subprocess.run(["rmmod", "acf_test"], check=False, stderr=subprocess.DEVNULL)
    if not lines:
        raise RuntimeError("acf_test.ko told nothing")
    bad = [line for line in lines if line.startswith("not ok")]
    return len(bad), sum("clear text" in line for line in bad)


def reset_in_the_middle():
    host("fault", "0", "stuck:40")
    try:
        return shapes("flood")
    finally:
        host("faults-clear", "0")


# ---- dm-crypt ----

SCRATCH = "/dev/scratch"
VOLUME = 256 << 10      # bytes of one
AT_ONCE = 64 << 10      # of one bio: many jobs of one sector, or some of 4 KiB
BLOCK = 16
CIPHERS = [("aes-cbc-essiv:sha256", 256, 512), ("aes-xts-plain64", 512, 4096)]
NUMBERS = (0, 1)        # two volumes at a time: commands with different keys, one behind the other


class Disk:
    """A part of it, past the page cache."""

    def __init__(self, path, begin=0):
        self.file = os.open(path, os.O_RDWR | os.O_DIRECT)
        self.buffer = mmap.mmap(-1, AT_ONCE)
        self.begin = begin

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.file)
        self.buffer.close()

    def put(self, data):
        for at in range(0, VOLUME, AT_ONCE):
            self.buffer[:] = data[at:at + AT_ONCE]
            os.pwritev(self.file, [self.buffer], self.begin + at)

    def get(self):
        data = bytearray()
        for at in range(0, VOLUME, AT_ONCE):
            os.preadv(self.file, [self.buffer], self.begin + at)
            data += self.buffer[:]
        return bytes(data)


def differing(a, b, size):
    return sum(a[at:at + size] != b[at:at + size] for at in range(0, VOLUME, size))


def alike(a, b):
    """Blocks of the medium that are the plain text's."""
    return sum(a[at:at + BLOCK] == b[at:at + BLOCK] for at in range(0, VOLUME, BLOCK))


def policy(name):
    if not write(f"{PARAMETERS}/policy", name):
        raise RuntimeError(f"policy={name} is refused")


class Volume:
    """A plain dm-crypt volume with a key of its own, on a part of the disk."""

    def __init__(self, number, cipher, bits, size):
        self.name, self.begin = f"silicon{number}", number * VOLUME
        key = f"/tmp/silicon.key{number}"
        with open(key, "wb") as file:
            file.write(os.urandom(64))
        opened = subprocess.run(
            ["cryptsetup", "open", "--type", "plain", "-c", cipher, "-s", str(bits),
             "--shared", "--sector-size", str(size), "--offset", str(self.begin // 512),
             "--size", str(VOLUME // 512), "--key-file", key, SCRATCH, self.name],
            check=False, capture_output=True, text=True)
        if opened.returncode:
            raise RuntimeError(f"{cipher}: no volume: {opened.stderr.strip()}")
        subprocess.run(["dmsetup", "mknodes"], check=True)
        self.data = b""

    def put(self):
        self.data = os.urandom(VOLUME)
        with Disk(f"/dev/mapper/{self.name}") as disk:
            disk.put(self.data)

    def wrong(self, size):
        with Disk(f"/dev/mapper/{self.name}") as disk:
            return differing(disk.get(), self.data, size)

    def clear(self):
        with Disk(SCRATCH, self.begin) as disk:
            return alike(disk.get(), self.data)

    def close(self):
        subprocess.run(["cryptsetup", "close", self.name], check=True)


def both_ways(volumes, size):
    """What the card enciphers the CPU has to decipher, and the other way round; all at once."""
    wrong, clear = 0, 0
    with ThreadPoolExecutor(len(volumes)) as pool:
        for who, other in (("card", "cpu"), ("cpu", "card")):
            policy(who)
            list(pool.map(Volume.put, volumes))
            for reader in (who, other):
                policy(reader)
                wrong += sum(pool.map(lambda one: one.wrong(size), volumes))
            clear += sum(one.clear() for one in volumes)
    return wrong, clear


def one_cipher(cipher, bits, size):
    volumes = []
    try:
        for number in NUMBERS:
            volumes.append(Volume(number, cipher, bits, size))
        return both_ways(volumes, size)
    except OSError as error:    # of the block device: a request that failed is lost
        print(f"{cipher}: {error}", file=sys.stderr)
        return 1, 0
    finally:
        policy("card")
        for one in volumes:
            one.close()


def volumes():
    sums = [one_cipher(*one) for one in CIPHERS]
    return tuple(map(sum, zip(*sums)))


# ---- ESP ----

DATAGRAMS = 60
AUTHENC = "authenc(hmac(sha1),cbc(aes))"
# the echo ends with the traffic, the watcher after it
TUNNEL = f"""
. /src/ci/guest/lib/esp.sh
esp_down
esp_up sha1-aes || exit 1
rm -f /tmp/silicon.wire
ip netns exec a python3 -B /src/ci/guest/py/silicon/wire.py va >/tmp/silicon.wire &
watcher=$!
tries=0
until [ -s /tmp/silicon.wire ]; do
	tries=$((tries + 1))
	[ $tries -le 600 ] || {{ echo "the wire is not watched after 60 s" >&2; exit 1; }}
	sleep 0.1
done
esp_traffic {DATAGRAMS} || exit 1
kill $watcher
wait $watcher
echo "sent $esp_sent lost $esp_lost wrong $esp_wrong $(tail -n 1 /tmp/silicon.wire)"
esp_down
"""


def tunnel():
    """Datagrams there and back, each enciphered and deciphered twice: how many were lost, wrong, in
    clear."""
    said = subprocess.run(["sh", "-c", TUNNEL], check=False, capture_output=True, text=True)
    words = said.stdout.split()
    figures = dict(zip(words[::2], map(int, words[1::2])))
    if figures.get("sent") != DATAGRAMS or figures["frames"] < DATAGRAMS:
        raise RuntimeError(f"no traffic: {said.stdout.strip()} {said.stderr.strip()[-300:]}")
    return figures["lost"], figures["wrong"], figures["clear"]


def on_card(cell, kind):
    """The cell's result, and the card's commands of that kind meanwhile."""
    before = commands(kind)
    result = cell()
    return result, commands(kind) - before
