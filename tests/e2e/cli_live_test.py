#!/usr/bin/env python3
"""The life of devices and links by command line on a ledger with the program of the live network.

Usage: cli_live_test.py DOUBLEZERO DOUBLEZERO_LEDGER
"""

import sys
import tempfile

from cli_lifecycle_test import Shell, check, found_network, keys_and_config, start_ledger


def onboard(shell, keys, device_status, link_status):
    for number, (code, owner) in enumerate((("ams1", "alpha"), ("ams2", "alpha"), ("zet1", "zeta")), 1):
        said = shell.run(f"device create --code {code} --contributor {owner} --location ams --exchange xams "
                         f"--public-ip 195.219.120.{number} --dz-prefixes 195.219.12{number}.0/28 "
                         f"--metrics-publisher {keys['agent']}", owner).stdout
        check(f"Status: {device_status}" in said, f"devices start {device_status}, found {said}")
        for port in ("et1", "et2"):
            shell.run(["device", "interface", "create", code, port, "--bandwidth", "10 Gbps"], owner)
        shell.run(f"device interface create {code} Loopback255 --loopback-type vpnv4", owner)
    said = shell.run("link create wan --code wan1 --contributor alpha --side-a ams1 --side-a-interface et1 "
                     "--side-z ams2 --side-z-interface et1 --bandwidth 10Gbps --delay-ms 6 --jitter-ms 0.1",
                     "alpha").stdout
    check(f"Status: {link_status}" in said, f"WAN links start {link_status}, found {said}")
    shell.run("link create dzx --code dzx1 --contributor alpha --side-a ams1 --side-a-interface et2 --side-z zet1 "
              "--bandwidth 10Gbps --delay-ms 6 --jitter-ms 0.1", "alpha")
    check(shell.json("link get --code dzx1")["status"] == "requested", "DZX links are requested")
    said = shell.run("link accept --code dzx1 --side-z-interface et1", "zeta").stdout
    check(f"Status: {link_status}" in said, f"accepted links are {link_status}, found {said}")


def words(shell):
    """What the ledger's numbers are called, and which words it does not have."""
    shell.run("link set-health --pubkey wan1 --health ready-for-service", "monitor")
    check(shell.json("link get --code wan1")["health"] == "ready-for-service", "links are ready-for-service")
    for health in ("ready-for-links", "ready-for-users"):
        shell.run(f"device set-health --pubkey ams1 --health {health}", "monitor")
        check(shell.json("device get --code ams1")["health"] == health, f"devices are {health}")
    check("no such word" in shell.run("device update --pubkey ams1 --status hard-drained", "alpha", expect=2).stderr,
          "devices of this ledger are drained, neither soft nor hard")
    listed = shell.run("link list --health ready-for-service").stdout
    check("wan1" in listed, "lists are filtered by the ledger's words")
    check("Warning" not in shell.run("version").stderr, "the client knows this program")
    check(shell.json("version")["profile"] == "v0.34", "the profile is the ledger's")


def state(shell, noun, code):
    record = shell.json(f"{noun} get --code {code}")
    return record["status"], record["desired_status"]


def drain_and_return(shell):
    check("Status: soft-drained" in shell.run("link drain --pubkey wan1 -w", "alpha").stdout, "soft is the default")
    check(state(shell, "link", "wan1") == ("soft-drained", "soft-drained"), "both words are written at once")
    shell.run("link drain --pubkey wan1 --hard -w", "alpha")
    said = shell.run("link undrain --pubkey wan1", "alpha")
    check("by hand" not in said.stderr, "what undrain had to do")
    check(state(shell, "link", "wan1") == ("hard-drained", "activated"), "the activator returns it")
    shell.run("link update --pubkey wan1 --status activated", "alpha")
    shell.run("link update --pubkey wan1 --status hard-drained", "alpha")
    check(state(shell, "link", "wan1") == ("hard-drained", "activated"), "a drain by hand leaves what is wanted")
    said = shell.run("link undrain --pubkey wan1", "alpha").stderr
    check("by hand" in said, f"a drain by hand is said, found {said}")
    check(state(shell, "link", "wan1") == ("hard-drained", "activated"), "asked for again")


