#!/usr/bin/env python3
"""Why not, and when: the CLI and a monitor that has a day of evidence with three bad minutes in it.

Usage: cli_explain_test.py DOUBLEZERO DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR [--show]
"""

import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

from cli_lifecycle_test import check, onboarded_shell, start_ledger
from handed_in import hand_in

MINUTES = 24 * 60 + 10


def start_monitor(binary, folder, ledger, key):
    ports_file = pathlib.Path(folder) / "monitor_ports.json"
    process = subprocess.Popen([binary, "--ledger-url", ledger, "--keypair", key, "--store", f"{folder}/monitor.db",
                                "--port", "0", "--ports-file", str(ports_file)], stderr=subprocess.DEVNULL)
    for _ in range(100):
        if ports_file.exists() and ports_file.read_text().strip():
            return process, f"http://127.0.0.1:{json.loads(ports_file.read_text())['http']}"
        if process.poll() is not None:
            sys.exit("doublezero-monitor ended at once")
        time.sleep(0.1)
    process.kill()
    sys.exit("doublezero-monitor did not start within 10 s")


def push_history(monitor, pubkeys, bad_from):
    """A row a minute of each device's Ethernet1, clean but for three minutes with errors at the first device."""
    now = int(time.time()) // 60
    lines = []
    for minute in range(now - MINUTES, now):
        errors = max(0, min(minute - bad_from, 3))
        for number, pubkey in enumerate(pubkeys):
            octets = (minute - now + MINUTES + 1) * 1000
            lines.append(f"intfCounters,dzd_pubkey={pubkey},intf=Ethernet1 in-octets={octets}i,out-octets={octets}i,"
                         f"in-errors={errors if number == 0 else 0}i {(minute * 60 + 20) * 10**9}")
    hand_in(monitor, lines)


def clock(minute):
    return time.strftime("%H:%M", time.gmtime(minute * 60))


def explain(shell, bad_from, show):
    page = shell.run("link explain --code wan1 --minutes").stdout
    if show:
        print(page)
        print(shell.run("link explain --code wan1 --width 60").stdout)
        print(shell.run("device explain --code ams1 --width 100").stdout)
    check("held by link.a.errors: 3 minutes with in-errors at A (ams1) Ethernet1" in page, "the sentence names the minutes")
    check("To do: nothing but to keep it clean." in page and "\npolicy " in page, "what to do, and by which policy")
    last = clock(bad_from + 3)
    check("link.a.errors at A (ams1) Ethernet1: " in page and f"{last} (3 minutes) in-errors" in page, "minutes are listed")

    answer = shell.json("link explain --code wan1 --minutes")
    errors = next(f for f in answer["findings"] if f["id"] == "link.a.errors")
    check(errors["not_good"][0]["fault"] == "in-errors" and errors["not_good"][0]["state"] == "bad", "ranges in JSON")
    check("X" in errors["strip"] and answer["strip"]["minutes_a_cell"] == 15, "strips in JSON")
    check(answer["healthy_at"] and len(answer["policy"]) == 64, "when, and the policy's digest")
    check(all(len(line) <= 40 for line in shell.run("link explain --code wan1 --width 40").stdout.splitlines()
              if " " in line.strip() and not line.startswith("policy")), "fits a narrow terminal")
    check("device.reporting" in shell.run("device explain --code ams1").stdout, "devices too")


def wait(shell, show):
    late = shell.run("link wait --code wan1 --for healthy --timeout 2s", expect=1)
    if show:
        print(late.stderr)
    check("waiting for healthy: status hard-drained" in late.stderr and "held by link.a.errors" in late.stderr,
          "progress says what holds it")
    check("Error: waited 2 s" in late.stderr and "link explain --pubkey wan1" in late.stderr, "it ends with the reason")
    shell.run("link wait --code wan1 --for rain", expect=2)


def check_history(shell):
    """A health that the monitor wrote has its reason in the history, by the transaction that both know."""
    for _ in range(300):
        entries = shell.json("device history ams1")["history"]
        judged = [entry for entry in entries if entry["health"] and entry["signature"]]
        if judged and judged[0]["reason"]:
            check(judged[0]["role"] == "the health authority", "the monitor's key is known by its role")
            check(judged[0]["event"] == "written", "joined with the transaction, not told twice")
            return
        time.sleep(0.1)
    sys.exit(f"no reason in the history: {entries}")


def main():
    doublezero, ledger_binary, monitor_binary = sys.argv[1:4]
    show = "--show" in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        ledger, port = start_ledger(ledger_binary, folder)
        url = f"http://127.0.0.1:{port}"
        monitor = None
        try:
            shell = onboarded_shell(doublezero, folder, port)
            said = shell.run("link explain --code wan1", expect=1).stderr
            check("doublezero config set --monitor-url URL" in said, "no monitor: says how to name one")
            monitor, monitor_url = start_monitor(monitor_binary, folder, url, shell.key_path("monitor"))
            shell.run(f"config set --monitor-url {monitor_url}")
            bad_from = int(time.time()) // 60 - 180
            push_history(monitor_url, [shell.json(f"device get --code {code}")["pubkey"] for code in ("ams1", "ams2")],
                         bad_from)
            for _ in range(100):
                page = shell.run("link explain --code wan1").stdout
                if "held by link.a.errors: 3 minutes with in-errors" in page and "as far as it was observed" not in page:
                    break  # the whole day is taken in
                time.sleep(0.2)
            explain(shell, bad_from, show)
            with urllib.request.urlopen(monitor_url + "/api/v1/assessments?findings=0", timeout=10) as answer:
                listed = json.load(answer)["assessments"]
            check(listed and not any("findings" in one for one in listed), "a list without criteria")
            check("in-errors" in shell.run("link list --columns code,why").stdout, "lists say why")
            wait(shell, show)
            check_history(shell)
            monitor.send_signal(signal.SIGTERM)
            monitor.wait(20)
            gone = shell.run("link explain --code wan1", expect=1).stderr
            check(gone.startswith("Error: ") and monitor_url in gone, "an unreachable monitor is said by address")
        finally:
            ledger.kill()
            if monitor is not None:
                monitor.kill()
        print(f"{shell.commands} commands")


if __name__ == "__main__":
    main()
