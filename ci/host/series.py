# SPDX-License-Identifier: BSD-2-Clause
"""Makes the series of patches that brings acf and hifn795x into a kernel and takes hifn_795x out.

usage: series.py SOURCE OUT     SOURCE: an unpacked kernel; OUT: where the patches go

What the checkout has for many kernels becomes what one kernel would have: no compatibility
layer, no MODULE_VERSION, no user-space branch of pure files, the test vectors as C and not
as a blob. A rule that finds nothing to do is an error, as the code has changed then.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import textwrap

ACF, HIFN = "drivers/crypto/acf", "drivers/crypto/hifn795x"
DOC = "Documentation/crypto"
FROM = "The hifn795x authors <maintainers@users.noreply.github.com>"
DATE = "2026-01-01T00:00:00Z"

# What the layer calls, called by its name in this kernel: (pattern, what is there instead).
DIRECT = [
    (r"acf_ahash_set_statesize\(", "crypto_ahash_set_statesize("),
    (r"acf_has_aead\(([^()]*)\)", r"crypto_has_aead(\1, 0, 0)"),
    (r"ACF_NS\((\w+)\)", r'"\1"'),
    (r"acf_assign_str\((\w+), [^;]*\);", r"__assign_str(\1);"),
    (r"\b(?:ACF|HIFN)_WQ_PERCPU\b", "WQ_PERCPU"),
    (r"acf_aes_expand\(", "aes_preparekey("),
    (r"struct acf_aes\b", "struct aes_key"),
    (r"(aes_(?:en|de)crypt\(&[^,]*)\.key,", r"\1,"),
    (r"hifn_hrtimer_setup\(([^,]*), (\w+)\);", r"hrtimer_setup(\1, \2, CLOCK_MONOTONIC, HRTIMER_MODE_REL);"),
    (r"\bk([mz])alloc\(sizeof\((\*[\w>-]+)\), GFP_KERNEL\)", r"k\1alloc_obj(\2)"),
    (r"hifn_run_worker\(([^()]*)\)", r'kthread_run_worker(0, "%s", \1)'),
]
LAYER = re.compile(r'^#include "(?:acf|hifn)_compat\.h"\n', re.M)
VERSION = re.compile(r"^MODULE_VERSION\(.*\);\n", re.M)
USER_SPACE = r"^#ifdef __KERNEL__\n\n?(.*?)^#else /\* user space \*/\n.*^#endif\n"
# of acf_compat.h and hifn_compat.h
INCLUDES = {"acf_internal.h": ("crypto/aes.h", "linux/workqueue.h"),
            "hifn.h": ("linux/hrtimer.h", "linux/kthread.h", "linux/timer.h", "linux/workqueue.h")}


class NotAsKnown(SystemExit):
    """The checkout is not what the rules were written for."""


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def in_tree(name, text, used):
    """A source file as the kernel would have it."""
    text = VERSION.sub("", text)
    text = LAYER.sub("", text)
    for number, (pattern, instead) in enumerate(DIRECT):
        text, count = re.subn(pattern, instead, text)
        used[number] = used.get(number, 0) + count
    if "#ifdef __KERNEL__" in text:
        # a header's last #endif is its guard's
        end = r"(?=\n#endif\n\Z)" if name.endswith(".h") else r"\Z"
        text, count = re.subn(USER_SPACE + end, r"\1", text, flags=re.M | re.S)
        if not count:
            raise NotAsKnown(f"series: {name}: no user-space branch where one was")
    if name in INCLUDES:
        first = text.index("#include <")
        there = "".join(f"#include <{one}>\n" for one in INCLUDES[name] if f"#include <{one}>" not in text)
        text = text[:first] + there + text[first:]
    if name == "acf_vec.c":
        text = text.replace("sizeof(fields) / sizeof(fields[0])", "ARRAY_SIZE(fields)")
        text = text.replace('#include "acf_vec.h"', '#include <linux/array_size.h>\n\n#include "acf_vec.h"')
    if name == "acf_skcipher_xts.c":   # the pure file has none there; here it can
        exports = "".join(re.findall(r"^EXPORT_SYMBOL_GPL\(acf_xts_\w+\);\n", text, re.M))
        text = re.sub(r"^/\* For engines' drivers, whose.*?\*/\n(?:EXPORT_SYMBOL_GPL.*\n)+\n?", "", text, flags=re.M)
        EXPORTS.update(re.findall(r"\((\w+)\)", exports))
    return re.sub(r"\n{3,}", "\n\n", text)


EXPORTS = set()


def exported(text):
    """Functions of a pure file with their exports behind them."""
    for name in EXPORTS:
        text, count = re.subn(rf"(^[a-z].*\b{name}\([^;{{]*\n\{{\n.*?^\}}\n)", rf"\1EXPORT_SYMBOL_GPL({name});\n", text,
                              flags=re.M | re.S)
        if count != 1:
            raise NotAsKnown(f"series: {count} functions {name}")
    return re.sub(r"^(#include )", "#include <linux/export.h>\n\\1", text, count=1, flags=re.M)


def sources(top, part, used):
    """{name: text} of the module's files, without tests and what stays outside."""
    found = {}
    for path in sorted(glob.glob(f"{top}/{part}/*.[ch]")):
        name = os.path.basename(path)
        if not name.endswith("_compat.h"):
            found[name] = in_tree(name, read(path), used)
    return found


