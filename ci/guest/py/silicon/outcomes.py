# SPDX-License-Identifier: BSD-2-Clause
"""What becomes of a card that is not as modelled, where it is not "works": by knob and value."""

MACS = ["md5", "sha1", "hmac(md5)", "hmac(sha1)"]
CIPHERS = ["aes", "des", "des3_ede"]
AUTHENC = [f"authenc(hmac({digest}),cbc({cipher}))" for digest in ("md5", "sha1")
           for cipher in CIPHERS]
FEEDBACK = [f"{mode}({cipher})" for mode in ("cfb", "ofb") for cipher in CIPHERS]

DROPPED = {
    "full-mac=truncated": MACS + AUTHENC,
    "mac-place=24": MACS + AUTHENC,
    "hash=hangs": MACS,
    "feedback=swapped": FEEDBACK,
    "feedback=hangs": FEEDBACK,
}

REFUSED = {
    "power-level=0x1000": "its unlock level is 0x1000, for DES and hashes alone",
    "reset-level=1": "its unlock level is 0x1000, for DES and hashes alone",
}

# What becomes of these depends on which command is hit: any outcome, but no wrong data, and in time.
ANY = {
    "parity=told",      # one command in 16 is wrong
    "rings=320",        # the command that meets the end of a lap hangs
}
