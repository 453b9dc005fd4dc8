#!/usr/bin/env python3
"""The console as the monitor serves it, in a browser: a small network with a day of evidence, then without its ledger,
then without its monitor. What the browser sees is checked by fleet_test.mjs, which says when to change what.

Usage: fleet_test.py DOUBLEZERO DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR [FOLDER]; with a folder, screenshots are put there.
Exit code 77, with the reason, without Node, the console's packages, its bundle or Chromium.
"""

import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from cli_explain_test import push_history, start_monitor  # noqa: E402
from cli_lifecycle_test import Shell, check, found_network, keys_and_config, onboard, start_ledger  # noqa: E402


def skip(why):
    print(f"SKIPPED: {why}")
    sys.exit(77)


def served_as_promised(monitor):
    with urllib.request.urlopen(monitor + "/", timeout=10) as answer:
        page = answer.read().decode()
        if "built without its console" in page:
            skip("the monitor was built without its console; ./dev test builds it where Node is")
        policy = answer.headers["Content-Security-Policy"]
    check("default-src 'none'" in policy and "unsafe" not in policy, "the page comes with a strict policy")
    script = page.split('src="')[1].split('"')[0]
    with urllib.request.urlopen(f"{monitor}/{script}", timeout=10) as answer:
        check("immutable" in answer.headers["Cache-Control"], "what has its content in its name is kept")
        check(answer.headers["Content-Encoding"] is None and b"function" in answer.read(), "who takes no gzip is given none")
    request = urllib.request.Request(f"{monitor}/{script}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        check(answer.headers["Content-Encoding"] == "gzip" and answer.read(2) == b"\x1f\x8b", "who takes gzip is given it")


def add_device(shell, agent, code):
    shell.run(f"device create --code {code} --contributor alpha --location ams --exchange xams --public-ip 195.219.120.99 "
              f"--dz-prefixes 195.219.199.0/28 --metrics-publisher {agent}", "alpha")


def main():
    doublezero, ledger_binary, monitor_binary = sys.argv[1:4]
    if shutil.which("node") is None:
        skip("node is not here; ./dev test installs it")
    with tempfile.TemporaryDirectory() as folder:
        ledger, port = start_ledger(ledger_binary, folder)
        monitor = browser = None
        try:
            shell = Shell(doublezero, folder)
            keys = keys_and_config(shell, f"http://127.0.0.1:{port}")
            found_network(shell, keys)
            onboard(shell, keys)
            monitor, url = start_monitor(monitor_binary, folder, f"http://127.0.0.1:{port}", shell.key_path("monitor"))
            served_as_promised(url)
            pubkeys = [shell.json(f"device get --code {code}")["pubkey"] for code in ("ams1", "ams2")]
            push_history(url, pubkeys, int(time.time()) // 60 - 180)
            browser = subprocess.Popen(["node", str(HERE / "fleet_test.mjs"), url, *sys.argv[4:]], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, text=True)
            for line in browser.stdout:
                print(line, end="", flush=True)
                if line == "DO stop ledger\n":
                    ledger.kill()
                elif line == "DO stop monitor\n":
                    monitor.send_signal(signal.SIGTERM)
                    monitor.wait(20)
                elif line.startswith("DO add "):
                    add_device(shell, keys["agent"], line.split()[-1])
                if line.startswith("DO "):
                    browser.stdin.write("done\n")
                    browser.stdin.flush()
            sys.exit(browser.wait(60))
        finally:
            for process in (browser, monitor, ledger):
                if process is not None:
                    process.kill()


if __name__ == "__main__":
    main()