def vectors(top):
    """The files of test vectors as C: text, a line each."""
    out = ["// SPDX-License-Identifier: GPL-2.0", "/* Text of the test vectors, a record each: acf_vec.c reads it. */",
           '#include "acf_testvec_data.h"', ""]
    head = ["/* SPDX-License-Identifier: GPL-2.0 */", "#ifndef ACF_TESTVEC_DATA_H", "#define ACF_TESTVEC_DATA_H", ""]
    names = re.findall(r"^\ttestvec\t(\w+)", read(f"{top}/crypto/acf_testvec_data.S"), re.M)
    for name in names:
        lines = read(f"{top}/testvec/{name}.vec").splitlines()
        lines = [line for line in lines if not line.startswith("# SPDX")]
        size = sum(len(line) + 1 for line in lines) + 1
        head.append(f"extern const char acf_testvec_{name}[{size}];")
        out.append(f"const char acf_testvec_{name}[{size}] =")
        out += [f'\t"{piece}"' for line in lines for piece in pieces(line)]
        out[-1] += ";"
        out.append("")
    return "\n".join(out[:-1]) + "\n", "\n".join(head + ["", "#endif"]) + "\n", names


def pieces(line):
    """A line of text as strings of C of a legible length."""
    line = line.replace("\\", "\\\\").replace('"', '\\"')
    parts = [line[i:i + 72] for i in range(0, len(line), 72)] or [""]
    parts[-1] += "\\n"
    return parts


def kbuild(text, config):
    """The Kbuild file of a module as a Makefile of the tree: no tests, no counters."""
    text = re.sub(r"^# (ACF_TESTS|ACF_GCOV|ACF_BHMETER).*?(?=^#|\Z)", "", text, flags=re.M | re.S)
    text = re.sub(r"^# The vectors' text.*?(?=^#|\Z)", "", text, flags=re.M | re.S)
    text = re.sub(r"^obj-m \+=", f"obj-$({config}) +=", text, flags=re.M)
    return text.replace("-I$(src)/../crypto", "-I$(src)/../acf").rstrip() + "\n"


