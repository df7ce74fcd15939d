# SPDX-License-Identifier: BSD-2-Clause
"""KVM or software emulation: decided by booting a guest, not by /dev/kvm."""

import os
import subprocess

from qemu import probe_command

PROBE_S = 15  # where KVM works the boot takes about 2
TOKEN = "acf-probe-ok"


def boots_with_kvm():
    try:
        result = subprocess.run(probe_command(), stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, errors="replace",
                                timeout=PROBE_S, check=False)
    except subprocess.TimeoutExpired:
        return False
    return TOKEN in result.stdout


def probed(say):
    """The probe's answer for this host kernel and lab, from the cache if known."""
    key = f"{os.uname().release}-{os.path.basename(os.environ['ACF_LAB'])}"
    path = f"/cache/kvm-{key}"
    try:
        with open(path) as file:
            return file.read().strip() == "boots"
    except FileNotFoundError:
        pass
    say(f"probing KVM with a small boot (at most {PROBE_S} s, once)")
    answer = boots_with_kvm()
    with open(path + f".{os.getpid()}", "w") as file:
        file.write("boots\n" if answer else "does not boot\n")
    os.rename(file.name, path)
    return answer


def choose_accel(say):
    forced = os.environ.get("ACF_ACCEL")
    if forced in ("kvm", "tcg"):
        say(f"using {forced} (ACF_ACCEL)")
        return forced
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        say("software emulation (no usable /dev/kvm)")
        return "tcg"
    if probed(say):
        say("KVM (a probe guest booted with it)")
        return "kvm"
    say("software emulation (a probe guest did not boot with KVM)")
    return "tcg"
