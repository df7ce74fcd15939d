# SPDX-License-Identifier: BSD-2-Clause
"""Runs inside the lab: boots one guest with virtual cards and judges the run.

A run passes only if all of this holds: the script ended with status 0, the
guest's process 1 then found nothing in the kernel log and said PASS on the
verdict port, nothing bad reached the console afterwards, the machine (QEMU, or
User-Mode Linux) ended by itself with status 0 within the time, no vcard died
unasked, and none counted a mistake of the driver that its faults do not explain.

Exit status: 0 passed, 1 failed, 2 could not be tried.
"""

import argparse
import glob
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import native
from accel import choose_accel
from cards import PLAIN, SANITIZED, Card, ensure_vcard
from channels import OutputPump, VerdictReader
from cleanup import Cleanup
from control import HostCommands
from fail import CannotRun, Failure
from qemu import Qemu
from uml import Uml, is_uml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../guest/py"))
import ktap  # noqa: E402

POWER_OFF_S = 30  # from the verdict to the machine's end; emulation needs 1 to 3 s
CHANNEL_S = 10  # from the machine's end to the end of its channels
TAIL_LINES = 15
SRC = "/src"
# What ci/test tells a suite: ci/guest/lib/ktap.sh.
TOLD = ("STAGE", "ONLY", "LEFT_OUT", "PART_PREFIX", "SEED", "LANE", "FULL")


