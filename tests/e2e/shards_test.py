#!/usr/bin/env python3
"""Three monitors that share a fleet, as processes on one ledger: together they write what one monitor writes on a ledger of its own, and
when one is killed the two others take its part over.

Usage: shards_test.py DOUBLEZERO DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR

Who owns a record is computed here once more, in five lines that share no code with the monitor. The policy asks of devices for nothing but runs
of QA, which are told in one row each: so no minute has to be waited for. Links are judged for the first time. (Counters, minute by minute:
src/monitor/shards_test.cpp.)
"""

import hashlib
import http.client
import json
import os
import pathlib
import sys
import tempfile
import time

from cli_lifecycle_test import Shell, check, found_network, keys_and_config, start_ledger
from notify_test import wait_for
from quorum_test import POLICY
from takeover_test import Daemon, add_device

SLOW = float(os.environ.get("DZ_SLOWDOWN", "1"))  # of sanitizers
DEVICES, LINKS = 4, 2
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def bytes_of(pubkey):
    number = 0
    for letter in pubkey:
        number = number * 58 + ALPHABET.index(letter)
    return number.to_bytes(32, "big")


def owner(pubkey, parts):
    def weight(part):
        return hashlib.sha256(bytes_of(pubkey) + part.to_bytes(4, "little")).digest()[:8]
    return max(range(1, parts + 1), key=weight)


