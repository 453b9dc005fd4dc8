#!/usr/bin/env python3
"""tools/test_summary.py counts what ctest reported, names what was skipped, and fails when a test did."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SUMMARY = Path(__file__).resolve().parents[2] / "tools" / "test_summary.py"
PASSED = '<testcase name="a" status="run"/>'
FAILED = '<testcase name="b" status="fail"><failure message=""/></testcase>'
NOT_FOUND = '<testcase name="c" status="notrun"><skipped message="Unable to find executable"/></testcase>'
SKIPPED = ('<testcase name="d" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/><system-out>[ RUN      ] d\n'
           "x_test.cpp:7: Skipped\nno golden data at ../golden\n\n[  SKIPPED ] d (0 ms)\n</system-out></testcase>")


class SummaryTest(unittest.TestCase):
    def summary(self, *cases):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as report:
            report.write("<testsuite>" + "".join(cases) + "</testsuite>")
            report.flush()
            done = subprocess.run([sys.executable, SUMMARY, report.name], capture_output=True, text=True, check=False)
            return done.returncode, done.stdout

    def test_all_passed(self):
        self.assertEqual(self.summary(PASSED, PASSED), (0, "2 passed, 0 failed\n"))

    def test_a_failure_is_named(self):
        code, text = self.summary(PASSED, FAILED)
        self.assertEqual((code, text), (1, "Failed:\n  b\n1 passed, 1 failed\n"))

    def test_a_test_that_could_not_start_has_failed(self):
        self.assertEqual(self.summary(PASSED, NOT_FOUND)[0], 1)

    def test_a_skipped_test_is_listed_with_its_reason(self):
        code, text = self.summary(PASSED, SKIPPED)
        self.assertEqual((code, text), (0, "Skipped:\n  d: no golden data at ../golden\n1 passed, 0 failed, 1 skipped\n"))

    def test_no_report_and_no_tests_are_failures(self):
        self.assertEqual(self.summary()[0], 1)
        done = subprocess.run([sys.executable, SUMMARY, "/nonexistent.xml"], capture_output=True, check=False)
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()
