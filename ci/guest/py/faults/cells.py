# SPDX-License-Identifier: BSD-2-Clause
"""What is crossed with what: users of the card, faults, and what has to come of each."""

from dataclasses import dataclass

from loads import Stress, Tunnel, Volume

AES, MAC = 16, 20
K = 40      # the command that is struck: requests before it are done, many are behind it


def volume(place, card, software, key_bytes, tag=0):
    return lambda: Volume(place, card, software, key_bytes, tag)


@dataclass(frozen=True)
class Cell:
    user: str
    kind: str
    place: str
    load: object = None     # makes it
    reason: str = ""        # why there is none

    @property
    def name(self):
        return f"{self.user}.{self.kind}.{self.place}"


CELLS = [
    *(Cell("dm-crypt", "skcipher", place,
           volume(place, "cbc-aes-acf", "cbc(aes-generic)", AES)) for place in ("in", "out")),
    *(Cell("dm-crypt", "hash", place,
           volume(place, "authenc(hmac-sha1-acf,cbc(camellia-generic))",
                  "authenc(hmac(sha1-generic),cbc(camellia-generic))", MAC + AES, MAC))
      for place in ("in", "out")),
    *(Cell("dm-crypt", "aead", place,
           volume(place, "authenc(hmac(sha1),cbc(aes))",
                  "authenc(hmac(sha1-generic),cbc(aes-generic))", MAC + AES, MAC))
      for place in ("in", "out")),
    Cell("esp", "skcipher", "in", lambda: Tunnel("sha256-aes")),
    Cell("esp", "skcipher", "out", reason="echainiv copies the packet, then enciphers in place;"
         " esp_input deciphers in place"),
    Cell("esp", "hash", "in", lambda: Tunnel("sha1-camellia")),
    Cell("esp", "hash", "out", reason="a hash writes no data"),
    Cell("esp", "aead", "in", lambda: Tunnel("sha1-aes")),
    Cell("esp", "aead", "out", reason="as with skcipher: echainiv, esp_input"),
    *(Cell("stress", kind, place, lambda kind=kind, place=place: Stress(kind, place))
      for kind in ("skcipher", "aead") for place in ("in", "out")),
    Cell("stress", "hash", "in", lambda: Stress("hash", "in")),
    Cell("stress", "hash", "out", reason="a hash writes no data"),
]


@dataclass(frozen=True)
class Fault:
    name: str               # of the counter that has to rise
    specs: tuple            # set in this order
    sign: str = ""          # the driver's counter that has to rise in every row
    over: str = ""          # the driver's counter that has to rise in some row
    dead: bool | None = False   # the card is given up; None: that depends on the load
    damage: bool = False    # data goes wrong that no driver can tell from right
    esp_specs: tuple = ()   # for ESP, instead
    tries: int = 1          # loads until it has struck, where its moment is up to chance

    def specs_for(self, cell):
        return cell.user == "esp" and self.esp_specs or self.specs

    def reason_against(self, cell):
        """Why the fault cannot strike this user; or nothing."""
        if cell.kind == "hash" and self.name in NEEDS_DESTINATION:
            return "a hash command has no destination"
        return ""


def at(name, **more):
    return Fault(name, (f"{name}:{K}",), **more)


def damage(name, command):
    """ESP's commands come in no fixed order: some of each kind are struck."""
    return Fault(name, (f"{name}:{command}",), damage=True, esp_specs=(name + "%8",))


def on_reset(name, spec, **more):
    """Strikes when the card is reset, which a stuck engine makes happen."""
    return Fault(name, (spec, f"stuck:{K}"), sign="resets", **more)


NEEDS_DESTINATION = ("stuck-dst", "abort-dst", "no-valid-dst")

FAULTS = [
    Fault("lost-irq", ("lost-irq%1",), sign="lost_irq"),
    Fault("late-irq", ("late-irq:400000%1",), over="lost_irq"),
    # while the interrupt is open: a busy host may poll through a whole load
    Fault("spurious-irq", ("spurious-irq:1",), tries=5),
    *(at(name, sign="resets") for name in
      ("stuck", "stuck-cmd", "stuck-src", "stuck-dst", "stuck-res",
       "abort", "abort-src", "abort-dst", "abort-res",
       "no-valid", "no-valid-cmd", "no-valid-src", "no-valid-dst")),
    at("no-result", sign="result_none"),
    at("overrun", sign="result_overrun"),
    at("starved", sign="result_starved"),
    at("bad-residual", sign="result_residual"),
    damage("corrupt-at", K + 1),
    damage("corrupt-in", K),
    on_reset("slow-reset", "slow-reset:20000"),
    on_reset("back-locked", "back-locked:1"),
    on_reset("pll-stuck", "pll-stuck", dead=None),
    on_reset("back-sealed", "back-sealed:1", dead=True),
    at("gone", dead=True),
]


def must_detect(fault, cell):
    """Damage that must not pass as right data, since a MAC covers it. Others cannot tell.

    A MAC is made over ciphertext: it shows what went wrong with it after it was made
    (corrupt-at, enciphering) and before it was checked (corrupt-in, deciphering). The
    stress load enciphers odd and deciphers even commands. ESP does both; but what it
    enciphers first becomes the packet's IV (echainiv), which may be anything before the
    MAC is made.
    """
    if cell.kind == "hash":
        return cell.user != "stress"
    if cell.kind != "aead":
        return False
    if cell.user == "dm-crypt":
        return (fault.name == "corrupt-at") == (cell.place == "out")
    return cell.user == "stress" or fault.name == "corrupt-in"
