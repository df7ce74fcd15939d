# SPDX-License-Identifier: BSD-2-Clause
"""A mutant is killed by its own test and by nothing weaker; results in either form."""

import os
import subprocess
import tempfile
import unittest

JUDGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "mutants", "judge.sh")
PATCH = "bug: one\nexpect: shapes.lists\nsays: destination wrong\nalso: ^shapes\\.guards\\.\nrun: guest shapes=lists\n"


class Judge(unittest.TestCase):
    def verdict(self, results, control=False, patch=PATCH):
        with tempfile.TemporaryDirectory() as directory:
            paths = [os.path.join(directory, name) for name in ("results", "patch")]
            for path, text in zip(paths, (results, patch)):
                with open(path, "w") as file:
                    file.write(text)
            return subprocess.run(
                ["sh", "-c", f'. {JUDGE}; verdict "$@"', "sh", *paths, *(["control"] if control else [])],
                capture_output=True, text=True, check=True).stdout.strip()

    def test_killed(self):
        self.assertEqual(self.verdict("ok load\nnot ok shapes.lists.cbc - destination wrong (3)\n"), "")

    def test_killed_in_ktap(self):
        self.assertEqual(self.verdict("KTAP version 1\n    1..2\n    ok 1 load\n"
                                      "    not ok 2 shapes.lists.cbc # destination wrong (3)\nnot ok 1 run\n"), "")

    def test_alive(self):
        self.assertIn("passes with the bug in", self.verdict("ok load\nok shapes.lists.cbc\n"))

    def test_no_result(self):
        self.assertEqual(self.verdict(""), "no result")
        self.assertIn("no result of", self.verdict("ok load\n"))

    def test_module_does_not_load(self):
        self.assertIn("fails as well: load", self.verdict("not ok load - no card\nnot ok shapes.lists - destination wrong\n"))

    def test_another_test(self):
        self.assertIn("fails as well", self.verdict("ok shapes.lists.cbc\nnot ok shapes.lists2.cbc - x\n"))

    def test_another_reason(self):
        self.assertIn("another reason", self.verdict("not ok shapes.lists.cbc - out of memory?\n"))

    def test_allowed_besides(self):
        self.assertEqual(self.verdict("not ok shapes.guards.ecb - x\nnot ok shapes.lists.cbc - destination wrong\n"), "")

    def test_control(self):
        self.assertEqual(self.verdict("ok load\nok shapes.lists.cbc\n", control=True), "")

    def test_control_that_fails(self):
        self.assertIn("fails as well", self.verdict("ok load\nnot ok shapes.lists.cbc - destination wrong\n", control=True))

    def test_control_without_the_test(self):
        self.assertIn("no result of", self.verdict("ok load\n", control=True))


if __name__ == "__main__":
    unittest.main()
