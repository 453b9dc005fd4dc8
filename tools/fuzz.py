#!/usr/bin/env python3
"""Runs the fuzzers: ./dev fuzz [NAME ...] [--minutes M] [--jobs N] [--merge].

A fuzzer is a target of tests/fuzz/targets.h, built with the preset fuzz. It begins with tests/fuzz/corpus/NAME and with
what earlier runs found, in build/fuzz/NAME/corpus. An input that breaks a target, takes longer than 10 s or more than
2 GiB is kept as build/fuzz/NAME/crash-*, timeout-* or oom-*, and the command that replays it is printed.
"""
import argparse
import collections
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

BUILD = os.path.join("build", "fuzz")
CORPUS = os.path.join("tests", "fuzz", "corpus")
FINDING = re.compile(r"^(crash|timeout|oom|leak)-")
SECONDS_AN_INPUT = 10
MEGABYTES = 2048
LONGEST_INPUT = 65536  # bytes: a cost that is not linear shows well before
MOST_FINDINGS = 5  # of one run of a fuzzer: it ends at each, and begins again
MOST_FILES, MOST_BYTES, LONGEST_KEPT = 20, 60000, 4096  # of a corpus that is kept
PROGRESS = 30  # seconds between two lines

# The most serious first: what a stranger can send, then what a store or a node can, then files.
ORDER = ["line_protocol", "json_rpc", "snapshot", "influxdb", "clickhouse", "prometheus", "row_reader", "http", "websocket",
         "execution", "transactions", "rpc_answers", "journal"]


def program_of(name):
    return os.path.join(BUILD, "tests", "fuzz", f"fuzz_{name}")


def fuzzers():
    """The names of all that are built, in the order in which they run."""
    folder = os.path.dirname(program_of("x"))
    found = sorted(f[len("fuzz_"):] for f in os.listdir(folder) if f.startswith("fuzz_") and "." not in f
                   and os.path.isdir(os.path.join(CORPUS, f[len("fuzz_"):])))
    return sorted(found, key=lambda n: ORDER.index(n) if n in ORDER else len(ORDER))


def environment():
    """Where the sanitizers find the program that names lines. Leaks are what the tests with the preset asan look for."""
    symbolizer = shutil.which("llvm-symbolizer-14") or ""
    return dict(os.environ, ASAN_SYMBOLIZER_PATH=symbolizer, UBSAN_OPTIONS="print_stacktrace=1",
                ASAN_OPTIONS="detect_leaks=0")


class Fuzzer:
    """One fuzzer's runs until its time is up, and what came of them."""

    def __init__(self, name, seconds):
        self.name, self.seconds = name, seconds
        self.folder = os.path.join(BUILD, name)
        self.corpus = os.path.join(self.folder, "corpus")
        self.executions = self.edges = self.ran = 0
        self.before = set(self.kept())
        self.process = None

    def kept(self):
        return [f for f in sorted(os.listdir(self.folder)) if FINDING.match(f)] if os.path.isdir(self.folder) else []

    def findings(self):
        return [f for f in self.kept() if f not in self.before]

    def command(self, seconds):
        return [program_of(self.name), f"-max_total_time={max(1, int(seconds))}", f"-timeout={SECONDS_AN_INPUT}",
                f"-rss_limit_mb={MEGABYTES}", f"-max_len={LONGEST_INPUT}", f"-artifact_prefix={self.folder}/",
                "-print_final_stats=1", "-reload=0", self.corpus, os.path.join(CORPUS, self.name)]

    def run(self, stop):
        os.makedirs(self.corpus, exist_ok=True)
        started = time.time()
        with open(os.path.join(self.folder, "log"), "w", encoding="utf-8", errors="replace") as log:
            for _ in range(MOST_FINDINGS):
                left = started + self.seconds - time.time()
                if left < 1 or stop.is_set() or not self.run_once(left, log):
                    break
        self.ran = time.time() - started

    def run_once(self, seconds, log):
        """Until the time is up (False) or a finding ended it (True)."""
        done = self.executions
        with subprocess.Popen(self.command(seconds), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              errors="replace", env=environment(), start_new_session=True) as self.process:
            for line in self.process.stderr:
                log.write(line)
                if told := re.match(r"#(\d+)\t.* cov: (\d+)", line):
                    self.executions = done + int(told.group(1))
                    self.edges = max(self.edges, int(told.group(2)))
                elif told := re.match(r"stat::number_of_executed_units: (\d+)", line):
                    self.executions = done + int(told.group(1))
        return self.process.returncode != 0

    def line(self):
        found = len(self.findings())
        return f"{self.name}: {self.executions:,} executions, {self.edges:,} edges, {found} finding{'' if found == 1 else 's'}"