KCONFIG = {ACF: """# SPDX-License-Identifier: GPL-2.0
config CRYPTO_ACF
	tristate
	select CRYPTO_AEAD
	select CRYPTO_AES
	select CRYPTO_AUTHENC
	select CRYPTO_CBC
	select CRYPTO_ECB
	select CRYPTO_HASH
	select CRYPTO_HMAC
	select CRYPTO_LIB_AES
	select CRYPTO_LIB_DES
	select CRYPTO_MD5
	select CRYPTO_SHA1
	select CRYPTO_SKCIPHER
	select CRYPTO_XTS
	help
	  A queue that several engines, which do jobs of the crypto API, take
	  from, with the CPU for whatever they cannot or should not do, and
	  whatever they fail. Drivers of engines select it.
""", HIFN: """# SPDX-License-Identifier: GPL-2.0
config CRYPTO_DEV_HIFN795X
	tristate "HIFN 7955 and 7956 crypto cards"
	depends on PCI && HAS_IOMEM
	select CRYPTO_ACF
	select HW_RANDOM
	help
	  PCI cards with the HIFN 7955 or 7956, such as Soekris' vpn1401 and
	  vpn1411: AES, DES and triple DES in ECB, CBC, CFB and OFB mode, AES
	  in XTS mode, MD5 and SHA-1, plain and as HMAC, and both in a single
	  pass for ESP; and a source of random numbers.

	  To compile this driver as a module, choose M here: it will be
	  called hifn795x.
"""}

MAINTAINERS = f"""HIFN 7955/7956 CRYPTO CARDS AND ACF
M:	{FROM}
L:	linux-crypto@vger.kernel.org
S:	Maintained
F:	Documentation/ABI/testing/sysfs-class-acf
F:	{DOC}/acf.rst
F:	{ACF}/
F:	{HIFN}/

"""


def abi(top):
    """docs/reference/abi.md's entries of /sys/class/acf as a file of Documentation/ABI."""
    page = [line[4:] for line in read(f"{top}/docs/reference/abi.md").splitlines() if line.startswith("    ") or not line]
    entries = [entry for entry in re.split(r"\n(?=What:)", "\n".join(page)) if "/sys/class/acf/" in entry.split("\n")[0]]
    if len(entries) < 8:
        raise NotAsKnown("series: docs/reference/abi.md has no entries of /sys/class/acf")
    return "\n".join(entry_in_tree(entry.strip("\n")) for entry in entries)


def entry_in_tree(entry):
    """One entry, with the lines that the tree wants of each, by tabs."""
    what, _, description = entry.partition("\nDescription:")
    out = [re.sub(r"^(What:)? +", lambda found: (found[1] or "") + "\t\t", line) for line in what.split("\n")]
    out += ["Date:\t\tJanuary 2026", "KernelVersion:\t7.4", "Contact:\tlinux-crypto@vger.kernel.org", "Description:"]
    out += [re.sub(r"^ {16}", "\t\t", " " * 16 + line.strip() if number == 0 else line).rstrip()
            for number, line in enumerate(description.split("\n"))]
    return "\n".join(out) + "\n"


RST = """.. SPDX-License-Identifier: GPL-2.0

===============================
acf: engines behind the crypto API
===============================

acf registers the algorithms of the engines there are with the crypto API, and
routes each request to one of them or to the CPU. It has one queue, with a turn
for the system and one for users; engines take from it as they have room.

* A request completes once, with the right data, whatever an engine does: what
  it fails, loses or does wrong is done again by the CPU.
* No memory is asked for while a request is on its way, so that a page may be on
  its way to swap.
* Results are compared with the CPU's in samples, and an engine that is wrong is
  not believed.

An engine is a struct acf_engine_ops (``drivers/crypto/acf/acf.h``, which has
the contract of each call). What is told of each card is in
``Documentation/ABI/testing/sysfs-class-acf``.
"""


BLURB = """
acf is what drivers of crypto engines have in common: one queue, from which
they take, and the CPU for what they cannot do, fail or get wrong. hifn795x
is a new driver of the HIFN 7955 and 7956 on it, and replaces hifn_795x,
which is for 32 bits only. The series is made by a script from a repository
that builds the same code for 6.1 and later, with a virtual card that runs
all of it.
"""


