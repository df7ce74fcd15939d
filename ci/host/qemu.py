# SPDX-License-Identifier: BSD-2-Clause
"""QEMU: the distribution's kernels and ours on an emulated or virtualised PC."""

import contextlib
import functools
import json
import os
import shlex
import subprocess
import time

from channels import listening
from cleanup import die_with_parent
from fail import CannotRun, Failure
from machine import Machine, cached_kernel
from qmp import Qmp

PORTS = ("out", "verdict", "host")
PLUG_S = 20  # until an unplugged card has left QEMU; about 5 are usual
TOO_EARLY = ("Duplicate device ID", "timed out waiting for reply")

# Root images by kernel; those of ci/kernel use stock's as well.
IMAGES = {"stock": "stock", "oldest": "stock", "newest": "stock", "peer": "peer"}
BASE = ["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
# An oops ends the guest at once instead of leaving it half alive.
KERNEL_ARGS = "console=ttyS0 loglevel=5 log_buf_len=4M oops=panic panic=-1"


def ensure_vfio_user(name, cards):
    """QEMU without the client would only say that a driver is unknown."""
    if not cards:
        return
    known = subprocess.run([program(name), "-device", "help"],
                           capture_output=True, text=True, check=False)
    if '"vfio-user-pci"' not in known.stdout:
        raise CannotRun("the lab's QEMU has no vfio-user-pci device (it came with 10.1):"
                        " ci/lab --clean, then ci/lab")


def accel_options(accel, counts_instructions=False):
    """Time by instructions (-icount) has all CPUs in one thread."""
    thread = "single" if counts_instructions else "multi"
    return ["-accel", "kvm" if accel == "kvm" else f"tcg,thread={thread}"]


# Other machines than the PC, by kernel or by Debian's name of its architecture: QEMU's program,
# board and CPU, the console, and the bus of a single card where the board has no express ports.
# The programs on the 486 are Debian's, which use cmov; its kernel does not. On the Malta board only
# slots 18 to 21 have interrupts, so that a bridge in the first of them has all devices behind it.
BOARDS = {"arm64": ("qemu-system-aarch64", "virt,gic-version=3", "cortex-a72", "ttyAMA0", None),
          "mipsel": ("qemu-system-mipsel", "malta", "24Kf", "ttyS0", "slots"),
          "i486": (None, "pc", "486,+cmov", "ttyS0", "pci.0")}
PC = (None, "q35", None, "ttyS0", None)
MALTA_BRIDGE = ["-device", "pci-bridge,bus=pci,addr=0x12,chassis_nr=1,shpc=off,id=slots"]


def board_of(name):
    return BOARDS.get(name) or BOARDS.get(architecture(name), PC)


def program(name):
    other = board_of(name)[0]
    if other:
        return f"{cached_kernel(name)[0]}/qemu/usr/bin/{other}"
    return "qemu-system-i386" if name == "peer" else "qemu-system-x86_64"


@functools.cache
def architecture(name):
    """Debian's name of it; that of ci/kernel's kernels of the distribution is told by them."""
    if name in IMAGES or "/" in name:
        return "amd64"
    try:
        with open(f"{cached_kernel(name)[0]}/architecture") as file:
            return file.read().strip()
    except FileNotFoundError:
        return "amd64"


def kernel_files(name):
    """Kernel and initrd: of the lab, or of ci/kernel, which has to have built it."""
    if name in IMAGES:
        return f"/images/{name}.vmlinuz", f"/images/{name}.initrd"
    if "/" in name:
        return f"{name}.vmlinuz", f"{name}.initrd"
    made, initrd = cached_kernel(name)
    return f"{made}/bzImage", initrd


# A busy host makes the guest measure its TSC wrong, and emulation has nothing better
# to say: its clock then ran eight times too fast, and every timeout with it. Page tables
# of user and kernel apart mean that each switch empties the emulated TLB, against an
# attack that an emulated CPU does not know.
TCG_ARGS = "tsc=unstable mitigations=off"


def boot_options(name, accel, append):
    kernel, initrd = kernel_files(name)
    if board_of(name) is not PC:
        append = f"console={board_of(name)[3]} {append}"
    if name not in IMAGES and "/" not in name:
        append = f"kunit.enable=1 {append}"
    if accel != "kvm":
        append = f"{TCG_ARGS} {append}"
    return ["-kernel", kernel, "-initrd", initrd,
            "-append", f"{KERNEL_ARGS} {append}".strip()]


def probe_command():
    """A boot that only tells whether the kernel comes up with KVM."""
    return (["qemu-system-x86_64"] + BASE + accel_options("kvm")
            + ["-machine", "q35", "-m", "512", "-serial", "stdio"]
            + boot_options("stock", "kvm", "acf.probe"))


def machine_options(args):
    """The board; an IOMMU comes before the devices behind it."""
    board, cpu = board_of(args.kernel)[1], board_of(args.kernel)[2] or args.cpu
    return ["-machine", f"{board},memory-backend=mem", "-m", f"{args.mem}M",
            "-object", f"memory-backend-memfd,id=mem,size={args.mem}M,share=on",
            "-cpu", cpu, "-smp", str(args.smp), *(IOMMU if args.iommu else []),
            *(MALTA_BRIDGE if board == "malta" else []), "-device", "virtio-rng-pci"]


# The IOMMU of a PC. It tells of each mapping (caching-mode), which a device that is another
# process has to know.
IOMMU = ["-device", "intel-iommu,caching-mode=on,intremap=off"]

# A conventional bus behind a bridge: card and scratch disk, which has no MSI then, are in slots
# of the same interrupt line.
PCI_BRIDGE = ["-device", "pcie-pci-bridge,id=pci"]
PCI_DISK = "bus=pci,addr=0x8,vectors=0,disable-modern=on,"
PCI_CARD = {"bus": "pci", "addr": "0x4"}


def root_image(name):
    """Of a kernel of another architecture, its own; else the lab's."""
    own = "i686" if name == "i486" else name
    if own != name or architecture(own) != "amd64":
        return f"{cached_kernel(own)[0]}/root.erofs"
    return f"/images/{IMAGES.get(name, 'stock')}.erofs"


def disk_options(run):
    root, mode = root_image(run.args.kernel), "readonly=on"
    if run.args.root:
        root, mode = run.args.root, "snapshot=on"
    options = ["-drive", f"file={root},format=raw,if=none,id=root,{mode}",
               "-device", "virtio-blk-pci,drive=root,serial=root"]
    if run.args.pci:
        options += PCI_BRIDGE
    if run.disk:
        options += ["-drive", f"file={run.disk},format=raw,if=none,id=scratch,cache=unsafe,"
                    "discard=unmap", "-device",
                    f"virtio-blk-pci,{PCI_DISK if run.args.pci else ''}drive=scratch,serial=scratch"]
    return options


def share_options(run):
    options = []
    for name, path, how in (("src", "/src", ",readonly=on"), ("out", run.out, "")):
        options += ["-fsdev", f"local,id={name},path={path},security_model=none,multidevs=remap{how}",
                    "-device", f"virtio-9p-pci,fsdev={name},mount_tag={name}"]
    return options


def port_options(run):
    """The serial console goes to a file (or the terminal), the ports to sockets."""
    if run.args.shell:
        options = ["-chardev", f"stdio,id=console,signal=off,logfile={run.console}"]
    else:
        options = ["-chardev", f"file,id=console,path={run.console}"]
    options += ["-serial", "chardev:console", "-device", "virtio-serial-pci"]
    for name in PORTS:
        path = os.path.join(run.sockets, name)
        options += ["-chardev", f"socket,id={name},path={path}",
                    "-device", f"virtserialport,chardev={name},name={name}"]
    return options + ["-qmp", f"unix:{os.path.join(run.sockets, 'qmp')}"]


def device_json(card):
    """The card as -device and device_add want it."""
    return {"driver": "vfio-user-pci", "id": f"card{card.number}",
            "bus": f"port{card.number}", "x-no-posted-writes": True,
            "socket": {"type": "unix", "path": card.socket}}


def card_options(run):
    """Each card behind a root port of its own, so that it can be unplugged; a single one on
    the conventional bus, if that is asked for or all that the board has."""
    options = []
    place = PCI_CARD if run.args.pci else {"bus": board_of(run.args.kernel)[4]}
    for card in run.cards:
        if place["bus"]:
            options += ["-device", json.dumps({**device_json(card), **place})]
            continue
        number = card.number
        options += ["-device", f"pcie-root-port,id=port{number},chassis={number + 1},"
                    f"slot={number + 1}", "-device", json.dumps(device_json(card))]
    return options


def placed(options, bus):
    """Virtio's devices on that bus; where QEMU puts them, if there is none."""
    if bus != "slots":
        return options
    return [f"{word},bus={bus}" if word.startswith("virtio-") else word for word in options]


def command_line(run, accel):
    args = run.args
    devices = machine_options(args) + disk_options(run) + share_options(run) + port_options(run)
    return ([program(args.kernel)] + BASE + accel_options(accel, "-icount" in args.qemu_args)
            + placed(devices, board_of(args.kernel)[4])
            + boot_options(args.kernel, accel, args.append) + card_options(run)
            + shlex.split(args.qemu_args))


class Qemu(Machine):
    what = "QEMU"

    def __init__(self, run, accel):
        super().__init__(run)
        self.accel = accel
        self.qmp = None

    def check(self):
        ensure_vfio_user(self.run.args.kernel, self.run.args.cards)

    def port(self, name):
        return listening(os.path.join(self.run.sockets, name))

    def start(self):
        """Its monitor connects to us, as the ports do."""
        self.qmp = Qmp(self.port("qmp"))
        shell = self.run.args.shell
        log = None if shell else open(self.log, "w")
        self.process = subprocess.Popen(
            command_line(self.run, self.accel), stdin=None if shell else subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=not shell,
            preexec_fn=die_with_parent)

    def unplug(self, card):
        return json.dumps(self.monitor(
            {"execute": "device_del", "arguments": {"id": f"card{card.number}"}}))

    def plug(self, card):
        """QEMU refuses until the last of the old card is gone, which is a moment after
        the guest has let go of it. The name goes first: the connection, the one vcard
        serves, may still be the old one's, and the new one's times out after 5 s."""
        deadline = time.monotonic() + PLUG_S
        while True:
            try:
                return json.dumps(self.monitor(
                    {"execute": "device_add", "arguments": device_json(card)}))
            except Failure as error:
                early = any(text in str(error) for text in TOO_EARLY)
                if not early or time.monotonic() > deadline:
                    raise
            time.sleep(0.1)

    def memory(self):
        """QEMU's memory backend; it is shared with the cards."""
        pid = self.qmp.qemu_pid
        for fd in os.listdir(f"/proc/{pid}/fd"):
            path = f"/proc/{pid}/fd/{fd}"
            if os.readlink(path).startswith("/memfd:memory-backend"):
                return path
        raise Failure("QEMU has no memory backend of the kind memory-backend-memfd")

    @contextlib.contextmanager
    def frozen(self):
        self.monitor({"execute": "stop"})
        try:
            yield
        finally:
            self.monitor({"execute": "cont"})

    def monitor(self, command):
        return self.qmp.command(command)
