# SPDX-License-Identifier: BSD-2-Clause
"""Judges what the peer's guest left behind: result lines, a table, JSON.

usage: judge.py OUT JSON KERNEL
"""

import json
import os
import re
import sys

from cases import ALGORITHMS, chain_cases, data_cases

sys.path.insert(0, "/src/ci/guest/py")
import crypto_list  # noqa: E402
import ktap  # noqa: E402

# What the kernel's tests must find in the driver as Debian 12 ships it. A better
# verdict on the IV or a worse one on the data would be a change in the card.
IV_LOST = "wrong output IV"
WRONG_DATA = "wrong result"
SELF_TESTS = {
    "ecb-aes": None, "ecb-des": None, "ecb-3des": None,
    "cbc-aes": IV_LOST, "cbc-des": IV_LOST, "cbc-3des": IV_LOST,
    "cfb-aes": WRONG_DATA, "ofb-aes": WRONG_DATA,
}
REASONS = {
    IV_LOST: "data right, but the driver does not write the IV back",
    WRONG_DATA: "the driver announces no IV (ivsize 0), so the test gives it none",
}
# The number counts bindings.
CARD = r"(\S+)-hifn\d"
NO_TEST = ("cfb-des", "ofb-des", "cfb-3des", "ofb-3des")


class Report:
    failed = 0

    def result(self, name, problem=None):
        self.failed += bool(problem)
        return ktap.check("peer/" + name, not problem, problem)


def read(directory, name, mode="r"):
    try:
        with open(os.path.join(directory, name), mode) as file:
            return file.read()
    except FileNotFoundError:
        return "" if mode == "r" else b""


def crypto_entries(text):
    """The kernel's list as {driver: {key: value}}, the card's entries only."""
    matches = ((re.fullmatch(CARD, entry["driver"]), entry) for entry in crypto_list.parse(text))
    return {match[1]: entry for match, entry in matches if match}


def self_test_messages(dmesg):
    """{driver: reason} of the kernel's complaints about the card's algorithms."""
    pattern = re.compile(rf"alg: skcipher: {CARD} \w+ test failed \(([^)]*)\)")
    return {match[1]: match[2] for match in pattern.finditer(dmesg)}


def kernel_complaint(dmesg, allowed):
    """The first warning of the kernel that does not come from ALLOWED."""
    for line in dmesg.splitlines():
        if re.search("WARNING:|BUG:|Oops|nobody cared", line):
            if not allowed or allowed not in line:
                return line
    return None


def judge_self_tests(report, out):
    dmesg, entries = read(out, "dmesg.txt"), crypto_entries(read(out, "crypto"))
    messages = self_test_messages(dmesg)
    table = {}
    for driver, wanted in SELF_TESTS.items():
        entry, found = entries.get(driver), messages.get(driver)
        problem = None
        if not entry:
            problem = "not registered"
        elif found != wanted:
            problem = f"self-test says {found or 'passed'}, expected {wanted or 'passed'}"
        elif wanted == WRONG_DATA and entry["ivsize"] != "0":
            problem = f"the driver announces an IV of {entry['ivsize']} bytes"
        elif (entry["selftest"] == "passed") != (wanted is None):
            problem = f"the kernel lists it with selftest {entry['selftest']}"
        report.result(f"selftest/{driver}", problem)
        table[driver] = found or ("passed" if entry else "not registered")
    for driver in NO_TEST:
        untested = re.search(rf"No test for \S+ \({driver}-hifn\d\)", dmesg)
        report.result(f"selftest/{driver}", None if driver in entries and untested
                      else "not registered, or tested after all")
        table[driver] = "no test in the kernel"
    report.result("kernel-log/data", kernel_complaint(read(out, "dmesg.data"), None))
    report.result("kernel-log/selftest", kernel_complaint(dmesg, "alg_test"))
    return table


def judge_facts(report, out):
    facts = dict(line.split(" ", 1) for line in read(out, "facts").splitlines() if " " in line)
    for name, key, wanted in (
            ("self-tests-off", "notests", "Y"),
            ("blacklist/autoload-blocked", "blacklisted", "no"),
            ("blacklist/autoload-without-it", "unlisted", "yes"),
            ("probe", "bound", "hifn795x"),
            ("rng/registered", "rng_current", "hifn0"),
            ("unload", "unloaded", "yes")):
        value = facts.get(key)
        report.result(name, None if value == wanted else f"{key} is {value}, not {wanted}")
    random = read(out, "random", "rb")
    dull = len(random) != 64 or len(set(random)) < 16
    report.result("rng/data", f"{len(random)} byte(s), {len(set(random))} values"
                  if dull else None)
    reads = int(facts.get("rng_reads", 0))
    report.result("rng/from-the-card", None if reads >= 16 else
                  f"64 bytes took {reads} reads of RNG_DATA")
    return facts


