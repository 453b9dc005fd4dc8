#!/usr/bin/env python3
"""What people mistype and mix up, against programs as they run: exit codes, and one sentence that says what is wrong.

Usage: cli_usage_test.py DOUBLEZERO DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR
"""

import signal
import sys
import tempfile

from cli_explain_test import start_monitor
from cli_lifecycle_test import Shell, check, found_network, keys_and_config, onboard, start_ledger


def said_once(done, *parts):
    """One line of error that has all the parts, and at most the pointer to help besides."""
    lines = [line for line in done.stderr.splitlines() if not line.startswith("See 'doublezero help")]
    check(len(lines) == 1 and lines[0].startswith("Error: ") and all(part in lines[0] for part in parts),
          f"expected one sentence with {parts}, found {done.stderr}")
    check(done.stdout == "", f"nothing on stdout, found {done.stdout}")


def without_a_network(shell, url):
    said_once(shell.run("link list", expect=1), url, "doublezero init")
    poor = shell.make_key("poor")
    check(poor in shell.run(["address"], "poor").stdout, "a key without credits")
    check("doublezero airdrop" in shell.run("init", "poor", expect=1).stderr, "init without credits says what to do")


def wrong_words(shell):
    for words, part in (("lnik list", "did you mean 'link'"), ("link list --stauts activated", "did you mean '--status'"),
                        ("help drian", "no command"), ("link list --url ftp://x", "http://"),
                        ("--monitor-url localhost:8090 link list", "http://"), ("link update --pubkey wan1", "nothing to change"),
                        ("-e testnt link list", "did you mean 'testnet'"), ("link", "followed by one of"),
                        ("link list --status hard-draned", "did you mean 'hard-drained'")):
        said_once(shell.run(words, expect=2), part)
    words = shell.run("device list --status draned", expect=2).stderr
    check("device-provisioning" not in words and "(v0.34)" not in words, f"this ledger's words only, found {words}")
    check("(v0.34)" in shell.run("device list --status draned --url http://127.0.0.1:9", expect=2).stderr,
          "all words when no ledger answers")
    check("--hard" in shell.run("help link drain").stdout, "help")


def mixed_up(shell, ledger, monitor):
    said_once(shell.run(f"link list --url {monitor}", expect=1), "expected a ledger", "found a DoubleZero monitor", "--url")
    said_once(shell.run(f"link explain --code wan1 --monitor-url {ledger}", expect=1), "expected the monitor", "--monitor-url")
    said_once(shell.run("link list --env testnet", expect=1), "testnet", "--url")
    said_once(shell.run(f"link list --env testnet --url {ledger}", expect=1), "--env local")
    said = shell.run(f"status --monitor-url {monitor} --activator-url {monitor}", expect=1)
    check("Attention: activator: expected the activator" in said.stdout and "found a DoubleZero monitor" in said.stdout, f"a daemon that is another, found {said.stdout}")


def main():
    doublezero, ledger, monitor = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        processes = []
        try:
            process, port = start_ledger(ledger, folder)
            processes.append(process)
            url = f"http://127.0.0.1:{port}"
            shell = Shell(doublezero, folder)
            keys = keys_and_config(shell, url)
            without_a_network(shell, url)
            found_network(shell, keys)
            onboard(shell, keys)
            process, monitor_url = start_monitor(monitor, folder, url, shell.key_path("monitor"))
            processes.append(process)
            wrong_words(shell)
            mixed_up(shell, url, monitor_url)
            for process in reversed(processes):
                process.send_signal(signal.SIGTERM)
                process.wait(20)
        finally:
            for process in processes:
                process.kill()
        print(f"{shell.commands} commands")


if __name__ == "__main__":
    main()