class Tree:
    """The files of the kernel that the series touches, in a repository of their own."""

    def __init__(self, source, path):
        self.path, self.patches = path, 0
        shutil.rmtree(path, ignore_errors=True)
        for name in ("drivers/crypto/Kconfig", "drivers/crypto/Makefile", "drivers/crypto/hifn_795x.c",
                     "MAINTAINERS", f"{DOC}/index.rst"):
            os.makedirs(os.path.dirname(f"{path}/{name}"), exist_ok=True)
            shutil.copy(f"{source}/{name}", f"{path}/{name}")
        self.git("init", "-q")
        self.commit("base", "")

    def git(self, *words):
        name, _, mail = FROM.partition(" <")
        who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER")
               for what, value in (("NAME", name), ("EMAIL", mail[:-1]), ("DATE", DATE))}
        return subprocess.run(["git", "-c", "safe.directory=*", "-C", self.path, *words], check=True, text=True,
                              stdout=subprocess.PIPE, env={**os.environ, **who}).stdout

    def commit(self, subject, body):
        self.git("add", "-A")
        body = textwrap.fill(" ".join(body.split()), 72)
        self.git("commit", "-q", "-m", f"{subject}\n\n{body}\n\nSigned-off-by: {FROM}")
        self.patches += 1

    def change(self, name, pattern, instead):
        text, count = re.subn(pattern, instead, read(f"{self.path}/{name}"), flags=re.M | re.S)
        if count != 1:
            raise NotAsKnown(f"series: {name}: {count} places like {pattern!r}")
        write(f"{self.path}/{name}", text)

    def put(self, directory, files):
        for name, text in files.items():
            write(f"{self.path}/{directory}/{name}", text)


def add_vectors(tree, top):
    data, head, names = vectors(top)
    table = ('// SPDX-License-Identifier: GPL-2.0\n/* Table of the test vectors. */\n#include <linux/kernel.h>\n\n'
             '#include "acf_testvec.h"\n#include "acf_testvec_data.h"\n\n#define VECTORS(file) { \\\n'
             '\t.name = #file ".vec", \\\n\t.start = acf_testvec_##file, \\\n'
             '\t.end = acf_testvec_##file + sizeof(acf_testvec_##file) - 1 \\\n}\n\n'
             "const struct acf_testvec_file acf_testvec_files[] = {\n"
             + "".join(f"\tVECTORS({name}),\n" for name in names)
             + "};\n\nconst unsigned int acf_nr_testvec_files = ARRAY_SIZE(acf_testvec_files);\n")
    tree.put(ACF, {"acf_testvec.c": table, "acf_testvec_data.c": data, "acf_testvec_data.h": head})
    tree.commit("crypto: acf - test vectors of the algorithms of engines",
                "What an engine is tested with before it serves: published vectors and random\n"
                "ones, as text that acf reads. The next patch builds it.")


def add_acf(tree, top, used):
    files = sources(top, "crypto", used)
    del files["acf_testvec.c"]
    files["acf_xts.c"] = exported(files["acf_xts.c"])
    files["Makefile"] = kbuild(read(f"{top}/crypto/Kbuild"), "CONFIG_CRYPTO_ACF")
    files["Kconfig"] = KCONFIG[ACF]
    tree.put(ACF, files)
    tree.change("drivers/crypto/Kconfig", r"^config CRYPTO_DEV_HIFN_795X\n",
                'source "drivers/crypto/acf/Kconfig"\n\nconfig CRYPTO_DEV_HIFN_795X\n')
    tree.change("drivers/crypto/Makefile", r"^(obj-\$\(CONFIG_CRYPTO_DEV_HIFN_795X\))",
                "obj-$(CONFIG_CRYPTO_ACF) += acf/\n\\1")
    tree.commit("crypto: acf - engines with one queue and the CPU behind them",
                "Drivers of crypto engines each bring a queue, a fallback, and mistakes of their\n"
                "own. acf has them once: it registers the algorithms, asks for no memory per\n"
                "request, does by the CPU what an engine cannot, fails or gets wrong, and\n"
                "measures who is quicker.")


