# SPDX-License-Identifier: BSD-2-Clause
"""Figures of a run, its verdict, and both as /out/soak.json and /out/soak-report.md."""

import json
import platform

import ktap
import memory
import on_card
from chaos import EXCLUDED, LONG, ONCE, RATE, RESET
from system import acf, complain, loaded
from volumes import VOLUMES

RECOVERIES = ("resets", "lost_irq")
ON_CARD = 100       # commands of each kind that a load needs


def over_cards(soak, which):
    found = {}
    for card in soak.cards:
        for key, value in getattr(card, which).total.items():
            found[key] = found.get(key, 0) + value
    return found


def on_cards(soak):
    """Commands of users by kind, by the cards' own count."""
    found = {}
    for card in soak.cards:
        for kind, number in card.users().items():
            found[kind] = found.get(kind, 0) + number
    return found


def idle_kinds(soak):
    """What the loads need of the cards and the cards hardly did."""
    wanted = {"aes-cbc": "cbc, small", "des3-cbc": "des3", "aes-ecb": "luks, swap"}
    if {"sha1-aes", "sha1-3des"} & set(soak.traffic.suites):
        wanted["hmac-sha1"] = "esp"
    found = on_cards(soak)
    return {f"{kind} ({user})": found.get(kind, 0) for kind, user in wanted.items()
            if found.get(kind, 0) < ON_CARD}


def disturbances(soak):
    found = {}
    for chaos in soak.chaos:
        for key, value in chaos.counts.items():
            found[key] = found.get(key, 0) + value
    return found


def totals(soak):
    """One line's worth; callable at any time."""
    vcard, driver = over_cards(soak, "vcard"), over_cards(soak, "driver")
    cpu = soak.cpu or acf().on_cpu()
    return {
        "card_requests": on_card.commands(on_cards(soak)) if soak.cards[0].selftest else 0,
        "cpu_requests": sum(cpu.values()),
        "disk_bytes": sum(v.read + v.written for v in VOLUMES),
        "esp_packets": soak.traffic.packets(),
        "faults_hit": sum(v for k, v in vcard.items() if k.startswith("faults.")),
        "recoveries": sum(driver.get(key, 0) for key in RECOVERIES),
        "redone_on_cpu": cpu.get("failed", 0),
        "hotplugs": sum(disturbances(soak).get(k, 0) for k in ("unplugged", "pulled")),
        "wrong": sum(v.wrong for v in VOLUMES) + soak.traffic.sum["wrong"],
        "errors": sum(v.errors for v in VOLUMES) + soak.pressure.failed,
        "esp_lost": soak.traffic.sum["lost"],
    }


def fault_table(soak, vcard):
    """By name: how often set, how often it struck."""
    found = {}
    for chaos in soak.chaos:
        for name, count in chaos.faults.items():
            found.setdefault(name, [0, vcard.get("faults." + name, 0)])[0] += count
    return dict(sorted(found.items()))


def figures(soak, growth):
    vcard = over_cards(soak, "vcard")
    kib, caches = growth or ({}, {})
    watch = soak.watch
    return {
        "kernel": platform.release(), "seconds": soak.seconds, "seed": soak.seed,
        "fault": soak.fault, "disbelieved": soak.disbelieved, "totals": totals(soak),
        "on_card": on_cards(soak), "idle_kinds": idle_kinds(soak),
        "cpu_requests": soak.cpu, "disturbances": disturbances(soak),
        "faults": fault_table(soak, vcard),
        "driver": over_cards(soak, "driver"),
        "volumes": {v.name: {"cipher": v.cipher, "rounds": v.rounds, "read": v.read,
                             "written": v.written, "compared": v.compared,
                             "wrong": v.wrong, "errors": v.errors} for v in VOLUMES},
        "esp": dict(soak.traffic.sum, suites=len(soak.traffic.suites),
                    errors=soak.traffic.errors, stall_ms=soak.traffic.stall_ms),
        "stall_s": {p.name: round(p.stall, 1) for p in watch.pulses} if watch else {},
        "memory": {"hogs": soak.pressure.hogs, "hog_s": soak.pressure.hog_s,
                   "grown_kib": kib, "caches_kib": caches, "kmemleak": memory.kmemleak()},
        "hang": watch.hang if watch else None, "problems": soak.problems,
        "reasons": [r for v in VOLUMES for r in v.reasons][:20],
    }


