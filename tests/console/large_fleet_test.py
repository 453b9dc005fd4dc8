#!/usr/bin/env python3
"""The console over a real monitor with many records and an hour of evidence of each (large_monitor_test.mjs).

Usage: large_fleet_test.py LARGE_LEDGER DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR [--devices N] [--waiting N] [--minutes N] [FOLDER]
With a folder, screenshots are put there. Exit code 77, with the reason, without Node, the console's packages, its bundle
or Chromium.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.request

from large_fleet import LargeFleet

HERE = pathlib.Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("large_ledger", "ledger", "monitor"):
        parser.add_argument(name)
    parser.add_argument("--devices", type=int, default=220)
    parser.add_argument("--waiting", type=int, default=100)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("folder", nargs="*")
    options = parser.parse_args()
    if shutil.which("node") is None:
        print("SKIPPED: node is not here; ./dev test installs it")
        sys.exit(77)
    begin = time.monotonic()
    fleet = LargeFleet(vars(options), options.devices, options.waiting, options.minutes)
    try:
        with urllib.request.urlopen(fleet.url, timeout=60) as page:
            if b"built without its console" in page.read():
                print("SKIPPED: the monitor was built without its console; ./dev test builds it where Node is")
                sys.exit(77)
        fleet.hand_in_minutes()
        print(f"the fleet and its minutes are there after {time.monotonic() - begin:.1f} s", flush=True)
        fleet.wait_until_judged()
        print(f"and judged after {time.monotonic() - begin:.1f} s", flush=True)
        sys.exit(subprocess.run(["node", str(HERE / "large_monitor_test.mjs"), fleet.url, *options.folder], check=False).returncode)
    finally:
        fleet.close()


if __name__ == "__main__":
    main()
