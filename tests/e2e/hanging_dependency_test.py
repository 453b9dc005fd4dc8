#!/usr/bin/env python3
"""D14: whatever the ledger's RPC node and a webhook do, the doors of doublezero-monitor and doublezero-activator answer,
and evidence is kept. The node goes through a relay that can fall silent, drip a byte a second, or answer without end.

Usage: hanging_dependency_test.py DOUBLEZERO DOUBLEZERO_LEDGER DOUBLEZERO_MONITOR DOUBLEZERO_ACTIVATOR
"""

import http.client
import json
import os
import pathlib
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

from cli_lifecycle_test import check, onboarded_shell, start_ledger
from notify_test import wait_for

SLOW = float(os.environ.get("DZ_SLOWDOWN", "1"))  # of sanitizers
AT_ONCE = 0.5 * SLOW  # seconds, for any answer while a dependency hangs
WATCHED = 3  # seconds of each way to hang
SETTINGS = """keypair = "{keypair}"
[ledger]
url = "http://127.0.0.1:{relay}"
ws_url = "ws://127.0.0.1:{ledger}"
poll = "1s"
[listen]
port = 0
[[notify]]
name = "silent"
kind = "json"
url = "http://127.0.0.1:{silent}/hook"
all = true
group = "1s"
"""


def listener():
    sock = socket.create_server(("127.0.0.1", 0))
    return sock, sock.getsockname()[1]


class Silent:
    """Accepts, and never answers."""

    def __init__(self):
        self.sock, self.port = listener()
        self.connections = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            self.connections.append(self.sock.accept()[0])


class Relay:
    """Between a daemon and its ledger. mode: "pass", "silent", "drip", "endless" or "headers"."""

    def __init__(self, ledger):
        self.ledger, self.mode, self.hung = ledger, "pass", 0
        self.sock, self.port = listener()
        threading.Thread(target=self.serve, daemon=True).start()

    def set(self, mode):
        self.mode, self.hung = mode, 0

    def serve(self):
        while True:
            connection, _ = self.sock.accept()
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        try:
            stream = connection.makefile("rb")
            while body := self.read_request(stream):
                getattr(self, self.mode if self.mode == "pass" else "hang")(connection, body)
        except OSError:
            pass
        finally:
            connection.close()

    @staticmethod
    def read_request(stream):
        length = 0
        while line := stream.readline():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
            if line == b"\r\n":
                return stream.read(length)
        return None

    # The answer is named "pass" in the modes, which is no name of a function.
    def relay(self, connection, body):
        line = http.client.HTTPConnection("127.0.0.1", self.ledger, timeout=10)
        line.request("POST", "/", body, {"content-type": "application/json"})
        answer = line.getresponse().read()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
        connection.sendall(head.encode() + answer)

    def hang(self, connection, _):
        mode, begin = self.mode, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        self.hung += 1
        if mode == "drip":
            connection.sendall(begin + b"Content-Length: 2000000000\r\n\r\n")
        if mode == "endless":
            connection.sendall(begin + b"Content-Length: 2000000000\r\n\r\n")
        while self.mode == mode:
            if mode == "silent":
                time.sleep(0.05)
            elif mode == "drip":
                connection.sendall(b" ")
                time.sleep(1)
            elif mode == "endless":
                connection.sendall(b" " * 65536)
            else:
                connection.sendall(b"X-Filler: " + b"x" * 60000 + b"\r\n" if self.hung else begin)
        connection.close()


setattr(Relay, "pass", Relay.relay)


class Daemon:
    def __init__(self, name, arguments, folder):
        ports = pathlib.Path(folder) / f"{name}.ports"
        ports.unlink(missing_ok=True)
        self.log = open(pathlib.Path(folder) / f"{name}.log", "ab")
        self.process = subprocess.Popen([*arguments, "--ports-file", str(ports), "--verbose"], stderr=self.log)
        wait_for(lambda: ports.exists() and ports.read_text().strip(), f"the {name} listens")
        self.port = json.loads(ports.read_text())["http"]
        self.slowest = 0.0
        wait_for(lambda: self.ask("GET", "/healthz")[0] == 200, f"the {name} is well")

    def ask(self, method, path, body=None):
        begin = time.monotonic()
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.request(method, path, body)
        answer = line.getresponse()
        found = answer.status, answer.read().decode(), answer.headers
        line.close()
        self.slowest = max(self.slowest, time.monotonic() - begin)
        return found

    def write(self, rows):
        return self.ask("POST", "/write?db=dz", "\n".join(rows))

    def end(self, what):
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        took = time.monotonic() - begin
        check(code == 0, f"{what}: ends with 0, found {code}")
        check(took < 1.5 * SLOW, f"{what}: SIGTERM is followed within about a second, took {took:.2f} s")
        self.log.close()


