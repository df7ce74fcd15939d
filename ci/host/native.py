# SPDX-License-Identifier: BSD-2-Clause
"""Which kernel boots where a stage asks for the native one: User-Mode Linux, or QEMU on a
host that lets no process stand for another's kernel (neither seccomp nor ptrace).

Run as a program inside the lab it prints the kernel's name, builds it first if it has to,
and says on standard error why it is not the quick one:  native.py [native|native-debug]
"""

import os
import subprocess
import sys

from cleanup import die_with_parent
from fail import CannotRun
from machine import cached_kernel

# What a stage asks for: in UML, and where that does not run.
KERNELS = {"native": ("uml", "stock"), "native-debug": ("uml-debug", "debug")}
MODES = ("seccomp", "ptrace", "none")
PROBE_S = 120  # the boot takes 1 s of CPU, with checks 10; a host that cannot says so at once
TOKEN = "acf-probe-ok"


def probe_command(kernel, initrd, mode, directory):
    seccomp = "on" if mode == "seccomp" else "off"
    return [f"{kernel}/linux", "umid=probe", f"uml_dir={directory}", "mem=256M",
            f"seccomp={seccomp}", f"initrd={initrd}", "con=null", "con0=null,fd:1",
            "ssl=null", "noreboot", "panic=-1", "acf.probe"]


def boots(kernel, initrd, mode):
    """None: it did not end in time, which tells nothing about the host."""
    directory = f"/tmp/uml-probe-{os.getpid()}"
    os.makedirs(directory, exist_ok=True)
    try:
        result = subprocess.run(probe_command(kernel, initrd, mode, directory),
                                stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                errors="replace", timeout=PROBE_S, check=False,
                                env=dict(os.environ, TMPDIR=directory),
                                start_new_session=True, preexec_fn=die_with_parent)
    except subprocess.TimeoutExpired:
        return None
    return TOKEN in result.stdout


def first_that_boots(kernel, initrd):
    """One of MODES, and whether it is worth remembering."""
    sure = True
    for mode in MODES[:-1]:
        answer = boots(kernel, initrd, mode)
        if answer:
            return mode, sure
        sure = sure and answer is not None
    return "none", sure


def mode(name, say):
    """How UML runs its processes here, from the cache if known: one of MODES."""
    forced = os.environ.get("ACF_UML")
    if forced:
        if forced not in MODES:
            raise CannotRun(f"ACF_UML={forced}: one of {', '.join(MODES)}")
        say(f"UML with {forced} (ACF_UML)")
        return forced
    kernel, initrd = cached_kernel(name)
    lab = os.path.basename(os.environ["ACF_LAB"])
    path = f"/cache/{os.path.basename(kernel)}-{os.uname().release}-{lab}.mode"
    try:
        with open(path) as file:
            return file.read().strip()
    except FileNotFoundError:
        pass
    say(f"probing User-Mode Linux with a small boot (at most {2 * PROBE_S} s, once)")
    answer, sure = first_that_boots(kernel, initrd)
    if not sure:
        say(f"a probe did not end in {PROBE_S} s, so that it will be asked again")
        return answer
    with open(path + f".{os.getpid()}", "w") as file:
        file.write(answer + "\n")
    os.rename(file.name, path)
    return answer


def demanded_mode(name, say):
    """For a guest that is UML by its kernel's name."""
    answer = mode(name, say)
    if answer == "none":
        raise CannotRun("User-Mode Linux does not run here: neither seccomp nor ptrace lets a"
                        " process stand for its kernel; --kernel native falls back to QEMU")
    return answer


def resolve(name, say):
    """The kernel that stands for a native one here; any other name is its own."""
    if name not in KERNELS:
        return name
    uml, other = KERNELS[name]
    answer = mode(uml, say)
    if answer != "none":
        return uml
    say(f"User-Mode Linux does not run here (neither seccomp nor ptrace): QEMU with the kernel"
        f" {other} instead, which is slower")
    return other


def main():
    def say(text):
        print("native: " + text, file=sys.stderr, flush=True)

    name = sys.argv[1] if len(sys.argv) > 1 else "native"
    if name not in KERNELS:
        say(f"no native kernel {name!r}; there are: {', '.join(KERNELS)}")
        return 2
    try:
        ensure_built(KERNELS[name][0])
        resolved = resolve(name, say)
        if resolved != "stock":
            ensure_built(resolved)
    except CannotRun as error:
        say(str(error))
        return 2
    print(resolved)
    return 0


def ensure_built(name):
    made = subprocess.run(["/src/ci/kernel", name], check=False, stdout=sys.stderr)
    if made.returncode:
        raise CannotRun(f"ci/kernel {name} does not build: see above")


if __name__ == "__main__":
    sys.exit(main())
