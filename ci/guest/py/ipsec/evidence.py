# SPDX-License-Identifier: BSD-2-Clause
"""What an end can say about itself when something does not arrive, or does not end."""

import glob
import subprocess

COMMAND_S = 10
COMMANDS = (
    "ss -tieanmpO",
    "ss -uawenmpO",             # drops of UDP and raw sockets (d in skmem)
    "nstat -asz",
    "cat /proc/net/xfrm_stat",
    "ip -s xfrm state",
    "ip -s xfrm policy",
    "ip -s -s link",
    "ip -s neigh; ip -6 -s neigh",
    "ip route; ip -6 route; ip -6 route show cache",
    "tc -s qdisc",
    "cat /proc/net/softnet_stat /proc/net/sockstat /proc/net/sockstat6",
    "cat /proc/interrupts",
    "head -n 200 /sys/kernel/debug/acf/stats /sys/kernel/debug/hifn795x/*/stats",
    "hostcmd counters 0",
    "swanctl --list-sas",
    "tail -n 200 /tmp/charon.log",
    "tail -n 40 /tmp/iperf /tmp/iperf-client /tmp/tcpdump* /tmp/echo",
    "dmesg | tail -n 100",
)


def said_by(command):
    """Output of a command, whatever it is."""
    try:
        done = subprocess.run(["sh", "-c", command], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=COMMAND_S, check=False)
    except subprocess.TimeoutExpired:
        return f"no end within {COMMAND_S} s\n"
    return done.stdout


def read(path):
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except OSError as error:
        return f"{error.strerror}\n"


def threads():
    """Where each thread of each program is, in the kernel's words."""
    text = ""
    for task in sorted(glob.glob("/proc/[0-9]*/task/[0-9]*")):
        if not read(task + "/cmdline").strip("\0"):
            continue    # the kernel's own
        text += (f"{task} {read(task + '/comm').strip()}: waits in {read(task + '/wchan')}, "
                 f"system call {read(task + '/syscall')}{read(task + '/stack')}")
    return text


def observe():
    """All of it as one text."""
    parts = [(command, said_by(command)) for command in COMMANDS] + [("threads", threads())]
    return "".join(f"==== {name}\n{text}\n" for name, text in parts)
