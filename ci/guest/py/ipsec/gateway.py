# SPDX-License-Identifier: BSD-2-Clause
"""Runs on the gateway: brings each connection up, sends traffic, judges both ends."""

import functools
import sys
import time
import traceback

import cases
import crypto_list
import extras
import ktap
import strongswan
import traffic
from measure import (card_commands, check, close_row, figures, open_row, say, take_evidence,
                     witnesses, write_figures)
from remote import Local, Peer

CAPTURE = "/tmp/wire.pcap"
NEAR_ONE = (0.98, 1.02)
DATAGRAMS = 2 * len(traffic.SIZES)     # there and back


def bring_up(local, peer, case):
    gateway, other = cases.OUTER[case.family]
    near, far = cases.SUBNET[case.family]
    strongswan.load(peer, strongswan.connection(case, other, gateway, far, near, "peer"))
    strongswan.load(local, strongswan.connection(case, gateway, other, near, far, "gateway"))
    strongswan.initiate(local)


def check_association(local, case):
    """What was asked for is what the kernel got."""
    cipher, mac = cases.SUITES[case.suite]
    sas = local.call("security_associations")
    right = [sa for sa in sas if sa["enc"] == cipher and sa["auth"] == mac
             and sa["mode"] == case.mode and sa["esn"] == case.esn and sa["encap"] == case.natt]
    check(f"{case.name}.association", len(sas) == len(right) == 2,
          "not as configured: " + "; ".join(
              f"{sa['enc']} {sa['auth']} {sa['mode']} esn={sa['esn']} natt={sa['encap']}"
              for sa in sas))
    return right


def check_driver(case):
    """Which implementation serves the SA."""
    if case.esn:
        served = crypto_list.drivers(f"echainiv(authencesn{case.template[len('authenc'):]})")
        return check(f"{case.name}.by-cpu", served and "authencesn" in served[0], str(served))
    served = crypto_list.drivers(f"echainiv({case.template})")
    return check(f"{case.name}.driver", served[:1] == [case.driver],
                 f"{served[:1]} instead of {case.driver}")


def packets_of(local):
    return sum(sa["packets"] for sa in local.call("security_associations"))


def counted(local, case, work):
    """One command of the card per packet of the SAs, while work runs."""
    commands, packets = card_commands(), packets_of(local)
    work()
    commands, packets = card_commands() - commands, packets_of(local) - packets
    figures["ipsec.packets"] += packets
    if case.esn:
        return
    figures["ipsec.commands"] += commands
    figures["ipsec.sa_packets"] += packets
    share = commands / packets if packets else 0
    check(f"{case.name}.single-pass", NEAR_ONE[0] <= share <= NEAR_ONE[1],
          f"{commands} commands for {packets} packets")


def captured(peer):
    """What the wire carried, when all that was sent is in the file: tcpdump may come late."""
    deadline = time.monotonic() + traffic.CAPTURE_S
    while True:
        sas = peer.call("security_associations")
        found = peer.call("check_capture", CAPTURE, sas, traffic.SIZES)
        if found["checked"] >= DATAGRAMS or time.monotonic() > deadline:
            return found
        time.sleep(0.5)


def capture(peer, case, work):
    """What the wire carries meanwhile, as the peer sees it."""
    peer.call("run_background", "tcpdump",
              ["tcpdump", "-i", "wire", "-U", "--immediate-mode", "-B", "8192", "-s", "0",
               "-w", CAPTURE, "esp or udp port 4500"], "/tmp/tcpdump")
    try:
        peer.call("wait_for_text", "/tmp/tcpdump", "listening")
        work()
        found = captured(peer)
    finally:
        peer.call("end_background", "tcpdump")
    check(f"{case.name}.regression-7-byte-exact",
          found["faults"] == 0 and found["checked"] >= DATAGRAMS, str(found))
    if case.natt:
        check(f"{case.name}.natt-in-udp", found["natt"] == found["packets"] > 0, str(found))
    if case.family == 4:
        check(f"{case.name}.regression-14-dont-fragment",
              found["packets"] > 0 and found["fragmentable"] == 0,
              f"{found['fragmentable']} of {found['packets']} packets lack it")


def check_errors(local, peer, case, before):
    for name, end, old in (("gateway", local, before[0]), ("peer", peer, before[1])):
        moved = extras.errors_since(end, old)
        check(f"{case.name}.no-errors-{name}", not moved, str(moved))


def run_case(local, peer, case):
    say(case.name)
    before = local.call("xfrm_errors"), peer.call("xfrm_errors")
    bring_up(local, peer, case)
    check_association(local, case)
    check_driver(case)
    capture(peer, case, lambda: traffic.datagrams(local, peer, case))

    def load():
        traffic.echo(local, peer, case)
        traffic.order(local, peer, case)
        traffic.files(local, peer, case)
        if case.long:
            traffic.tcp(local, peer, case, traffic.LONG_S)
    if not case.brief:
        counted(local, case, load)
    check_errors(local, peer, case, before)
    for name in case.extra.split():
        getattr(extras, name)(local, peer, case)


def leave(local, peer):
    """Nothing of the row is left for the next one, whatever became of it."""
    try:
        clean = all([end.call("end_all") for end in (local, peer)])
        if strongswan.terminate(local, peer) and clean:
            return True
    except Exception:  # of whatever kind: the next row needs both ends
        traceback.print_exc()
    take_evidence("leave")
    try:
        strongswan.restart(local, peer)
    except Exception:  # the rows that follow will say so, each for itself
        traceback.print_exc()
    return False


def try_case(local, peer, case):
    """All results of the row's plan come, and the rows after it run in any case."""
    open_row(case.name, case.checks)
    why = ""
    try:
        run_case(local, peer, case)
    except Exception as error:  # a row may fail in any way
        traceback.print_exc()
        why = f"{type(error).__name__}: {error}"
    check(f"{case.name}.completed", not why, why)
    check(f"{case.name}.left-clean", leave(local, peer),
          "programs, sockets or connections had to be ended by force")
    close_row(why or "the row ended before")


def chosen(words):
    lists = {"grid": cases.GRID, "demo": cases.DEMO, "mutant": cases.MUTANT, "rekey": cases.REKEY}
    for word in words:
        named = lists.get(word, [c for c in cases.GRID if c.name == word])
        if not named:
            sys.exit(f"no case {word}; there are: "
                     + " ".join(list(lists) + [c.name for c in cases.GRID]))
        yield from named


def prepare():
    """Both ends with a daemon each."""
    local, peer = Local(), Peer("198.51.100.2")
    witnesses.update({name: functools.partial(end.call, "observe")
                      for name, end in (("gateway", local), ("peer", peer))})
    say("certificates and daemons")
    strongswan.must(local, "mkdir -p /etc/swanctl")
    for end in (local, peer):
        strongswan.start(end)
    strongswan.install_certificates(local, peer)
    return local, peer


def main():
    wanted = [case for case in chosen(sys.argv[1:]) if ktap.wanted(case.name)]
    try:
        local, peer = prepare()
    except Exception as error:
        for case in wanted:
            with ktap.part(case.name):
                open_row(case.name, case.checks)
                close_row(f"{type(error).__name__}: {error}")
        raise
    for case in wanted:
        with ktap.part(case.name):
            try_case(local, peer, case)
        write_figures()
    for end in (local, peer):
        strongswan.stop(end)
    say("end")


if __name__ == "__main__":
    main()