def merge(name):
    """Small inputs of earlier runs that reach what the kept corpus does not, into the kept corpus, up to its limits."""
    kept, chosen = os.path.join(CORPUS, name), os.path.join(BUILD, name, "merged")
    shutil.rmtree(chosen, ignore_errors=True)
    os.makedirs(chosen)
    for file in os.listdir(kept):
        shutil.copy(os.path.join(kept, file), chosen)
    before = set(os.listdir(chosen))
    subprocess.run([program_of(name), "-merge=1", f"-max_len={LONGEST_KEPT}", chosen, os.path.join(BUILD, name, "corpus")],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
    size = sum(os.path.getsize(os.path.join(kept, f)) for f in os.listdir(kept))
    count, added = len(os.listdir(kept)), 0
    for file in sorted(set(os.listdir(chosen)) - before, key=lambda f: -os.path.getsize(os.path.join(chosen, f))):
        bytes_ = os.path.getsize(os.path.join(chosen, file))
        if count + added < MOST_FILES and size + bytes_ <= MOST_BYTES:
            shutil.copy(os.path.join(chosen, file), os.path.join(kept, f"found-{file[:12]}"))
            size, added = size + bytes_, added + 1
    print(f"{name}: {added} inputs added to {kept}", flush=True)


class Session:
    """The fuzzers that were asked for, some at a time."""

    def __init__(self, names, seconds, jobs):
        self.waiting = collections.deque(Fuzzer(name, seconds) for name in names)
        self.all = list(self.waiting)
        self.jobs = jobs
        self.lock = threading.Lock()
        self.stop = threading.Event()

    def end(self):
        self.stop.set()
        for fuzzer in self.all:
            if fuzzer.process is not None and fuzzer.process.poll() is None:
                fuzzer.process.send_signal(signal.SIGINT)

    def work(self):
        while not self.stop.is_set():
            with self.lock:
                if not self.waiting:
                    return
                fuzzer = self.waiting.popleft()
            fuzzer.run(self.stop)
            print(f"done, {fuzzer.line()}", flush=True)
            for file in fuzzer.findings():
                print(f"  FOUND; replay: {program_of(fuzzer.name)} {os.path.join(fuzzer.folder, file)}", flush=True)

    def run(self):
        workers = [threading.Thread(target=self.work) for _ in range(self.jobs)]
        for worker in workers:
            worker.start()
        told = time.time()
        while any(worker.is_alive() for worker in workers):
            workers[0].join(0.5)
            self.stop.wait(0 if workers[0].is_alive() else 0.5)
            if time.time() - told >= PROGRESS:
                told = time.time()
                for fuzzer in self.all:
                    if fuzzer.process is not None and fuzzer.process.poll() is None:
                        print(f"  {fuzzer.line()}", flush=True)
        self.summary()
        return 1 if any(fuzzer.findings() for fuzzer in self.all) else 0

    def summary(self):
        print(f"{'NAME':18} {'MINUTES':>8} {'EXECUTIONS':>12} {'EDGES':>8} {'FINDINGS':>9}")
        for fuzzer in self.all:
            print(f"{fuzzer.name:18} {fuzzer.ran / 60:8.1f} {fuzzer.executions:12,} {fuzzer.edges:8,} {len(fuzzer.findings()):9}")


def main():
    parser = argparse.ArgumentParser(prog="./dev fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="fuzzers (default: all, the most serious first)")
    parser.add_argument("--minutes", type=float, default=5.0, help="for how long, each (default 5)")
    parser.add_argument("--jobs", type=int, default=1, help="how many at once (default 1)")
    parser.add_argument("--merge", action="store_true", help="then keep small new inputs in tests/fuzz/corpus")
    args = parser.parse_args()
    if args.minutes <= 0 or args.jobs < 1:
        parser.error("expected --minutes above 0 and --jobs of at least 1")
    known = fuzzers()
    for name in args.names:
        if name not in known:
            parser.error(f"there is no fuzzer '{name}'; there are {', '.join(known)}")
    session = Session(args.names or known, args.minutes * 60, args.jobs)
    for which in (signal.SIGINT, signal.SIGTERM):
        signal.signal(which, lambda *_: session.end())
    code = session.run()
    if args.merge and not session.stop.is_set():
        for fuzzer in session.all:
            merge(fuzzer.name)
    sys.exit(code)


if __name__ == "__main__":
    main()
