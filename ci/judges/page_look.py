# SPDX-License-Identifier: BSD-2-Clause
"""Looks at ci/report's page in a real browser, headless, and prints results.

usage: page_look.py PAGE TREE      in the lab; TREE: a tree with chromium (ci/kernel --tree)

A copy of the page says itself what the browser made of it: what is visible, what it loads, what sticks
out of the window. The same is asked of a page that is bad in each of these ways, which has to be seen.
"""
import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "tests"))
import report_page  # noqa: E402
import test_report_page  # noqa: E402

WIDTHS = (1280, 400)
LIMIT_S = 300
ASK = """
<script>
var errors = [];
window.addEventListener("error", e => errors.push(e.message || "cannot load " + (e.target.src || e.target.href)), true);
window.addEventListener("load", () => {
  const visible = e => e.getClientRects().length && e.offsetHeight > 0;
  const all = s => Array.from(document.querySelectorAll(s));
  const seen = {
    title: document.title,
    headings: all("h1, h2").map(e => [e.textContent, visible(e) ? 1 : 0]),
    tables: all("table").filter(e => visible(e) && e.rows.length > 1).length,
    empty_tables: all("table").filter(e => e.rows.length < 2).length,
    curves: all("figure svg").map(e => e.getBoundingClientRect().height),
    loaded: performance.getEntriesByType("resource").map(e => e.name).concat(
      all("[src], link[href]").map(e => e.src || e.href)),
    wider: document.documentElement.scrollWidth - window.innerWidth,
    small: all("td, p, li, h2").filter(e => visible(e) && parseFloat(getComputedStyle(e).fontSize) < 11).length,
    errors: errors,
  };
  const out = document.createElement("pre");
  out.id = "seen";
  out.textContent = JSON.stringify(seen);
  document.body.appendChild(out);
});
</script>
"""
BAD = """<!DOCTYPE html><html><head><title>bad</title></head><body><h1>x</h1><h2 style='display:none'>hidden</h2>
<table style='width:4000px'><tr><td>a</td></tr></table><img src='file:///nowhere.png'>
<script>none.such()</script></body></html>"""


class CannotLook(Exception):
    """The browser gave nothing: says what it said."""


def seen(tree, page, width):
    """What the browser made of a page's text."""
    place = os.path.join(tree, "tmp/look")
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(place)
    head, mark, rest = page.partition("</head>")
    with open(os.path.join(place, "page.html"), "w", encoding="utf-8") as file:
        file.write(head + ASK + mark + rest)
    done = subprocess.run(
        ["chroot", tree, "/usr/lib/chromium/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--no-zygote", "--user-data-dir=/tmp/look/profile", f"--window-size={width},1000",
         "--dump-dom", "file:///tmp/look/page.html"],
        env={"HOME": "/tmp/look", "PATH": "/usr/bin:/usr/sbin", "LC_ALL": "C.UTF-8"},
        capture_output=True, text=True, timeout=LIMIT_S, check=False)
    found = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout, re.S)
    if not found:
        raise CannotLook(f"status {done.returncode}: " + done.stderr.strip().replace("\n", "; ")[-300:])
    return json.loads(html.unescape(found[1]))


def complaints(what):
    """Of one look, by what is wrong."""
    hidden = [text for text, shown in what["headings"] if not shown]
    return {
        "hidden": f"hidden: {hidden}" if hidden or not what["headings"] else "",
        "loads-nothing": f"it loads {what['loaded'][:3]}" if what["loaded"] else "",
        "no-errors": f"{what['errors'][:3]}" if what["errors"] else "",
        "fits": f"{what['wider']} px wider than the window" if what["wider"] > 0 else "",
        "tables": f"{what['empty_tables']} tables without a row" if what["empty_tables"] else "",
        "curves": "a curve without height" if any(height < 5 for height in what["curves"]) else "",
        "legible": f"{what['small']} pieces of text below 11 px" if what["small"] else "",
    }


def sample():
    """A page with one of everything."""
    with tempfile.TemporaryDirectory() as directory:
        test_report_page.fill(pathlib.Path(directory))
        return report_page.page(directory)


def look(tree, name, text, tables):
    """Results of one page in each width."""
    for width in WIDTHS:
        what = seen(tree, text, width)
        if what["tables"] < tables:
            what["empty_tables"] += 1
        for kind, why in complaints(what).items():
            test = f"page.{name}.{width}.{kind}"
            print(f"not ok {test} - {why}" if why else f"ok {test}")


def main():
    page, tree = sys.argv[1:]
    with open(page, encoding="utf-8") as file:
        text = file.read()
    try:
        look(tree, "left", text, 0)
        look(tree, "sample", sample(), 4)
        found = {name for name, why in complaints(seen(tree, BAD, 1280)).items() if why}
        missing = {"hidden", "loads-nothing", "no-errors", "fits", "tables"} - found
        print(f"not ok page.bad - not seen: {' '.join(sorted(missing))}" if missing else "ok page.bad")
    except (CannotLook, subprocess.TimeoutExpired, OSError) as error:
        print("not ok page.browser - " + str(error).replace("\n", " ")[:300])


if __name__ == "__main__":
    main()