def checks(found):
    """name, whether it holds, what to say if not."""
    total, mem = found["totals"], found["memory"]
    did = found["disturbances"]
    yield "finished", not found["problems"] and not loaded(), "; ".join(
        found["problems"]) or f"still loaded: {' '.join(loaded())}"
    yield "no-hang", not found["hang"], str(found["hang"])
    yield "wrong-data", not total["wrong"], f"{total['wrong']}: {found['reasons'][:3]}"
    yield "io-errors", not total["errors"], f"{total['errors']}: {found['reasons'][:3]}"
    yield "esp-lost", not total["esp_lost"], f"{total['esp_lost']}, {found['esp']['errors']}"
    yield "on-card", not found["idle_kinds"], f"commands of users: {found['idle_kinds']}"
    idle = [n for n, v in found["volumes"].items() if v["rounds"] < 1 or v["compared"] < 1]
    yield "all-volumes-used", not idle, " ".join(idle)
    yield "esp-used", total["esp_packets"] > 100, f"{total['esp_packets']} packets"
    if found["fault"]:
        yield "believed", not found["disbelieved"], f"{found['disbelieved']} results were not"
    if did:
        yield "faults-hit", total["faults_hit"] > 0, "none"
        yield "recovered", total["recoveries"] > 0, "no reset, no lost interrupt found"
        yield ("healthy-cards-taken", not did["healthy_refused"],
               f"refused {did['healthy_refused']} times")
        yield "taken-at-work", did["taken_at_work"] > 0, "no card had work when it was taken away"
        yield "hot-plugged", total["hotplugs"] + did["unbinds"] > 0, "never"
    most = max(mem["grown_kib"].values(), default=None)
    yield ("no-leak", most is not None and most <= memory.ALLOWED_KIB,
           f"KiB: {mem['grown_kib']}, caches {mem['caches_kib']}")
    if mem["kmemleak"] is not None:
        yield "kmemleak", not mem["kmemleak"], f"{mem['kmemleak']} objects"


def table(head, rows):
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return lines + [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows] + [""]


def report(found, verdict):
    """The same for people."""
    total, mem, esp = found["totals"], found["memory"], found["esp"]
    lines = [f"# Soak of {found['seconds']} s, seed {found['seed']}: {verdict}", "",
             f"Kernel {found['kernel']}, {len(found['volumes'])} dm-crypt volumes and ESP on "
             "two virtual cards, in one guest under emulation.", ""]
    lines += table(("what", "number"), [(k.replace("_", " "), v) for k, v in total.items()]
                   + [("longest stall, s: " + k, v) for k, v in found["stall_s"].items()])
    lines += ["## Disturbances", ""]
    lines += table(("what", "times"), [(k.replace("_", " "), v)
                                       for k, v in found["disturbances"].items()])
    lines += table(("fault", "set", "hits"), [(k, *v) for k, v in found["faults"].items()])
    lines += [f"Set at random: {', '.join(ONCE)} (once); {', '.join(RATE + LONG)} (for a "
              f"while); {', '.join(RESET)} (at a reset). Left out, as nothing below the data "
              f"themselves could tell or the data path never sees them: {', '.join(EXCLUDED)}."
              , "", "## Loads", ""]
    lines += table(("volume", "cipher", "rounds", "bytes written", "bytes read",
                    "head compared", "wrong", "errors"),
                   [(n, v["cipher"], v["rounds"], v["written"], v["read"], v["compared"],
                     v["wrong"], v["errors"]) for n, v in found["volumes"].items()])
    lines += [f"ESP: {esp['suites']} times up, {esp['sent']} datagrams sent, "
              f"{esp['answered']} came back, {esp['lost']} lost, {esp['wrong']} wrong; "
              f"longest wait of the sender for an answer {esp['stall_ms'] / 1000:.1f} s (the stall "
              "above also counts the start of a tunnel's programs under memory pressure); "
              f"errors counted by xfrm: {esp['errors'] or 'none'}.", "", "## Memory", "",
              f"{mem['hogs']} hogs of all memory and some swap on the card, {mem['hog_s']} s. "
              f"At rest, modules out, compared with the start, in KiB: {mem['grown_kib']}; "
              f"caches that grew: {mem['caches_kib']}. kmemleak: "
              + ("not in this kernel" if mem["kmemleak"] is None else str(mem["kmemleak"]))
              + ".", ""]
    return "\n".join(lines)


def judge(soak, growth):
    """Writes everything; 0 when all holds."""
    found = figures(soak, growth)
    bad = []
    for name, holds, why in checks(found):
        ktap.check(f"soak.{name}", holds, why)
        if not holds:
            bad.append(f"{name}: {why}")
            complain(f"not ok soak.{name} - {why}")
    ktap.check("regression-17-soak", not bad, bad[0] if bad else "")
    found["verdict"] = "failed" if bad else "passed"
    with open("/out/soak.json", "w") as file:
        json.dump(found, file, indent=1)
    with open("/out/soak-report.md", "w") as file:
        file.write(report(found, found["verdict"]))
    return 0