class Rows:
    """Of many interfaces in turn: one has room for some thousands of rows in two minutes, and a quick machine sends more."""

    def __init__(self, device):
        self.device, self.octets = device, 0

    def next(self, device=None):
        self.octets += 1000
        interface = self.octets // 1000 % 48
        return (f"intfCounters,dzd_pubkey={device or self.device},intf=et{interface} "
                f"in-octets={self.octets}i,out-octets={self.octets}i {time.time_ns()}")


def kept_entries(folder):
    with sqlite3.connect(f"file:{folder}/monitor.db?mode=ro", uri=True) as store:
        return store.execute("SELECT count(*) FROM evidence_journal WHERE kind = 1").fetchone()[0]


def devices_on(shell):
    return {device["code"]: device["pubkey"] for device in shell.json("device list")}


def add_device(shell, code, number):
    shell.run(f"device create --code {code} --contributor alpha --location ams --exchange xams "
              f"--public-ip 195.219.121.{number} --dz-prefixes 195.220.{number}.0/28", "alpha")
    return devices_on(shell)[code]


def doors_answer(monitor, activator, relay, rows, mode):
    relay.set(mode)
    wait_for(lambda: relay.hung > 0, f"{mode}: a daemon waits for the ledger")
    monitor.slowest = activator.slowest = 0.0
    taken, until = 0, time.monotonic() + WATCHED
    while time.monotonic() < until:
        status, said, _ = monitor.write([rows.next()])
        check(status == 204, f"{mode}: rows of a known device are taken, found {status}: {said}")
        taken += 1
        for path in ("/healthz", "/metrics", "/api/v1/assessments"):
            check(monitor.ask("GET", path)[0] in (200, 503), f"{mode}: the monitor answers {path}")
        for path in ("/healthz", "/metrics", "/status"):
            check(activator.ask("GET", path)[0] in (200, 503), f"{mode}: the activator answers {path}")
    for name, daemon in (("monitor", monitor), ("activator", activator)):
        check(daemon.slowest < AT_ONCE, f"D14 {mode}: the {name} answers at once, the slowest took {daemon.slowest:.2f} s")
    print(f"{mode}: {taken} writes, slowest answer {1000 * max(monitor.slowest, activator.slowest):.0f} ms")
    return taken


def an_unknown_device_waits_for_nobody(monitor, relay, rows, shell, folder):
    """Its rows are neither lost nor refused, those of others in the same write are kept, and no write waits."""
    relay.set("silent")
    wait_for(lambda: relay.hung > 0, "the monitor waits for the ledger")
    monitor.slowest, before = 0.0, kept_entries(folder)
    for _ in range(3):
        status, said, headers = monitor.write([rows.next(), rows.next("11111111111111111111111111111111111111111111")])
        check(status == 400, f"a key that is none is refused, found {status}: {said}")
    stranger = add_device(shell, "ams9", 9)  # told by an event, which cannot be followed now
    for _ in range(3):
        status, said, headers = monitor.write([rows.next(), rows.next(stranger)])
        check(status == 503 and stranger in said, f"D14: to be sent again, by name; found {status}: {said}")
        check(headers["Retry-After"] == "10", f"D14: Retry-After, found {headers['Retry-After']}")
        check(stranger in headers["X-Influxdb-Error"], "D14: the header says so too")
    check(monitor.slowest < AT_ONCE, f"D14: nobody waits for the ledger, the slowest took {monitor.slowest:.2f} s")
    check(kept_entries(folder) == before + 6, "D14: the rows of the known device are on disk")
    relay.set("pass")
    wait_for(lambda: monitor.write([rows.next(stranger)])[0] == 204, "D14: taken once the ledger answers")


