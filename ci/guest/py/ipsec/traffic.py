# SPDX-License-Identifier: BSD-2-Clause
"""Traffic through a tunnel, both ways, and what has to be true of it."""

import contextlib
import json
import os

from measure import check, figures, say, take_evidence

HERE = os.path.dirname(os.path.abspath(__file__)) + "/"
ECHO_LOG, CLIENT_LOG, SERVER_LOG = "/tmp/echo", "/tmp/iperf-client", "/tmp/iperf"
ECHO_MORE_S = 120       # beyond what requests take that are answered at once
STREAM_MORE_S = 180
CAPTURE_S = 120         # until what was sent is in the capture

SILENCE_S = 8           # in a row, of LONG_S
PORT = 9000
SIZES = list(range(0, 130)) + [255, 256, 257, 511, 512, 513, 1000, 1023, 1024, 1025] \
    + list(range(1320, 1336))
FILE_BYTES = 1 << 20
LONG_S = 12
BURST = 400
# Small, so that a second's count is what arrived in it: 256K from one end are seconds of queue
# before the other's ACKs where a megabit per second is all there is, as on a busy host or in a debug
# kernel.
WINDOW = "32K" if "-acf-" in os.uname().release else "64K"
BLOCK = "16K"


def ranges(numbers):
    """3, 5-9 for 3, 5, 6, 7, 8, 9."""
    runs = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


class Echoes:
    """What became of each request, by its number and by what both ends say."""

    def __init__(self, asked, answered):
        self.asked, self.answered = asked, answered
        self.known = isinstance(asked, dict) and isinstance(answered, dict)
        self.lost = asked["missing"] if self.known else ["all"]

    def __str__(self):
        if not self.known:
            return f"echo.py failed: {self.asked}; its peer: {self.answered}"
        lost, came = set(self.lost), set(self.answered["came"])
        places = (("on the way to the peer", lost - came), ("on the way back", lost & came))
        return (f"{len(lost)} of {self.asked['sent']} unanswered; "
                + "".join(f"lost {place}: {ranges(which)}; " for place, which in places if which)
                + ", ".join(f"{end} {key} {value}" for end, said in
                            (("gateway", self.asked), ("peer", self.answered))
                            for key, value in said.items() if key not in ("missing", "came")))


def said_by_echo(end, status, log):
    """Its JSON; or its text, when it has not ended well."""
    text = end.call("read_text", log, 1 << 20)
    try:
        return json.loads(text.removeprefix("listening\n"))
    except ValueError:
        return f"ended with {status}: {text[-200:]}"


@contextlib.contextmanager
def echoes(local, peer, case, count, interval, size):
    """Requests and answers while the block runs; it gets a function that waits for their end.

    A count of 0: until that function is called.
    Both programs share CPU 0 with charon and are never preempted by it: see extras.rekey().
    """
    mine, yours = case.ends
    program = ["taskset", "-c", "0", "chrt", "-f", "9", "python3", "-B", HERE + "echo.py"]
    port = str(PORT + 10)
    peer.call("run_background", "echo", program + ["answer", yours, port], ECHO_LOG)
    peer.call("wait_for_text", ECHO_LOG, "listening")
    local.call("run_background", "echo", program + ["ask", mine, yours, port, str(count),
                                                    str(interval), str(size)], ECHO_LOG)

    def counted():
        patience = ECHO_MORE_S + count * interval
        status = (local.call("wait_background", "echo", patience) if count
                  else local.call("end_background", "echo", patience))
        asked = said_by_echo(local, status, ECHO_LOG)
        answered = said_by_echo(peer, peer.call("end_background", "echo"), ECHO_LOG)
        found = Echoes(asked, answered)
        figures["ipsec.sent"] += found.asked["sent"] if found.known else 1
        figures["ipsec.lost"] += len(found.lost)
        return found
    try:
        yield counted
    finally:
        for end in (local, peer):
            end.call("end_background", "echo")


