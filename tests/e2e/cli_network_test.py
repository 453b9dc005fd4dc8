#!/usr/bin/env python3
"""A network as a file, between two ledgers as people run them, on each profile: export, apply, export, history.

Usage: cli_network_test.py DOUBLEZERO DOUBLEZERO_LEDGER
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

NETWORK = """format = 1
[global_config]
local_asn = 65000
remote_asn = 65342
device_tunnel_block = "172.16.0.0/16"
user_tunnel_block = "169.254.0.0/16"
multicast_group_block = "233.84.178.0/24"
[[locations]]
code = "ams"
name = "Amsterdam \\"centre\\""
country = "NL"
lat = 52.3
lng = 4.9
[[exchanges]]
code = "xams"
name = "Amsterdam"
lat = 52.3
lng = 4.9
[[contributors]]
code = "alpha"
owner = "me"
"""

DEVICE = """[[devices]]
code = "ams-dz00{number}"
contributor = "alpha"
location = "ams"
exchange = "xams"
public_ip = "195.219.120.{number}"
dz_prefixes = ["195.219.12{number}.0/28"]
[[devices.interfaces]]
name = "et1"
bandwidth_bps = 10_000_000_000
[[devices.interfaces]]
name = "lo255"
loopback_type = "vpnv4"
"""

LINK = """[[links]]
code = "one"
link_type = "WAN"
side_a = "ams-dz001"
side_a_interface = "et1"
side_z = "ams-dz002"
side_z_interface = "et1"
bandwidth_bps = 10_000_000_000
delay_ns = 6_000_000
jitter_ns = 100_000
"""


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


class Ledger:
    """One ledger, and doublezero with a home of its own."""

    def __init__(self, binaries, folder, profile):
        self.doublezero, ledger = binaries
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        ports = self.folder / "ports.json"
        self.process = subprocess.Popen([ledger, "--data", str(self.folder / "ledger"), "--rpc-port", "0", "--ws-port",
                                         "0", "--slot-ms", "100", "--ports-file", str(ports), "--profile", profile],
                                        stderr=subprocess.DEVNULL)
        for _ in range(100):
            if ports.exists() and ports.read_text().strip():
                break
            time.sleep(0.1)
        self.url = f"http://127.0.0.1:{json.loads(ports.read_text())['rpc']}"

    def run(self, *arguments, expect=0, stdin=None, **environment):
        clean = {"HOME": str(self.folder.parent), "PATH": os.environ["PATH"],
                 "DOUBLEZERO_KEYPAIR": str(self.folder.parent / "key.json"), **environment}
        done = subprocess.run([self.doublezero, "--url", self.url, *arguments], capture_output=True, text=True,
                              timeout=60, env=clean, input=stdin)
        check(done.returncode == expect,
              f"exit code {expect}, found {done.returncode}: {arguments}\n{done.stdout}{done.stderr}")
        return done

    def found(self):
        self.run("airdrop", "10")
        self.run("init")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)


def walk(first, second, text):
    first.found()
    plan = first.run("apply", "-f", "-", "--dry-run", stdin=text).stdout
    check("+ link 'one': " in plan and "10 to create, 0 to change" in plan, plan)
    done = first.run("apply", "-f", "-", stdin=text).stdout
    check("[10/10] link 'one' created (" in done, done)
    exported = first.run("export", DOUBLEZERO_KEYPAIR="/nonexistent").stdout
    check("0 to create, 0 to change" in first.run("apply", "-f", "-", stdin=exported,
                                                  DOUBLEZERO_KEYPAIR="/nonexistent").stdout, "nothing needs no key")
    second.found()
    second.run("apply", "-f", "-", stdin=exported, expect=1, DOUBLEZERO_KEYPAIR="/nonexistent")
    second.run("apply", "-f", "-", stdin=exported)
    check(second.run("export").stdout == exported, "the same bytes")
    wrong = second.run("apply", "-f", "-", stdin=exported + "[[links]]\ncode = 5\n", expect=2).stderr
    check("expected a code" in wrong and f"-:{len(exported.splitlines()) + 2}: " in wrong, wrong)
    second.run("link", "update", "--pubkey", "one", "--desired-status", "hard-drained")
    history = second.run("link", "history", "one").stdout
    check("desired_status activated -> hard-drained" in history.splitlines()[0], history)
    check("contributor 'alpha'" in history and "created" in history, history)


def main():
    binaries = sys.argv[1:3]
    for profile in ("rfc", "v0.34"):
        with tempfile.TemporaryDirectory() as folder:
            ledgers = [Ledger(binaries, pathlib.Path(folder) / name, profile) for name in ("first", "second")]
            try:
                ledgers[0].run("keygen", "-o", f"{folder}/key.json")
                walk(*ledgers, NETWORK + DEVICE.format(number=1) + DEVICE.format(number=2) + LINK)
            finally:
                for ledger in ledgers:
                    ledger.stop()
    print("ok")


if __name__ == "__main__":
    main()
