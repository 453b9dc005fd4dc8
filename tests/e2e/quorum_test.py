#!/usr/bin/env python3
"""Two monitors that judge, and an activator that asks for both: what the two hold goes into service, and what a stolen health key
writes alone does not. All are processes on one ledger.

Usage: quorum_test.py DOUBLEZERO DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR DOUBLEZERO_ACTIVATOR

The policy asks for nothing but runs of QA, which are told in one row each: so no minute has to be waited for.
"""

import http.client
import json
import os
import pathlib
import sys
import tempfile
import time

from cli_lifecycle_test import Shell, check, found_network, keys_and_config, start_ledger
from notify_test import wait_for
from takeover_test import Daemon, add_device

SLOW = float(os.environ.get("DZ_SLOWDOWN", "1"))  # of sanitizers
SHADOWED = ("dia_interface", "link_interface", "dia_up", "link_up", "reporting", "config_agent", "telemetry_agent")
POLICY = 'window = "60m"\nrecovery_window = "60m"\n[qa]\nsuccesses = 4\nmax_gap = "20m"\n' + "".join(
    f'[[criterion]]\nid = "device.{name}"\nmode = "shadow"\n' for name in SHADOWED) + (
    '[[criterion]]\nid = "device.qa"\ntypes = ["hybrid", "transit", "edge"]\n')
SETTINGS = """policy = "{policy}"
[quorum]
k = 2
keypair = "{key}"
peers = [{{ name = "{peer}", url = "{url}", key = "{peer_key}" }}]
"""


def passes_qa(monitor, device):
    """A success every ten minutes, until now."""
    now = int(time.time())
    rows = "\n".join(f"device_qa_test_results,device_pubkey={device} success=true {(now - 600 * run) * 10**9}" for run in range(6))
    line = http.client.HTTPConnection("127.0.0.1", monitor.port, timeout=10)
    line.request("POST", "/write?db=dz", rows)
    answer = line.getresponse()
    check(answer.status == 204, f"the rows are taken, found {answer.read().decode()}")


def start_judges(shell, folder, binary, url, daemons):
    """The second observes, and gives its opinion; the first writes, and asks the second."""
    policy = pathlib.Path(folder) / "policy.toml"
    policy.write_text(POLICY)
    keys = {name: shell.make_key(name) for name in ("one", "two")}

    def judge(name, peer, peer_url, *more):
        settings = pathlib.Path(folder) / f"{name}.toml"
        settings.write_text(SETTINGS.format(policy=policy, key=shell.key_path(name), peer=peer, url=peer_url, peer_key=keys[peer]))
        daemons.append(Daemon(name, folder, binary, "--config", str(settings), "--ledger-url", url, "--store", f"{folder}/{name}.db",
                              "--pass-interval", "1s", *more))
        return daemons[-1]

    two = judge("two", "one", "http://127.0.0.1:1", "--observe")
    one = judge("one", "two", f"http://127.0.0.1:{two.port}", "--keypair", shell.key_path("monitor"))
    return one, two, keys


def status_of(shell, code):
    return shell.json(f"device get --code {code}")["status"]


def held(activator, code):
    found = [record for record in json.loads(activator.ask("/status"))["held"]["records"] if record["code"] == code]
    return found[0] if found else None


def what_both_hold_goes_into_service(shell, one, two, activator):
    device = shell.json("device get --code new1")["pubkey"]
    passes_qa(one, device)
    wait_for(lambda: "waits for 1 more of 2 judges" in one.ask("/api/v1/status"), "one judge alone writes nothing", 30 * SLOW)
    check(status_of(shell, "new1") == "hard-drained", "and nothing goes into service")
    print("one of two: " + [w["text"] for w in json.loads(one.ask("/api/v1/status"))["judges"]["waiting"]][0])
    passes_qa(two, device)
    wait_for(lambda: status_of(shell, "new1") == "activated", "what both hold goes into service", 60 * SLOW)
    check(activator.metric("doublezero_activator_quorum_backed_total") >= 1, "the activator looked at what stands behind it")
    print("both hold it: new1 is activated")


def a_decision_names_its_judges(shell, one, keys):
    shell.run(f"config set --monitor-url http://127.0.0.1:{one.port}")
    signature = [d["signature"] for d in shell.json("decision list --record new1")["decisions"] if d["to"] == "healthy"][0]
    index = json.loads(one.ask(f"/api/v1/statements?transaction={signature}"))["statements"][0]["index"]
    wait_for(lambda: int(one.ask("/log/checkpoint").split("\n")[1]) > index, "the decision is under a checkpoint", 30 * SLOW)
    said = shell.run(["decision", "verify", signature]).stdout
    told, shown = json.loads(one.ask("/api/v1/decisions?record=new1"))["decisions"][0], shell.json(f"decision get {signature}")[0]
    without_names = [{name: value for name, value in opinion.items() if name != "judge"} for opinion in told["opinions"]]
    check(told["signature"] == signature and shown["opinions"] == without_names, f"both tell the same opinions, found {told} {shown}")
    check("✓ opinions" in said and all(key in said for key in keys.values()), f"both judges are named, found {said}")
    print(said.strip())


def a_stolen_key_alone_brings_nothing_into_service(shell, one, two, activator, folder, binary, url, daemons):
    """While the writer is away, which would call the device impaired at once."""
    one.kill()
    shell.run(f"config set --monitor-url http://127.0.0.1:{two.port}")
    add_device(shell, 2)
    shell.run("device set-health --pubkey new2 --health healthy", "monitor")
    wait_for(lambda: (held(activator, "new2") or {}).get("reason") == "not held by enough judges", "the activator holds it", 30 * SLOW)
    print("stolen key: " + held(activator, "new2")["why"])
    time.sleep(2)
    check(status_of(shell, "new2") == "hard-drained", "it stays out of service")
    check(activator.said("record_held") >= 1, "it is in the log")
    shell.run(f"config set --activator-url http://127.0.0.1:{activator.port}")
    said = shell.run("device explain --code new2").stdout
    check("not held by enough judges" in said, f"explain says it too, found {said}")
    # One that asks for no judges would have taken it.
    daemons.append(Daemon("trusting", folder, binary, "--url", url, "--keypair", shell.key_path("activator"), "--state",
                          f"{folder}/trusting.state"))
    wait_for(lambda: status_of(shell, "new2") == "activated", "without judges the key is enough", 30 * SLOW)


def main():
    doublezero, ledger_binary, monitor_binary, activator_binary = sys.argv[1:5]
    with tempfile.TemporaryDirectory() as folder:
        ledger, port = start_ledger(ledger_binary, folder)
        daemons = []
        try:
            shell = Shell(doublezero, folder)
            url = f"http://127.0.0.1:{port}"
            found_network(shell, keys_and_config(shell, url))
            add_device(shell, 1)
            one, two, keys = start_judges(shell, folder, monitor_binary, url, daemons)
            activator = Daemon("activator", folder, activator_binary, "--url", url, "--keypair", shell.key_path("activator"),
                               "--state", f"{folder}/activator.state", "--require-quorum", "2", "--monitor-key",
                               ",".join(keys.values()), "--monitor-url", f"http://127.0.0.1:{one.port},http://127.0.0.1:{two.port}")
            daemons.append(activator)
            what_both_hold_goes_into_service(shell, one, two, activator)
            a_decision_names_its_judges(shell, one, keys)
            a_stolen_key_alone_brings_nothing_into_service(shell, one, two, activator, folder, activator_binary, url, daemons)
        finally:
            for daemon in daemons:
                daemon.kill()
            ledger.kill()


if __name__ == "__main__":
    main()
