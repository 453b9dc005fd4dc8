#!/usr/bin/env python3
"""The monitor's API by the real programs: every answer is as /api/v1/openapi.json says, lists come in pages, packed and
with tags, and the stream tells of a new record and resumes.

Usage: api_test.py DOUBLEZERO DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR
Without the Python packages of requirements.txt it says so and is skipped (77).
"""

import base64
import hashlib
import http.client
import json
import os
import sys
import tempfile
import time
import urllib.parse
import urllib.request

from pinned_packages import run_with_pinned_packages

try:
    import jsonschema
    import openapi_spec_validator
except ImportError:
    run_with_pinned_packages()

from asked_api import ask, get
from cli_explain_test import start_monitor
from cli_lifecycle_test import check, onboarded_shell, start_ledger
from notify_test import wait_for

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "conformance"))
import decision_vectors_test as decision_vectors


def answers_are_as_documented(monitor):
    document = get(monitor, "/api/v1/openapi.json")
    decided = get(monitor, "/api/v1/decisions")["decisions"][0]
    openapi_spec_validator.validate(document)
    wait_for(lambda: ask(monitor, f"/api/v1/verifications/{decided['statement']}")[0] == 200, "the decision is under a checkpoint")
    asked = ["/api/v1/assessments", "/api/v1/assessments/wan1", "/api/v1/decisions", "/api/v1/alarms",
             "/api/v1/history?record=wan1", "/api/v1/incidents", "/api/v1/maintenances", "/api/v1/metros",
             "/api/v1/minutes?record=wan1", f"/api/v1/minutes?record=wan1&day={time.strftime('%Y-%m-%d', time.gmtime())}",
             f"/api/v1/readings?record=wan1&minute={time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}",
             f"/api/v1/statements?transaction={decided['signature']}",
             f"/api/v1/statements/{decided['statement']}?minutes=1",
             f"/api/v1/verifications/{decided['statement']}?bundle=1", "/api/v1/opinions", "/api/v1/policy",
             "/api/v1/status", "/api/v1/openapi.json"]
    places = {path.partition("?")[0] for path in asked}
    of_get = [path for path, methods in document["paths"].items() if "get" in methods]
    check(len(places) + 1 == len(of_get), "every path but the stream is asked")
    for path in asked:
        template = path.partition("?")[0].replace("wan1", "{record}")
        for star in ("statements", "verifications"):
            template = template.replace(f"{star}/{decided['statement']}", star + "/{statement}")
        schema = document["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.Draft202012Validator({**document, **schema}).validate(get(monitor, path))
    for path, wanted in (("/api/v1/assessments?colour=red", 400), ("/api/v1/assessments?kind=router", 400),
                         ("/api/v1/assessments/nobody", 404), ("/api/v1/minutes?record=nobody", 404),
                         ("/api/v1/minutes", 400), ("/api/v1/minutes?record=wan1&day=today", 400),
                         ("/api/v1/readings?record=wan1", 400), ("/api/v1/nothing", 404),
                         ("/api/v1/assessments/wan1%", 400), ("/api/v1/assessments/wan%251", 404),
                         ("/api/v1/backtests", 405), ("/api/v1/webhook-tests/noc", 405)):
        status, _, body = ask(monitor, path)
        check(status == wanted, f"{path} is answered {wanted}, found {status}")
        check("expected" in json.loads(body)["error"], f"{path} says what was expected")


def a_decision_is_stated_and_tied_to_its_transaction(monitor, ledger):
    decided = get(monitor, "/api/v1/decisions")["decisions"][0]
    stated = get(monitor, f"/api/v1/statements?transaction={decided['signature']}")["statements"]
    check(decided["statement"] in [one["index"] for one in stated], f"its statement is there, found {stated}")
    hashes = [hashlib.sha256(b"\0" + base64.b64decode(one["statement"])).digest() for one in stated]
    check([one.hex() for one in hashes] == [one["hash"] for one in stated], "a hash is that of the bytes")
    root = decision_vectors.tree_root(hashes)
    body = {"jsonrpc": "2.0", "id": 1, "method": "getTransaction",
            "params": [decided["signature"], {"encoding": "jsonParsed", "commitment": "confirmed"}]}
    request = urllib.request.Request(ledger, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        shown = json.load(answer)["result"]["transaction"]["message"]["instructions"]
    check(shown[-1].get("parsed") == "dzd1:" + base64.b64encode(root).decode(), f"the memo has their root, found {shown[-1]}")
    one = get(monitor, f"/api/v1/statements/{decided['statement']}?minutes=1")
    leaves = [decision_vectors.leaf_hash(base64.b64decode(leaf)) for leaf in one["minutes"]]
    statement = decision_vectors.read_statement(base64.b64decode(one["statement"]))
    check(statement["minutes"] == decision_vectors.tree_root(leaves), "the statement has the root over its minutes")


def escapes_in_a_path_are_taken(monitor):
    check(get(monitor, "/api/v1/assessments/w%61n1")["code"] == "wan1", "an escape stands for its character")


def another_policy_is_tried(monitor):
    document = get(monitor, "/api/v1/openapi.json")
    policy = get(monitor, "/api/v1/policy")["text"]
    body = json.dumps({"from": "1h", "policy": policy.replace('window = "24h"', 'window = "12h"')})
    status, headers, answer = ask(monitor, "/api/v1/backtests", body=body)
    check(status == 200 and headers["Content-Type"] == "text/event-stream", f"it is told in events, found {status} {answer[:200]}")
    events = [block.split("\n") for block in answer.decode().split("\n\n") if block.startswith("event: ")]
    told = [(lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: "))) for lines in events]
    check(told[-1][0] == "outcome", f"the outcome comes last, found {told[-1]}")
    for event, data in told:
        schema = {"$ref": "#/components/schemas/" + {"progress": "BacktestProgress", "outcome": "Backtest"}[event]}
        jsonschema.Draft202012Validator({**document, **schema}).validate(data)
    outcome = told[-1][1]
    check(outcome["records"] >= 3 and outcome["decisions"], f"it has the recorded decisions, found {outcome}")
    for wrong in ("", "{}", json.dumps({"from": "1h", "policy": "windw = 1"})):
        status, _, answer = ask(monitor, "/api/v1/backtests", body=wrong)
        check(status == 400 and "expected" in json.loads(answer)["error"], f"'{wrong}' is refused, found {status} {answer}")
    status, _, _ = ask(monitor, "/api/v1/backtests", {"Origin": "http://elsewhere.example"}, body)
    check(status == 403, f"a foreign page has nothing tried, found {status}")


def webhooks_are_tested_from_this_machine_only(monitor):
    status, _, answer = ask(monitor, "/api/v1/webhook-tests/noc", body="")
    check(status == 404 and "webhook" in json.loads(answer)["error"], f"there is none, found {status} {answer}")
    status, _, _ = ask(monitor, "/api/v1/webhook-tests/noc", {"X-Forwarded-For": "10.0.0.7"}, "")
    check(status == 403, f"nobody has one tested through a proxy, found {status}")


def a_history_says_who_wrote_what_and_why(monitor):
    history = get(monitor, "/api/v1/history?record=wan1")
    check(not history["reading"], f"a ledger that answers at once is read before the answer, found {history}")
    events = [entry["event"] for entry in history["history"]]
    check(events[-1] == "created" and history["from_creation"], f"it goes back to the beginning, found {events}")
    judged = [entry for entry in history["history"] if entry["role"] == "the health authority"]
    check(judged and all(entry["reason"] and entry["signature"] for entry in judged),
          f"what the monitor wrote has its reason, found {history}")


def lists_come_in_pages_packed_and_tagged(monitor):
    whole = [r["code"] for r in get(monitor, "/api/v1/assessments?findings=0")["assessments"]]
    check(whole == sorted(whole) and len(whole) >= 3, f"records are in the order of codes, found {whole}")
    paged, cursor = [], ""
    while cursor is not None:
        page = get(monitor, f"/api/v1/assessments?limit=1{cursor and '&cursor=' + cursor}")
        paged += [r["code"] for r in page["assessments"]]
        cursor = page["next"]
    check(paged == whole, f"pages hold every record once, found {paged}")
    _, headers, body = ask(monitor, "/api/v1/assessments", {"Accept-Encoding": "gzip"})
    check(headers["Content-Encoding"] == "gzip", "who takes gzip is given it")
    check(len(json.loads(body)["assessments"]) == len(whole), "and it holds the list")

    def is_unchanged():  # unless a pass comes between the two questions
        _, headers, _ = ask(monitor, "/api/v1/assessments")
        return "ETag" in headers and ask(monitor, "/api/v1/assessments", {"If-None-Match": headers["ETag"]})[0] == 304

    wait_for(is_unchanged, "a list that is as it was is answered 304")


class Stream:
    def __init__(self, monitor, last=None):
        place = urllib.parse.urlsplit(monitor)
        self.connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
        self.connection.request("GET", "/api/v1/stream", headers={"Last-Event-ID": last} if last else {})
        self.answer = self.connection.getresponse()
        self.last = None

    def next(self, wanted):
        """Data of the next event of that name."""
        event, data = None, None
        while True:
            line = self.answer.readline().decode()
            check(line != "", "the stream stays open")
            name, _, value = line.rstrip("\n").partition(": ")
            if name == "id":
                self.last = value
            elif name == "event":
                event = value
            elif name == "data":
                data = json.loads(value)
            elif line == "\n" and event == wanted:
                return data
            if line == "\n":
                event = None
                if wanted is None and self.last:
                    return None


def the_stream_tells_and_resumes(monitor, change):
    stream = Stream(monitor)
    check(stream.answer.headers["Content-Type"] == "text/event-stream", "it is a stream of events")
    stream.next(None)
    begun = stream.last
    change()
    record = stream.next("record")
    check(record["change"] in ("added", "changed") and record["code"], f"a record changed, found {record}")
    stream.connection.close()
    again = Stream(monitor, begun)
    check(again.next("record") == record, "what was missed comes again")
    again.connection.close()
    other = Stream(monitor, "another-7")
    check("lists" in other.next("resync")["reason"], "who was away too long reads the lists again")
    other.connection.close()


def main():
    doublezero, ledger_binary, monitor_binary = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        ledger, port = start_ledger(ledger_binary, folder)
        try:
            shell = onboarded_shell(doublezero, folder, port)
            process, monitor = start_monitor(monitor_binary, folder, f"http://127.0.0.1:{port}",
                                             shell.key_path("monitor"))
            try:
                wait_for(lambda: get(monitor, "/api/v1/decisions")["decisions"], "the monitor has judged")
                answers_are_as_documented(monitor)
                a_decision_is_stated_and_tied_to_its_transaction(monitor, f"http://127.0.0.1:{port}")
                escapes_in_a_path_are_taken(monitor)
                another_policy_is_tried(monitor)
                webhooks_are_tested_from_this_machine_only(monitor)
                a_history_says_who_wrote_what_and_why(monitor)
                lists_come_in_pages_packed_and_tagged(monitor)
                the_stream_tells_and_resumes(monitor, lambda: shell.run("link drain --pubkey wan1 --hard -w", "alpha"))
            finally:
                process.kill()
                process.wait(10)
        finally:
            ledger.kill()
            ledger.wait()
    print("the API is as its document says")


if __name__ == "__main__":
    main()
