#!/usr/bin/env python3
"""The package on an empty Debian 12: a folder that debootstrap fills with the least that Debian is. By default the page
docs/first-link.md is followed there word by word: the package installed by apt, and then the page's commands as they stand, with
no network but the machine's own. With --systemd the folder is booted as a machine instead, and tools/unit_checks.sh runs the
first start of docs/operating/README.md and asks the units for what they promise.

  tools/empty_machine.py PACKAGE.deb [--systemd] [--keep FOLDER]

Nothing of this machine is in it but the package. Needs root and debootstrap, and Debian's archive (another mirror: DZ_MIRROR).
Exit code 77: it cannot be tried here, and says why.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
MIRROR = [os.environ["DZ_MIRROR"]] if "DZ_MIRROR" in os.environ else []  # else debootstrap's own choice
TIMEOUT = 1800  # seconds, for the page: it has the reader wait for the link
CANNOT = 77
HOME = "/srv/home"  # of who follows the page there


def cannot(why):
    print(f"empty machine: not tried: {why}", file=sys.stderr)
    sys.exit(CANNOT)


def check_here(systemd):
    if os.geteuid() != 0:
        cannot("a chroot needs root; run it as root or with sudo")
    for program in ("debootstrap", "unshare", "ip", *(["systemd-nspawn"] if systemd else [])):
        if shutil.which(program) is None:
            cannot(f"{program} is missing; apt-get install debootstrap util-linux iproute2 systemd-container")
    if subprocess.run(["unshare", "--net", "--pid", "--fork", "--mount", "true"], check=False).returncode != 0:
        cannot("this machine allows no namespaces")


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def in_root(root, script, network=True):
    """Runs a bash script there, alone with its processes: they all end with it."""
    isolated = ["unshare", "--pid", "--fork", "--kill-child", "--mount", f"--mount-proc={root}/proc"]
    lone = [] if network else ["--net"]
    up = "" if network else "ip link set lo up && "
    clean = ["env", "-i", f"HOME={HOME}", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
             *(f"{name}={os.environ[name]}" for name in ("http_proxy", "https_proxy") if name in os.environ)]
    return subprocess.Popen([*isolated, *lone, "sh", "-c", up + 'exec "$@"', "sh", *clean, "chroot", str(root), "bash", "-c", script],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)


def finish(process, what):
    said = process.communicate(timeout=TIMEOUT)[0]
    if process.returncode != 0:
        sys.exit(f"empty machine: {what} ended with {process.returncode}:\n{said}")
    return said


def install(root, package, page, *more):
    """The page's first block, but for the build: `./dev package` has made the package on another machine."""
    steps = blocks(page, "console")[0].splitlines()
    if steps[0] != "./dev package" or not steps[1].startswith("apt-get install ./build/"):
        sys.exit(f"empty machine: expected the page to build the package and to install it, found {steps}")
    (root / "srv/home/build").mkdir(parents=True)
    shutil.copy(package, root / "srv/home/build")
    finish(in_root(root, "set -e; apt-get update -q; cd ~; " + steps[1].replace("apt-get install", "apt-get install -qy") + " " + " ".join(more)), steps[1])


def follow(root, page):
    commands = "\n".join(blocks(page, "sh"))
    script = "set -eEo pipefail\ncd ~\ntrap 'echo \"Attention: it stopped at: $BASH_COMMAND\"' ERR\n" + commands
    process = in_root(root, script, network=False)
    lines = []
    try:
        for line in process.stdout:
            lines.append(line)
            print(line, end="", flush=True)
            if line.startswith(("All well.", "Attention: ")):
                break  # the last command: the page's daemons hold the pipe open
    finally:
        process.kill()
        process.wait()
    said = "".join(lines)
    promised = [line for block in blocks(page, "console")[1:] for line in block.splitlines()]
    for line in promised:
        if line not in said:
            sys.exit(f"empty machine: the page shows '{line}', which was not said")
    if not said.endswith("All well.\n"):
        sys.exit("empty machine: the page's last command has to say that all is well")


UNIT = """[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=-/bin/bash /srv/home/unit_checks.sh
ExecStopPost=/bin/systemctl --no-block poweroff
StandardOutput=file:/srv/home/said
StandardError=file:/srv/home/said
[Install]
WantedBy=graphical.target
"""


def boot(root):
    first_start = (PROJECT / "docs/operating/README.md").read_text(encoding="utf-8").split("## First start")[1]
    (root / "srv/home/first-start").write_text(re.search(r"^```\n(.*?)^```$", first_start, re.MULTILINE | re.DOTALL).group(1))
    shutil.copy(PROJECT / "tools/unit_checks.sh", root / "srv/home")
    (root / "etc/systemd/system/unit-checks.service").write_text(UNIT)
    wanted = root / "etc/systemd/system/graphical.target.wants"
    wanted.mkdir()
    (wanted / "unit-checks.service").symlink_to("../unit-checks.service")
    # systemd-nspawn wants a machine that systemd runs, and uses only this of it.
    prepare = "mkdir -p /run/systemd && mount -t tmpfs none /run/systemd && mkdir /run/systemd/system && exec \"$@\""
    machine = ["systemd-nspawn", "--quiet", "--directory", str(root), "--boot", "--private-network", "--register=no", "--keep-unit"]
    done = subprocess.run(["unshare", "--mount", "sh", "-c", prepare, "sh", *machine], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, errors="replace", timeout=TIMEOUT, check=False)
    if not (root / "srv/home/said").exists():
        cannot(f"systemd does not boot here:\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
    said = (root / "srv/home/said").read_text(encoding="utf-8", errors="replace")
    print(said, end="")
    if "FAILED" in said or not said.endswith("checked\n"):
        sys.exit("empty machine: the units do not keep what they promise")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path)
    parser.add_argument("--systemd", action="store_true", help="boot it, and ask the units for what they promise")
    parser.add_argument("--keep", type=Path, help="a folder for the empty machine, that is made when it is missing and kept")
    arguments = parser.parse_args()
    check_here(arguments.systemd)
    page = (PROJECT / "docs/first-link.md").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        empty, root = (arguments.keep or Path(folder) / "empty"), Path(folder) / "root"
        if not (empty / "bin/bash").exists():
            done = subprocess.run(["debootstrap", "--variant=minbase", "bookworm", str(empty), *MIRROR], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                cannot(f"debootstrap could not make an empty Debian 12:\n{done.stdout[-800:]}{done.stderr[-800:]}")
        subprocess.run(["cp", "-a", str(empty), str(root)], check=True)
        if arguments.systemd:
            install(root, arguments.package, page, "systemd-sysv", "dbus")
            boot(root)
        else:
            install(root, arguments.package, page)
            follow(root, page)
            print("the page was followed word by word on an empty machine")


if __name__ == "__main__":
    main()
