# SPDX-License-Identifier: BSD-2-Clause
"""Plans and figures of ci/bench, from runs typed by hand."""

import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent.parent / "bench"))
import bench_figures  # noqa: E402
import bench_peer  # noqa: E402
import bench_plan as plan  # noqa: E402
import bench_report as report  # noqa: E402


def line(number, unit, done, depth=1, **card):
    return {"round": number, "unit": unit, "bytes": 4096, "done": done, "ns": 10 ** 9, "p50_ns": 1000,
            "p99_ns": 2000, "errors": 0,
            "point": {"alg": "aes-128-cbc", "bytes": 4096, "depth": depth, "in_place": False},
            "moved": {"guest_ns": 5 * 10 ** 6, "cards_ns": 0, "switches": 10, "ticks": 100, "cards": [card]}}


@pytest.fixture
def run(tmp_path):
    lines = [line(n, "card", 1000 * (n + 1), **{"irq.raised": 500 * (n + 1) - 100, "mmio.reads": 116,
                                                 "mmio.read.RNG_DATA": 16, "mmio.writes": 900,
                                                 "commands.total": 1000 * (n + 1)})
             for n in range(3)] + [line(n, "cpu", 2000 * (n + 1)) for n in range(3)] + \
        [{"round": n, "probe": "empty_register", "us": 30 + n, "cpu_us": 10 + n} for n in range(3)]
    return reported(tmp_path, lines)


def reported(tmp_path, lines, cards=1, bus="own", native=""):
    bench = tmp_path / "bench"
    (bench / "1-pci33").mkdir(parents=True)
    (bench / "1-pci33.plan").write_text(json.dumps(
        {"cards": cards, "clock": "pci33", "bus": bus, "rounds": 3, "ms": 1000}))
    (bench / "1-pci33" / "bench.jsonl").write_text("".join(json.dumps(text) + "\n" for text in lines))
    (bench / "simulated").write_text(native)
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


def measured(result):
    return {name: value for name, value in result["figures"].items() if value is not None}


def test_figures_have_the_goals_names(run):
    assert measured(run[0]) == {"irq_qd1": 0.5}
    assert set(run[0]["figures"]) == set(run[0]["goals"]) == set(bench_figures.GOALS)
    assert run[0]["goals"]["irq_qd1"]["reached"] and run[0]["goals"]["irq_qd8"]["reached"] is None
    assert "empty register: 31.0 us, of CPU 11.0 (10.0 to 12.0)" in run[1]
    assert "| `irq_qd1` | <= 1 | 0.5 | yes |" in run[1]
    assert "| `irq_qd8` | <= 0.26 | not measured: part requests did not run |  |" in run[1]
    assert "| aes-128-cbc | 4096 | 1 | card | 8.2 (4.1 to 12.3)" in run[1]


# what the bench is for, by these names; p99_added_us, adapt_jobs and the others may have more than one
WANTED = ("util_4k", "util_1440", "esp_3des_of_limit", "irq_qd1", "irq_qd8", "irq_qd32", "mmio_qd32", "p99_added_us",
          "insn_vs_peer", "cpu_per_4k", "bh_off_max_us", "auto_vs_best_min", "auto_vs_sum", "adapt_jobs", "flaps",
          "cards4_vs_1", "vcard_vs_openssl")


def test_each_figure_is_there_or_says_why_not(run):
    assert set(WANTED) <= set(run[0]["figures"])
    assert set(bench_figures.PART_OF) == set(bench_figures.GOALS)
    assert {part for part, _ in bench_figures.PART_OF.values()} <= set(plan.PARTS)
    assert set(run[0]["missing"]) == {name for name, value in run[0]["figures"].items() if value is None}
    why = bench_figures.missing({"irq_qd1": None, "flaps": None, "cpu_per_4k": None, "insn_vs_peer": 8},
                                ["requests", "modules"])
    assert why == {"irq_qd1": "part requests has it from requests by the card, AES-128-CBC, 4 KiB, clock pci33",
                   "flaps": "part adapt did not run", "cpu_per_4k": "part modules came to no result"}


