#!/usr/bin/env python3
"""What a healthy client notices while others abuse the daemons. Starts the ledger, the monitor and the activator as
processes on this machine, and gives them one abuse after the other, while a client of each daemon asks once in 50 ms,
each time on a connection of its own. Prints for each abuse the client's times, the daemon's greatest memory meanwhile
and its memory some seconds after.

Everything is bounded in count and time and stays on loopback. Ends with 1 when a p99, a failure or memory is beyond
its goal. The cases are those that the tests named X1, X2, ... are about.
"""

import argparse
import base64
import dataclasses
import gzip
import http.client
import json
import math
import multiprocessing
import os
import pathlib
import resource
import socket
import struct
import sys
import tempfile
import time
import typing

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
from cli_lifecycle_test import Shell, found_network, keys_and_config, onboard, start_ledger  # noqa: E402
from hanging_dependency_test import Daemon, devices_on  # noqa: E402

PAUSE = 0.05  # seconds between two questions of the healthy client
PATIENCE = 10  # seconds that it waits for an answer
ACCOUNTS = 3000  # of the system program: as long an answer as that about 300 devices
SYSTEM_PROGRAM = "11111111111111111111111111111111"
SETTINGS = """keypair = "{keypair}"
[ledger]
url = "http://127.0.0.1:{ledger}"
ws_url = "ws://127.0.0.1:{ledger}"
poll = "1s"
[listen]
port = 0
"""


# ---- what is sent

def head(port, method="POST", path="/", **headers):
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def dial(port):
    sock = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def post(port, path, body, **headers):
    """One request on a connection of its own; its answer is read and thrown away."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request("POST", path, body, headers)
        line.getresponse().read()
    except (OSError, http.client.HTTPException):
        pass
    finally:
        line.close()


def posts(path, body, zipped=False):
    """An abuse that sends one body again and again."""
    sent = gzip.compress(body) if zipped else body
    headers = {"Content-Encoding": "gzip"} if zipped else {}

    def abuse(port, until, _):
        while time.monotonic() < until:
            post(port, path, sent, **headers)
    return abuse


def rpc(method, *params, number=1):
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}


def batch(method, *params):
    return json.dumps([rpc(method, *params, number=i) for i in range(100)]).encode()


def websocket(port):
    sock = dial(port)
    key = base64.b64encode(os.urandom(16)).decode()
    sock.sendall(head(port, "GET", Upgrade="websocket", Connection="Upgrade", Sec_WebSocket_Key=key,
                      Sec_WebSocket_Version="13"))
    while b"\r\n\r\n" not in sock.recv(4096):
        pass
    return sock


def frame(text, first=0x81):
    """As a client sends it; a mask of zeros leaves the text as it is."""
    size = len(text)
    length = bytes([0x80 | size]) if size < 126 else struct.pack(">BH", 0x80 | 126, size)
    if size >= 1 << 16:
        length = struct.pack(">BQ", 0x80 | 127, size)
    return bytes([first]) + length + bytes(4) + text


def quietly(abuse):
    """A daemon that closes the door on an abuse has done right."""
    def careful(port, until, number):
        while time.monotonic() < until:
            try:
                abuse(port, until, number)
            except OSError:
                time.sleep(0.2)
    return careful


# ---- abuses: each is called in several processes with (port, until when, number of the process)

PROGRAM_ACCOUNTS = ("getProgramAccounts", SYSTEM_PROGRAM, {"encoding": "base64"})


@quietly
def reads_nothing(port, until, _):
    """X1: long answers that nobody reads."""
    socks = []
    for _ in range(50):
        sock = websocket(port)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for _ in range(60):
            sock.sendall(frame(json.dumps(rpc(*PROGRAM_ACCOUNTS)).encode()))
        socks.append(sock)
    time.sleep(max(0.0, until - time.monotonic()))


@quietly
def subscribes(port, until, _):
    """X3: subscriptions without end on one connection, whose answers are read."""
    sock = websocket(port)
    message = frame(batch("slotSubscribe"))
    for _ in range(1000):
        if time.monotonic() > until:
            return
        sock.sendall(message)
        sock.settimeout(0.02)
        try:
            while sock.recv(1 << 16):
                pass
        except TimeoutError:
            sock.settimeout(PATIENCE)


@quietly
def stays_idle(port, until, _):
    """X4: connections that say nothing."""
    socks = []
    while len(socks) < 2500 and time.monotonic() < until:
        socks.append(dial(port))
    time.sleep(max(0.0, until - time.monotonic()))


@quietly
def empty_fragments(port, until, _):
    """X10: a message of fragments that hold nothing and do not end."""
    sock = websocket(port)
    sock.sendall(frame(b"", 0x01))
    fragments = frame(b"", 0x00) * 10000
    while time.monotonic() < until:
        sock.sendall(fragments)


def chunks(path, begin, more):
    """X12: what follows a chunk's size or the last chunk, without end."""
    @quietly
    def abuse(port, until, _):
        sock = dial(port)
        sock.sendall(head(port, path=path, Transfer_Encoding="chunked") + begin)
        while time.monotonic() < until:
            sock.sendall(more)
    return abuse


