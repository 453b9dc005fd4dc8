#!/usr/bin/env python3
"""An attack walk: ledger, monitor and activator under load are sent what no client sends, killed, held up and denied the
disk, while a twin with the same ledger, keys and load is left alone. Afterwards both have the same state and verdicts.

  tests/sweep/attack_walk.py BIN --seed N --cases M [--seconds S]

BIN is the folder of the programs. A case is S seconds of attacks of its own seed. Prints the cases that failed and
"M cases, F failed"; exits with 1 when any did. What the seed decides is what is done and in which order; the machine
decides the rest. ./dev sweep runs it beside the simulation.
"""
import argparse
import gzip
import json
import pathlib
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

PROJECT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tests" / "e2e"))
from cli_lifecycle_test import Shell, found_network, keys_and_config, onboard, start_ledger  # noqa: E402

CORPUS = PROJECT / "tests" / "fuzz" / "corpus"
PROGRAM_ERRORS = (OSError, ValueError, urllib.error.URLError)
HISTORY = 24 * 60 + 30  # minutes of load before the walk begins
TICK = 2.0  # seconds between two rows of a port
SETTLE = 240  # seconds that the two may take to agree
UNTOUCHED = 0.5  # of the time nothing is done, so that the daemons live between the blows
COMPARED = ("data", "errors", "utilization", "reporting", "config_agent")  # signals that the load feeds


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


class Program:
    """A daemon on a port that stays the same, started again as soon as it has ended."""

    def __init__(self, name, arguments, port, log):
        self.name, self.arguments, self.port, self.log = name, arguments, port, log
        self.process, self.starts = None, 0

    def keep_running(self):
        if self.process is None or self.process.poll() is not None:
            with open(self.log, "ab") as log:
                # SIGXFSZ stays ignored as Python has it: a write beyond the limit fails, as on a full disk.
                self.process = subprocess.Popen(self.arguments, stdout=log, stderr=log, restore_signals=False)
            self.starts += 1

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait(20)


class Stack:
    """Three daemons in a folder of their own, and the load that still waits for its 204."""

    def __init__(self, binaries, base, folder):
        shutil.copytree(base, folder)
        rpc, http, doors = free_port(), free_port(), free_port()
        url, ws = f"http://127.0.0.1:{rpc}", f"ws://127.0.0.1:{rpc}"
        logs = pathlib.Path(folder)
        self.rpc = url
        self.ledger = Program("ledger", [f"{binaries}/doublezero-ledger", "--data", f"{folder}/ledger", "--rpc-port", str(rpc),
                                         "--ws-port", "0", "--slot-ms", "100"], rpc, logs / "ledger.log")
        self.monitor = Program("monitor", [f"{binaries}/doublezero-monitor", "--url", url, "--ws", ws, "--keypair",
                                           f"{folder}/monitor.json", "--store", f"{folder}/monitor.db", "--port", str(http),
                                           "--pass-interval", "1s", "--poll-interval", "2s"], http, logs / "monitor.log")
        self.activator = Program("activator", [f"{binaries}/doublezero-activator", "--url", url, "--ws", ws, "--keypair",
                                               f"{folder}/activator.json", "--state", f"{folder}/activator.state", "--port",
                                               str(doors), "--poll-interval", "2s"], doors, logs / "activator.log")
        self.programs = [self.ledger, self.monitor, self.activator]
        self.waiting = []

    def keep_running(self):
        for program in self.programs:
            program.keep_running()

    def push(self, body=None):
        """Rows in their order, each until it is taken."""
        if body is not None:
            self.waiting.append(body)
        while self.waiting:
            request = urllib.request.Request(f"http://127.0.0.1:{self.monitor.port}/write", self.waiting[0].encode(), method="POST")
            try:
                with urllib.request.urlopen(request, timeout=3) as answer:
                    if answer.status != 204:
                        return
            except PROGRAM_ERRORS:
                return
            self.waiting.pop(0)

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.monitor.port}{path}", timeout=5) as answer:
            return json.loads(answer.read())

    def call(self, method, *params):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.rpc, body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.loads(answer.read())["result"]

    def end(self):
        for program in self.programs:
            program.end()


class Load:
    """What the devices send: the same rows to both. Ethernet2 had errors ten hours ago, so one of the two links has to
    stay drained, and the other is to come into service; when exactly is for the machine to say."""

    def __init__(self, devices, started):
        self.devices, self.started = devices, started

    def rows(self, second):
        octets, lines = int(second - self.started + 200_000) * 1000, []
        errors = 3 if second > self.started - 10 * 3600 else 0
        for device in self.devices:
            for port in ("Ethernet1", "Ethernet2"):
                lines.append(f"intfCounters,dzd_pubkey={device},intf={port} in-octets={octets}i,out-octets={octets}i,"
                             f"in-errors={errors if port == 'Ethernet2' else 0}i {int(second * 10**9)}")
            lines.append(f"controller_grpc_getconfig_success,device_pubkey={device} count=1i {int(second * 10**9)}")
        return lines

    def history(self):
        minute = int(self.started) // 60 * 60
        return ["\n".join(line for m in range(begin, min(begin + 120, HISTORY)) for line in self.rows(minute - (HISTORY - m) * 60 + 20))
                for begin in range(0, HISTORY, 120)]


