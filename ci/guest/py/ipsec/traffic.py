# SPDX-License-Identifier: BSD-2-Clause
"""Traffic through a tunnel, both ways, and what has to be true of it."""

import json
import os
import re

from measure import check, figures, say

SILENCE_S = 5  # in a row
PORT = 9000
SIZES = list(range(0, 130)) + [255, 256, 257, 511, 512, 513, 1000, 1023, 1024, 1025] \
    + list(range(1320, 1336))
FILE_BYTES = 1 << 20
LONG_S = 20
BURST = 400
# Small, so that a second's count is what arrived in it. In a debug kernel, which makes a
# megabit per second, 256K from one end would be seconds of queue before the other's ACKs.
WINDOW = "32K" if "-acf-" in os.uname().release else "256K"
BLOCK = "16K"


def ping_flood(local, case, count=500, size=1000):
    """Replies missing of count."""
    mine, yours = case.ends
    text = local.call("shell", f"ping -q -f -c {count} -s {size} -I {mine} {yours}", 120)[1]
    match = re.search(r"(\d+) packets transmitted, (\d+) received", text)
    sent, received = (int(match[1]), int(match[2])) if match else (count, 0)
    figures["ipsec.sent"] += sent
    figures["ipsec.lost"] += sent - received
    check(f"{case.name}.ping-flood", sent == received == count,
          f"{received} of {count} answered: " + " ".join(text.split())[-120:])


def listen(end, address, port, count, grace=0.2, echo=False):
    """Returns once the receiver is there."""
    future = end.start("udp_receive", address, port, count, grace, echo)
    end.call("wait_for_udp", port)
    return future


def burst(source, target, addresses, port):
    """As fast as they go: all arrive, in the order they were sent."""
    heard = listen(target, addresses[1], port, BURST)
    source.call("udp_stream", addresses[0], addresses[1], port, BURST, 1200, 0)
    return heard.result(60)


def order(local, peer, case):
    """Many packets of one SA at once keep their order, on either way."""
    want = {"received": BURST, "wrong": 0, "extra": 0, "late": 0}
    there = burst(local, peer, case.ends, PORT + 8)
    back = burst(peer, local, case.ends[::-1], PORT + 9)
    figures["ipsec.mismatches"] += there["wrong"] + back["wrong"]
    check(f"{case.name}.in-order", there == back == want,
          f"of {BURST}: sent {there}, received {back}")


def datagrams(local, peer, case):
    """Every length there and back, each byte compared at both ends."""
    mine, yours = case.ends
    echo = listen(peer, yours, PORT, len(SIZES), echo=True)
    asked = local.call("udp_ask", mine, yours, PORT, SIZES)
    heard = echo.result(60)
    wrong = asked["wrong"] + heard["wrong"]
    figures["ipsec.sent"] += asked["sent"]
    figures["ipsec.lost"] += asked["lost"]
    figures["ipsec.mismatches"] += wrong
    check(f"{case.name}.regression-12-tail-bytes", wrong == 0 and asked["lost"] == 0,
          f"{wrong} datagrams differ, {asked['lost']} of {asked['sent']} lost")


def copy_file(source, target, case, path, addresses, port):
    sent = source.call("make_file", path, FILE_BYTES)
    arrived = target.start("tcp_receive", addresses[1], port, path + ".copy")
    source.call("tcp_send", addresses[0], addresses[1], port, path)
    same = arrived.result(120) == sent
    figures["ipsec.mismatches"] += not same
    return same


def files(local, peer, case):
    there = copy_file(local, peer, case, "/tmp/there", case.ends, PORT + 1)
    back = copy_file(peer, local, case, "/tmp/back", case.ends[::-1], PORT + 2)
    check(f"{case.name}.file", there and back,
          f"SHA-256 differs: {'' if there else 'sent '}{'' if back else 'received'}")


def rates(report, end):
    """Bit rates of one direction, one per second."""
    return [i[end]["bits_per_second"] for i in report["intervals"] if i[end]["seconds"] > 0.5]


def longest_silence(one_way):
    """The most seconds in a row without data."""
    longest = now = 0
    for rate in one_way:
        now = now + 1 if rate <= 0 else 0
        longest = max(longest, now)
    return longest


def retransmits(report, end):
    return [i[end].get("retransmits", 0) for i in report["intervals"]]


def tcp(local, peer, case, seconds):
    """iperf3 in both directions at once; neither may fall silent.

    A connection that stalls is silent for good. A busy host holds a guest up for a second
    or two, which is no fault of the tunnel.
    """
    mine, yours = case.ends
    log = "/tmp/iperf"
    peer.call("run_background", "iperf", ["iperf3", "-s", "-1", "-B", yours, "--forceflush"], log)
    peer.call("wait_for_text", log, "listening")
    status, text = local.call("shell", f"iperf3 -J -c {yours} -B {mine} -t {seconds} --bidir"
                              f" -w {WINDOW} -l {BLOCK}",
                              seconds + 60)
    peer.call("end_background", "iperf")
    try:
        report = json.loads(text[text.index("{"):])
        there, back = rates(report, "sum"), rates(report, "sum_bidir_reverse")
        both = there + back
        silence = max(longest_silence(there), longest_silence(back))
        slowest = min(both)
        mbit = sum(both) / seconds / 1e6
    except (ValueError, KeyError, IndexError):
        return check(f"{case.name}.tcp", False, f"iperf3 status {status}: {text[-200:]}")
    figures["ipsec.mbit_per_s"] = max(figures["ipsec.mbit_per_s"], mbit)
    say(f"    TCP both ways {seconds} s: {mbit:.1f} Mbit/s, slowest second {slowest / 1e6:.2f}")
    if not slowest:
        for end in ("sum", "sum_bidir_reverse"):
            say(f"    {end}: kbit/s {[int(r / 1e3) for r in rates(report, end)]}"
                f" resent {retransmits(report, end)}")
    return check(f"{case.name}.tcp-no-stall",
                 silence < SILENCE_S and len(both) >= 2 * (seconds - 1),
                 f"{silence} seconds in a row without data, of {len(both)} in all")
