#!/usr/bin/env python3
"""Runs the fuzzers: ./dev fuzz [NAME ...] [--minutes M] [--in-all] [--jobs N] [--merge].

A fuzzer is a target of tests/fuzz/targets.h, built with the preset fuzz. It begins with tests/fuzz/corpus/NAME and with
what earlier runs found, in build/fuzz/NAME/corpus. An input that breaks a target, takes longer than 10 s or more than
2 GiB is kept as build/fuzz/NAME/crash-*, timeout-* or oom-*, and the command that replays it is printed. A minute is a
minute of CPU, so that a busy machine looks no less. Each run adds a line to build/fuzz/runs.tsv: day, commit, fuzzer, CPU
seconds, executions, edges, findings; with --in-all, the minutes of the runs before count.
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
INTERRUPTED = 72  # the exit code of a fuzzer that was told to stop
RUNS = os.path.join(BUILD, "runs.tsv")
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
    symbolizer = shutil.which("llvm-symbolizer-16") or ""
    return dict(os.environ, ASAN_SYMBOLIZER_PATH=symbolizer, UBSAN_OPTIONS="print_stacktrace=1",
                ASAN_OPTIONS="detect_leaks=0")


def cpu_seconds_of(pid):
    """What a process that is not yet waited for has used; 0 when there is none."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            user, system = file.read().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    except FileNotFoundError:
        return 0.0


def cpu_seconds_before(name):
    """Of all runs of a fuzzer that were written down."""
    if not os.path.exists(RUNS):
        return 0.0
    with open(RUNS, encoding="utf-8") as file:
        return sum(float(run[3]) for run in (line.rstrip("\n").split("\t") for line in file) if run[2] == name)


class Fuzzer:
    """One fuzzer's runs until its CPU time is up, and what came of them."""

    def __init__(self, name, seconds):
        self.name, self.seconds = name, seconds
        self.folder = os.path.join(BUILD, name)
        self.corpus = os.path.join(self.folder, "corpus")
        self.executions = self.edges = 0
        self.used = 0.0  # seconds of CPU of the processes that have ended
        self.before = set(self.kept())
        self.pid = None  # of the process that runs: it is waited for only after this was set to None

    def kept(self):
        return [f for f in sorted(os.listdir(self.folder)) if FINDING.match(f)] if os.path.isdir(self.folder) else []

    def findings(self):
        return [f for f in self.kept() if f not in self.before]

    def command(self):
        return [program_of(self.name), f"-timeout={SECONDS_AN_INPUT}",
                f"-rss_limit_mb={MEGABYTES}", f"-max_len={LONGEST_INPUT}", f"-artifact_prefix={self.folder}/",
                "-print_final_stats=1", "-reload=0", self.corpus, os.path.join(CORPUS, self.name)]

    def run(self, stop):
        os.makedirs(self.corpus, exist_ok=True)
        with open(os.path.join(self.folder, "log"), "w", encoding="utf-8", errors="replace") as log:
            for _ in range(MOST_FINDINGS):
                if self.used >= self.seconds or stop.is_set() or not self.run_once(log):
                    break
        self.write_down()

    def run_once(self, log):
        """Until the time is up (False) or a finding ended it (True)."""
        done = self.executions
        process = subprocess.Popen(self.command(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                   errors="replace", env=environment(), start_new_session=True)
        self.pid = process.pid
        for line in process.stderr:
            log.write(line)
            if told := re.match(r"#(\d+)\t.* cov: (\d+)", line):
                self.executions = done + int(told.group(1))
                self.edges = max(self.edges, int(told.group(2)))
            elif told := re.match(r"stat::number_of_executed_units: (\d+)", line):
                self.executions = done + int(told.group(1))
        self.pid = None
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.used += usage.ru_utime + usage.ru_stime
        return process.returncode not in (0, INTERRUPTED)

    def interrupt(self):
        if (pid := self.pid) is not None:
            os.kill(pid, signal.SIGINT)

    def end_when_time_is_up(self):
        if (pid := self.pid) is not None and self.used + cpu_seconds_of(pid) >= self.seconds:
            self.interrupt()

    def write_down(self):
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout
        with open(RUNS, "a", encoding="utf-8") as file:
            print(time.strftime("%Y-%m-%d"), commit.strip(), self.name, f"{self.used:.0f}", self.executions, self.edges,
                  len(self.findings()), sep="\t", file=file)

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

    def __init__(self, seconds_of, jobs):
        self.waiting = collections.deque(Fuzzer(name, seconds) for name, seconds in seconds_of.items())
        self.all = list(self.waiting)
        self.jobs = jobs
        self.lock = threading.Lock()
        self.stop = threading.Event()

    def end(self):
        self.stop.set()
        for fuzzer in self.all:
            fuzzer.interrupt()

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
            for fuzzer in self.all:
                fuzzer.end_when_time_is_up()
            if time.time() - told >= PROGRESS:
                told = time.time()
                for fuzzer in self.all:
                    if fuzzer.pid is not None:
                        print(f"  {fuzzer.line()}", flush=True)
        self.summary()
        return 1 if any(fuzzer.findings() for fuzzer in self.all) else 0

    def summary(self):
        print(f"{'NAME':18} {'MINUTES':>8} {'EXECUTIONS':>12} {'EDGES':>8} {'FINDINGS':>9}")
        for fuzzer in self.all:
            print(f"{fuzzer.name:18} {fuzzer.used / 60:8.1f} {fuzzer.executions:12,} {fuzzer.edges:8,} {len(fuzzer.findings()):9}")


def main():
    parser = argparse.ArgumentParser(prog="./dev fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="fuzzers (default: all, the most serious first)")
    parser.add_argument("--minutes", type=float, default=5.0, help="of CPU, each (default 5)")
    parser.add_argument("--in-all", action="store_true", help="the minutes of earlier runs in build/fuzz/runs.tsv count")
    parser.add_argument("--jobs", type=int, default=1, help="how many at once (default 1)")
    parser.add_argument("--merge", action="store_true", help="then keep small new inputs in tests/fuzz/corpus")
    args = parser.parse_args()
    if args.minutes <= 0 or args.jobs < 1:
        parser.error("expected --minutes above 0 and --jobs of at least 1")
    known = fuzzers()
    for name in args.names:
        if name not in known:
            parser.error(f"there is no fuzzer '{name}'; there are {', '.join(known)}")
    seconds = {name: args.minutes * 60 - (cpu_seconds_before(name) if args.in_all else 0) for name in args.names or known}
    session = Session({name: left for name, left in seconds.items() if left > 0}, args.jobs)
    for which in (signal.SIGINT, signal.SIGTERM):
        signal.signal(which, lambda *_: session.end())
    code = session.run()
    if args.merge and not session.stop.is_set():
        for fuzzer in session.all:
            merge(fuzzer.name)
    sys.exit(code)


if __name__ == "__main__":
    main()
