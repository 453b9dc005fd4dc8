#!/usr/bin/env python3
"""The life of devices and links by command line, against doublezero-ledger as people run it.

Usage: cli_lifecycle_test.py DOUBLEZERO DOUBLEZERO_LEDGER
"""

import json
import os
import pathlib
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time


class Shell:
    """Runs doublezero with a home folder and one ledger of its own."""

    def __init__(self, doublezero, home):
        self.doublezero = doublezero
        self.home = pathlib.Path(home)
        self.commands = 0

    def run(self, text, who=None, expect=0, **environment):
        arguments = text if isinstance(text, list) else text.split()
        if who is not None:
            arguments = arguments + ["--keypair", self.key_path(who)]
        clean = {"HOME": str(self.home), "PATH": os.environ["PATH"], **environment}
        done = subprocess.run([self.doublezero, *arguments], capture_output=True, text=True, timeout=60, env=clean)
        self.commands += 1
        if done.returncode != expect:
            sys.exit(f"expected exit code {expect}, found {done.returncode}: doublezero {' '.join(arguments)}\n"
                     f"{done.stdout}{done.stderr}")
        return done

    def key_path(self, who):
        return str(self.home / f"{who}.json")

    def json(self, text):
        return json.loads(self.run(text + " --json").stdout)

    def make_key(self, who):
        said = self.run(["keygen", "-o", self.key_path(who)]).stdout
        assert said.startswith("Pubkey: "), said
        return said.split()[1]


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def start_ledger(binary, folder, *options):
    ports_file = pathlib.Path(folder) / "ports.json"
    ports_file.unlink(missing_ok=True)
    process = subprocess.Popen([binary, "--data", f"{folder}/ledger", "--rpc-port", "0", "--ws-port", "0",
                                "--slot-ms", "100", "--ports-file", str(ports_file), *options],
                               stderr=subprocess.DEVNULL)
    for _ in range(100):
        if ports_file.exists() and ports_file.read_text().strip():
            return process, json.loads(ports_file.read_text())["rpc"]
        if process.poll() is not None:
            sys.exit("doublezero-ledger ended at once")
        time.sleep(0.1)
    process.kill()
    sys.exit("doublezero-ledger did not start within 10 s")


def keys_and_config(shell, url):
    keys = {who: shell.make_key(who) for who in ("foundation", "alpha", "zeta", "monitor", "activator", "agent")}
    mode = stat.S_IMODE(os.stat(shell.key_path("alpha")).st_mode)
    check(mode == 0o600, f"key files are 0600, found {mode:o}")
    check("--force" in shell.run(["keygen", "-o", shell.key_path("alpha")], expect=1).stderr, "keys are not overwritten")
    said = shell.run(f"config set --url {url} --keypair {shell.key_path('foundation')}").stdout
    check(f"RPC URL: {url}" in said, "config set shows what it stored")
    check(shell.run("address").stdout.strip() == keys["foundation"], "address follows the stored keypair")
    inline = pathlib.Path(shell.key_path("zeta")).read_text()
    check(shell.run("address", DOUBLEZERO_KEYPAIR=inline).stdout.strip() == keys["zeta"], "a key may be a variable")
    for who in keys:
        check("10 Credits" in shell.run("airdrop 10", who).stdout, "airdrop")
    return keys


def found_network(shell, keys):
    check("init" in shell.run("location create --code x --name x --country NL --lat 1 --lng 1", expect=1).stderr,
          "nothing before init")
    shell.run(f"init --activator-authority {keys['activator']} --health-oracle {keys['monitor']}")
    shell.run("global-config set --local-asn 65000 --remote-asn 65342 --device-tunnel-block 172.16.0.0/16 "
              "--user-tunnel-block 169.254.0.0/16 --multicastgroup-block 233.84.178.0/24")
    shell.run("location create --code ams --name Amsterdam --country NL --lat 52.3 --lng 4.9")
    shell.run("location create --code syd --name Sydney --country AU --lat -33.8 --lng 151.2")
    shell.run("exchange create --code xams --name Amsterdam --lat 52.3 --lng 4.9")
    shell.run(f"contributor create --code alpha --owner {keys['alpha']}")
    shell.run(f"contributor create --code zeta --owner {keys['zeta']}")
    check(shell.json("location get --code SYD")["lat"] == -33.8, "negative latitude")


def onboard(shell, keys):
    for number, (code, owner) in enumerate((("ams1", "alpha"), ("ams2", "alpha"), ("zet1", "zeta")), 1):
        said = shell.run(f"device create --code {code} --contributor {owner} --location ams --exchange xams "
                         f"--public-ip 195.219.120.{number} --dz-prefixes 195.219.12{number}.0/28 "
                         f"--metrics-publisher {keys['agent']} -w", owner).stdout
        check("Status: hard-drained" in said, "devices start hard-drained")
        for port in ("et1", "et2"):
            shell.run(["device", "interface", "create", code, port, "--bandwidth", "10 Gbps"], owner)
    shell.run("link create wan --code wan1 --contributor alpha --side-a ams1 --side-a-interface et1 --side-z ams2 "
              "--side-z-interface et1 --bandwidth 10Gbps --delay-ms 6 --jitter-ms 0.1", "alpha")
    shell.run("link create dzx --code dzx1 --contributor alpha --side-a ams1 --side-a-interface et2 --side-z zet1 "
              "--bandwidth 10Gbps --delay-ms 6 --jitter-ms 0.1", "alpha")
    check(shell.json("link get --code dzx1")["status"] == "requested", "DZX links are requested")
    shell.run("link accept --code dzx1 --side-z-interface et1", "zeta")
    check({link["status"] for link in shell.json("link list")} == {"hard-drained"}, "links start hard-drained")


