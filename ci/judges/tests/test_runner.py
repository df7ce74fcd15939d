# SPDX-License-Identifier: BSD-2-Clause
"""What ci/test makes of stages that break, hang, are killed or never begin."""

import os
import signal
import subprocess
import threading
import time
from types import SimpleNamespace

import plan
import pytest
import report
import runner
import stages

GOOD = """. ci/guest/lib/ktap.sh
one() { ok a.one; ok a.two; }
part a one
"""
PLAN = "[a]\na.one\na.two\n"
CHECKOUT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.."))


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout with stages of the test's own."""
    for name in ("ci/stages", "ci/judges/expected", "build"):
        (tmp_path / name).mkdir(parents=True)
    os.symlink(os.path.join(CHECKOUT, "ci/guest"), tmp_path / "ci/guest")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(runner, "GRACE_S", 1)
    monkeypatch.setattr(report, "SHOWN", 10)
    return tmp_path


def stage(checkout, name, script, head="# lane: quick\n# limit: 1\n# where: host\n", text=PLAN):
    path = checkout / "ci/stages" / name
    # the plan of this checkout, also where another is mounted at /src
    script = script.replace("ktap.sh\n", f"ktap.sh\nktap_expected={checkout}/ci/judges/expected\n")
    path.write_text("#!/bin/sh\n# About it.\n" + head + script)
    path.chmod(0o755)
    if text is not None:
        (checkout / "ci/judges/expected" / name).write_text(text)
    return stages.load(name)


def outcome(checkout, found, deadline=0, missing=None, text=None):
    """The closing line, and all that was said."""
    args = SimpleNamespace(lane="quick", text=text, jobs=2, accept=False, repeat=1)
    clock = runner.Clock(deadline)
    told = report.Report(args)
    told.begin(0, "7")
    chosen = []
    for one in found:
        try:
            parts = plan.load("ci/judges/expected", one.name)
        except plan.PlanError:
            parts = None
        chosen.append((one, parts, plan.chosen(parts, "quick", text) if parts else None, "quick"))
    runner.run_side_by_side(chosen, missing or {}, args, "7", clock, told)
    return told.end(clock), told


def names(told):
    return {name: reason for _, name, reason in told.failed}


def closing(capsys):
    return capsys.readouterr().out.splitlines()[-1]


def test_passes(checkout, capsys):
    status, _ = outcome(checkout, [stage(checkout, "s", GOOD)])
    assert status == 0 and closing(capsys) == "2 passed, 0 failed, 0 skipped"
    text = (checkout / report.RESULTS).read_text()
    assert "    # Subtest: stage s\n    1..1\n" in text and text.endswith("ok 1 stage s\n")


def test_killed_stage(checkout, capsys):
    script = GOOD.replace("ok a.two", "kill -9 $$")
    status, told = outcome(checkout, [stage(checkout, "s", script)])
    assert status == 1 and "missing" in names(told)["a.two"]
    assert closing(capsys) == "1 passed, 2 failed, 0 skipped"


def test_killed_stage_leaves_nothing_running(checkout, capsys):
    script = GOOD.replace("ok a.two", "sleep 900 & echo $! >stray; kill -9 $$")
    outcome(checkout, [stage(checkout, "s", script)])
    stray = int((checkout / "stray").read_text())
    for _ in range(50):
        if not os.path.exists(f"/proc/{stray}"):
            break
        time.sleep(0.1)
    assert not os.path.exists(f"/proc/{stray}")


def test_failure_says_how_to_repeat_it(checkout, capsys):
    script = GOOD.replace("ok a.two", "not_ok a.two 'was 3'")
    outcome(checkout, [stage(checkout, "s", script)])
    said = capsys.readouterr().out
    assert "  a.two - was 3\n      SEED=7 ci/test s -k a.two\n" in said
    assert (checkout / "build/failed/s/s.ktap").exists()


def test_missing_plan(checkout, capsys):
    status, told = outcome(checkout, [stage(checkout, "s", GOOD, text=None)])
    assert status == 1 and "ci/test --accept s makes one" in names(told)["s:plan"]


