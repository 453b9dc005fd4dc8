#!/usr/bin/env python3
"""The API and the CLI have the same members: one name for one thing, numbers as numbers with their unit in the name, null
for what is unset.

Usage: members_test.py DOUBLEZERO DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR

A small network of which there is something to tell everywhere: a link in service that fails, one that is drained, a device
that is worked on. What the CLI prints with --json is laid beside the schema that the monitor's document has of the same
thing, and so is what the monitor answers. Differences on purpose are in ON_PURPOSE, each with its reason.
"""

import json
import os
import re
import sys
import tempfile
import time

from asked_api import ask, get
from cli_explain_test import start_monitor
from cli_lifecycle_test import activate, check, onboarded_shell, start_ledger
from handed_in import hand_in
from notify_test import wait_for

SLOW = float(os.environ.get("DZ_SLOWDOWN", "1"))  # of sanitizers
MINUTES = 24 * 60 + 10

TIME = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$")
PUBKEY = re.compile(r"^[1-9A-HJ-NP-Za-km-z]{32,44}$")
QUANTITY = re.compile(r"^-?\d+(\.\d+)? ?(ns|us|ms|s|m|min|h|d|days|bps|[kMGT]bps|B|[kMG]B|%)$")

JUDGED = "at damped_failure evidence hold_until next_health notes reason record window_minutes"

# Differences on purpose: what is compared (several with commas), members of it, and why.
ON_PURPOSE = [
    ("link list, link get, device list, device get", JUDGED,
     "the record as the ledger has it, with why and when; what is judged of it whole is explain's"),
    ("link list, link get", "side_a side_z", "upstream's CLI has the device's code there, and scripts made for it read ours"),
    ("device list, device get", "contributor location", "upstream's CLI has the pubkey there; codes are contributor_code and location_code"),
    ("status failing, status next", JUDGED + " contributor", "one screen: which records, why and when"),
    ("status sources", "suspect", "as the API's stream has it: yes or no"),
    ("status sources", "disputed pushed silent silent_count stale stores suspect_devices suspect_since trouble",
     "one screen: how old each source is"),
    ("link history, device history", "next reading", "the CLI reads the ledger itself, to the end, and has no pages"),
    ("link undrain", JUDGED + " cause condition contributor healthy_at maintenance sentence to_do",
     "what was written; what the monitor makes of it comes with its next pass"),
    ("decision get", "desired_status monitor reset sources status", "the signed statement read out, which says what was judged"),
    ("decision get", "checkpoint code id sentence signature slot statement", "beside the signed statement: decision list has them"),
    ("decision get", "findings.detail findings.earliest findings.kind findings.to_do findings.minutes.derived findings.minutes.first_bad "
     "findings.minutes.first_unobserved findings.minutes.last_bad findings.minutes.last_unobserved "
     "findings.minutes.parent_port findings.minutes.rise", "a statement counts, and has no words"),
    ("decision verify", "decision", "the signed statement read out"),
    ("decision verify", "reading", "the CLI waits for the ledger"),
    ("/api/v1/status", "settings.value", "as a settings file has it"),
    ("/api/v1/status", "ledger.genesis", "a hash, which looks like a key"),
]

# Operations without words of the CLI.
ONLY_IN_API = {
    "getMinutes": "every minute as a picture: explain has strips and the minutes that were not good",
    "getReadings": "behind one minute of that picture",
    "listIncidents": "causes with their records: the CLI says the cause of each record",
    "getPolicy": "doublezero-monitor --print-policy",
    "tryPolicy": "doublezero-monitor backtest, which is the daemon's",
    "testWebhook": "from the monitor's own page",
    "listOpinions": "between judges",
    "stream": "changes as they come: the CLI has --watch, and wait",
    "getOpenapi": "the document itself",
}


