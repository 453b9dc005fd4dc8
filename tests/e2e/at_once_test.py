#!/usr/bin/env python3
"""Several misfortunes at once. A device that nobody knows writes, the disk is full, and neither the ledger's node nor a
webhook answers: every write of a known device is refused within 20 ms (p99), for a row is only taken once it is durable.
What was acknowledged is there afterwards, also after kill -9, and the monitor is well again by itself. Then the three
daemons are abused with little memory: they refuse, and none of them ends.

The disk is full as far as the monitor can tell: none of its files may grow (RLIMIT_FSIZE).

Usage: at_once_test.py DOUBLEZERO DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR DOUBLEZERO_ACTIVATOR
"""

import http.client
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "bench"))
from abuse_bench import PROGRAM_ACCOUNTS, Place, batch, chunks, post, posts, reads_nothing  # noqa: E402
from cli_lifecycle_test import check, onboarded_shell, start_ledger  # noqa: E402
from hanging_dependency_test import SETTINGS, SLOW, Relay, Rows, Silent, devices_on, kept_entries  # noqa: E402
from notify_test import wait_for  # noqa: E402

WRITES = 200
MOST = 0.02 * SLOW  # seconds, p99 of a write
STRANGER = "11111111111111111111111111111112"
ROOM = 48 << 20  # bytes of memory that a daemon gets beside what it has


class Daemon:
    """A write beyond a limit of its files fails and is no signal, as on a full disk."""

    def __init__(self, name, arguments, folder):
        ports = pathlib.Path(folder) / f"{name}.ports"
        ports.unlink(missing_ok=True)
        self.process = subprocess.Popen([*arguments, "--ports-file", str(ports)], stderr=subprocess.DEVNULL,
                                        restore_signals=False)
        wait_for(lambda: ports.exists() and ports.read_text().strip(), f"the {name} listens")
        self.port = json.loads(ports.read_text())["http"]

    def ask(self, method, path, body=None):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.request(method, path, body)
        answer = line.getresponse()
        found = answer.status, answer.read().decode()
        line.close()
        return found

    def limit(self, what, most):
        resource.prlimit(self.process.pid, what, (most, resource.RLIM_INFINITY))


def times_of(monitor, rows, count, expected):
    """Of so many writes, each with this status, sorted."""
    times = []
    for _ in range(count):
        row = rows.next()
        begin = time.monotonic()
        status, said = monitor.ask("POST", "/write?db=dz", row)
        times.append(time.monotonic() - begin)
        check(status == expected, f"expected {expected}, found {status}: {said}")
        time.sleep(0.005)
    return sorted(times)