def test_misspelt_function(checkout, capsys):
    status, told = outcome(checkout, [stage(checkout, "s", GOOD.replace("part a one", "part a on"))])
    assert status == 1
    assert {"a.command", "a.one", "a.two"} <= set(names(told))


def test_unexpected_skip(checkout, capsys):
    script = GOOD.replace("ok a.two", "skip a.two 'no card'")
    status, told = outcome(checkout, [stage(checkout, "s", script)])
    assert status == 1 and "not expected: no card" in names(told)["a.two"]


def test_deadline_ends_all_a_stage_has_started(checkout, capsys):
    """Also what left its session, and a shell that ignores signals; the next does not begin."""
    script = ("trap '' TERM\nsetsid sh -c 'trap \"\" TERM; echo $$ >stray; sleep 900' &\n"
              "sh -c 'trap \"\" TERM; sleep 900' &\nwhile :; do sleep 1; done\n")
    slow, late = stage(checkout, "slow", script), stage(checkout, "late", GOOD)
    begin = time.monotonic()
    args_jobs_one = [slow]
    status, told = outcome(checkout, args_jobs_one, deadline=2 / 60)
    assert status == 1 and time.monotonic() - begin < 120
    assert "--deadline" in names(told)["slow:incomplete"]
    stray = int((checkout / "stray").read_text())
    for _ in range(50):
        if not os.path.exists(f"/proc/{stray}"):
            break
        time.sleep(0.1)
    assert not os.path.exists(f"/proc/{stray}")
    assert closing(capsys).endswith(" failed, 0 skipped")
    status, told = outcome(checkout, [late], deadline=1e-9)
    assert status == 1 and "not begun" in names(told)["late:incomplete"]


def test_deadline_lets_a_guest_bring_its_results(checkout, capsys, monkeypatch):
    """The stage's shell is gone at once then."""
    monkeypatch.setattr(runner, "GRACE_S", 60)
    script = GOOD.replace("ok a.two", """sh -c 'trap "sleep 2; echo >brought; exit" TERM; sleep 900 & wait' & sleep 900""")
    begin = time.monotonic()
    status, told = outcome(checkout, [stage(checkout, "s", script)], deadline=2 / 60)
    assert status == 1 and "--deadline" in names(told)["s:incomplete"]
    assert (checkout / "brought").exists() and time.monotonic() - begin < 60
    assert closing(capsys).startswith("1 passed, ")


def test_signal_is_a_deadline(checkout, capsys, monkeypatch):
    """What is sent to ci/test ends what runs; the closing line comes all the same."""
    one = stage(checkout, "s", "sleep 900\n")
    made = []

    class Signalled(runner.Clock):
        def __init__(self, deadline):
            super().__init__(deadline)
            made.append(self)
            self.preparing = False
            signal.signal(signal.SIGTERM, self.obey)

    monkeypatch.setattr(runner, "Clock", Signalled)
    killer = threading.Timer(1, lambda: os.kill(os.getpid(), signal.SIGTERM))
    killer.start()
    try:
        status, told = outcome(checkout, [one])
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    assert status == 1 and "SIGTERM" in names(told)["s:incomplete"]
    assert closing(capsys).startswith("0 passed, ")


def test_deadline_ends_what_is_prepared(checkout):
    clock = runner.Clock(1 / 60)
    begin = time.monotonic()
    status, _ = runner.prepared(["sh", "-c", "trap '' TERM; sleep 900 & sleep 900"], clock)
    assert status != 0 and time.monotonic() - begin < 120
    assert runner.prepared(["sh", "-c", "echo said"], runner.Clock(0),
                           stdout=subprocess.PIPE) == (0, "said\n")


def test_limit_of_a_stage(checkout, capsys, monkeypatch):
    one = stage(checkout, "s", "sleep 900\n")
    one.limit = 1 / 60
    status, told = outcome(checkout, [one])
    assert status == 1 and "its limit is" in names(told)["s:incomplete"]


def test_kernel_that_cannot_be_had(checkout, capsys):
    one = stage(checkout, "s", GOOD, "# lane: quick\n# limit: 1\n# where: uml\n# needs: kernel:um\n")
    status, told = outcome(checkout, [one], missing={"um": "no sources"})
    assert status == 1 and names(told)["s:incomplete"] == "no sources"


