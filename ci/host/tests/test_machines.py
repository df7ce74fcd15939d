# SPDX-License-Identifier: BSD-2-Clause
"""UML's console, the choice of the machine, and the ports, without a guest."""

import json
import os
import socket
import struct
import sys
import threading
import types

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import channels  # noqa: E402
import mconsole  # noqa: E402
import native  # noqa: E402
import qemu  # noqa: E402
import uml  # noqa: E402
from fail import CannotRun, Failure  # noqa: E402


class Console(threading.Thread):
    """A console that gives these replies to whatever it is asked."""

    def __init__(self, path, replies):
        super().__init__(daemon=True)
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(path)
        self.replies, self.asked = replies, None
        self.start()

    def run(self):
        self.asked, sender = self.sock.recvfrom(4096)
        for reply in self.replies:
            self.sock.sendto(reply, sender)


def reply(text, error=0, more=0):
    return struct.pack("=III", error, more, len(text) + 1) + text.encode() + b"\0"


@pytest.fixture
def paths(tmp_path):
    return str(tmp_path / "mconsole"), str(tmp_path / "own")


def test_console_is_asked_in_its_layout(paths):
    console = Console(paths[0], [reply("OK")])
    assert mconsole.ask(*paths, "version") == "OK"
    assert len(console.asked) == 12 + 512
    assert struct.unpack_from("=III", console.asked) == (0xCAFEBABE, 2, 7)
    assert console.asked[12:20] == b"version\0"
    assert not os.path.exists(paths[1])


def test_console_replies_in_pieces(paths):
    Console(paths[0], [reply("one ", more=1), reply("two")])
    assert mconsole.ask(*paths, "x") == "one two"


def test_console_refuses(paths):
    Console(paths[0], [reply("Device doesn't exist", error=1)])
    with pytest.raises(Failure, match="refuses 'remove x': Device doesn't exist"):
        mconsole.ask(*paths, "remove x")


def test_console_says_nonsense(paths):
    Console(paths[0], [b"short"])
    with pytest.raises(Failure, match="without a head"):
        mconsole.ask(*paths, "x")


def test_console_that_says_nothing(paths):
    Console(paths[0], [])
    with pytest.raises(TimeoutError):
        mconsole.ask(*paths, "x", 0.1)


def test_console_line_too_long(paths):
    with pytest.raises(Failure, match="511 bytes"):
        mconsole.ask(*paths, "x" * 512)


@pytest.fixture
def said(monkeypatch):
    monkeypatch.setenv("ACF_LAB", "/lab-0")
    return []


def test_native_is_uml_where_it_runs(said, monkeypatch):
    monkeypatch.setenv("ACF_UML", "seccomp")
    assert native.resolve("native", said.append) == "uml"
    assert native.resolve("native-debug", said.append) == "uml-debug"
    assert native.resolve("stock", said.append) == "stock"


def test_native_falls_back_and_says_so(said, monkeypatch):
    monkeypatch.setenv("ACF_UML", "none")
    assert native.resolve("native", said.append) == "stock"
    assert native.resolve("native-debug", said.append) == "debug"
    assert any("QEMU" in line and "slower" in line for line in said)


def test_uml_that_was_asked_for_by_name_does_not_fall_back(said, monkeypatch):
    monkeypatch.setenv("ACF_UML", "none")
    with pytest.raises(CannotRun, match="neither seccomp nor ptrace"):
        native.demanded_mode("uml", said.append)


def test_unknown_mode_is_named(said, monkeypatch):
    monkeypatch.setenv("ACF_UML", "magic")
    with pytest.raises(CannotRun, match="magic: one of seccomp, ptrace, none"):
        native.resolve("native", said.append)


@pytest.mark.parametrize("answers,mode,sure", [
    ([True], "seccomp", True), ([False, True], "ptrace", True), ([False, False], "none", True),
    ([None, True], "ptrace", False), ([None, None], "none", False),
])
def test_probe(monkeypatch, answers, mode, sure):
    """A busy host's timeout must not be remembered as what it can."""
    monkeypatch.setattr(native, "boots", lambda *_: answers.pop(0))
    assert native.first_that_boots("kernel", "initrd") == (mode, sure)


@pytest.mark.parametrize("config,how,number,reason", [
    ("CONFIG_SMP=y\n", "seccomp", 2, ""),
    ("CONFIG_SMP=y\n", "ptrace", 1, "only with seccomp"),
    ("# CONFIG_SMP is not set\n", "seccomp", 1, "no SMP"),
    ("", "ptrace", 1, "no SMP"),
])
def test_cpus(tmp_path, said, config, how, number, reason):
    (tmp_path / "config").write_text(config)
    assert uml.cpus(2, how, str(tmp_path), said.append) == number
    assert reason in "".join(said)
    assert uml.cpus(1, how, str(tmp_path), said.append) == 1


def test_verdict_is_read_and_its_port_stays_open():
    """A line of UML's whose host's end closes is torn down under an interrupt."""
    ours, theirs = socket.socketpair()
    reader = channels.VerdictReader(lambda: ours)
    theirs.sendall(b"PASS\n")
    reader.join(0.2)
    assert reader.text == "PASS" and reader.is_alive()
    theirs.sendall(b"more\n")
    theirs.close()
    reader.join(5)
    assert not reader.is_alive()


# Of a kernel's directory only what tells its architecture is looked at.
@pytest.mark.parametrize(("kernel", "says", "pci", "program", "board", "bus"), [
    ("stock", None, False, "qemu-system-x86_64", "q35,", "port0"),
    ("stock", None, True, "qemu-system-x86_64", "q35,", "pci"),
    ("arm64", "arm64", False, "qemu-system-aarch64", "virt,", "port0"),
    ("arm64", "arm64", True, "qemu-system-aarch64", "virt,", "pci"),
    ("mipsel", "mipsel", False, "qemu-system-mipsel", "malta,", "slots"),
    ("i486", None, False, "qemu-system-x86_64", "pc,", "pci.0"),
])
def test_board(tmp_path, monkeypatch, kernel, says, pci, program, board, bus):
    if says:
        (tmp_path / "architecture").write_text(says + "\n")
    asked = []
    monkeypatch.setattr(qemu, "cached_kernel", lambda name: asked.append(name) or (str(tmp_path), ""))
    qemu.architecture.cache_clear()
    args = types.SimpleNamespace(kernel=kernel, pci=pci, iommu=False, cpu="Nehalem", mem=64, smp=1)
    card = types.SimpleNamespace(number=0, socket="s")
    run = types.SimpleNamespace(args=args, cards=[card])
    assert qemu.program(kernel).endswith(program)
    assert qemu.machine_options(args)[1].startswith(board)
    assert json.loads(qemu.card_options(run)[-1])["bus"] == bus
    assert qemu.placed(["-device", "virtio-rng-pci"], bus)[1].endswith(",bus=slots") == (bus == "slots")
    own = qemu.root_image(kernel) == f"{tmp_path}/root.erofs"
    assert own == (kernel != "stock")
    qemu.architecture.cache_clear()