def a_new_device_is_looked_for(monitor, rows):
    stranger = "11111111111111111111111111111112"
    wait_for(lambda: monitor.write([rows.next(stranger)])[0] == 400, "a device that is not on the ledger is refused")
    check("is not on the ledger" in monitor.write([rows.next(stranger)])[1], "by name")


def start_monitor(binary, folder):
    return Daemon("monitor", [binary, "--config", f"{folder}/monitor.toml", "--store", f"{folder}/monitor.db"], folder)


def start_activator(binary, shell, ports):
    return Daemon("activator", [binary, "--url", f"http://127.0.0.1:{ports['relay']}", "--ws",
                                f"ws://127.0.0.1:{ports['ledger']}", "--keypair", shell.key_path("activator"), "--port",
                                "0", "--poll-interval", "1s"], shell.home)


def main():
    doublezero, ledger_binary, monitor_binary, activator_binary = sys.argv[1:5]
    with tempfile.TemporaryDirectory() as folder:
        ledger, port = start_ledger(ledger_binary, folder)
        daemons = []
        try:
            shell = onboarded_shell(doublezero, folder, port)
            relay = Relay(port)
            ports = {"ledger": port, "relay": relay.port, "silent": Silent().port}
            (pathlib.Path(folder) / "monitor.toml").write_text(
                SETTINGS.format(keypair=shell.key_path("monitor"), **ports))
            monitor = start_monitor(monitor_binary, folder)
            daemons.append(monitor)
            activator = start_activator(activator_binary, shell, ports)
            daemons.append(activator)
            rows = Rows(devices_on(shell)["ams1"])
            check(monitor.write([rows.next()])[0] == 204, "rows are taken")
            before, taken = kept_entries(folder), 0
            for mode in ("silent", "drip", "endless", "headers"):
                taken += doors_answer(monitor, activator, relay, rows, mode)
            check(kept_entries(folder) == before + taken, "D14: every row that was answered 204 is on disk")
            relay.set("pass")
            wait_for(lambda: monitor.ask("GET", "/healthz")[0] == 200, "the monitor reads the ledger again")
            a_new_device_is_looked_for(monitor, rows)
            an_unknown_device_waits_for_nobody(monitor, relay, rows, shell, folder)
            relay.set("silent")
            wait_for(lambda: relay.hung > 1, "both wait for the ledger")
            monitor.end("the monitor")
            activator.end("the activator")
            monitor = start_again_while_the_ledger_hangs(monitor_binary, folder, daemons)
            monitor.end("a monitor that never read the ledger")
        finally:
            for process in [*(daemon.process for daemon in daemons), ledger]:
                process.kill()


def start_again_while_the_ledger_hangs(binary, folder, daemons):
    """Nobody is known yet, so everything is to be sent again; the doors are open all the same."""
    begin = time.monotonic()
    monitor = Daemon.__new__(Daemon)
    ports = pathlib.Path(folder) / "again.ports"
    monitor.log = open(pathlib.Path(folder) / "again.log", "ab")
    monitor.process = subprocess.Popen([binary, "--config", f"{folder}/monitor.toml", "--store", f"{folder}/monitor.db",
                                        "--ports-file", str(ports)], stderr=monitor.log)
    daemons.append(monitor)
    wait_for(lambda: ports.exists() and ports.read_text().strip(), "the monitor listens")
    check(time.monotonic() - begin < 4 * SLOW, "D14: it listens although the ledger is silent")
    monitor.port, monitor.slowest = json.loads(ports.read_text())["http"], 0.0
    status, said, _ = monitor.write([Rows("11111111111111111111111111111112").next()])
    check(status == 503 and "has not been read yet" in said, f"D14: send again, found {status}: {said}")
    check(monitor.ask("GET", "/healthz")[0] == 503, "it says that it has not read the ledger")
    check(monitor.slowest < AT_ONCE, f"D14: at once, the slowest took {monitor.slowest:.2f} s")
    return monitor


if __name__ == "__main__":
    main()
