#!/usr/bin/env python3
"""The last words of ./dev test: which tests failed, which were skipped and why, and how many of each.

  tools/test_summary.py tests.xml     a report of ctest --output-junit

Exit code 1 when a test failed or the report is missing. A skipped test is never silent: each is listed with its reason.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import defaultdict


def skip_reason(case):
    """What GTEST_SKIP said, else what ctest says."""
    output = case.findtext("system-out") or ""
    said = re.search(r":\d+: Skipped\n(.+?)\n\s*\n?\[  SKIPPED \]", output, re.S)
    lines = [line for line in (said.group(1) if said else output).splitlines() if line.strip()]
    skipped = case.find("skipped")
    return " ".join(lines[:3]) if lines else (skipped.get("message") if skipped is not None else "no reason given")


def main():
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    try:
        suite = ElementTree.parse(sys.argv[1]).getroot()
    except (OSError, ElementTree.ParseError) as error:
        print(f"No test report: {error}")
        return 1
    passed, failed, skipped = 0, [], defaultdict(list)
    for case in suite.iter("testcase"):
        status, why = case.get("status"), case.find("skipped")
        if status == "run":
            passed += 1
        elif status == "disabled" or why is not None and why.get("message", "").startswith("SKIP_"):
            skipped[skip_reason(case)].append(case.get("name"))
        else:  # failed, or could not even start
            failed.append(case.get("name"))
    if failed:
        print("Failed:\n" + "\n".join(f"  {name}" for name in failed))
    if skipped:
        print("Skipped:")
        for reason, names in skipped.items():
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            print(f"  {', '.join(names[:3])}{more}: {reason}")
    count = sum(len(names) for names in skipped.values())
    print(f"{passed} passed, {len(failed)} failed" + (f", {count} skipped" if count else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