def all_at_once(monitor, relay, rows, folder):
    acknowledged = kept_entries(folder)
    relay.set("silent")
    wait_for(lambda: relay.hung > 0, "the monitor waits for the ledger")
    monitor.limit(resource.RLIMIT_FSIZE, 4096)
    over, said = threading.Event(), []

    def stranger():
        while not over.is_set():
            said.append(monitor.ask("POST", "/write?db=dz", rows.next(STRANGER))[0])
            time.sleep(0.02)

    threads = [threading.Thread(target=stranger) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait_for(lambda: monitor.ask("POST", "/write?db=dz", rows.next())[0] == 503, "the full disk is noticed")
    times = times_of(monitor, rows, WRITES, 503)
    status, health = monitor.ask("GET", "/healthz")
    over.set()
    for thread in threads:
        thread.join()
    p99 = times[int(0.99 * len(times)) - 1]
    print(f"at once: {len(times)} writes refused, p50 {1000 * times[len(times) // 2]:.1f} ms, p99 {1000 * p99:.1f} ms, "
          f"worst {1000 * times[-1]:.1f} ms; a stranger was answered {len(said)} times: {sorted(set(said))}; {health[:200]}")
    check(p99 < MOST, f"all at once: a write is refused within {MOST} s, p99 was {p99:.3f} s")
    check(status == 503 and "written" in health, f"X16: /healthz says that the file cannot be written, found {health}")
    check(set(said) <= {400, 503}, f"a stranger's rows are refused, found {set(said)}")
    check(kept_entries(folder) == acknowledged, "nothing that was refused is on disk")
    return acknowledged


def recovers(monitor, relay, rows, folder, acknowledged):
    monitor.limit(resource.RLIMIT_FSIZE, resource.RLIM_INFINITY)
    relay.set("pass")
    wait_for(lambda: monitor.ask("POST", "/write?db=dz", rows.next())[0] == 204, "rows are taken again by itself")
    wait_for(lambda: monitor.ask("GET", "/healthz")[0] == 200, "the monitor is well again by itself")
    check(kept_entries(folder) > acknowledged, "what is acknowledged is on disk")
    kept = kept_entries(folder)
    monitor.process.kill()
    monitor.process.wait(30)
    return kept


def with_little_memory(binaries, folder):
    """While each is abused in its own way it lives, and once it is left alone it answers as before."""
    place = Place(binaries, folder)
    abuses = [("monitor", posts("/write?db=dz", b"#\n" * (1 << 24), True), 4),
              ("monitor", chunks("/write", b"5;", b"x=" + b"y" * 65534), 4),
              ("ledger", posts("/", batch(*PROGRAM_ACCOUNTS)), 6), ("ledger", reads_nothing, 2),
              ("activator", chunks("/", b"0\r\n", b"X-Filler: y\r\n" * 5000), 4)]
    try:
        for name, abuse, count in abuses:
            process, port = place.daemons[name]
            size = int(pathlib.Path(f"/proc/{process.pid}/statm").read_text().split()[0]) * resource.getpagesize()
            resource.prlimit(process.pid, resource.RLIMIT_AS, (size + ROOM, resource.RLIM_INFINITY))
            until = time.monotonic() + 3
            threads = [threading.Thread(target=abuse, args=(port, until, i), daemon=True) for i in range(count)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
            check(process.poll() is None, f"with little memory the {name} lives, it ended with {process.poll()}")
            path = "/healthz"
            wait_for(lambda: answers(port, path), f"the {name} answers again with no more memory than before")
            resource.prlimit(process.pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            turned_away = [line for line in metrics(port).splitlines()
                           if "turned_away_total" in line and not line.endswith(" 0") and not line.startswith("#")]
            print(f"{name} with {ROOM >> 20} MiB more: alive; " + "; ".join(turned_away))
        post(place.daemons["ledger"][1], "/", b"[]")
    finally:
        place.end()


def answers(port, path):
    try:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        line.request("GET", path)
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


def metrics(port):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request("GET", "/metrics")
    return line.getresponse().read().decode()


def main():
    doublezero, ledger_binary, monitor_binary, _ = sys.argv[1:5]
    binaries = pathlib.Path(monitor_binary).absolute().parent
    with tempfile.TemporaryDirectory() as folder:
        ledger, port = start_ledger(ledger_binary, folder)
        started = [ledger]
        try:
            shell = onboarded_shell(doublezero, folder, port)
            relay = Relay(port)
            (pathlib.Path(folder) / "monitor.toml").write_text(SETTINGS.format(
                keypair=shell.key_path("monitor"), ledger=port, relay=relay.port, silent=Silent().port))
            arguments = [monitor_binary, "--config", f"{folder}/monitor.toml", "--store", f"{folder}/monitor.db"]
            monitor = Daemon("monitor", arguments, folder)
            started.append(monitor.process)
            wait_for(lambda: monitor.ask("GET", "/healthz")[0] == 200, "the monitor is well")
            rows = Rows(devices_on(shell)["ams1"])
            taken = times_of(monitor, rows, 20, 204)
            print(f"before: {len(taken)} writes taken, worst {1000 * taken[-1]:.1f} ms")
            kept = recovers(monitor, relay, rows, folder, all_at_once(monitor, relay, rows, folder))
            again = Daemon("again", arguments, folder)
            started.append(again.process)
            wait_for(lambda: again.ask("GET", "/healthz")[0] == 200, "the monitor starts again")
            check(kept_entries(folder) >= kept, "what was acknowledged is there after kill -9")
        finally:
            for process in started:
                process.kill()
    with tempfile.TemporaryDirectory() as folder:
        here = os.getcwd()
        os.chdir(folder)
        try:
            with_little_memory(binaries, folder)
        finally:
            os.chdir(here)


if __name__ == "__main__":
    main()