@quietly
def odd_framing(port, until, _):
    """X17: an encoding that nobody knows beside a length, and a number that JSON cannot say."""
    while time.monotonic() < until:
        sock = dial(port)
        sock.sendall(head(port, Transfer_Encoding="frob", Content_Length=5) + b"hello")
        sock.recv(4096)
        sock.close()
        post(port, "/", b'{"jsonrpc":"2.0","id":1e999,"method":"getSlot"}')


def rows(device, field="in-octets", count=20000, **tags):
    now = time.time_ns()
    return "".join(f"intfCounters,dzd_pubkey={device},intf=Ethernet{i}{''.join(f',{k}={v}' for k, v in tags.items())}"
                   f" {field}={i}i {now + i}\n" for i in range(count)).encode()


def falling(lines, count=200000):
    now = time.time_ns()
    return "".join(f"{lines} {now - i * 1000}\n" for i in range(count)).encode()


def unknown_devices(count=20000):
    return "".join(f"intfCounters,dzd_pubkey={address(i)},intf=e1 in-octets=1i\n" for i in range(count)).encode()


@dataclasses.dataclass
class Case:
    name: str
    daemon: str
    abuse: typing.Callable
    processes: int = 1


def writes(device):
    qa = f"device_qa_test_results,device_pubkey={device} success=true"
    port = f"intfCounters,dzd_pubkey={device},intf=et1"
    bodies = [
        ("X2 1 MiB of #", b"#\n" * (1 << 19), True),
        ("X2 1 MiB of x", b"x\n" * (1 << 19), True),
        ("X2 32 MiB of #", b"#\n" * (1 << 24), True),
        ("X2 32 MiB of x, plain", b"x\n" * (1 << 24), False),
        ("X2 QA runs falling", falling("device_qa_test_metadata runs=1i"), True),
        ("X2 QA results falling", falling(qa), True),
        ("X2 many interfaces", rows(device), True),
        ("X2 one row 100,000 times", (port + f" in-octets=1i {time.time_ns()}\n").encode() * 100000, True),
        ("X2 octets falling", falling(port + " in-octets=7i"), True),
        ("X2 error values falling", "".join(f"{port} in-errors={i}i {time.time_ns() - i * 1000}\n"
                                            for i in range(50000)).encode(), True),
        ("X2 many tags", port.encode() + b"".join(b",t%d=v" % i for i in range(8000)) + b" in-octets=1i\n", True),
        ("X2 many fields", port.encode() + b" " + b",".join(b"f%d=1i" % i for i in range(100000)) + b"\n", True),
        ("X2 unknown devices", unknown_devices(), True),
        ("X9 a line of 65,480 x", b"x" * 65480, False),
        ("X9 a carriage return", b"x\ry\n" * 1000, False),
        ("D8 a quote that never closes", b'syslog message="x\n' + rows(device, count=1200), False),
        ("D8 a tag of 80 KB", rows(device, count=1, note="x" * 80000), False),
        ("D9 gzip that is not said", gzip.compress(rows(device, count=1000)), False),
    ]
    cases = [Case("X2 32 MiB of # by ten", "monitor", posts("/write?db=dz", b"#\n" * (1 << 24), True), 10)]
    return cases + [Case(name, "monitor", posts("/write?db=dz", body, zipped)) for name, body, zipped in bodies]