def judge_data(report, out):
    """{driver: [right, all]}; every output must be OpenSSL's."""
    table = {algorithm.driver.removesuffix("-hifn0"): [0, 0] for algorithm in ALGORITHMS}
    for case in data_cases():
        found, wanted = read(out, case.name + ".out", "rb"), case.expected()
        problem = None
        if not found:
            problem = "no output"
        elif found != wanted:
            at = next(i for i in range(len(wanted)) if found[i:i + 1] != wanted[i:i + 1])
            problem = f"differs from OpenSSL at byte {at}"
        cell = table[case.algorithm.driver.removesuffix("-hifn0")]
        cell[1] += 1
        cell[0] += report.result("data/" + case.name, problem)
    return table


def judge_chains(report, out):
    """The output IV is known not to come back; right output would be news."""
    for case in chain_cases():
        found = read(out, case.name + ".out", "rb")
        if found == case.expected_unchained():
            problem = None
        elif found == case.expected():
            problem = "the IV was written back: not the driver we know"
        else:
            problem = "neither chained nor unchained output"
        report.result("iv-not-written-back/" + case.algorithm.driver, problem)


def judge_counters(report, out):
    """The card did it: one command per request, by the card's own count."""
    counters = json.loads(read(out, "counters.json") or "{}")
    commands = counters.get("commands", {})
    for algorithm in ALGORITHMS:
        mode, cipher = algorithm.driver.removesuffix("-hifn0").split("-")
        name = f"{cipher.replace('3des', 'des3')}-{mode}"
        wanted = sum(c.algorithm is algorithm for c in data_cases())
        wanted += sum(len(c.data) // c.chunk for c in chain_cases() if c.algorithm is algorithm)
        found = commands.get(name, 0)
        report.result(f"card-commands/{name}", None if found == wanted else
                      f"{found} commands for {wanted} requests")
    errors = counters.get("errors", {}).get("total", -1)
    report.result("card-errors", None if errors == 0 else f"{errors} error(s) counted")
    return counters


def print_table(kernel, self_tests, data, facts, counters):
    print(f"\nThe in-tree hifn_795x of {kernel} on the virtual card")
    print(f"  {'algorithm':10} {'data = OpenSSL':>15}  kernel self-test")
    for driver, verdict in self_tests.items():
        cell = f"{data[driver][0]} of {data[driver][1]}" if driver in data else "-"
        reason = f" ({REASONS[verdict]})" if verdict == SELF_TESTS.get(driver) in REASONS else ""
        print(f"  {driver:10} {cell:>15}  {verdict}{reason}")
    irq = counters.get("irq", {}).get("raised", 0)
    total = counters.get("commands", {}).get("total", 0)
    print(f"  random numbers {facts.get('rng_current', 'none')}; {total} commands,"
          f" {irq} interrupts, {counters.get('errors', {}).get('total', '?')} card errors")
    print(f"  autoload with our blacklist: {facts.get('blacklisted', '?')};"
          f" without it: {facts.get('unlisted', '?')}\n")


def main():
    out, json_path, kernel = sys.argv[1:]
    report = Report()
    with ktap.part("peer"):
        self_tests = judge_self_tests(report, out)
        facts = judge_facts(report, out)
        data = judge_data(report, out)
        judge_chains(report, out)
        counters = judge_counters(report, out)
    print_table(kernel, self_tests, data, facts, counters)
    with open(json_path, "w") as file:
        json.dump({"ok": report.failed == 0, "kernel": kernel, "selftest": self_tests,
                   "data": {name: {"right": cell[0], "all": cell[1]}
                            for name, cell in data.items()},
                   "facts": facts, "commands": counters.get("commands"),
                   "irq": counters.get("irq"), "errors": counters.get("errors")},
                  file, indent=1)
        file.write("\n")
    return 1 if report.failed else 0


sys.exit(main())
