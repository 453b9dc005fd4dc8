#!/usr/bin/env python3
"""X16: a store that was cut short, before the start or under the running daemon, and one that may not be written. It is
said in the daemon's own words, what was acknowledged is never answered as if it had not been, no minute gets better, and
with the intact file back everything is there again.

Usage: file_faults_test.py DOUBLEZERO DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR
"""

import json
import os
import pathlib
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
from damage_test import error_minutes, get, start_on
from notify_test import wait_for

WALLET = "4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM"


def rpc(port, method, *params):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", body, timeout=10) as answer:
        return json.loads(answer.read())


def is_final(port, signature):
    status = rpc(port, "getSignatureStatuses", [signature])["result"]["value"][0]
    return status is not None and status["confirmationStatus"] == "finalized"


def healthz(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as failing:
        return failing.code, failing.read().decode()


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait(10)


def files_of(folder, name):
    return {p.name: p.read_bytes() for p in pathlib.Path(folder).iterdir() if p.name.startswith(name)}


def put(folder, files):
    shutil.rmtree(folder, ignore_errors=True)
    pathlib.Path(folder).mkdir()
    for name, content in files.items():
        (pathlib.Path(folder) / name).write_bytes(content)
        os.chmod(pathlib.Path(folder) / name, 0o600)


def does_not_start(command, what, words):
    ended = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=20)
    check(ended.returncode == 1, f"{what}: ends with 1, found {ended.returncode}: {ended.stderr}")
    said = [line for line in ended.stderr.splitlines() if line.startswith("Error: ")]
    check(len(said) == 1 and any(word in said[0] for word in words), f"{what}: in its own words, found {ended.stderr}")
    print(f"{what}: {said[0][:220]}")


def a_ledger_cut_short_does_not_start(binary, folder, signature):
    """Of a file whose log was written into it; of a ledger that was killed, the log may still have all that is missing."""
    killed = files_of(f"{folder}/ledger", "ledger.db")
    ledger, _ = start_ledger(binary, folder)
    ledger.terminate()
    check(ledger.wait(20) == 0, "the ledger ends by itself")
    stopped = files_of(f"{folder}/ledger", "ledger.db")
    place, whole = f"{folder}/ledger", len(stopped["ledger.db"])
    for size in (0, 100, whole // 2, whole - 1):
        put(place, {**stopped, "ledger.db": stopped["ledger.db"][:size]})
        does_not_start([binary, "--data", place, "--rpc-port", "0", "--ws-port", "0"],
                       f"a ledger.db of {size} in place of {whole} bytes", ("ledger",))
    put(place, {**killed, "ledger.db": killed["ledger.db"][:100]})
    ledger, port = start_ledger(binary, folder)
    check(is_final(port, signature), "what the log has is used")
    kill(ledger)
    put(place, stopped)
    ledger, port = start_ledger(binary, folder)
    check(is_final(port, signature), "with the intact file back, what was final is final")
    return ledger, port, stopped


def a_ledger_cut_short_while_it_runs(binary, folder, ledger, port, files, signature):
    """It confirms nothing more and ends, or goes on and says that it is not well; no signal ends it."""
    os.truncate(f"{folder}/ledger/ledger.db", 4096)
    wallets = 0
    for _ in range(20):
        answer = rpc(port, "requestAirdrop", WALLET, 1_000_000_000)
        wallets += "result" in answer
        time.sleep(0.05)
        if ledger.poll() is not None:
            break
    alive = ledger.poll() is None
    health = healthz(port) if alive else (0, f"it ended with {ledger.returncode}")
    print(f"cut short under a running ledger: {wallets} of 20 airdrops taken, {health}")
    check(alive or ledger.returncode == 1, f"it is not ended by a signal, found {ledger.returncode}")
    if alive:
        kill(ledger)
    put(f"{folder}/ledger", files)
    ledger, port = start_ledger(binary, folder)
    check(is_final(port, signature), "with the intact file back, what was final is final")
    return ledger, port


def may_mount():
    return shutil.which("unshare") and subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode == 0


def read_only(place, command):
    return ["unshare", "-m", "sh", "-c", f'mount --bind "{place}" "{place}" && mount -o remount,ro,bind "{place}" && exec "$@"',
            "sh", *command]


def stores_that_may_not_be_written(ledger_binary, monitor_binary, folder, files, url, key):
    if not may_mount():
        return print("SKIPPED: read-only stores: expected to be allowed `unshare -m`; run as root to have them tested")
    place = f"{folder}/read-only"
    put(place, files)
    does_not_start(read_only(place, [ledger_binary, "--data", place, "--rpc-port", "0", "--ws-port", "0"]),
                   "a read-only ledger.db", ("read-only", "readonly", "written", "write"))
    put(place, {})
    does_not_start(read_only(place, [monitor_binary, "--ledger-url", url, "--keypair", key, "--port", "0", "--store",
                                     f"{place}/monitor.db"]),
                   "a read-only folder of the monitor's store", ("read-only", "readonly", "written", "write"))
    return None


def a_monitor_cut_short_gets_no_better(binary, folder, files, url, key):
    whole = len(files["monitor.db"])
    for size in (0, 100, whole // 2, whole - 1):
        process, monitor = start_on(binary, f"{folder}/cut", {**files, "monitor.db": files["monitor.db"][:size]}, url, key)
        try:
            finding = error_minutes(monitor)
            damage = get(monitor, "/healthz").get("damage")
            check(finding["judgement"] != "met", f"a monitor.db of {size} bytes: errors are forgotten")
            # Nothing is missing where the log beside the file still has all of it.
            check(damage or finding["judgement"] == "not met", f"a monitor.db of {size} bytes: what is missing is said")
            print(f"a monitor.db of {size} in place of {whole} bytes: {finding['judgement']}, {str(damage)[:160]}")
        finally:
            kill(process)
    process, monitor = start_on(binary, f"{folder}/cut", files, url, key)
    try:
        wait_for(lambda: error_minutes(monitor)["judgement"] == "not met", "with the intact file back, errors are seen")
    finally:
        kill(process)


def main():
    doublezero, ledger_binary, monitor_binary = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        ledger, port = start_ledger(ledger_binary, folder)
        try:
            shell = onboarded_shell(doublezero, folder, port)
            key = shell.key_path("monitor")
            process, monitor = start_monitor(monitor_binary, folder, f"http://127.0.0.1:{port}", key)
            pubkeys = [shell.json(f"device get --code {code}")["pubkey"] for code in ("ams1", "ams2")]
            push_history(monitor, pubkeys, int(time.time()) // 60 - 300)
            wait_for(lambda: error_minutes(monitor)["judgement"] == "not met", "the errors are seen")
            kill(process)
            signature = rpc(port, "requestAirdrop", WALLET, 1_000_000_000)["result"]
            wait_for(lambda: is_final(port, signature), "the airdrop is final")
            a_monitor_cut_short_gets_no_better(monitor_binary, folder, files_of(folder, "monitor.db"),
                                               f"http://127.0.0.1:{port}", key)
            kill(ledger)
            ledger, port, files = a_ledger_cut_short_does_not_start(ledger_binary, folder, signature)
            ledger, port = a_ledger_cut_short_while_it_runs(ledger_binary, folder, ledger, port, files, signature)
            stores_that_may_not_be_written(ledger_binary, monitor_binary, folder, files, f"http://127.0.0.1:{port}", key)
        finally:
            ledger.kill()
            ledger.wait()


if __name__ == "__main__":
    main()
