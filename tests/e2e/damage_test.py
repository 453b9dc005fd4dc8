#!/usr/bin/env python3
"""What is on disk is checked before it is believed, by the real programs: a second monitor on a file is refused (D17);
a monitor starts on its file whatever bits of it are flipped, says so, and no minute is better than it was (D18).

Usage: damage_test.py DOUBLEZERO DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR [FLIPS]
"""

import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from cli_explain_test import push_history, start_monitor
from cli_lifecycle_test import check, onboarded_shell, start_ledger
from notify_test import wait_for

SEED = 18


def get(monitor, path):
    try:
        with urllib.request.urlopen(monitor + path, timeout=10) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as not_well:  # 503 until the ledger was read
        return json.loads(not_well.read())


def a_second_monitor_is_refused(binary, folder, ledger, first):
    second = subprocess.run([binary, "--ledger-url", ledger, "--dry-run", "--store", f"{folder}/monitor.db"],
                            stderr=subprocess.PIPE, text=True, timeout=20)
    check(second.returncode != 0, "a second monitor on the file ends")
    check(f"process {first.pid} (doublezero-monitor) has it" in second.stderr, f"with words, found {second.stderr}")
    check(f"{folder}/monitor.db" in second.stderr, "that name the file")


def error_minutes(monitor):
    """The finding of wan1's errors: what the damaged file must not make better."""
    wait_for(lambda: get(monitor, "/healthz").get("ledger_read_at"), "the monitor has read the ledger")
    report = get(monitor, "/api/v1/assessments/wan1?minutes=1")
    return next(f for f in report["findings"] if f["id"] == "link.a.errors")


def start_on(binary, folder, files, ledger, key):
    shutil.rmtree(folder, ignore_errors=True)
    pathlib.Path(folder).mkdir()
    for name, content in files.items():
        (pathlib.Path(folder) / name).write_bytes(content)
    return start_monitor(binary, folder, ledger, key)


def flipped(files, name, bit):
    content = bytearray(files[name])
    content[bit // 8] ^= 1 << (bit % 8)
    return {**files, name: bytes(content)}


def no_flipped_bit_makes_it_better(binary, folder, ledger, key, flips):
    files = {p.name: p.read_bytes() for p in pathlib.Path(folder).iterdir() if p.name.startswith("monitor.db")}
    randomness = random.Random(SEED)
    said = 0
    for i in range(flips):
        name = "monitor.db-wal" if i % 2 and files.get("monitor.db-wal") else "monitor.db"
        bit = randomness.randrange(len(files[name]) * 8)
        where = f"seed {SEED}, flip {i}: bit {bit} of {name}"
        process, monitor = start_on(binary, f"{folder}/flipped", flipped(files, name, bit), ledger, key)
        try:
            finding = error_minutes(monitor)
            check(finding["judgement"] != "met", f"{where}: errors are forgotten")
            said += 1 if get(monitor, "/healthz").get("damage") else 0
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait(10)
    print(f"{flips} flips, {said} of them in what is read at the start, all survived")
    check(said > 0, "damage is said in /healthz")


def main():
    doublezero, ledger_binary, monitor_binary = sys.argv[1:4]
    flips = int(sys.argv[4]) if len(sys.argv) > 4 else 12
    with tempfile.TemporaryDirectory() as folder:
        ledger, port = start_ledger(ledger_binary, folder)
        try:
            shell = onboarded_shell(doublezero, folder, port)
            url, key = f"http://127.0.0.1:{port}", shell.key_path("monitor")
            process, monitor = start_monitor(monitor_binary, folder, url, key)
            a_second_monitor_is_refused(monitor_binary, folder, url, process)
            pubkeys = [shell.json(f"device get --code {code}")["pubkey"] for code in ("ams1", "ams2")]
            push_history(monitor, pubkeys, int(time.time()) // 60 - 300)
            wait_for(lambda: error_minutes(monitor)["judgement"] == "not met", "the errors are seen")
            process.send_signal(signal.SIGKILL)
            process.wait(10)
            no_flipped_bit_makes_it_better(monitor_binary, folder, url, key, flips)
        finally:
            ledger.kill()
            ledger.wait()
    print("what is on disk is checked before it is believed")


if __name__ == "__main__":
    main()
