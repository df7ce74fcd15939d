# SPDX-License-Identifier: BSD-2-Clause
"""The two writers, whose files the judge reads."""

import os
import subprocess

import ktap
import ktap_judge as judge
import plan
import pytest

CHECKOUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")


@pytest.fixture
def results(tmp_path, monkeypatch):
    path = tmp_path / "results"
    path.write_text("KTAP version 1\n1..2\n")
    monkeypatch.setenv("RESULTS", str(path))
    for name in ("STAGE", "ONLY", "LEFT_OUT", "PART_PREFIX"):
        monkeypatch.setenv(name, "")
    return path


def shell(script, **more):
    return subprocess.run(["sh", "-c", ". ci/guest/lib/ktap.sh\n" + script], cwd=CHECKOUT,
                          env=dict(os.environ, **more), capture_output=True, text=True,
                          check=False)


def parts_of(path):
    return judge.read(path.read_text().splitlines())


def test_shell(results):
    said = shell("""one() { ok a; check b 'too few' false; skip c 'no card'; }
two() { printf 'ok x\\nnot ok y - why\\nnoise\\nskip z - no\\n' | import 's.'; }
part first one
part second two""")
    assert said.returncode == 0
    found, broken = parts_of(results)
    assert broken == {}
    assert [(r.name, r.passed, r.skipped, r.reason) for r in found["first"]] == [
        ("a", True, False, ""), ("b", False, False, "too few"), ("c", True, True, "no card")]
    assert [(r.name, r.passed, r.skipped, r.reason) for r in found["second"]] == [
        ("s.x", True, False, ""), ("s.y", False, False, "why"), ("s.z", True, True, "no")]
    assert "not ok 1 part first\n" in results.read_text() and "not ok 2 part second\n" in results.read_text()


def test_misspelt_function_is_named(results):
    shell("part first no_such_function")
    found, _ = parts_of(results)
    assert [(r.name, r.passed) for r in found["first"]] == [("first.command", False)]


def test_result_outside_of_parts(results):
    shell("ok a")
    assert list(parts_of(results)[0]) == ["outside-of-parts"]


def test_part_in_a_part_is_none(results):
    shell("two() { ok b; }\none() { ok a; part two two; }\npart first one")
    assert {name: len(found) for name, found in parts_of(results)[0].items()} == {"first": 2}


def test_exit_in_a_part_is_seen(results):
    shell("one() { ok a; exit 0; }\npart first one")
    assert parts_of(results)[1] == {"first": "it did not end"}


def test_prefix_and_choice(results):
    shell("t() { ok $1; }\nfor p in a b c; do part $p t $p; done", PART_PREFIX="old.",
          ONLY="old.a old.b", LEFT_OUT="old.b")
    found, _ = parts_of(results)
    assert {name: [r.name for r in rows] for name, rows in found.items()} == {"old.a": ["old.a"]}


def test_python(results):
    with ktap.part("first"):
        ktap.ok("a")
        assert not ktap.check("b", False, "two\nlines")
        with ktap.part("inner"):
            ktap.skip("c", "no card")
    found, broken = parts_of(results)
    assert broken == {} and [r.reason for r in found["first"]] == ["", "two lines", "no card"]


def test_both_in_one_part(results):
    """A program of a part adds to the same numbers."""
    program = f"import sys; sys.path.insert(0, '{os.path.dirname(ktap.__file__)}')\n" \
              "import ktap; ktap.ok('b')"
    shell(f"one() {{ ok a; python3 -B -c \"{program}\"; ok c; }}\npart first one")
    assert "    ok 1 a\n    ok 2 b\n    ok 3 c\nok 1 part first\n" in results.read_text()


def test_join_numbers_on_and_names_what_ended(results, tmp_path):
    with ktap.part("first"):
        ktap.ok("a")
    guest = tmp_path / "guest"
    guest.write_text("    KTAP version 1\n    # Subtest: part x\n    ok 1 y\nok 1 part x\n"
                     "    KTAP version 1\n    # Subtest: part z\n    ok 1 w\n")
    ktap.join(guest, results, "the guest ended")
    assert "ok 2 part x\n" in results.read_text()
    assert parts_of(results)[1] == {"z": "the guest ended"}


def test_plan_is_that_of_the_stage(results, tmp_path, monkeypatch):
    (tmp_path / "vm").write_text("[first]\na\nb # SKIP no\n[second]\nc\n")
    monkeypatch.setenv("STAGE", "vm")
    monkeypatch.setattr(ktap, "PLANS", str(tmp_path))
    with ktap.part("first"):
        ktap.ok("a")
    assert "    # Subtest: part first\n    1..2\n" in results.read_text()
    assert plan.load(tmp_path, "vm")["second"].tests == {"c": None}
    said = shell(f"ktap_expected={tmp_path}; ktap_plan first; ktap_plan second; ktap_plan none")
    assert said.stdout == "    1..2\n    1..1\n"
