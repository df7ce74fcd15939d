# SPDX-License-Identifier: BSD-2-Clause
"""Rows of the grid that fail in every way there is: none vanishes, the next one runs."""

import fcntl
import json
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest
from unittest import mock

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "../..")]
import cases  # noqa: E402
import echo  # noqa: E402
import ends  # noqa: E402
import extras  # noqa: E402
import gateway  # noqa: E402
import measure  # noqa: E402
import strongswan  # noqa: E402
import traffic  # noqa: E402
from remote import Local, PeerError  # noqa: E402

FAILURES = (subprocess.TimeoutExpired("iperf3", 60), ends.Hung("no end"), TimeoutError(),
            PeerError("gone"), strongswan.Failed("no proposal"), KeyError("spi"),
            ValueError("no JSON"), OSError(5, "Input/output error"), AssertionError())


class Rows(unittest.TestCase):
    def setUp(self):
        directory = self.enterContext(tempfile.TemporaryDirectory())
        self.results = directory + "/results"
        open(self.results + ".part", "w").close()
        self.enterContext(mock.patch.dict(os.environ, RESULTS=self.results, PART_PREFIX=""))
        for name, value in (("OUT", directory), ("EVIDENCE_APART_S", 0)):
            self.enterContext(mock.patch.object(measure, name, value))
        self.enterContext(mock.patch.object(gateway.traceback, "print_exc"))
        self.enterContext(mock.patch.object(strongswan, "terminate", return_value=True))
        self.restart = self.enterContext(mock.patch.object(strongswan, "restart"))
        self.enterContext(mock.patch("builtins.print"))
        self.directory = directory
        self.peer = mock.Mock()
        self.peer.call.return_value = True
        measure.witnesses.clear()
        measure.witnesses["peer"] = lambda: "what the peer says"

    def run_rows(self, works):
        """The grid; works[i] is what row i does: a function or an exception to raise."""
        def run_case(local, peer, case):
            work = works[cases.GRID.index(case)]
            if isinstance(work, BaseException):
                raise work
            work(case)
        with mock.patch.object(gateway, "run_case", run_case):
            for case in cases.GRID[:len(works)]:
                gateway.try_case(self.peer, self.peer, case)

    def lines(self):
        with open(self.results) as file:
            return file.read().splitlines()

    @staticmethod
    def passes(case):
        for name in case.checks[:-2]:
            measure.check(name, True, "")

    def names(self, verdict):
        found = [re.match(r" *(ok|not ok) \d+ ipsec\.([^ ]*)", line) for line in self.lines()]
        return [match[2] for match in found if match and match[1] == verdict]

    def test_every_failure_leaves_all_results_and_the_next_row(self):
        for failure in FAILURES:
            with self.subTest(failure):
                open(self.results, "w").close()
                self.run_rows([failure, self.passes])
                first, second = cases.GRID[:2]
                self.assertEqual(sorted(self.names("ok")),
                                 sorted(second.checks + [first.checks[-1]]))
                self.assertEqual(sorted(self.names("not ok")), sorted(first.checks[:-1]))

    def test_a_check_that_is_not_made_fails(self):
        self.run_rows([lambda case: [measure.check(n, True, "") for n in case.checks[1:-2]]])
        self.assertEqual(self.names("not ok"), cases.GRID[0].checks[:1])

    def test_a_check_outside_the_plan_fails(self):
        def more(case):
            self.passes(case)
            measure.check(case.name + ".unheard-of", True, "")
        self.run_rows([more])
        self.assertEqual(self.names("not ok"), [cases.GRID[0].name + ".unheard-of"])

    def test_leaving_fails_without_taking_the_next_row_along(self):
        self.peer.call.side_effect = PeerError("gone")
        self.restart.side_effect = PeerError("gone")
        self.run_rows([self.passes, self.passes])
        self.assertEqual(self.names("not ok"), [c.checks[-1] for c in cases.GRID[:2]])

    def test_a_failed_row_leaves_evidence(self):
        self.run_rows([ends.Hung("no end"), self.passes])
        found = os.listdir(f"{self.directory}/evidence/{cases.GRID[0].name}")
        self.assertEqual(sorted(found), ["1-completed-peer-1", "1-completed-peer-2"])
        self.assertFalse(os.path.exists(f"{self.directory}/evidence/{cases.GRID[1].name}"))

    def test_evidence_that_fails_is_no_failure_of_its_own(self):
        measure.witnesses["peer"] = mock.Mock(side_effect=PeerError("gone"))
        self.run_rows([ends.Hung("no end")])
        with open(f"{self.directory}/evidence/{cases.GRID[0].name}/1-completed-peer-1") as file:
            self.assertIn("gone", file.read())

    def test_damage_on_the_wire_ends_with_a_copy_that_does_not(self):
        end = mock.Mock()
        end.call.return_value = [0, ""]
        case = next(c for c in cases.GRID if c.extra == "corrupted")
        with mock.patch.object(extras, "copy_file", side_effect=TimeoutError), \
                self.assertRaises(TimeoutError):
            extras.corrupted(end, end, case)
        commands = [c.args[1] for c in end.call.call_args_list if c.args[0] == "shell"]
        self.assertEqual(len([c for c in commands if "netem corrupt" in c]), 2)
        self.assertEqual(commands[-2:], ["tc qdisc del dev wire root"] * 2)

    def test_lost_echoes_are_placed(self):
        said = traffic.Echoes({"sent": 9, "missing": [2, 5, 6, 7], "dropped_by_socket": 0},
                              {"came": [0, 1, 5, 6, 7], "dropped_by_socket": 3})
        self.assertIn("lost on the way to the peer: 2; lost on the way back: 5-7", str(said))
        self.assertIn("peer dropped_by_socket 3", str(said))

    def test_an_echo_program_that_fails_is_a_loss(self):
        said = traffic.Echoes("ended with 1: no such address", {"came": []})
        self.assertTrue(said.lost)
        self.assertIn("no such address", str(said))

    def test_plans_have_no_name_twice(self):
        for case in cases.GRID + cases.DEMO + cases.MUTANT:
            self.assertEqual(len(case.checks), len(set(case.checks)), case.name)


