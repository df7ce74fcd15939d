# SPDX-License-Identifier: BSD-2-Clause
"""Runs stages side by side, and ends them as a whole when their time is over."""

import os
import signal
import subprocess
import sys
import threading
import time

GRACE_S = 30        # from SIGTERM, which collects results, to SIGKILL
OUT = "build/test"


class Clock:
    """Minutes since the start, and the deadline, 0 for none. A signal is a deadline too."""

    def __init__(self, deadline):
        self.begin = self.ready = time.monotonic()
        self.deadline = deadline * 60
        self.why = f"{deadline:g} minutes are over (--deadline)"
        self.preparing = True

    def obey(self, number, _frame):
        """A handler of signals."""
        self.deadline, self.why = self.elapsed(), signal.Signals(number).name
        if self.preparing:
            raise KeyboardInterrupt

    def stages_begin(self):
        self.ready = time.monotonic()
        self.preparing = False

    def elapsed(self):
        return time.monotonic() - self.begin

    def prepared(self):
        return self.ready - self.begin

    def left(self):
        """Seconds, or None without a deadline."""
        return max(0.1, self.deadline - self.elapsed()) if self.deadline else None

    def over(self):
        return bool(self.deadline) and self.elapsed() >= self.deadline


class Run:
    """One stage: its process, output, times, and why it did not end by itself."""

    def __init__(self, stage, parts, wanted, lane, args, seed):
        self.stage, self.parts, self.wanted = stage, parts, wanted
        self.ended = ""
        self.wall = self.cpu = 0.0
        self.status = None
        self.results = os.path.abspath(f"{OUT}/{stage.name}.ktap")
        self.mark = f"ACF_TEST_STAGE={stage.name}.{os.getpid()}"
        self.environment = dict(os.environ, **stage.environment)
        self.environment.update(self.settings(lane, args, seed))

    def settings(self, lane, args, seed):
        key, _, value = self.mark.partition("=")
        left_out = [] if args.text else [name for name in self.parts or {}
                                         if name not in self.wanted]
        return {"STAGE": self.stage.plan, "RESULTS": self.results, "SEED": seed, "LANE": lane,
                "WHERE": self.stage.where, "FULL": "1" if lane == "full" else "",
                "VCARD_SAN": sanitized(lane), "PART_PREFIX": "",
                "ONLY": " ".join(self.wanted) if args.text and self.wanted else "",
                "LEFT_OUT": " ".join(left_out), key: value}

    def start_results(self):
        """The head of the file: version, and how many parts there will be."""
        for stale in ("", ".part", ".guests"):
            if os.path.exists(self.results + stale):
                os.unlink(self.results + stale)
        with open(self.results, "w") as file:
            file.write("KTAP version 1\n")
            if self.wanted is not None:
                file.write(f"1..{len(self.wanted)}\n")

    def run(self, clock):
        self.start_results()
        begin = time.monotonic()
        print(f"=== {self.stage.name}", flush=True)
        process = subprocess.Popen([self.stage.script], env=self.environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        output = threading.Thread(target=self.copy_output, args=(process.stdout,), daemon=True)
        output.start()
        usage = self.wait(process, begin, clock)
        output.join(5)
        self.wall = time.monotonic() - begin
        self.cpu = usage.ru_utime + usage.ru_stime

    def copy_output(self, stream):
        log = open(f"{OUT}/{self.stage.name}.log", "wb")
        with log, stream:
            for line in stream:
                log.write(line)
                sys.stdout.buffer.write(f"{self.stage.name}: ".encode() + line)
                sys.stdout.buffer.flush()

    def wait(self, process, begin, clock):
        """Until it ends, or has to be ended; what it and all it waited for used."""
        asked = None
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                process.returncode = self.status = os.waitstatus_to_exitcode(status)
                if asked:
                    self.let_collect(asked)
                self.end_strays()   # nobody waits for them any more
                return usage
            now = time.monotonic()
            if asked is None:
                if clock.over():
                    self.ended = f"ended: {clock.why}"
                elif now - begin > self.stage.limit * 60:
                    self.ended = f"ended: its limit is {self.stage.limit} minutes"
                if self.ended:
                    asked = now
                    send(process.pid, signal.SIGTERM)
            elif now - asked > GRACE_S:
                send(process.pid, signal.SIGKILL)
                self.end_strays()
            time.sleep(0.2)

    def let_collect(self, asked):
        """A shell ends at once when it is asked to, whoever runs its guest has results to bring."""
        while self.strays() and time.monotonic() - asked < GRACE_S:
            time.sleep(0.2)

    def strays(self):
        """Whatever has our mark in its environment, whether it left the session or not."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    if self.mark.encode() in file.read().split(b"\0"):
                        found.append(int(pid))
            except OSError:
                pass
        return found

    def end_strays(self):
        for pid in self.strays():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass


def sanitized(lane):
    """VCARD_SAN: guests of the full lane have a card with sanitizers."""
    return "1" if lane == "full" else ""


def prepared(words, clock, **more):
    """Status and output of a command, which the deadline ends as a whole."""
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, start_new_session=True, text=True,
                               **more)
    try:
        said = process.communicate(timeout=clock.left())[0]
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        send(process.pid, signal.SIGTERM)
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            pass
        send(process.pid, signal.SIGKILL)
        said = process.communicate()[0]
    return process.returncode, said or ""


def send(session, number):
    """To all of a session's process group; parts of it may be root's."""
    try:
        os.killpg(session, number)
    except ProcessLookupError:
        pass
    except PermissionError:
        subprocess.run(["sudo", "-n", "kill", f"-{int(number)}", "--", f"-{session}"],
                       check=False, stderr=subprocess.DEVNULL)


def run_side_by_side(chosen, missing, args, seed, clock, report):
    """As many at once as there are jobs, in the order they come in but for guests, which wait for
    what builds their modules; those that look at what the others left come last, one by one."""
    os.makedirs(OUT, exist_ok=True)
    runs = [Run(stage, parts, wanted, lane, args, seed)
            for stage, parts, wanted, lane in chosen]
    waiting = [run for run in runs if not run.stage.after_others]
    building = [run for run in waiting if run.stage.before_guests]
    waiting = building + [run for run in waiting if run not in building]
    lock = threading.Condition()

    def one(run):
        lacking = [missing[name] for name in run.stage.kernels() + run.stage.modules()
                   if name in missing]
        try:
            if lacking:
                run.ended = lacking[0]
            elif clock.over():
                run.ended = f"not begun: {clock.why}"
            else:
                run.run(clock)
        finally:
            with lock:
                if run in building:
                    building.remove(run)
                lock.notify_all()
        with lock:
            report.add(run)

    def next_run():
        """None at the end. With the lock held, which is let go of while there is nothing to do."""
        while waiting:
            for run in waiting:
                if run.stage.where == "host" or not building:
                    waiting.remove(run)
                    return run
            lock.wait()
        return None

    def worker():
        while True:
            with lock:
                run = next_run()
            if run is None:
                return
            one(run)

    threads = [threading.Thread(target=worker) for _ in range(args.jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for run in runs:
        if run.stage.after_others:
            one(run)