def test_status_of_a_stage_that_says_all(checkout, capsys):
    status, told = outcome(checkout, [stage(checkout, "s", GOOD + "exit 3\n")])
    assert status == 1 and "status 3" in names(told)["s:status"]


def test_choice(checkout, capsys):
    script = GOOD + "two() { ok b.one; }\npart b two\n"
    one = stage(checkout, "s", script, text=PLAN + "[b]\nb.one\n")
    status, told = outcome(checkout, [one], text="b.one")
    assert status == 0 and closing(capsys) == "1 passed, 0 failed, 0 skipped"


@pytest.mark.parametrize("head, what", [
    ("# limit: 1\n# where: host\n", "lane"), ("# lane: quick\n# where: host\n", "limit"),
    ("# lane: fast\n# limit: 1\n# where: host\n", "lane fast"),
    ("# lane: quick\n# limit: 1\n# where: moon\n", "where moon")],
    ids=["no-lane", "no-limit", "unknown-lane", "unknown-place"])
def test_heads(checkout, head, what):
    with pytest.raises(stages.StageError, match=what):
        stage(checkout, "s", GOOD, head)


def test_real_heads(monkeypatch):
    monkeypatch.chdir(CHECKOUT)
    found = stages.load_all()
    assert {"lint", "native", "build"} <= {one.name for one in found if one.lane == "quick"}
    assert all(one.about for one in found)


def test_longest_begins_first(checkout):
    head = "# lane: quick\n# limit: {}\n# where: host\n"
    stage(checkout, "short", GOOD, head.format(1))
    stage(checkout, "told", GOOD, head.format(1) + "# takes: 400\n")
    stage(checkout, "long", GOOD, head.format(60))
    assert [one.name for one in stages.load_all()] == ["told", "long", "short"]


def test_guests_wait_for_what_builds_their_modules(checkout, capsys):
    said = f"echo $STAGE >>{checkout}/order\n"
    head = "# lane: quick\n# limit: 1\n# where: {}\n"
    found = [stage(checkout, "guest", said + GOOD, head.format("uml")),
             stage(checkout, "host", said + GOOD, head.format("host")),
             stage(checkout, "builds", f"until [ -e {checkout}/order ]; do sleep 0.1; done\nsleep 1\n" + said + GOOD,
                   head.format("host") + "# before-guests\n")]
    status, _ = outcome(checkout, found)
    assert status == 0 and closing(capsys) == "6 passed, 0 failed, 0 skipped"
    assert (checkout / "order").read_text().split() == ["host", "builds", "guest"]


def test_looks_at_what_the_others_left(checkout, capsys):
    said = f"echo $STAGE >>{checkout}/order\n"
    head = "# lane: quick\n# limit: 1\n# where: host\n"
    found = [stage(checkout, "looks", said + GOOD, head + "# after-others\n"),
             stage(checkout, "slow", "sleep 1\n" + said + GOOD, head),
             stage(checkout, "quick", said + GOOD, head)]
    status, _ = outcome(checkout, found)
    assert status == 0 and closing(capsys) == "6 passed, 0 failed, 0 skipped"
    assert (checkout / "order").read_text().split() == ["quick", "slow", "looks"]


def test_again_in_another_kernel(checkout):
    head = "# lane: default\n# limit: 2\n# where: {}\n# needs: kernel:native modules:stock\n# again: KERNEL={}\n"
    stage(checkout, "pc", GOOD, head.format("qemu", "debug"))
    stage(checkout, "um", GOOD, head.format("uml", "native-debug"))
    found = {one.name: one for one in stages.load_all()}
    pc, um = found["pc@debug"], found["um@native-debug"]
    assert (pc.lane, pc.where, pc.kernels(), pc.modules()) == ("full", "qemu", ["debug"], ["debug"])
    assert (um.lane, um.where, um.kernels(), um.modules()) == ("full", "uml", ["native-debug"], ["stock"])
    assert um.environment == {"KERNEL": "native-debug"} and um.plan == "um"