class Daemon:
    """An end whose daemon says what it is told to, one answer per question, the last for ever."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.rekeyed = 0

    def call(self, name, command, timeout=120):
        if "--rekey" in command:
            self.rekeyed += 1
            return [0, ""]
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [0, "list-sa event {case {uniqueid=1 state=ESTABLISHED child-sas {" + " ".join(
            f"child-{n} {{name=child uniqueid={n} reqid=1 state={state} mode=TUNNEL "
            f"protocol=ESP spi-in={near} spi-out={far} encr-alg=AES_CBC}}"
            for n, (state, near, far) in enumerate(answer)) + "}}}"]


class Rekeying(unittest.TestCase):
    OLD, OLD_THERE = ("INSTALLED", "a1", "b1"), ("INSTALLED", "b1", "a1")
    NEW, NEW_THERE = ("INSTALLED", "a2", "b2"), ("INSTALLED", "b2", "a2")
    GONE, GONE_THERE = ("DELETED", "a1", ""), ("DELETED", "b1", "")

    def setUp(self):
        self.enterContext(mock.patch.object(strongswan, "REKEY_S", 1))
        self.enterContext(mock.patch.object(strongswan.time, "sleep"))

    def test_is_done_when_both_ends_have_left_the_old_keys(self):
        end = Daemon([self.OLD], [self.OLD], [("REKEYED", "a1", "b1"), self.NEW],
                     [self.GONE, self.NEW])
        other = Daemon([self.OLD_THERE], [("REKEYED", "b1", "a1"), self.NEW_THERE],
                       [self.GONE_THERE, self.NEW_THERE])
        strongswan.rekey(end, other)
        self.assertEqual((end.rekeyed, len(end.answers), len(other.answers)), (1, 1, 1))

    def test_is_not_done_while_the_delete_is_under_way(self):
        """The next one would have strongSwan go back to the old keys."""
        end = Daemon([self.OLD], [("DELETING", "a1", "b1"), self.NEW])
        other = Daemon([("REKEYED", "b1", "a1"), self.NEW_THERE])
        with self.assertRaisesRegex(strongswan.Failed, "DELETING.*REKEYED"):
            strongswan.rekey(end, other)

    def test_is_not_done_with_the_same_keys(self):
        with self.assertRaises(strongswan.Failed):
            strongswan.rekey(Daemon([self.OLD]), Daemon([self.OLD_THERE]))

    def test_is_not_done_when_the_ends_use_different_keys(self):
        with self.assertRaises(strongswan.Failed):
            strongswan.rekey(Daemon([self.OLD], [self.GONE, self.NEW]),
                             Daemon([self.GONE_THERE, ("INSTALLED", "b3", "a3")]))

    def test_old_keys_that_stay_are_named(self):
        end = mock.Mock()
        end.call.return_value = [1, 2, 3]
        with mock.patch.object(strongswan, "OLD_KEYS_S", 0.1), \
                self.assertRaisesRegex(strongswan.Failed, "still there"):
            strongswan.wait_for_two(end, end)


class Stream(unittest.TestCase):
    """What iperf3 tells of its time."""

    def judged(self, there, back):
        """Each way a list of seconds and bytes."""
        report = {"intervals": [{end: {"seconds": seconds, "bytes": count}
                                 for end, (seconds, count) in zip(("sum", "sum_bidir_reverse"), pair)}
                                for pair in zip(there, back)]}
        end = mock.Mock()
        end.call.side_effect = lambda name, *_: json.dumps(report) if name == "read_text" else 0
        with mock.patch.object(traffic, "check", lambda name, passed, reason: passed), \
                mock.patch("builtins.print"):
            return traffic.tcp(end, end, cases.GRID[0], traffic.LONG_S)

    def test_data_all_the_time(self):
        self.assertTrue(self.judged([(1, 9e6)] * 12, [(1, 1e6)] * 12))

    def test_a_way_that_falls_silent(self):
        silent = [(1, 1e6)] * 4 + [(1, 0)] * 8
        self.assertFalse(self.judged([(1, 9e6)] * 12, silent))
        self.assertFalse(self.judged(silent, [(1, 9e6)] * 12))

    def test_a_host_that_had_no_time(self):
        late = [(1, 1e6)] * 3 + [(5.8, 0), (0.2, 1e6)] + [(1, 1e6)] * 3
        self.assertTrue(self.judged(late, late))

    def test_a_report_of_less(self):
        self.assertFalse(self.judged([(1, 1e6)] * 10, [(1, 1e6)] * 10))
        self.assertFalse(self.judged([], []))


class Ends(unittest.TestCase):
    def test_a_command_that_does_not_end_is_killed_with_its_children(self):
        with tempfile.NamedTemporaryFile() as file:
            with self.assertRaisesRegex(ends.Hung, "said: hello"):
                ends.shell(f"echo hello; (sleep 2; echo late >{file.name}) & sleep 30", 0.5)
            ends.time.sleep(2.5)
            self.assertEqual(file.read(), b"")

    def test_end_all_takes_receivers_and_programs(self):
        udp = Local.start("udp_receive", "127.0.0.1", 9999, 1, 0.1, False)
        tcp = Local.start("tcp_receive", "127.0.0.1", 9999, "/dev/null")
        ends.run_background("sleeper", ["sleep", "100"], "/dev/null")
        ends.wait_for_udp(9999)
        self.assertTrue(ends.wait_until(lambda: len(ends.ended) == 2, 5))
        self.assertTrue(ends.end_all())
        self.assertEqual(udp.result(1)["received"], 0)
        self.assertIsInstance(tcp.exception(1), OSError)
        self.assertEqual(ends.programs(), {})

    def test_echoes_are_counted_by_number(self):
        case = mock.Mock(ends=("127.0.0.1", "127.0.0.1"))
        peer = mock.Mock()
        peer.call = lambda name, *args: getattr(ends, name)(*[f"{a}.peer" if a in (
            "echo", traffic.ECHO_LOG) else a for a in args])
        with traffic.echoes(Local, peer, case, 30, 0.01, 600) as counted:
            found = counted()
        self.assertEqual((found.lost, sorted(found.answered["came"])), ([], list(range(30))))
        self.assertEqual(found.asked["sent"], 30)

    def test_each_lost_echo_is_named(self):
        def answer_but(skipped):
            for _ in range(20):
                data, sender = sock.recvfrom(65535)
                if echo.NUMBER.unpack_from(data)[0] not in skipped:
                    sock.sendto(data, sender)
        with echo.bound("127.0.0.1", 0) as sock, mock.patch.object(echo, "LINGER_S", 0.2):
            thread = threading.Thread(target=answer_but, args=((3, 7),), daemon=True)
            thread.start()
            asker = echo.Asker("127.0.0.1", "127.0.0.1", sock.getsockname()[1], 600)
            self.assertEqual(asker.run(20, 0.001)["missing"], [3, 7])
            asker.sock.close()
            thread.join(5)

    def test_a_stream_is_compared_byte_by_byte(self):
        case = mock.Mock(ends=("127.0.0.1", "127.0.0.1"))
        with traffic.stream(Local, Local, case, 10_000_000) as ended:
            ends.time.sleep(0.3)
            sent, received = ended()
        self.assertEqual(sent, received)
        self.assertGreater(sent[0], 0)

    def test_echoes_go_on_until_they_are_told(self):
        case = mock.Mock(ends=("127.0.0.1", "127.0.0.1"))
        peer = mock.Mock()
        peer.call = lambda name, *args: getattr(ends, name)(*[f"{a}.peer" if a in (
            "echo", traffic.ECHO_LOG) else a for a in args])
        with traffic.echoes(Local, peer, case, 0, 0.01, 600) as counted:
            ends.time.sleep(1)
            found = counted()
        self.assertEqual(found.lost, [])
        self.assertGreater(found.asked["sent"], 10)
        self.assertEqual(len(found.answered["came"]), found.asked["sent"])

    def test_what_is_not_there_in_time_is_named(self):
        with self.assertRaisesRegex(ends.Hung, "9998"):
            ends.wait_for_udp(9998, 0.1)
        with self.assertRaisesRegex(ends.Hung, "listening"):
            ends.wait_for_text("/dev/null", "listening", 0.1)


def loopback_up():
    """Of a network made for these tests, where no ip(8) is. netdevice(7)"""
    siocgifflags, siocsifflags, iff_up = 0x8913, 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        name, flags = struct.unpack("16sh", fcntl.ioctl(sock, siocgifflags,
                                                        struct.pack("16sh", b"lo", 0)))
        if not flags & iff_up:
            fcntl.ioctl(sock, siocsifflags, struct.pack("16sh", name, flags | iff_up))


if __name__ == "__main__":
    loopback_up()
    unittest.main()
