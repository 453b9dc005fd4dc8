"""The Python packages of tests/e2e/requirements.txt, which ./dev test installs beside those of tests/conformance."""

import filecmp
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
INSTALLED = HERE.parent.parent / "build" / "conformance" / "api"


def run_with_pinned_packages():
    """Starts the running program anew by the Python that has them. Without them it says so and is skipped (77)."""
    if pathlib.Path(sys.prefix) == INSTALLED:
        return
    marker = INSTALLED / "requirements.txt"
    if not marker.exists() or not filecmp.cmp(marker, HERE / "requirements.txt", shallow=False):
        print("SKIPPED: the packages of tests/e2e/requirements.txt are not here: ./dev test installs them when python3 with venv "
              "and its registry are there")
        sys.exit(77)
    python = str(INSTALLED / "bin" / "python")
    os.execv(python, [python, "-B", *sys.argv])
