#!/usr/bin/env python3
"""The monitor's API asked at random: schemathesis reads /api/v1/openapi.json and asks every operation with what it makes up,
right and wrong. No answer is a fault of the server, and every status, content type, header and body is as the document says.

Usage: api_fuzz_test.py DOUBLEZERO DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR [--seed N] [--examples N]

The seed is fixed, so that a run finds what the last one found. Without the packages of requirements.txt it says so and is
skipped (77).
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from pinned_packages import INSTALLED, run_with_pinned_packages

run_with_pinned_packages()
import hypothesis
import requests
import schemathesis

from asked_api import ask, get
from cli_explain_test import start_monitor
from cli_lifecycle_test import check, onboarded_shell, start_ledger
from notify_test import wait_for

NO_KEY, NO_TRANSACTION = "1" * 32, "1" * 64  # base58 of nothing but zeros
STREAM = "/api/v1/stream"  # answers for ever: its head is looked at here
# Left out: that what fits a schema is taken (a text may fit and still name nothing that there is), and what is about
# accounts and tokens, which the API does not have.
CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
          "response_schema_conformance", "negative_data_rejection", "unsupported_method", "allow_header_conformance"]


def arguments():
    parser = argparse.ArgumentParser()
    for name in ("doublezero", "ledger", "monitor"):
        parser.add_argument(name)
    parser.add_argument("--seed", type=int, default=27)
    parser.add_argument("--examples", type=int, default=60)
    return parser.parse_args()


def moment(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def known_values(monitor, shell):
    """By the name of the parameter or member; some are well formed and name nothing."""
    decided = get(monitor, "/api/v1/decisions")["decisions"]
    records = [one[name] for one in get(monitor, "/api/v1/assessments?findings=0")["assessments"] for name in ("code", "pubkey")]
    records.append(NO_KEY)
    transactions = [*{one["signature"]: None for one in decided}, NO_TRANSACTION]
    return {"record": records, "device": records, "contributor": ["alpha", "zeta"], "metro": ["xams", "ams"],
            "statement": [*(str(one["statement"]) for one in decided), "999999", "0" * 64], "transaction": transactions,
            "cursor": [None], "policy": [get(monitor, "/api/v1/policy")["text"]], "pubkey": records, "by": records,
            "signature": transactions, "from": [moment(-3600)], "to": [moment(3600)]}


def every_operation_is_as_documented(monitor, known, folder, asked):
    environment = {**os.environ, "DZ_KNOWN": json.dumps(known), "SCHEMATHESIS_HOOKS": "api_fuzz_hooks",
                   "PYTHONPATH": str(pathlib.Path(__file__).parent), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [str(INSTALLED / "bin" / "st"), "run", f"{monitor}/api/v1/openapi.json", "--exclude-path", STREAM,
               "--phases", "coverage,fuzzing", "--checks", ",".join(CHECKS), "--max-examples", str(asked.examples),
               "--seed", str(asked.seed), "--generation-database", "none",
               "--continue-on-failure", "--request-timeout", "30", "--no-color"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=280)
    print(done.stdout[-12000:])
    check(done.returncode == 0, f"every answer is as the document says, schemathesis ended with {done.returncode} {done.stderr[-2000:]}")


def the_stream_is_as_documented(monitor, examples):
    operation = schemathesis.openapi.from_url(f"{monitor}/api/v1/openapi.json")[STREAM]["GET"]
    documented = get(monitor, "/api/v1/openapi.json")["paths"][STREAM]["get"]["responses"]

    @hypothesis.settings(max_examples=examples, derandomize=True, database=None, deadline=None,
                         suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(case=operation.as_strategy())
    def asked(case):
        with requests.get(monitor + STREAM, params=dict(case.query or {}), headers=dict(case.headers or {}), stream=True, timeout=30) as answer:
            status, content = str(answer.status_code), answer.headers["Content-Type"].partition(";")[0]
            check(status in documented and content in documented[status]["content"], f"found {status} {content} for {case.headers}")

    asked()


def main():
    asked = arguments()
    with tempfile.TemporaryDirectory() as folder:
        ledger, port = start_ledger(asked.ledger, folder)
        process = None
        try:
            shell = onboarded_shell(asked.doublezero, folder, port)
            process, monitor = start_monitor(asked.monitor, folder, f"http://127.0.0.1:{port}", shell.key_path("monitor"))
            wait_for(lambda: get(monitor, "/api/v1/decisions")["decisions"], "the monitor has judged")
            known = known_values(monitor, shell)
            wait_for(lambda: ask(monitor, f"/api/v1/verifications/{known['statement'][0]}")[0] == 200, "a decision is under a checkpoint")
            the_stream_is_as_documented(monitor, asked.examples)
            every_operation_is_as_documented(monitor, known, folder, asked)
            check(process.poll() is None, "the monitor still runs")
        finally:
            if process is not None:
                process.kill()
                process.wait(10)
            ledger.kill()
            ledger.wait()
    print("whatever is asked, the answer is as the document says")


if __name__ == "__main__":
    main()
