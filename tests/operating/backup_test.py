#!/usr/bin/env python3
"""A restore drill: a network is backed up while it is written to, and a ledger and a monitor go on from the copy elsewhere.

Usage: backup_test.py DOUBLEZERO DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from cli_explain_test import push_history, start_monitor  # noqa: E402
from cli_lifecycle_test import Shell, check, found_network, keys_and_config, onboard, start_ledger  # noqa: E402

BACKUP = pathlib.Path(__file__).resolve().parents[2] / "packaging/backup/doublezero-backup"


def backup(*words, expect=0):
    programs = str(pathlib.Path(sys.argv[2]).parent)
    done = subprocess.run([sys.executable, BACKUP, *map(str, words)], capture_output=True, text=True, check=False,
                          env={"PATH": f"{programs}:{os.environ['PATH']}"})
    check(done.returncode == expect, f"backup {words}: expected {expect}, found {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def stop(*processes):
    for process in processes:
        process.terminate()
        process.wait(timeout=30)


def wait_for(true, what):
    for _ in range(300):
        if true():
            return
        time.sleep(0.1)
    sys.exit(f"FAILED: {what} within 30 s")


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        state = folder / "live"
        (state / "monitor").mkdir(parents=True)
        ledger, port = start_ledger(sys.argv[2], state)
        shell = Shell(sys.argv[1], folder)
        keys = keys_and_config(shell, f"http://127.0.0.1:{port}")
        found_network(shell, keys)
        onboard(shell, keys)
        monitor, url = start_monitor(sys.argv[3], state / "monitor", f"http://127.0.0.1:{port}", shell.key_path("monitor"))
        devices = [d["account"] if "account" in d else d["pubkey"] for d in shell.json("device list")]
        push_history(url, devices, 0)
        wait_for(lambda: '"decisions":[{' in get(url + "/api/v1/decisions"), "the monitor decides")

        done = threading.Event()
        writes = threading.Thread(target=lambda: [shell.run("airdrop 1", "agent") for _ in iter(done.is_set, True)])
        writes.start()
        try:
            print(backup("save", folder / "copy", state / "ledger", state / "monitor"), end="")
        finally:
            done.set()
            writes.join()
        check("expected a new folder" in backup("save", folder / "copy", state / "ledger", expect=1), "a backup is not overwritten")
        later = shell.run("location create --code par --name Paris --country FR --lat 48.8 --lng 2.3")
        check(later.returncode == 0, "life goes on")
        decisions = get(url + "/api/v1/decisions")
        check("expected" in backup("restore", folder / "copy", state / "ledger", expect=1), "what is there is not overwritten")
        stop(monitor, ledger)

        other = folder / "elsewhere"
        (other / "monitor").mkdir(parents=True)
        print(backup("restore", folder / "copy", other / "ledger", other / "monitor"), end="")
        ledger, port = start_ledger(sys.argv[2], other)
        shell.run(f"config set --url http://127.0.0.1:{port}")
        check(sorted(d["code"] for d in shell.json("device list")) == ["ams1", "ams2", "zet1"], "devices are there")
        check(sorted(x["code"] for x in shell.json("link list")) == ["dzx1", "wan1"], "links are there")
        check("par" not in [x["code"] for x in shell.json("location list")], "what came after the backup is not")
        shell.run("airdrop 1", "agent")  # it goes on
        (other / "monitor/monitor_ports.json").unlink()  # of the first one, saved with its folder
        monitor, url = start_monitor(sys.argv[3], other / "monitor", f"http://127.0.0.1:{port}", shell.key_path("monitor"))
        check(get(url + "/api/v1/decisions")[:200] == decisions[:200], "the monitor remembers what it decided")
        check('"damage"' not in get(url + "/healthz"), "nothing is damaged")
        stop(monitor, ledger)

        file = folder / "copy/ledger/ledger.db"
        bytes_ = bytearray(file.read_bytes())
        bytes_[len(bytes_) // 2] ^= 1
        file.write_bytes(bytes_)
        check("expected what was saved" in backup("check", folder / "copy", expect=1), "damage of the copy is noticed")
        check("expected what was saved" in backup("restore", folder / "copy", folder / "third/ledger", expect=1), "and not restored")
        check(not (folder / "third").exists(), "nothing was made of it")
    print("the drill is done: saved under writes, restored elsewhere, damage refused")


if __name__ == "__main__":
    main()
