# SPDX-License-Identifier: BSD-2-Clause
"""Both readers of the counters of acf and of the driver, with text made up."""

import pathlib
import subprocess

import pytest
import stats

LIB = pathlib.Path(__file__).parents[1] / "lib/stats.sh"
ACF = """version 4
stops 3 busy 1
queue system queued 1 jobs 1049 bytes 532480 behind_ns 512 longest_ns 90
queue user queued 3 jobs 20 bytes 160 behind_ns 0 longest_ns 80
engine hifn0 state running outstanding_bytes 8192
engine hifn0 check compared 90 doubtful 2 wrong 1 retired 1 cbc(des)
engine hifn0 cbc(aes) jobs 1042 bytes 532480 failed 2
engine hifn0 authenc(hmac(md5),cbc(des)) jobs 5 bytes 320 failed 0
engine hifn1 state stopped outstanding_bytes 100
engine hifn1 cbc(aes) jobs 8 bytes 9 failed 0 slow 4
cpu cbc(aes) bytes 70 no_engine 5 shape 0 full 2 failed 2
cpu sha1 bytes 9 no_engine 1 shape 3 full 0 failed 1
weather sunny 20
"""
DRIVER = "name hifn0\nstate up\nlevel 0x0a5c\nin_flight 3\nresets 0\n"
NOTHING = ("version 4\nstops 0 busy 0\nqueue user queued 0 jobs 0 bytes 0\n"
           "cpu sha1 bytes 0 no_engine 0 failed 0\n")


@pytest.fixture
def sh(tmp_path):
    """What a function says, and its status; acf's counters are the text, if any."""
    (tmp_path / "cards/0000:01:00.0").mkdir(parents=True)
    (tmp_path / "cards/0000:01:00.0/stats").write_text(DRIVER)

    def run(call, text=ACF):
        if text is not None:
            (tmp_path / "acf").write_text(text)
        done = subprocess.run(
            ["sh", "-c", f". {LIB}; acf_stats=acf driver_stats=cards; {call}"], cwd=tmp_path,
            capture_output=True, text=True, check=False)
        return done.stdout.strip(), done.returncode
    return run


def test_sh_numbers(sh):
    for call, number in (
            ("acf_stops stops", 3), ("acf_stops busy", 1), ("acf_running", 1),
            ("acf_outstanding", 8292), ("acf_line system jobs", 1049), ("acf_line user queued", 3),
            ("acf_line all jobs", 1069), ("acf_line system behind_ns", 512),
            ("acf_cpu 'cbc(aes)' no_engine", 5), ("acf_cpu all failed", 3),
            ("acf_cpu sha1 shape", 3), ("acf_done hifn1 'cbc(aes)'", 8),
            ("acf_done hifn0 'cbc(aes)'", 1042)):
        assert (call, *sh(call)) == (call, str(number), 0)


def test_sh_without_engines(sh):
    for call in ("acf_running", "acf_outstanding", "acf_line all jobs"):
        assert sh(call, NOTHING) == ("0", 0)
    assert sh("acf_jobs", NOTHING) == ("", 0)


def test_sh_says_no_number_of_what_it_cannot_read(sh):
    for text in (None, "", "version 5\n" + ACF.partition("\n")[2]):
        for call in ("acf_stops busy", "acf_running", "acf_outstanding", "acf_line all jobs",
                     "acf_cpu all failed", "acf_jobs", "acf_engines", "acf_serves sha1"):
            assert (call, *sh(call, text)) == (call, "", 2)


def test_sh_a_word_that_is_not_there_is_no_zero(sh):
    for call in ("acf_stops none", "acf_cpu none failed", "acf_cpu sha1 none",
                 "acf_line user none", "acf_done hifn7 sha1"):
        assert (call, *sh(call)) == (call, "", 2)


def test_sh_jobs(sh):
    said, status = sh("acf_jobs | sort")
    assert (said.splitlines(), status) == (["authenc(hmac(md5),cbc(des)) 5", "cbc(aes) 1052"], 0)


def test_sh_serves(sh):
    served = {alg: (sh(f"acf_serves '{alg}'")[1] == 0, sh(f"acf_left_out '{alg}'")[1] == 0)
              for alg in ("cbc(aes)", "cbc(des)", "authenc(hmac(md5),cbc(des))", "sha1")}
    assert served == {"cbc(aes)": (True, False), "cbc(des)": (False, True),
                      "authenc(hmac(md5),cbc(des))": (True, False), "sha1": (False, True)}


def test_sh_nothing_is_left_out_of_what_cannot_be_read(sh):
    assert sh("acf_left_out sha1", None)[1] != 0


def test_sh_engines(sh):
    assert len(sh("acf_engines")[0].splitlines()) == 4


def test_sh_driver(sh):
    assert sh("driver_stat state") == ("up", 0)
    assert sh("driver_stat in_flight 0000:01:00.0") == ("3", 0)
    assert sh("state_is up")[1] == 0 and sh("state_is dead")[1] != 0
    assert sh("driver_stat state 0000:02:00.0")[0] == ""


def test_py_acf():
    acf = stats.parse_acf(ACF)
    assert (acf.stops, acf.busy) == (3, 1)
    assert acf.outstanding == {"hifn0": 8192, "hifn1": 100}
    assert acf.jobs == {("hifn0", "cbc(aes)"): 1044, ("hifn1", "cbc(aes)"): 8,
                        ("hifn0", "authenc(hmac(md5),cbc(des))"): 5}
    assert acf.disbelieved == {"hifn0": 3}
    assert acf.on_cpu() == {"no_engine": 6, "shape": 3, "full": 2, "failed": 3}
    assert acf.cpu["sha1"] == {"no_engine": 1, "shape": 3, "full": 0, "failed": 1}
    assert acf.taken_back() == 4


def test_py_without_acf():
    assert (stats.Acf().on_cpu(), stats.Acf().taken_back()) == ({}, 0)


def test_py_says_what_it_does_not_know():
    for text in ("", "version 5\n", "version 4\nstops 3\n",
                 "version 4\nengine hifn0 state running queued 4\n",
                 "version 4\ncpu sha1 bytes x\n", "version 4\ncpu sha1 no_engine 5\n",
                 "version 4\n\n"):
        with pytest.raises(stats.Unknown, match="acf/stats"):
            stats.parse_acf(text)


def test_py_latency():
    text = ("version 1\nengine hifn0 wait system log2_ns 8 1042\nengine hifn0 wait user log2_ns\n"
            "engine hifn0 card cbc(aes) log2_ns 17 12 18 1030\nengine hifn0 card sha1 log2_ns\n")
    assert stats.parse_latency(text) == {("hifn0", "cbc(aes)"): 1042, ("hifn0", "sha1"): 0}
    for wrong in ("", text.replace("version 1", "version 3"), text.replace("1030", "x"),
                  text.replace("log2_ns", "ns")):
        with pytest.raises(stats.Unknown, match="acf/latency"):
            stats.parse_latency(wrong)


def test_py_driver():
    assert stats.parse_driver(DRIVER) == {"name": "hifn0", "state": "up", "level": "0x0a5c",
                                          "in_flight": 3, "resets": 0}


def test_both_agree(sh):
    acf = stats.parse_acf(ACF)
    assert sh("echo $(($(acf_stops busy) + $(acf_cpu all failed)))")[0] == str(acf.taken_back())
    assert sh("acf_outstanding")[0] == str(sum(acf.outstanding.values()))
