# SPDX-License-Identifier: BSD-2-Clause
"""What only some rows of the grid run: rekeying, forgeries, damage, large packets."""

import contextlib
import time

import strongswan
from measure import check, figures, say
from traffic import PORT, copy_file, echoes, listen, stream

REKEYS = 4
FORGERIES = 800
GENUINE = 400


def rekey(local, peer, case):
    """New keys while echoes and a TCP stream run, until the last old ones are gone, and on.

    Linux refuses a packet (XfrmOutStateInvalid) whose old SA is deleted by another CPU
    between its lookup and its output, with any cipher: so charon has to share a CPU with
    the sender and cannot come between.
    """
    before = {sa["spi"] for sa in local.call("security_associations")}
    errors = local.call("xfrm_errors"), peer.call("xfrm_errors")
    with stream(local, peer, case) as ended, \
            echoes(local, peer, case, 0, 0.01, 600) as counted:
        for number in range(REKEYS):
            time.sleep(1)
            strongswan.rekey(*((local, peer) if number % 2 == 0 else (peer, local)))
        strongswan.wait_for_two(local, peer)
        time.sleep(1)
        asked = counted()
        moved = errors_since(local, errors[0]), errors_since(peer, errors[1])
        check(f"{case.name}.rekey-no-loss", not asked.lost,
              f"{asked}; counters of gateway, peer: {moved}")
        spis = {sa["spi"] for sa in local.call("security_associations")}
        check(f"{case.name}.rekey-new-keys", len(spis) == 2 and not spis & before,
              f"had {before}, has {spis}")
        sent, received = ended()
    check(f"{case.name}.rekey-stream", sent == received and sent[0] > 0,
          f"sent {sent}, received {received}")


def errors_since(end, before):
    """Counters of /proc/net/xfrm_stat that moved."""
    return {k: v - before[k] for k, v in end.call("xfrm_errors").items() if v != before[k]}


def forged(local, peer, case):
    """Forged, truncated and replayed packets among genuine ones: all are dropped and counted."""
    mine, yours = case.ends
    before = local.call("xfrm_errors")
    heard = listen(local, mine, PORT + 4, GENUINE, 2)
    forger = peer.start("forge", FORGERIES, 5, 60)
    load = peer.start("shell", f"ping -q -i 0.004 -c 1500 -s 900 -I {yours} {mine}")
    peer.call("udp_stream", yours, mine, PORT + 4, GENUINE, 700, 0.01)
    sent = forger.result(90)
    load.result(90)
    got = heard.result(60)
    time.sleep(0.5)
    moved = errors_since(local, before)
    dropped = sum(moved.values())
    say(f"    {sent} forgeries: " + ", ".join(f"{k} {v}" for k, v in moved.items()))
    figures["ipsec.mismatches"] += got["wrong"]
    check(f"{case.name}.forged-dropped", sent == FORGERIES and dropped == sent,
          f"{sent} sent, {dropped} counted: {moved}")
    check(f"{case.name}.forged-icv", moved.get("XfrmInStateProtoError", 0) > FORGERIES / 2,
          f"authentication refused only {moved}")
    check(f"{case.name}.forged-none-accepted",
          (got["received"], got["wrong"], got["extra"]) == (GENUINE, 0, 0), f"{got} of {GENUINE}")


def corrupted(local, peer, case):
    """Bits flip on the wire in both directions while files are copied."""
    before = local.call("xfrm_errors")
    with damage(local), damage(peer):
        there = copy_file(local, peer, case, "/tmp/damaged", case.ends, PORT + 5)
        back = copy_file(peer, local, case, "/tmp/damaged", case.ends[::-1], PORT + 6)
    moved = errors_since(local, before)
    say(f"    damaged on the wire: {moved}")
    check(f"{case.name}.corrupted-files", there and back, "a damaged packet got through")
    check(f"{case.name}.corrupted-counted", moved.get("XfrmInStateProtoError", 0) > 0,
          f"nothing was refused: {moved}")


@contextlib.contextmanager
def damage(end):
    """Until the end of the block, whatever ends it."""
    strongswan.must(end, "modprobe sch_netem; tc qdisc add dev wire root netem corrupt 3%")
    try:
        yield
    finally:
        strongswan.must(end, "tc qdisc del dev wire root")


def large(local, peer, case):
    """Transport mode enciphers before it fragments: packets up to the 64 KiB of IP."""
    mine, yours = case.ends
    sizes = [4000, 16000, 32000, 50000, 65000]
    echo = listen(peer, yours, PORT + 7, len(sizes), echo=True)
    asked = local.call("udp_ask", mine, yours, PORT + 7, sizes)
    heard = echo.result(60)
    figures["ipsec.mismatches"] += asked["wrong"] + heard["wrong"]
    check(f"{case.name}.large", asked["lost"] == asked["wrong"] == heard["wrong"] == 0,
          f"sent {asked}, heard {heard}")