def test_a_goal_that_is_missed_is_told(tmp_path):
    result, text = reported(tmp_path, [line(n, "card", 1000, depth=8, **{"irq.raised": 500}) for n in range(3)])
    assert result["figures"]["irq_qd8"] == 0.6    # ticks with them
    assert not result["goals"]["irq_qd8"]["reached"]
    assert "| `irq_qd8` | <= 0.26 | 0.6 | **no** |" in text


def test_simulated_figures(tmp_path):
    result, _ = reported(tmp_path, [], native="# figure auto_vs_best_min 981\n# figure adapt_points 200\n"
                         "# figure adapt_points_later_than_64_jobs 5\nok native.x\n"
                         "#   figure irq_qd32 0.0625 mmio_qd32 0.1250 util_qd32 0.9996\n")
    assert measured(result) == {"auto_vs_best_min": 0.981, "adapt_late": 0.025, "irq_qd32_sim": 0.0625,
                                "mmio_qd32_sim": 0.125, "util_4k": 0.9996}


def test_what_uml_takes_is_subtracted(tmp_path):
    lines = [line(n, "card", 1000, depth=32, **{"irq.raised": 0, "mmio.writes": 200}) for n in range(3)] + \
        [line(n, "cpu", 1000, depth=32) for n in range(3)] + \
        [{"round": n, "probe": "empty_register", "us": 9, "cpu_us": 2} for n in range(3)] + \
        [{"round": n, "probe": "empty_interrupt", "us": 9, "cpu_us": 20} for n in range(3)]
    # 5 us, of which 0.1 interrupts (the ticks) and another 0.1 accesses
    assert reported(tmp_path, lines)[0]["figures"]["cpu_per_4k_whole"] == pytest.approx((5 - 2 - 0.2) / 5)


def test_auto_beside_the_others(tmp_path):
    lines = [line(n, unit, done, depth=128) for n in range(3)
             for unit, done in (("card", 1000), ("cpu", 1500), ("auto", 2000))]
    found = reported(tmp_path, lines)[0]["figures"]
    assert found["auto_vs_best_min_live"] == found["auto_vs_best_bound_live"] == pytest.approx(2000 / 1500)
    assert found["auto_vs_sum_live"] == pytest.approx(2000 / (1000 + 1500 * (1 - 0.005)))