def echo(local, peer, case, count=500, size=1000):
    """Every request has its answer."""
    with echoes(local, peer, case, count, 0.005, size) as counted:
        asked = counted()
    check(f"{case.name}.echo", not asked.lost, str(asked))


@contextlib.contextmanager
def stream(local, peer, case, rate=200_000):
    """One TCP connection while the block runs; it gets a function that ends and judges it.

    What hangs leaves evidence taken while it does.
    """
    mine, yours = case.ends
    received = peer.start("tcp_drain", yours, PORT + 11)
    sent = local.start("tcp_pour", mine, yours, PORT + 11, rate)

    def ended():
        local.call("stop_pouring")
        try:
            return [future.result(STREAM_MORE_S) for future in (sent, received)]
        except TimeoutError:
            take_evidence("stream")
            raise
    try:
        yield ended
    finally:
        local.call("stop_pouring")


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


def intervals(report, end):
    """Seconds and bytes of each interval of one direction.

    A guest that its host held up reports late, and the next interval is the shorter for it.
    """
    return [(i[end]["seconds"], i[end]["bytes"]) for i in report["intervals"]]


def longest_silence(one_way):
    """The most seconds in a row without data."""
    longest = now = 0
    for seconds, count in one_way:
        now = 0 if count else now + seconds
        longest = max(longest, now)
    return longest


def slowest(one_way):
    """Bits per second of the slowest interval that is about a second long."""
    return min(8 * count / seconds for seconds, count in one_way if seconds > 0.5)


def retransmits(report, end):
    return [i[end].get("retransmits", 0) for i in report["intervals"]]


def tcp(local, peer, case, seconds):
    """iperf3 in both directions at once; neither may fall silent.

    A connection that stalls is silent for good. A busy host holds a guest up for seconds,
    which is no fault of the tunnel.
    """
    mine, yours = case.ends
    peer.call("run_background", "iperf", ["iperf3", "-s", "-1", "-B", yours, "--forceflush"],
              SERVER_LOG)
    peer.call("wait_for_text", SERVER_LOG, "listening")
    local.call("run_background", "iperf-client",
               ["iperf3", "-J", "-c", yours, "-B", mine, "-t", str(seconds), "--bidir",
                "-w", WINDOW, "-l", BLOCK], CLIENT_LOG)
    status = local.call("wait_background", "iperf-client", seconds + STREAM_MORE_S)
    if status is None:
        take_evidence("iperf3")
    text = local.call("read_text", CLIENT_LOG, 1 << 22)
    local.call("end_background", "iperf-client")
    peer.call("end_background", "iperf")
    try:
        report = json.loads(text[text.index("{"):])
        ways = [intervals(report, end) for end in ("sum", "sum_bidir_reverse")]
        silence = max(longest_silence(way) for way in ways)
        least = min(slowest(way) for way in ways)
        lasted = min(sum(length for length, _ in way) for way in ways)
        mbit = sum(8 * count for way in ways for _, count in way) / lasted / 1e6
    except (ValueError, KeyError, ZeroDivisionError):
        return check(f"{case.name}.tcp-no-stall", False, f"iperf3 status {status}: {text[-200:]}")
    figures["ipsec.mbit_per_s"] = max(figures["ipsec.mbit_per_s"], mbit)
    say(f"    TCP both ways {seconds} s: {mbit:.1f} Mbit/s, slowest second {least / 1e6:.2f}")
    if not least:
        for end in ("sum", "sum_bidir_reverse"):
            say(f"    {end}: kbyte {[count // 1000 for _, count in intervals(report, end)]}"
                f" resent {retransmits(report, end)}")
    return check(f"{case.name}.tcp-no-stall",
                 silence < SILENCE_S and lasted >= seconds - 1,
                 f"{silence:.1f} seconds in a row without data, of {lasted:.1f} in all")
