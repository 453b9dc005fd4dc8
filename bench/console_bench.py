#!/usr/bin/env python3
"""The console's figures in a real browser: frames and memory with 60,000 records, then what open pages cost a monitor whose
network has a day of evidence. Options go to console_bench.mjs.

Usage: console_bench.py BIN_DIR [--hours H] [--pages N] [--seconds S]
"""

import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "e2e"))

from cli_explain_test import push_history, start_monitor  # noqa: E402
from cli_lifecycle_test import onboarded_shell, start_ledger  # noqa: E402


def measure(*arguments):
    subprocess.run(["node", str(HERE / "console_bench.mjs"), *map(str, arguments)], check=True)


def main():
    binaries, options = pathlib.Path(sys.argv[1]), sys.argv[2:]
    measure(*options)
    with tempfile.TemporaryDirectory() as folder:
        ledger, port = start_ledger(binaries / "doublezero-ledger", folder)
        monitor = None
        try:
            shell = onboarded_shell(str(binaries / "doublezero"), folder, port)
            monitor, url = start_monitor(binaries / "doublezero-monitor", folder, f"http://127.0.0.1:{port}",
                                         shell.key_path("monitor"))
            push_history(url, [shell.json(f"device get --code {code}")["pubkey"] for code in ("ams1", "ams2")],
                         int(time.time()) // 60 - 180)
            measure(*options, url, monitor.pid)
        finally:
            for process in (monitor, ledger):
                if process is not None:
                    process.kill()
                    process.wait()


if __name__ == "__main__":
    main()
