# SPDX-License-Identifier: BSD-2-Clause
"""The page of ci/report: a directory with what the last runs left, to one HTML file.

Self-contained: styles and curves are in it, and it loads nothing. All that comes from a file is
text to it, never markup, but for the curves, which ci/bench draws itself.
"""
import glob
import html
import json
import os
import re
import sys
import time

STAGES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../stages")

STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; }
th, td { padding: .2rem .7rem; text-align: left; border-bottom: 1px solid #8884; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.bad { color: #b00020; font-weight: 600; } .good { color: #0a7d32; font-weight: 600; }
.none { opacity: .7; } code, pre { font: 13px/1.4 ui-monospace, monospace; }
.scroll { overflow-x: auto; } svg { max-width: 100%; height: auto; }
summary { cursor: pointer; } ul { columns: 18rem; list-style: none; padding: 0; margin: .3rem 0; }
"""


def text(value):
    """What may stand between tags and in attributes."""
    return html.escape(str(value), quote=True)


def load(directory, name):
    """A JSON file of a run; None: it is not there, or no JSON."""
    try:
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def table(titles, rows, numbers=()):
    """Rows of values; numbers are the columns that are right-aligned."""
    def row(tag, values):
        return "<tr>" + "".join(
            f"<{tag}{' class=n' if i in numbers else ''}>{value}</{tag}>"
            for i, value in enumerate(values)) + "</tr>"
    return ("<div class=scroll><table>" + row("th", map(text, titles))
            + "".join(row("td", values) for values in rows) + "</table></div>")


def absent(command):
    """In place of what was not run."""
    return f"<p class=none>Not run: <code>{text(command)}</code></p>"


def word(good, yes, no):
    """A verdict that is not told by its colour alone."""
    return f"<span class={'good' if good else 'bad'}>{text(yes if good else no)}</span>"


# ---- the tests ----

def head(results):
    """The line that one looks for first."""
    if not results:
        return absent("ci/test")
    stages = results["stages"]
    passed, failed, skipped = (sum(counted(stage, key) for stage in stages)
                               for key in ("passed", "failed", "skipped"))
    return (f"<p>{word(not failed and passed, 'All passed', 'Failed')}: {passed} passed, {failed} failed,"
            f" {skipped} skipped in {len(stages)} stages, {sum(s['wall_s'] for s in stages):.0f} s,"
            f" {sum(s['cpu_s'] for s in stages):.0f} s of CPU. Lane {text(results['lane'])},"
            f" seed {text(results['seed'])}.</p>")


def counted(stage, key):
    """Numbers of passed ones, lists of the others."""
    return stage[key] if isinstance(stage[key], int) else len(stage[key])


def failures(results):
    """Each with its reason and the command that repeats it."""
    rows = [(text(one["name"]), text(one["reason"]), f"<code>{text(one['again'])}</code>")
            for stage in results["stages"] for one in stage["failed"]]
    return "<h2>What failed</h2>" + table(("test", "reason", "alone"), rows) if rows else ""


def heads_of_stages():
    """where: and needs: of each stage, from its head."""
    found = {}
    for path in glob.glob(os.path.join(STAGES, "*")):
        with open(path, encoding="utf-8") as file:
            lines = file.read(2000)
        found[os.path.basename(path)] = tuple(
            (re.search(rf"^# {key}: (.*)$", lines, re.M) or ["", ""])[1] for key in ("where", "needs"))
    return found


def stages_table(results):
    """What ran where, and what it took."""
    heads = heads_of_stages()
    rows = []
    for stage in sorted(results["stages"], key=lambda one: -one["wall_s"]):
        needs = heads.get(stage["name"].partition("@")[0], ("", ""))[1]
        rows.append((text(stage["name"]), word(not stage["failed"], "passed", "failed"), text(stage["where"]),
                     text(needs), counted(stage, "passed"), len(stage["failed"]), len(stage["skipped"]),
                     f"{stage['wall_s']:.0f}", f"{stage['cpu_s']:.0f}"))
    versions = "".join(f"<li>{text(version)}</li>" for version in results["versions"])
    return ("<h2>Stages, and where they ran</h2>"
            + table(("stage", "", "where", "kernels and modules", "passed", "failed", "skipped", "s", "CPU s"),
                    rows, range(4, 9))
            + f"<details><summary>Versions</summary><ul>{versions}</ul></details>")


RESULT = re.compile(r"^( *)(ok|not ok) \d+ (?:- )?(.*)$")


def all_results(directory):
    """Every result by part, folded away."""
    try:
        with open(os.path.join(directory, "results.ktap"), encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return ""
    out, waiting = [], []
    for line in lines:
        found = RESULT.match(line)
        if not found:
            continue
        depth, good, name = len(found[1]) // 4, found[2] == "ok", found[3]
        if name.startswith(("part ", "stage ")):
            if name.startswith("part ") and waiting:
                out.append(f"<details><summary>{text(name[5:])}: {len(waiting)}"
                           f"{'' if good else ', ' + word(False, '', 'failed')}</summary>"
                           f"<ul>{''.join(waiting)}</ul></details>")
            waiting = []
        elif depth:
            waiting.append(f"<li>{text(name) if good else word(False, '', name)}</li>")
    return "<h2>All results</h2>" + "".join(out) if out else ""


# ---- the other runs ----

def demo(directory):
    """ci/demo's figures."""
    found = load(directory, "demo.json")
    if not found:
        return absent("ci/demo")
    rows = []
    for key, value in found.items():
        if isinstance(value, dict):
            rows += [(text(f"{key}.{inner}"), text(figure)) for inner, figure in value.items()]
        else:
            rows.append((text(key), text(value)))
    return table(("figure", "value"), rows, (1,))


def bench(directory):
    """Goals beside what was reached, and the curves themselves."""
    found = load(directory, "bench.json")
    if not found:
        return absent("ci/bench")
    figures, goals = found.get("figures", {}), found.get("goals", {})
    rows = [(text(name), text(goal.get("what", "")), text(goal.get("goal", "")),
             text(shown(figures.get(name))),
             word(goal.get("reached"), "reached", "missed") if goal.get("reached") is not None else "")
            for name, goal in goals.items()]
    rows += [(text(name), "", "", text(shown(value)), "") for name, value in figures.items()
             if name not in goals]
    return table(("figure", "what", "goal", "measured", ""), rows, (2, 3)) + "".join(
        curve(directory, name) for name in found.get("curves", []))


def shown(value):
    """A figure with as many digits as anybody reads."""
    return f"{value:.4g}" if isinstance(value, float) else "" if value is None else value


def curve(directory, name):
    """An SVG of ci/bench's, without its XML head, and without anything that runs or loads."""
    try:
        with open(os.path.join(directory, os.path.basename(name)), encoding="utf-8") as file:
            drawn = file.read()
    except OSError:
        return ""
    drawn = drawn[drawn.find("<svg"):]
    if re.search(r"<script|\son\w+\s*=|href\s*=\s*[\"']?(?!#)\w", drawn, re.I):
        return f"<p class=none>{text(name)} is left out: it is more than a drawing</p>"
    return f"<figure>{drawn}<figcaption>{text(name)}</figcaption></figure>"


SUMS = ("requests", "faults_hit", "recovered", "errors", "wrong", "lost", "detected")


def faults(directory):
    """ci/faults' matrix: a row per fault, over all loads."""
    found = load(directory, "faults.json")
    if not found:
        return absent("ci/faults")
    groups = {}
    for row in found["rows"]:
        groups.setdefault((row["fault"], row["expected"]), []).append(row)
    rows = [(text(fault), text(expected), len(group), *(sum(row[key] for row in group) for key in SUMS),
             max(row["stall_ms"] for row in group),
             word(all(row["verdict"] == "ok" for row in group), "ok", "failed"))
            for (fault, expected), group in groups.items()]
    return table(("fault", "expected", "rows", *SUMS, "stall ms", ""), rows, range(2, 11))


def age(directory):
    """When the newest of it was made."""
    times = [os.path.getmtime(os.path.join(directory, name))
             for name in ("results.json", "demo.json", "bench.json", "faults.json")
             if os.path.exists(os.path.join(directory, name))]
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(max(times))) if times else "nothing was run"


def page(directory):
    """The whole of it."""
    results = load(directory, "results.json")
    tests = failures(results) + stages_table(results) + all_results(directory) if results else ""
    return ("<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8>"
            "<meta name=viewport content='width=device-width'><title>hifn795x: what the last runs left</title>"
            f"<style>{STYLE}</style></head><body><h1>hifn795x</h1><p>Last run: {text(age(directory))}</p>"
            f"{head(results)}{tests}<h2>Demo</h2>{demo(directory)}<h2>Bench</h2>{bench(directory)}"
            f"<h2>Faults under load</h2>{faults(directory)}</body></html>\n")


def main():
    """Written beside its place and renamed: no half page."""
    directory, path = sys.argv[1:]
    try:
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(page(directory))
        os.replace(path + ".new", path)
    except OSError as error:
        print(f"report: cannot write {path}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"report: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
