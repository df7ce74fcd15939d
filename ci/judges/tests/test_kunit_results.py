# SPDX-License-Identifier: BSD-2-Clause
"""The reader of KUnit's results leaves nothing out in silence."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "guest", "py"))
from kunit_results import read  # noqa: E402

GOOD = """KTAP version 1
    KTAP version 1
    # Subtest: acf_jobs
    1..3
    ok 1 first
    # second: pass:4 fail:0
        KTAP version 1
        # Subtest: second
        ok 1 aes 128
    ok 2 second
    ok 3 third # SKIP no failslab
# acf_jobs: pass:2 fail:0 skip:1 total:3
# Totals: pass:2 fail:0 skip:1 total:3
ok 1 acf_jobs
"""


def failures(text, **options):
    return [name for verdict, name, _ in read("acf_jobs", text, **options) if verdict == "not ok"]


class Reader(unittest.TestCase):
    def test_good(self):
        self.assertEqual(read("acf_jobs", GOOD),
                         [("ok", "acf_jobs.first", ""), ("ok", "acf_jobs.second", ""),
                          ("skip", "acf_jobs.third", "no failslab")])

    def test_skip_that_may_not_be(self):
        self.assertEqual(failures(GOOD, no_skips=True), ["acf_jobs.third"])

    def test_skip_for_what_the_run_chose(self):
        text = GOOD.replace("no failslab", "a queue of 1 is too short")
        self.assertEqual(failures(text, no_skips=True), [])

    def test_failed_case(self):
        text = GOOD.replace("    ok 2", "    not ok 2").replace("ok 1 acf_jobs", "not ok 1 acf_jobs")
        self.assertEqual(failures(text), ["acf_jobs.second"])

    def test_failed_case_with_a_directive(self):
        text = GOOD.replace("    ok 2 second", "    not ok 2 second # timed out")
        self.assertIn("acf_jobs.second", failures(text))

    def test_reason_of_a_failed_case(self):
        unmet = ("    # second: EXPECTATION FAILED at crypto/tests/x.c:161\n    Expected busy == 3, but\n"
                 "        busy == 2 (0x2)\nof the third\n"
                 "    # second: ASSERTION FAILED at crypto/tests/x.c:163\n    Expected done to be true, but is false\n")
        text = GOOD.replace("    # second: pass", unmet + "    # second: pass").replace(
            "    ok 2", "    not ok 2").replace("ok 1 acf_jobs", "not ok 1 acf_jobs")
        self.assertEqual([row for row in read("acf_jobs", text) if row[0] == "not ok"],
                         [("not ok", "acf_jobs.second", "crypto/tests/x.c:161 Expected busy == 3, but"
                           " busy == 2 (0x2) of the third")])

    def test_unknown_line_after_a_failure(self):
        text = GOOD.replace("    ok 1 first", "    # first: EXPECTATION FAILED at x.c:1\n    Expected 1\n"
                            "    not ok 1 first\n    okay 2 none")
        self.assertEqual(failures(text)[:2], ["acf_jobs.first", "acf_jobs.line"])

    def test_missing_case(self):
        self.assertEqual(failures(GOOD.replace("    ok 1 first\n", "")),
                         ["acf_jobs.second.number", "acf_jobs.third.number", "acf_jobs.plan"])

    def test_name_with_odd_characters(self):
        self.assertEqual(read("s", GOOD.replace("first", "cbc(aes)-128 Twice"))[0][1],
                         "s.cbc(aes)-128 Twice")

    def test_unknown_line(self):
        self.assertEqual(failures(GOOD.replace("    ok 1 first", "    okay 1 first"))[0], "acf_jobs.line")

    def test_nothing(self):
        self.assertEqual(failures(""), ["acf_jobs.plan", "acf_jobs.end"])

    def test_suite_that_did_not_end(self):
        self.assertEqual(failures(GOOD.replace("ok 1 acf_jobs\n", "")), ["acf_jobs.end"])

    def test_suite_that_failed_by_itself(self):
        self.assertEqual(failures(GOOD.replace("ok 1 acf_jobs", "not ok 1 acf_jobs")),
                         ["acf_jobs.verdict"])


if __name__ == "__main__":
    unittest.main()