def say(text):
    print("vm: " + text, file=sys.stderr, flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="ci/vm", description="boot a guest, run SCRIPT in it as root, judge the run")
    parser.add_argument("--cards", type=int, default=1, metavar="N",
                        help="virtual cards (default 1)")
    parser.add_argument("--card-args", default="", metavar="ARGS",
                        help="further vcard options, one shell-quoted string")
    parser.add_argument("--vcard-san", action="store_true",
                        help="virtual cards with AddressSanitizer and UndefinedBehaviorSanitizer")
    parser.add_argument("--disk", metavar="SIZE",
                        help="scratch disk in MiB or with suffix M, G: /dev/scratch in the guest")
    parser.add_argument("--cpu", default="Nehalem", metavar="MODEL",
                        help="QEMU CPU model (default Nehalem: no AES instructions)")
    parser.add_argument("--mem", type=int, default=1024, metavar="MB")
    parser.add_argument("--smp", type=int, default=2, metavar="N")
    parser.add_argument("--pci", action="store_true",
                        help="card and scratch disk on a conventional bus behind a bridge, with"
                             " one interrupt line (QEMU)")
    parser.add_argument("--iommu", action="store_true",
                        help="an IOMMU between devices and memory (QEMU; intel_iommu=on)")
    parser.add_argument("--timeout", type=int, default=600, metavar="S")
    parser.add_argument("--kernel", default="stock", metavar="NAME",
                        help="stock (default), oldest, newest, peer, or one of ci/kernel --list;"
                             " native, native-debug: the quickest that this host runs")
    parser.add_argument("--uml", action="store_const", dest="kernel", const="native",
                        help="short for --kernel native: User-Mode Linux where it runs")
    parser.add_argument("--root", metavar="IMAGE",
                        help="the root disk; with a --kernel that is a path, PATH.vmlinuz and"
                             " PATH.initrd boot (inside the checkout); writes to it are dropped (QEMU)")
    parser.add_argument("--append", action="append", default=[], metavar="ARGS",
                        help="further kernel command line; may be repeated")
    parser.add_argument("--qemu-args", default="", metavar="ARGS",
                        help="further QEMU options, one shell-quoted string")
    parser.add_argument("--out", metavar="DIR",
                        help="where the guest's /out and all logs go (inside the checkout)")
    parser.add_argument("--shell", action="store_true",
                        help="a shell on the console instead of a script")
    parser.add_argument("script", nargs="?")
    parser.add_argument("args", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    if bool(args.script) == args.shell:
        parser.error("give either a SCRIPT or --shell")
    for name, least, most in (("cards", 0, 8), ("smp", 1, 16), ("mem", 32, 65536),
                              ("timeout", 1, 86400)):
        if not least <= getattr(args, name) <= most:
            parser.error(f"--{name} must be {least} to {most}")
    if args.pci and args.cards > 1:
        parser.error("--pci takes one card")
    args.append = " ".join(args.append)
    if args.iommu:
        args.append = f"intel_iommu=on {args.append}"
    return args


def inside(path):
    """The lab's name of a path given on the host's command line."""
    checkout = os.environ["ACF_CHECKOUT"]
    full = os.path.normpath(os.path.join(os.environ.get("ACF_CWD", checkout), path))
    for root in (checkout, SRC):
        if full == root or full.startswith(root + "/"):
            return SRC + full[len(root):]
    raise CannotRun(f"{path} is outside the checkout {checkout}")


def outside(path):
    """The host's name of a path inside the lab."""
    if path.startswith(SRC + "/"):
        return os.environ["ACF_CHECKOUT"] + path[len(SRC):]
    return path


def disk_bytes(size):
    match = re.fullmatch(r"(\d+)([MG]?)", size)
    if not match or int(match[1]) == 0:
        raise CannotRun(f"--disk {size}: give MiB, or a number with M or G")
    return int(match[1]) << (30 if match[2] == "G" else 20)


class Run:
    """One boot: its processes, channels and result directory."""

    def __init__(self, args, cleanup):
        self.args = args
        self.cleanup = cleanup
        self.out = self.make_out()
        self.console = os.path.join(self.out, "console.log")
        self.sockets = tempfile.mkdtemp(prefix="vm-", dir="/tmp")
        self.cards = []
        self.disk = None
        self.machine = self.make_machine()
        cleanup.add(self.machine.stop)
        self.machine.check()

    def make_machine(self):
        if is_uml(self.args.kernel):
            return Uml(self, native.demanded_mode(self.args.kernel, say), say)
        return Qemu(self, choose_accel(say))

    def make_out(self):
        if self.args.out:
            path = inside(self.args.out)
        else:
            path = f"{SRC}/build/vm/{os.getpid()}"
        os.makedirs(path, exist_ok=True)
        shutil.rmtree(os.path.join(path, "gcda"), ignore_errors=True)
        for stale in ("results", "results.part", "vm.shell", "vm.command", "console.log",
                      "dmesg.txt", "output.log", "qemu.log", "uml.log"):
            if os.path.lexists(os.path.join(path, stale)):
                os.unlink(os.path.join(path, stale))
        return path

    def write_command(self):
        """Leaves the guest's orders in /out."""
        if self.args.shell:
            open(os.path.join(self.out, "vm.shell"), "w").close()
            return
        script = inside(self.args.script)
        if not os.path.exists(script):
            script = inside(os.path.join(os.environ["ACF_CHECKOUT"], self.args.script))
        if not os.access(script, os.X_OK):
            raise CannotRun(f"{self.args.script}: no such executable script")
        words = [script] + [a for i, a in enumerate(self.args.args) if i or a != "--"]
        with open(os.path.join(self.out, "vm.command"), "w") as file:
            for name in TOLD:
                file.write(f"export {name}={shlex.quote(os.environ.get(name, ''))}\n")
            file.write("exec " + shlex.join(words) + "\n")

    def make_disk(self):
        if not self.args.disk:
            return
        for stale in glob.glob("/cache/scratch-*.img"):
            if not os.path.exists(f"/proc/{stale.split('-')[-1].removesuffix('.img')}"):
                os.unlink(stale)
        self.disk = f"/cache/scratch-{os.getpid()}.img"
        self.cleanup.add(lambda: os.path.exists(self.disk) and os.unlink(self.disk))
        with open(self.disk, "wb") as file:
            file.truncate(disk_bytes(self.args.disk))

    def start_cards(self):
        program = SANITIZED if self.args.vcard_san else PLAIN
        if self.args.cards:
            ensure_vcard(program)
        options = [*self.machine.card_options, *shlex.split(self.args.card_args)]
        for number in range(self.args.cards):
            card = Card(number, program, self.sockets, self.out, options)
            self.cards.append(card)
            self.cleanup.add(card.stop)
            card.start()

    def open_channels(self):
        """Before the machine starts: some connect to these."""
        port = self.machine.port
        self.verdict = VerdictReader(port("verdict"))
        self.output = OutputPump(port("out"), os.path.join(self.out, "output.log"))
        self.commands = HostCommands(port("host"), self.cards, self.machine)

    def start(self):
        self.machine.start()
        with open(os.path.join(self.out, "machine.pid"), "w") as file:
            file.write(f"{self.machine.process.pid}\n")

    def wait(self):
        """Until the machine ends; raises Failure when it will not."""
        deadline = time.monotonic() + self.args.timeout
        verdict_seen = None
        while True:
            try:
                return self.machine.process.wait(0.2)
            except subprocess.TimeoutExpired:
                pass
            now = time.monotonic()
            if self.verdict.text and verdict_seen is None:
                verdict_seen = now
            if verdict_seen is not None and now > verdict_seen + POWER_OFF_S:
                raise Failure(f"the guest did not power off within {POWER_OFF_S} s"
                              f" of its verdict {self.verdict.text}")
            if verdict_seen is None and now > deadline and not self.args.shell:
                raise Failure(f"no verdict after {self.args.timeout} s (--timeout):"
                              " the guest hangs or is too slow")

    def judge(self, status):
        self.output.join(CHANNEL_S)
        self.verdict.join(CHANNEL_S)
        complaint = self.console_complaint()
        if status:
            raise Failure(self.bad_end(status) + (f": {complaint}" if complaint else ""))
        if not self.verdict.text:
            raise Failure("the guest ended without a verdict"
                          + (f": {complaint}" if complaint else ""))
        if self.verdict.text != "PASS":
            raise Failure(self.verdict.text.removeprefix("FAIL "))
        if complaint:
            raise Failure(f"on the console after the verdict: {complaint}")
        for card in self.cards:
            if card.died():
                raise Failure(f"vcard {card.number} died ({card.died()}),"
                              f" its log is {outside(card.log)}")
        self.judge_mistakes()

    def judge_mistakes(self):
        """The cards end well, and counted nothing against the driver but what was provoked."""
        for card in self.cards:
            card.stop()
            if card.process.returncode:
                raise Failure(f"vcard {card.number} ended with status {card.process.returncode},"
                              f" its log is {outside(card.log)}")
            if card.ledger.lost:
                raise Failure(f"vcard {card.number} left no counters: {card.ledger.lost}")
            found = card.ledger.unexplained()
            if found:
                raise Failure(f"card {card.number} counted mistakes of the driver: "
                              + ", ".join(f"{count} of kind {kind}, {allowed} provoked"
                                          for kind, (count, allowed) in found.items())
                              + f"; its log is {outside(card.log)}")

    def bad_end(self, status):
        lines = tail(self.machine.log, 1)
        end = (f"was killed by {signal.Signals(-status).name}" if status < 0
               else f"ended with status {status}")
        return f"{self.machine.what} {end}" + (f": {lines[0]}" if lines else "")

    def console_complaint(self):
        with open("/src/ci/judges/kernel-complaints") as file:
            pattern = re.compile("|".join(f"(?:{line.strip()})" for line in file))
        for line in read_lines(self.console):
            if pattern.search(line):
                return line.strip()
        return None

    def collect_results(self):
        """The guest's results join the caller's, who is also told where its logs are."""
        mine, wanted = os.path.join(self.out, "results"), os.environ.get("RESULTS")
        if not wanted:
            return
        with open(wanted + ".guests", "a") as file:
            file.write(self.out + "\n")
        if os.path.exists(mine) and os.path.realpath(mine) != os.path.realpath(wanted):
            ktap.join(mine, wanted, "the guest ended in this part")


def read_lines(path):
    try:
        with open(path, errors="replace") as file:
            return file.read().replace("\r", "").splitlines()
    except FileNotFoundError:
        return []


def tail(path, count):
    return [line for line in read_lines(path) if line.strip()][-count:]


def cpu_seconds():
    """Of the processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_guest(args, cleanup):
    if args.root:
        args.root, args.kernel = inside(args.root), inside(args.kernel)
    else:
        args.kernel = native.resolve(args.kernel, say)
    run = Run(args, cleanup)
    run.write_command()
    run.make_disk()
    run.start_cards()
    run.open_channels()
    begin, cpu = time.monotonic(), cpu_seconds()
    run.start()
    try:
        run.judge(run.wait())
    except Failure as failure:
        cleanup.run()
        run.collect_results()
        say(f"FAILED: {failure}")
        say(f"console log: {outside(run.console)}")
        for line in tail(run.console, TAIL_LINES):
            print("  | " + line, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        # what it has said until then counts, and what it left is evidence
        cleanup.run()
        run.collect_results()
        raise
    cleanup.run()
    run.collect_results()
    say(f"passed in {time.monotonic() - begin:.1f} s,"
        f" {cpu_seconds() - cpu:.1f} s of CPU, logs in {outside(run.out)}")
    return 0


def main():
    args = parse_arguments()
    cleanup = Cleanup()
    try:
        return run_guest(args, cleanup)
    except CannotRun as error:
        say(str(error))
        return 2
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    finally:
        cleanup.run()


sys.exit(main())
