# SPDX-License-Identifier: BSD-2-Clause
"""What guest-test builds before it boots: nothing that ci/test has built for the same run."""

import os
import shutil
import subprocess

import pytest

HOST = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))


@pytest.fixture
def checkout(tmp_path):
    """guest-test among commands that write down how they are called; each kernel is its own name."""
    (tmp_path / "ci/host").mkdir(parents=True)
    shutil.copy(os.path.join(HOST, "guest-test"), tmp_path / "ci/host")
    for name, text in (("ci/build", 'echo "build $*" >>said'), ("ci/vm", 'echo "vm $*" >>said'),
                       ("ci/host/kernel-name", 'echo "$1"')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    return tmp_path


def said(checkout, **environment):
    kept = {name: value for name, value in os.environ.items()
            if name not in ("KERNEL", "WHERE", "MODULES", "MODULES_BUILT")}
    subprocess.run(["ci/host/guest-test", "a", "10", "--", "script"], cwd=checkout, check=True,
                   env=dict(kept, **environment))
    return (checkout / "said").read_text().splitlines()


@pytest.mark.parametrize("kernel, built, builds", [
    ("uml", "", ["build stock uml"]), ("uml", "stock", ["build stock uml"]),
    ("uml", "uml", ["build stock uml"]), ("uml", "uml-debug stock", ["build stock uml"]),
    ("uml", "stock uml", []), ("stock", "stock", [])],
    ids=["by-hand", "kernel-missing", "stock-missing", "another", "all-there", "stock-there"])
def test_builds_what_is_not_built(checkout, kernel, built, builds):
    assert [line for line in said(checkout, KERNEL=kernel, MODULES_BUILT=built)
            if line.startswith("build")] == builds


def test_boots_what_it_was_asked_for(checkout):
    assert said(checkout, KERNEL="uml", MODULES_BUILT="stock uml") == [
        "vm --cards 1 --kernel uml --timeout 10 --out build/uml/vm-a -- script"]


def test_few_rounds_of_the_kernels_fuzzing(checkout):
    """Before the options of the stage, which may say otherwise."""
    assert said(checkout, KERNEL="uml-debug", MODULES_BUILT="stock uml-debug") == [
        "vm --cards 1 --kernel uml-debug --timeout 60 --out build/uml-debug/vm-a --mem 2560"
        " --append cryptomgr.fuzz_iterations=20 -- script"]
