# SPDX-License-Identifier: BSD-2-Clause
"""What kernel-state complains about, in trees that look like a guest's."""

import os
import subprocess
import tempfile
import unittest

JUDGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "kernel-state")
# lockdep's file as the kernel writes it
LOCKDEP = " lock-classes:                         2101 [max: 8192]\n debug_locks:                             1\n"
HEALTHY = {
    "proc/cmdline": "console=ttyS0 kmemleak=on\n",
    "proc/sys/kernel/tainted": "12288\n",
    "proc/lockdep_stats": LOCKDEP,
    "sys/kernel/debug/dma-api/disabled": "N\n",
    "sys/kernel/debug/dma-api/error_count": "0\n",
    "sys/kernel/debug/kmemleak": "",
    "sys/kernel/debug/kcsan": "enabled: 1\nused_watchpoints: 0\n",
    "dev/kmsg": "6,0,0,-;Linux version 6.12\n6,1,12,-;second\n4,2,5140900,-,caller=T1;acf: third\n SUBSYSTEM=pci\n",
}


class KernelState(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.root = self.directory.name
        self.addCleanup(self.directory.cleanup)

    def judge(self, **changes):
        """Of the healthy tree with files changed, or taken away by None."""
        files = HEALTHY | {name.replace("__", "/"): text for name, text in changes.items()}
        return self.judge_files(files)

    def judge_files(self, files):
        for name, text in files.items():
            path = os.path.join(self.root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if text is not None:
                with open(path, "w") as file:
                    file.write(text)
        self.log = os.path.join(self.root, "log")
        result = subprocess.run([JUDGE, self.log, self.root], capture_output=True, text=True, check=False)
        self.assertEqual(result.stderr, "")
        return result.stdout.strip()

    def changed(self, name, text):
        return self.judge_files(HEALTHY | {name: text})

    def test_healthy(self):
        self.assertEqual(self.judge(), "")
        with open(self.log) as file:
            self.assertEqual(file.read(), "[    0.000000] Linux version 6.12\n[    0.000012] second\n"
                             "[    5.140900] acf: third\n")

    def test_kernel_without_checks(self):
        self.assertEqual(self.judge_files({
            "proc/cmdline": "quiet\n", "proc/sys/kernel/tainted": "0\n",
            "dev/kmsg": HEALTHY["dev/kmsg"]}), "")

    def test_warning(self):
        self.assertIn("log: ", self.changed("dev/kmsg", HEALTHY["dev/kmsg"] + "4,3,9,-;WARNING: CPU: 0\n"))

    def test_start_of_the_log_is_gone(self):
        self.assertIn("overwritten", self.changed("dev/kmsg", "6,7,12,-;seventh\n6,8,13,-;eighth\n"))

    def test_gap(self):
        self.assertIn("overwritten", self.changed("dev/kmsg", "6,0,1,-;first\n6,2,13,-;third\n"))

    def test_no_log(self):
        self.assertIn("overwritten", self.changed("dev/kmsg", ""))

    def test_taint(self):
        self.assertEqual(self.changed("proc/sys/kernel/tainted", "512\n"), "taint 512")

    def test_lockdep_off(self):
        self.assertIn("lockdep is off", self.changed("proc/lockdep_stats", LOCKDEP.replace(" 1\n", " 0\n")))

    def test_dma_debugging_ran_out(self):
        self.assertIn("is off", self.changed("sys/kernel/debug/dma-api/disabled", "Y\n"))

    def test_dma_debugging_not_wanted(self):
        self.assertEqual(self.judge_files(HEALTHY | {
            "sys/kernel/debug/dma-api/disabled": "Y\n", "proc/cmdline": "dma_debug=off kmemleak=on\n"}), "")

    def test_dma_errors(self):
        self.assertIn("counts 3 errors", self.changed("sys/kernel/debug/dma-api/error_count", "3\n"))

    def test_kmemleak_off(self):
        """A write is refused: here since it is a directory, in the kernel with EPERM."""
        files = {name: text for name, text in HEALTHY.items() if not name.endswith("/kmemleak")}
        os.makedirs(os.path.join(self.root, "sys/kernel/debug/kmemleak"))
        self.assertIn("kmemleak is off", self.judge_files(files))

    def test_kcsan_off(self):
        self.assertEqual(self.changed("sys/kernel/debug/kcsan", "enabled: 0\n"), "KCSAN is off")


if __name__ == "__main__":
    unittest.main()