def onboarded_shell(doublezero, folder, port):
    """Of people who have founded a network on the ledger at that port, and onboarded their devices and links."""
    shell = Shell(doublezero, folder)
    keys = keys_and_config(shell, f"http://127.0.0.1:{port}")
    found_network(shell, keys)
    onboard(shell, keys)
    return shell


def activate(shell, code):
    """As the monitor and the activator do it, and nobody else."""
    shell.run(f"link update --pubkey {code} --status activated", "activator", expect=1)
    shell.run(f"link set-health --pubkey {code} --health healthy", "alpha", expect=1)
    shell.run(f"link set-health --pubkey {code} --health healthy", "monitor")
    shell.run(f"link update --pubkey {code} --status activated -w", "activator")


def drain_and_return(shell):
    activate(shell, "wan1")
    said = shell.run("link drain --pubkey wan1 --hard -w", "alpha")
    check("Status: hard-drained" in said.stdout and "24 h" in said.stderr, "drain says when it can be back")
    link = shell.json("link get --code wan1")
    check(link["health"] == "impaired" and link["desired_status"] == "hard-drained", "an old judgement is void")
    shell.run("link undrain --pubkey wan1", "alpha")
    late = shell.run("link undrain --pubkey wan1 -w --timeout 1s", "alpha", expect=1)
    check("waited 1 s for activated" in late.stderr, "--wait waits for the status asked for")
    activate(shell, "wan1")
    shell.run("link drain --pubkey dzx1 --hard", "zeta")
    check("contributor 'zeta'" in shell.run("link undrain --pubkey dzx1", "alpha", expect=1).stderr,
          "the other side is named")


def offboard(shell):
    refused = shell.run("link delete --pubkey wan1", "alpha", expect=1).stderr
    check("doublezero link drain --pubkey wan1 --hard" in refused, "the refusal names the command")
    shell.run("link drain --pubkey wan1 --hard", "alpha")
    pubkey = shell.json("link get --code wan1")["pubkey"]
    shell.run(f"link delete --pubkey {pubkey}", "alpha")
    shell.run("link delete --pubkey dzx1", "alpha")
    refused = shell.run("device delete --pubkey ams1", "alpha", expect=1).stderr
    check(refused.count("is left: doublezero device interface delete") == 2, "interfaces are named")
    for port in ("Ethernet1", "Ethernet2"):
        shell.run(f"device interface delete --device ams1 --name {port}", "alpha")
    shell.run("device delete --pubkey ams1", "alpha")
    check([device["code"] for device in shell.json("device list")] == ["ams2", "zet1"], "one device less")
    check("still used by" in shell.run("location delete --pubkey ams", expect=1).stderr, "used locations stay")
    shell.run("location delete --pubkey syd")


def completion(shell):
    """The script that bash would load, asked as bash asks it."""
    ask = """source <("$0" completion bash)
        COMP_LINE="doublezero $1"; COMP_POINT=${#COMP_LINE}
        _doublezero; echo "${COMPREPLY[*]}" """
    clean = {"HOME": str(shell.home), "PATH": os.environ["PATH"]}
    for words, expected in (("link und", "undrain"), ("--url http://x device interface cr", "create"),
                            ("link drain --pubkey x --h", "--hard --help"), ("link list --status sof", "soft-drained"),
                            ("-e local device get --code z", "zet1"), ("-e ", "devnet local mainnet-beta testnet"),
                            ("device get --code=ams", "ams2"), ("location get --code la", "lab:01"),
                            ("location get --code lab:", "01"),
                            (f"--keypair {shell.key_path('alp')[:-5]}", shell.key_path("alpha"))):
        said = subprocess.run(["bash", "-c", ask, shell.doublezero, words], capture_output=True, text=True,
                              timeout=20, check=True, env=clean).stdout.split()
        check(sorted(said) == expected.split(), f"completion of '{words}': found {said}")
    for name in ("zsh", "fish"):
        script = shell.run(f"completion {name}").stdout
        if shutil.which(name) is None:
            continue  # not on this machine
        done = subprocess.run([name, "-n", "/dev/stdin"], input=script, capture_output=True, text=True, timeout=20)
        check(done.returncode == 0, f"{name} reads its script: {done.stderr}")


def main():
    doublezero, ledger = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        process, port = start_ledger(ledger, folder)
        try:
            shell = Shell(doublezero, folder)
            keys = keys_and_config(shell, f"http://127.0.0.1:{port}")
            found_network(shell, keys)
            onboard(shell, keys)
            drain_and_return(shell)
            offboard(shell)
            shell.run("location create --code lab:01 --name Lab --country NL --lat 1 --lng 1")
            completion(shell)
            check(shell.run("link list --status on", expect=2).stdout == "", "usage errors are exit code 2")
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            gone = shell.run("link list", expect=1).stderr
            check(gone.startswith("Error: ") and "127.0.0.1" in gone, "an unreachable ledger is said by address")
        finally:
            process.kill()
        print(f"{shell.commands} commands")


if __name__ == "__main__":
    main()
