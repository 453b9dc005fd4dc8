#!/usr/bin/env python3
"""One list of metrics: docs/operating/metrics.md has every name that the sources expose and that daemons were recorded with; alerts
and dashboards ask for no other, and dashboards have what Grafana's import needs.

  tests/operating/names_test.py
"""
import json
import re
import unittest
from pathlib import Path

import recorded

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs/operating/metrics.md"
DASHBOARDS = sorted((PROJECT / "packaging/grafana").glob("*.json"))
DAEMONS = ("monitor", "activator", "ledger", "witness")


def listed():
    """{daemon: names without prefix}, and those of every daemon, out of the tables of the page."""
    names, section = {}, ""
    for line in PAGE.read_text().splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif line.startswith("|"):
            daemon = next((d for d in DAEMONS if section.startswith("doublezero-" + d)), "every" if section == "Every daemon" else None)
            if daemon:
                names.setdefault(daemon, set()).update(re.findall(r"`([a-z][a-z0-9_]+)(?:\{[a-z_,]*\})?`", line.split("|")[1]))
    return names


def full_names():
    names = listed()
    out = {n for n in names["every"] if n.startswith("process_")}
    for daemon in DAEMONS:
        out |= {f"doublezero_{daemon}_{n}" for n in names[daemon] | names["every"] if not n.startswith("process_")}
    return out


def base(name):
    return re.sub(r"_(bucket|sum|count)$", "", name) if re.search(r"_seconds_(bucket|sum|count)$", name) else name


def named_in(expr):
    """The metrics that an expression asks for; a pattern of names stands for each of its choices."""
    for pattern in re.findall(r'__name__=~"([^"]*)"', expr):
        variants = [""]
        for part in re.split(r"(\([^)]*\))", pattern):
            choices = part[1:-1].split("|") if part.startswith("(") else [part]
            variants = [v + c for v in variants for c in choices]
        yield from variants
    for name in re.findall(r"\b((?:doublezero|process)_[a-z0-9_]+)", re.sub(r'"[^"]*"', '""', expr)):
        yield name


def expressions():
    for alert in re.findall(r"^ +expr: '(.*)'$", (PROJECT / "packaging/prometheus/alerts.yml").read_text(), re.M):
        yield "alerts.yml", alert
    for file in DASHBOARDS:
        board = json.loads(file.read_text())
        for panel in board["panels"]:
            for target in panel["targets"]:
                yield file.name, target["expr"]
        for variable in board["templating"]["list"]:
            yield file.name, variable.get("definition", "")


class NamesTest(unittest.TestCase):
    def test_the_page_has_every_name_that_sources_expose(self):
        exposed = set()
        for file in (PROJECT / "src").rglob("*.cpp"):
            if file.name.endswith("_test.cpp") or "etrics" not in (text := file.read_text()):
                continue
            exposed |= set(re.findall(r'(?:page\.(?:counter|gauge|histogram)|add_words)\((?:page, )?"([a-z0-9_]+)"', text))
            exposed |= set(re.findall(r'\badd\("((?:record_|earliest_|health_)[a-z0-9_]+)"', text))
        known = {n.removeprefix("process_") for names in listed().values() for n in names}
        self.assertGreater(len(exposed), 90)
        self.assertEqual(sorted(exposed - known), [], "not in docs/operating/metrics.md")
        self.assertEqual(sorted(known - exposed), [], "in docs/operating/metrics.md and exposed by nobody")

    def test_the_page_has_every_name_that_was_recorded(self):
        self.assertEqual(sorted({base(n) for n in recorded.names()} - full_names()), [])

    def test_alerts_and_dashboards_ask_for_names_that_there_are(self):
        known = full_names()
        for where, expr in expressions():
            for name in named_in(expr):
                self.assertIn(base(name), known, f"{where}: {expr}")

    def test_dashboards_ask_by_labels_that_there_are(self):
        labels = {l for s in recorded.samples() for l in s.labels} | {"store", "subject", "hook", "device", "network", "reason", "outcome"}
        for where, expr in expressions():
            for label in re.findall(r"[{,]([a-z_]+)(?:=~|!=|=)", expr):
                self.assertIn(label, labels | {"__name__"}, f"{where}: {expr}")
            for group in re.findall(r"\bby \(([^)]*)\)", expr):
                for label in group.split(","):
                    self.assertIn(label.strip(), labels, f"{where}: {expr}")


class DashboardTest(unittest.TestCase):
    def test_there_are_three(self):
        self.assertEqual([f.name for f in DASHBOARDS], ["fleet.json", "record.json", "sources.json"])

    def test_each_has_what_an_import_needs(self):
        uids = []
        for file in DASHBOARDS:
            board = json.loads(file.read_text())
            uids.append(board["uid"])
            self.assertLessEqual(len(board["uid"]), 40)
            self.assertIsInstance(board["schemaVersion"], int)
            inputs = {i["name"] for i in board["__inputs"]}
            for key in ("title", "panels", "time", "templating", "annotations", "__requires"):
                self.assertIn(key, board, file.name)
            ids, taken = [], set()
            for panel in board["panels"]:
                ids.append(panel["id"])
                place = panel["gridPos"]
                self.assertLessEqual(place["x"] + place["w"], 24, panel["title"])
                cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
                self.assertFalse(cells & taken, f"{file.name}: {panel['title']} lies on another panel")
                taken |= cells
                self.assertEqual(len({t["refId"] for t in panel["targets"]}), len(panel["targets"]))
                for holder in (panel, *panel["targets"]):
                    self.assertIn(holder["datasource"]["uid"].strip("${}"), inputs)
                self.assertIn("defaults", panel["fieldConfig"])
                self.assertIn("overrides", panel["fieldConfig"])
            self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(len(uids), len(set(uids)))

    def test_words_of_numbers_are_those_of_the_page(self):
        row = dict(re.findall(r"^\| (status|desired status|health, verdict|not as wanted) \| (.*) \|$", PAGE.read_text(), re.M))
        words = {key: [re.match(r"\d+ ([\w -]+?)(?: \(.*)?$", w.strip()).group(1) for w in re.split(r"[,;] (?=\d)", text.split("; the first")[0])]
                 for key, text in row.items()}
        of = {"In force": "status", "Wanted": "desired status", "Health on the ledger": "health, verdict", "Not as wanted": "not as wanted"}
        board = json.loads((PROJECT / "packaging/grafana/record.json").read_text())
        for panel in board["panels"]:
            if panel["type"] == "stat" and panel["title"] in of:
                shown = panel["fieldConfig"]["defaults"]["mappings"][0]["options"]
                self.assertEqual([shown[str(i)]["text"].replace(" ", "-") for i in range(len(shown))],
                                 [w.replace(" ", "-") for w in words[of[panel["title"]]]], panel["title"])


if __name__ == "__main__":
    unittest.main()