def test_auto_beside_the_cpu_time_it_had(tmp_path):
    """The host gave guest and card half of what each had alone, and auto made the best of it."""
    lines = [line(n, unit, done, depth=128) for n in range(3)
             for unit, done in (("card", 1000), ("cpu", 1500), ("auto", 1250))]
    for text in lines:
        part = 2 if text["unit"] == "auto" else 1
        text["moved"] |= {"guest_ns": 10 ** 9 // part * (text["unit"] != "card"),
                          "cards_ns": 8 * 10 ** 8 // part * (text["unit"] != "cpu")}
    found = reported(tmp_path, lines)[0]["figures"]
    assert found["auto_vs_had_live"] == pytest.approx(1)
    assert found["auto_vs_sum_live"] == pytest.approx(0.5)


def test_other_parts(tmp_path):
    moved = line(0, "card", 1)["moved"]
    lines = [{"round": 0, "part": "cards", "serving": n, "bytes": 4096, "done": done, "ns": 10 ** 9, "moved": moved}
             for n, done in ((1, 100), (4, 390))] + \
        [{"round": 0, "part": "storage", "way": "read", "sector_bytes": 4096, "unit": unit, "bytes": 4096,
          "done": done, "ns": 10 ** 9, "moved": moved} for unit, done in (("card", 100), ("cpu", 150))] + \
        [{"round": n, "part": "adapt", "way": way, "jobs": jobs} for n in range(3)
         for way, jobs in (("slower", 5 + n), ("faster", 30 + n))] + [{"round": 0, "part": "flaps", "flaps_per_s": 0.4}]
    result, text = reported(tmp_path, lines, cards=4, bus="shared")
    assert measured(result) == {"cards4_vs_1_shared": 3.9, "cpu_per_4k_dmcrypt": pytest.approx(1.5),
                                "adapt_jobs": 31, "flaps": 0.4}
    assert "* 4 of the cards serve" in text and "### dm-crypt" in text


def test_bottom_halves_off(tmp_path):
    lines = [{"round": n, "part": "bh", "load": load, "off_ns": off + n * 1000, "off_by": "a", "locked_ns": 15000,
              "locked_by": "b", "software_ns": 4 * 10 ** 6}
             for n in range(3) for load, off in (("nothing", 10 ** 6), ("reset", 2 * 10 ** 6))]
    result, text = reported(tmp_path, lines)
    assert measured(result) == {"bh_off_max_us": 2001, "bh_off_of_job": 2001 / 4000, "bh_locked_max_us": 15}
    assert "* bottom halves off, reset: 2000 us in a, under a lock 15 us in b" in text


def test_the_modules_own_time(tmp_path):
    lines = [{"round": n, "part": "modules", "in_place": in_place, "acf_us": 0.5, "hifn795x_us": 0.3 + n / 10,
              "check_us": 0.1, "block_cipher_us": 0.2, "software_us": 10 + 10 * in_place}
             for n in range(3) for in_place in (False, True)]
    result, text = reported(tmp_path, lines)
    assert measured(result) == {"cpu_per_4k": pytest.approx(0.09), "cpu_per_4k_in_place": pytest.approx(0.045),
                                "check_us": pytest.approx(0.3)}
    assert "* 4 KiB in place, depth 32: acf 0.50 us, hifn795x 0.30 us of CPU for a request" in text


def test_locks(tmp_path):
    lines = [{"round": 0, "part": "locks", "policy": "auto", "done": 100, "locks": {
        "&acf_auto.lock": {"taken": 150, "waited": 2, "held_ns": 5000, "longest_ns": 400}}}]
    text = reported(tmp_path, lines)[1]
    assert ("lock &acf_auto.lock: taken 1.50 times for a request, 2 times another CPU's, held 50 ns for a request,"
            " 0.4 us at most") in text


def test_a_bound_is_below_the_mean():
    assert bench_figures.bound([1.0]) is None
    assert bench_figures.bound([1.0, 1.0, 1.0]) == 1
    assert 0.8 < bench_figures.bound([0.95, 1.0, 1.05]) < 0.95


def test_curves(tmp_path):
    lines = [line(n, unit, 1000) for n in range(3) for unit in ("card", "cpu")]
    more = [text | {"bytes": 16, "point": text["point"] | {"bytes": 16}} for text in lines]
    result, text = reported(tmp_path, lines + more)
    assert result["curves"] == ["bench-1-pci33-aes-128-cbc-1.svg"]
    assert "<svg" in (tmp_path / result["curves"][0]).read_text()
    assert "](bench-1-pci33-aes-128-cbc-1.svg)" in text


def test_nothing_measured_is_told(tmp_path):
    with pytest.raises(SystemExit, match="nothing was measured"):
        report.main(str(tmp_path), str(tmp_path))
    (tmp_path / "x.plan").write_text("{}")
    with pytest.raises(SystemExit, match="bench.jsonl is missing"):
        report.main(str(tmp_path), str(tmp_path))


def test_a_plan_for_each_guest(tmp_path, capsys):
    plan.main(str(tmp_path / "out"), "--clock", "instant pci33", "--sizes", "16,100", "--depths", "1", "--rounds", "2",
              "--parts", "requests,adapt,cards", "--smp", "3")
    assert capsys.readouterr().out.splitlines() == [
        "1-instant-own 3 1 requests ", "1-pci33-own 3 1 requests,adapt --clock pci33",
        "4-pci33-slow-4-own 3 4 cards --clock pci33,slow=4",
        "4-pci33-slow-4-shared 3 4 cards --clock pci33,slow=4 --bus /tmp/bench-bus"]
    made = json.loads((tmp_path / "out" / "1-pci33-own.plan").read_text())
    # no CBC of what is no whole block
    assert (made["rounds"], made["cards"], len(made["points"])) == (2, 1, 2)


def test_full_is_more_of_all(tmp_path, capsys):
    plan.main(str(tmp_path / "out"), "--full", "--sizes", "16", "--parts", "requests")
    assert len(capsys.readouterr().out.splitlines()) == 3
    made = json.loads((tmp_path / "out" / "1-pci66-own.plan").read_text())
    assert len(made["points"]) == 4 * 4 and made["units"] == list(plan.UNITS)
    assert made["seconds"]["requests"] == 1200


def test_time_is_shared(tmp_path, capsys):
    plan.main(str(tmp_path / "out"), "--minutes", "10", "--parts", "requests,adapt,network,cards", "--clock", "instant pci33",
              "--algs", "aes-128-cbc", "--depths", "4", "--sizes", "4096")
    made = json.loads((tmp_path / "out" / "1-pci33-own.plan").read_text())
    assert made["seconds"]["requests"] == 180
    # network twice, adapt once, cards on two buses
    assert made["seconds"]["adapt"] == pytest.approx(48) and made["seconds"]["network"] == pytest.approx(24)
    # those that have figures, besides
    assert [point["depth"] for point in made["points"]] == [4, 1, 8, 32]
    assert "as many as 10 minutes have room for" in capsys.readouterr().err


def test_rounds_end_with_their_time(monkeypatch, capsys):
    import counts
    clock = iter((0, 0, 4, 8))
    monkeypatch.setattr(counts.time, "monotonic", lambda: next(clock))
    assert list(counts.rounds({"rounds": 9, "seconds": {"adapt": 11}}, "adapt")) == [0, 1]
    assert "adapt: 2 of 9 rounds" in capsys.readouterr().out
    monkeypatch.undo()
    assert list(counts.rounds({"rounds": 3}, "adapt")) == [0, 1, 2]


@pytest.mark.parametrize("words", [["--sizes", "0"], ["--sizes", "65537"], ["--depths", "257"],
                                   ["--parts", "all"], ["--rounds", "x"], ["--algs", "rot13"],
                                   ["--units", "gpu"], ["--sizes", ""]])
def test_options_out_of_range(words, tmp_path, capsys):
    with pytest.raises(SystemExit) as refused:
        plan.main(str(tmp_path / "out"), *words)
    assert refused.value.code == 2
    assert words[0] in capsys.readouterr().err


def executed_in(directory, lines, commands=2):
    directory.mkdir()
    (directory / "commands").write_text(f"{commands}\n")
    (directory / "symbols").write_text("c0001000 first [acf]\nc0001100 second [acf]\nc0002000 other [virtio]\n"
                                       "c0003000 third [hifn_795x]\n")
    (directory / "exec.log").write_text("".join(
        f"Trace 0: 0x7f0000000100 [00000000/{address:016x}/c0b0/ff000201] \n" for address in lines) + "other\n")
    return str(directory)


def test_instructions_are_counted_by_module(tmp_path):
    log = executed_in(tmp_path / "ours", [0xc0001000, 0xc0001004, 0xc0001100, 0xc0001004, 0xc0002000, 0xc0003004])
    assert bench_peer.per_request(log, bench_peer.OURS) == {("acf", "first"): 1.5, ("acf", "second"): 0.5}
    assert bench_peer.per_request(log, bench_peer.THEIRS) == {("hifn_795x", "third"): 0.5}


def test_the_peer_beside_ours(tmp_path, capsys):
    executed_in(tmp_path / "ours", [0xc0001000] * 8)
    executed_in(tmp_path / "theirs", [0xc0003000] * 16, commands=1)
    bench_peer.count(str(tmp_path), str(tmp_path / "beside.json"))
    assert json.loads((tmp_path / "beside.json").read_text()) == {"insn_vs_peer": 0.25}
    assert "4 instructions per 4 KiB request" in capsys.readouterr().out


def test_nothing_executed_is_told(tmp_path):
    log = executed_in(tmp_path / "ours", [0xc0002000])
    with pytest.raises(SystemExit, match="nothing to compare"):
        bench_peer.per_request(log, bench_peer.OURS)
