#!/usr/bin/env python3
"""The demo's page where a visitor hurts it, in a browser (hurt_test.mjs): daemons die and come back, devices fail.

Usage: hurt_test.py DOUBLEZERO_DEMO [FOLDER]; with a folder, screenshots are put there.
Exit code 77, with the reason, without Node, the console's packages, its bundle or Chromium.
"""

import json
import os
import pathlib
import sys

from running_demo import browse, running_demo

LINK = "tyo-dz001:lax-dz001"


def main():
    with running_demo(sys.argv[1]) as demo:
        os.environ["DOUBLEZERO_CONFIG_FILE"] = f"{demo.data}/cli.yml"
        drain = [str(pathlib.Path(sys.argv[1]).with_name("doublezero")), "--url", demo.ledger, "--keypair",
                 f"{demo.data}/keys/contributor-alder.json", "link", "drain", "--pubkey", LINK, "--hard"]
        code = browse("hurt_test.mjs", demo.hurt, demo.console, json.dumps({"link": LINK, "drain": drain}), *sys.argv[2:])
    sys.exit(code)


if __name__ == "__main__":
    main()