class Fleet:
    """A ledger with devices in a row, and what they sent."""

    def __init__(self, doublezero, ledger_binary, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.ledger, port = start_ledger(ledger_binary, str(self.folder))
        self.shell = Shell(doublezero, str(self.folder))
        self.url = f"http://127.0.0.1:{port}"
        found_network(self.shell, keys_and_config(self.shell, self.url))
        for n in range(1, DEVICES + 1):
            add_device(self.shell, n)
        for n in range(1, LINKS + 1):
            for end, interface in ((n, "et1"), (n + 1, "et2")):
                self.shell.run(["device", "interface", "create", f"new{end}", interface, "--bandwidth", "10 Gbps"], "alpha")
            self.shell.run(f"link create wan --code l{n} --contributor alpha --side-a new{n} --side-a-interface et1 --side-z "
                           f"new{n + 1} --side-z-interface et2 --bandwidth 10Gbps --delay-ms 6 --jitter-ms 0.1", "alpha")
        (self.folder / "policy.toml").write_text(POLICY)
        self.keys = {record["code"]: record["pubkey"]
                     for record in [*self.shell.json("device list"), *self.shell.json("link list")]}

    def monitor(self, name, binary, *more):
        return Daemon(name, self.folder, binary, "--url", self.url, "--keypair", self.shell.key_path("monitor"), "--policy",
                      str(self.folder / "policy.toml"), "--store", f"{self.folder}/{name}.db", "--pass-interval", "1s", "--log-origin",
                      f"shards.test/{name}", *more)

    def health(self):
        return {record["code"]: record["health"] for record in [*self.shell.json("device list"), *self.shell.json("link list")]}

    def rows(self, until):
        """A success of every device every ten minutes of the last hour; new1 has none, and new4 fails once."""
        return "\n".join(f"device_qa_test_results,device_pubkey={self.keys[f'new{n}']} success={'false' if (n, run) == (4, 2) else 'true'} "
                         f"{(until - 600 * run) * 10**9}" for n in range(2, DEVICES + 1) for run in range(6))


def push(monitor, rows):
    def taken():
        line = http.client.HTTPConnection("127.0.0.1", monitor.port, timeout=10)
        line.request("POST", "/write?db=dz", rows)
        answer = line.getresponse()
        body = answer.read().decode()
        check(answer.status in (204, 503), f"{monitor.name} takes the rows, found {answer.status} {body}")
        return answer.status == 204
    wait_for(taken, f"{monitor.name} takes the rows", 30 * SLOW)


def settled(monitors, fleet, expected, what):
    wait_for(lambda: fleet.health() == expected, f"{what}: {expected}", 60 * SLOW)
    for monitor in monitors:
        check(monitor.said("health_disagreement") == 0, f"{monitor.name} doubts nobody")


def decisions_of(monitor):
    listed = json.loads(monitor.ask("/api/v1/decisions"))["decisions"]
    return [(decision["code"], decision["from"], decision["to"]) for decision in reversed(listed)]


def each_shows_its_part(fleet, shards, parts):
    for part, monitor in shards.items():
        own = {code for code, key in fleet.keys.items() if owner(key, parts) == part}
        listed = {a["code"] for a in json.loads(monitor.ask("/api/v1/assessments"))["assessments"]}
        check(listed == own, f"shard {part}/{parts} shows {sorted(own)}, found {sorted(listed)}")
        check(json.loads(monitor.ask("/healthz"))["shard"] == f"{part}/{parts}", "healthz says which part it is")
        code = next(code for code in fleet.keys if code not in own)
        answer = monitor.ask(f"/api/v1/assessments/{code}")
        check(f"is judged by shard {owner(fleet.keys[code], parts)}/{parts}" in answer, f"it says whom to ask, found {answer}")
    print(f"shard {part}/{parts} of {code}: {answer}")


def main():
    doublezero, ledger_binary, monitor_binary = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        one, many = (Fleet(doublezero, ledger_binary, f"{folder}/{name}") for name in ("one", "many"))
        daemons = []
        try:
            whole = one.monitor("whole", monitor_binary)
            shards = {part: many.monitor(f"part{part}", monitor_binary, "--shard", f"{part}/3") for part in (1, 2, 3)}
            daemons += [whole, *shards.values()]
            now = int(time.time())
            push(whole, one.rows(now))
            for monitor in shards.values():
                push(monitor, many.rows(now))
            expected = {code: "healthy" if code.startswith("new") and code not in ("new1", "new4") else "pending" for code in one.keys}
            settled([whole], one, expected, "one monitor")
            settled(shards.values(), many, expected, "three shards")
            each_shows_its_part(many, shards, 3)
            by_one, by_three = decisions_of(whole), [d for monitor in shards.values() for d in decisions_of(monitor)]
            check(sorted(by_one) == sorted(by_three), f"together they write exactly what one writes, found {by_one} and {by_three}")
            for part, monitor in shards.items():
                check(all(owner(many.keys[code], 3) == part for code, _, _ in decisions_of(monitor)), "each writes its own")
            print(f"one wrote {len(by_one)} times, the three " + ", ".join(str(len(decisions_of(m))) for m in shards.values()))

            dead = owner(many.keys["new2"], 3)
            shards[dead].kill()
            spare = many.monitor("spare", monitor_binary, "--shard", f"{dead}/3")
            daemons.append(spare)
            for fleet in (one, many):
                fleet.shell.run("device create --code last --contributor alpha --location ams --exchange xams --public-ip 195.219.121.99 "
                                "--dz-prefixes 195.220.99.0/28", "alpha")
            expected = {**expected, "last": "pending"}
            settled([whole], one, expected, "one monitor")
            spare.kill()
            for part in (1, 2):  # the two others, with the files they had
                alive = [p for p in shards if p != dead][part - 1]
                shards[alive].kill()
                daemons.append(Daemon(f"moved{part}", many.folder, *[*shards[alive].command[:-1], f"{part}/2"]))
            moved = dict(zip((1, 2), daemons[-2:]))
            settled(moved.values(), many, expected, "two shards, one of the three having died")
            many.keys["last"] = many.shell.json("device get --code last")["pubkey"]
            each_shows_its_part(many, moved, 2)
            print("killed one of three: the two others have all of it, and wrote what was due")
        finally:
            for daemon in daemons:
                daemon.process.kill()
            for fleet in (one, many):
                fleet.ledger.kill()


if __name__ == "__main__":
    main()
