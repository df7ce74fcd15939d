# SPDX-License-Identifier: BSD-2-Clause
"""The table of what finds each bug: a bug that was not found, not tried, or whose test is in no stage is told."""

import killers

PLANS = [("vm", "default", ["shapes.lists.cbc(aes)-128", "load"]), ("kernels", "default", ["oldest.shapes.lists.ecb"]),
         ("debug", "full", ["suite.shapes.lists"]), ("ipsec", "full", ["row-3.byte-exact"])]
BUG = killers.Mutant("11-list", "no end", "mutants.11-list", "shapes.lists")


def test_earliest_lane_and_all_its_stages():
    assert killers.where("shapes.lists", PLANS) == ("default", ["kernels", "vm"])


def test_a_row_of_the_grid():
    assert killers.where("byte-exact", PLANS) == ("full", ["ipsec"])


def test_half_a_word_is_another_test():
    assert killers.where("shapes.list", PLANS) is None


def test_found():
    line, good = killers.row(BUG, {"mutants.11-list": True}, PLANS)
    assert good and "| yes |" in line


def test_survivor_untried_and_homeless_are_told():
    for ran, test in (({"mutants.11-list": False}, BUG.test), ({}, BUG.test), ({"mutants.11-list": True}, "gone")):
        assert not killers.row(killers.Mutant(BUG.name, BUG.bug, BUG.result, test), ran, PLANS)[1]


def test_head_ends_where_the_patch_begins(tmp_path):
    patch = tmp_path / "07-iv.patch"
    patch.write_text("bug: no IV\nexpect: shapes.aead\nrun: guest shapes=aead\nesp: byte-exact - .*(BUG)\n\n"
                     "--- a/x.c\n+++ b/x.c\n+// expect: nothing\n")
    both = killers.of_driver(str(patch))
    assert [(one.result, one.test) for one in both] == [
        ("mutants.07-iv", "shapes.aead"), ("mutants.07-iv.esp", "byte-exact")]


def test_packets_alone(tmp_path):
    patch = tmp_path / "14-df.patch"
    patch.write_text("bug: no DF\nexpect: df\nrun: esp\nesp: df\n--- a/x.c\n")
    assert [one.result for one in killers.of_driver(str(patch))] == ["mutants.14-df.esp"]


def test_results_of_a_run(tmp_path):
    ktap = tmp_path / "mutants.ktap"
    ktap.write_text("KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: part guest\n    1..2\n"
                    "    ok 1 mutants.a\n    not ok 2 mutants.b # it passes\nnot ok 1 part guest\n")
    assert killers.verdicts([str(ktap), str(tmp_path / "none")]) == {"mutants.a": True, "mutants.b": False}
