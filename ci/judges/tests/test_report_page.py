# SPDX-License-Identifier: BSD-2-Clause
"""ci/report's page: well formed, self-contained, right, and whatever was not run is named."""

import json
import os
import re
import subprocess
from html.parser import HTMLParser

import report_page

CI = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
VOID = {"meta", "link", "br", "img", "input", "hr"}
FAILED = {"name": "abi.<b>", "reason": "it is \"<script>alert(1)</script>\"", "again": "ci/test hifnctl -k 'abi.<b>'"}
RESULTS = {"lane": "default", "seed": 7, "versions": ["lab-1", "kernel.stock 6.12"], "stages": [
    {"name": "hifnctl", "where": "uml", "wall_s": 77.4, "cpu_s": 27.1, "passed": 139, "failed": [FAILED],
     "skipped": [{"name": "x", "reason": "y"}]},
    {"name": "vm@debug", "where": "uml", "wall_s": 300.0, "cpu_s": 100.0, "passed": 1000, "failed": [],
     "skipped": []}]}
KTAP = """KTAP version 1
1..1
    KTAP version 1
    # Subtest: stage hifnctl
    1..1
        KTAP version 1
        # Subtest: part abi
        1..2
        ok 1 abi.version
        not ok 2 abi.<b>
    not ok 1 part abi
not ok 1 stage hifnctl
"""
SVG = '<?xml version="1.0"?>\n<svg width="10" height="10"><defs><circle id="gp"/></defs><use xlink:href="#gp"/></svg>'
FAULT = {"fault": "stuck", "expected": "right data", "requests": 300, "faults_hit": 2, "recovered": 5, "errors": 0,
         "wrong": 0, "lost": 0, "detected": 0, "stall_ms": 320, "verdict": "ok"}


class Page(HTMLParser):
    """Each tag is closed where it has to be; what it would load; its text."""

    def __init__(self):
        super().__init__()
        self.open, self.loads, self.tags, self.said = [], [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loads += [value for key, value in attrs if key.split(":")[-1] in ("src", "href", "data", "action")
                       and not value.startswith("#")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        self.said += data + "\n"


def read(markup):
    page = Page()
    page.feed(markup)
    page.close()
    assert page.open == []
    return page


def fill(directory):
    (directory / "results.json").write_text(json.dumps(RESULTS))
    (directory / "results.ktap").write_text(KTAP)
    (directory / "demo.json").write_text('{"ok": true, "luks": {"files": 733}}')
    (directory / "bench-1.svg").write_text(SVG)
    (directory / "bench.json").write_text(json.dumps({
        "figures": {"util": 0.987654, "other": None},
        "goals": {"util": {"goal": "> 0.9", "reached": True, "what": "of the bus"}}, "curves": ["bench-1.svg"]}))
    (directory / "faults.json").write_text(json.dumps({"rows": [FAULT, dict(FAULT, verdict="lost data", stall_ms=9)]}))


def test_empty(tmp_path):
    page = read(report_page.page(str(tmp_path)))
    for command in ("ci/test", "ci/demo", "ci/bench", "ci/faults"):
        assert command in page.said
    assert page.loads == []


def test_whole(tmp_path):
    fill(tmp_path)
    page = read(report_page.page(str(tmp_path)))
    assert page.loads == [] and "script" not in page.tags
    assert "Failed" in page.said and "1139 passed, 1 failed," in page.said
    assert FAILED["reason"] in page.said and FAILED["again"] in page.said
    for part in ("abi: 2", "0.9877", "> 0.9", "733", "320", "uml", "kernel:native modules:stock"):
        assert part in page.said, part
    assert "use" in page.tags and "Not run" not in page.said


def test_all_passed(tmp_path):
    stages = [dict(stage, failed=[]) for stage in RESULTS["stages"]]
    (tmp_path / "results.json").write_text(json.dumps(dict(RESULTS, stages=stages)))
    page = read(report_page.page(str(tmp_path)))
    assert "All passed" in page.said and "What failed" not in page.said


def test_nothing_passed_is_no_success(tmp_path):
    (tmp_path / "results.json").write_text(json.dumps(dict(RESULTS, stages=[])))
    assert "All passed" not in report_page.page(str(tmp_path))


def test_curves_only_draw(tmp_path):
    fill(tmp_path)
    for bad in ("<svg><script>x</script></svg>", "<svg onload='x'></svg>", "<svg><image href='http://x/y'/></svg>"):
        (tmp_path / "bench-1.svg").write_text(bad)
        page = read(report_page.page(str(tmp_path)))
        assert "svg" not in page.tags and "left out" in page.said


def test_damaged_files_are_not_run(tmp_path):
    fill(tmp_path)
    for name in ("results.json", "bench.json", "faults.json", "demo.json"):
        (tmp_path / name).write_text("{")
    assert read(report_page.page(str(tmp_path))).said.count("Not run") == 4


def test_command(tmp_path):
    path = tmp_path / "page.html"
    ended = subprocess.run([os.path.join(CI, "report"), str(path)], capture_output=True, text=True, check=False)
    assert ended.returncode == 0 and str(path) in ended.stdout
    read(path.read_text())
    assert sorted(os.listdir(tmp_path)) == ["page.html"]
    ended = subprocess.run([os.path.join(CI, "report"), str(tmp_path / "none" / "x")], capture_output=True,
                           text=True, check=False)
    assert ended.returncode == 1 and "cannot write" in ended.stderr
    ended = subprocess.run([os.path.join(CI, "report"), "--bogus"], capture_output=True, text=True, check=False)
    assert ended.returncode == 2 and re.search("no option --bogus", ended.stderr)
