#!/usr/bin/env python3
"""A monitor, its witness and somebody who follows its log of decisions, as processes; and a log that is not what was published.

Usage: log_test.py DOUBLEZERO DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR DOUBLEZERO_WITNESS
"""

import base64
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from cli_lifecycle_test import Shell, check, found_network, keys_and_config, start_ledger
from notify_test import wait_for
from takeover_test import Daemon, add_device

WITNESS = "witness.example/e2e"
OTHER = "monitor.example/e2e"


def verifier(keyfile, kind, name):
    """NAME+ID+KEY of a key file."""
    typed = bytes([kind]) + bytes(json.loads(pathlib.Path(keyfile).read_text()))[32:]
    number = hashlib.sha256(name.encode() + b"\n" + typed).hexdigest()[:8]
    return f"{name}+{number}+{base64.b64encode(typed).decode()}"


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.read().decode()


def shown_checkpoint(port):
    """Empty before the log shows its first one."""
    try:
        return get(port, "/log/checkpoint")
    except urllib.error.HTTPError as refused:
        if refused.code == 404:
            return ""
        raise


def follow(shell, port, *more, expect=0):
    return shell.run(["log", "monitor", f"http://127.0.0.1:{port}/log", "--state", f"{shell.home}/followed", *more], expect=expect)


def a_log_is_followed(shell, folder, binaries, url, daemons):
    monitor_binary, witness_binary = binaries
    address = shell.run(f"address --keypair {shell.key_path('monitor')}").stdout.strip()
    origin = f"doublezero/local/{address}"
    log_key = verifier(shell.key_path("monitor"), 1, origin)
    shell.make_key("witness")
    witness_key = verifier(shell.key_path("witness"), 4, WITNESS)
    ports = pathlib.Path(folder) / "witness.ports"
    with open(f"{folder}/witness.log", "wb") as log:
        daemons.append(subprocess.Popen([witness_binary, "--name", WITNESS, "--keypair", shell.key_path("witness"), "--log", log_key,
                                         "--store", f"{folder}/witness.db", "--port", "0", "--ports-file", str(ports)], stderr=log))
    wait_for(lambda: ports.exists() and ports.read_text().strip(), "the witness listens")
    witness_port = json.loads(ports.read_text())["http"]
    shell.make_key("other-witness")
    other_key = verifier(shell.key_path("other-witness"), 4, OTHER)
    other = Daemon("other", folder, monitor_binary, "--url", url, "--dry-run", "--store", f"{folder}/other.db", "--log-witness-of", log_key,
                   "--log-witness-name", OTHER, "--log-witness-keypair", shell.key_path("other-witness"))
    daemons.append(other.process)
    monitor = Daemon("monitor", folder, monitor_binary, "--url", url, "--keypair", shell.key_path("monitor"), "--store",
                     f"{folder}/monitor.db", "--pass-interval", "1s", "--log-witness", f"{witness_key} http://127.0.0.1:{witness_port}",
                     "--log-witness", f"{other_key} http://127.0.0.1:{other.port}")
    daemons.append(monitor.process)
    wait_for(lambda: all(name in shown_checkpoint(monitor.port) for name in (WITNESS, OTHER)), "the checkpoint that is shown is cosigned")
    seen = json.loads(get(other.port, "/checkpoints"))
    check(seen["witness"] == other_key and OTHER in seen["logs"][0]["checkpoint"] and not seen["conflicts"], f"a monitor is a witness too, found {seen}")
    check(get(monitor.port, "/log/key").strip() == log_key, "the log says its key")
    check("warning" in follow(shell, monitor.port).stderr.lower(), "a key that only the log itself told is warned of")
    said = follow(shell, monitor.port, "--key", log_key, "--witness", witness_key, "--witness", other_key)
    check(f"cosigned by {WITNESS}" in said.stdout and origin in said.stdout, f"the log is followed, found {said.stdout}")
    print(said.stdout.strip())
    add_device(shell, 1)
    wait_for(lambda: shell.json("device get --code new1")["health"] == "pending", "a judgement is written")
    said = follow(shell, monitor.port, "--record", "new1")
    check("goes on from what was accepted" in said.stdout, f"it goes on, found {said.stdout}")
    check(f": device new1: unknown to pending (first-sight), judged by {address}" in said.stdout, f"what was stated is told, found {said.stdout}")
    print(said.stdout.strip())
    told = json.loads(shell.run(["log", "monitor", f"http://127.0.0.1:{monitor.port}/log", "--state", f"{shell.home}/followed-by-alpha",
                                 "--contributor", "alpha", "--json"]).stdout)
    stated = [one["decision"] for one in told["entries"]]
    check(stated and all(one["monitor"] == address for one in stated), f"a contributor hears of its own records, found {told}")
    check("nothing new about" in follow(shell, monitor.port, "--contributor", "alpha").stdout, "once")
    said = follow(shell, monitor.port, "--hand-to", f"{witness_key} http://127.0.0.1:{witness_port}", "--hand-to", f"{other_key} http://127.0.0.1:{other.port}")
    check("goes on from what was accepted" in said.stdout, f"the witnesses saw the same, found {said}")
    check("doublezero_monitor_witness_conflicts 0" in get(other.port, "/metrics"), "nothing is held against the log")
    a_decision_is_shown(shell, monitor, folder, witness_key)
    return monitor


