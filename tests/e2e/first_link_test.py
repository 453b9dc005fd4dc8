#!/usr/bin/env python3
"""The commands of docs/first-link.md, as they stand there, from an empty home to an activated link.

Usage: first_link_test.py FOLDER_OF_PROGRAMS PAGE [--show]

Only the ports are others: those of the page may be taken on this machine.
"""

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile

PORTS = ("8899", "8900", "8090", "8091")


def free_ports():
    """Ports that the system chose. Held until all are known, so that none comes twice."""
    held = [socket.socket() for _ in PORTS]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [str(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return dict(zip(PORTS, ports))


def commands(page):
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    if len(blocks) < 6:
        sys.exit(f"expected the page's blocks of commands, found {len(blocks)}")
    text = "\n".join(blocks)
    for shown, port in free_ports().items():
        text = re.sub(rf"\b{shown}\b", port, text)
    return text


def main():
    programs, page = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as home:
        # The programs in the background hold the pipe open, so a command that fails has to say so.
        script = "set -eEo pipefail\ntrap 'echo \"Attention: it stopped at: $BASH_COMMAND\"' ERR\n" + commands(pathlib.Path(page).read_text(encoding="utf-8"))
        environment = {"HOME": home, "PATH": f"{programs}:{os.environ['PATH']}"}
        # A session of its own: the programs that the page starts in the background end with it.
        shell = subprocess.Popen(["bash", "-c", script], env=environment, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, start_new_session=True)
        try:
            lines = []
            for line in shell.stdout:
                lines.append(line)
                if "--show" in sys.argv:
                    print(line, end="")
                if line.startswith(("All well.", "No alarm: ")) or line.startswith("Attention: "):
                    break  # the last command: the daemons hold the pipe open
            said = "".join(lines)
            if "link 'ams-ams' is activated" not in said or not lines[-1].startswith(("All well.", "No alarm: ")):
                sys.exit(f"expected an activated link and a fleet that is well, found:\n{said}")
        finally:
            os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()
        print("the page was followed to its end")


if __name__ == "__main__":
    main()
