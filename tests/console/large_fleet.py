"""A monitor as it is run, over a ledger with a large fleet: links of generated devices, some of them waiting, with minutes
of evidence that are handed in as devices would. For the console's test and bench."""

import json
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from cli_lifecycle_test import check, start_ledger  # noqa: E402
from handed_in import hand_in  # noqa: E402

LINKS_OF_EACH = 5
ROWS_AT_ONCE = 20_000

# Judged is what rows are made for here: counters and the config agents' calls.
POLICY = """window = "{window}m"
recovery_window = "{window}m"
[damping]
long = {{ bad = 10, of = 15 }}
[qa]
max_gap = "{window}m"
""" + "".join(f'[[criterion]]\nid = "{one}"\nmode = "off"\n'
              for one in ("device.qa", "device.telemetry_agent", "link.az.probes", "link.za.probes"))


def rows_of(devices, minute, minutes_ago, window):
    """Of each port of each device. Some links had errors in the window, and some devices were not heard for a while."""
    at = (minute * 60 + 20) * 10**9
    octets = minute * 1000
    for number, device in enumerate(devices):
        if number % 40 == 7 and 0 < minutes_ago - window // 2 <= 4:
            continue
        bad = max(0, min(window // 4 - minutes_ago, 3)) if number % 25 == 3 else 0
        yield f"controller_grpc_getconfig_success,device_pubkey={device} count=1 {at}"
        for port in (*range(1, 2 * LINKS_OF_EACH + 1), 53):
            errors = bad if port <= 2 else 0
            yield (f"intfCounters,dzd_pubkey={device},intf=Ethernet{port}/1 in-octets={octets}i,out-octets={octets}i,"
                   f"in-errors={errors}i {at}")


class LargeFleet:
    """devices, each with five links; waiting: of the links; minutes: the window, and evidence of all of it."""

    def __init__(self, programs, devices, waiting, minutes):
        self.folder = tempfile.TemporaryDirectory()
        self.children = []
        self.window = minutes
        try:
            self.start(programs, devices, waiting)
        except BaseException:
            self.close()
            raise

    def start(self, programs, devices, waiting):
        folder = self.folder.name
        pathlib.Path(folder, "ledger").mkdir()
        self.devices = subprocess.run([programs["large_ledger"], f"{folder}/ledger/ledger.db", str(devices),
                                       str(devices * LINKS_OF_EACH), str(waiting)],
                                      stdout=subprocess.PIPE, text=True, check=True).stdout.split()
        ledger, port = start_ledger(programs["ledger"], folder)
        self.children.append(ledger)
        self.ledger_url = f"http://127.0.0.1:{port}"
        pathlib.Path(folder, "policy.toml").write_text(POLICY.format(window=self.window))
        self.monitor, self.url = self.start_monitor(programs["monitor"])

    def start_monitor(self, binary):
        ports_file = pathlib.Path(self.folder.name) / "monitor_ports.json"
        log = pathlib.Path(self.folder.name) / "monitor.log"
        with log.open("w") as words:
            process = subprocess.Popen([binary, "--ledger-url", self.ledger_url, "--observe", "--store",
                                        f"{self.folder.name}/monitor.db", "--policy", f"{self.folder.name}/policy.toml",
                                        "--port", "0", "--ports-file", str(ports_file)], stderr=words)
        self.children.append(process)
        for _ in range(300):
            if ports_file.exists() and ports_file.read_text().strip():
                return process, f"http://127.0.0.1:{json.loads(ports_file.read_text())['http']}"
            check(process.poll() is None, f"doublezero-monitor runs; it said {log.read_text()}")
            time.sleep(0.1)
        sys.exit("doublezero-monitor did not start within 30 s")

    def hand_in_minutes(self):
        now = int(time.time()) // 60
        lines = []
        for minute in range(now - self.window - 10, now):
            lines += rows_of(self.devices, minute, now - minute, self.window)
            if len(lines) >= ROWS_AT_ONCE:
                hand_in(self.url, lines)
                lines = []
        hand_in(self.url, lines)

    def wait_until_judged(self):
        """Until what was handed in is judged, and a question finds what the one before did."""
        before = None
        for _ in range(300):
            with urllib.request.urlopen(f"{self.url}/api/v1/assessments?findings=0&limit=1000", timeout=60) as answer:
                rows = json.load(answer)["assessments"]
            found = [(row["code"], row["condition"]["state"], row["healthy_at"]) for row in rows]
            if any(row["evidence"] == "met" for row in rows) and found == before:
                return
            before = found
            time.sleep(0.3)
        sys.exit("the minutes were not judged within 90 s")

    def close(self):
        for child in reversed(self.children):
            child.kill()
            child.wait()
        self.folder.cleanup()
