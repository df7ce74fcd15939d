# SPDX-License-Identifier: BSD-2-Clause
"""The grid: pairs of suite, mode, family, authentication and UDP encapsulation.

Nine connections meet every pair of these values; ESN has one row.
"""

import dataclasses

OUTER = {4: ("192.0.2.1", "192.0.2.2"), 6: ("2001:db8::1", "2001:db8::2")}
INNER = {4: ("10.1.0.1", "10.2.0.1"), 6: ("2001:db8:1::1", "2001:db8:2::1")}
SUBNET = {4: ("10.1.0.0/24", "10.2.0.0/24"), 6: ("2001:db8:1::/64", "2001:db8:2::/64")}

# what charon calls a suite: cipher and hash in the kernel's words
SUITES = {"aes128-sha1": ("cbc(aes)", "hmac(sha1)"),
          "aes256-sha1": ("cbc(aes)", "hmac(sha1)"),
          "3des-sha1": ("cbc(des3_ede)", "hmac(sha1)"),
          "aes128-md5": ("cbc(aes)", "hmac(md5)")}

LOAD = ["echo", "in-order", "file"]
EXTRAS = {"rekey": ["rekey-no-loss", "rekey-new-keys", "rekey-stream"],
          "forged": ["forged-dropped", "forged-icv", "forged-none-accepted"],
          "corrupted": ["corrupted-files", "corrupted-counted"],
          "large": ["large"]}


@dataclasses.dataclass(frozen=True)
class Case:
    suite: str
    mode: str
    family: int
    auth: str
    natt: bool = False
    esn: bool = False
    long: bool = False      # TCP both ways for LONG_S of traffic.py
    brief: bool = False     # no load
    extra: str = ""         # names of functions of extras.py

    @property
    def name(self):
        return "-".join([self.suite, self.mode, f"v{self.family}", self.auth]
                        + ["natt"] * self.natt + ["esn"] * self.esn)

    @property
    def checks(self):
        """Names of all results of the row, reached or not."""
        names = ["association", "by-cpu" if self.esn else "driver", "regression-12-tail-bytes",
                 "regression-7-byte-exact"]
        names += ["natt-in-udp"] * self.natt
        names += ["regression-14-dont-fragment"] * (self.family == 4)
        if not self.brief:
            names += LOAD + ["tcp-no-stall"] * self.long + ["single-pass"] * (not self.esn)
        names += ["no-errors-gateway", "no-errors-peer"]
        for extra in dict.fromkeys(self.extra.split()):
            names += EXTRAS[extra]
        return [f"{self.name}.{name}" for name in names + ["completed", "left-clean"]]

    @property
    def ends(self):
        """The addresses traffic runs between: gateway, peer."""
        return (INNER if self.mode == "tunnel" else OUTER)[self.family]

    @property
    def template(self):
        cipher, mac = SUITES[self.suite]
        return f"authenc({mac},{cipher})"

    @property
    def driver(self):
        """The algorithm that has to serve the SA, as the kernel lists it."""
        flat = self.template.translate(str.maketrans("(,", "--", ")"))
        return f"echainiv({flat}-acf)"


GRID = [
    Case("aes128-sha1", "tunnel", 4, "psk", long=True, extra="rekey forged"),
    Case("aes128-sha1", "transport", 6, "cert"),
    Case("aes256-sha1", "tunnel", 6, "psk", natt=True, long=True),
    Case("aes256-sha1", "transport", 4, "cert", extra="large"),
    Case("3des-sha1", "tunnel", 4, "cert", natt=True, extra="corrupted"),
    Case("3des-sha1", "transport", 6, "psk", long=True),
    Case("aes128-md5", "tunnel", 6, "cert", extra="rekey"),
    Case("aes128-md5", "transport", 4, "psk", natt=True, long=True),
    Case("aes128-sha1", "tunnel", 4, "cert", natt=True, esn=True),
]
DEMO = [Case("aes128-sha1", "tunnel", 4, "psk", long=True, extra="rekey")]
MUTANT = [Case("aes128-sha1", "tunnel", 4, "psk", brief=True)]
REKEY = [Case("aes128-md5", "tunnel", 6, "cert", extra="rekey rekey rekey rekey rekey rekey")]
