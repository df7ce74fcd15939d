# SPDX-License-Identifier: BSD-2-Clause
"""Both readers of the kernel's list of algorithms, with a list made up."""

import pathlib
import subprocess

import crypto_list
import pytest

LIB = pathlib.Path(__file__).parents[1] / "lib/crypto_list.sh"


def entry(name, driver, priority, selftest="passed", **more):
    """As crypto/proc.c prints it."""
    lines = {"name": name, "driver": driver, "module": "acf", "priority": priority, "refcnt": 1,
             "selftest": selftest, "internal": "no", "type": "skcipher", "min keysize": 16, **more}
    return "".join(f"{key:13}: {value}\n" for key, value in lines.items()) + "\n"


LIST = (entry("essiv(cbc(aes),sha256)", "essiv(cbc-aes-acf,sha256-lib)", 4000)
        + entry("cbc(aes)", "cbc-aes-acf", 4000, ivsize=16, geniv="a:b")
        + entry("cbc(aes)", "cbc-aes-aesni", 400)
        + entry("cbc(aes)", "cbc-aes-other", 4000)
        + entry("ecb(aes)", "ecb-aes-acf", 4000, "unknown")
        + entry("xts(aes)", "xts-aes-lib", 5000)
        + entry("ecb(aes)", "ecb-aes-generic", 100))


@pytest.fixture
def sh(tmp_path):
    def run(call, text=LIST):
        (tmp_path / "list").write_text(text)
        done = subprocess.run(["sh", "-c", f". {LIB}; crypto_list=list; {call}"], cwd=tmp_path,
                              capture_output=True, text=True, check=False)
        return done.stdout.strip(), done.returncode
    return run


def test_sh_entries(sh):
    lines = sh("crypto_entries")[0].splitlines()
    assert lines[0] == "essiv(cbc(aes),sha256) essiv(cbc-aes-acf,sha256-lib) 4000 passed"
    assert lines[4] == "ecb(aes) ecb-aes-acf 4000 unknown"
    assert len(lines) == 7


def test_sh_ours(sh):
    assert sh("crypto_ours")[0].split() == ["cbc-aes-acf", "ecb-aes-acf"]
    assert sh("crypto_tested")[0] == "1"
    assert sh("crypto_tested", "")[0] == "0"


def test_sh_twice(sh):
    assert sh("crypto_twice")[0] == ""
    assert sh("crypto_twice", LIST + entry("ecb(aes)", "cbc-aes-acf", 1))[0] == "cbc-aes-acf"


def test_sh_has(sh):
    assert sh("crypto_has xts-aes-lib")[1] == 0
    assert sh("crypto_has xts-aes")[1] != 0


def test_sh_served_by(sh):
    assert sh("served_by 'cbc(aes)'")[0] == "cbc-aes-acf"
    assert sh("served_by 'ecb(aes)'")[0] == "ecb-aes-acf"
    assert sh("served_by sha1")[0] == ""


def test_sh_the_last_entry_need_not_end(sh):
    assert sh("crypto_has ecb-aes-generic", LIST.rstrip("\n"))[1] == 0


def test_sh_text(sh):
    assert sh("crypto_text")[0] == LIST.strip()


def test_py_parse():
    found = crypto_list.parse(LIST)
    assert [one["driver"] for one in found][-2:] == ["xts-aes-lib", "ecb-aes-generic"]
    assert found[1]["ivsize"] == "16" and found[1]["min keysize"] == "16"
    assert found[1]["geniv"] == "a:b"
    assert crypto_list.parse("") == [] and crypto_list.parse("\n\n\n") == []


def test_py_drivers_best_first():
    listed = crypto_list.parse(LIST)
    assert crypto_list.drivers("cbc(aes)", listed) == ["cbc-aes-acf", "cbc-aes-other",
                                                       "cbc-aes-aesni"]
    assert crypto_list.drivers("sha1", listed) == []


def test_both_agree(sh):
    listed = crypto_list.parse(LIST)
    for name in ("cbc(aes)", "ecb(aes)", "xts(aes)", "sha1"):
        assert sh(f"served_by '{name}'")[0] == crypto_list.served_by(name, listed)
