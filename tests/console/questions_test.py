#!/usr/bin/env python3
"""Three questions of somebody who has never seen the console, asked in a browser of the demo's own monitor, over the
demo's network (questions_test.mjs).

Usage: questions_test.py DOUBLEZERO_DEMO [FOLDER]; with a folder, screenshots are put there.
Exit code 77, with the reason, without Node, the console's packages, its bundle or Chromium.
"""

import json
import sys
import time
import urllib.parse
import urllib.request

from running_demo import browse, running_demo

RECORDS = ("ams-dz001:lon-dz001", "prg-dz-001-x")


def ask(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


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
    with running_demo(sys.argv[1]) as demo:
        wait_for_the_day(demo.console)
        code = browse("questions_test.mjs", demo.console, *sys.argv[2:])
    sys.exit(code)


if __name__ == "__main__":
    main()
