# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's command line."""

import json
import os
import shlex
import subprocess

from channels import device_json
from fail import CannotRun

# Root images by kernel; those of ci/kernel use stock's as well.
IMAGES = {"stock": "stock", "oldest": "stock", "newest": "stock", "peer": "peer"}
BASE = ["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
# An oops ends the guest at once instead of leaving it half alive.
KERNEL_ARGS = "console=ttyS0 loglevel=5 log_buf_len=4M oops=panic panic=-1"


def ensure_vfio_user(cards):
    """QEMU without the client would only say that a driver is unknown."""
    if not cards:
        return
    known = subprocess.run(["qemu-system-x86_64", "-device", "help"],
                           capture_output=True, text=True, check=False)
    if '"vfio-user-pci"' not in known.stdout:
        raise CannotRun("the lab's QEMU has no vfio-user-pci device (it came with 10.1):"
                        " ci/lab --clean, then ci/lab")


def accel_options(accel):
    return ["-accel", "kvm" if accel == "kvm" else "tcg,thread=multi"]


def program(name):
    return "qemu-system-i386" if name == "peer" else "qemu-system-x86_64"


def kernel_files(name):
    """Kernel and initrd: of the lab, or of ci/kernel, which has to have built it."""
    if name in IMAGES:
        return f"/images/{name}.vmlinuz", f"/images/{name}.initrd"
    made = subprocess.run(["/src/ci/kernel", "--cached", name], capture_output=True,
                          text=True, check=False)
    if made.returncode:
        raise CannotRun(f"no kernel {name!r} in the cache: run ci/kernel {name}"
                        " (ci/kernel --list names them)")
    return f"{made.stdout.strip()}/bzImage", f"{made.stdout.strip()}/initrd"


# A busy host makes the guest measure its TSC wrong, and emulation has nothing better
# to say: its clock then ran eight times too fast, and every timeout with it. Page tables
# of user and kernel apart mean that each switch empties the emulated TLB, against an
# attack that an emulated CPU does not know.
TCG_ARGS = "tsc=unstable mitigations=off"


def boot_options(name, accel, append):
    kernel, initrd = kernel_files(name)
    if name not in IMAGES:
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
    return ["-machine", "q35,memory-backend=mem", "-m", f"{args.mem}M",
            "-object", f"memory-backend-memfd,id=mem,size={args.mem}M,share=on",
            "-cpu", args.cpu, "-smp", str(args.smp), "-device", "virtio-rng-pci"]


def disk_options(run):
    image = IMAGES.get(run.args.kernel, "stock")
    options = ["-drive", f"file=/images/{image}.erofs,format=raw,if=none,"
               "id=root,readonly=on", "-device", "virtio-blk-pci,drive=root,serial=root"]
    if run.disk:
        options += ["-drive", f"file={run.disk},format=raw,if=none,id=scratch,cache=unsafe,"
                    "discard=unmap", "-device",
                    "virtio-blk-pci,drive=scratch,serial=scratch"]
    return options


def share_options(run):
    return ["-virtfs", "local,path=/src,mount_tag=src,security_model=none,readonly=on,"
            "multidevs=remap", "-virtfs",
            f"local,path={run.out},mount_tag=out,security_model=none,multidevs=remap"]


def port_options(run):
    """The serial console goes to a file (or the terminal), the ports to sockets."""
    if run.args.shell:
        options = ["-chardev", f"stdio,id=console,signal=off,logfile={run.console}"]
    else:
        options = ["-chardev", f"file,id=console,path={run.console}"]
    options += ["-serial", "chardev:console", "-device", "virtio-serial-pci"]
    for name in ("out", "verdict", "host"):
        path = os.path.join(run.sockets, name)
        options += ["-chardev", f"socket,id={name},path={path}",
                    "-device", f"virtserialport,chardev={name},name={name}"]
    return options + ["-qmp", f"unix:{os.path.join(run.sockets, 'qmp')}"]


def card_options(run):
    """Each card behind a root port of its own, so that it can be unplugged."""
    options = []
    for card in run.cards:
        number = card.number
        options += ["-device", f"pcie-root-port,id=port{number},chassis={number + 1},"
                    f"slot={number + 1}", "-device", json.dumps(device_json(card))]
    return options


def command_line(run, accel):
    args = run.args
    return ([program(args.kernel)] + BASE + accel_options(accel) + machine_options(args)
            + boot_options(args.kernel, accel, args.append) + disk_options(run)
            + share_options(run) + port_options(run) + card_options(run)
            + shlex.split(args.qemu_args))
