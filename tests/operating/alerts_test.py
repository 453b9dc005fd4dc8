#!/usr/bin/env python3
"""packaging/prometheus/alerts.yml, run by promtool over metrics that were recorded of running daemons: none fires on a healthy
day, and each fires on its fault. Skips loudly without promtool (./dev test unpacks it).

  tests/operating/alerts_test.py PROMTOOL
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import recorded

PROJECT = Path(__file__).resolve().parents[2]
ALERTS = PROJECT / "packaging/prometheus/alerts.yml"
PROMTOOL = os.environ.get("DZ_PROMTOOL") or (sys.argv[1] if len(sys.argv) > 1 else "promtool")
DAY = 1440
FROM = 10  # minutes of health before a fault
LAST = 90  # of a fault's test

M, A, L = "doublezero_monitor_", "doublezero_activator_", "doublezero_ledger_"
MONITOR = {"job": "doublezero-monitor"}
# For each alert: the series that go wrong, by name and some of their labels, and what they become; a "new" one was not recorded.
FAULTS = {
    "DoubleZeroDaemonDown": [("up", MONITOR, "0")],
    "DoubleZeroNobodyWritesHealth": [(M + "writes", {}, "0")],
    "DoubleZeroTwoWritersOfHealth": [("new", M + 'writes{job="doublezero-monitor",instance="other"}', "1")],
    "DoubleZeroMonitorMayNotWrite": [(M + "may_write", {}, "0")],
    "DoubleZeroActivatorMayNotWrite": [(A + "may_write", {}, "0")],
    "DoubleZeroNoPasses": [(M + "passes_total", {}, "still")],
    "DoubleZeroRestarts": [("process_start_time_seconds", MONITOR, "up")],
    "DoubleZeroFilesRunOut": [("process_open_fds", MONITOR, "1e9")],
    "DoubleZeroConnectionsTurnedAway": [(M + "connections_turned_away_total", {"reason": "no_room"}, "up")],
    "DoubleZeroLedgerReadTooOld": [(A + "ledger_age_seconds", {}, "301")],
    "DoubleZeroNodeBehind": [(M + "ledger_behind", {}, "1")],
    "DoubleZeroLedgerNotWritable": [(L + "writable", {}, "0")],
    "DoubleZeroLedgerSlow": [(L + "commit_seconds_sum", {}, "up"), (L + "commit_seconds_count", {}, "up")],
    "DoubleZeroSourceStale": [(M + "source_age_seconds", {"source": "counters"}, "601")],
    "DoubleZeroQaStale": [(M + "source_age_seconds", {"source": "qa"}, "23401")],
    "DoubleZeroMassSilence": [(M + "source_suspect_devices", {"source": "counters"}, "5")],
    "DoubleZeroSourcesDisagree": [(M + "alarms", {"alarm": "sources-disagree"}, "1")],
    "DoubleZeroClockNotBelieved": [(M + "alarms", {"alarm": "clock-not-believed"}, "1")],
    "DoubleZeroStoreFails": [("new", M + 'store_failed_in_a_row{store="influx",subject="counters"}', "5")],
    "DoubleZeroRowsUnauthorised": [(M + "push_unauthorised_total", {}, "up")],
    "DoubleZeroDeviceClockAhead": [("new", M + 'push_rows_refused_total{device="ams",reason="too-far-ahead"}', "up")],
    "DoubleZeroHistoryNotSent": [("new", M + "history_reachable", "0")],
    "DoubleZeroMonitorFile": [(M + "store_writable", {}, "0")],
    "DoubleZeroMonitorFileDamaged": [(M + "store_damage", {}, "1")],
    "DoubleZeroUnhealthyInService": [(M + "records_not_as_wanted", {"kind": "link", "why": "unhealthy-in-service"}, "1")],
    "DoubleZeroHealthDisagreement": [(M + "alarms", {"alarm": "health-disagreement"}, "1")],
    "DoubleZeroStatusDue": [(M + "records_not_as_wanted", {"kind": "link", "why": "status-due"}, "1")],
    "DoubleZeroHealthDue": [(M + "records_not_as_wanted", {"kind": "device", "why": "health-due"}, "1")],
    "DoubleZeroChangeBudgetSpent": [(A + "budget_held", {}, "3")],
    "DoubleZeroWritesRefused": [(M + "health_refused_total", {}, "up")],
    "DoubleZeroLogToldTwoStories": [("new", 'doublezero_witness_conflicts{job="doublezero-witness",instance="w"}', "1")],
    "DoubleZeroRecordsNotShown": [(M + "records_not_shown", {}, "1")],
    "DoubleZeroWebhookFails": [("new", M + 'notification_oldest_seconds{hook="noc"}', "901")],
    "DoubleZeroMessagesLost": [("new", M + 'notifications_total{hook="noc",outcome="given_up"}', "up")],
}


def values(sample, minutes):
    """Of a healthy day: counters that count go on counting, the rest stays."""
    grows = sample.value / 100 if sample.is_counter else 0
    return f"{sample.value:g}+{grows:g}x{minutes}"


def wrong(sample, becomes):
    start = values(sample, FROM) if sample else f"0+0x{FROM}"
    before = sample.value * 1.1 if sample and sample.is_counter else sample.value if sample else 0
    if becomes == "up":
        return f"{start} {before + 10:g}+10x{LAST}"
    if becomes == "still":
        return f"{start} {before:g}+0x{LAST}"
    return f"{start} {becomes}+0x{LAST}"


def series(minutes, faults=()):
    out = []
    for sample in recorded.samples():
        text = values(sample, minutes)
        for name, labels, becomes in faults:
            if name == sample.name and labels.items() <= sample.labels.items():
                text = wrong(sample, becomes)
        out.append({"series": sample.series, "values": text})
    out += [{"series": labels, "values": wrong(None, becomes)} for name, labels, becomes in faults if name == "new"]
    return out


def test_of(name, minutes, faults, checks):
    return {"name": name, "interval": "1m", "input_series": series(minutes, faults),
            "promql_expr_test": [{"expr": expr, "eval_time": f"{at}m",
                                  "exp_samples": [{"labels": "{}", "value": 1}] if fires else []} for at, expr, fires in checks]}


def fires(alert):
    return f'clamp_max(count(ALERTS{{alertname="{alert}",alertstate="firing"}}), 1)'


@unittest.skipUnless(shutil.which(PROMTOOL), "no promtool here: ./dev test unpacks it from Debian's package prometheus")
class AlertsTest(unittest.TestCase):
    def check(self, tests):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "tests.yml"  # JSON is YAML
            file.write_text(json.dumps({"rule_files": [str(ALERTS)], "evaluation_interval": "1m", "tests": tests}))
            done = subprocess.run([PROMTOOL, "test", "rules", str(file)], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, (done.stdout + done.stderr)[-3000:])

    def test_the_rules_are_rules(self):
        subprocess.run([PROMTOOL, "check", "rules", str(ALERTS)], check=True, capture_output=True)

    def test_none_fires_on_a_healthy_day(self):
        times = range(0, DAY + 1, 60)
        self.check([test_of("a healthy day", DAY, (), [(at, "clamp_max(count(ALERTS), 1)", False) for at in times])])

    def test_each_fires_on_its_fault_and_not_before(self):
        self.check([test_of(alert, LAST, faults, [(FROM - 1, fires(alert), False), (FROM + LAST // 2, fires(alert), True)])
                    for alert, faults in FAULTS.items()])


class EveryAlertTest(unittest.TestCase):
    def test_has_a_fault_here(self):
        self.assertEqual(re.findall(r"^ +- alert: (\S+)$", ALERTS.read_text(), re.M), list(FAULTS))

    def test_faults_are_about_recorded_series(self):
        for alert, faults in FAULTS.items():
            for name, labels, _ in faults:
                found = name == "new" or any(name == s.name and labels.items() <= s.labels.items() for s in recorded.samples())
                self.assertTrue(found, f"{alert}: {name}{labels} was not recorded")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