def nothing(_, until, __):
    time.sleep(max(0.0, until - time.monotonic()))


def all_cases(device):
    endless = [("extensions", b"5;", b"x=" + b"y" * 65534), ("trailers", b"0\r\n", b"X-Filler: y\r\n" * 5000)]
    cases = [Case("nothing", daemon, nothing) for daemon in ("ledger", "monitor", "activator")] + writes(device)
    cases += [Case("X1 200 that read nothing", "ledger", reads_nothing, 4),
              Case("X3 100,000 subscriptions", "ledger", subscribes),
              Case("X10 empty fragments", "ledger", empty_fragments)]
    cases += [Case("X4 5,000 idle", daemon, stays_idle, 2) for daemon in ("ledger", "monitor", "activator")]
    cases += [Case(f"X12 endless {name}", daemon, chunks(path, begin, more))
              for name, begin, more in endless
              for daemon, path in (("ledger", "/"), ("monitor", "/write"), ("activator", "/"))]
    cases += [Case("X13 100 times all accounts", "ledger", posts("/", batch(*PROGRAM_ACCOUNTS))),
              Case("X13 the same by ten", "ledger", posts("/", batch(*PROGRAM_ACCOUNTS)), 10),
              Case("X13 history by ten", "ledger", posts("/", batch("getSignaturesForAddress", SYSTEM_PROGRAM)), 10),
              Case("X17 odd framing", "ledger", odd_framing)]
    return cases


# ---- the healthy client

def ask(daemon, port, device, number):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    if daemon == "ledger":
        line.request("POST", "/", json.dumps(rpc("getSlot")))
    elif daemon == "monitor" and number % 2 == 0:
        line.request("POST", "/write", f"intfCounters,dzd_pubkey={device},intf=et2 in-octets={number}i")
    else:
        line.request("GET", "/healthz")
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status in (200, 204)


def stay_healthy(daemon, port, device, until, results):
    times, failures, number = [], 0, 0
    while time.monotonic() < until:
        begin = time.monotonic()
        try:
            failures += not ask(daemon, port, device, number)
        except (OSError, http.client.HTTPException):
            failures += 1
        took = time.monotonic() - begin
        times.append(1000 * took)
        number += 1
        time.sleep(max(0.0, PAUSE - took))
    results.put((times, failures))


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, math.ceil(share * len(times)) - 1)]


# ---- memory

def memory(pid, what):
    for text in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if text.startswith(what):
            return int(text.split()[1]) / 1024
    return 0.0


def forget_peak(pid):
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


# ---- one case

def run_abuse(abuse, port, until, number):
    os.nice(10)  # what the abuser computes is not what is measured
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    abuse(port, until, number)


@dataclasses.dataclass
class Found:
    times: list
    failures: int
    before: float
    peak: float
    after: float
    alive: bool


def measure(case, place, options):
    process, port = place.daemons[case.daemon]
    before = memory(process.pid, "VmRSS")
    forget_peak(process.pid)
    until = time.monotonic() + options.seconds
    results = multiprocessing.Queue()
    client = multiprocessing.Process(target=stay_healthy, args=(case.daemon, port, place.device, until, results))
    abusers = [multiprocessing.Process(target=run_abuse, args=(case.abuse, port, until, i), daemon=True)
               for i in range(case.processes)]
    for started in [client, *abusers]:
        started.start()
    times, failures = results.get(timeout=options.seconds + 2 * PATIENCE)
    client.join()
    for abuser in abusers:
        abuser.terminate()
        abuser.join()
    alive = process.poll() is None
    peak = memory(process.pid, "VmHWM") if alive else 0.0
    time.sleep(options.after)
    return Found(times, failures, before, peak, memory(process.pid, "VmRSS") if alive else 0.0, alive)


def complaints(found, options):
    p99 = percentile(found.times, 0.99)
    return [words for wrong, words in (
        (not found.alive, "the daemon has ended"),
        (found.failures > 0, f"{found.failures} questions failed"),
        (p99 > options.goal, f"p99 over {options.goal:g} ms"),
        (found.peak > options.most_memory, f"over {options.most_memory:g} MiB"),
        (found.after > found.before + options.most_kept, f"keeps {found.after - found.before:.0f} MiB")) if wrong]


