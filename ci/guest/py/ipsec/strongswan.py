# SPDX-License-Identifier: BSD-2-Clause
"""charon on both ends: keys and certificates, one connection per case."""

import time

CONF = "/etc/strongswan.conf"
DIR = "/etc/swanctl/"
LOG = "/tmp/charon.log"
VICI = "/run/charon.vici"
IKE = "aes128-sha256-x25519"
PLUGINS = "random openssl pem pkcs1 pkcs8 x509 pubkey"
TERMINATE_S = 30
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


def must(end, command, timeout=60):
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
    must(end, "swanctl --initiate --child child --timeout 30")


def rekey(end):
    must(end, "swanctl --rekey --child child")


def terminate(gateway, peer):
    """Both ends, and until the kernels hold no SA any more; False if they still do."""
    gateway.call("shell", "swanctl --terminate --ike case --timeout 10")
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
