# SPDX-License-Identifier: BSD-2-Clause
"""Plans and figures of ci/bench, from runs typed by hand."""

import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent.parent / "bench"))
import bench_plan as plan  # noqa: E402
import bench_report as report  # noqa: E402


def line(number, unit, done, depth=1, **card):
    return {"round": number, "unit": unit, "bytes": 4096, "done": done, "ns": 10 ** 9, "p50_ns": 1000,
            "p99_ns": 2000, "errors": 0,
            "point": {"alg": "aes-128-cbc", "bytes": 4096, "depth": depth, "in_place": False},
            "moved": {"guest_ns": 5 * 10 ** 6, "cards_ns": 0, "switches": 10, "cards": [card]}}


@pytest.fixture
def run(tmp_path):
    lines = [line(n, "card", 1000 * (n + 1), **{"irq.raised": 500 * (n + 1), "mmio.reads": 100,
                                                 "mmio.writes": 900, "commands.total": 1000 * (n + 1)})
             for n in range(3)] + [line(n, "cpu", 2000 * (n + 1)) for n in range(3)] + \
        [{"round": n, "probe": "empty_register", "us": 30 + n, "cpu_us": 10 + n} for n in range(3)]
    bench = tmp_path / "bench"
    (bench / "1-pci33").mkdir(parents=True)
    (bench / "1-pci33.plan").write_text(json.dumps(
        {"cards": 1, "clock": "pci33", "rounds": 3, "ms": 1000}))
    (bench / "1-pci33" / "bench.jsonl").write_text("".join(json.dumps(text) + "\n" for text in lines))
    report.main(str(bench), str(tmp_path))
    return json.loads((tmp_path / "bench.json").read_text()), (tmp_path / "bench.md").read_text()


def test_medians_per_request(run):
    units = run[0]["groups"][0]["rows"][0]["units"]
    assert units["card"]["mb_s"]["median"] == pytest.approx(2000 * 4096 / 1e6)
    assert units["card"]["irqs"]["median"] == 0.5
    assert units["card"]["accesses"]["median"] == 0.5
    assert units["card"]["by_card"]["median"] == 1
    assert units["cpu"]["cpu_us"]["median"] == pytest.approx(5000 / 4000)


def test_ratios_are_of_the_same_round(run):
    ratio = run[0]["groups"][0]["rows"][0]["ratios"]["card/cpu"]
    assert (ratio["low"], ratio["median"], ratio["high"]) == (0.5, 0.5, 0.5)


def test_figures_have_the_goals_names(run):
    assert run[0]["figures"] == {"irq_qd1": 0.5}
    assert "empty register: 31.0 us, of CPU 11.0 (10.0 to 12.0)" in run[1]
    assert "`irq_qd1`: 0.500" in run[1]
    assert "| aes-128-cbc | 4096 | 1 | card | 8.2 (4.1 to 12.3)" in run[1]


def test_nothing_measured_is_told(tmp_path):
    with pytest.raises(SystemExit, match="nothing was measured"):
        report.main(str(tmp_path), str(tmp_path))
    (tmp_path / "x.plan").write_text("{}")
    with pytest.raises(SystemExit, match="bench.jsonl is missing"):
        report.main(str(tmp_path), str(tmp_path))


def test_a_plan_for_each_guest(tmp_path, capsys):
    plan.main(str(tmp_path / "out"), "--cards", "1,2", "--clock", "instant,pci33", "--sizes", "16,64",
              "--depths", "1", "--rounds", "2", "--smp", "3")
    assert capsys.readouterr().out.splitlines() == \
        ["1-instant 3 1 ", "2-instant 3 2 ", "1-pci33 3 1 --clock pci33", "2-pci33 3 2 --clock pci33"]
    made = json.loads((tmp_path / "out" / "2-pci33.plan").read_text())
    assert (made["rounds"], made["cards"], len(made["points"])) == (2, 2, 2)


@pytest.mark.parametrize("words", [["--sizes", "0"], ["--sizes", "65537"], ["--depths", "257"],
                                   ["--cards", "5"], ["--rounds", "x"], ["--algs", "rot13"],
                                   ["--units", "gpu"], ["--sizes", ""]])
def test_options_out_of_range(words, tmp_path, capsys):
    with pytest.raises(SystemExit) as refused:
        plan.main(str(tmp_path / "out"), *words)
    assert refused.value.code == 2
    assert words[0] in capsys.readouterr().err