# ---- the daemons

class Place:
    def __init__(self, binaries, folder):
        self.folder, self.started, self.daemons = folder, [], {}
        process, port = start_ledger(str(binaries / "doublezero-ledger"), folder)
        self.started.append(process)
        shell = Shell(str(binaries / "doublezero"), folder)
        keys = keys_and_config(shell, f"http://127.0.0.1:{port}")
        found_network(shell, keys)
        onboard(shell, keys)
        self.device = devices_on(shell)["ams1"]
        self.fill(port)
        settings = pathlib.Path(folder) / "monitor.toml"
        settings.write_text(SETTINGS.format(keypair=shell.key_path("monitor"), ledger=port))
        self.daemons["ledger"] = (process, port)
        self.start("monitor", [str(binaries / "doublezero-monitor"), "--config", str(settings), "--store",
                               f"{folder}/monitor.db"])
        self.start("activator", [str(binaries / "doublezero-activator"), "--url", f"http://127.0.0.1:{port}", "--ws",
                                 f"ws://127.0.0.1:{port}", "--keypair", shell.key_path("activator"), "--port", "0",
                                 "--poll-interval", "1s"])

    def start(self, name, arguments):
        daemon = Daemon(name, arguments, self.folder)
        self.started.append(daemon.process)
        self.daemons[name] = (daemon.process, daemon.port)

    @staticmethod
    def fill(port):
        for begin in range(0, ACCOUNTS, 100):
            post(port, "/", json.dumps([rpc("requestAirdrop", address(i), 1000000) for i in range(begin, begin + 100)]))

    def end(self):
        for process in reversed(self.started):
            process.terminate()
        for process in self.started:
            process.wait(30)


def address(number):
    """Of an account, in base58: 24 zeros, and 8 bytes."""
    letters, value, text = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", (1 << 56) + number, ""
    while value > 0:
        value, rest = divmod(value, 58)
        text = letters[rest] + text
    return "1" * 24 + text


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("binaries", type=pathlib.Path, help="folder of the daemons")
    parser.add_argument("--only", default="", help="cases whose names begin so: X2")
    parser.add_argument("--seconds", type=float, default=8, help="of each abuse")
    parser.add_argument("--after", type=float, default=5, help="seconds until memory is looked at again")
    parser.add_argument("--goal", type=float, default=50, help="ms of the healthy client's p99")
    parser.add_argument("--most-memory", type=float, default=512, help="MiB, of one daemon")
    parser.add_argument("--most-kept", type=float, default=64, help="MiB more than before, after an abuse")
    return parser.parse_args(arguments)


def main():
    options = options_of(sys.argv[1:])
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        binaries = options.binaries.absolute()
        os.chdir(folder)  # what a daemon keeps beside itself goes there
        place = Place(binaries, folder)
        try:
            print(f"each abuse for {options.seconds:g} s; goals: p99 {options.goal:g} ms, {options.most_memory:g} MiB, "
                  f"and after {options.after:g} s at most {options.most_kept:g} MiB more than before")
            print(f"{'case':<32}{'daemon':<10}{'asked':>6}{'failed':>7}{'p50 ms':>8}{'p99 ms':>8}{'worst':>8}"
                  f"{'before':>8}{'peak':>7}{'after':>7}  MiB")
            for case in [c for c in all_cases(place.device) if c.name.startswith((options.only, "nothing"))]:
                found = measure(case, place, options)
                words = complaints(found, options)
                missed += [f"{case.name} ({case.daemon}): {w}" for w in words]
                print(f"{case.name:<32}{case.daemon:<10}{len(found.times):>6}{found.failures:>7}"
                      f"{percentile(found.times, 0.5):>8.1f}{percentile(found.times, 0.99):>8.1f}"
                      f"{max(found.times):>8.1f}{found.before:>8.0f}{found.peak:>7.0f}{found.after:>7.0f}"
                      f"  {'' if not words else '! ' + ', '.join(words)}", flush=True)
                if not found.alive:
                    break
        finally:
            place.end()
    print("\nmissed:\n  " + "\n  ".join(missed) if missed else "\nall goals met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