class Document:
    """The monitor's own, as far as its schemas go."""

    def __init__(self, document):
        self.schemas = document["components"]["schemas"]
        self.operations = {operation["operationId"] for methods in document["paths"].values() for operation in methods.values()}

    def alternatives(self, schema):
        """(kind, schema) of everything that a value may be."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            known = {"Time": "time", "Pubkey": "pubkey"}.get(name)
            return [(known, schema)] if known else self.alternatives(self.schemas[name])
        if "oneOf" in schema:
            return [found for one in schema["oneOf"] for found in self.alternatives(one)]
        kinds = {"string": "text", "integer": "number", "array": "list"}
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return [(kinds.get(one, one), schema) for one in types]


def kind_of(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "time" if TIME.match(value) else "pubkey" if PUBKEY.match(value) else "text"
    return "list" if isinstance(value, list) else "object"


class Comparison:
    def __init__(self, document):
        self.document = document
        self.differences = {}  # (what, member) -> how

    def lay_beside(self, what, value, schema, more=False):
        """more: what the schema does not name is not looked at."""
        self._walk(what, "", value, {"$ref": f"#/components/schemas/{schema}"}, more)

    def _differ(self, what, member, how):
        self.differences.setdefault((what, member), how)

    def _walk(self, what, member, value, schema, more):
        kind, may_be = kind_of(value), self.document.alternatives(schema)
        if isinstance(value, str) and QUANTITY.match(value):
            self._differ(what, member, f"expected a number with its unit in the name, found '{value}'")
        of_kind = [found for name, found in may_be if name == kind]
        if not of_kind:
            names = " or ".join(sorted({name for name, _ in may_be}))
            return self._differ(what, member, f"expected {names}, found {kind}: {json.dumps(value)[:100]}")
        if kind == "list" and "items" in of_kind[0]:
            for one in value:
                self._walk(what, member, one, of_kind[0]["items"], more)
        if kind == "object" and "properties" in of_kind[0]:
            self._members(what, member, value, of_kind[0], more)

    def _members(self, what, member, value, schema, more):
        of_member = f"{member}." if member else ""
        for name, one in value.items():
            if name in schema["properties"]:
                self._walk(what, of_member + name, one, schema["properties"][name], more)
            elif not more:
                self._differ(what, of_member + name, "the document does not have it")
        for name in schema.get("required", []):
            if name not in value:
                self._differ(what, of_member + name, "only the document has it")


def push_rows(monitor, ports):
    """A day of clean rows of each (device, interface), with an error in each of the last minutes where it is to fail."""
    now = int(time.time()) // 60
    for device, interface, fails in ports:
        lines = []
        for minute in range(now - MINUTES, now):
            octets = (minute - now + MINUTES + 1) * 1000
            errors = max(0, minute - (now - 8)) if fails else 0
            lines.append(f"intfCounters,dzd_pubkey={device},intf={interface} in-octets={octets}i,out-octets={octets}i,"
                         f"in-errors={errors}i {(minute * 60 + 20) * 10**9}")
        hand_in(monitor, lines)


def make_something_of_everything(shell, monitor):
    devices = {device["code"]: device["pubkey"] for device in shell.json("device list")}
    push_rows(monitor, [(devices["ams1"], "Ethernet1", False), (devices["ams2"], "Ethernet1", False),
                        (devices["ams1"], "Ethernet2", True), (devices["zet1"], "Ethernet1", False)])
    wait_for(lambda: get(monitor, "/api/v1/alarms")["alarms"], "the link in service fails", 60 * SLOW)
    wait_for(lambda: get(monitor, "/api/v1/incidents")["incidents"], "and has a cause", 60 * SLOW)


class Pairs:
    """Words of the CLI, each laid beside what the API has of the same thing."""

    def __init__(self, shell, monitor):
        self.shell, self.monitor = shell, monitor
        self.document = Document(get(monitor, "/api/v1/openapi.json"))
        self.comparison = Comparison(self.document)
        self.paired = set()  # operations

    def cli(self, what, words, schema, *, operation="", pick=lambda answer: answer, more=False, who=None):
        """pick: what of the answer is of that schema, one or many."""
        self.paired.update(operation.split())
        answer = json.loads(self.shell.run(f"{words} --json", who).stdout)
        found = pick(answer)
        check(found not in ([], None), f"'{words}' has something to compare, found {json.dumps(answer)[:300]}")
        for one in found if isinstance(found, list) else [found]:
            self.comparison.lay_beside(what, one, schema, more)
        return answer

    def api(self, path, schema):
        self.comparison.lay_beside(path.partition("?")[0], get(self.monitor, path), schema)


def compare_records(pairs):
    for kind, code in (("link", "wan1"), ("device", "ams1")):
        pairs.cli(f"{kind} list", f"{kind} list", "Assessment", operation="listAssessments", more=True)
        pairs.cli(f"{kind} get", f"{kind} get --code {code}", "Assessment", operation="getAssessment", more=True)
        pairs.cli(f"{kind} explain", f"{kind} explain --code {code} --minutes", "Assessment", operation="getAssessment")
        pairs.cli(f"{kind} history", f"{kind} history {code}", "History", operation="getHistory")
        pairs.api(f"/api/v1/assessments/{code}?minutes=1&strip=1", "Assessment")
        pairs.api(f"/api/v1/history?record={code}", "History")
        pairs.api(f"/api/v1/minutes?record={code}", "RecordMinutes")
        pairs.api(f"/api/v1/readings?record={code}&minute={time.strftime('%Y-%m-%dT%H:%M:00Z', time.gmtime(time.time() - 300))}",
                  "RecordReadings")
    pairs.cli("exchange list", "exchange list", "Metro", operation="listMetros", more=True)
    pairs.cli("location list", "location list", "Metro", operation="listMetros", more=True)
    pairs.api("/api/v1/assessments", "AssessmentList")
    pairs.api("/api/v1/metros", "MetroList")


def compare_status(pairs):
    def part(name, schema, operation="", more=False):
        said = json.loads(pairs.shell.run("status --json", expect=1).stdout)
        pairs.paired.update(operation.split())
        check(said[name] not in ([], None), f"status has {name}, found {json.dumps(said)[:500]}")
        for one in said[name] if isinstance(said[name], list) else [said[name]]:
            pairs.comparison.lay_beside(f"status {name}", one, schema, more)

    part("sources", "SourceStatus", "getStatus")
    part("alarms", "Alarm", "listAlarms")
    part("failing", "Assessment", "listAssessments")
    part("next", "Assessment", "listAssessments")
    pairs.api("/api/v1/status", "Status")
    pairs.api("/api/v1/alarms", "AlarmList")
    pairs.api("/api/v1/incidents", "IncidentList")


def compare_maintenance(pairs):
    words = ["maintenance", "add", "--device", "ams2", "--for", "2h", "--why", "new optics", "--json"]
    added = json.loads(pairs.shell.run(words, "alpha").stdout)
    pairs.comparison.lay_beside("maintenance add", added, "Maintenance")
    pairs.cli("maintenance list", "maintenance list", "Maintenance", operation="listMaintenances addMaintenance")
    wait_for(lambda: get(pairs.monitor, "/api/v1/assessments/ams2")["maintenance"], "the device is worked on")
    pairs.cli("device explain", "device explain --code ams2", "Assessment")
    pairs.cli("device get", "device get --code ams2", "Assessment", more=True)
    pairs.api("/api/v1/assessments/ams2", "Assessment")
    pairs.api("/api/v1/maintenances", "MaintenanceList")
    pairs.cli("maintenance end", f"maintenance end --id {added['id']}", "Maintenance", operation="endMaintenance", who="alpha")
    pairs.cli("maintenance list", "maintenance list --all", "Maintenance")


def compare_decisions(pairs):
    listed = pairs.cli("decision list", "decision list", "DecisionList", operation="listDecisions")
    decided = [one for one in listed["decisions"] if one["reason"] != "first-sight"] or listed["decisions"]
    one = decided[0]
    wait_for(lambda: ask(pairs.monitor, f"/api/v1/verifications/{one['statement']}")[0] == 200, "it is under a checkpoint")
    pairs.cli("decision get", f"decision get {one['signature']}", "Decision", operation="listStatements")
    pairs.cli("decision verify", f"decision verify {one['signature']}", "Verification", operation="verifyDecision")
    exported = json.loads(pairs.shell.run(f"decision export {one['signature']} --record {one['pubkey']}").stdout)
    pairs.comparison.lay_beside("decision export", exported, "Bundle")
    pairs.paired.add("getStatement")
    pairs.api("/api/v1/decisions", "DecisionList")
    pairs.api(f"/api/v1/statements?transaction={one['signature']}", "StatementList")
    pairs.api(f"/api/v1/statements/{one['statement']}?minutes=1&bundle=1", "Statement")
    pairs.api(f"/api/v1/verifications/{one['statement']}?bundle=1", "Verification")
    pairs.api("/api/v1/opinions", "OpinionList")
    pairs.api("/api/v1/policy", "Policy")


def compare_writes(pairs):
    """What a write says of the record that it wrote to."""
    pairs.cli("link undrain", "link undrain --pubkey wan1", "Assessment", more=True, who="alpha")


def judge(pairs):
    """Every difference is on purpose, and everything on purpose is one; every operation is looked at."""
    on_purpose = {(what, member) for whats, members, _ in ON_PURPOSE for what in whats.split(", ") for member in members.split()}
    used, wrong = set(), []
    for (what, member), how in sorted(pairs.comparison.differences.items()):
        parts = member.split(".")
        known = {(what, ".".join(parts[:end])) for end in range(1, len(parts) + 1)} & on_purpose
        used |= known
        if not known:
            wrong.append(f"{what}: {member}: {how}")
    wrong += [f"{what}: {member}: on purpose, and yet there is no difference" for what, member in sorted(on_purpose - used)]
    wrong += [f"{operation}: no words of the CLI are laid beside it, and it is not in ONLY_IN_API"
              for operation in sorted(pairs.document.operations - pairs.paired - set(ONLY_IN_API))]
    wrong += [f"{operation}: in ONLY_IN_API, and yet it is compared or is not there"
              for operation in sorted(set(ONLY_IN_API) - (pairs.document.operations - pairs.paired))]
    check(not wrong, "the API and the CLI have the same members\n" + "\n".join(wrong))


def main():
    doublezero, ledger_binary, monitor_binary = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        ledger, port = start_ledger(ledger_binary, folder)
        process = None
        try:
            shell = onboarded_shell(doublezero, folder, port)
            activate(shell, "dzx1")
            process, monitor = start_monitor(monitor_binary, folder, f"http://127.0.0.1:{port}", shell.key_path("monitor"))
            shell.run(f"config set --monitor-url {monitor}")
            make_something_of_everything(shell, monitor)
            pairs = Pairs(shell, monitor)
            for compare in (compare_records, compare_status, compare_maintenance, compare_decisions, compare_writes):
                compare(pairs)
            judge(pairs)
        finally:
            if process is not None:
                process.kill()
                process.wait(10)
            ledger.kill()
            ledger.wait()
    print(f"{len(pairs.paired)} operations of the API and {shell.commands} words of the CLI have the same members")


if __name__ == "__main__":
    main()
