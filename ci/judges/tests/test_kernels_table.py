# SPDX-License-Identifier: BSD-2-Clause
"""The table of kernels is what ran: what was typed into it, or did not pass, is found."""

import json

import kernels_table
import pytest

KTAP = """KTAP version 1
    KTAP version 1
    # Subtest: part rt.load
    1..2
    ok 1 rt.load.bound
    ok 2 rt.load.selftests
ok 1 part rt.load
    KTAP version 1
    # Subtest: part rt.esp
    1..1
    not ok 1 rt.esp.sha1-aes # 3 lost
not ok 2 part rt.esp
    KTAP version 1
    # Subtest: part rt.fuzz.quiet
    1..2
    ok 1 rt.fuzz.quiet.memory # SKIP this kernel has no tracepoints
    ok 2 rt.fuzz.quiet.lanes
ok 3 part rt.fuzz.quiet
    KTAP version 1
    # Subtest: part rt.stuck
    1..4
    ok 1 rt.fault.stuck.data
"""
MACHINE = "kernel 6.12.118+deb13-rt-amd64\narch x86_64\ncpus 2\nin qemu\nmemory 2048\nflags rt pci shared\n"
ROW = {"stage": "kernels-more", "row": "rt", "kernel": "6.12.117+deb13-rt-amd64", "arch": "x86_64",
       "cpus": 2, "in": "qemu", "flags": ["rt", "pci", "shared"], "memory": 2040,
       "suites": {"load": 2, "fuzz.quiet": 1}}
SHARE = {"row": "volumes.luks2", "what": "LUKS2", "takes": "aes-xts-plain64", "share": "100 % (auto: 4 %)", "on_card": True,
         "why": "", "kernel": "6.12", "stage": "defaults"}


@pytest.fixture
def place(tmp_path, monkeypatch):
    guest = tmp_path / "guest"
    guest.mkdir()
    (guest / "machine").write_text(MACHINE)
    (guest / "results").write_text(KTAP)
    results = tmp_path / "results"
    results.write_text("")
    (tmp_path / "results.guests").write_text(f"{guest}\n")
    monkeypatch.setenv("RESULTS", str(results))
    monkeypatch.setattr(kernels_table, "RECORD", str(tmp_path / "kernels.json"))
    monkeypatch.setattr(kernels_table, "PAGE", str(tmp_path / "kernels.md"))
    return tmp_path


def told(place, *rows, shares=()):
    (place / "kernels.json").write_text(json.dumps({"rows": rows, "shares": list(shares)}))
    return list(kernels_table.compare("kernels-more"))


def test_a_later_patch_of_the_series_is_the_same_row(place):
    assert told(place, ROW) == ["ok table.rt"]


@pytest.mark.parametrize("lie, why", [
    ({"suites": {"load": 2, "esp": 4}}, "did not pass: esp"),       # it ran, and failed
    ({"suites": {"load": 2, "dmcrypt": 4}}, "did not pass: dmcrypt"),
    ({"suites": {"load": 2, "stuck": 1}}, "did not pass: stuck"),   # the guest ended in it
    ({"cpus": 4}, "says cpus 4, it was 2"),
    ({"flags": ["rt", "iommu"]}, "says flags"),
    ({"arch": "aarch64"}, "says arch aarch64"),
    ({"kernel": "6.12.117+deb13-amd64"}, "it was 6.12.118+deb13-rt-amd64"),
    ({"kernel": "6.1.0-50-rt-amd64"}, "it was 6.12.118+deb13-rt-amd64"),
], ids=("failed", "absent", "unended", "cpus", "flags", "arch", "flavour", "series"))
def test_what_is_typed_is_found(place, lie, why):
    [result] = told(place, dict(ROW, **lie))
    assert result.startswith("not ok table.rt - ") and why in result


def test_a_row_that_nobody_ran(place):
    assert "not ok table.sparc - on the page, and its guest told nothing" in told(
        place, ROW, dict(ROW, row="sparc"))


def test_a_row_that_is_not_on_the_page(place):
    [result] = told(place)
    assert result.startswith("not ok table.rt - not on the page")


def test_a_kernel_that_left_the_archive_is_skipped(place):
    (place / "results").write_text(
        "    ok 1 arm64.load.bound # SKIP the archive had no such kernel when the lab was built\n")
    assert "skip table.arm64 - the archive had no such kernel (ci/kernels/distribution)" in told(
        place, ROW, dict(ROW, row="arm64"))


def test_shares_are_held_by_whether_it_is_on_the_card(place):
    (place / "guest/shares").write_text(json.dumps(SHARE) + "\n")
    assert "ok table.volumes.luks2" in told(place, ROW, shares=[dict(SHARE, stage="kernels-more", share="97 %")])
    [bad] = [line for line in told(place, ROW, shares=[dict(SHARE, stage="kernels-more", on_card=False)])
             if "luks2" in line]
    assert bad.startswith("not ok") and "it was True" in bad


def test_the_page_is_made_of_the_record(place):
    page = "a\n<!-- kernels: made by ci/judges/kernels_table.py -->\nold\n<!-- /kernels -->\nb\n" \
           "<!-- shares: made by ci/judges/kernels_table.py --><!-- /shares -->\n"
    text = kernels_table.filled(page, {"rows": [ROW], "shares": [SHARE]})
    assert "| 6.12.117+deb13-rt-amd64 | x86_64 | 2 CPUs, conventional bus behind a bridge, interrupt" \
           " shared with the busy disk | 2040 | `kernels-more` `rt` | load 2, fuzz.quiet 1 |" in text
    assert "| LUKS2 | `aes-xts-plain64` | 100 % (auto: 4 %) |" in text
    assert "old" not in text and text.startswith("a\n")
    assert kernels_table.filled(text, {"rows": [ROW], "shares": [SHARE]}) == text
    assert kernels_table.filled(text.replace("load 2", "load 2, ipsec 9"), {"rows": [ROW], "shares": [SHARE]}) == text
