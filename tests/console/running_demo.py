"""The demo, running for a test of a page in a browser; without Node or the console, the test ends with exit code 77 and the
reason."""

import contextlib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent


def skip(why):
    print(f"SKIPPED: {why}")
    sys.exit(77)


class Demo:
    """Where it is: addresses end with a slash, but the ledger's."""

    def __init__(self, process, data):
        self.data = data
        said = []
        for line in process.stdout:
            print(line, end="")
            said.append(line)
            if "hurt it, in a browser:" in line:
                break
        else:
            sys.exit("FAILED: the demo ended without the address where to hurt it")
        self.console = self._address("http", said)  # the first address that it prints is the console's
        self.ledger = self._address("ledger at http", said)
        self.hurt = self._address("hurt it, in a browser: http", said)

    @staticmethod
    def _address(words, said):
        for line in said:
            if found := re.search(words.replace("http", r"(http://127\.0\.0\.1:\d+/?)"), line):
                return found[1]
        return sys.exit(f"FAILED: the demo did not say '{words}'")


@contextlib.contextmanager
def running_demo(program):
    if shutil.which("node") is None:
        skip("node is not here; ./dev test installs it")
    with tempfile.TemporaryDirectory() as folder:
        data = f"{folder}/demo"
        with subprocess.Popen([program, "--network", str(HERE.parents[1] / "data/network/testnet-2025.toml"), "--data", data],
                              stdout=subprocess.PIPE, text=True) as process:
            try:
                demo = Demo(process, data)
                with urllib.request.urlopen(demo.console, timeout=30) as page:
                    if b"built without its console" in page.read():
                        skip("the monitor was built without its console; ./dev test builds it where Node is")
                # What it prints is read on, so that it never waits for a reader.
                with subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL) as reader:
                    try:
                        yield demo
                    finally:
                        process.terminate()
                        process.wait(60)
                        reader.wait(10)
            finally:
                process.terminate()
                process.communicate()  # it stops what it started, and tells so: a closed pipe would end it before


def browse(test, *arguments):
    """Runs a test in a browser: its exit code."""
    return subprocess.run(["node", str(HERE / test), *arguments], check=False).returncode