def other_side(shell):
    shell.run("link drain --pubkey dzx1 --hard", "zeta")
    refused = shell.run("link undrain --pubkey dzx1", "alpha", expect=1).stderr
    check("contributor 'zeta'" in refused and "--yes" in refused, f"the other side is named, found {refused}")
    check(state(shell, "link", "dzx1") == ("hard-drained", "hard-drained"), "and it stays as it is")
    shell.run("link undrain --pubkey dzx1 --yes", "alpha")
    check(state(shell, "link", "dzx1") == ("hard-drained", "activated"), "unless told to")
    shell.run("link update --pubkey dzx1 --status activated --yes", "alpha")
    shell.run("link drain --pubkey dzx1 --hard", "alpha")
    shell.run("link undrain --pubkey dzx1", "alpha")


def drain_devices(shell):
    check("users" in shell.run("device drain --pubkey ams1 --soft", "alpha", expect=2).stderr, "no soft drain there")
    check("Status: drained" in shell.run("device drain --pubkey ams1 -w", "alpha").stdout, "devices are drained")
    check(state(shell, "device", "ams1") == ("drained", "drained"), "both words are written at once")
    shell.run("device drain --pubkey ams1", "alpha")
    shell.run("device undrain --pubkey ams1", "alpha")
    check(state(shell, "device", "ams1") == ("drained", "activated"), "the activator returns it")


def offboard(shell):
    refused = shell.run("device delete --pubkey ams2", "alpha", expect=1).stderr
    check("expected drained: doublezero device drain --pubkey ams2" in refused, f"ledger's words, found {refused}")
    check(refused.count("is left: doublezero device interface delete") == 3, "interfaces are named")
    check("side A" in shell.run("link delete --pubkey dzx1", "zeta", expect=1).stderr, "side A's contributor deletes")
    for link in ("wan1", "dzx1"):
        shell.run(f"link drain --pubkey {link} --hard", "alpha")
        shell.run(f"link delete --pubkey {link}", "alpha")
    for port in ("Ethernet1", "Ethernet2", "Loopback255"):
        shell.run(f"device interface delete --device ams1 --name {port}", "alpha")
    shell.run("device drain --pubkey ams1", "alpha")
    shell.run("device delete --pubkey ams1", "alpha")
    check([device["code"] for device in shell.json("device list")] == ["ams2", "zet1"], "one device less")


def on_ledger(doublezero, ledger, *options):
    """A shell, its keys and the ledger behind it."""
    folder = tempfile.TemporaryDirectory()
    process, port = start_ledger(ledger, folder.name, "--profile", "v0.34", *options)
    shell = Shell(doublezero, folder.name)
    keys = keys_and_config(shell, f"http://127.0.0.1:{port}")
    found_network(shell, keys)
    return folder, process, shell, keys


def main():
    doublezero, ledger = sys.argv[1:3]
    folder, process, shell, keys = on_ledger(doublezero, ledger)
    with folder:
        try:
            onboard(shell, keys, "activated", "activated")
            words(shell)
            drain_and_return(shell)
            other_side(shell)
            drain_devices(shell)
            offboard(shell)
        finally:
            process.kill()
            process.wait()
    commands = shell.commands
    folder, process, shell, keys = on_ledger(doublezero, ledger, "--start", "provisioning")
    with folder:
        try:
            onboard(shell, keys, "device-provisioning", "provisioning")
            refused = shell.run("link drain --pubkey wan1", "alpha", expect=1).stderr
            check("provisioning" in refused, f"what is not in service is not drained, found {refused}")
        finally:
            process.kill()
            process.wait()
    print(f"{commands + shell.commands} commands")


if __name__ == "__main__":
    main()