def a_decision_is_shown(shell, monitor, folder, witness_key):
    """From ledger and monitor, then from one file alone; and a file with one letter changed is not believed."""
    shell.run(f"config set --monitor-url http://127.0.0.1:{monitor.port}")
    signature = shell.json("decision list")["decisions"][0]["signature"]
    index = json.loads(get(monitor.port, f"/api/v1/statements?transaction={signature}"))["statements"][0]["index"]
    wait_for(lambda: int(get(monitor.port, "/log/checkpoint").split("\n")[1]) > index, "the decision is under a checkpoint")
    said = shell.run(["decision", "verify", signature, "--witness", witness_key]).stdout
    check(said.rstrip().endswith("Verified.") and f"cosigned by {WITNESS}" in said and "✗" not in said, f"every step holds, found {said}")
    print(said.strip())
    kept = pathlib.Path(folder) / "decision.bundle"
    shell.run(["decision", "export", signature, "--file", str(kept)])
    check("Verified." in shell.run(["decision", "verify", "--bundle", str(kept)]).stdout, "the file is enough")
    text = kept.read_text()
    at = text.index('"account":"') + 20
    kept.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1:])
    said = shell.run(["decision", "verify", "--bundle", str(kept)], expect=1).stdout
    check("✗ account" in said and "NOT verified: account differs." in said, f"the part is named, found {said}")
    check(" 0 do not" in shell.run("decision replay").stdout, "what was recorded leads to what was decided")


def one_that_was_changed_is_not_gone_on_with(monitor, folder):
    monitor.process.terminate()
    monitor.process.wait(20)
    kept = pathlib.Path(folder) / "monitor.db-checkpoint"
    kept.write_text("nothing that was signed\n")
    monitor.start()
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{monitor.port}/log/checkpoint", timeout=10)
        check(False, "nothing of it is shown any more")
    except urllib.error.HTTPError as refused:
        check(refused.code == 503 and str(kept) in refused.read().decode(), "the file that differs is named")
    check(str(kept) in monitor.ask("/healthz"), "and said to be damaged")
    monitor.kill()


def main():
    doublezero, ledger_binary, monitor_binary, witness_binary = sys.argv[1:5]
    with tempfile.TemporaryDirectory() as folder:
        ledger, port = start_ledger(ledger_binary, folder)
        daemons = [ledger]
        try:
            url = f"http://127.0.0.1:{port}"
            shell = Shell(doublezero, folder)
            found_network(shell, keys_and_config(shell, url))
            monitor = a_log_is_followed(shell, folder, (monitor_binary, witness_binary), url, daemons)
            one_that_was_changed_is_not_gone_on_with(monitor, folder)
        finally:
            for process in daemons:
                process.kill()


if __name__ == "__main__":
    main()
