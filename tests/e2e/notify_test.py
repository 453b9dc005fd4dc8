#!/usr/bin/env python3
"""doublezero-monitor tells webhooks what changes on a ledger, as people run both: a receiver that is away at first, a
restart in between, and no secret in what the monitor says.

Usage: notify_test.py DOUBLEZERO DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR
"""

import http.server
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from cli_lifecycle_test import Shell, check, found_network, keys_and_config, onboard, start_ledger

SECRET = "a-path-nobody-may-see"
SETTINGS = """keypair = "{keypair}"
[ledger]
url = "http://127.0.0.1:{ledger}"
poll = "1s"
[listen]
port = 0
[[notify]]
name = "everything"
kind = "json"
url = "http://127.0.0.1:{receiver}/everything/{secret}"
all = true
group = "1s"
[[notify]]
name = "service"
kind = "slack"
url_file = "{url_file}"
group = "1s"
"""


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps what is posted, by the first word of the path; the first two tries of each are answered 503."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.tries, self.taken = {}, {}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def events(self):
        return [e for message in self.taken.get("everything", []) for e in message["events"]]

    def slack(self):
        return "\n".join(m["text"] for m in self.taken.get("service", []))


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        hook = self.path.split("/")[1]
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        tries = self.server.tries.setdefault(hook, [])
        tries.append(message)
        if len(tries) > 2:
            self.server.taken.setdefault(hook, []).append(message)
        self.send_response(503 if len(tries) <= 2 else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Monitor:
    def __init__(self, binary, folder):
        ports = pathlib.Path(folder) / "monitor.ports"
        ports.unlink(missing_ok=True)
        self.log = open(pathlib.Path(folder) / "monitor.log", "ab")
        self.process = subprocess.Popen([binary, "--config", f"{folder}/monitor.toml", "--store", f"{folder}/monitor.db",
                                         "--ports-file", str(ports), "--verbose"], stderr=self.log)
        wait_for(lambda: ports.exists() and ports.read_text().strip(), "the monitor listens")
        self.port = json.loads(ports.read_text())["http"]
        wait_for(lambda: "ledger_read_at" in self.get("/healthz"), "the monitor has read the ledger")

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def post(self, path):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=b"")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def test_of(self, hook):
        return next(h for h in json.loads(self.get("/api/v1/status"))["webhooks"] if h["name"] == hook).get("test")

    def stop(self, how):
        self.process.send_signal(how)
        self.process.wait(20)
        self.log.close()


def wait_for(true, what, seconds=30):
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            sys.exit(f"FAILED: {what}, within {seconds} s")
        time.sleep(0.1)


def changes(receiver, code):
    return [(e["event"], e["from"], e["to"], e["reason"]) for e in receiver.events()
            if e.get("code") == code and e["event"] != "health"]


def write_settings(shell, folder, ledger, receiver):
    url = pathlib.Path(folder) / "slack.url"
    url.write_text(f"http://127.0.0.1:{receiver.server_port}/service/{SECRET}\n")
    path = pathlib.Path(folder) / "monitor.toml"
    path.write_text(SETTINGS.format(keypair=shell.key_path("monitor"), ledger=ledger, receiver=receiver.server_port,
                                    secret=SECRET, url_file=url))
    return path


def new_records_are_told_where_asked(receiver, monitor):
    wait_for(lambda: len(changes(receiver, "wan1")) == 1, "a new link is told")
    check(changes(receiver, "wan1") == [("status", None, "hard-drained", "created")], f"found {changes(receiver, 'wan1')}")
    tries = receiver.tries["everything"]
    check(tries[0]["id"] == tries[1]["id"] == tries[2]["id"], "a message keeps its id")
    wait_for(lambda: 'notifications_total{hook="everything",outcome="retried"} 2' in monitor.get("/metrics"), "counted")
    check("service" not in receiver.tries, "what is not in service is not told unless asked")


def service_is_told_in_slack(shell, receiver):
    shell.run("link update --pubkey wan1 --status activated")  # the foundation's override
    wait_for(lambda: "service" in receiver.taken, "the Slack message arrives after two refusals")
    check("wan1: status hard-drained to activated" in receiver.slack(), f"found {receiver.slack()}")


def a_test_says_that_it_is_one_and_what_was_answered(receiver, monitor):
    check(monitor.post("/api/v1/webhook-tests/everything")["name"] == "everything", "a test is sent")
    wait_for(lambda: (monitor.test_of("everything") or {}).get("state") == "taken", "its answer is shown")
    message = receiver.taken["everything"][-1]
    check(message["test"] is True and message["events"] == [], f"it says that it is one, found {message}")
    check(monitor.test_of("everything")["said"] == "200", f"found {monitor.test_of('everything')}")


def main():
    doublezero, ledger_binary, monitor_binary = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        ledger, port = start_ledger(ledger_binary, folder)
        receiver, monitor = Receiver(), None
        try:
            shell = Shell(doublezero, folder)
            keys = keys_and_config(shell, f"http://127.0.0.1:{port}")
            found_network(shell, keys)
            config = write_settings(shell, folder, port, receiver)
            said = subprocess.run([monitor_binary, "--config", config, "--check-config"], capture_output=True, text=True,
                                  check=True).stdout
            check("# notify service: slack to http://127.0.0.1:" in said and SECRET not in said, "--check-config shows hooks")
            monitor = Monitor(monitor_binary, folder)
            onboard(shell, keys)
            new_records_are_told_where_asked(receiver, monitor)
            service_is_told_in_slack(shell, receiver)
            a_test_says_that_it_is_one_and_what_was_answered(receiver, monitor)
            monitor.stop(signal.SIGKILL)
            shell.run("link drain --pubkey wan1 --soft", "alpha")
            monitor = Monitor(monitor_binary, folder)
            wait_for(lambda: "to soft-drained" in receiver.slack(), "what changed meanwhile is told")
            told = [c for c in changes(receiver, "wan1") if c[0] == "status"]
            wait_for(lambda: len([c for c in changes(receiver, "wan1") if c[0] == "status"]) == 3, f"three moves: {told}")
            check(receiver.slack().count("to activated") == 1, "nothing is told again after a restart")
            check(SECRET not in monitor.get("/healthz") + monitor.get("/metrics"), "no secret is shown")
            monitor.stop(signal.SIGTERM)
            log = (pathlib.Path(folder) / "monitor.log").read_text()
            check("notification_failed" in log and "notification_delivered" in log, "deliveries are logged")
            check(SECRET not in log, "no secret is logged")
        finally:
            for process in (monitor.process if monitor else None, ledger):
                if process is not None:
                    process.kill()
            receiver.shutdown()
        print(f"{len(receiver.events())} events")


if __name__ == "__main__":
    main()