def add_hifn(tree, top, used):
    files = sources(top, "drivers", used)
    files["Makefile"] = kbuild(read(f"{top}/drivers/Kbuild"), "CONFIG_CRYPTO_DEV_HIFN795X")
    files["Kconfig"] = KCONFIG[HIFN]
    tree.put(HIFN, files)
    tree.change("drivers/crypto/Kconfig", r'^(source "drivers/crypto/acf/Kconfig"\n)',
                '\\1source "drivers/crypto/hifn795x/Kconfig"\n')
    tree.change("drivers/crypto/Makefile", r"^(obj-\$\(CONFIG_CRYPTO_ACF\) \+= acf/\n)",
                "\\1obj-$(CONFIG_CRYPTO_DEV_HIFN795X) += hifn795x/\n")
    tree.commit("crypto: hifn795x - add a driver for HIFN 7955 and 7956",
                "A new driver of these cards, on acf: all modes, MACs and the single pass of\n"
                "ESP. Resets, hot removal, sleep, and a card that misbehaves are tried with a\n"
                "virtual card that anyone can run. It is for 32 and 64 bits, where hifn_795x is\n"
                "for 32 only.")


def remove_old(tree):
    os.unlink(f"{tree.path}/drivers/crypto/hifn_795x.c")
    tree.change("drivers/crypto/Kconfig", r"^config CRYPTO_DEV_HIFN_795X\n.*?(?=^(?:config|source|if|menu)\b)", "")
    text = read(f"{tree.path}/drivers/crypto/Kconfig")
    if "HIFN_795X_RNG" in text:
        tree.change("drivers/crypto/Kconfig", r"^config CRYPTO_DEV_HIFN_795X_RNG\n.*?(?=^(?:config|source|if|menu)\b)", "")
    tree.change("drivers/crypto/Makefile", r"^obj-\$\(CONFIG_CRYPTO_DEV_HIFN_795X\)[^\n]*\n", "")
    tree.commit("crypto: hifn_795x - remove, hifn795x replaces it",
                "The old driver serves the same cards and would be found for them as well.")


def add_papers(tree, top):
    tree.put(DOC, {"acf.rst": RST})
    tree.put("Documentation/ABI/testing", {"sysfs-class-acf": abi(top)})
    text = read(f"{tree.path}/{DOC}/index.rst")
    write(f"{tree.path}/{DOC}/index.rst", text.rstrip("\n") + "\n   acf\n")
    lines = read(f"{tree.path}/MAINTAINERS")
    titles = [found for found in re.finditer(r"^(?![A-Z]:\t)([A-Z0-9].*)\n[A-Z]:\t", lines, re.M)]
    before = max((found for found in titles if found[1] < "HIFN 7955"), key=lambda found: found[1])
    after = titles[titles.index(before) + 1]
    write(f"{tree.path}/MAINTAINERS", lines[:after.start()] + MAINTAINERS + lines[after.start():])
    tree.commit("crypto: acf, hifn795x - documents and maintainers",
                "What a driver's author has to know of acf, what is told of each card in sysfs,\n"
                "and who keeps both.")


def main():
    source, out = sys.argv[1:]
    top = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
    used = {}
    tree = Tree(source, f"{out}/tree")
    add_vectors(tree, top)
    add_acf(tree, top, used)
    add_hifn(tree, top, used)
    remove_old(tree)
    add_papers(tree, top)
    idle = [pattern for number, (pattern, _) in enumerate(DIRECT) if not used.get(number)]
    if idle:
        raise NotAsKnown(f"series: nothing in the checkout is like {idle}")
    for name in glob.glob(f"{out}/*.patch"):
        os.unlink(name)
    tree.git("format-patch", "-q", "--cover-letter", "--root", "-o", os.path.abspath(out), f"HEAD~{tree.patches - 1}..HEAD")
    cover = f"{out}/0000-cover-letter.patch"
    write(cover, read(cover).replace("*** SUBJECT HERE ***", "crypto: acf and hifn795x, in place of hifn_795x")
          .replace("*** BLURB HERE ***", BLURB.strip()))
    print(f"series: {tree.patches - 1} patches in {out}")


if __name__ == "__main__":
    main()
