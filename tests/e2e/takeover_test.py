#!/usr/bin/env python3
"""Two monitors and two activators as processes on one ledger, and what becomes of them when one is killed (kill -9).

Usage: takeover_test.py DOUBLEZERO DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR DOUBLEZERO_ACTIVATOR

What the test has a monitor write is the first judgement of new records, which needs no day of evidence: unknown to pending.
The monitors share the ledger and nothing else: what the standby knows of the writer, it has seen there.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from cli_lifecycle_test import Shell, check, found_network, keys_and_config, onboard, start_ledger
from hanging_dependency_test import Rows, devices_on
from notify_test import wait_for

SLOW = float(os.environ.get("DZ_SLOWDOWN", "1"))  # of sanitizers
TAKEOVER = 3  # seconds
QUICK = ["--poll-interval", "1s", "--port", "0"]


class Daemon:
    """A process with a log that can be asked, killed, and started again with its own files."""

    def __init__(self, name, folder, *command):
        self.name, self.folder, self.command = name, pathlib.Path(folder), [*command]
        self.starts = 0
        self.start()

    def start(self, *more):
        self.starts += 1
        ports = self.folder / f"{self.name}.{self.starts}.ports"
        self.log_path = self.folder / f"{self.name}.{self.starts}.log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([*self.command, *QUICK, "--ports-file", str(ports), *more], stderr=log)
        wait_for(lambda: ports.exists() and ports.read_text().strip(), f"{self.name} listens")
        self.port = json.loads(ports.read_text())["http"]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def said(self, event):
        return self.log_path.read_text(errors="replace").count(event)

    def ask(self, path):
        import http.client
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        line.request("GET", path)
        return line.getresponse().read().decode()

    def metric(self, name):
        found = [line for line in self.ask("/metrics").splitlines() if line.startswith(name + " ")]
        return float(found[0].split()[-1]) if found else None


def add_device(shell, number):
    code = f"new{number}"
    shell.run(f"device create --code {code} --contributor alpha --location ams --exchange xams "
              f"--public-ip 195.219.121.{number} --dz-prefixes 195.220.{number}.0/28", "alpha")
    return code


def health_of(shell, code):
    return shell.json(f"device get --code {code}")["health"]


def written(shell, kind, code, field):
    """What that field became, of the ledger's history, oldest first."""
    return [entry[field]["after"] for entry in reversed(shell.json(f"{kind} history {code}")["history"])
            if entry["event"] == "written" and entry[field] and entry[field]["before"] != entry[field]["after"]]


def is_judged(shell, code, what, seconds=30):
    wait_for(lambda: health_of(shell, code) == "pending", what, seconds * SLOW)


def monitors(shell, folder, binary, url, daemons):
    def monitor(name, *more):
        daemons.append(Daemon(name, folder, binary, "--url", url, "--keypair", shell.key_path("monitor"), "--store",
                              f"{folder}/{name}.db", "--pass-interval", "1s", *more))
        return daemons[-1]

    writer = monitor("writer")
    is_judged(shell, "ams1", "the writer judges what is new")
    standby = monitor("standby", "--standby", "--takeover-after", f"{TAKEOVER}s")
    wait_for(lambda: standby.metric("doublezero_monitor_standby") == 1, "the standby says so")

    add_device(shell, 1)
    is_judged(shell, "new1", "while both run, the writer writes")
    time.sleep(TAKEOVER + 2)
    check(standby.said("took_over") == 0, "a writer that writes is not taken over from")
    check(standby.metric("doublezero_monitor_writes") == 0, "the standby writes nothing")

    writer.kill()
    time.sleep(TAKEOVER + 2)
    check(standby.said("took_over") == 0, "while nothing is due, nothing is to take over")
    begin = time.monotonic()
    add_device(shell, 2)
    is_judged(shell, "new2", "the standby takes over")
    took = time.monotonic() - begin
    check(took >= TAKEOVER - 1, f"not before {TAKEOVER} s, found {took:.1f} s")
    check(standby.said("took_over") == 1 and standby.metric("doublezero_monitor_writes") == 1, "it says that it took over")
    print(f"killed; something due was written {took:.1f} s later by the standby")

    writer.start("--standby")
    wait_for(lambda: writer.metric("doublezero_monitor_standby") == 1, "the first is back as a standby")
    add_device(shell, 3)
    is_judged(shell, "new3", "the one that took over goes on")
    check(writer.metric("doublezero_monitor_writes") == 0, "the one that came back as a standby writes nothing")
    writer.kill()

    writer.start()  # as it was: it believes that it is the writer
    wait_for(lambda: writer.metric("doublezero_monitor_writes") == 1, "the first is back as the writer")
    for number in range(4, 24):
        add_device(shell, number)
        is_judged(shell, f"new{number}", "one of two writers writes")
        if standby.said("stepped_back"):
            break
    wait_for(lambda: standby.said("stepped_back") == 1, "the standby steps back at a health that it did not write")
    print(f"the first wrote again, and the standby stepped back, {number - 3} records later")
    for device in shell.json("device list"):
        found = written(shell, "device", device["code"], "health")
        check(found == ["pending"], f"{device['code']}: one health, written once, found {found}")
    check(writer.said("health_disagreement") == 0 and standby.said("health_disagreement") == 0, "neither doubts the other")


def activators(shell, folder, binary, url, daemons):
    def activator(name):
        daemons.append(Daemon(name, folder, binary, "--url", url, "--keypair", shell.key_path("activator"), "--state",
                              f"{folder}/{name}.state"))
        return daemons[-1]

    one, two = activator("one"), activator("two")
    link = "wan1"

    def moves_to(desired, expected):
        shell.run(f"link update --pubkey {link} --desired-status {desired}", "alpha")
        wait_for(lambda: shell.json(f"link get --code {link}")["status"] == expected, f"{link} becomes {expected}", 30 * SLOW)

    moves_to("soft-drained", "soft-drained")
    one.kill()
    moves_to("hard-drained", "hard-drained")
    one.start()
    moves_to("soft-drained", "soft-drained")
    two.kill()
    moves_to("hard-drained", "hard-drained")
    moves = written(shell, "link", link, "status")
    check(moves[-4:] == ["soft-drained", "hard-drained"] * 2, f"each move was made once, found {moves}")
    print("two activators, each killed in turn: every move was made, and made once")


def main():
    doublezero, ledger_binary, monitor_binary, activator_binary = sys.argv[1:5]
    with tempfile.TemporaryDirectory() as folder:
        ledger, port = start_ledger(ledger_binary, folder)
        daemons = []
        try:
            shell = Shell(doublezero, folder)
            url = f"http://127.0.0.1:{port}"
            keys = keys_and_config(shell, url)
            found_network(shell, keys)
            onboard(shell, keys)
            monitors(shell, folder, monitor_binary, url, daemons)
            activators(shell, folder, activator_binary, url, daemons)
        finally:
            for process in [*(daemon.process for daemon in daemons), ledger]:
                process.kill()


if __name__ == "__main__":
    main()
