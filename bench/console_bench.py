#!/usr/bin/env python3
"""The console's figures in a real browser: memory while 60,000 records change for hours; over a real monitor frames of a
wall of 1,000 windows with a day of evidence each, and of a board of 10,000 rows of 60,000 records; how soon a first page is
there; and what open pages cost a monitor. Options go to console_bench.mjs; a word or more: of these, hours, wall, large,
small, those alone.

Usage: console_bench.py BUILD_DIR [hours] [wall] [large] [small] [--hours H] [--pages N] [--seconds S]
"""

import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "e2e"))
sys.path.insert(0, str(HERE.parent / "tests" / "console"))

from cli_explain_test import push_history, start_monitor  # noqa: E402
from cli_lifecycle_test import onboarded_shell, start_ledger  # noqa: E402
from large_fleet import LargeFleet  # noqa: E402


def measure(*arguments):
    subprocess.run(["node", str(HERE / "console_bench.mjs"), *map(str, arguments)], check=True)


def measure_large(build, what, options, **size):
    programs = {"large_ledger": build / "bench/large_ledger", "ledger": build / "bin/doublezero-ledger",
                "monitor": build / "bin/doublezero-monitor"}
    begin = time.monotonic()
    fleet = LargeFleet(programs, **size)
    try:
        fleet.hand_in_minutes()
        fleet.wait_until_judged()
        print(f"{len(fleet.devices) * 6} records with {size['minutes']} minutes each are there after {time.monotonic() - begin:.0f} s",
              flush=True)
        measure(what, *options, fleet.url, fleet.monitor.pid)
    finally:
        fleet.close()


def measure_small(build, options):
    with tempfile.TemporaryDirectory() as folder:
        ledger, port = start_ledger(build / "bin/doublezero-ledger", folder)
        monitor = None
        try:
            shell = onboarded_shell(str(build / "bin/doublezero"), folder, port)
            monitor, url = start_monitor(build / "bin/doublezero-monitor", folder, f"http://127.0.0.1:{port}",
                                         shell.key_path("monitor"))
            push_history(url, [shell.json(f"device get --code {code}")["pubkey"] for code in ("ams1", "ams2")],
                         int(time.time()) // 60 - 180)
            measure("small", *options, url, monitor.pid)
        finally:
            for process in (monitor, ledger):
                if process is not None:
                    process.kill()
                    process.wait()


def main():
    build = pathlib.Path(sys.argv[1])
    named = [word for word in sys.argv[2:] if word in ("hours", "wall", "large", "small")]
    options = [word for word in sys.argv[2:] if word not in named]
    wanted = named or ["hours", "wall", "large", "small"]
    if "hours" in wanted:
        measure("hours", *options)
    if "wall" in wanted:
        measure_large(build, "wall", options, devices=200, waiting=0, minutes=24 * 60)
    if "large" in wanted:
        measure_large(build, "large", options, devices=10_000, waiting=10_000, minutes=20)
    if "small" in wanted:
        measure_small(build, options)


if __name__ == "__main__":
    main()
