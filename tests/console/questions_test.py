#!/usr/bin/env python3
"""Three questions of somebody who has never seen the console, asked in a browser of the demo's own monitor, over the
demo's network (questions_test.mjs).

Usage: questions_test.py DOUBLEZERO_DEMO [FOLDER]; with a folder, screenshots are put there.
Exit code 77, with the reason, without Node, the console's packages, its bundle or Chromium.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
RECORDS = ("ams-dz001:lon-dz001", "prg-dz-001-x")


def ask(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def console_of(demo):
    """The first address that it prints is the console's."""
    for line in demo.stdout:
        print(line, end="")
        if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
            return found[0]
    return sys.exit("FAILED: the demo ended without the console's address")


def wait_for_the_day(monitor):
    """Until the evidence of the demo's past is judged: one record has its time, another somebody who has to act."""
    conditions = []
    for _ in range(900):
        try:
            rows = [ask(f"{monitor}api/v1/assessments/{urllib.parse.quote(code)}") for code in RECORDS]
            conditions = [(row["condition"]["state"], row["healthy_at"]) for row in rows]
            if rows[0]["condition"]["state"] == "recovering" and rows[1]["condition"]["needs"]:
                return
        except OSError:
            pass  # not there yet
        time.sleep(0.2)
    sys.exit(f"FAILED: the demo's past was not judged within 180 s: {conditions}")


def main():
    if shutil.which("node") is None:
        print("SKIPPED: node is not here; ./dev test installs it")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        with subprocess.Popen([sys.argv[1], "--network", str(HERE.parents[1] / "data/network/testnet-2025.toml"),
                               "--data", f"{folder}/demo"], stdout=subprocess.PIPE, text=True) as demo:
            try:
                monitor = console_of(demo)
                with urllib.request.urlopen(monitor, timeout=30) as page:
                    if b"built without its console" in page.read():
                        print("SKIPPED: the monitor was built without its console; ./dev test builds it where Node is")
                        sys.exit(77)
                wait_for_the_day(monitor)
                # What it prints is read on, so that it never waits for a reader.
                with subprocess.Popen(["cat"], stdin=demo.stdout, stdout=subprocess.DEVNULL) as reader:
                    code = subprocess.run(["node", str(HERE / "questions_test.mjs"), monitor, *sys.argv[2:]], check=False).returncode
                    demo.terminate()
                    demo.wait(60)
                    reader.wait(10)
                sys.exit(code)
            finally:
                demo.terminate()
                demo.communicate()  # it stops what it started, and tells so: a closed pipe would end it before


if __name__ == "__main__":
    main()
