# SPDX-License-Identifier: BSD-2-Clause
"""What the judge of results has to find, each on a stage that would pass otherwise."""

import ktap_judge as judge
import plan
import pytest

PLAN = """
[load] always
load.bound
load.selftests
[faults]
fault.stuck
fault.lost # SKIP this kernel has no *
"""

GOOD = """KTAP version 1
1..2
    KTAP version 1
    # Subtest: part load
    1..2
    ok 1 load.bound
    ok 2 load.selftests
ok 1 part load
    KTAP version 1
    # Subtest: part faults
    1..2
    ok 1 fault.stuck
    ok 2 fault.lost # SKIP this kernel has no failslab
ok 2 part faults
"""


def verdict(text, wanted=PLAN):
    return judge.judge("vm", text.splitlines(), plan.parse(wanted.splitlines()))[0]


def failures(text, wanted=PLAN):
    return dict(verdict(text, wanted).failed)


def test_passes():
    found = verdict(GOOD)
    assert found.failed == []
    assert found.passed == ["load.bound", "load.selftests", "fault.stuck"]
    assert found.skipped == [("fault.lost", "this kernel has no failslab")]


def test_failure_has_its_reason():
    text = GOOD.replace("ok 1 fault.stuck", "not ok 1 fault.stuck # 0 resets").replace(
        "ok 2 part faults", "not ok 2 part faults")
    assert failures(text) == {"fault.stuck": "0 resets"}


def test_missing_test():
    text = GOOD.replace("    ok 2 load.selftests\n", "")
    assert "missing" in failures(text)["load.selftests"]


def test_new_test():
    text = GOOD.replace("    ok 2 load.selftests", "    ok 2 load.selftests\n    ok 3 load.more")
    assert failures(text)["load.more"] == "not in the plan"


def test_test_twice():
    text = GOOD.replace("    ok 2 load.selftests", "    ok 2 load.bound")
    found = failures(text)
    assert found["load.bound"] == "reported twice"
    assert "missing" in found["load.selftests"]


def test_unexpected_skip():
    text = GOOD.replace("    ok 1 fault.stuck", "    ok 1 fault.stuck # SKIP no time")
    assert "not expected: no time" in failures(text)["fault.stuck"]


def test_skip_for_another_reason():
    text = GOOD.replace("this kernel has no failslab", "too slow")
    assert "not expected: too slow" in failures(text)["fault.lost"]


def test_expected_skip_that_runs_passes():
    text = GOOD.replace(" # SKIP this kernel has no failslab", "")
    assert failures(text) == {}


def test_part_that_did_not_run():
    text = GOOD[:GOOD.index("    KTAP version 1\n    # Subtest: part faults")]
    assert "did not run (2 tests)" in failures(text)["vm:faults"]


def test_killed_in_the_middle():
    text = GOOD[:GOOD.index("    ok 2 fault.lost")]
    found = failures(text)
    assert "did not end" in found["vm:faults"]
    assert "missing" in found["fault.lost"]


def test_no_plan_in_the_file():
    assert "no plan" in failures(GOOD.replace("    1..2\n    ok 1 fault", "    ok 1 fault"))["vm:faults"]
    assert "no plan" in failures(GOOD.replace("1..2\n", "", 1))["vm:main"]


def test_part_that_is_not_in_the_plan():
    assert failures(GOOD, PLAN.replace("[faults]", "[others]"))["vm:faults"].endswith(
        "not in the plan")


def test_part_twice():
    text = GOOD + GOOD[GOOD.index("    KTAP version 1\n    # Subtest: part faults"):].replace(
        "ok 2 part faults", "ok 3 part faults")
    assert "twice" in failures(text)["vm:faults"]


@pytest.mark.parametrize("text", ["", "KTAP version 1\n1..0\n", "Segmentation fault\n"])
def test_nothing_is_no_pass(text):
    assert failures(text, "")


def test_kernels_parser_is_asked():
    """What only it sees: numbers that are not in order."""
    text = GOOD.replace("ok 2 load.selftests", "ok 7 load.selftests")
    assert "Expected test number 2 but found 7" in failures(text)["vm:ktap"]


def test_result_of_a_part_that_denies_its_tests():
    assert "vm:ktap" in failures(GOOD.replace("ok 2 part faults", "not ok 2 part faults"))


def test_test_that_is_named_as_its_part():
    """To the kernel's parser it would be the end of the part."""
    text = GOOD.replace("load.bound", "load")
    assert not failures(text, PLAN.replace("load.bound", "load"))
