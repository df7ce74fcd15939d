# SPDX-License-Identifier: BSD-2-Clause
"""--help of what a person types: at once, and nothing is built, installed or written."""

import os
import signal
import subprocess

import pytest

CI = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
COMMANDS = sorted(name for name in os.listdir(CI) if os.path.isfile(os.path.join(CI, name)))
SECONDS = 10    # one is enough on an idle machine


@pytest.mark.parametrize("command", COMMANDS)
def test_help(command, tmp_path, tmp_path_factory):
    # what would install or build does not get far
    stubs = tmp_path_factory.mktemp("stubs")
    for name in ("apt-get", "chroot", "make", "mmdebstrap", "sudo", "unshare"):
        (stubs / name).write_text("#!/bin/sh\nexit 1\n")
        (stubs / name).chmod(0o755)
    process = subprocess.Popen([os.path.join(CI, command), "--help"], cwd=tmp_path,
                               env={"PATH": f"{stubs}:{os.environ['PATH']}", "HOME": str(tmp_path),
                                    "ACF_CACHE": str(tmp_path / "cache")},
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        said, complained = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate()
        pytest.fail(f"ci/{command} --help does not end")
    assert process.returncode == 0, complained
    assert "usage" in said and f"ci/{command}" in said
    assert complained == ""
    assert os.listdir(tmp_path) == [], "something was made"
