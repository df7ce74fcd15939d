# SPDX-License-Identifier: BSD-2-Clause
"""User-Mode Linux: the guest is a process, and its CPUs run as fast as the host's.

The card comes over vhost-user (virtio_pcidev), the checkout and /out over hostfs, the
root image and the scratch disk as ubd, the ports as serial lines on socket pairs.
"""

import contextlib
import os
import re
import resource
import shlex
import signal
import socket
import subprocess
import sys
import termios
import time

import mconsole
from cleanup import die_with_parent
from fail import CannotRun, Failure
from machine import Machine, cached_kernel

VIRTIO_ID = 1234  # CONFIG_UML_PCI_OVER_VIRTIO_DEVICE_ID
# An oops ends the guest at once instead of leaving it half alive; a reboot would
# execute the kernel again.
KERNEL_ARGS = "loglevel=5 log_buf_len=4M oops=panic panic=-1 noreboot"
PORTS = ("out", "verdict", "host")  # ssl0, ssl1, ssl2: ci/guest/init knows the order
# The card reaches what 32 bits can say, and this machine has no bounce buffers.
MEM_MAX = 3584
STOP_S = 5
UNPLUG_S = 5  # then the guest goes on letting go of the card while we answer


def is_uml(kernel):
    return kernel == "uml" or kernel.startswith("uml-")


def user_mode(line):
    """The options for what the host lets its processes do: uml_probe.py."""
    return {"seccomp": ["seccomp=on"], "ptrace": ["seccomp=off"]}[line]


def cpus(wanted, how, kernel_dir, say):
    """Threads for CPUs need a kernel that has them, and seccomp."""
    with open(f"{kernel_dir}/config") as file:
        smp = re.search(r"^CONFIG_SMP=y$", file.read(), re.MULTILINE)
    if wanted > 1 and not smp:
        say("one CPU: this UML kernel has no SMP")
    elif wanted > 1 and how != "seccomp":
        say("one CPU: UML has more only with seccomp, which does not work here")
    return wanted if smp and how == "seccomp" else 1


def confined():
    """In the child: no core files, and nothing of it outlives us."""
    die_with_parent()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Uml(Machine):
    what = "UML"
    card_options = ("--transport", "vhost-user")

    def __init__(self, run, how, say):
        super().__init__(run)
        self.how = how
        self.say = say
        self.ours, self.theirs, self.terminal = {}, {}, None
        self.plugged = set(range(run.args.cards))
        for name in PORTS:
            self.ours[name], self.theirs[name] = socket.socketpair()

    def check(self):
        self.kernel, self.initrd = cached_kernel(self.run.args.kernel)
        if self.run.args.qemu_args:
            raise CannotRun("--qemu-args: this guest is User-Mode Linux, not QEMU")
        if self.run.args.pci or self.run.args.iommu:
            raise CannotRun("--pci, --iommu: this guest is User-Mode Linux, not QEMU")
        if self.run.args.mem > MEM_MAX:
            self.say(f"{MEM_MAX} MiB of memory instead of {self.run.args.mem}: what lies"
                     " above 4 GiB the card does not reach without bounce buffers")

    def port(self, name):
        return lambda: self.ours[name]

    def command_line(self):
        args, run = self.run.args, self.run
        fds = {name: self.theirs[name].fileno() for name in PORTS}
        line = [f"{self.kernel}/linux", f"umid=vm", f"uml_dir={run.sockets}",
                f"mem={min(args.mem, MEM_MAX)}M", *user_mode(self.how),
                f"initrd={self.initrd}", "ubd0rc=/images/stock.erofs",
                "con=null", "con0=fd:0,fd:1" if args.shell else "con0=null,fd:1", "ssl=null"]
        number = cpus(args.smp, self.how, self.kernel, self.say)
        line += [f"ncpus={number}"] if number > 1 else []
        line += [f"ubd1d={run.disk}"] if run.disk else []
        line += [f"ssl{i}=fd:{fds[name]},fd:{fds[name]}" for i, name in enumerate(PORTS)]
        line += ["virtio_uml.device=" + self.device(card) for card in run.cards]
        return (line + KERNEL_ARGS.split() + ["kunit.enable=1", "kunit.autorun=1", f"acf.out={run.out}"]
                + shlex.split(args.append))

    @staticmethod
    def device(card):
        return f"{card.socket}:{VIRTIO_ID}:{card.number}"

    def start(self):
        """A panic signals its whole process group, so it has its own."""
        shell = self.run.args.shell
        self.save_terminal(shell)
        with open(self.run.console, "wb") as console:
            self.process = subprocess.Popen(
                self.command_line(), stdin=None if shell else subprocess.DEVNULL,
                stdout=None if shell else console, stderr=None if shell else console,
                pass_fds=[sock.fileno() for sock in self.theirs.values()],
                env=dict(os.environ, TMPDIR=self.run.sockets, HOME=self.run.sockets),
                start_new_session=True, preexec_fn=confined)
        for sock in self.theirs.values():
            sock.close()

    def save_terminal(self, shell):
        if shell and sys.stdin.isatty():
            self.terminal = termios.tcgetattr(sys.stdin)

    def stop(self):
        """With all its processes, which hold the ports open."""
        if self.process and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.terminal:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self.terminal)

    def ask(self, text, patience=mconsole.REPLY_S):
        own = os.path.join(self.run.sockets, f"asks-{time.monotonic_ns()}")
        return mconsole.ask(os.path.join(self.run.sockets, "vm", "mconsole"), own, text, patience)

    def plug(self, card):
        """Twice the same, the kernel would complain and go on."""
        if card.number in self.plugged:
            raise Failure(f"card {card.number} is plugged in")
        self.plugged.add(card.number)
        return self.ask("config virtio_uml.device=" + self.device(card))

    def unplug(self, card):
        self.plugged.discard(card.number)
        try:
            return self.ask(f"remove virtio_uml.device{card.number}", UNPLUG_S)
        except TimeoutError:
            return ""

    def memory(self):
        """A file without a name, the largest of those in the run's directory."""
        pid, directory = self.process.pid, os.path.basename(self.run.sockets)
        paths = [f"/proc/{pid}/fd/{fd}" for fd in os.listdir(f"/proc/{pid}/fd")]
        files = [path for path in paths
                 if f"/{directory}/" in os.readlink(path) and "deleted" in os.readlink(path)]
        if not files:
            raise Failure(f"UML has no memory file in {directory}")
        return max(files, key=lambda path: os.stat(path).st_size)

    @contextlib.contextmanager
    def frozen(self):
        pid = self.process.pid
        os.kill(pid, signal.SIGSTOP)
        try:
            self.wait_until_stopped(pid)
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @staticmethod
    def wait_until_stopped(pid):
        deadline = time.monotonic() + STOP_S
        while True:
            with open(f"/proc/{pid}/stat") as file:
                state = file.read().rpartition(")")[2].split()[0]
            if state == "T":
                return
            if time.monotonic() > deadline:
                raise Failure(f"UML does not stand still {STOP_S} s after SIGSTOP")
            time.sleep(0.01)

    def monitor(self, command):
        raise Failure("this guest is User-Mode Linux: there is no QEMU to ask")
