#!/usr/bin/env python3
"""Runs fresh seeds of the simulation and of the properties until the time is up: ./dev sweep [--hours H] [--jobs N].

Programs stand in BUILD/tests. The simulation takes --seed N [--live] and prints what it found; a property takes
--seed N --cases M and prints "M cases, F failed"; so does the attack walk, tests/sweep/attack_walk.py, which runs the
programs of BUILD/bin. What fails is kept in build/sweep/failures.txt, a command a line.
"""
import argparse
import collections
import os
import re
import signal
import subprocess
import sys
import threading
import time

PROPERTIES = {"verdict_sweep": 20000, "evidence_sweep": 200, "attack_walk": 1}  # program: cases of one run
ATTACK_WALK = os.path.join("tests", "sweep", "attack_walk.py")
PROPERTY_SHARE = 0.15  # of the time, each
PROGRESS = 60  # seconds between two lines
KEPT = os.path.join("build", "sweep", "failures.txt")


def attack_walk(build):
    """The command of the attack walk, or None where the programs that it attacks are not built."""
    programs = os.path.join(build, "bin")
    return [ATTACK_WALK, programs] if os.path.exists(os.path.join(programs, "doublezero-activator")) else None


def find(build, name):
    """The program of that name below BUILD, or None."""
    for folder, _, files in os.walk(build):
        if name in files and os.access(os.path.join(folder, name), os.X_OK):
            return os.path.join(folder, name)
    return None


class Sweep:
    """What was run and what came of it. Workers share it under one lock."""

    def __init__(self, args, simulation, properties):
        self.args, self.simulation, self.properties = args, simulation, properties
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.started = time.time()
        self.seed = args.seed if args.seed is not None else int(self.started)
        self.cpu = collections.Counter()
        self.spent = collections.Counter()  # seconds by the clock: the attack walk waits more than it computes
        self.seeds = collections.Counter()
        self.cases = collections.Counter()
        self.faults = collections.Counter()
        self.simulated = 0.0  # seconds
        self.failures = []

    def next_run(self):
        """(kind, command) of what has had the least of its share."""
        with self.lock:
            seed = self.seed
            self.seed += 1
            total = sum(self.spent.values()) or 1.0
            for name, program in self.properties.items():
                if self.spent[name] < PROPERTY_SHARE * total:
                    cases = PROPERTIES[name]
                    return name, [*program, "--seed", str(seed * cases), "--cases", str(cases)]
        live = ["--live"] if seed % 3 == 0 else []
        return "live" if live else "rfc", [self.simulation, "--seed", str(seed)] + live

    def take(self, kind, command, output, code, cpu):
        with self.lock:
            self.cpu[kind] += cpu
            if kind in self.properties:
                told = re.search(r"^(\d+) cases, (\d+) failed", output, re.M)
                self.cases[kind] += int(told.group(1)) if told else 0
            else:
                self.seeds[kind] += 1
                told = re.search(r"^simulated=(\d+)", output, re.M)
                self.simulated += int(told.group(1)) if told else 0
                for name, count in re.findall(r"^fault (.+)=(\d+)$", output, re.M):
                    self.faults[name] += int(count)
            if code == 0 and told:
                return
            why = re.search(r"^(?:PROBLEM|FAILED) (.*)$", output, re.M)
            words = why.group(1) if why else f"ended with {code}"
            self.failures.append((" ".join(command), words))
            with open(KEPT, "a", encoding="utf-8") as kept:
                kept.write(f"{' '.join(command)}  # {words}\n")
            print(f"FAILED {' '.join(command)}: {words}", flush=True)

    def work(self):
        while not self.stop.is_set():
            kind, command = self.next_run()
            begin = time.time()
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  errors="replace", start_new_session=True) as process:
                output = process.stdout.read()
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            with self.lock:
                self.spent[kind] += time.time() - begin
            self.take(kind, command, output, process.returncode, usage.ru_utime + usage.ru_stime)

    def line(self):
        with self.lock:
            cases = ", ".join(f"{n} {self.cases[n]:,} cases" for n in self.properties)
            return (f"{(time.time() - self.started) / 60:.0f} min, {sum(self.cpu.values()) / 3600:.2f} CPU h: "
                    f"{self.simulated / 86400:.1f} days simulated, {self.seeds['rfc']} seeds of profile rfc, "
                    f"{self.seeds['live']} of v0.34; {cases}; {len(self.failures)} failed")

    def summary(self):
        print(self.line())
        cpu = self.cpu["rfc"] + self.cpu["live"]
        if cpu:
            print(f"{self.simulated / cpu / 3600:.1f} simulated hours a CPU second")
        for name, count in sorted(self.faults.items()):
            print(f"  {name}: {count:,}")
        for command, words in self.failures:
            print(f"FAILED {command}: {words}")
        if self.failures:
            print(f"The commands are in {KEPT}.")

    def run(self):
        end = self.started + self.args.hours * 3600
        workers = [threading.Thread(target=self.work, daemon=True) for _ in range(self.args.jobs)]
        for worker in workers:
            worker.start()
        signal.signal(signal.SIGINT, lambda *_: self.stop.set())
        signal.signal(signal.SIGTERM, lambda *_: self.stop.set())
        told = self.started
        while not self.stop.is_set() and time.time() < end:
            self.stop.wait(min(1.0, max(0.0, end - time.time())))
            if time.time() - told >= PROGRESS:
                told = time.time()
                print(self.line(), flush=True)
        self.stop.set()
        for worker in workers:
            worker.join()
        self.summary()
        return 1 if self.failures else 0


def main():
    parser = argparse.ArgumentParser(prog="./dev sweep", description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=1.0, help="for how long (default 1)")
    parser.add_argument("--jobs", type=int, default=1, help="how many programs at once (default 1)")
    parser.add_argument("--seed", type=int, help="where the seeds begin (default: the time)")
    parser.add_argument("--build", default="build/release", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.hours <= 0 or args.jobs < 1:
        parser.error("expected --hours above 0 and --jobs of at least 1")
    simulation = find(args.build, "simulation_test")
    if simulation is None:
        sys.exit(f"sweep: expected simulation_test below {args.build}, found none; run ./dev build simulation_test")
    properties = {}
    for name in PROPERTIES:
        program = find(args.build, name)
        command = attack_walk(args.build) if name == "attack_walk" else program and [program]
        if command is None:
            print(f"sweep: there is no {name} below {args.build}: its property is left out")
        else:
            properties[name] = command
    os.makedirs(os.path.dirname(KEPT), exist_ok=True)
    sys.exit(Sweep(args, simulation, properties).run())


if __name__ == "__main__":
    main()
