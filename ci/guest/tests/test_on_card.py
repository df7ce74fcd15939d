# SPDX-License-Identifier: BSD-2-Clause
"""lib/on_card.sh against counters made up, on the host's sh and awk."""

import pathlib
import subprocess

LIB = pathlib.Path(__file__).parents[1] / "lib"
KINDS = 17

STUBS = """
check() {
	name=$1 reason=$2
	shift 2
	if "$@"; then echo "ok $name"; else echo "not ok $name - $reason"; fi
}
hostcmd() { cat counts; }
"""
STATS = """version 4
stops 1 busy 0
engine hifn0 state running outstanding_bytes 0
queue system queued 0 jobs 1042 bytes 532480 behind_ns 0 longest_ns 90210
{}cpu cbc(aes) bytes 0 no_engine 0 shape 0 full 0 failed 0 too_long 0
"""
CIPHERS = [f"{mode}({cipher})" for cipher in ("aes", "des", "des3_ede")
           for mode in ("ecb", "cbc", "cfb", "ofb")]
MACS = ["sha1", "md5", "hmac(sha1)", "hmac(md5)"]
AEADS = [f"authenc({mac},cbc({cipher}))" for mac in ("hmac(sha1)", "hmac(md5)")
         for cipher in ("aes", "des", "des3_ede")]
ALGORITHMS = CIPHERS + MACS + AEADS + ["xts(aes)"]


def stats(jobs):
    return STATS.format("".join(f"engine hifn0 {name} jobs {number} bytes 9 failed 0\n"
                                for name, number in jobs.items()))


def said(tmp_path, before, after, test, jobs=None, checks=""):
    """What the test prints when the card's counters go from before to after."""
    text = (LIB / "on_card.sh").read_text()
    (tmp_path / "lib.sh").write_text(text.replace("/tmp/on-card", "./on-card"))
    (tmp_path / "counts").write_text(before)
    (tmp_path / "stats").write_text(stats(dict.fromkeys(jobs or {}, 100)))
    (tmp_path / "after").write_text(after)
    (tmp_path / "stats.after").write_text(stats(jobs or {}) + checks)
    script = STUBS + (f". {LIB}/stats.sh; acf_stats=stats; . ./lib.sh; on_card_mark; "
                      f"mv after counts; mv stats.after stats; {test}")
    return subprocess.run(["sh", "-c", script], cwd=tmp_path, check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def counts(**numbers):
    """aes_cbc=5 and so on; the order is the library's."""
    kinds = [f"{c}_{m}" for c in ("aes", "des", "des3") for m in ("ecb", "cbc", "cfb", "ofb")]
    kinds += ["sha1", "md5", "hmac_sha1", "hmac_md5", "one_pass"]
    assert set(numbers) <= set(kinds)
    return " ".join(str(numbers.get(kind, 0)) for kind in kinds)


def test_enough(tmp_path):
    assert said(tmp_path, counts(aes_cbc=3), counts(aes_cbc=8), "on_card t aes-cbc:5") == "ok t"


def test_one_too_few(tmp_path):
    out = said(tmp_path, counts(aes_cbc=3), counts(aes_cbc=7, des_ecb=9), "on_card t aes-cbc:5")
    assert out.startswith("not ok t") and "aes-cbc 4 of 5" in out


def test_a_card_that_did_nothing(tmp_path):
    out = said(tmp_path, counts(aes_cbc=3), counts(aes_cbc=3), "on_card t any:1")
    assert out.startswith("not ok t")


def test_a_counter_that_fell(tmp_path):
    out = said(tmp_path, counts(aes_cbc=300), counts(aes_cbc=200), "on_card t any:1 aes-cbc:1")
    assert out.startswith("not ok t")


def test_no_counters(tmp_path):
    for before, after in (("", counts(aes_cbc=3)), (counts(), ""), ("", "")):
        assert said(tmp_path, before, after, "on_card t any:1").startswith("not ok t")
        assert said(tmp_path, before, after, "on_card_all t 1").startswith("not ok t")


def test_an_unknown_kind_or_no_number(tmp_path):
    for asked in ("aes-cbb:1", "aes-cbc:0", "aes-cbc", ""):
        out = said(tmp_path, counts(), counts(aes_cbc=9), f"on_card t {asked}")
        assert out.startswith("not ok t"), asked


def test_one_pass_is_one_command(tmp_path):
    after = counts(aes_cbc=3, hmac_sha1=3, one_pass=3)
    assert said(tmp_path, counts(), after, "on_card_since any") == "3"


def all_counts(number):
    kinds = dict.fromkeys((name.partition("(")[2][:-1].replace("_ede", "") + "_"
                           + name.partition("(")[0] for name in CIPHERS), number)
    for cipher in ("aes", "des", "des3"):
        kinds[cipher + "_cbc"] += 2 * number
    kinds["aes_ecb"] += number    # of xts
    kinds.update(sha1=number, md5=number, hmac_sha1=4 * number, hmac_md5=4 * number,
                 one_pass=6 * number)
    return kinds


def test_all_algorithms(tmp_path):
    jobs = dict.fromkeys(ALGORITHMS, 140)
    assert said(tmp_path, counts(), counts(**all_counts(40)), "on_card_all t 40", jobs) == "ok t"


def test_a_result_that_is_not_believed(tmp_path):
    jobs = dict.fromkeys(ALGORITHMS, 140)
    for doubtful, wrong in ((0, 0), (1, 0), (0, 1)):
        out = said(tmp_path, counts(), counts(**all_counts(40)), "on_card_all t 40", jobs,
                   f"engine hifn0 check compared 9 doubtful {doubtful} wrong {wrong} retired 0\n")
        assert out.startswith("not ok t - results not believed" if doubtful + wrong else "ok t")


def test_an_algorithm_of_the_cpu(tmp_path):
    jobs = dict.fromkeys(ALGORITHMS, 140) | {"cfb(des)": 100}
    out = said(tmp_path, counts(), counts(**all_counts(40) | {"des_cfb": 0}), "on_card_all t 40",
               jobs)
    assert "cfb(des) 0 of 40" in out


def test_an_algorithm_that_is_not_served(tmp_path):
    jobs = dict.fromkeys(ALGORITHMS[1:], 140)
    out = said(tmp_path, counts(), counts(**all_counts(40) | {"aes_ecb": 40}), "on_card_all t 40",
               jobs)
    assert "22 algorithms of 23" in out


def test_jobs_that_are_no_commands(tmp_path):
    jobs = dict.fromkeys(ALGORITHMS, 140)
    out = said(tmp_path, counts(), counts(**all_counts(40) | {"one_pass": 239}),
               "on_card_all t 40", jobs)
    assert "one-pass 239 commands for 240 jobs" in out