class Attacker:
    """Does to a stack what the seed says. Every method whose name begins with do_ is one blow."""

    def __init__(self, stack, seed):
        self.stack, self.random = stack, random.Random(seed)
        self.open, self.done = [], []
        self.blows = [name for name in sorted(dir(self)) if name.startswith("do_")]

    def strike(self):
        if self.random.random() < UNTOUCHED:
            return
        blow = self.random.choice(self.blows)
        self.done.append(blow[3:])
        try:
            getattr(self, blow)()
        except PROGRAM_ERRORS:
            pass  # a door that is shut for the moment

    def relent(self):
        for sock in self.open:
            sock.close()
        self.open = []

    def port(self):
        return self.random.choice(self.stack.programs).port

    def input(self, *targets):
        return self.random.choice(sorted((CORPUS / self.random.choice(targets)).iterdir())).read_bytes()

    def send(self, port, data, read=True):
        with socket.create_connection(("127.0.0.1", port), timeout=2) as sock:
            sock.sendall(data)
            while read and sock.recv(65536):
                pass

    def post(self, port, path, body, *headers):
        head = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}", "Connection: close", *headers]
        self.send(port, "\r\n".join(head).encode() + b"\r\n\r\n" + body)

    def write(self, body, *headers):
        self.post(self.stack.monitor.port, "/write", body, *headers)

    def do_odd_http(self):
        self.send(self.port(), self.input("http"))

    def do_odd_rows(self):
        self.write(self.input("row_reader"))

    def do_odd_json(self):
        self.post(self.stack.ledger.port, "/", self.random.choice(self.input("json_rpc").split(b"\n--\n")))

    def do_odd_frames(self):
        self.send(self.port(), self.input("websocket") if self.random.random() < 0.2 else
                  b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" + self.input("websocket"))

    def do_a_long_line(self):
        self.write(b"x" * self.random.choice([65_480, 200_000]))

    def do_many_small_lines(self):
        self.write(gzip.compress(self.random.choice([b"#\n", b"x\n", b"\n"]) * 300_000), "Content-Encoding: gzip")

    def do_a_bomb(self):
        self.write(gzip.compress(bytes(100_000_000), 9), "Content-Encoding: gzip")

    def do_no_text(self):
        self.write(b"intfCounters,dzd_pubkey=" + b"1" * 32 + b",intf=Eth\xff in-octets=1i\n")

    def do_deep_json(self):
        self.post(self.stack.ledger.port, "/", b"[" * 500_000)

    def do_a_large_batch(self):
        one = {"jsonrpc": "2.0", "id": 1, "method": "getProgramAccounts", "params": [self.random.choice(["1" * 32, "x"])]}
        self.post(self.stack.ledger.port, "/", json.dumps([one] * 100).encode())

    def do_idle_connections(self):
        port = self.port()
        for _ in range(self.random.randrange(20, 200)):
            self.open.append(socket.create_connection(("127.0.0.1", port), timeout=2))
        self.open = self.open[-400:]

    def do_half_a_request(self):
        sock = socket.create_connection(("127.0.0.1", self.port()), timeout=2)
        sock.sendall(b"POST /write HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\nx")
        self.open.append(sock)

    def do_endless_chunk_extensions(self):
        self.send(self.port(), b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5;" + b"x=y;" * 500_000)

    def do_subscriptions_unread(self):
        sock = socket.create_connection(("127.0.0.1", self.stack.ledger.port), timeout=2)
        sock.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                     b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        text = b'{"jsonrpc":"2.0","id":1,"method":"slotSubscribe"}'
        sock.sendall((b"\x81" + bytes([0x80 | len(text)]) + bytes(4) + text) * 1500)
        self.open.append(sock)

    def do_kill(self):
        program = self.random.choice(self.stack.programs)
        program.end()
        time.sleep(self.random.random())
        program.keep_running()

    def do_hold_up(self):
        process = self.random.choice(self.stack.programs).process
        process.send_signal(signal.SIGSTOP)
        time.sleep(self.random.uniform(0.1, 3))
        process.send_signal(signal.SIGCONT)

    def do_full_disk(self):
        process = self.random.choice([self.stack.monitor, self.stack.ledger]).process
        limits = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (self.random.randrange(4096, 400_000), limits[1]))
        time.sleep(self.random.uniform(0.5, 4))
        if process.poll() is None:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)


