# SPDX-License-Identifier: BSD-2-Clause
"""charon on both ends: keys and certificates, one connection per case."""

import re
import time

CONF = "/etc/strongswan.conf"
DIR = "/etc/swanctl/"
LOG = "/tmp/charon.log"
VICI = "/run/charon.vici"
IKE = "aes128-sha256-x25519"
PLUGINS = "random openssl pem pkcs1 pkcs8 x509 pubkey"
TERMINATE_S = 120
REKEY_S = 120
OLD_KEYS_S = 120    # delete_rekeyed_delay is 5
CHILD = re.compile(r"child-\d+ \{name=child [^}]*?state=(\w+)[^}]*?spi-in=(\w+) spi-out=(\w*)")
TEST_KEY = "for this test only"

GENERAL = f"""
charon {{
  load_modular = no
  load = {PLUGINS} nonce constraints kernel-netlink socket-default vici
  retransmit_timeout = 2
  filelog {{
    log {{
      path = {LOG}
      default = 1
      flush_line = yes
    }}
  }}
}}
swanctl {{
  load = {PLUGINS}
}}
pki {{
  load = {PLUGINS}
}}
"""

CONNECTION = """
connections {{
  case {{
    version = 2
    local_addrs = {local}
    remote_addrs = {remote}
    proposals = {ike}
    encap = {encap}
    mobike = no
    local {{
      {auth}
      id = {me}
    }}
    remote {{
      {remote_auth}
      id = {you}
    }}
    children {{
      child {{
        {selectors}
        mode = {mode}
        esp_proposals = {esp}
        replay_window = 1024
      }}
    }}
  }}
}}
secrets {{
  ike-test {{
    secret = "{key}"
  }}
}}
"""

SELECTORS = """local_ts = {}
        remote_ts = {}"""

# Runs on the gateway; what the peer needs of it is sent over.
MAKE_CERTIFICATES = """
set -e
mkdir -p /tmp/pki
cd /tmp/pki
for who in ca gateway peer; do pki --gen --type ed25519 --outform pem >$who.key; done
pki --self --in ca.key --type ed25519 --dn "CN=test CA" --ca --outform pem >ca.crt
for who in gateway peer; do
  pki --pub --in $who.key --outform pem >$who.pub
  pki --issue --in $who.pub --type pub --cacert ca.crt --cakey ca.key --dn "CN=$who" \
    --san $who --outform pem >$who.crt
done
"""


class Failed(Exception):
    """What charon or swanctl said."""


def must(end, command, timeout=120):
    status, text = end.call("shell", command, timeout)
    if status:
        raise Failed(f"{' '.join(command.split())[:60]}: {' '.join(text.split())[:400]}")
    return text


def install_certificates(gateway, peer):
    must(gateway, MAKE_CERTIFICATES)
    for end, who in ((gateway, "gateway"), (peer, "peer")):
        for source, place in (("ca.crt", "x509ca/ca.pem"), (f"{who}.crt", "x509/me.pem"),
                              (f"{who}.key", "private/me.pem")):
            with open("/tmp/pki/" + source) as file:
                end.call("write_file", DIR + place, file.read())


def start(end):
    end.call("write_file", CONF, GENERAL)
    end.call("run_background", "charon", ["taskset", "-c", "0", "/usr/lib/ipsec/charon"],
             "/tmp/charon.out")
    if not end.call("wait_for_file", VICI):
        raise Failed("charon does not start: " + must(end, f"tail -n 3 {LOG} /tmp/charon.out"))


def stop(end):
    end.call("end_background", "charon")


def connection(case, mine, yours, inner_mine, inner_yours, who):
    other = {"gateway": "peer", "peer": "gateway"}[who]
    tunnel = case.mode == "tunnel"
    cert = case.auth == "cert"
    return CONNECTION.format(
        local=mine, remote=yours, ike=IKE, encap="yes" if case.natt else "no",
        me=who, you=other, mode=case.mode, key=TEST_KEY,
        auth="auth = pubkey\n      certs = me.pem" if cert else "auth = psk",
        remote_auth="auth = pubkey" if cert else "auth = psk",
        selectors=SELECTORS.format(inner_mine, inner_yours) if tunnel else "",
        esp=case.suite + ("-esn" if case.esn else ""))


def load(end, text):
    end.call("write_file", DIR + "swanctl.conf", text)
    must(end, "swanctl --load-all --noprompt")


def initiate(end):
    must(end, "swanctl --initiate --child child --timeout 100")


def children(end):
    """State, SPI in and SPI out of each CHILD_SA."""
    return CHILD.findall(must(end, "swanctl --list-sas --raw"))


def in_use(found):
    """SPIs of the one CHILD_SA that is installed; None while another is not done with.

    DELETED are those both ends have taken leave of, kept for packets that come late.
    """
    spis = [spi for state, *spi in found if state == "INSTALLED"]
    rest = [state for state, *_ in found if state not in ("INSTALLED", "DELETED")]
    return spis[0] if len(spis) == 1 and not rest else None


def rekey(end, other):
    """New keys, until both ends use them and have taken leave of the old ones.

    Not before: an end that is told to rekey a CHILD_SA while the peer's DELETE of its
    predecessor is still under way takes it for one that the peer has to delete, goes back
    to the predecessor's outbound SA and deletes nothing (strongSwan 6.0.1, child_delete.c,
    build_i). The peer removes that SA delete_rekeyed_delay later, 5 s, and from then on
    nothing gets through.
    """
    before = in_use(children(end))
    must(end, "swanctl --rekey --child child")
    deadline = time.monotonic() + REKEY_S
    while True:
        mine, yours = children(end), children(other)
        now = in_use(mine)
        if now and now != before and now[::-1] == in_use(yours):
            return
        if time.monotonic() > deadline:
            raise Failed(f"not rekeyed after {REKEY_S} s: had {before}, now {mine}; "
                         f"the other end {yours}")


def wait_for_two(*ends):
    """Nothing is left of older keys: one SA each way."""
    deadline = time.monotonic() + OLD_KEYS_S
    while any(len(end.call("security_associations")) != 2 for end in ends):
        if time.monotonic() > deadline:
            raise Failed(f"old SAs are still there after {OLD_KEYS_S} s")
        time.sleep(0.2)


def terminate(gateway, peer):
    """Both ends, and until the kernels hold no SA any more; False if they still do."""
    gateway.call("shell", "swanctl --terminate --ike case --timeout 100")
    deadline = time.monotonic() + TERMINATE_S
    while any(end.call("security_associations") for end in (gateway, peer)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def restart(*ends):
    """Both daemons anew, and nothing of theirs in the kernels."""
    for end in ends:
        stop(end)
        must(end, f"rm -f {VICI}; ip xfrm state flush; ip xfrm policy flush")
        start(end)
