# SPDX-License-Identifier: BSD-2-Clause
"""Runs inside the lab: boots gateway and peer, joined by two networks.

Each is an ordinary run of ci/host/vm.py, judged as such. The first network carries
the tests, the second what the gateway has the peer do (remote.py).
"""

import argparse
import contextlib
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time

from cleanup import Cleanup, die_with_parent

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../guest/py"))
import ktap  # noqa: E402

VM = "/src/ci/host/vm.py"
COMPLAINTS = "/src/ci/judges/kernel-complaints"
SUITES = "ci/guest/suites/"
PEER_START_S = 60   # a first run probes KVM
PEER_END_S = 40     # from the gateway's end to the peer's
POLL_S = 0.2


def say(text):
    print("ipsec: " + text, file=sys.stderr, flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(prog="ci/ipsec")
    parser.add_argument("--out", default=os.environ.get("ACF_CHECKOUT", "/src") + "/build/ipsec")
    parser.add_argument("--timeout", type=int, default=600, metavar="S")
    parser.add_argument("--cards", type=int, default=1, metavar="N")
    parser.add_argument("--kernel", default="stock", metavar="NAME",
                        help="of the gateway, as for ci/vm")
    parser.add_argument("--mem", default="1024", metavar="MB", help="of the gateway")
    parser.add_argument("--append", default="", metavar="ARGS",
                        help="further kernel command line of the gateway")
    parser.add_argument("--vcard-san", action="store_true",
                        help="as for ci/vm")
    parser.add_argument("args", nargs=argparse.REMAINDER)
    return parser.parse_args()


def network_options(directory, number):
    """Two network cards; the peer (2) listens, the gateway (1) connects and retries."""
    options = []
    for index, name in enumerate(("test", "control")):
        end = "server=on" if number == 2 else "server=off,reconnect-ms=200"
        options += ["-netdev", f"stream,id={name},{end},addr.type=unix,"
                    f"addr.path={directory}/{name}",
                    "-device", f"virtio-net-pci,netdev={name},"
                    f"mac=52:54:00:00:0{index}:0{number}"]
    return shlex.join(options)


class Guest:
    """One VM: a child process that runs vm.py."""

    def __init__(self, options, script, stdout, results):
        environment = dict(os.environ)
        environment.pop("RESULTS", None)
        if results:
            environment["RESULTS"] = results
        self.process = subprocess.Popen(
            [sys.executable, "-B", VM] + options + ["--"] + script, env=environment,
            stdin=subprocess.DEVNULL, stdout=stdout, stderr=stdout,
            preexec_fn=die_with_parent)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()

    def wait(self, seconds):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None


def wait_for_sockets(directory, peer):
    deadline = time.monotonic() + PEER_START_S
    while len(os.listdir(directory)) < 2:
        if peer.wait(POLL_S) is not None or time.monotonic() > deadline:
            return False
    return True


def watch(gateway, peer):
    """Statuses of both; a lost peer ends the gateway too, and the other way round."""
    peer_end = None
    while gateway.wait(POLL_S) is None:
        if peer.process.poll() is None:
            continue
        peer_end = peer_end or time.monotonic()
        if time.monotonic() > peer_end + PEER_END_S:
            say("the gateway goes on without its peer: ending it")
            gateway.stop()
    status = peer.wait(PEER_END_S if gateway.process.returncode == 0 else POLL_S)
    if status is None:
        peer.stop()
    return gateway.process.returncode, status


def inside(path):
    """The lab's name of a path in the checkout."""
    checkout = os.environ["ACF_CHECKOUT"]
    full = os.path.normpath(os.path.join(os.environ.get("ACF_CWD", checkout), path))
    return "/src" + full.removeprefix("/src").removeprefix(checkout)


def result(name, passed, reason):
    """The VMs' own verdicts are results too: kernel logs free of complaints, no loss."""
    if os.environ.get("RESULTS"):
        ktap.check(name, passed, reason)
    if not passed:
        say(f"not ok {name} - {reason}")


def kernel_complaint(out):
    """What killed the gateway, or made its run fail."""
    done = subprocess.run(["grep", "-m1", "-E", "-f", COMPLAINTS, f"{out}/console.log"],
                          capture_output=True, text=True, errors="replace", check=False)
    return done.stdout.strip() or "the VM failed, see its log above"


def run_pair(args, cleanup, peer_log):
    directory = tempfile.mkdtemp(prefix="net-", dir="/tmp")
    peer = Guest(["--cards", "0", "--smp", "1", "--timeout",
                  str(args.timeout + PEER_END_S),
                  "--out", args.out + "/peer",
                  "--qemu-args", network_options(directory, 2)],
                 [SUITES + "ipsec-peer"], peer_log, None)
    cleanup.add(peer.stop)
    if not wait_for_sockets(directory, peer):
        say("the peer's QEMU does not start")
        return 1, peer.process.poll()
    gateway = Guest(["--cards", str(args.cards), "--timeout", str(args.timeout),
                     "--kernel", args.kernel, "--mem", args.mem,
                     "--append", args.append, "--out", args.out + "/gateway",
                     *(["--vcard-san"] if args.vcard_san else []),
                     "--qemu-args", network_options(directory, 1)],
                    [SUITES + "ipsec-gateway"] + [a for a in args.args if a != "--"],
                    None, os.environ.get("RESULTS"))
    cleanup.add(gateway.stop)
    return watch(gateway, peer)


def main():
    args = parse_arguments()
    cleanup = Cleanup()
    log_path = inside(args.out) + "/peer.log"
    os.makedirs(inside(args.out), exist_ok=True)
    try:
        with open(log_path, "w") as peer_log:
            gateway, peer = run_pair(args, cleanup, peer_log)
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    finally:
        cleanup.run()
    with ktap.part("clean") if os.environ.get("RESULTS") else contextlib.nullcontext():
        result("ipsec.regression-6-gateway-clean", gateway == 0,
               kernel_complaint(inside(args.out) + "/gateway"))
        result("ipsec.peer-clean", peer == 0,
               "the peer did not end well, see " + log_path.removeprefix("/src/"))
    return 0 if gateway == 0 and peer == 0 else 1


sys.exit(main())