def verdicts_of(stack):
    """Per record: health, and of each signal that the load feeds the judgement with the minutes that it rests on."""
    said = {}
    for report in stack.get("/api/v1/assessments")["assessments"]:
        findings = {f["id"]: (f["judgement"], f["minutes"]) for f in report["findings"] if f["id"].split(".")[-1] in COMPARED}
        said[report["code"]] = (report["status"], report["health"], report["reason"], findings)
    return said


def records_of(stack, program):
    """The program's accounts as bytes: equal keys, equal order of writes."""
    accounts = stack.call("getProgramAccounts", program, {"encoding": "base64"})
    return {a["pubkey"]: a["account"]["data"][0] for a in accounts}


def differences(attacked, twin, program):
    """What the two differ in, in words; empty when they agree."""
    try:
        pairs = [(verdicts_of(attacked), verdicts_of(twin), "verdict"), (records_of(attacked, program), records_of(twin, program), "account")]
    except (*PROGRAM_ERRORS, KeyError) as error:
        return f"no answer: {error!r}"
    if pairs[0][1]["wan1"][0] != "activated":
        return "the twin's clean link never came into service"
    for one, other, what in pairs:
        for key in sorted(set(one) | set(other)):
            if one.get(key) != other.get(key):
                return f"{what} {key}: {one.get(key)} after the attack, {other.get(key)} without"
    return ""


def walk(binaries, base, facts, seed, seconds):
    """What was wrong at the end; empty: nothing."""
    with tempfile.TemporaryDirectory() as folder:
        attacked, twin = (Stack(binaries, base, f"{folder}/{name}") for name in ("attacked", "twin"))
        attacker = Attacker(attacked, seed)
        try:
            load = Load(facts["devices"], time.time())
            attacked.waiting, twin.waiting = load.history(), load.history()
            next_row, end = time.time(), time.time() + seconds
            while time.time() < end:
                for stack in (attacked, twin):
                    stack.keep_running()
                    stack.push()
                if time.time() >= next_row:
                    next_row += TICK
                    body = "\n".join(load.rows(time.time()))
                    attacked.waiting.append(body)
                    twin.waiting.append(body)
                attacker.strike()
            attacker.relent()
            return settle(attacked, twin, load, facts["program"])
        finally:
            attacker.relent()
            attacked.end()
            twin.end()
            print(f"  seed {seed}: {len(attacker.done)} blows, {sum(p.starts for p in attacked.programs)} starts", flush=True)


def settle(attacked, twin, load, program):
    wrong, end = "", time.time() + SETTLE
    while time.time() < end:
        body = "\n".join(load.rows(time.time()))
        for stack in (attacked, twin):
            stack.keep_running()
            stack.push(body)
        time.sleep(TICK)
        wrong = differences(attacked, twin, program)
        if not wrong and not attacked.waiting and not twin.waiting:
            return ""
    return wrong or f"{len(attacked.waiting)} writes were never taken"


def found_a_network(binaries, base):
    """A ledger with a network on it in that folder, ended; and what the walk has to know of it."""
    ledger, port = start_ledger(f"{binaries}/doublezero-ledger", base)
    try:
        shell = Shell(f"{binaries}/doublezero", base)
        keys = keys_and_config(shell, f"http://127.0.0.1:{port}")
        found_network(shell, keys)
        onboard(shell, keys)
        devices = [shell.json(f"device get --code {code}") for code in ("ams1", "ams2", "zet1")]
        account = json.loads(urllib.request.urlopen(urllib.request.Request(
            f"http://127.0.0.1:{port}", json.dumps({"jsonrpc": "2.0", "id": 1, "method": "getAccountInfo",
                                                    "params": [devices[0]["pubkey"], {"encoding": "base64"}]}).encode(),
            {"content-type": "application/json"}), timeout=5).read())
        return {"devices": [d["pubkey"] for d in devices], "program": account["result"]["value"]["owner"]}
    finally:
        ledger.send_signal(signal.SIGTERM)
        ledger.wait(20)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binaries", metavar="BIN")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60)
    args = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        base = f"{folder}/base"
        pathlib.Path(base).mkdir()
        facts = found_a_network(args.binaries, base)
        for seed in range(args.seed, args.seed + args.cases):
            wrong = walk(args.binaries, base, facts, seed, args.seconds)
            if wrong:
                failed += 1
                print(f"FAILED {sys.argv[0]} {args.binaries} --seed {seed} --cases 1 --seconds {args.seconds:g}: {wrong}", flush=True)
    print(f"{args.cases} cases, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
