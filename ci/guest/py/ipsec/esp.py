# SPDX-License-Identifier: BSD-2-Clause
"""Captured ESP packets, checked byte by byte against user-space cryptography (RFC 4303)."""

import hashlib
import hmac
import struct
import subprocess

ESP, UDP, NATT_PORT = 50, 17, 4500
ICV = 12                        # 96 bits
TUNNELED = (4, 41)
OPENSSL = {("cbc(aes)", 16): "-aes-128-cbc", ("cbc(aes)", 32): "-aes-256-cbc",
           ("cbc(des3_ede)", 24): "-des-ede3-cbc"}


class Packet:
    """One ESP packet of a capture."""

    def __init__(self, frame):
        self.outer = frame[14:]
        self.version = self.outer[0] >> 4
        if self.version == 4:
            head, proto = (self.outer[0] & 15) * 4, self.outer[9]
            end = struct.unpack_from("!H", self.outer, 2)[0]
            self.dont_fragment = bool(self.outer[6] & 0x40)
            self.fragment = bool(struct.unpack_from("!H", self.outer, 6)[0] & 0x3fff)
        else:
            head, proto = 40, self.outer[6]
            end = 40 + struct.unpack_from("!H", self.outer, 4)[0]
            self.dont_fragment, self.fragment = None, proto == 44
        self.natt = proto == UDP
        if self.natt:
            head += 8
        self.esp = self.outer[head:end]
        self.spi, self.sequence = struct.unpack_from("!II", self.esp)

    @staticmethod
    def is_esp(frame):
        """ESP, bare or in UDP on port 4500 and neither IKE nor a keep-alive."""
        kind = struct.unpack_from("!H", frame, 12)[0]
        if kind == 0x0800:
            proto, payload = frame[23], 14 + (frame[14] & 15) * 4
        elif kind == 0x86dd:
            proto, payload = frame[20], 54
        else:
            return False
        if proto == UDP:
            ports = struct.unpack_from("!HH", frame, payload)
            marker = frame[payload + 8:payload + 12]
            return NATT_PORT in ports and marker not in (b"\0" * 4, b"\xff")
        return proto == ESP


def read_capture(path):
    """Frames of a pcap file of this machine's byte order."""
    with open(path, "rb") as file:
        data = file.read()
    offset = 24
    while offset + 16 <= len(data):
        size = struct.unpack_from("=I", data, offset + 8)[0]
        yield data[offset + 16:offset + 16 + size]
        offset += 16 + size


def decrypt(sa, packets):
    """Plain texts; one openssl for all, as CBC needs only the block before."""
    iv = 16 if "aes" in sa["enc"] else 8
    key = sa["enc_key"]
    stream = b"".join(p.esp[8:-ICV] for p in packets)
    plain = subprocess.run(
        ["openssl", "enc", "-d", "-nopad", OPENSSL[sa["enc"], len(key) // 2], "-K", key,
         "-iv", "00" * iv], input=stream, stdout=subprocess.PIPE, check=True).stdout
    texts, offset = [], 0
    for packet in packets:
        size = len(packet.esp) - 8 - ICV
        texts.append(plain[offset + iv:offset + size])
        offset += size
    return texts


def icv_of(sa, packet):
    digest = hashlib.md5 if "md5" in sa["auth"] else hashlib.sha1
    high = b"\0" * 4 if sa["esn"] else b""
    return hmac.new(bytes.fromhex(sa["auth_key"]), packet.esp[:-ICV] + high, digest).digest()[:ICV]


def trailer_fault(text, next_headers, block):
    """Padding 1, 2, 3, ..., its length, the next header; no more than needed."""
    pad, following = text[-2], text[-1]
    if pad + 2 > len(text) or text[len(text) - 2 - pad:-2] != bytes(range(1, pad + 1)):
        return "padding"
    if pad >= block:
        return f"{pad} bytes of padding"
    return None if following in next_headers else f"next header {following}"


def inner_payload(text, tunnel, version):
    """UDP payload of the packet inside, None if it is no UDP."""
    body = text[:len(text) - 2 - text[-2]]
    if tunnel:
        head, proto = ((body[0] & 15) * 4, body[9]) if version == 4 else (40, body[6])
        size = struct.unpack_from("!H", body, 2 if version == 4 else 4)[0] + (version == 6) * 40
        if size != len(body):
            raise ValueError(f"{len(body)} bytes inside where its header says {size}")
    else:
        head, proto = 0, text[-1]
    if proto != UDP:
        return None
    if struct.unpack_from("!H", body, head + 4)[0] != len(body) - head:
        raise ValueError(f"{len(body) - head} bytes of UDP where its header says otherwise")
    return body[head + 8:]


def check_association(sa, packets, expected, faults):
    tunnel, checked = sa["mode"] == "tunnel", 0
    block = 16 if "aes" in sa["enc"] else 8
    ivs = {packet.esp[8:8 + block] for packet in packets if not packet.fragment}
    if len(ivs) < sum(not packet.fragment for packet in packets):
        faults.append("an IV came twice")
    whole = [p for p in packets if not p.fragment and not (len(p.esp) - 8 - ICV) % block]
    for packet in packets:
        if not packet.fragment and (len(packet.esp) - 8 - ICV) % block:
            faults.append(f"length {len(packet.esp)}")
    for packet, text in zip(whole, decrypt(sa, whole)):
        if not hmac.compare_digest(icv_of(sa, packet), packet.esp[-ICV:]):
            faults.append(f"ICV of {packet.sequence}")
        fault = trailer_fault(text, TUNNELED if tunnel else (UDP, 1, 6, 58), block)
        if fault:
            faults.append(f"{fault} of {packet.sequence}")
            continue
        try:
            payload = inner_payload(text, tunnel, packet.version)
        except ValueError as error:
            faults.append(str(error))
            continue
        if payload is not None:
            checked += 1
            if payload not in expected:
                faults.append(f"payload of {packet.sequence}")
    return checked


def check_capture(path, associations, lengths):
    """Every ESP packet that carries one of the datagrams of those lengths."""
    from ends import pattern
    expected = {pattern(number, length) for number, length in enumerate(lengths)}
    packets = [Packet(f) for f in read_capture(path) if Packet.is_esp(f)]
    faults, checked, fragmentable = [], 0, 0
    for sa in associations:
        mine = [p for p in packets if p.spi == int(sa["spi"], 16)]
        if mine:
            checked += check_association(sa, mine, expected, faults)
        fragmentable += sum(p.dont_fragment is False for p in mine)
    return {"packets": len(packets), "checked": checked, "faults": len(faults),
            "first": faults[:3], "fragmentable": fragmentable,
            "natt": sum(p.natt for p in packets)}
