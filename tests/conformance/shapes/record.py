#!/usr/bin/env python3
"""Records what a client library asks a ledger, and compares it with that client's script in src/ledger/client_shapes.

Usage: record.py DOUBLEZERO DOUBLEZERO_LEDGER SCRIPT DRIVER [ARGUMENT...]

DRIVER is a program that asks by the library, section by section of the script. Between it and a real ledger stands a
recorder, which passes everything on. Who drives what is told to the driver in its environment: DZ_URL, DZ_WS (DZ_LEDGER is
the ledger itself, for what is not recorded), DZ_PROGRAM, DZ_LOCATION, and the key files DZ_PAYER and DZ_STRANGER. What it sends to DZ_URL/note is not passed on: "== a section"
begins one, "NAME value" says what $NAME stands for in it. A request that was heard in the section already (a poll) is
not counted again, and of an id only its kind is compared. Prints what was heard, as the script would have it.
"""

import http.client
import http.server
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "e2e"))
from cli_lifecycle_test import Shell, start_ledger  # noqa: E402


class Heard:
    """What the driver asked, by section, with names for what differs from run to run."""

    def __init__(self):
        self.sections = [("before the first section", [])]
        self.names = {}
        self.lock = threading.Lock()

    def note(self, text):
        with self.lock:
            if text.startswith("== "):
                self.sections.append((text[3:], []))
            else:
                name, value = text.split(" ", 1)
                self.names[value] = name

    def hear(self, kind, text):
        with self.lock:
            self.sections[-1][1].append((kind, self.named(text)))

    def named(self, text):
        for value in sorted(self.names, key=len, reverse=True):
            text = re.sub(rf'(?<!"id":)(?<![0-9A-Za-z+/=]){re.escape(value)}(?![0-9A-Za-z+/=])', "$" + self.names[value], text)
        return text

    def lines(self):
        return [(title, once(asked)) for title, asked in self.sections if asked]


def comparable(text):
    """The order of members counts; an id is its kind."""
    message = json.loads(re.sub(r'(?<!["A-Z0-9_])\$([A-Z0-9_]+)(?!["A-Z0-9_])', r'"$\1"', text))
    for one in message if isinstance(message, list) else [message]:
        if "id" in one:
            one["id"] = type(one["id"]).__name__
    return json.dumps(message)


def once(asked):
    found, kept = set(), []
    for kind, text in asked:
        same = (kind, comparable(text))
        if same not in found:
            found.add(same)
            kept.append((kind, text))
    return kept


def of_script(path):
    sections = []
    for line in path.read_text().splitlines():
        if line.startswith(" ") and sections and sections[-1][1]:
            kind, text = sections[-1][1][-1]
            sections[-1][1][-1] = (kind, text + line.strip())
        elif line.startswith("== "):
            sections.append((line[3:], []))
        elif line and not line.startswith("#"):
            sections[-1][1].append(tuple(line.split(" ", 1)))
    return [(title, once([step for step in steps if step[0] in (">", "ws>")])) for title, steps in sections]


def http_recorder(heard, port):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path == "/note":
                heard.note(body.decode())
                answer = b""
            else:
                heard.hear(">", body.decode())
                ledger = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                ledger.request("POST", "/", body, {"Content-Type": "application/json"})
                answer = ledger.getresponse().read()
                ledger.close()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


class Frames:
    """The text messages in what a WebSocket's client sends, after its handshake."""

    def __init__(self, said):
        self.said, self.rest, self.opened = said, b"", False

    def take(self, part):
        self.rest += part
        if not self.opened and b"\r\n\r\n" in self.rest:
            self.rest, self.opened = self.rest.split(b"\r\n\r\n", 1)[1], True
        while self.opened and len(self.rest) >= 2:
            length, at = self.rest[1] & 127, 2
            if length == 126:
                length, at = int.from_bytes(self.rest[2:4], "big"), 4
            if len(self.rest) < at + 4 + length:
                return
            mask, data = self.rest[at:at + 4], self.rest[at + 4:at + 4 + length]
            if self.rest[0] & 15 == 1:
                self.said(bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)).decode())
            self.rest = self.rest[at + 4 + length:]


def websocket_recorder(heard, port):
    listener = socket.create_server(("127.0.0.1", 0))

    def pass_on(source, target, frames=None):
        while part := source.recv(65536):
            if frames is not None:
                frames.take(part)
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)

    def serve():
        while True:
            client, _ = listener.accept()
            ledger = socket.create_connection(("127.0.0.1", port))
            frames = Frames(lambda text: heard.hear("ws>", text))
            threading.Thread(target=quiet(pass_on), args=(client, ledger, frames), daemon=True).start()
            threading.Thread(target=quiet(pass_on), args=(ledger, client), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


def quiet(function):
    """A connection that its client broke is at its end."""
    def called(*arguments):
        try:
            function(*arguments)
        except OSError:
            pass
    return called


def found_location(doublezero, folder, ports):
    """A location that the payer owns, and a write of it that a stranger tried."""
    shell = Shell(doublezero, folder)
    shell.make_key("payer")
    shell.make_key("stranger")
    shell.run(f"config set --url http://127.0.0.1:{ports['rpc']} --keypair {shell.key_path('payer')}")
    for who in ("payer", "stranger"):
        shell.run("airdrop 10", who)
    shell.run("init")
    shell.run("location create --code fra --name Frankfurt --country DE --lat 50.1 --lng 8.6")
    record = shell.json("location get --code fra")
    return shell, record.get("pubkey") or record["account"]


def drive(arguments, folder):
    doublezero, ledger, _, *driver = arguments
    process, port = start_ledger(ledger, folder, "--profile", "v0.34")
    try:
        ports = json.loads((pathlib.Path(folder) / "ports.json").read_text())
        shell, location = found_location(doublezero, folder, ports)
        heard = Heard()
        environment = {
            **os.environ, "DZ_URL": f"http://127.0.0.1:{http_recorder(heard, port)}",
            "DZ_WS": f"ws://127.0.0.1:{websocket_recorder(heard, ports['ws'])}/", "DZ_LOCATION": location,
            "DZ_LEDGER": f"http://127.0.0.1:{port}",
            "DZ_PROGRAM": shell.json("config get").get("program_id") or "7CTniUa88iJKUHTrCkB4TjAoG6TD7AMivhQeuqN2LPtX",
            "DZ_PAYER": shell.key_path("payer"), "DZ_STRANGER": shell.key_path("stranger")}
        subprocess.run(driver, env=environment, check=True, timeout=120)
        return heard.lines()
    finally:
        process.terminate()
        process.wait()


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        heard = drive(sys.argv[1:], folder)
    expected = dict(of_script(pathlib.Path(sys.argv[3])))
    wrong = [f"section '{title}' is in the script and was not driven" for title in expected if title not in dict(heard)]
    for title, asked in heard:
        print(f"== {title}")
        for kind, text in asked:
            print(f"{kind} {text}")
        if [(kind, comparable(text)) for kind, text in asked] != [
                (kind, comparable(text)) for kind, text in expected.get(title, [])]:
            wrong.append(f"section '{title}' is not what the script says")
    for line in wrong:
        print(f"FAIL  {line}")
    print(f"{len(heard) - len([line for line in wrong if 'not driven' not in line])} passed, {len(wrong)} failed")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
